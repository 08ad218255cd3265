"""What a pin's panel shows, as rectangles of what has changed since the last look.

Owns the form in which a picture goes to the page: HEADER (kind, seat, x, y, width, height), then the pixels of the rectangle
as RGB565, big-endian, row by row, deflated without a header (RFC 1951). Used by `play`.
"""
import struct
import zlib

import numpy

from tests.simulator.chips.gc9a01 import BRIGHTNESS_GAMMA, SIDE

HEADER = struct.Struct('>BHBBBB')
PICTURE = 1


class Screen:
    """Follows one panel. `light`: what the eye makes of the backlight, 0..1; 0 too where the panel shows nothing. `seen`: the
    RGB565 words of the latest look, an array that is never written to again."""

    def __init__(self, panel, number):
        self._panel, self._number = panel, number
        self.seen = numpy.zeros((SIDE, SIDE), '>u2')
        self._stirred = True
        self.light = 0.0
        panel.on_change = self._stir

    def _stir(self):
        self._stirred = True

    def look(self):
        """The message about what has changed since the last look, or None. A dark panel's memory is nobody's business."""
        if not self._stirred:
            return None
        self._stirred = False
        lit = self._panel.lit()
        self.light = round(self._panel.backlight ** (1 / BRIGHTNESS_GAMMA), 3) if lit else 0.0
        if not lit:
            return None
        shown = to_565(self._panel.shown())
        differs = shown != self.seen
        self.seen = shown
        rows, columns = differs.any(axis=1).nonzero()[0], differs.any(axis=0).nonzero()[0]
        if not len(rows):
            return None
        return self._message(columns[0], rows[0], columns[-1] + 1, rows[-1] + 1)

    def whole(self):
        """The message about all that was seen last, for a page that has just come."""
        return self._message(0, 0, SIDE, SIDE)

    def _message(self, left, top, right, bottom):
        packer = zlib.compressobj(1, zlib.DEFLATED, -15)
        pixels = packer.compress(self.seen[top:bottom, left:right].tobytes()) + packer.flush()
        return HEADER.pack(PICTURE, self._number, left, top, right - left, bottom - top) + pixels


def to_565(colours):
    """An array (height, width, 3) of 0..255 as big-endian RGB565 words."""
    red, green, blue = (colours[..., channel].astype(numpy.uint16) for channel in range(3))
    return ((red >> 3) << 11 | (green >> 2) << 5 | blue >> 3).astype('>u2')
