"""The QMI8658 driver on the chip model: settings, samples, interrupts, and a plain sentence for everything that
fails."""
import asyncio

import pytest

from imu import ImuError
from tests.simulator.traces import FACE_UP, Rest, Rotated
from tests.unit.rigs.motion import MS, SECOND, SENSORS, Bench

both = pytest.mark.parametrize('sensor', sorted(SENSORS))


def started(bench, *arguments, **options):
    """Begin and start the driver on `bench`."""
    async def start():
        await bench.imu.begin()
        await bench.imu.start(*arguments, **options)
    bench.run(start())
    return bench


def read(bench):
    """One FIFO read: a list of (x, y, z)."""
    count = bench.run(bench.imu.read_fifo(bench.buffer))
    values = list(bench.buffer[:3 * count])
    return [tuple(values[at:at + 3]) for at in range(0, len(values), 3)]


def test_begin_takes_30_ms_and_breaks_no_rule():
    bench = started(Bench(), 125)
    assert 30 <= bench.now_ms < 60
    assert bench.chip.resets == 2
    assert bench.chip.complaints == []


@both
def test_an_absent_chip_is_told(sensor):
    bench = Bench(fitted=False, sensor=sensor)
    with pytest.raises(ImuError, match='motion sensor at 0x6[AB] does not answer'):
        bench.run(bench.imu.begin())


@both
def test_another_chip_is_told(sensor):
    bench = Bench(sensor=sensor)
    bench.chip.who_am_i = 0x68
    bench.chip.brown_out()
    with pytest.raises(ImuError, match='not a (QMI8658|LSM6DSO): it says 0x68 instead of 0x(05|6C)'):
        bench.run(bench.imu.begin())


@both
def test_a_stuck_bus_is_told(sensor):
    bench = Bench(sensor=sensor)
    bench.bus.stuck = True
    with pytest.raises(ImuError, match='does not answer'):
        bench.run(bench.imu.begin())


def test_a_chip_that_never_gets_ready_is_told():
    bench = Bench()
    bench.bus.fault = lambda address, data: b'\x05' if bench.chip._pointer == 0 else b'\0' * len(data)
    with pytest.raises(ImuError, match='did not come back from its reset'):
        bench.run(bench.imu.begin())


def test_older_parts_show_the_end_of_a_command_elsewhere():
    bench = Bench()
    bench.chip.done_in_status1 = True
    started(bench, 125, motion_mg=250)
    bench.clock.advance(SECOND)
    bench.chip.source.add_bump(bench.clock.now_ns, 1800)
    bench.clock.advance(20 * MS)
    assert len(read(bench)) > 100
    assert bench.imu.moved(), 'the flag was read in passing'
    assert not bench.chip.complaints


def test_a_command_without_end_is_told():
    bench = started(Bench(), 125)
    bench.bus.fault = lambda address, data: b'\0' if len(data) == 1 else data
    with pytest.raises(ImuError, match='did not finish command 0x08'):
        bench.run(bench.imu.start(125))


@pytest.mark.parametrize('options', [{'rate_hz': 50}, {'rate_hz': 125, 'range_g': 3}, {'rate_hz': 125, 'fifo': 100}])
def test_what_the_chip_does_not_have_is_refused(options):
    with pytest.raises(ValueError, match='QMI8658 has no'):
        started(Bench(), **options)


