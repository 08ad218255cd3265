"""What came of an event: what the pins said, held against what their flash says, in lines and a picture.

Owns `Story`, the event as the wearers lived it. A result that contradicts a promise becomes a sentence of `wrong`.
"""
import re
import statistics
from collections import Counter
from datetime import timedelta

from firmware.social.rewards import MEDALS
from tests.bench.record import percentile
from tests.crowd import panels
from tests.crowd.between import BOARD_HEAP_EVERY, one_sided
from tests.crowd.meeting import DONE
from tests.simulator.world import START

USUAL = ('looking for another pin', 'loaded in', 'makes room', 'link up as', 'cards exchanged', 'PN532', *DONE)
POINTS = 96                                     # of each curve
RANKS = [name for name, _ in MEDALS]
BOOKS = ((0, 10), (10, 40), (40, 10_000))       # friends that both partners have already: whether a meeting costs more
LOSSES = (('no frame lost', 0, 0), ('up to 10 %', 0.001, 0.10), ('15 to 40 %', 0.101, 1))


class Story:
    """`friends`, `designs`, `ranks`: for each wearer the seconds at which they got one more; `troubles`: {what went wrong in a
    tap: how often}; `durations_ms`: from contact to both books, of taps that needed one try; `by_loss`: {name of LOSSES:
    (meetings, those done at the first try)}; `synced`: [(second, wearer)] of visits of phones."""

    def __init__(self, event, outcome):
        people = range(len(event.wearers))
        self.friends, self.designs, self.ranks = [[[] for _ in people] for _ in range(3)]
        self.met = [0] * len(event.wearers)     # meetings
        self.tries = [0] * len(event.wearers)
        self.cost = {}                          # friends of both before the meeting: [core-seconds]
        self.troubles, self.durations_ms = Counter(), []
        self.by_loss = {name: [0, 0] for name, _, _ in LOSSES}
        visits = {visit.number: visit for visit in event.visits}
        self.synced = [(visits[one.number].at_s, visits[one.number].person) for one in outcome.visits]
        seen = [set() for _ in people]
        for result in outcome.results:
            meeting = event.meetings[result.number]
            if not result.board_heap:
                self.cost.setdefault(sum(len(self.friends[person]) for person in meeting.people), []).append(result.cpu_s)
            for person, side in zip(meeting.people, result.sides, strict=True):
                self.met[person] += 1
                self.tries[person] += result.tries
                self._follow(person, side, meeting.at_s, seen[person])
            self._time(meeting, result)

    def _follow(self, person, side, at_s, seen):
        for _, level, source, text in side.log:
            if source == 'tap' and text.startswith('friends with'):
                self.friends[person].append(at_s)
            elif level != 'I' or not text.startswith(USUAL):
                self.troubles[re.sub(r'\d+', 'N', f'{source}: {text}')] += 1
        for moment in side.moments:
            if moment not in seen:              # what the wearer has not seen yet is told again after a start
                seen.add(moment)
                if moment[0] in ('unlock', 'medal'):
                    (self.designs if moment[0] == 'unlock' else self.ranks)[person].append(at_s)

    def _time(self, meeting, result):
        first = result.tries == 1 and result.known
        counted = next(self.by_loss[name] for name, low, high in LOSSES if low <= meeting.loss <= high)
        counted[0] += 1
        counted[1] += first
        if first:
            self.durations_ms.append(max(min(ms for ms, _, source, text in side.log
                                             if source == 'tap' and text.startswith(DONE)) for side in result.sides))


def clock_time(at_s):
    """'10:45' of a second of the event."""
    return f'{START + timedelta(seconds=at_s):%H:%M}'


