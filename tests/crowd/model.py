"""The plan of an event: wearers, what they do all day, and who taps whom when; from a seed, before any pin is on.

Owns the mixing model. An hour has 45 minutes of sessions in rooms and 15 of coffee, the fourth hour is lunch; who sits where
is drawn anew for each. A place is well mixed: where n people are who tap `rate` times an hour each, meetings are a Poisson
process of n * rate / 2 an hour, and both partners are drawn in proportion to their sociability, which is log-normal, so a few
meet very many. Who has met before taps again in one case of AGAIN. A share of PHONES has a phone, binds it to the new pin on
arrival and lets it fetch what is new SYNCS times, in a break. All figures are guesses, chosen so that a day of eight
hours gives about a dozen friends; `scale` multiplies the rates.
"""
import itertools
import math
import random
from typing import NamedTuple

HOUR_S = 3600
SESSION_S = 45 * 60
LUNCH_HOUR = 3                                  # the fourth
RATES = {'session': 0.5, 'coffee': 4.0, 'lunch': 3.0}       # taps an hour and person
CROWD = {'session': 60, 'coffee': 120, 'lunch': 12}         # people in one place
WALKING = {'session': 0.02, 'coffee': 0.35, 'lunch': 0.15}  # share of the time that people walk
ARRIVAL_S = 15 * 60                             # the last one has come by then
SOCIABILITY = 0.7                               # sigma of its logarithm
AGAIN = 0.15
APART_S = 20                                    # between two meetings of a wearer; also no walk so near to a meeting
WALK_S = (20, 90)
TRIES, TRIES_IN_DOUBT = 3, 8                    # how often a pair tries; while a pin says that a tap is in doubt
LOSSES = ((0.80, 0.0, 0.0), (0.15, 0.02, 0.10), (0.05, 0.15, 0.40))     # share of meetings, RF frames lost from, to
HOLD_S, HOLD_SIGMA = 0.9, 0.5                   # how long a pair holds the pins together: median, sigma of the logarithm
PHONES, SYNCS = 0.3, 2                          # share of the wearers; visits of each after the first
VISIT_S = 45                                    # so long nobody taps who looks at the phone
KNOCK_MG, KNOCK_SIGMA = 1500, 0.3
APART_MS = 400                                  # between the bumps of a pair that does not knock in the same moment
FIRST = ('Ada Ben Chloe Dario Elif Femi Grace Hugo Ines Jonas Kaia Luca Mina Nils Oona Pavel Quinn Rosa Sami Tara Umar Vera '
         'Wim Xenia Yusuf Zoe Akira Bea Ciro Dana').split()
LAST = ('Okafor Lovelace Novak Silva Tanaka Moreau Haugen Rossi Iyer Mensah Kowalski Duarte Lindgren Aydin Petrov Keller Mora '
        'Fontaine Osei Varga Brandt Nakamura Costa Bakker Jensen Ortiz Walsh Popescu').split()
DESKS = ('Field Desk', 'Picture Desk', 'Night Desk', 'Radio', 'Timing', 'Press Office', 'Venue Media', 'Results')


class Wearer(NamedTuple):
    """`bouts`: [(begins at second, steps, steps a minute)]. `card`: fields of the card. `phone`: whether there is one."""
    number: int
    name: str
    card: dict
    phone: bool
    arrives_s: float
    sociability: float
    bouts: tuple

    def walked_s(self, until_s):
        """Seconds of walking before `until_s`."""
        return sum(max(0.0, min(until_s, begin_s + steps * 60 / cadence) - begin_s) for begin_s, steps, cadence in self.bouts)

    def steps(self, until_s):
        """[(second, steps)]: what was walked before `until_s`, a bout each at its begin."""
        return [(begin_s, min(steps, int((until_s - begin_s) * cadence / 60)))
                for begin_s, steps, cadence in self.bouts if begin_s < until_s]


class Try(NamedTuple):
    """One attempt: knocks of both pins as (ms after contact, strength in mg) or None, and how long they are held together."""
    knocks: tuple
    hold_s: float


