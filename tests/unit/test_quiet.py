"""When work that can wait has its turn: ten seconds after the last tap, gesture or press, even after weeks of nothing."""
import asyncio

import pytest

from firmware.system.events import Events
from firmware.system.log import Log
from firmware.system.quiet import QUIET_MS, Quiet
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
