"""The wire model of the GC9A01: what it shows, what it forgets, and which broken rules it tells."""
import random

import pytest

from tests.simulator.chips.gc9a01 import GC9A01
from tests.simulator.clock import Clock

MS = 1_000_000
TRUE_COLOURS = ((0x21, b''), (0x36, b'\x08'), (0xFE, b''), (0xEF, b''), (0xB6, b'\x00\x20'))
NEEDED = ((0x66, bytes(10)), (0x67, bytes(10)))


class Bench:
    """Speaks to a panel with bare bytes, as a host without a driver would."""

    def __init__(self):
        self.clock = Clock()
        self.panel = GC9A01(self.clock, random.Random(7))
        self.panel.select.set(0)
        self.clock.advance(10 * MS)

    def send(self, code, data=b''):
        self.panel.dc.set(0)
        self.panel.transfer(bytes([code]))
        if data:
            self.data(data)

    def data(self, data):
        self.panel.dc.set(1)
        self.panel.transfer(data)

    def awake(self, colmod=0x05):
        for code, data in TRUE_COLOURS + NEEDED + ((0x3A, bytes([colmod])), (0x11, b'')):
            self.send(code, data)
        self.clock.advance(120 * MS)
        self.send(0x29)
        self.panel.backlight = 1.0
        return self

    def window(self, x0, x1, y0, y1):
        self.send(0x2A, bytes([0, x0, 0, x1]))
        self.send(0x2B, bytes([0, y0, 0, y1]))

    def fill(self, pixel):
        self.window(0, 239, 0, 239)
        self.send(0x2C, pixel * 57600)

    def colour(self, x, y):
        return tuple(int(value) for value in self.panel.shown()[y, x])


@pytest.fixture
def bench():
    return Bench().awake()


def test_memory_is_noise_after_power_up_and_differs_each_time(bench):
    first = bench.panel.gram.copy()
    bench.panel.power_off()
    bench.panel.power_on()
    assert len(set(first.flat)) > 10_000
    assert (bench.panel.gram != first).any()


def test_reset_state_is_asleep_dark_and_18_bit(bench):
    bench.panel.reset.set(0)
    bench.panel.reset.set(1)
    panel = bench.panel
    assert (panel.asleep, panel.displaying, panel.inverted, panel.madctl, panel.colmod) == (True, False, False, 0, 0x66)
    assert panel.resets == 1


def test_pixels_run_row_by_row_and_wrap_inside_the_window(bench):
    bench.fill(b'\x00\x00')
    bench.window(10, 11, 20, 21)
    bench.send(0x2C, b'\xf8\x00' * 4 + b'\x07\xe0')                     # the fifth pixel is the first place again
    assert bench.colour(10, 20) == (0, 255, 0)
    assert bench.colour(11, 20) == bench.colour(10, 21) == bench.colour(11, 21) == (255, 0, 0)
    assert bench.colour(12, 20) == bench.colour(10, 22) == (0, 0, 0)


def test_ramwrc_continues_and_an_odd_byte_is_carried_over(bench):
    bench.fill(b'\x00\x00')
    bench.window(0, 239, 0, 239)
    bench.send(0x2C, b'\xf8')
    bench.data(b'\x00')
    bench.send(0x3C, b'\x07\xe0')
    assert bench.colour(0, 0) == (255, 0, 0)
    assert bench.colour(1, 0) == (0, 255, 0)
    assert bench.panel.complaints == []


