"""Progress around the rim of a round display: a ring of sectors and round ends, as precomputed coverage.

Owns where the bitmaps lie. The file is written by `assets/rims.py`. Used by the screens that show progress.
A ring drawn this way is anti-aliased at the price of a blit a sector.

File format `CPR1`, little-endian: a sector is the part of the ring between two of N equal angles; an end is the half disc
that a run of sectors ends in.

    header   4s magic, I size of the file, B sectors N, B 0
    places   (2 N + 2) x H: where each bitmap starts, and after the last the size of the file. First the N sectors clockwise
             from twelve, then the N ends (each beyond its sector), then the start (before sector 0)
    bitmap   b x, b y of its corner from the middle of the display (pixel 120, 120), B width, B height, then rows of 4-bit
             coverage, left pixel in the high nibble, each row padded to whole bytes
"""
import struct
from array import array

from micropython import const

from open_files import OpenFiles

try:
    from glyphs_native import stamp
except (SyntaxError, ValueError, ImportError):      # a port without machine code: text, .mpy, left out
    from glyphs import stamp

MAGIC = b'CPR1'
HEADER = '<4sIBB'
_DOZEN = const(12)


class RimError(Exception):
    """The ring's file is missing or damaged; the text says which."""


class Rim:
    """One ring of `sectors` sectors around (`x`, `y`). Raises RimError."""

    def __init__(self, path, x=120, y=120, files=None):
        self.path = path
        self.x, self.y = x, y
        self._files = files or OpenFiles(1)
        try:
            file = self._files.get(path)
        except OSError:
            raise RimError('the ring %s is missing' % path)
        header = file.read(struct.calcsize(HEADER))
        if header[:4] != MAGIC or len(header) < struct.calcsize(HEADER):
            raise RimError('%s is not a ring of this firmware' % path)
        _, size, self.sectors, _ = struct.unpack(HEADER, header)
        count = 2 * self.sectors + 2
        places = file.read(2 * count)
        if file.seek(0, 2) != size or len(places) != 2 * count:
            raise RimError('the ring %s is cut short' % path)
        self._places = array('H', struct.unpack('<%dH' % count, places))
        self._most = max([self._places[min(at + _DOZEN, count - 1)] - self._places[at] for at in range(count - 1)])

    def close(self):
        self._files.close()

    def draw(self, canvas, done, colour, track, ground):
        """The whole ring with `done` of its sectors in `colour` from twelve o'clock on and the rest in `track`."""
        canvas.do(self._draw, done, colour, track, ground)

    def _draw(self, canvas, done, colour, track, ground):
        room = self._room()
        self._blit(canvas, room, done, self.sectors, track, ground)
        self._blit(canvas, room, 0, done, colour, ground)
        if 0 < done < self.sectors:
            self._blit(canvas, room, 2 * self.sectors, 2 * self.sectors + 1, colour, track)
            self._end(canvas, room, done, colour, track)

    def update(self, canvas, before, done, colour, track, ground):
        """Change a ring drawn with `before` sectors done into one with `done`, touching only what differs."""
        if before == done:
            return
        if 0 < before < done < self.sectors:
            room = self._room()
            self._blit(canvas, room, before, done, colour, ground)
            self._end(canvas, room, done, colour, track)
        else:
            self.draw(canvas, done, colour, track, ground)

    def _room(self):
        """(What a dozen bitmaps are read into, where each begins there as `stamp` has it)."""
        return memoryview(bytearray(self._most)), array('H', bytes(8 + 4 * _DOZEN))

    def _end(self, canvas, room, done, colour, track):
        end = self.sectors + done - 1
        self._blit(canvas, room, end, end + 1, colour, track)

    def _blit(self, canvas, room, first, last, colour, ground):
        """Draw the bitmaps `first`..`last` - 1, read in one go a dozen at a time."""
        words, (room, run) = canvas.palette(colour, ground), room
        file, bounds, places = self._files.get(self.path), canvas.bounds(), self._places
        for number in range(first, last, _DOZEN):
            start, end = places[number], places[min(number + _DOZEN, last)]
            file.seek(start)
            file.readinto(room[:end - start])
            count = min(_DOZEN, last - number)
            for at in range(count):
                run[4 + 2 * at] = places[number + at] - start
            stamp(canvas.buffer, bounds, room, run, 4 + 2 * count, words, self.x, self.y)
        canvas.touch_bounds()
