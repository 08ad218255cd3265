"""A small event with all pins running all the time, in one world: what `between` leaves out, against which it is checked.

Owns the comparison. Here steps come from walking past the real pedometer, a pin lives from the first minute to the last, and
meetings of different pairs overlap.
"""
import asyncio

from tests.crowd import between, phones
from tests.crowd.meeting import Played
from tests.simulator.gait import Gait
from tests.simulator.traces import SECOND, Rest, Sequence
from tests.simulator.world import World

BEGIN_S = 5                                     # of the event, in the world
END_S = 70                                      # after it: the last steps are on flash
STEPS_OFF = 0.05                                # share by which pedometer and plan may differ ...
STEPS_LEAST = 12                                # ... or so many steps for each walk: the first ones and those of a stop


class Found:
    """What came of it. `tries`: {number of the meeting: how many}; `known`: {number of a wearer: ids of the friends on the
    phone}."""

    def __init__(self, audits, tries, known, complaints):
        self.audits, self.tries, self.known, self.complaints = audits, tries, known, complaints


def play(event):
    """The Found of an event."""
    with World(event.seed) as world:
        pins = {wearer.number: world.add_pin(wearer.name, not wearer.phone and wearer.card, on=not wearer.phone)
                for wearer in event.wearers}
        for wearer in event.wearers:
            pins[wearer.number].wear(walks(wearer))
        visitors = {wearer.number: phones.join(world, wearer) for wearer in event.wearers if wearer.phone}
        played, held = {}, {}
        for one in event.happenings:
            world.run(max(0, BEGIN_S + one.at_s - world.clock.now_ns / SECOND))
            if one.number < len(event.meetings):
                played[one.number] = Played(world, [pins[person] for person in one.people], one)
            else:
                world.loop.spawn(_visit(world, visitors[one.person], pins[one.person], event.wearers[one.person], held))
        world.run(BEGIN_S + event.hours * 3600 + END_S - world.clock.now_ns / SECOND)
        known = {person: list(phone.friends) for person, phone in held.items()}
        return Found({number: between.audit(pin) for number, pin in pins.items()},
                     {number: one.tries for number, one in played.items()}, known, world.complaints)


async def _visit(world, phone, pin, wearer, held):
    """A visit of a phone, which puts what it has then into `held`."""
    if wearer.number in held:
        pin.press()
    else:
        pin.boot()
        await asyncio.sleep(between.BOOT_S)
    held[wearer.number], _ = await phones.visit(phone, pin, wearer, held.get(wearer.number))


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


def _named(event, audits, ids):
    """Names of the wearers whose pins have these ids (hex)."""
    names = {audit.device_id.hex(): event.wearers[number].name for number, audit in audits.items()}
    return {names[one] for one in ids}


def differences(event, outcome, found):
    """Sentences about what the two ways to play an event should agree in and do not."""
    wrong, audits = list(found.complaints), outcome.audits
    for title, books in (('around the meetings', audits), ('all the time', found.audits)):
        if between.one_sided(books.values()):
            wrong.append(f'{title}: a friendship is one-sided')
    one, other = friendships(event, audits), friendships(event, {number: found.audits[number] for number in audits})
    wrong += [f'{owner} has {friend} for a friend in one of both only' for owner, friend in sorted(one ^ other)]
    for person, held in outcome.held.items():
        names = _named(event, audits, held.friends), _named(event, found.audits, found.known.get(person, ()))
        if names[0] != names[1]:
            wrong.append(f'the phone of {event.wearers[person].name} knows {len(names[0])} and {len(names[1])} friends')
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


def table(event, outcome, found):
    """Lines that tell both stories side by side."""
    yield f'  {"":22} {"friends":>14} {"designs":>14} {"steps":>14} {"on the phone":>14}   (around meetings, all the time)'
    for number, mine in sorted(outcome.audits.items()):
        full, wearer = found.audits[number], event.wearers[number]
        walked = sum(steps for _, steps in wearer.steps(event.hours * 3600))
        yield (f'  {wearer.name:22} {len(mine.friends):6} {len(full.friends):7} {mine.designs:6} {full.designs:7} '
               f'{walked:6} {full.steps:7}' + (f' {len(outcome.held[number].friends):6} {len(found.known.get(number, ())):7}'
                                                if number in outcome.held else ''))
    tries = sum(result.tries for result in outcome.results), sum(found.tries.values())
    yield f'  tries: {tries[0]} and {tries[1]} for {len(event.meetings)} meetings'