def test_an_18_bit_pixel_takes_three_bytes():
    bench = Bench().awake(colmod=0x06)
    bench.window(0, 239, 0, 239)
    bench.send(0x2C, b'\xfc\x00\x80')
    assert bench.colour(0, 0) == (255, 0, 32 * 255 // 63)


def test_missing_inversion_bgr_and_scan_bit_are_seen(bench):
    bench.fill(b'\x00\x00')
    bench.window(0, 0, 0, 0)
    bench.send(0x2C, b'\xf8\x00')
    bench.send(0x20)
    assert bench.colour(0, 0) == (0, 255, 255)
    bench.send(0x21)
    bench.send(0x36, b'\x00')
    assert bench.colour(0, 0) == (0, 0, 255)
    bench.send(0x36, b'\x08')
    bench.send(0xB6, b'\x00\x00')
    assert bench.colour(239, 0) == (255, 0, 0)


def test_madctl_counts_when_pixels_are_written_not_when_they_are_shown(bench):
    bench.fill(b'\x00\x00')
    bench.window(0, 0, 0, 0)
    bench.send(0x2C, b'\xf8\x00')
    bench.send(0x36, b'\xc8')
    assert bench.colour(0, 0) == (255, 0, 0)
    bench.send(0x2C, b'\xf8\x00')
    assert bench.colour(239, 239) == (255, 0, 0)


def test_scroll_partial_and_idle_change_what_is_shown(bench):
    bench.fill(b'\x00\x00')
    bench.window(0, 239, 5, 5)
    bench.send(0x2C, b'\x84\x10' * 240)                                 # one grey row at 5
    bench.send(0x33, bytes([0, 0, 0, 240, 0, 0]))
    bench.send(0x37, b'\x00\x05')
    assert bench.colour(0, 0) != (0, 0, 0) and bench.colour(0, 5) == (0, 0, 0)
    bench.send(0x39)
    assert bench.colour(0, 0) == (255, 255, 255)
    bench.send(0x30, bytes([0, 100, 0, 200]))
    bench.send(0x12)
    assert bench.colour(0, 0) == (0, 0, 0)


@pytest.mark.parametrize('darken', [
    lambda bench: bench.send(0x28), lambda bench: bench.send(0x10), lambda bench: bench.panel.power_off(),
    lambda bench: setattr(bench.panel, 'backlight', 0)], ids=['off', 'asleep', 'no power', 'no light'])
def test_the_picture_is_dark_without_light_display_or_power(bench, darken):
    bench.fill(b'\xff\xff')
    assert bench.panel.picture().getpixel((120, 120)) == (255, 255, 255)
    bench.clock.advance(200 * MS)
    darken(bench)
    assert max(bench.panel.picture().getpixel((120, 120))) < 10


def test_the_picture_is_round_and_dims_with_the_light(bench):
    bench.fill(b'\xff\xff')
    assert bench.panel.picture(size=120).size == (120, 120)
    assert bench.panel.picture().getpixel((2, 2)) == (0, 0, 0)
    assert bench.panel.picture(bezel=True).getpixel((2, 2)) != (0, 0, 0)
    assert bench.panel.picture(round=False).getpixel((2, 2)) == (255, 255, 255)
    bench.panel.backlight = 0.5 ** 2.2
    assert bench.panel.picture().getpixel((120, 120)) == (127, 127, 127)


def test_counters_tell_sent_from_changed(bench):
    bench.fill(b'\x00\x00')
    sent, changed, windows = bench.panel.pixels_sent, bench.panel.pixels_changed, bench.panel.windows
    bench.window(0, 9, 0, 9)
    bench.send(0x2C, b'\x00\x00' * 99 + b'\xff\xff')
    assert (bench.panel.pixels_sent - sent, bench.panel.pixels_changed - changed) == (100, 1)
    assert bench.panel.windows - windows == 1


def early_display_on(bench):
    bench.send(0x10)
    bench.clock.advance(150 * MS)
    bench.send(0x11)
    bench.clock.advance(90 * MS)
    bench.send(0x29)


def unheard(bench):
    bench.panel.select.set(1)
    bench.send(0x29)


def early_after_reset(bench):
    bench.send(0x01)
    bench.clock.advance(2 * MS)
    bench.send(0x11)


def needs_tables(bench):
    bench.send(0x01)
    bench.clock.advance(150 * MS)
    bench.send(0x11)
    bench.clock.advance(120 * MS)
    bench.send(0x29)


def vendor_locked(bench):
    bench.send(0x01)
    bench.clock.advance(10 * MS)
    bench.send(0xB6, b'\x00\x20')


@pytest.mark.parametrize('break_rule, sentence', [
    (lambda bench: bench.window(10, 9, 0, 1), 'CASET 10..9 is not within 0..239'),
    (lambda bench: bench.window(0, 1, 0, 240), 'RASET 0..240 is not within'),
    (lambda bench: bench.send(0x2A, b'\x00\x00\x00'), None),
    (lambda bench: (bench.send(0x2A, b'\x00'), bench.send(0x21)), 'command 2A had 1 parameter bytes; it takes 4'),
    (lambda bench: (bench.send(0x2C, b'\x00'), bench.send(0x21)), 'unfinished pixel'),
    (lambda bench: (bench.send(0x10), bench.send(0x2C, b'\x00\x00')), 'asleep'),
    (lambda bench: bench.send(0x00), 'NOP'),
    (lambda bench: bench.send(0x33, bytes(6)), 'adds up to 0 rows'),
    (lambda bench: bench.send(0x3A, b'\x03'), 'COLMOD 03'),
    (early_display_on, 'DISPON came 90.0 ms after'),
    (early_after_reset, 'came 2.0 ms after reset'),
    (needs_tables, '66 and 67'),
    (vendor_locked, 'inter registers'),
    (unheard, 'chip select was high'),
])
def test_broken_rules_are_told(bench, break_rule, sentence):
    assert bench.panel.complaints == []
    bench.clock.advance(200 * MS)
    break_rule(bench)
    if sentence is None:
        assert bench.panel.complaints == []
    else:
        assert sentence in bench.panel.complaints[0]


def test_partial_commands_may_span_writes(bench):
    bench.send(0x2A, b'\x00')
    bench.data(b'\x07\x00')
    bench.data(b'\x09')
    assert bench.panel.columns == (7, 9)
