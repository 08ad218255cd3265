"""firmware/social/tap_stack: what carries a tap is there while one may come, and only then."""
import asyncio
import gc
import sys

import pytest

from firmware.social import tap_stack
from firmware.system.events import Events
from firmware.system.log import Log
from tests.simulator.host import Host

TAP = '''
import part_of_tap

class Tap:
    def __init__(self, *needs):
        self.needs = needs

    async def session(self, mac, asked):
        return mac, asked, self.needs[0]
'''
PARTS = ('part_of_tap', 'small_tap')
COLLECTING = 8192
HEAP = 384 << 10


class MAC:
    """A link that knows whether it was closed."""
    closed = False

    async def close(self):
        self.closed = True


class Rig:
    """A TapStack on a host, which loads two small modules in place of the real ones. `thresholds`: those that gc was given."""

    def __init__(self):
        self.host, self.lines, self.thresholds = Host(1), [], []
        log = Log(write_line=self.lines.append)
        self.events = Events(log)
        self.stack = tap_stack.TapStack('wearer', self.events, log)

    def threshold(self, *value):
        self.thresholds += value
        return COLLECTING

    def run(self, *steps):
        """Run the service and the `steps` (functions to call, or seconds to wait); whether the Tap was there at first and
        some time after each."""
        async def course():
            service, there = asyncio.create_task(self.stack.run()), []
            for step in (25, *steps):
                await asyncio.sleep(0.1 if callable(step) and step() is None else step)
                there.append([name in sys.modules for name in PARTS])
            service.cancel()
            return there
        found = self.host.run(course())
        assert all(one == other for one, other in found), 'half of it'
        return [one for one, _ in found]

    def session(self, *waits_s):
        """What comes of a link while the service runs, its MAC, and whether the Tap was there after each of `waits_s`."""
        async def course():
            service, mac = asyncio.create_task(self.stack.run()), MAC()
            await asyncio.sleep(25)
            result, there = await self.stack.session(mac, True), []
            for wait_s in waits_s:
                await asyncio.sleep(wait_s)
                there.append(PARTS[0] in sys.modules)
            service.cancel()
            return result, mac, there
        return self.host.run(course())

    def worn(self, worn):
        return lambda: self.events.publish('worn', worn)

    def phone(self, connected):
        return lambda: self.events.publish('phone', connected)

    def wish(self, wished):
        return lambda: self.stack.wish(wished)


@pytest.fixture
def rig(monkeypatch, tmp_path):
    (tmp_path / 'part_of_tap.py').write_text('')
    (tmp_path / 'small_tap.py').write_text(TAP)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(tap_stack, 'PARTS', PARTS)
    for name in ('mem_free', 'mem_alloc'):
        monkeypatch.setattr(gc, name, lambda: HEAP // 2, raising=False)     # which CPython has not
    rig = Rig()
    monkeypatch.setattr(gc, 'threshold', rig.threshold, raising=False)
    yield rig
    for name in PARTS:
        sys.modules.pop(name, None)


def test_it_is_there_while_the_pin_is_worn(rig):
    assert rig.run(rig.worn(False), rig.worn(True), rig.worn(False)) == [True, False, True, False]


def test_a_heap_with_room_keeps_it(rig, monkeypatch):
    monkeypatch.setattr(gc, 'mem_free', lambda: 2 << 20)
    rig = Rig()
    assert rig.run(rig.worn(False), rig.phone(True), lambda: rig.events.publish('button', 'short')) == [True] * 4


def test_a_phone_has_its_room_but_for_the_time_of_a_wish(rig):
    assert rig.run(rig.phone(True), rig.wish(True), rig.wish(False), rig.phone(False)) == [True, False, True, False, True]


def test_screens_have_its_room_for_some_seconds_after_each_press(rig):
    def press():
        rig.events.publish('button', 'short')
    assert rig.run(press, 19, press, 19, 2, press) == [True, False, False, False, False, True, False]


def test_so_has_the_celebration_of_a_tap(rig):
    assert rig.session(0.1, 19, 2)[-1] == [False, False, True]


def test_a_link_without_a_wish_loads_it_and_lets_it_go(rig):
    rig.events.publish('phone', True)
    (mac, asked, wearer), given, there = rig.session(0.1)
    assert (mac, asked, wearer) == (given, True, 'wearer')
    assert there == [False]


def test_collections_are_put_off_while_it_loads_and_never_for_good(rig):
    rig.run(rig.worn(False), rig.worn(True))
    assert rig.thresholds == [-1, COLLECTING] * 2


def test_a_part_that_cannot_be_loaded_costs_the_tap_alone(rig, tmp_path, monkeypatch):
    rig.events.publish('worn', False)
    monkeypatch.setattr(rig.stack, '_load', lambda: asyncio.sleep(5))
    result, mac, _ = rig.session()
    assert (result, mac.closed) == (False, True)
    assert 'could not be loaded' in rig.lines[-1]
