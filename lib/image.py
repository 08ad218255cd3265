"""Flat-colour pictures: 16 colours, deflated in strips of rows, decoded straight onto a canvas.

Owns the open file and one strip of indices. The file is written by `assets/designs/pack.py`. Used by the screens that
show designs.

File format `CPI1`, little-endian:

    header   4s magic, I size of the file, H width, H height, B rows a strip, B colours, B first and B last row of the
             plate (a calm part that text may stand on; 0 0 where there is none), B colour number of the plate, B of ink on it
    palette  colours x H, byte-swapped RGB565
    strips   H stored length of each
    strip    rows of 4-bit colour numbers, left pixel in the high nibble: raw deflate, window of 512 bytes
"""
import io
import struct

import deflate
import framebuf
from micropython import const

from canvas import palette_of

MAGIC = b'CPI1'
HEADER = '<4sIHHBBBBBB'
_WINDOW_BITS = const(9)


class ImageError(Exception):
    """The picture's file is missing or damaged; the text says which."""


class Image:
    """One picture. `width`, `height` in pixels; `plate` is (first row, last row, ground colour, ink colour) or None.

    Use it in a `with` block: the file stays open in between. Raises ImageError.
    """

    def __init__(self, path):
        self.path = path
        try:
            self._file = open(path, 'rb')
        except OSError:
            raise ImageError('the picture %s is missing' % path)
        header = self._file.read(struct.calcsize(HEADER))
        if header[:4] != MAGIC or len(header) < struct.calcsize(HEADER):
            raise ImageError('%s is not a picture of this firmware' % path)
        (_, size, self.width, self.height, self._rows, colours, first, last, ground, ink) = struct.unpack(HEADER, header)
        self.colours = struct.unpack('<%dH' % colours, self._file.read(2 * colours))
        count = (self.height + self._rows - 1) // self._rows
        self._lengths = struct.unpack('<%dH' % count, self._file.read(2 * count))
        self._strips_at = len(header) + 2 * (colours + count)
        if self._strips_at + sum(self._lengths) != size or self._file.seek(0, 2) != size:
            raise ImageError('the picture %s is cut short' % path)
        self.plate = (first, last, self.colours[ground], self.colours[ink]) if last else None

    def __enter__(self):
        return self

    def __exit__(self, *problem):
        self._file.close()

    def draw(self, canvas, x=0, y=0, first=0, last=10000):
        """Draw the strips that hold the rows `first`..`last` of the picture with its corner at (x, y). Returns the first
        and the last row drawn."""
        palette = palette_of(self.colours)
        indices = bytearray((self.width + 1) // 2 * self._rows)
        place, drawn = self._strips_at, []
        for number, length in enumerate(self._lengths):
            top = number * self._rows
            if first < top + self._rows and top <= last:
                rows = min(self._rows, self.height - top)
                self._decode(place, length, indices, (self.width + 1) // 2 * rows)
                canvas.blit(indices, self.width, rows, framebuf.GS4_HMSB, x, y + top, palette)
                drawn += (top, top + rows - 1)
            place += length
        return drawn[0], drawn[-1]

    def _decode(self, place, length, indices, wanted):
        self._file.seek(place)
        stream = deflate.DeflateIO(io.BytesIO(self._file.read(length)), deflate.RAW, _WINDOW_BITS)
        if stream.readinto(memoryview(indices)[:wanted]) != wanted:
            raise ImageError('the picture %s is damaged' % self.path)
