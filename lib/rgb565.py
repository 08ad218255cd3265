"""RGB565 colours in the byte order of the wire.

Displays take RGB565 big-endian, `framebuf.RGB565` stores words little-endian; a colour is therefore kept byte-swapped
from the start, and a frame buffer goes to the display untouched. Used by canvas, image and whoever names colours.
"""


def rgb(value):
    """0xRRGGBB -> swapped RGB565."""
    word = value >> 8 & 0xF800 | value >> 5 & 0x07E0 | value >> 3 & 0x001F
    return word >> 8 | (word & 0xFF) << 8


def mix(ground, colour, level, levels=15):
    """The swapped colour `level`/`levels` of the way from `ground` to `colour`, each channel rounded to nearest."""
    ground = ground >> 8 | (ground & 0xFF) << 8
    colour = colour >> 8 | (colour & 0xFF) << 8
    word = 0
    for mask in (0xF800, 0x07E0, 0x001F):
        low = mask & -mask
        start = (ground & mask) // low
        step = (colour & mask) // low - start
        word |= (start + (step * level * 2 + levels) // (levels * 2)) * low
    return word >> 8 | (word & 0xFF) << 8
