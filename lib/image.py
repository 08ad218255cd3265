"""Flat-colour pictures: 16 colours, packed in strips of rows, unpacked straight onto a canvas.

Owns the open file and one strip of indices. The file is written by `assets/designs/pack.py`. Used by the screens that
show designs and medals. What draws pictures other than whole ones is loaded with the first of them: `strips_native`.

File format `CPI2`, little-endian:

    header   4s magic, I size of the file, H width, H height, B rows a strip, B colours, B first and B last row of the
             plate (a calm part that text may stand on; 0 0 where there is none), B colour number of the plate, B of ink on it
    palette  colours x H, byte-swapped RGB565
    strips   H stored length of each
    strip    rows of 4-bit colour numbers, left pixel in the high nibble, each row padded to whole bytes, as runs of bytes: a
             byte with the kind of run in its upper two bits and the length in the lower six (0: a byte follows, with the
             length less 64), then by kind: 0 nothing, equal to the row above; 1 the byte that is repeated; 2 the bytes

A file `CPB1` bundles several: 4s magic, I how many, I where each begins, then one `CPI2` after the other.

Runs instead of deflate take a third more flash, a quarter of the time, and none of the 2 kB of heap for each strip.
"""
import struct

import framebuf
from micropython import const

try:
    from pixels_native import paint
except (SyntaxError, ValueError, ImportError):      # a port without machine code: text, .mpy, left out
    paint = None

_MAGIC = const(b'CPI2')
_HEADER = const('<4sIHHBBBBBB')
_BUNDLE_MAGIC = const(b'CPB1')


class ImageError(Exception):
    """The picture's file is missing or damaged; the text says which."""


