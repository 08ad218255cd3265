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

USUAL = ('looking for another pin', 'loaded in', 'link up as', 'cards exchanged', 'PN532', *DONE)
POINTS = 96                                     # of each curve
RANKS = [name for name, _ in MEDALS]
BOOKS = ((0, 10), (10, 40), (40, 10_000))       # friends that both partners have already: whether a meeting costs more


class Story:
    """`friends`, `designs`, `ranks`: for each wearer the seconds at which they got one more; `troubles`: {what went wrong in a
    tap: how often}; `durations_ms`: from contact to both books, of taps that needed one try."""

    def __init__(self, event, results):
        people = range(len(event.wearers))
        self.friends, self.designs, self.ranks = [[[] for _ in people] for _ in range(3)]
        self.met = [0] * len(event.wearers)     # meetings
        self.tries = [0] * len(event.wearers)
        self.cost = {}                          # friends of both before the meeting: [core-seconds]
        self.troubles, self.durations_ms = Counter(), []
        seen = [set() for _ in people]
        for result in results:
            meeting = event.meetings[result.number]
            pair = meeting.one, meeting.other
            if not result.board_heap:
                self.cost.setdefault(sum(len(self.friends[person]) for person in pair), []).append(result.cpu_s)
            for person, side in zip(pair, result.sides, strict=True):
                self.met[person] += 1
                self.tries[person] += result.tries
                self._follow(person, side, meeting.at_s, seen[person])
            self._time(result)

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

    def _time(self, result):
        if result.tries == 1 and result.known:
            self.durations_ms.append(max(min(ms for ms, _, source, text in side.log
                                             if source == 'tap' and text.startswith(DONE)) for side in result.sides))


def clock_time(at_s):
    """'10:45' of a second of the event."""
    return f'{START + timedelta(seconds=at_s):%H:%M}'


def facts(event, audits, results, rates):
    """The report as a dict of what json can hold."""
    story = Story(event, results)
    books = [len(audits[person].friends) if person in audits else 0 for person in range(len(event.wearers))]
    energy = energies(event, story, rates)
    most = max(audits, key=lambda person: (books[person], -person))
    tries = Counter(result.tries for result in results)
    return {
        'pins': len(event.wearers), 'hours': event.hours, 'seed': event.seed, 'meetings': len(results),
        'frames': sum(result.frames for result in results),
        'friendships': sum(books) / 2, 'one_sided': len(one_sided(audits.values())),
        'in_doubt': sum(found.in_doubt for found in audits.values()),
        'contradictions': contradictions(event, audits, story),
        'complaints': [text for result in results for text in result.complaints],
        'friends_median': statistics.median(books), 'friends_most': max(books),
        'designs': sum(found.designs for found in audits.values()),
        'medals': {name: sum(found.rank == rank for found in audits.values()) for rank, name in enumerate(RANKS)} | {
            RANKS[0]: len(books) - sum(found.rank > 0 for found in audits.values())},
        'tries': {str(count): tries[count] for count in sorted(tries)},
        'given_up': sum(not result.known for result in results),
        'troubles': dict(story.troubles.most_common()),
        'tap_ms': {name: round(percentile(story.durations_ms, share)) for name, share in
                   (('median', 0.5), ('p95', 0.95), ('longest', 1))} if story.durations_ms else {},
        'mah': {'median': round(statistics.median(energy), 1), 'most': round(max(energy), 1),
                'standing_an_hour': round(rates.standing, 2), 'walking_an_hour': round(rates.walking, 2),
                'tap': round(rates.tap, 3)},
        'busiest': {'name': event.wearers[most].name, 'friends': len(audits[most].friends), 'meetings': story.met[most],
                    'designs': audits[most].designs, 'medal': RANKS[audits[most].rank],
                    'steps': walked(event, most), 'mah': round(energy[most], 1)},
    }


def walked(event, person):
    return sum(steps for _, steps in event.wearers[person].steps(event.hours * 3600))


def energies(event, story, rates):
    """mAh of each wearer's day."""
    found = []
    for wearer in event.wearers:
        end_s = event.hours * 3600
        hours, walking_h = (end_s - wearer.arrives_s) / 3600, wearer.walked_s(end_s) / 3600
        found.append(rates.of_day(hours, walking_h, story.tries[wearer.number]))
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


