"""The button: bounce, short, long and the ten-second press."""
import asyncio

import pytest

from firmware.ui.button import Button
from tests.simulator.host import Host
from tests.simulator.wires import Line


class Heard:
    """Stands for the event bus."""

    def __init__(self):
        self.values = []

    def publish(self, topic, value=None):
        self.values.append((topic, value))


def presses(*edges):
    """Play (ms, level) on the button's line and return what was published."""
    host, line, heard = Host(), Line('button', 1), Heard()
    for ms, level in edges:
        host.clock.call_at(ms * 1_000_000, line.set, level)

    async def play():
        task = asyncio.create_task(Button(host.pin(line), heard).run())
        await asyncio.sleep_ms(15_000)
        task.cancel()
    host.run(play())
    return [value for _, value in heard.values]


@pytest.mark.parametrize('edges, told', [
    (((10, 0), (110, 1)), ['short']),
    (((10, 0), (12, 1), (14, 0), (90, 1)), ['short']),
    (((10, 0), (13, 1)), []),
    (((10, 0), (900, 1)), ['long']),
    (((10, 0), (10_500, 1)), ['long', 'reset']),
    (((10, 0), (110, 1), (300, 0), (400, 1)), ['short', 'short']),
])
def test_presses(edges, told):
    assert presses(*edges) == told
