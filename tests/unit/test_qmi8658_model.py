"""The QMI8658 model at the wire: what its registers, FIFO, commands and lines do, and that it catches a host's
mistakes."""
import struct

import pytest

from tests.simulator.knocks import Knock
from tests.simulator.traces import Rest, Rotated
from tests.simulator.wires import Nack
from tests.unit.rigs.motion import ADDRESS, MS, SECOND, Bench

CTRL1, CTRL2, CTRL7, CTRL8, CTRL9 = 0x02, 0x03, 0x08, 0x09, 0x0A
CAL1_L, CAL1_H, CAL4_H = 0x0B, 0x0C, 0x12
WATERMARK, FIFO_CTRL, COUNT, FIFO_STATUS, FIFO_DATA = 0x13, 0x14, 0x15, 0x16, 0x17
STATUSINT, STATUS1, TIMESTAMP, TEMPERATURE, AX, RESET_STATE, RESET = 0x2D, 0x2F, 0x30, 0x33, 0x35, 0x4D, 0x60
AI, BE, INT1, FIFO_ON_INT1, STREAM, READ_MODE = 0x40, 0x20, 0x08, 0x04, 2, 0x80


@pytest.fixture
def bench():
    """A bench whose chip has been on for a second, ADDR_AI set, sensors off."""
    bench = Bench()
    bench.clock.advance(SECOND)
    bench.write(CTRL1, AI | INT1 | FIFO_ON_INT1)
    bench.write(CTRL8, 0x80)
    return bench


def sample(bench, rate=6, fifo=3 << 2 | STREAM, watermark=0):
    """Start the accelerometer at +-8 g."""
    bench.write(WATERMARK, watermark)
    bench.write(FIFO_CTRL, fifo)
    bench.write(CTRL2, 2 << 4 | rate)
    bench.write(CTRL7, 1)


def acceleration(bench):
    return struct.unpack('<3h', bench.read(AX, 6))


def test_identity_and_reset_values():
    bench = Bench()
    bench.clock.advance(SECOND)
    assert [bench.read(register) for register in (0x00, 0x01, CTRL1, CTRL7, RESET_STATE)] == [0x05, 0x7C, 0x20, 0, 0x80]


def test_a_reset_takes_15_ms_in_which_nothing_may_be_written(bench):
    bench.write(RESET, 0xB0)
    assert bench.read(RESET_STATE) == 0
    bench.write(CTRL1, AI)
    assert 'within 15 ms of a reset' in bench.chip.complaints[0]
    bench.clock.advance(15 * MS)
    assert (bench.read(RESET_STATE), bench.read(CTRL1)) == (0x80, BE)


def test_only_the_right_word_resets(bench):
    bench.write(RESET, 0x0B)
    assert bench.read(CTRL1) == AI | INT1 | FIFO_ON_INT1


def test_without_addr_ai_a_burst_reads_one_register_again(bench):
    bench.write(CTRL1, 0)
    assert bench.read(0x00, 3) == b'\x05\x05\x05'
    assert 'ADDR_AI = 0' in bench.chip.complaints[0]


def test_a_burst_write_sets_one_register_only(bench):
    bench.write(CTRL2, 0x26, 0x11)
    assert (bench.read(CTRL2), bench.read(0x04)) == (0x26, 0)
    assert 'one byte a transfer' in bench.chip.complaints[0]


@pytest.mark.parametrize('register', [0x00, 0x01, STATUS1, 0x35])
def test_read_only_registers_stay(bench, register):
    before = bench.read(register)
    bench.write(register, 0x5A)
    assert bench.read(register) == before
    assert 'cannot be written' in bench.chip.complaints[0]


@pytest.mark.parametrize('rate, hertz', [(3, 1000), (6, 125), (7, 62.5), (8, 31.25), (0xC, 128), (0xD, 21), (0xF, 3)])
def test_rates(bench, rate, hertz):
    sample(bench, rate, fifo=0)
    bench.clock.advance(20 * SECOND)
    count = int.from_bytes(bench.read(TIMESTAMP, 3), 'little')
    assert count == pytest.approx(hertz * 20 - 3, abs=hertz * 0.01 + 1.5)
    assert not bench.chip.complaints


def test_the_first_sample_comes_after_3_ms_and_three_periods(bench):
    sample(bench, rate=6)
    bench.clock.advance(26 * MS)
    assert bench.read(COUNT) == 0
    bench.clock.advance(1 * MS)
    assert bench.read(COUNT) == 3


def test_a_rate_that_does_not_exist_is_noticed(bench):
    sample(bench, rate=0xA)
    assert bench.chip.complaints == ['accelerometer rate 10 does not exist']


