"""The loops of `wide_font` over single pixels, compiled to machine code; `resample` is their plain twin.

Owns nothing. Arguments are not checked: sizes are the caller's.
"""


@micropython.viper
def unpack(levels, packed, place: int, width: int, rows: int, bits: int):  # see resample
    to = ptr8(levels)
    of = ptr8(packed)
    full = (1 << bits) - 1
    stride = (width * bits + 7) >> 3
    at = width + 4
    for _ in range(rows):
        for x in range(width):
            shift = x * bits
            level = (of[place + (shift >> 3)] >> (8 - bits - (shift & 7))) & full
            to[at] = level * 15 // full
            at += 1
        at += 3
        place += stride


@micropython.viper
def enlarge(bitmap, levels, wide: int, high: int, stride: int, scale: int, sharper: int):  # see resample
    to = ptr8(bitmap)
    of = ptr8(levels)
    at = 0
    half = scale >> 1
    for y in range(high):
        down = ((2 * y + 1) * 64 + half) // scale + 8
        above = (down >> 4) * stride
        down &= 15
        for x in range(wide):
            on = ((2 * x + 1) * 64 + half) // scale + 8
            left = above + (on >> 4)
            on &= 15
            value = (of[left] * (16 - down) + of[left + stride] * down) * (16 - on)
            value += (of[left + 1] * (16 - down) + of[left + 1 + stride] * down) * on
            value = (value + 8) >> 4
            if sharper:
                value = (value - 44) * 15 + 40
                value = 0 if value < 0 else value // 80
                value = 15 if value > 15 else value
            else:
                value = (value + 8) >> 4
            if x & 1:
                to[at] |= value
                at += 1
            else:
                to[at] = value << 4
        at += wide & 1
