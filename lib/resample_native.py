"""The loops of `wide_font` over single pixels, compiled to machine code; `resample` is their plain twin.

Owns nothing. Arguments are not checked: sizes are the caller's.
"""


@micropython.viper
def unpack(levels, packed, width: int, rows: int, bits: int):  # see resample
    to = ptr8(levels)
    of = ptr8(packed)
    full = (1 << bits) - 1
    step = 15 // full
    place = 0
    at = width + 4
    for _ in range(rows):
        shift = 8
        two = of[place]
        for _ in range(width):
            if shift == 0:
                shift = 8
                place += 1
                two = of[place]
            shift -= bits
            to[at] = (two >> shift & full) * step
            at += 1
        at += 3
        place += 1


@micropython.viper
def enlarge(bitmap, levels, row, wide: int, high: int, stride: int, scale: int, sharper: int):  # see resample
    to = ptr8(bitmap)
    of = ptr8(levels)
    mixed = ptr8(row)
    at = 0
    half = scale >> 1
    step = 128 // scale
    rest = 128 % scale
    for y in range(high):
        down = ((2 * y + 1) * 64 + half) // scale + 8
        above = (down >> 4) * stride
        down &= 15
        inked = 0
        for x in range(stride):
            value = of[above] * (16 - down) + of[above + stride] * down
            mixed[x] = value
            inked |= value
            above += 1
        if not inked:
            at += (wide + 1) >> 1
            continue
        on = (64 + half) // scale + 8
        left = (64 + half) % scale
        for x in range(wide):
            value = mixed[on >> 4] * (16 - (on & 15)) + mixed[(on >> 4) + 1] * (on & 15)
            value = (value + 8) >> 4
            if sharper:
                value = (value - 44) * 15 + 40
                value = 0 if value < 0 else value * 52429 >> 22     # value // 80
                value = 15 if value > 15 else value
            else:
                value = (value + 8) >> 4
            if x & 1:
                to[at] |= value
                at += 1
            else:
                to[at] = value << 4
            on += step
            left += rest
            if left >= scale:
                left -= scale
                on += 1
        at += wide & 1