class Image:
    """One picture, alone in its file or number `number` of a bundle. `width`, `height` in pixels; `plate` is (first row, last
    row, ground colour, ink colour) or None.

    Use it in a `with` block: the file stays open in between, and where it is `kept` beyond, until `close`. Raises ImageError.
    """

    def __init__(self, path, number=None, kept=False):
        self.path, self.number, self.kept = path, number, kept
        self._room = self._numbers = None       # for a strip: packed, and its colour numbers
        try:
            self._file = open(path, 'rb')
        except OSError:
            raise ImageError('the picture %s is missing' % path)
        begin = 0 if number is None else self._place(number)
        self._file.seek(begin)
        header = self._file.read(struct.calcsize(_HEADER))
        if header[:4] != _MAGIC or len(header) < struct.calcsize(_HEADER):
            raise ImageError('%s is not a picture of this firmware' % path)
        (_, size, self.width, self.height, self._rows, colours, first, last, ground, ink) = struct.unpack(_HEADER, header)
        words = self._file.read(2 * colours)
        self.colours = struct.unpack('<%dH' % colours, words)
        self._words = words + bytes(32 - len(words))
        count = (self.height + self._rows - 1) // self._rows
        self._lengths = struct.unpack('<%dH' % count, self._file.read(2 * count))
        self._strips_at = begin + len(header) + 2 * (colours + count)
        if self._strips_at + sum(self._lengths) != begin + size or self._file.seek(0, 2) < begin + size:
            raise ImageError('the picture %s is cut short' % path)
        self.plate = (first, last, self.colours[ground], self.colours[ink]) if last else None

    def recolour(self, new):
        """Draw it with `new(colour)` in place of each colour. It is no longer what was opened, which `number` tells."""
        self.number = -1
        self.colours = [new(colour) for colour in self.colours]
        self._words = struct.pack('<%dH' % len(self.colours), *self.colours) + self._words[2 * len(self.colours):]

    def _place(self, number):
        """Where the picture `number` begins in a bundle."""
        table = self._file.read(8)
        self._file.seek(8 + 4 * number)
        place = self._file.read(4)
        if table[:4] != _BUNDLE_MAGIC or len(place) < 4 or number >= struct.unpack('<4sI', table)[1]:
            raise ImageError('%s holds no picture %d' % (self.path, number))
        return struct.unpack('<I', place)[0]

    def __enter__(self):
        return self

    def __exit__(self, *problem):
        if not self.kept:
            self.close()

    def close(self):
        """It may still be drawn, and is opened for that each time."""
        self.kept = False
        if self._file:
            self._file.close()
        self._file = None

    def draw(self, canvas, x=0, y=0, first=0, last=10000):
        """Draw the strips that hold the rows `first`..`last` of the picture with its corner at (x, y). Returns the first
        and the last row drawn."""
        return canvas.do(self._draw, x, y, first, last)

    def _draw(self, canvas, x, y, first, last):
        width, side = self.width, canvas.width
        fast = not (x | width | side) & 1 and 0 <= x <= side - width and 0 <= y <= canvas.height - self.height
        if fast and paint and width == side and first <= 0:
            return self._paint(canvas, y, last)
        expand = fast and _loops().expand
        palette = framebuf.FrameBuffer(bytearray(self._words), 16, 1, framebuf.RGB565)
        begin = end = -1
        for top, rows, numbers in self.strips(first, last):
            if expand:
                expand(canvas.buffer, ((y + top) * side + x) >> 1, side >> 1, numbers, width >> 1, rows, self._words)
            else:
                canvas.frame.blit(framebuf.FrameBuffer(numbers, width, rows, framebuf.GS4_HMSB), x, y + top, -1, palette)
            begin, end = top if begin < 0 else begin, top + rows
        canvas.touch(x, y + begin, width, end - begin)
        return begin, end - 1

    def _paint(self, canvas, y, last):
        """`draw` for a picture as wide as the canvas, from its first row on, with no strip in between."""
        end, wide, buffer = 0, self.width >> 1, canvas.buffer
        for packed, rows in self._packed(last):
            if paint(buffer, (y + end) * wide, wide, packed, wide * rows, self._words) != wide * rows:
                raise self._damaged()
            end += rows
        canvas.touch(0, y, self.width, end)
        return 0, end - 1

    def draw_columns(self, canvas, x, y, columns):
        """Draw only some of the columns, numbers below 256 in bytes, side by side from (x, y) on: a picture that is narrower,
        or turned. Raises ValueError where they are not all on the canvas."""
        side, pick = canvas.width, _loops().pick
        if x < 0 or y < 0 or x + len(columns) > side or y + self.height > canvas.height or max(columns) >= self.width:
            raise ValueError('the columns leave the canvas or the picture')
        for top, rows, numbers in self.strips():
            pick(canvas.buffer, (y + top) * side + x, side, numbers, (self.width + 1) // 2, rows, columns, self._words)
        canvas.touch(x, y, len(columns), self.height)

    def strips(self, first=0, last=10000):
        """Yield (top row, rows, colour numbers as GS4_HMSB) of each strip that holds some of the rows `first`..`last`.
        The next strip takes the place of the last in memory."""
        wide, top = (self.width + 1) // 2, 0
        numbers, unpack = self._numbers or bytearray(wide * self._rows), _loops().unpack
        self._numbers = numbers
        for packed, rows in self._packed(last):
            if unpack(numbers, packed, wide, wide * rows) != wide * rows:
                raise self._damaged()
            if top + rows > first:
                yield top, rows, numbers
            top += rows

    def _packed(self, last):
        """Yield (bytes of the file, rows) of each strip down to the row `last`; each is unpacked with the one above."""
        file = self._file or open(self.path, 'rb')
        file.seek(self._strips_at)
        left, room = self.height, self._room or memoryview(bytearray(max(self._lengths)))
        self._room = room
        for length in self._lengths:
            if self.height - left > last:
                break
            packed = room[:length]
            file.readinto(packed)
            yield packed, min(self._rows, left)
            left -= self._rows
        if not self._file:
            file.close()

    def _damaged(self):
        return ImageError('the picture %s is damaged' % self.path)


def _loops():
    """The module with the loops over strips."""
    try:
        import strips_native  # few pictures need it
    except (SyntaxError, ValueError, ImportError):
        import strips
        return strips
    return strips_native
