"""The name as a picture, for scripts that no font on the pin has: shaped by the companion, shown instead of the text.

Owns the format and its limits. Loaded when a card brings one or a screen shows one, and forgotten after. Big-endian:

    magic 'CPN1' | width u8 | height u8 | raw deflate, window of 512 bytes, of the rows

A row is 2-bit coverage, the left pixel in the low bits, padded to whole bytes: framebuf.GS2_HMSB.
"""
import io

import deflate
from micropython import const

MAX_WIDTH = const(216)                          # pixels: the content circle
MAX_HEIGHT = const(64)
_MAGIC = b'CPN1'
_HEADER_SIZE = const(6)
_WINDOW_BITS = const(9)


class StripError(ValueError):
    """This is no picture of a name; the text is a sentence."""


def pixels(strip):
    """(width, height, rows) of a strip. Raises StripError."""
    if strip[:4] != _MAGIC or len(strip) <= _HEADER_SIZE:
        raise StripError('The picture of the name is not in a format that this pin knows.')
    width, height = strip[4], strip[5]
    if not (0 < width <= MAX_WIDTH and 0 < height <= MAX_HEIGHT):
        raise StripError('The picture of the name has %d x %d pixels; at most %d x %d are taken.'
                         % (width, height, MAX_WIDTH, MAX_HEIGHT))
    rows = bytearray((width + 3) // 4 * height + 1)
    try:
        stream = deflate.DeflateIO(io.BytesIO(strip[_HEADER_SIZE:]), deflate.RAW, _WINDOW_BITS)
        size = stream.readinto(rows)
    except (OSError, EOFError):
        size = 0
    if size != len(rows) - 1:
        raise StripError('The picture of the name is damaged.')
    return width, height, memoryview(rows)[:-1]
