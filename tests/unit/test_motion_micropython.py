"""Motion on real MicroPython: steps and gestures as on CPython, nothing allocated per sample, its share of the heap."""
import re
from array import array

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
    count = pedometer.feed
    at, end = 0, len(samples)
    while at < end:
        count(samples[at], samples[at + 1], samples[at + 2])
        at += 3
    gestures.take(samples, 0, end // 3, found.append)

gc.collect()
gc.disable()
before = gc.mem_alloc()
feed(samples)
print('allocated', gc.mem_alloc() - before)
print('steps', pedometer.steps, len(found))
'''
LOOPS = '''
import samples as plain
import samples_native as native
from array import array

values = array('h', SAMPLES)
wire = bytes(range(256)) + b'\\x00\\x80\\xff\\x7f' * 8
for shift in (8, 9, 10, 11):
    scaled = [array('h', bytes(300)), array('h', bytes(300))]
    for target, module in zip(scaled, (plain, native)):
        module.scale(target, 3, wire, 144, shift)
    assert scaled[0] == scaled[1] and min(scaled[0]) < 0 < max(scaled[0])
kinks = 0
for begin in range(2, 300):
    for end in (begin, begin + 1, begin + 48):
        assert plain.largest_kink(values, begin, end) == native.largest_kink(values, begin, end)
        sums = [array('i', (5, -5, 0)), array('i', (5, -5, 0))]
        plain.add_up(sums[0], values, begin, end)
        native.add_up(sums[1], values, begin, end)
        assert sums[0] == sums[1]
        kinks = max(kinks, native.largest_kink(values, begin, end))
print('agree', kinks)
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
    pedometer, found = Pedometer(RATE_HZ), []
    for at in range(0, len(values), 3):
        pedometer.feed(*values[at:at + 3])
    Gestures().take(array('h', values), 0, len(values) // 3, found.append)
    assert found == ['bump']
    assert pedometer.steps == pytest.approx(100, abs=2)

    said = run_script(SCRIPT.replace('SAMPLES', f'{values}'), heap='4m')
    figures = {name: [int(number) for number in numbers.split()]
               for name, numbers in re.findall(r'^(\w+) ([\d ]+)$', said, re.M)}
    assert figures['steps'] == [pedometer.steps, len(found)]
    assert figures['allocated'][0] <= A_CALL_BYTES * micropython.bits // 32
    assert figures['heap'][0] < HEAP_BYTES * micropython.bits // 32


@pytest.mark.micropython
def test_the_loops_in_machine_code_do_what_their_plain_twins_do(micropython):
    values = [value % 65536 - 32768 for value in range(0, 350 * 3 * 7919, 7919)]
    said = run_script(LOOPS.replace('SAMPLES', f'{values}'))
    assert int(re.search(r'^agree (\d+)$', said, re.M)[1]) > 32768
