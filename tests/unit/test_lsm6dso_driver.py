"""The LSM6DSO driver on its chip model, where it differs from the QMI8658; what both do is in test_qmi8658_driver."""
import asyncio

import pytest

from imu import ImuError
from tests.simulator.traces import FACE_UP, Rest, Rotated
from tests.unit.rigs.motion import MS, SECOND, Bench


@pytest.fixture
def bench():
    """A chip that has begun."""
    made = Bench(sensor='lsm6dso')
    made.run(made.imu.begin())
    return made


def read(bench):
    """One FIFO read: a list of (x, y, z)."""
    count = bench.run(bench.imu.read_fifo(bench.buffer))
    return [tuple(bench.buffer[at:at + 3]) for at in range(0, 3 * count, 3)]


@pytest.mark.parametrize('range_g', [2, 4, 8, 16])
def test_samples_are_milli_g_in_every_range(bench, range_g):
    bench.chip.source = Rotated(Rest(noise_mg=0), 30)
    bench.run(bench.imu.start(104, range_g=range_g))
    bench.clock.advance(SECOND // 2)
    assert bench.imu.acceleration() == pytest.approx((-500, 866, 0), abs=2)
    assert read(bench)[-1] == pytest.approx((-500, 866, 0), abs=2)
    assert not bench.chip.complaints


def test_reading_loses_no_sample_and_a_long_pause_keeps_the_latest(bench):
    bench.chip.source = lambda t_ns: (round(t_ns * 208e-9) % 2000, 0, 0)
    bench.run(bench.imu.start(208, watermark=48, range_g=8))
    numbers = []
    while len(numbers) < 400:
        bench.clock.advance(200 * MS)
        numbers += [round(x) for x, _, _ in read(bench)]
    gaps = [after - before for before, after in zip(numbers, numbers[1:])]
    assert max(gaps) <= 3, 'a count of milli-g, read to the nearest quarter'
    bench.clock.advance(10 * SECOND)
    assert len(read(bench)) == 128
    assert bench.imu.lost == 1
    assert not bench.chip.complaints


def test_the_watermark_raises_int1_and_reading_lowers_it(bench):
    bench.run(bench.imu.start(208, watermark=48))
    bench.clock.advance(220 * MS)
    assert bench.int1.value() == 0
    bench.clock.advance(30 * MS)
    assert bench.int1.value() == 1
    assert len(read(bench)) >= 48
    assert bench.int1.value() == 0


@pytest.mark.parametrize('strength_mg, fires', [(1800, True), (200, False)])
def test_wake_up_raises_int1_until_it_is_asked(bench, strength_mg, fires):
    bench.chip.source = Rest(FACE_UP)
    bench.run(bench.imu.start(208, motion_mg=250))
    bench.clock.advance(SECOND)
    bench.chip.source.add_bump(bench.clock.now_ns + MS, strength_mg)
    bench.clock.advance(15 * MS)
    assert (bench.int1.value(), bench.imu.moved()) == (fires, fires)
    bench.clock.advance(SECOND)
    bench.imu.moved()
    assert (bench.int1.value(), bench.imu.moved()) == (0, False)


def test_wake_on_motion_and_back(bench):
    async def scene():
        await bench.imu.wake_on_motion(80)
        assert bench.chip.supply_ua() < 50
        await asyncio.sleep(1)
        assert (bench.int1.value(), bench.imu.moved()) == (0, False)
        bench.chip.source = Rotated(Rest(), 30)
        await asyncio.sleep(0.2)
        assert (bench.int1.value(), bench.imu.moved(), bench.int1.value()) == (1, True, 0)
        await bench.imu.start(52)
        await asyncio.sleep(0.5)
        assert await bench.imu.read_fifo(bench.buffer) > 20
        bench.imu.power_down()
    bench.run(scene())
    assert bench.chip.supply_ua() == 3
    assert not bench.chip.complaints
    with pytest.raises(ValueError, match='wake-on-motion wants'):
        bench.run(bench.imu.wake_on_motion(80, 208))
    with pytest.raises(ValueError, match='LSM6DSO has no'):
        bench.run(bench.imu.start(125))


def test_what_is_not_the_accelerometers_is_refused(bench):
    bench.run(bench.imu.start(104))
    bench.clock.advance(SECOND)
    bench.bus.fault = lambda address, data: bytes([0x09]) + data[1:] if len(data) > 8 else data
    with pytest.raises(ImuError, match=r'holds what nobody asked for \(tag 1\)'):
        read(bench)


def test_the_chip_complains_of_what_it_does_not_do(bench):
    for register, value in ((0x1B, 1), (0x11, 0x50), (0x0A, 1), (0x58, 0x80)):
        bench.i2c.writeto_mem(bench.address, register, bytes([value]))
    assert len(bench.chip.complaints) == 4, bench.chip.complaints
