"""`make bench-week`: a week of a wearer's life, and whether its history holds every step that the pedometer credited, once, on
its day and in its hour. Writes week_* to build/bench.json.

Recorded walks (synthetic ones where none are at hand) with rest between them go through chip model, bus, driver and the motion
service with its store, on the virtual clock. On the way: midnights with and without a walk across them, three resets (one in
the midst of a walk), a battery that runs flat while its wearer walks, steps before the phone sets the clock again, a clock
put back by 40 minutes and a zone put on by two hours. Resets and the flat battery take everything but flash, and the latter
the RTC too. The ledger beside it is kept by the service's own credits, with the day and hour that the clock then said.
"""
import argparse
import asyncio
import random
import time

from firmware.motion.motion import Motion
from firmware.motion.step_store import VERSION, StepStore
from firmware.motion.steps import StepDays
from firmware.system.clock import DAY_S, UNKNOWN_DAY, Clock, days_before
from firmware.system.events import Events
from firmware.system.journal import Journal
from tests.bench import record
from tests.bench.bumps import TRACES, recordings
from tests.simulator import host
from tests.simulator.gait import Gait
from tests.simulator.memory_storage import MemoryFiles
from tests.simulator.traces import SECOND, Recorded, Rest, Sequence
from tests.unit.rigs.motion import Bench, Lines

HOUR_S = 3600
MONDAY_S = days_before(2026, 11, 16) * DAY_S            # the week's first midnight, UTC
RTC_LOST_S = 0                                          # 2000-01-01
DAY_START = 4
# (hours since the first midnight, what happens); walks are found by the same table, each WALK_S or so
WALKS_H = [day * 24 + hour for day in range(7) for hour in (8.2, 18.45)] + [3.99, 27.995, 99.98, 64.5, 64.7]
EVENTS = ((8.23, 'reset'), (40.0, 'reset'), (64.53, 'flat'), (64.75, 'time'), (90.21, 'back'), (114.4, 'zone'),
          (138.0, 'reset'))


class Rtc:
    """machine.RTC over the virtual clock."""

    def __init__(self, clock, seconds):
        self._clock = clock
        self.set(seconds)

    def set(self, seconds):
        self._ahead_s = seconds - self._clock.now_ns / SECOND

    def datetime(self, value=None):
        if value:
            year, month, day, _, hour, minute, second, _ = value
            self.set(days_before(year, month, day) * DAY_S + hour * HOUR_S + minute * 60 + second)
            return None
        gone = time.gmtime(self._clock.now_ns / SECOND + self._ahead_s + days_before(2000, 1, 1) * DAY_S + 946_684_800)
        return gone.tm_year, gone.tm_mon, gone.tm_mday, gone.tm_wday, gone.tm_hour, gone.tm_min, gone.tm_sec, 0


class Watched(Motion):
    """Notes in `ledger` {(day, hour): steps} what the pedometer credits, before anything is done with it."""

    ledger = None

    def _credit(self, steps):
        key = (self._clock.day(), self._clock.hour() or 0)
        self.ledger[key] = self.ledger.get(key, 0) + steps
        super()._credit(steps)


