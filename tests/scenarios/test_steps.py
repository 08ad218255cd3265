"""Steps from the sensor's FIFO to the flash, on recorded walks where they are at hand and on synthetic gait anywhere."""
import csv

import pytest

from tests.simulator.data import steps_of
from tests.simulator.gait import Gait
from tests.simulator.traces import Recorded

SECOND = 1_000_000_000
SAVED_S = 200                                   # steps are on flash within three minutes
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


@pytest.fixture(scope='module')
def true_steps(shared_data):
    with shared_data('steps/normalised/index.csv').open() as file:
        return {row['file']: (int(row['true_steps']), float(row['duration_s'])) for row in csv.DictReader(file)}


@pytest.mark.parametrize('file', WALKS)
def test_recorded_walks_are_counted(world, shared_data, true_steps, file):
    steps, seconds = true_steps[file]
    source = Recorded.load(shared_data('steps/normalised') / file, start_ns=5 * SECOND)
    assert abs(walk(world, source, seconds) - steps) <= TOLERANCE * steps
