"""`make crowd ARGS=--growth`: what more pins cost, and what fuller friend books do; crowd_*_core_ms in build/bench.json.

Short events of 50, 100, 200 and 500 pins without phones, whose visits are so many a pin, and without what each run costs once;
and meetings of two pins that have 0 to 1,000 friends already. Core-seconds are of world and pins, as this host counts them.
"""
import statistics
from typing import NamedTuple

from tests.bench import record
from tests.crowd import between, model
from tests.crowd.cells import Blocks, differing
from tests.crowd.pool import play, pool_of
from tests.simulator.data import files_of_a_pin
from tests.simulator.image import add_files

PINS, HOURS = (50, 100, 200, 500), 1
FRIENDS, MEETINGS = (0, 10, 50, 150, 500, 1000), 5


class Row(NamedTuple):
    pins: int
    meetings: int
    core_s: float

    @property
    def pin_hour_ms(self):
        return 1000 * self.core_s / self.pins / HOURS

    @property
    def meeting_ms(self):
        return 1000 * self.core_s / max(1, self.meetings)


def measure(options, say=print):
    """Measure, tell, record; returns 0."""
    with pool_of(options.workers) as pool:
        rows = [by_pins(pool, options, pins) for pins in PINS]
        full = {friends: pool.submit(by_friends, options.seed, friends) for friends in FRIENDS}
        full = {friends: job.result() for friends, job in full.items()}
    say(f'{HOURS} h: {"pins":>7} {"meetings":>9} {"core-s":>7} {"ms a pin-hour":>14} {"ms a meeting":>13}')
    for row in rows:
        say(f'{row.pins:12} {row.meetings:9} {row.core_s:7.1f} {row.pin_hour_ms:14.0f} {row.meeting_ms:13.0f}')
    say('ms a meeting by the friends that each has before: ' + ', '.join(f'{count}: {ms:.0f}' for count, ms in full.items()))
    record.merge({f'crowd_pin_hour_core_ms_{row.pins}': round(row.pin_hour_ms) for row in rows}
                 | {f'crowd_meeting_core_ms_{friends}_friends': round(ms) for friends, ms in full.items()})
    return 0


def by_pins(pool, options, pins):
    """The Row of an event."""
    event = model.event(options.seed, pins, HOURS, options.scale)
    event = event._replace(visits=(), wearers=tuple(wearer._replace(phone=False) for wearer in event.wearers))
    outcome = play(event, pool, options.workers)
    return Row(pins, len(outcome.results), sum(one.cpu_s for one in outcome.results))


def by_friends(seed, friends):
    """Core-ms of a meeting of two pins with so many friends each, the one in the middle of MEETINGS."""
    event, costs = model.event(seed, 2, 8, 3), []
    wearers = [wearer._replace(phone=False) for wearer in event.wearers]
    states = [with_friends(seed, wearer, friends) for wearer in wearers]
    for place in range(MEETINGS):
        plan = event.meetings[0]._replace(number=between.BOARD_HEAP_EVERY * place + 1, loss=0.0)
        costs.append(between.play(seed, plan, wearers, states).cpu_s)
    return 1000 * statistics.median(costs)


def with_friends(seed, wearer, friends):
    """The Kept of a pin that has so many friends."""
    flash = Blocks(between.new_image(), {})
    add_files(flash.mounted(between.BLOCKS),
              files_of_a_pin(wearer.name, wearer.card, between.BOARD, 'spi', friends, seed=seed))
    return between.Kept(differing(between.new_image(), flash.changed))