@pytest.mark.parametrize('range_code, per_g', [(0, 16384), (1, 8192), (2, 4096), (3, 2048)])
def test_ranges(bench, range_code, per_g):
    bench.chip.source = lambda t_ns: (1000, -500, 0)
    bench.write(CTRL2, range_code << 4 | 6)
    bench.write(CTRL7, 1)
    bench.clock.advance(SECOND)
    assert acceleration(bench) == (per_g, -per_g // 2, 0)


def test_values_end_at_the_range(bench):
    bench.chip.source = lambda t_ns: (9000, -9000, 0)
    sample(bench)
    bench.clock.advance(SECOND)
    assert acceleration(bench) == (32767, -32768, 0)


def test_big_endian_switch(bench):
    bench.chip.source = lambda t_ns: (1000, 0, 0)
    sample(bench)
    bench.clock.advance(SECOND)
    assert bench.read(AX, 2) == b'\x00\x10'
    bench.write(CTRL1, AI | BE)
    assert bench.read(AX, 2) == b'\x10\x00'
    bench.chip.big_endian_swaps = False
    assert bench.read(AX, 2) == b'\x00\x10'


def test_temperature(bench):
    bench.chip.temperature_c = -12.5
    assert struct.unpack('<h', bench.read(TEMPERATURE, 2))[0] == -12.5 * 256


def test_fifo_watermark_line_and_read_mode(bench):
    sample(bench, watermark=16)
    bench.clock.advance(3 * MS + 18 * 8 * MS - MS)
    assert (bench.chip.int1.level, bench.read(COUNT)) == (0, 45)
    bench.clock.advance(MS)
    assert bench.chip.int1.level == 1
    assert bench.read(FIFO_STATUS) & 0x50 == 0x50
    bench.command(0x05)
    assert bench.read(FIFO_CTRL) & READ_MODE
    data = bench.read(FIFO_DATA, 96)
    assert struct.unpack('<48h', data)[1::3] == pytest.approx((4096,) * 16, abs=30)
    assert bench.chip.int1.level == 1, 'level until RD_MODE is cleared'
    bench.write(FIFO_CTRL, 3 << 2 | STREAM)
    assert bench.chip.int1.level == 0
    assert not bench.chip.complaints


def test_samples_due_in_read_mode_are_dropped(bench):
    sample(bench, watermark=16)
    bench.clock.advance(SECOND // 4)
    bench.command(0x05)
    bench.clock.advance(80 * MS)
    waiting = bench.read(COUNT) // 3
    bench.read(FIFO_DATA, waiting * 6)
    bench.write(FIFO_CTRL, 3 << 2 | STREAM)
    assert bench.read(COUNT) == 0
    assert bench.chip.samples_lost == (0, pytest.approx(10, abs=1))


@pytest.mark.parametrize('mode, oldest', [(1, 0), (STREAM, 84)])
def test_a_full_fifo_drops_the_newest_or_the_oldest(bench, mode, oldest):
    bench.chip.source = lambda t_ns: ((t_ns - began) // (8 * MS), 0, 0)
    began = bench.clock.now_ns
    sample(bench, fifo=mode)
    bench.clock.advance(27 * MS + 99 * 8 * MS)
    assert bench.read(FIFO_STATUS) & 0xB0 == 0xB0, 'full, overflowed, not empty'
    bench.command(0x05)
    first = struct.unpack('<h', bench.read(FIFO_DATA, 96)[:2])[0] * 1000 / 4096
    assert first == pytest.approx(3 + oldest, abs=1)


@pytest.mark.parametrize('length, sentence', [(6, 'without CTRL_CMD_REQ_FIFO'), (60, 'that held')])
def test_reading_a_fifo_wrongly_is_noticed(bench, length, sentence):
    sample(bench)
    bench.clock.advance(50 * MS)
    if length > 6:
        bench.command(0x05)
    bench.read(FIFO_DATA, length)
    assert any(sentence in text for text in bench.chip.complaints)


def test_every_sample_goes_by_without_an_event(bench):
    """A day at rest without watermark is no work."""
    sample(bench)
    events = []
    bench.chip.int1.watch(events.append)
    bench.clock.advance(86_400 * SECOND)
    assert int.from_bytes(bench.read(TIMESTAMP, 3), 'little') == pytest.approx(125 * 86_400, abs=9)
    assert bench.read(COUNT) + (bench.read(FIFO_STATUS) & 3) * 256 == 384
    assert not events


def test_command_done_shows_on_int1_unless_told_otherwise(bench):
    bench.write(CTRL8, 0)
    bench.write(CTRL9, 0x04)
    assert bench.chip.int1.level == 0
    bench.clock.advance(MS)
    assert bench.chip.int1.level == 1
    bench.write(CTRL9, 0)
    assert bench.chip.int1.level == 0
    bench.write(CTRL8, 0x80)
    bench.write(CTRL9, 0x04)
    bench.clock.advance(MS)
    assert (bench.chip.int1.level, bench.read(STATUSINT) & 0x80) == (0, 0x80)


def test_commands_need_an_acknowledge_and_sensors_off(bench):
    sample(bench)
    bench.write(CTRL9, 0x0A)
    bench.clock.advance(MS)
    bench.write(CTRL9, 0x05)
    assert len(bench.chip.complaints) == 2
    assert 'sensors are enabled' in bench.chip.complaints[0]
    assert 'acknowledged' in bench.chip.complaints[1]


def configure_any_motion(bench, threshold=16, window=1):
    for page, values in ((1, (threshold, threshold, threshold, 0, 0, 0, 7)), (2, (window, 1, 1, 0, 1, 0, 0))):
        for offset, value in enumerate(values):
            bench.write(CAL1_L + offset, value)
        bench.write(CAL4_H, page)
        bench.command(0x0E)
    bench.write(CTRL8, 0x80 | 0x40 | 0x02)


def test_any_motion_fires_at_the_sample(bench):
    configure_any_motion(bench)
    sample(bench)
    began = bench.clock.now_ns + 3 * MS
    bench.clock.advance(SECOND)
    bench.chip.source.add_knock(Knock(began + 2 * SECOND + MS, 2000, width_ms=8))
    bench.clock.advance(SECOND + 2 * MS)
    assert bench.chip.int1.level == 0
    bench.clock.advance_to(began + 2 * SECOND + 8 * MS)
    assert bench.chip.int1.level == 1
    bench.clock.advance(SECOND)
    assert bench.read(STATUS1) & 0x20
    assert bench.chip.int1.level == 0
    assert not bench.read(STATUS1) & 0x20


@pytest.mark.parametrize('threshold, window, fires', [(8, 1, True), (64, 1, False), (8, 5, False)])
def test_any_motion_threshold_and_window(bench, threshold, window, fires):
    configure_any_motion(bench, threshold, window)
    sample(bench)
    bench.chip.source.add_bump(bench.clock.now_ns + SECOND, 1500)
    bench.clock.advance(2 * SECOND)
    assert bool(bench.read(STATUS1) & 0x20) == fires


def test_any_motion_sees_a_new_source(bench):
    configure_any_motion(bench)
    sample(bench)
    bench.clock.advance(SECOND)
    bench.chip.source = Rotated(Rest(), 90)
    bench.clock.advance(10 * MS)
    assert bench.chip.int1.level == 1


def wake_on_motion(bench, pin_and_level, threshold_mg=100):
    bench.write(CTRL2, 0xD)
    bench.write(CAL1_L, threshold_mg)
    bench.write(CAL1_H, pin_and_level << 6 | 4)
    bench.command(0x08)
    bench.write(CTRL1, AI | INT1 | 0x10)
    bench.write(CTRL7, 1)


@pytest.mark.parametrize('setting, line, idle', [(0, 'int1', 0), (2, 'int1', 1), (1, 'int2', 0), (3, 'int2', 1)])
def test_wake_on_motion_toggles_its_line(bench, setting, line, idle):
    wake_on_motion(bench, setting)
    assert getattr(bench.chip, line).level == idle
    bench.clock.advance(SECOND)
    bench.chip.source = Rotated(Rest(), 30)
    bench.clock.advance(SECOND)
    assert getattr(bench.chip, line).level == 1 - idle
    assert bench.read(STATUS1) & 4
    assert getattr(bench.chip, line).level == idle
    assert bench.read(COUNT) == 0
    assert not bench.chip.complaints


def test_wake_on_motion_wants_a_low_power_rate(bench):
    wake_on_motion(bench, 0)
    bench.write(CTRL2, 6)
    assert 'low-power rate' in bench.chip.complaints[0]


def test_engines_that_are_not_modelled_say_so(bench):
    bench.write(CTRL8, 0x80 | 0x10)
    assert 'not modelled' in bench.chip.complaints[0]


def test_current(bench):
    assert bench.chip.supply_ua() == 15
    for rate, current_ua in ((6, 134), (7, 133), (0xD, 42), (0xC, 55)):
        sample(bench, rate)
        assert bench.chip.supply_ua() == current_ua
    bench.write(CTRL1, AI | 1)
    assert bench.chip.supply_ua() == 6
    bench.chip.power_off()
    assert bench.chip.supply_ua() == 0


def test_power_down_stops_sampling(bench):
    sample(bench)
    bench.clock.advance(SECOND // 2)
    before = bench.read(TIMESTAMP)
    bench.write(CTRL1, AI | 1)
    bench.clock.advance(SECOND)
    assert bench.read(TIMESTAMP) == before


def test_faults(bench):
    sample(bench, watermark=16)
    bench.chip.no_answer(5 * MS)
    with pytest.raises(OSError, match='19'):
        bench.read(0x00)
    bench.clock.advance(5 * MS)
    assert bench.read(0x00) == 5
    bench.chip.fifo_stuck = True
    bench.clock.advance(SECOND)
    assert (bench.chip.int1.level, bench.read(COUNT) < 48) == (0, True)
    bench.chip.brown_out()
    bench.clock.advance(20 * MS)
    assert (bench.read(CTRL1), bench.read(CTRL7)) == (BE, 0)
    bench.chip.power_off()
    with pytest.raises(Nack):
        bench.bus.read(ADDRESS, 1)


def test_power_comes_and_goes():
    bench = Bench()
    bench.chip.power_off()
    bench.chip.power_on()
    bench.chip.power_on()
    bench.clock.advance(20 * MS)
    assert bench.read(RESET_STATE) == 0x80
