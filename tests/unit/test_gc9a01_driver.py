"""lib/gc9a01 against the wire model of the panel: start-up, windows, rotations, sleep, and what a rectangle costs."""
import asyncio

import numpy
import pytest
from hypothesis import given, settings, strategies

import gc9a01
from tests.simulator.chips.gc9a01 import GC9A01 as Panel
from tests.simulator.host import Host
from tests.simulator.wires import SPIBus

SIDE = 240
RED, WHITE = b'\xf8\x00', b'\xff\xff'


class Rig:
    """A driver wired to a panel, and a frame whose pixel (x, y) can be told from every other by its colour."""

    def __init__(self, reset_wire=True, **options):
        self.host = Host(seed=1)
        self.panel = Panel(self.host.clock, self.host.random)
        self.bus = SPIBus()
        self.bus.attach(self.panel, self.panel.select)
        pins = [self.host.pin(line) for line in (self.panel.select, self.panel.dc, self.panel.reset)]
        self.display = gc9a01.GC9A01(self.host.spi(self.bus, 40_000_000), pins[0], pins[1],
                                     pins[2] if reset_wire else None, **options)

    def begin(self):
        async def start():
            await self.display.begin()
            await self.display.display_on()
        self.host.run(start())
        self.panel.backlight = 1.0
        return self


def frame(seed=0):
    """A frame buffer of noise, and the colours that the glass should show for it."""
    words = numpy.random.default_rng(seed).integers(0, 1 << 16, (SIDE, SIDE), dtype=numpy.uint32)
    shades = numpy.stack([expand(words >> 11, 5), expand(words >> 5 & 63, 6), expand(words & 31, 5)], axis=-1)
    return bytearray(words.astype('>u2').tobytes()), shades