def facts(event, outcome, rates):
    """The report as a dict of what json can hold."""
    story, audits = Story(event, outcome), outcome.audits
    books = [len(audits[person].friends) if person in audits else 0 for person in range(len(event.wearers))]
    energy = energies(event, story, rates)
    return {
        'pins': len(event.wearers), 'hours': round(event.hours, 3), 'seed': event.seed, 'whole': outcome.whole,
        'meetings': len(outcome.results), 'frames': sum(result.frames for result in outcome.results),
        'friendships': sum(books) / 2, 'one_sided': len(one_sided(audits.values())),
        'in_doubt': sum(found.in_doubt for found in audits.values()),
        'contradictions': contradictions(event, audits, story) + estranged(event, outcome),
        'complaints': [text for result in outcome.results + outcome.visits for text in result.complaints],
        'friends_median': statistics.median(books), 'friends_most': max(books),
        'designs': sum(found.designs for found in audits.values()),
        'medals': {name: sum(found.rank == rank for found in audits.values()) for rank, name in enumerate(RANKS)} | {
            RANKS[0]: len(books) - sum(found.rank > 0 for found in audits.values())},
        'protocol': protocol(outcome, story), 'phones': phones(event, outcome, books),
        'mah': {'median': round(statistics.median(energy), 1), 'most': round(max(energy), 1),
                'standing_an_hour': round(rates.standing, 2), 'walking_an_hour': round(rates.walking, 2),
                'tap': round(rates.tap, 3), 'bound_an_hour': round(rates.bound, 2), 'visit': round(rates.visit, 2)},
        'busiest': busiest(event, outcome, story, energy),
    }


def protocol(outcome, story):
    """How the taps went, and what went wrong in them."""
    tries = Counter(result.tries for result in outcome.results)
    return {
        'tries': {str(count): tries[count] for count in sorted(tries)},
        'given_up': sum(not result.known for result in outcome.results),
        'troubles': dict(sorted(story.troubles.items(), key=lambda one: (-one[1], one[0]))),
        'first_try_by_loss': {name: {'meetings': count, 'at_the_first_try': first}
                              for name, (count, first) in story.by_loss.items()},
        'tap_ms': {name: round(percentile(story.durations_ms, share)) for name, share in
                   (('median', 0.5), ('p95', 0.95), ('longest', 1))} if story.durations_ms else {},
    }


def phones(event, outcome, books):
    """What the phones did, and how far behind their pins they are in the end."""
    binds = {visit.number: visit.binds for visit in event.visits}
    bound = [one.lasted_s for one in outcome.visits if binds[one.number]]
    synced = [one.lasted_s for one in outcome.visits if not binds[one.number]]
    known = {person: len(held.friends) for person, held in outcome.held.items()}
    return {'bound': len(bound), 'visits': len(synced), 'again': sum(len(one.troubles) for one in outcome.visits),
            'troubles': dict(sorted(Counter(text for one in outcome.visits for text in one.troubles).items())),
            'bind_s': round(statistics.median(bound), 2) if bound else None,
            'visit_s': round(statistics.median(synced), 2) if synced else None,
            'friends_on_phones': sum(known.values()), 'friends_on_their_pins': sum(books[person] for person in known)}


def busiest(event, outcome, story, energy):
    """Who has the most friends, and what else there is to say of them."""
    most, audits = outcome.busiest, outcome.audits
    return {'number': most, 'name': event.wearers[most].name, 'friends': len(audits[most].friends),
            'meetings': story.met[most], 'tries': story.tries[most], 'designs': audits[most].designs,
            'medal': RANKS[audits[most].rank], 'errands': len(audits[most].errands), 'phone': event.wearers[most].phone,
            'steps': walked(event, most), 'mah': round(energy[most], 1)}


def walked(event, person):
    return sum(steps for _, steps in event.wearers[person].steps(event.hours * 3600))


def energies(event, story, rates):
    """mAh of each wearer's day."""
    found, end_s = [], event.hours * 3600
    visits = Counter(person for _, person in story.synced)
    for wearer in event.wearers:
        hours, walking_h = max(0.0, end_s - wearer.arrives_s) / 3600, wearer.walked_s(end_s) / 3600
        found.append(rates.of_day(hours, walking_h, story.tries[wearer.number], wearer.phone, visits[wearer.number]))
    return found


