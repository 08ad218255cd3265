"""A name that came as a picture (social.name_strip) in the row of a list: whole where there is room, else half as large.

Owns nothing. Borrowed by the screens that show several names; a name that stands alone is `widgets.name`'s matter.
"""
from firmware.system.overlay import borrow
from firmware.ui import theme

name_strip = borrow('firmware.social.name_strip')
_DARKEST = 12                           # what four pixels have together at the most


def pixels(strip, width, height):
    """(width, height, pixels, how many levels they have: 4 or 13) of a strip in at most `width` x `height` pixels, or None
    where it is no picture or too large even at half its size."""
    try:
        wide, high, rows = name_strip.pixels(strip)
    except name_strip.StripError:
        return None
    if wide <= width and high <= height:
        return wide, high, rows, 4
    if (wide + 1) // 2 <= width and (high + 1) // 2 <= height:
        return (wide + 1) // 2, (high + 1) // 2, halved(rows, (wide + 3) // 4), _DARKEST + 1
    return None


def halved(rows, stride):
    """Every two by two pixels of rows of `stride` bytes (2 bits a pixel, the left one low) as one of 0..12, in rows of the
    same stride (4 bits a pixel, the left one high)."""
    size = (len(rows) // stride + 1) // 2 * stride
    found, at = bytearray(size), 0
    while at < size:
        top = at * 2
        if top + stride < len(rows):
            below = rows[top + stride:top + 2 * stride]
        else:
            below = bytes(stride)
        for column in range(stride):
            one, other = rows[top + column], below[column]
            pairs = (one & 51) + (one >> 2 & 51) + (other & 51) + (other >> 2 & 51)     # 51: every second pixel
            found[at] = (pairs & 15) << 4 | pairs >> 4
            at += 1
    return found


def draw(canvas, picture, x, y, ink, ground):
    """Draw what `pixels` found, with its corner at (x, y)."""
    import framebuf  # here, so that screens can be asked things where there is none

    width, height, data, levels = picture
    form = framebuf.GS2_HMSB if levels == 4 else framebuf.GS4_HMSB
    canvas.blit(data, width, height, form, x, y, canvas.ladder(ink, ground, levels))


def centred(canvas, picture, middle, ink, ground):
    """`draw` in the middle of the display, around the row `middle`."""
    draw(canvas, picture, theme.MIDDLE - picture[0] // 2, middle - picture[1] // 2, ink, ground)
