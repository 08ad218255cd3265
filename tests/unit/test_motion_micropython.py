"""Motion on real MicroPython: steps and gestures as on CPython, nothing allocated per sample, its share of the heap."""
import re

import pytest

from firmware.motion.gestures import Gestures
from pedometer import Pedometer
from tests.simulator.gait import Gait
from tests.simulator.runtime import run_script
from tests.simulator.traces import SECOND

RATE_HZ = 125
SCRIPT = '''
import gc
from array import array
gc.collect()
before = gc.mem_alloc()
from firmware.motion.gestures import Gestures
from firmware.motion.motion import Motion
from pedometer import Pedometer
gc.collect()
print('heap', gc.mem_alloc() - before)

samples = array('h', SAMPLES)
pedometer, gestures, found = Pedometer(125), Gestures(), []

def feed(samples):
    count, gesture = pedometer.feed, gestures.feed
    at, end = 0, len(samples)
    while at < end:
        x, y, z = samples[at], samples[at + 1], samples[at + 2]
        count(x, y, z)
        if gesture(x, y, z):
            found.append(gesture)
        at += 3

gc.collect()
gc.disable()
before = gc.mem_alloc()
feed(samples)
print('allocated', gc.mem_alloc() - before)
print('steps', pedometer.steps, len(found))
'''
HEAP_BYTES = 60_000                     # imported as sources, 32 bit, with storage and clock; half of it when compiled
A_CALL_BYTES = 128                      # two bound methods and a list that grows once


def samples():
    """Two minutes of walking, standing and a knock: [x, y, z, x, y, z, ...] in mg."""
    gait = Gait([(60, 105), (40, 120)], start_ns=2 * SECOND, seed=9)
    gait.add_bump(65 * SECOND, 2000)
    found = []
    for index in range(70 * RATE_HZ):
        at_ns = index * SECOND // RATE_HZ
        found += [round(value) for value in gait.mean(at_ns - SECOND // RATE_HZ, at_ns)]
    return found


@pytest.mark.micropython
def test_motion_is_the_same_on_micropython_and_allocates_nothing(micropython):
    values = samples()
    pedometer, gestures, found = Pedometer(RATE_HZ), Gestures(), []
    for at in range(0, len(values), 3):
        pedometer.feed(*values[at:at + 3])
        found += filter(None, [gestures.feed(*values[at:at + 3])])
    assert found == ['bump']
    assert pedometer.steps == pytest.approx(100, abs=2)

    said = run_script(SCRIPT.replace('SAMPLES', f'{values}'), heap='4m')
    figures = {name: [int(number) for number in numbers.split()]
               for name, numbers in re.findall(r'^(\w+) ([\d ]+)$', said, re.M)}
    assert figures['steps'] == [pedometer.steps, len(found)]
    assert figures['allocated'][0] <= A_CALL_BYTES * micropython.bits // 32
    assert figures['heap'][0] < HEAP_BYTES * micropython.bits // 32