@pytest.mark.parametrize('range_g', [2, 4, 8, 16])
def test_samples_are_milli_g_in_every_range(range_g):
    bench = started(Bench(source=Rotated(Rest(noise_mg=0), 30)), 125, range_g=range_g)
    bench.clock.advance(SECOND // 2)
    assert bench.imu.acceleration() == pytest.approx((-500, 866, 0), abs=2)
    assert read(bench)[-1] == pytest.approx((-500, 866, 0), abs=2)


@pytest.mark.parametrize('rate_hz', [250, 125, 21])
def test_no_sample_is_lost_or_doubled_between_reads(rate_hz):
    """A source that counts its samples: numbers go on, but for those that fell into a read."""
    period_ns = 1e9 / rate_hz
    bench = Bench(source=lambda t_ns: (round(t_ns / period_ns) % 4000, 0, 0))
    started(bench, rate_hz, watermark=40, range_g=8)
    numbers = []
    while len(numbers) < 400:
        while not bench.int1.value():
            bench.clock.advance(MS // 2)
        numbers += [x for x, _, _ in read(bench)]
    dropped = bench.chip.samples_lost[1]
    gaps = [(after - before) % 4000 for before, after in zip(numbers, numbers[1:])]
    assert sum(gap - 1 for gap in gaps) == pytest.approx(dropped, abs=3)
    assert dropped <= len(numbers) * 0.01, 'read in slices between two samples'
    assert bench.imu.lost == 0
    assert not bench.chip.complaints


def test_a_long_pause_overflows_and_keeps_the_latest():
    bench = started(Bench(), 125)
    bench.clock.advance(3 * SECOND)
    assert len(read(bench)) == 128
    assert bench.imu.lost == 1
    assert not bench.chip.complaints


def test_the_watermark_raises_int1_and_reading_lowers_it():
    bench = started(Bench(), 125, watermark=32)
    seen = []

    async def wait():
        flag = asyncio.ThreadSafeFlag()
        bench.int1.irq(lambda pin: flag.set(), bench.int1.IRQ_RISING)
        for _ in range(4):
            await flag.wait()
            seen.append((bench.now_ms, await bench.imu.read_fifo(bench.buffer), bench.int1.value()))
    bench.run(wait())
    assert [(count, level) for _, count, level in seen] == [(32, 0)] * 4
    assert seen[3][0] - seen[2][0] == pytest.approx(256, abs=9)


@pytest.mark.parametrize('strength_mg, fires', [(1800, True), (100, False)])
def test_any_motion_raises_int1_within_a_sample(strength_mg, fires):
    bench = started(Bench(source=Rest(FACE_UP)), 250, motion_mg=250)
    bench.clock.advance(SECOND)
    bench.chip.source.add_bump(bench.clock.now_ns + MS, strength_mg)
    bench.clock.advance(14 * MS)
    assert (bench.int1.value(), bench.imu.moved(), bench.int1.value(), bench.imu.moved()) == (fires, fires, 0, False)


def test_wake_on_motion_and_back():
    bench = Bench()

    async def scene():
        await bench.imu.begin()
        await bench.imu.wake_on_motion(80)
        await asyncio.sleep(1)
        assert (bench.int1.value(), bench.imu.moved()) == (0, False)
        bench.chip.source = Rotated(Rest(), 30)
        await asyncio.sleep(0.2)
        assert (bench.int1.value(), bench.imu.moved(), bench.int1.value()) == (1, True, 0)
        assert bench.chip.supply_ua() == 42
        await bench.imu.start(62.5)
        await asyncio.sleep(0.5)
        assert await bench.imu.read_fifo(bench.buffer) > 20
    bench.run(scene())
    assert not bench.chip.complaints
    with pytest.raises(ValueError, match='wake-on-motion wants'):
        bench.run(bench.imu.wake_on_motion(80, 125))


def test_power_down_and_back():
    bench = started(Bench(), 125)
    bench.imu.power_down()
    assert bench.chip.supply_ua() == 6
    started(bench, 125)
    assert bench.chip.supply_ua() == 134
    assert not bench.chip.complaints


@both
def test_a_brown_out_is_noticed_and_begin_mends_it(sensor):
    bench = Bench(sensor=sensor)
    rate_hz = sorted(bench.imu.rates)[-3]
    started(bench, rate_hz, watermark=32, motion_mg=500)
    bench.imu.check()
    bench.chip.brown_out()
    with pytest.raises(ImuError, match='lost its settings'):
        bench.imu.check()
    started(bench, rate_hz)
    bench.clock.advance(SECOND)
    assert len(read(bench)) > 100


@both
def test_self_test(sensor):
    bench = Bench(sensor=sensor)
    bench.run(bench.imu.begin())
    bench.run(bench.imu.self_test())
    bench.chip.self_test_mg[1] = 20
    with pytest.raises(ImuError, match='fails its self-test: axis y moves by (18|19|20) mg'):
        bench.run(bench.imu.self_test())
    bench.run(bench.imu.start(sorted(bench.imu.rates)[-3]))
    bench.clock.advance(SECOND)
    assert len(read(bench)) > 100
    assert not bench.chip.complaints


def test_a_self_test_without_end_is_told():
    bench = started(Bench(), 125)
    bench.chip.self_test_mg = None
    with pytest.raises(ImuError, match='did not end its self-test'):
        bench.run(bench.imu.self_test())


@both
def test_taps_of_the_chips_own_engine(sensor):
    bench = Bench(source=Rest(FACE_UP), sensor=sensor)
    started(bench, min(bench.imu.rates, key=lambda rate_hz: abs(rate_hz - 450)))
    bench.run(bench.imu.detect_taps())
    told = []
    for knocks_ms in ((), (500,), (500, 740)):
        for at_ms in knocks_ms:
            bench.chip.source.add_bump(bench.clock.now_ns + at_ms * MS, 2500)
        bench.clock.advance(2 * SECOND)
        told.append((bench.int1.value(), bench.imu.taps(), bench.int1.value(), bench.imu.taps()))
    assert told == [(0, 0, 0, 0), (1, 1, 0, 0), (1, 2, 0, 0)]
    assert not bench.chip.complaints


def test_read_mode_ends_even_if_the_bus_fails():
    bench = started(Bench(), 125)
    bench.clock.advance(SECOND)
    reads = []

    def break_off(address, data):
        if len(data) > 8 and not reads:
            reads.append(len(data))
            bench.chip.no_answer(2 * MS)
            raise ImuError('cut')
        return data
    bench.bus.fault = break_off
    with pytest.raises(ImuError):
        read(bench)
    bench.clock.advance(SECOND)
    assert reads == [192]


def test_temperature():
    bench = started(Bench(), 125)
    bench.chip.temperature_c = -7.4
    assert bench.imu.temperature_c() == -7