def contradictions(event, audits, story):
    """Sentences about pins whose flash holds less than they have told, or other friends."""
    found = []
    for person, audit in sorted(audits.items()):
        told = len(story.friends[person]), len(story.designs[person]), len(story.ranks[person])
        held = len(audit.friends), audit.designs, audit.rank
        if told[0] != held[0] or told[1] > held[1] or told[2] > held[2]:
            found.append(f'{event.wearers[person].name} was told of friends, designs, medals {told}, on flash are {held}')
    return found


def estranged(event, outcome):
    """Sentences about phones that knew others than their pins did when they left."""
    people = {visit.number: visit.person for visit in event.visits}
    return [f'the phone of {event.wearers[people[one.number]].name} knows others than the pin'
            for one in outcome.visits if not one.agrees]


def wrong(found):
    """Sentences about what must not be."""
    sentences = found['contradictions'] + found['complaints']
    if found['one_sided']:
        sentences.append(f'{found["one_sided"]} friendships are one-sided')
    return sentences


def cost(event, outcome, cpu_s, wall_s, workers):
    """What the run has cost, and whether a meeting costs more where the books are fuller."""
    story, binds = Story(event, outcome), {visit.number: visit.binds for visit in event.visits}
    means = {}
    for low, high in BOOKS:
        costs = [one for friends, some in story.cost.items() if low <= friends < high for one in some]
        if costs:
            means[f'{low} to {high}' if high < 10_000 else f'from {low}'] = round(statistics.mean(costs), 3)
    return {'core_s': round(cpu_s, 1), 'wall_s': round(wall_s, 1), 'workers': workers,
            'core_s_a_pin_hour': round(cpu_s / len(event.wearers) / event.hours, 3),
            'core_s_a_meeting': _mean(outcome.results),
            'core_s_a_meeting_on_a_boards_heap': _mean([one for one in outcome.results if one.board_heap]),
            'core_s_to_bind_a_phone': _mean([one for one in outcome.visits if binds[one.number]]),
            'core_s_a_visit': _mean([one for one in outcome.visits if not binds[one.number]]),
            'core_s_by_friends_of_both': means}


def _mean(results):
    return round(statistics.mean(one.cpu_s for one in results), 3) if results else 0


def keys(found, cost_):
    """What goes to build/bench.json."""
    return {'crowd_core_s': cost_['core_s'], 'crowd_wall_s': cost_['wall_s'], 'crowd_meetings': found['meetings'],
            'crowd_visits': found['phones']['bound'] + found['phones']['visits'], 'crowd_one_sided': found['one_sided'],
            'crowd_given_up': found['protocol']['given_up'],
            'crowd_pin_hour_core_ms': round(1000 * cost_['core_s_a_pin_hour']),
            'crowd_meeting_core_ms': round(1000 * cost_['core_s_a_meeting']),
            'crowd_bind_core_ms': round(1000 * cost_['core_s_to_bind_a_phone']),
            'crowd_visit_core_ms': round(1000 * cost_['core_s_a_visit'])}