class Life(Bench):
    """A pin's motion side that is booted again and again on the same flash."""

    def __init__(self, source, sensor='qmi8658', start_s=MONDAY_S):
        super().__init__(source=source, sensor=sensor)
        self.start_s = start_s
        self.rtc, self.zone_minutes = Rtc(self.clock, start_s), 0
        self.files, self.kept, self.ledger, self.boots = MemoryFiles(), b'', {}, 0
        self.log = Lines()

    def memory(self, data=None):
        """The RTC's memory."""
        if data is None:
            return self.kept
        self.kept = data
        return None

    def boot(self):
        self.files.power_on()
        self.boots += 1
        self.calendar = Clock(self.rtc, time.ticks_ms, self.zone_minutes, DAY_START)
        self.events = Events(self.log)
        self.days = StepDays()
        store = StepStore(Journal(self.files.storage(), 'steps', VERSION, self.log), self.days, self.log, self.memory)
        store.load()
        self.motion = Watched(self.imu, self.int1, self.events, self.log, self.calendar, self.days, store,
                              self.host.random.randbytes)
        self.motion.ledger = self.ledger
        self.service = asyncio.create_task(self.motion.run())

    async def live(self, events):
        self.boot()
        for at_h, what in sorted(events):
            await asyncio.sleep(max(0, at_h * HOUR_S - self.clock.now_ns / SECOND))
            assert not self.service.done(), self.service
            await getattr(self, what)()
        self.service.cancel()

    # ---- what happens ----
    async def reset(self):
        """The processor starts again; the RTC and its memory stay, the sensor keeps its supply."""
        self.service.cancel()
        await asyncio.sleep(0.5)
        self.boot()

    async def flat(self):
        """The battery gives its last two percent in a minute, and is charged for ten."""
        self.events.publish('battery', 2)
        await asyncio.sleep(60)
        self.service.cancel()
        self.kept = b''
        self.chip.power_off()
        await asyncio.sleep(300)
        self.rtc.set(RTC_LOST_S)
        self.chip.power_on()
        self.boot()

    async def time(self):
        """A phone sets the clock; what the ledger has without a date belongs to now."""
        self.calendar.set(round(self.start_s + self.clock.now_ns / SECOND))
        for key in [key for key in self.ledger if key[0] == UNKNOWN_DAY]:
            now = (self.calendar.day(), self.calendar.hour())
            self.ledger[now] = self.ledger.get(now, 0) + self.ledger.pop(key)
        self.events.publish('time', None)

    async def back(self):
        moved_s = self.calendar.set(self.calendar.now_s() - 2400)
        self.events.publish('time', moved_s)

    async def zone(self):
        self.zone_minutes = self.calendar.zone_minutes = 120

    async def end(self):
        """The last look: all is on flash."""
        await self.motion.flush()


def week_of_walks(seed):
    """A source of 168 hours; the walks are badge walks in a random order."""
    rng = random.Random(seed)
    paths = [path for kind, place, path, hours in recordings() if (kind, place) == ('walk', 'badge') and 0.03 < hours < 0.09] \
        if TRACES.exists() else []
    rng.shuffle(paths)
    parts = [(0, Rest())]
    for number, at_h in enumerate(sorted(WALKS_H)):
        start_ns = round(at_h * HOUR_S * SECOND)
        walk = Recorded.load(paths[number % len(paths)], start_ns) if paths else \
            Gait([(rng.randrange(150, 300), rng.randrange(90, 125))], start_ns, seed=number)
        parts += [(start_ns, walk), (walk.end_ns, Rest())]
    return Sequence(parts)


def differences(life):
    """[(day, hour, credited, on flash)] where the history that a boot finds is not what the pedometer credited."""
    days, log = StepDays(), Lines()
    StepStore(Journal(life.files.storage(), 'steps', VERSION, log), days, log).load()
    wrong = []
    for day in sorted({day for day, _ in life.ledger}):
        credited = sum(steps for (of, _), steps in life.ledger.items() if of == day)
        if days.on(day) != credited:
            wrong.append((day, None, credited, days.on(day)))
        wrong += [(day, hour, life.ledger.get((day, hour), 0), found) for hour, found in enumerate(days.hours(day))
                  if found != life.ledger.get((day, hour), 0)]
    return days, wrong


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--sensor', default='qmi8658', help='or lsm6dso')
    options = parser.parse_args()
    host.install()
    life = Life(week_of_walks(options.seed), options.sensor)
    life.run(life.live((*EVENTS, (7 * 24 - 0.5, 'end'))))
    days, wrong = differences(life)
    credited = sum(life.ledger.values())
    kept = sum(days.on(day) for day in {day for day, _ in life.ledger})
    print(f'a week: {life.boots - 1} starts on the way, {credited} steps credited in {len(life.ledger)} hours of '
          f'{len({day for day, _ in life.ledger})} days, {kept} in the history')
    for day, hour, should, found in wrong:
        print(f'  day {day}{"" if hour is None else f" hour {hour}"}: {should} credited, {found} kept')
    for line in life.log.lines:
        if line.startswith('E'):
            print('  ' + line)
    record.merge({'week_steps_credited': credited, 'week_steps_kept': kept, 'week_hours_wrong': len(wrong)})
    return 1 if wrong or kept != credited else 0


if __name__ == '__main__':
    raise SystemExit(main())