class Meeting(NamedTuple):
    """`one` and `other` (numbers of wearers) tap at `at_s` of the event; `loss` is the share of RF frames lost."""
    number: int
    at_s: float
    one: int
    other: int
    loss: float
    tries: tuple

    @property
    def people(self):
        return self.one, self.other


class Visit(NamedTuple):
    """The phone of a wearer is bound to the pin, or fetches what is new, at `at_s` of the event."""
    number: int                                 # none of a Meeting's
    at_s: float
    person: int
    binds: bool

    @property
    def people(self):
        return self.person,


class Event(NamedTuple):
    seed: int
    hours: float
    phases: tuple                               # (kind, begin_s, end_s)
    wearers: tuple
    meetings: tuple                             # in the order of time, and so are
    visits: tuple

    @property
    def happenings(self):
        """Meetings and visits in the order of time."""
        return sorted(self.meetings + self.visits, key=lambda one: (one.at_s, one.number))


def event(seed, pins, hours, scale=1.0):
    """The Event with so many pins and hours. Raises ValueError, a sentence, where there is none like that."""
    if pins < 2 or hours <= 0 or scale <= 0:
        raise ValueError('An event needs two pins, some time, and people who meet.')
    if pins > len(FIRST) * len(LAST) * 100:
        raise ValueError('There are not so many names.')
    rng = random.Random(f'{seed}/event')
    phases = tuple(phases_of(hours))
    people = [(min(rng.expovariate(4 / ARRIVAL_S), ARRIVAL_S, hours * HOUR_S / 4), rng.lognormvariate(0, SOCIABILITY))
              for _ in range(pins)]
    meetings = tuple(_meetings(rng, phases, people, scale))
    taps_s = [[] for _ in people]
    for meeting in meetings:
        for number in meeting.people:
            taps_s[number].append(meeting.at_s)
    visits = tuple(_visits(random.Random(f'{seed}/phones'), phases, people, taps_s, len(meetings)))
    owners = {visit.person for visit in visits}
    for visit in visits:
        taps_s[visit.person].append(visit.at_s)
    names = rng.sample(list(itertools.product(FIRST, LAST)) * (pins // (len(FIRST) * len(LAST)) + 1), pins)
    wearers = tuple(_wearer(number, ' '.join(name), *person, number in owners,
                            _bouts(rng, phases, person[0], taps_s[number]), rng)
                    for number, (name, person) in enumerate(zip(names, people)))
    return Event(seed, hours, phases, wearers, meetings, visits)


def phases_of(hours):
    """Yield the phases of an event, (kind, begin_s, end_s)."""
    for hour in range(math.ceil(hours)):
        parts = [('lunch', 0, HOUR_S)] if hour == LUNCH_HOUR else [('session', 0, SESSION_S), ('coffee', SESSION_S, HOUR_S)]
        for kind, begin_s, end_s in parts:
            begin_s, end_s = begin_s + hour * HOUR_S, min(end_s + hour * HOUR_S, hours * HOUR_S)
            if begin_s < end_s:
                yield kind, begin_s, end_s


def _meetings(rng, phases, people, scale):
    free_s, known, number = [arrives_s + APART_S for arrives_s, _ in people], set(), 0
    for kind, begin_s, end_s in phases:
        places = max(1, round(len(people) / CROWD[kind]))
        where = [[] for _ in range(places)]
        for person in range(len(people)):
            where[rng.randrange(places)].append(person)
        found = []
        for place in where:
            rate = RATES[kind] * scale * len(place) / 2 / HOUR_S
            at_s = begin_s
            while rate and (at_s := at_s + rng.expovariate(rate)) < end_s - APART_S:
                found.append((at_s, place))
        for at_s, place in sorted(found, key=lambda one: one[0]):
            pair = _pair(rng, place, people, at_s, free_s, known)
            if pair:
                known.add(pair)
                for person in pair:
                    free_s[person] = at_s + APART_S
                yield _meeting(rng, number, at_s, *pair)
                number += 1


def _pair(rng, place, people, at_s, free_s, known):
    """Two who stand about in `place`, or None where all are taken."""
    here = [person for person in place if free_s[person] <= at_s]
    if len(here) < 2:
        return None
    weights = list(itertools.accumulate(people[person][1] for person in here))
    for _ in range(20):
        pair = tuple(sorted(rng.choices(here, cum_weights=weights, k=2)))
        if pair[0] != pair[1] and (pair not in known or rng.random() < AGAIN):
            return pair
    return None


def _meeting(rng, number, at_s, one, other):
    _, low, high = rng.choices(LOSSES, [share for share, _, _ in LOSSES])[0]
    loss = rng.uniform(low, high)
    return Meeting(number, round(at_s, 3), one, other, round(loss, 3), tuple(_try(rng) for _ in range(TRIES_IN_DOUBT)))


def _try(rng):
    """A third knock in the same moment, a third one after the other, and of a third only one pin feels the knock."""
    knocks = [(0, round(min(3000, max(700, rng.lognormvariate(math.log(KNOCK_MG), KNOCK_SIGMA))))) for _ in range(2)]
    manner = rng.randrange(3)
    if manner:
        knocks[1] = None if manner == 1 else (rng.randint(1, APART_MS), knocks[1][1])
    rng.shuffle(knocks)
    return Try(tuple(knocks), round(min(5.0, rng.lognormvariate(math.log(HOLD_S), HOLD_SIGMA)), 3))


def _visits(rng, phases, people, taps_s, number):
    """Yield the Visits in the order of time, numbered from `number` on."""
    end_s = phases[-1][2]
    breaks = [(begin_s, end_s) for kind, begin_s, end_s in phases if kind != 'session'] or [phases[-1][1:]]
    found = []
    for person, (arrives_s, _) in enumerate(people):
        if rng.random() < PHONES:
            found.append((arrives_s, person, True))
            for part in range(SYNCS):
                span_s = end_s * part / SYNCS, end_s * (part + 1) / SYNCS
                at_s = _moment(rng, [one for one in breaks if one[0] < span_s[1] and one[1] > span_s[0]] or [span_s],
                               taps_s[person])
                if at_s and at_s > arrives_s + VISIT_S:
                    found.append((at_s, person, False))
    for place, (at_s, person, binds) in enumerate(sorted(found)):
        yield Visit(number + place, round(at_s, 3), person, binds)


def _moment(rng, spans_s, taps_s):
    """A second in one of the spans at which a wearer with these taps stands alone, or None."""
    for _ in range(20):
        begin_s, end_s = rng.choice(spans_s)
        at_s = rng.uniform(begin_s, end_s - min(VISIT_S, (end_s - begin_s) / 2))
        if not any(at_s - APART_S < tap_s < at_s + VISIT_S for tap_s in taps_s):
            return at_s
    return None


def _wearer(number, name, arrives_s, sociability, phone, bouts, rng):
    card = {'name': name, 'organisation': rng.choice(DESKS)}
    if rng.random() < 0.4:                      # the rest leave it at that
        user = name.lower().replace(' ', '.')
        card |= {'title': 'Photographer', 'phone': f'+49 30 {number:06}', 'email': f'{user}@example.org',
                 'web': f'https://example.org/{number}', 'handles': [('chat', user)]}
    return Wearer(number, name, card, phone, arrives_s, sociability, tuple(bouts))


def _bouts(rng, phases, arrives_s, taps_s):
    """Walks of WALK_S, none while its wearer taps."""
    pace = rng.lognormvariate(0, 0.3)
    found = []
    for kind, begin_s, end_s in phases:
        mean_s = sum(WALK_S) / 2
        gap_s = mean_s / (WALKING[kind] * pace)
        at_s = max(begin_s, arrives_s) + rng.expovariate(1 / gap_s)
        while at_s < end_s - WALK_S[1]:
            cadence = rng.randint(95, 120)
            steps = round(rng.uniform(*WALK_S) * cadence / 60)
            lasts_s = steps * 60 / cadence
            if not any(at_s - APART_S < tap_s < at_s + lasts_s + APART_S for tap_s in taps_s):
                found.append((round(at_s, 3), steps, cadence))
            at_s += lasts_s + rng.expovariate(1 / gap_s)
    return found
