"""A small event with all pins running all the time, in one world: what `between` leaves out, against which it is checked.

Owns the comparison. Here steps come from walking past the real pedometer, a pin lives from the first minute to the last, and
meetings of different pairs overlap.
"""
from tests.crowd import between
from tests.crowd.meeting import Played
from tests.simulator.gait import Gait
from tests.simulator.traces import SECOND, Rest, Sequence
from tests.simulator.world import World

BEGIN_S = 5                                     # of the event, in the world
END_S = 70                                      # after it: the last steps are on flash
STEPS_OFF = 0.05                                # share by which pedometer and plan may differ ...
STEPS_LEAST = 12                                # ... or so many steps for each walk: the first ones and those of a stop


class Found:
    """What came of it. `tries`: {number of the meeting: how many}."""

    def __init__(self, audits, tries, complaints):
        self.audits, self.tries, self.complaints = audits, tries, complaints


def play(event):
    """The Found of an event."""
    with World(event.seed) as world:
        pins = {wearer.number: world.add_pin(wearer.name, wearer.card) for wearer in event.wearers}
        for wearer in event.wearers:
            pins[wearer.number].wear(walks(wearer))
        played = {}
        for meeting in event.meetings:
            world.run(max(0, BEGIN_S + meeting.at_s - world.clock.now_ns / SECOND))
            pair = pins[meeting.one], pins[meeting.other]
            played[meeting.number] = Played(world, pair, meeting)
        world.run(BEGIN_S + event.hours * 3600 + END_S - world.clock.now_ns / SECOND)
        tries = {number: one.tries for number, one in played.items()}
        return Found({number: between.audit(pin) for number, pin in pins.items()}, tries, world.complaints)


def walks(wearer):
    """What a wearer's pin feels."""
    parts = [(0, Rest())]
    for number, (begin_s, steps, cadence) in enumerate(wearer.bouts):
        begin_ns = round((BEGIN_S + begin_s) * SECOND)
        gait = Gait([(steps, cadence)], begin_ns, f'{wearer.number}/{number}')
        parts += [(begin_ns, gait), (gait.end_ns, Rest())]
    return Sequence(parts)


def friendships(event, audits):
    """{(owner, friend)} by name."""
    names = {found.device_id: event.wearers[number].name for number, found in audits.items()}
    return {(names[found.device_id], names[friend]) for found in audits.values() for friend in found.friends}


def differences(event, audits, results, found):
    """Sentences about what the two ways to play an event should agree in and do not."""
    wrong = list(found.complaints)
    for title, books in (('around the meetings', audits), ('all the time', found.audits)):
        if between.one_sided(books.values()):
            wrong.append(f'{title}: a friendship is one-sided')
    one, other = friendships(event, audits), friendships(event, {number: found.audits[number] for number in audits})
    wrong += [f'{owner} has {friend} for a friend in one of both only' for owner, friend in sorted(one ^ other)]
    for number, mine in audits.items():
        full, wearer = found.audits[number], event.wearers[number]
        if mine.rank != full.rank:
            wrong.append(f'{wearer.name} has earned another medal')
        if abs(mine.designs - full.designs) > 1:        # whose steps beat whose, and by when, may hang on a single step
            wrong.append(f'{wearer.name} has {mine.designs} designs and {full.designs}')
        walked = sum(steps for _, steps in wearer.steps(event.hours * 3600))
        if abs(walked - full.steps) > max(STEPS_OFF * walked, STEPS_LEAST * len(wearer.bouts)):
            wrong.append(f'{wearer.name} walked {walked} steps and the pin counted {full.steps}')
    return wrong


def table(event, audits, results, found):
    """Lines that tell both stories side by side."""
    yield f'  {"wearer":22} {"friends":>14} {"designs":>14} {"steps":>14}   (around the meetings, all the time)'
    for number, mine in sorted(audits.items()):
        full, wearer = found.audits[number], event.wearers[number]
        walked = sum(steps for _, steps in wearer.steps(event.hours * 3600))
        yield (f'  {wearer.name:22} {len(mine.friends):6} {len(full.friends):7} {mine.designs:6} {full.designs:7} '
               f'{walked:6} {full.steps:7}')
    tries = sum(result.tries for result in results), sum(found.tries.values())
    yield f'  tries: {tries[0]} and {tries[1]} for {len(event.meetings)} meetings'
