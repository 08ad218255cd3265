"""Steps from the sensor's FIFO to the flash, on recorded walks where they are at hand and on synthetic gait anywhere."""
import csv

import pytest

from tests.simulator.data import steps_of
from tests.simulator.gait import Gait
from tests.simulator.traces import Recorded

SECOND = 1_000_000_000
SAVED_S = 80                                    # steps are on flash within a minute
WALKS = ('oxford/oxford_Pixel_Jamie_Hard_NeckPouch_1.csv.gz', 'oxford/oxford_Samsung_Dario_Hard_NeckPouch_1.csv.gz',
         'yh570/yh570_c_2_3_13_14.csv.gz')
TOLERANCE = 0.03


def walk(world, source, seconds):
    """A pin walks for so long; returns the steps on its flash."""
    pin = world.add_pin('Ada Lovelace')
    world.run(2)
    pin.wear(source)
    world.run(seconds + SAVED_S)
    assert world.complaints == []
    return steps_of(pin)


def test_synthetic_gait_is_counted(world):
    gait = Gait([(60, 105), (40, 120), (25, 95)], start_ns=4 * SECOND, seed=3)
    counted = walk(world, gait, gait.end_ns // SECOND)
    assert abs(counted - gait.steps) <= TOLERANCE * gait.steps


def test_rest_counts_nothing_and_lets_the_processor_sleep(world):
    pin = world.add_pin('Ada Lovelace')
    world.run(120)
    wakes = pin.wakes
    world.run(3600)
    assert steps_of(pin) == 0
    assert pin.wakes - wakes < 2 * 3600, 'two wakes a second or more at rest'


def test_a_day_with_a_reset_counts_as_one_without(world):
    """Two pins feel the same day; one of them is reset right after a walk, when nothing is on flash yet."""
    pins = [world.add_pin(name) for name in ('Ada Lovelace', 'Ben Okafor')]
    world.run(2)
    for pin in pins:
        pin.wear(Gait([(30, 105), (25, 95)], start_ns=world.clock.now_ns + 2 * SECOND, seed=3, pause_s=40))
    world.run(23)
    assert steps_of(pins[0]) == 0
    pins[0].restart(2)
    world.run(60 + SAVED_S)
    assert steps_of(pins[0]) == steps_of(pins[1]) == pytest.approx(55, abs=2)
    assert pins[0].boots == 2
    assert world.complaints == []


def test_a_pin_with_another_motion_sensor_counts_and_feels_bumps(world):
    board = b'{"board": "devkit", "nfc": "spi", "imu": "lsm6dso"}'
    pin = world.add_pin('Ada Lovelace', board='devkit', files={'/board.json': board})
    world.run(2)
    pin.wear(Gait([(60, 105)], start_ns=world.clock.now_ns + 2 * SECOND, seed=3))
    world.run(50)
    pin.source.add_bump(world.clock.now_ns)
    world.run(SAVED_S)
    assert steps_of(pin) == pytest.approx(60, abs=2)
    assert 'samples at 208 Hz' in pin.console
    assert 'motion: bump' in pin.console
    assert world.complaints == []


def test_a_motion_sensor_that_nobody_knows_is_told(world):
    pin = world.add_pin('Ada Lovelace', files={'/board.json': b'{"board": "devkit", "imu": "mpu6050"}'}, board='devkit')
    world.run(3)
    assert 'board.json: imu is qmi8658 or lsm6dso; assuming qmi8658' in pin.console
    assert 'samples at 250 Hz' in pin.console or 'does not answer' in pin.console


@pytest.fixture(scope='module')
def true_steps(shared_data):
    with shared_data('steps/normalised/index.csv').open() as file:
        return {row['file']: (int(row['true_steps']), float(row['duration_s'])) for row in csv.DictReader(file)}


@pytest.mark.parametrize('file', WALKS)
def test_recorded_walks_are_counted(world, shared_data, true_steps, file):
    steps, seconds = true_steps[file]
    source = Recorded.load(shared_data('steps/normalised') / file, start_ns=5 * SECOND)
    assert abs(walk(world, source, seconds) - steps) <= TOLERANCE * steps
