"""Runs on MicroPython: the micro-benchmarks by which a time of this host is scaled to an ESP32-S3.

Owns the operations; what each takes on an S3 stands in tests/bench/s3_model.py, which judges. Imported by the scripts of
benches, so that the scale is measured in the same process as what it scales.
"""
import gc

import ffi
import framebuf

ROUNDS = 15                                      # the quickest counts: another process may have had the caches


# int(): microseconds of processor time of this process, which other processes do not lengthen
cpu_us = ffi.open(None).func('i', 'clock', '')


def _nothing():
    pass


class _Thing:
    def method(self):
        pass


def _loop(n):
    i = 0
    while i < n:
        i += 1


def _call(n):
    i = 0
    while i < n:
        _nothing()
        i += 1


def _method(n):
    thing = _Thing()
    i = 0
    while i < n:
        thing.method()
        i += 1


def _fill(n):
    frame = framebuf.FrameBuffer(bytearray(240 * 60 * 2), 240, 60, framebuf.RGB565)
    for colour in range(n):
        frame.fill(colour)


def _blit(n):
    frame = framebuf.FrameBuffer(bytearray(60 * 60 * 2), 60, 60, framebuf.RGB565)
    picture = framebuf.FrameBuffer(bytearray(60 * 60 * 2), 60, 60, framebuf.RGB565)
    for _ in range(n):
        frame.blit(picture, 0, 0)


def quickest_us(function, n):
    """Microseconds of one of `n` operations that `function(n)` does."""
    best = 1 << 29
    for _ in range(ROUNDS):
        started = cpu_us()
        function(n)
        best = min(best, cpu_us() - started)
    return best / n


def _collect_us(live=123_000):
    """gc.collect with `live` bytes of heap in use, as far as the script leaves so little; scaled to that."""
    gc.collect()
    kept = [bytearray(100) for _ in range(max(0, live - gc.mem_alloc()) // 128)]
    in_use = gc.mem_alloc()
    taken = quickest_us(lambda n: gc.collect(), 1)
    del kept
    return taken * live / in_use


def measure():
    """{name: microseconds on this host} of the operations in tests/bench/s3_model.py."""
    loop = quickest_us(_loop, 50_000)
    return {'loop': loop, 'call': quickest_us(_call, 20_000) - loop, 'method': quickest_us(_method, 20_000) - loop,
            'fill': quickest_us(_fill, 1000), 'blit': quickest_us(_blit, 300), 'gc': _collect_us()}
