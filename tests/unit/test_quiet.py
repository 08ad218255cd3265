"""When work that can wait has its turn: ten seconds after the last tap, gesture or press, even after weeks of nothing."""
import asyncio
import time

import pytest

from firmware.system.events import Events
from firmware.system.log import Log
from firmware.system.quiet import MOMENT_MS, PATIENCE_MS, QUIET_MS, Quiet
from tests.simulator.host import Host

WEEK_MS = 7 * 86_400_000


@pytest.mark.parametrize(('topic', 'value'), [('tap', 'link'), ('gesture', 'bump'), ('button', 'short')])
def test_work_waits_until_nothing_has_happened_for_a_while(topic, value):
    host, events = Host(), Events(Log(str))

    async def play():
        quiet, began_ns = Quiet(events), host.clock.now_ns
        task = asyncio.create_task(quiet.wait())
        await asyncio.sleep_ms(4_000)
        events.publish(topic, value)
        await asyncio.sleep_ms(QUIET_MS - 100)
        assert not quiet.now() and not task.done()
        await task
        assert quiet.now()
        return (host.clock.now_ns - began_ns) / 1e6
    assert 4_000 + QUIET_MS <= host.run(play()) < 4_000 + QUIET_MS + 10


def test_a_quiet_week_does_not_look_like_the_future():
    host = Host()

    async def play():
        quiet = Quiet(Events(Log(str)))
        for _ in range(4):
            await asyncio.sleep_ms(WEEK_MS // 2)
            began_ns = host.clock.now_ns
            await quiet.wait()
            assert (host.clock.now_ns - began_ns) / 1e6 < 10
        return True
    assert host.run(play())


def test_where_no_quiet_comes_a_moment_between_two_taps_must_do():
    """Every five seconds somebody taps; from the second minute on work is done in the gaps, but never within two seconds."""
    host, events, taps_ms, worked_ms = Host(), Events(Log(str)), [], []

    async def work(quiet):
        while True:
            await quiet.wait()
            worked_ms.append((time.ticks_ms() - taps_ms[0], time.ticks_ms() - taps_ms[-1]))
            await asyncio.sleep_ms(100)

    async def play():
        quiet = Quiet(events)
        task = asyncio.create_task(work(quiet))
        for _ in range(40):
            taps_ms.append(time.ticks_ms())
            events.publish('tap', 'done')
            assert not quiet.now()
            await asyncio.sleep_ms(5_000)
        task.cancel()
    host.run(play())
    assert PATIENCE_MS <= worked_ms[0][0] < PATIENCE_MS + 5_000
    assert len(worked_ms) > 500 and min(since_tap_ms for _, since_tap_ms in worked_ms) >= MOMENT_MS