def wrong(found):
    """Sentences about what must not be."""
    sentences = found['contradictions'] + found['complaints']
    if found['one_sided']:
        sentences.append(f'{found["one_sided"]} friendships are one-sided')
    return sentences


def cost(event, results, cpu_s, wall_s, workers):
    """What the run has cost, and whether a meeting costs more where the books are fuller."""
    story = Story(event, results)
    means = {}
    for low, high in BOOKS:
        costs = [one for friends, some in story.cost.items() if low <= friends < high for one in some]
        if costs:
            means[f'{low} to {high}' if high < 10_000 else f'from {low}'] = round(statistics.mean(costs), 3)
    board = [result.cpu_s for result in results if result.board_heap]
    return {'core_s': round(cpu_s, 1), 'wall_s': round(wall_s, 1), 'workers': workers,
            'core_s_a_pin_hour': round(cpu_s / len(event.wearers) / event.hours, 3),
            'core_s_a_meeting': round(statistics.mean(result.cpu_s for result in results), 3) if results else 0,
            'core_s_a_meeting_on_a_boards_heap': round(statistics.mean(board), 3) if board else 0,
            'core_s_by_friends_of_both': means}


def lines(found):
    """The report for the terminal."""
    busiest, cost_, mah = found['busiest'], found['cost'], found['mah']
    yield f'friendships: {found["friendships"]:.0f} in {found["meetings"]} meetings, {found["one_sided"]} one-sided, ' \
          f'{found["in_doubt"]} in doubt; {found["friends_median"]:g} friends a pin (median), ' \
          f'{found["friends_most"]} at the most'
    yield f'earned: {found["designs"]} designs; ' + ', '.join(f'{count} {name}' for name, count in found['medals'].items())
    yield 'tries a meeting: ' + ', '.join(f'{count} needed {number}' for number, count in found['tries'].items()) + \
          f'; {found["given_up"]} given up'
    if found['tap_ms']:
        yield 'tap, from contact to both books: ' + ', '.join(f'{ms} ms {name}' for name, ms in found['tap_ms'].items())
    for what, count in list(found['troubles'].items())[:6]:
        yield f'  {count:5} x {what}'
    yield f'energy (modelled): {mah["median"]} mAh a pin (median), {mah["most"]} at the most; ' \
          f'{mah["standing_an_hour"]} an hour standing, {mah["walking_an_hour"]} walking, {mah["tap"]} a tap and what it shows'
    yield f'busiest: {busiest["name"]} with {busiest["friends"]} friends of {busiest["meetings"]} meetings, ' \
          f'{busiest["designs"]} designs, {busiest["medal"]}, {busiest["steps"]} steps, {busiest["mah"]} mAh'
    yield f'cost: {cost_["core_s"]} core-seconds in {cost_["wall_s"]} s: {cost_["core_s_a_pin_hour"]} a pin-hour, ' \
          f'{cost_["core_s_a_meeting"]} a meeting ' \
          f'({cost_["core_s_a_meeting_on_a_boards_heap"]} for each {BOARD_HEAP_EVERY}th, on the heap of a board)'
    yield 'a meeting by the friends that both had before: ' + ', '.join(
        f'{friends}: {s}' for friends, s in cost_['core_s_by_friends_of_both'].items())
    yield 'digest ' + found['digest']


def curves(moments_s, hours):
    """[[how many each wearer has] at each of POINTS + 1 times] from the seconds at which they got them."""
    return [[sum(at_s <= hours * 3600 * point / POINTS for at_s in own) for own in moments_s] for point in range(POINTS + 1)]


def draw(event, audits, results, rates, found, folder):
    """Write crowd.svg into `folder`."""
    story = Story(event, results)
    people = {audit.device_id: person for person, audit in audits.items()}
    pairs = [(person, people[friend]) for person, audit in audits.items() for friend in audit.friends
             if friend in people and person < people[friend]]
    books = [len(audits[person].friends) if person in audits else 0 for person in range(len(event.wearers))]
    data = panels.Data(event, clock_time, curves(story.friends, event.hours), curves(story.designs, event.hours),
                       curves(story.ranks, event.hours), pairs, books,
                       [(event.meetings[result.number].at_s, result.tries) for result in results], story.durations_ms,
                       energies(event, story, rates), rates, found)
    (folder / 'crowd.svg').write_text(panels.sheet(data))