def expand(channel, bits):
    six = channel << 1 | channel >> 4 if bits == 5 else channel
    return (six * 255 // 63).astype(numpy.uint8)


@pytest.mark.parametrize('reset_wire', [True, False])
def test_begin_breaks_no_rule_and_leaves_a_dark_clean_memory(reset_wire):
    rig = Rig(reset_wire)
    rig.host.run(rig.display.begin())
    assert rig.panel.complaints == []
    assert not rig.panel.gram.any()
    assert not rig.panel.displaying and not rig.panel.asleep


def test_colours_are_true_and_upright():
    rig = Rig().begin()
    buffer = bytearray(RED * SIDE * SIDE)
    buffer[:2] = WHITE
    rig.display.show(buffer, 0, 0, SIDE, SIDE)
    shown = rig.panel.shown()
    assert tuple(shown[0, 0]) == (255, 255, 255)
    assert tuple(shown[0, 1]) == tuple(shown[239, 239]) == (255, 0, 0)
    assert rig.panel.complaints == []


@pytest.mark.parametrize('quarter_turns', range(4))
@pytest.mark.parametrize('mirrored', [False, True])
def test_rotations_turn_the_image_clockwise(quarter_turns, mirrored):
    rig = Rig(rotation=quarter_turns * 90, mirrored=mirrored).begin()
    buffer, shades = frame()
    rig.display.show(buffer, 0, 0, SIDE, SIDE)
    shown = rig.panel.shown()
    if mirrored:
        shown = shown[:, ::-1]
    assert (shown == numpy.rot90(shades, -quarter_turns)).all()


def test_rotate_applies_to_what_is_drawn_next():
    rig = Rig().begin()
    buffer, shades = frame()
    rig.display.show(buffer, 0, 0, SIDE, SIDE)
    rig.display.rotate(180)
    assert (rig.panel.shown() == shades).all()
    rig.display.show(buffer, 0, 0, SIDE, SIDE)
    assert (rig.panel.shown() == shades[::-1, ::-1]).all()


def test_an_impossible_rotation_is_refused_with_a_sentence():
    with pytest.raises(ValueError, match='0, 90, 180 or 270 degrees, not 45'):
        Rig(rotation=45)


@settings(max_examples=40, deadline=None)
@given(strategies.data())
def test_a_rectangle_changes_its_own_pixels_and_no_others(data):
    x = data.draw(strategies.integers(0, SIDE - 1))
    y = data.draw(strategies.integers(0, SIDE - 1))
    w = data.draw(strategies.integers(1, SIDE - x))
    h = data.draw(strategies.integers(1, SIDE - y))
    rig = Rig(gather_bytes=1024).begin()
    buffer, shades = frame()
    rig.display.show(buffer, x, y, w, h)
    shown = rig.panel.shown()
    assert (shown[y:y + h, x:x + w] == shades[y:y + h, x:x + w]).all()
    shown[y:y + h, x:x + w] = 0
    assert not shown.any()
    assert rig.panel.complaints == []


@pytest.mark.parametrize('x, y, w, h', [(0, 0, 240, 240), (0, 60, 240, 60), (64, 86, 112, 28), (239, 239, 1, 1)])
def test_a_rectangle_costs_six_writes_and_eleven_bytes_more_than_its_pixels(x, y, w, h):
    rig = Rig().begin()
    writes, heard = rig.bus.calls, rig.bus.bytes
    rig.display.show(bytearray(SIDE * SIDE * 2), x, y, w, h)
    assert rig.bus.calls - writes == 6
    assert rig.bus.bytes - heard == w * h * 2 + 11


def test_a_narrow_rectangle_larger_than_the_gather_memory_takes_one_write_a_fill():
    rig = Rig(gather_bytes=1000).begin()
    writes = rig.bus.calls
    rig.display.show(bytearray(SIDE * SIDE * 2), 10, 10, 100, 20)       # five rows of 200 bytes a fill
    assert rig.bus.calls - writes == 5 + 4


def test_the_gather_memory_is_taken_anew_after_sleep_and_smaller_where_the_heap_is_full(monkeypatch):
    taken = []

    def crowded(size):
        taken.append(size)
        if size > 1000:
            raise MemoryError
        return bytearray(size)
    rig, words = Rig(gather_bytes=3200).begin(), frame()[0]
    monkeypatch.setattr(gc9a01, 'bytearray', crowded, raising=False)
    rig.display.show(words, 10, 10, 100, 20)
    rig.display.show(words, 10, 40, 100, 20)
    assert taken == [3200, 1600, 800]
    rig.host.run(rig.display.sleep())
    rig.host.run(rig.display.wake())
    writes = rig.bus.calls
    rig.display.show(words, 10, 10, 100, 20)                            # four rows of 200 bytes a fill
    assert taken == [3200, 1600, 800] * 2 and rig.bus.calls - writes == 5 + 5
    assert rig.panel.complaints == []


def test_stream_lets_others_on_the_bus_between_pieces():
    rig = Rig().begin()
    buffer, shades = frame()
    selected = []
    for _ in rig.display.stream(buffer, 0, 0, SIDE, SIDE, 60 * 480):
        selected.append(rig.panel.select.level)
    assert selected == [1, 1, 1]
    assert (rig.panel.shown() == shades).all()


@pytest.mark.parametrize('rectangle', [(-1, 0, 5, 5), (0, 0, 241, 1), (0, 200, 10, 41), (5, 5, 0, 3)])
def test_a_rectangle_off_the_screen_is_refused_and_sends_nothing(rectangle):
    rig = Rig().begin()
    heard = rig.bus.bytes
    with pytest.raises(ValueError, match='leaves the screen'):
        rig.display.show(bytearray(SIDE * SIDE * 2), *rectangle)
    assert rig.bus.bytes == heard


def test_sleep_keeps_the_picture_and_wake_brings_it_back():
    rig = Rig().begin()
    buffer, shades = frame()
    rig.display.show(buffer, 0, 0, SIDE, SIDE)

    async def nap():
        await rig.display.sleep()
        assert not rig.panel.lit()
        await rig.display.wake()
        await rig.display.display_on()
    rig.host.run(nap())
    assert rig.panel.lit()
    assert (rig.panel.shown() == shades).all()
    assert rig.panel.complaints == []


def test_a_cancelled_sleep_still_keeps_its_distance_from_the_next_wake():
    rig = Rig().begin()

    async def impatient():
        task = asyncio.get_running_loop().create_task(rig.display.sleep())
        await asyncio.sleep_ms(30)
        task.cancel()
        await asyncio.sleep_ms(1)
        await rig.display.wake()
    rig.host.run(impatient())
    assert not rig.panel.asleep
    assert rig.panel.complaints == []
