"""The loops of `resample_native` in plain Python: for ports without machine code, and what that is checked against.

Owns nothing. Used by `wide_font` where `resample_native` cannot be loaded. `levels` is rows of one byte a pixel, coverage
0..15, with one empty pixel on their left, two on their right, one empty row above and two below.
"""
from micropython import const

# Coverage between the pixels of a bitmap from which ink begins, and its distance from full ink: of 240, 15 levels x 16.
# Thicker than the outline itself, which suits the half-bold letters beside it.
_FAINT = const(44)
_RISE = const(80)


def unpack(levels, packed, width, rows, bits):
    """Fill `levels` from the rows in `packed`, `bits` a pixel, whole bytes each."""
    full = (1 << bits) - 1
    at, place = width + 4, 0
    for _ in range(rows):
        for x in range(0, width * bits, bits):
            levels[at] = (packed[place + (x >> 3)] >> (8 - bits - (x & 7)) & full) * 15 // full
            at += 1
        at += 3
        place += (width * bits + 7) >> 3


def enlarge(bitmap, levels, row, wide, high, stride, scale, sharper):
    """Fill `bitmap` (GS4_HMSB, `wide` x `high`, empty) with `levels`, `stride` bytes a row, `scale` eighths as large: bilinear
    between the middles of pixels; with `sharper` what lies in between becomes an edge. `row`: room for `stride` bytes."""
    at = 0
    for y in range(high):
        down = ((2 * y + 1) * 64 + (scale >> 1)) // scale + 8       # the row's middle in sixteenths, the border included
        above, down = (down >> 4) * stride, down & 15
        for x in range(wide):
            on = ((2 * x + 1) * 64 + (scale >> 1)) // scale + 8
            left, on = above + (on >> 4), on & 15
            value = (levels[left] * (16 - down) + levels[left + stride] * down) * (16 - on)
            value += (levels[left + 1] * (16 - down) + levels[left + 1 + stride] * down) * on
            value = value + 8 >> 4
            if sharper:
                value = max(0, min(15, ((value - _FAINT) * 15 + _RISE // 2) // _RISE))
            else:
                value = value + 8 >> 4
            if x & 1:
                bitmap[at] |= value
                at += 1
            else:
                bitmap[at] = value << 4
        at += wide & 1