def lines(found, cost_):
    """The report for the terminal."""
    if not found['whole']:
        yield f'ENDED EARLY: what follows was played until {clock_time(found["hours"] * 3600)} of the event'
    yield f'friendships: {found["friendships"]:.0f} in {found["meetings"]} meetings, {found["one_sided"]} one-sided, ' \
          f'{found["in_doubt"]} in doubt; {found["friends_median"]:g} friends a pin (median), ' \
          f'{found["friends_most"]} at the most'
    yield f'earned: {found["designs"]} designs; ' + ', '.join(f'{count} {name}' for name, count in found['medals'].items())
    yield from _of_protocol(found['protocol'])
    yield from _of_phones(found['phones'])
    mah, most = found['mah'], found['busiest']
    yield f'energy (modelled): {mah["median"]} mAh a pin (median), {mah["most"]} at the most; {mah["standing_an_hour"]} an ' \
          f'hour standing, {mah["walking_an_hour"]} walking, {mah["bound_an_hour"]} more with a phone bound; {mah["tap"]} a ' \
          f'tap and what it shows, {mah["visit"]} a visit of the phone'
    yield f'busiest: {most["name"]} with {most["friends"]} friends of {most["meetings"]} meetings, {most["designs"]} ' \
          f'designs, {most["medal"]}, {most["steps"]} steps, {most["mah"]} mAh'
    yield f'cost: {cost_["core_s"]} core-seconds in {cost_["wall_s"]} s: {cost_["core_s_a_pin_hour"]} a pin-hour, ' \
          f'{cost_["core_s_a_meeting"]} a meeting ({cost_["core_s_a_meeting_on_a_boards_heap"]} for each ' \
          f'{BOARD_HEAP_EVERY}th, on the heap of a board), {cost_["core_s_to_bind_a_phone"]} to bind a phone, ' \
          f'{cost_["core_s_a_visit"]} a visit'
    yield 'a meeting by the friends that both had before: ' + ', '.join(
        f'{friends}: {s}' for friends, s in cost_['core_s_by_friends_of_both'].items())
    yield 'digest ' + found['digest']


def _of_protocol(found):
    yield 'tries a meeting: ' + ', '.join(f'{count} needed {number}' for number, count in found['tries'].items()) + \
          f'; {found["given_up"]} given up'
    yield 'done at the first try: ' + ', '.join(
        f'{one["at_the_first_try"]} of {one["meetings"]} with {name}'
        for name, one in found['first_try_by_loss'].items() if one['meetings'])
    if found['tap_ms']:
        yield 'tap, from contact to both books: ' + ', '.join(f'{ms} ms {name}' for name, ms in found['tap_ms'].items())
    for what, count in list(found['troubles'].items())[:6]:
        yield f'  {count:5} x {what}'


def _of_phones(found):
    if found['bound']:
        yield f'phones: {found["bound"]} bound ({found["bind_s"]} s, modelled), {found["visits"]} visits ' \
              f'({found["visit_s"]} s), {found["again"]} tried again; {found["friends_on_phones"]} friends on them, ' \
              f'{found["friends_on_their_pins"]} on their pins in the end'
    for what, count in found['troubles'].items():
        yield f'  {count:5} x {what}'


def curves(moments_s, hours):
    """[[how many each wearer has] at each of POINTS + 1 times] from the seconds at which they got them."""
    return [[sum(at_s <= hours * 3600 * point / POINTS for at_s in own) for own in moments_s] for point in range(POINTS + 1)]


def synced(event, outcome, story):
    """[(hours, friends on phones, friends on their pins)] over the event, of the wearers whose phone is bound."""
    end_s, found = event.hours * 3600, []
    last_s = {person: [at_s for at_s, one in story.synced if one == person] for person in outcome.held}
    for point in range(POINTS + 1):
        now_s, known, made = end_s * point / POINTS, 0, 0
        for person, visits_s in last_s.items():
            fetched_s = max((at_s for at_s in visits_s if at_s <= now_s), default=-1)
            known += sum(at_s <= fetched_s for at_s in story.friends[person])
            made += sum(at_s <= now_s for at_s in story.friends[person])
        found.append((now_s / 3600, known, made))
    return found


def draw(event, outcome, rates, found, folder):
    """Write crowd.svg into `folder`."""
    story, audits = Story(event, outcome), outcome.audits
    people = {audit.device_id: person for person, audit in audits.items()}
    pairs = [(person, people[friend]) for person, audit in audits.items() for friend in audit.friends
             if friend in people and person < people[friend]]
    books = [len(audits[person].friends) if person in audits else 0 for person in range(len(event.wearers))]
    data = panels.Data(event, clock_time, curves(story.friends, event.hours), curves(story.designs, event.hours),
                       curves(story.ranks, event.hours), pairs, books,
                       [(event.meetings[result.number].at_s, result.tries) for result in outcome.results], story.durations_ms,
                       energies(event, story, rates), synced(event, outcome, story), outcome.portraits, found)
    (folder / 'crowd.svg').write_text(panels.sheet(data))
