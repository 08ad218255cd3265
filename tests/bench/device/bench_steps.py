"""Runs on MicroPython: what the step counter takes for a sample, in time and in heap, as `tests/bench/steps.py` asks.

Prints one line of JSON: the micro-benchmarks, for each rate the microseconds of a sample here, and the bytes that all of them
have allocated. The walk is synthetic, but has what a recorded one has: a harmonic, a sway, steps that are credited.
"""
import gc
import json
import math
from array import array

import micro

from pedometer import Pedometer

SAMPLES = 500
ROUNDS = 30                                     # the quickest counts: another process may have had the processor


def walk(rate_hz):
    """[x, y, z, x, y, z, ...] in mg at 1.8 steps a second."""
    values = array('h')
    for index in range(SAMPLES):
        turn = 2 * math.pi * 1.8 * index / rate_hz
        up = 200 * math.sin(turn) + 60 * math.sin(2 * turn + 1)
        values.extend(array('h', [int(50 * math.sin(turn / 2)), 1000 + int(up), int(0.3 * up)]))
    return values


def feed(take, values):
    at, end = 0, len(values)
    while at < end:
        take(values[at], values[at + 1], values[at + 2])
        at += 3


def _nothing(x, y, z):
    pass


def sample_us(rate_hz):
    """(microseconds of a sample, the caller's loop left out but not its call; bytes allocated by ROUNDS x SAMPLES)."""
    values, pedometer = walk(rate_hz), Pedometer(rate_hz)
    quickest = loop = 1 << 29
    take = pedometer.feed
    gc.collect()
    gc.disable()
    before = gc.mem_alloc()
    for _ in range(ROUNDS):
        started = micro.cpu_us()
        feed(take, values)
        quickest = min(quickest, micro.cpu_us() - started)
        started = micro.cpu_us()
        feed(_nothing, values)
        loop = min(loop, micro.cpu_us() - started)
    allocated = gc.mem_alloc() - before
    gc.enable()
    if not pedometer.steps:
        raise ValueError('no step was counted')
    call_us = micro.quickest_us(micro._call, 20_000) - micro.quickest_us(micro._loop, 20_000)
    return (quickest - loop) / SAMPLES + call_us, allocated


def run(*rates_hz):
    measured = micro.measure()
    rows = [sample_us(rate_hz) for rate_hz in rates_hz]
    print(json.dumps({'micro': measured, 'us': [us for us, _ in rows], 'allocated': [allocated for _, allocated in rows]}))
