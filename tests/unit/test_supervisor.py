"""firmware/system/supervisor: services restart with back-off, and the watchdog starves only when something vital is gone."""
import asyncio

from firmware.system.log import Log
from firmware.system.supervisor import CRASHES_TO_GIVE_UP, FEED_MS, Supervisor
from tests.simulator.host import Host


class Bench:
    """A supervisor on the virtual clock."""

    def __init__(self):
        self.host = Host()
        self.log = Log(str)
        self.fed = []
        self.supervisor = Supervisor(self.log, lambda: self.fed.append(self.now_ms()), self.now_ms)

    def now_ms(self):
        return self.host.clock.now_ns // 1_000_000

    def run(self, ms):
        async def main():
            task = asyncio.create_task(self.supervisor.run())
            await asyncio.sleep_ms(ms)
            task.cancel()
            await asyncio.sleep_ms(0)
            await asyncio.sleep_ms(0)
        self.host.run(main())


def test_a_crash_is_logged_and_the_service_starts_again_ever_later():
    bench, starts = Bench(), []

    async def crash():
        starts.append(bench.now_ms())
        raise ValueError('no sensor')

    bench.supervisor.add('motion', crash)
    bench.run(10_000)
    assert starts == [0, 250, 750, 1750, 3750, 7750]
    assert 'E supervisor: motion crashed. ValueError: no sensor' in bench.log.lines()[0]
    assert len(bench.fed) == -(-10_000 // FEED_MS)      # it is not vital


def test_the_watchdog_starves_when_something_vital_dies():
    bench = Bench()

    async def crash():
        raise MemoryError('too big')

    bench.supervisor.add('screen', crash, vital=True)
    bench.run(60_000)
    last_crash_ms = 250 * (2 ** (CRASHES_TO_GIVE_UP - 1) - 1)
    assert last_crash_ms - FEED_MS <= bench.fed[-1] <= last_crash_ms + FEED_MS
    assert not bench.supervisor.healthy()
    lines = [line[9:] for line in bench.log.lines()]
    assert lines[0] == 'E supervisor: screen ran out of memory. MemoryError: too big'
    assert lines.count('E supervisor: A vital service is gone; the watchdog will reset the pin.') == 1


def test_a_crash_that_cannot_even_be_logged_costs_no_service():
    bench, starts = Bench(), []

    def too_much(*_):
        raise MemoryError

    async def crash():
        starts.append(bench.now_ms())
        raise MemoryError

    bench.log.error = too_much
    bench.supervisor.add('motion', crash)
    bench.run(2_000)
    assert starts == [0, 250, 750, 1750]


def test_a_service_that_runs_well_between_crashes_starts_again_at_once():
    bench, starts = Bench(), []

    async def now_and_then():
        starts.append(bench.now_ms())
        await asyncio.sleep_ms(120_000)
        raise ValueError

    bench.supervisor.add('radio', now_and_then, vital=True)
    bench.run(1_000_000)
    assert len(starts) == 9
    assert bench.supervisor.healthy()


def test_a_service_may_end_unless_it_is_vital():
    async def finish():
        pass

    for vital in (False, True):
        bench = Bench()
        bench.supervisor.add('once', finish, vital)
        bench.run(5_000)
        assert bench.supervisor.healthy() != vital
        assert len(bench.fed) == (1 if vital else -(-5_000 // FEED_MS))


def test_stopping_stops_every_service():
    bench, beats = Bench(), []

    async def beat():
        while True:
            await asyncio.sleep_ms(100)
            beats.append(1)

    bench.supervisor.add('heart', beat)

    async def main():
        task = asyncio.create_task(bench.supervisor.run())
        await asyncio.sleep_ms(1050)
        task.cancel()
        await asyncio.sleep_ms(5000)

    bench.host.run(main())
    assert len(beats) == 10
