"""The machine code of lib/pixels_native and strips_native and their plain twins agree byte for byte, on good data and on
damaged; on real MicroPython. What is packed by the assets' builder is what they unpack."""
import json
import random

import pytest

from assets.designs.pack import runs
from tests.unit.rigs.screens import run

pytestmark = [pytest.mark.micropython, pytest.mark.usefixtures('micropython')]
WIDE, ROWS = 15, 8

TWINS = """
import json
import strips as plain, strips_native as native
strips, colours = json.loads({strips!r}), bytes(range(32))
for wide, rows, packed, kept in strips:
    packed, found = bytes(packed), []
    for twin in (plain, native):
        target = bytearray(kept)
        found.append((twin.unpack(target, packed, wide, wide * rows), bytes(target)))
    print(json.dumps([found[0] == found[1], found[0][0], list(found[0][1])]))
"""


def strip(rng):
    """Rows of nibbles as drawings have them: runs, and rows much like the one above."""
    data = bytearray()
    for _ in range(ROWS):
        row = data[-WIDE:] or bytes(WIDE)
        row = bytearray(row)
        for _ in range(rng.randrange(3)):
            start = rng.randrange(WIDE)
            row[start:rng.randrange(start, WIDE)] = bytes([rng.randrange(256)]) * len(row[start:rng.randrange(start, WIDE)])
        data += (row + bytes(rng.randbytes(WIDE)))[:WIDE]
    return bytes(data)


def unpacked(folder, strips):
    out = run(folder, TWINS.format(strips=json.dumps([[wide, rows, list(packed), list(kept)]
                                                      for wide, rows, packed, kept in strips])))
    return [json.loads(line) for line in out.splitlines()]


def test_both_unpack_what_was_packed(tmp_path):
    rng, strips, wanted = random.Random(6), [], []
    for _ in range(60):
        above, data = strip(rng), strip(rng)
        strips.append((WIDE, ROWS, runs(above + data, WIDE, len(above), len(above) + len(data)), above))
        wanted.append(data)
    strips.append((120, 24, runs(bytes(2880), 120, 0, 2880), bytes(2880)))     # runs longer than a row, and than a byte says
    wanted.append(bytes(2880))
    for (alike, done, found), data in zip(unpacked(tmp_path, strips), wanted, strict=True):
        assert alike and done == len(data) and bytes(found) == data


def test_both_refuse_the_same_damage_and_write_nothing_beyond(tmp_path):
    rng, strips = random.Random(7), []
    for _ in range(200):
        above, data = strip(rng), strip(rng)
        packed = bytearray(runs(above + data, WIDE, len(above), len(above) + len(data)))
        for _ in range(rng.randrange(1, 4)):
            packed[rng.randrange(len(packed))] = rng.randrange(256)
        strips.append((WIDE, ROWS, packed[:rng.randrange(len(packed) + 1)], above))
    reports = unpacked(tmp_path, strips)
    assert all(alike for alike, _, _ in reports)
    assert any(done == -1 for _, done, _ in reports) and all(len(found) == WIDE * ROWS for _, _, found in reports)


def test_both_gather_the_same_whether_or_not_pixels_pair(tmp_path):
    out = run(tmp_path, """
import os, pixels, pixels_native
source = os.urandom(2 * 40 * 30)
for at, wide, rows in ((0, 40, 30), (42, 8, 5), (43, 8, 5), (42, 7, 5), (43, 1, 28), (1198, 2, 1)):
    found = []
    for twin in (pixels, pixels_native):
        target = bytearray(2 * 40 * 30)
        twin.gather(memoryview(target), memoryview(source), at, 40, wide, rows)
        found.append(target)
    print(found[0] == found[1] and found[0][:2 * wide] == source[2 * at:2 * (at + wide)]
          and not any(found[0][2 * wide * rows:]))
""")
    assert out == 'True\n' * 6


def test_both_pick_the_same_columns(tmp_path):
    out = run(tmp_path, """
import os, strips, strips_native
numbers, colours, columns = os.urandom(30 * 7), os.urandom(32), bytes((0, 1, 5, 6, 7, 30, 58, 59, 59))
found = []
for twin in (strips, strips_native):
    frame = bytearray(2 * 40 * 10)
    twin.pick(frame, 43, 40, numbers, 30, 7, columns, colours)
    found.append(frame)
print(found[0] == found[1] and found[0][86:88] == colours[2 * (numbers[0] >> 4):][:2]
      and not any(found[0][:86]) and not any(found[0][86 + 18:166]))
""")
    assert out == 'True\n'


def test_painting_expanding_and_blitting_a_picture_give_the_same(tmp_path):
    rng = random.Random(8)
    numbers = b''.join(bytes([rng.randrange(256)]) * 8 for _ in range(240 * 15))
    packed = runs(numbers, 120, 0, len(numbers))
    out = run(tmp_path, f"""
import framebuf, pixels_native, strips_native
packed, colours = {packed!r}, bytes(range(32))
numbers = bytearray(120 * 240)
print(strips_native.unpack(numbers, packed, 120, len(numbers)))
palette = framebuf.FrameBuffer(bytearray(colours), 16, 1, framebuf.RGB565)
blitted, expanded, painted = Canvas(), Canvas(), Canvas()
blitted.blit(numbers, 240, 240, framebuf.GS4_HMSB, 0, 0, palette)
strips_native.expand(expanded.buffer, 0, 120, numbers, 120, 240, colours)
print(pixels_native.paint(painted.buffer, 0, 120, packed, len(numbers), colours))
print(blitted.buffer == expanded.buffer == painted.buffer)
""", heap='1m')
    assert out == '28800\n28800\nTrue\n'
