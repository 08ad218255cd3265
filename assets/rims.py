"""Progress rings as precomputed coverage: which rings there are, and the compiler to the format of `lib/rim.py`.

Used by `assets/build.py`. Every pixel of a ring belongs to exactly one sector, so that sectors of one colour join
without a seam.
"""
import math
import struct
from typing import NamedTuple

from assets.fonts.pack import nibbles
from assets.fonts.rasterise import LEVELS, crop

MAGIC = b'CPR1'
HEADER = struct.Struct('<4sIBB')
SIDE = 240
MIDDLE = 120                            # the pixel that places are told from; the display's centre is half a pixel before
SAMPLES = [(step + 0.5) / 8 - 0.5 for step in range(8)]


class Ring(NamedTuple):
    """`name` of the compiled file, radii in pixels, number of sectors."""
    name: str
    inner: float
    outer: float
    sectors: int


RINGS = (Ring('rim', 106, 118, 60),)


def coverage(x, y, inside):
    """Coverage 0..15 of the pixel (x, y), which `inside(x, y)` is sampled for."""
    hits = sum(inside(x + dx, y + dy) for dx in SAMPLES for dy in SAMPLES)
    return (hits * LEVELS + len(SAMPLES) ** 2 // 2) // len(SAMPLES) ** 2


def turn_of(x, y):
    """Angle in turns, clockwise from twelve, 0..1."""
    return math.atan2(x, -y) / math.tau % 1


def bitmap(levels):
    """A bitmap record of {(x, y): level}, places from the middle pixel."""
    left, top = min(x for x, _ in levels), min(y for _, y in levels)
    width, height = max(x for x, _ in levels) - left + 1, max(y for _, y in levels) - top + 1
    plane = bytearray(width * height)
    for (x, y), level in levels.items():
        plane[(y - top) * width + x - left] = level
    left, top, width, height, plane = crop(left, top, width, height, bytes(plane))
    return struct.pack('<bbBB', left, top, width, height) + nibbles(width, plane)


def sectors(ring):
    """{(x, y): level} of each sector, clockwise from twelve."""
    parts = [{} for _ in range(ring.sectors)]
    for row in range(SIDE):
        for column in range(SIDE):
            x, y = column - (SIDE - 1) / 2, row - (SIDE - 1) / 2
            if ring.inner - 1 < math.hypot(x, y) < ring.outer + 1:
                level = coverage(x, y, lambda px, py: ring.inner <= math.hypot(px, py) <= ring.outer)
                parts[int(turn_of(x, y) * ring.sectors)][column - MIDDLE, row - MIDDLE] = level
    return parts


def end(ring, turn, clockwise):
    """{(x, y): level} of the half disc that closes a run of sectors at `turn`, beyond it in the given direction."""
    radius, middle = (ring.outer - ring.inner) / 2, (ring.outer + ring.inner) / 2
    cx, cy = middle * math.sin(math.tau * turn), -middle * math.cos(math.tau * turn)
    levels = {}
    for row in range(SIDE):
        for column in range(SIDE):
            x, y = column - (SIDE - 1) / 2, row - (SIDE - 1) / 2
            near = math.hypot(x - cx, y - cy) < radius + 1
            if near and ((turn_of(x, y) - turn + 0.5) % 1 >= 0.5) == clockwise:
                levels[column - MIDDLE, row - MIDDLE] = coverage(
                    x, y, lambda px, py: math.hypot(px - cx, py - cy) <= radius)
    return levels


def compile_ring(ring):
    """The bytes of a ring's file."""
    ends = [end(ring, number / ring.sectors, True) for number in range(1, ring.sectors + 1)]
    bitmaps = [bitmap(levels) for levels in [*sectors(ring), *ends, end(ring, 0, False)]]
    place = HEADER.size + 2 * (len(bitmaps) + 1)
    places = []
    for record in bitmaps:
        places.append(place)
        place += len(record)
    return HEADER.pack(MAGIC, place, ring.sectors, 0) + struct.pack(f'<{len(places) + 1}H', *places, place) + b''.join(bitmaps)
