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

import framebuf

from open_files import OpenFiles

MAGIC = b'CPR1'
HEADER = '<4sIBB'


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
        self._places = struct.unpack('<%dH' % count, places)

    def close(self):
        self._files.close()

    def draw(self, canvas, done, colour, track, ground):
        """The whole ring with `done` of its sectors in `colour` from twelve o'clock on and the rest in `track`."""
        self._blit(canvas, done, self.sectors, track, ground)
        self._blit(canvas, 0, done, colour, ground)
        if 0 < done < self.sectors:
            self._blit(canvas, 2 * self.sectors, 2 * self.sectors + 1, colour, track)
            self._end(canvas, done, colour, track)

    def update(self, canvas, before, done, colour, track, ground):
        """Change a ring drawn with `before` sectors done into one with `done`, touching only what differs."""
        if before == done:
            return
        if 0 < before < done < self.sectors:
            self._blit(canvas, before, done, colour, ground)
            self._end(canvas, done, colour, track)
        else:
            self.draw(canvas, done, colour, track, ground)

    def _end(self, canvas, done, colour, track):
        end = self.sectors + done - 1
        self._blit(canvas, end, end + 1, colour, track)

    def _blit(self, canvas, first, last, colour, ground):
        """Blit the bitmaps `first`..`last` - 1, read in one go a dozen at a time."""
        palette, room = canvas.palette(colour, ground)[0], memoryview(b'')
        for number in range(first, last, 12):
            places = self._places[number:min(number + 12, last) + 1]
            length = places[-1] - places[0]
            if len(room) < length:
                room = memoryview(bytearray(length + length // 4))      # so that the next dozen fits too
            self._blit_some(canvas, places, room[:length], palette, ground)

    def _blit_some(self, canvas, places, block, palette, ground):
        """Blit the bitmaps at `places`, of which the last one is only where they end; `block` is room for them."""
        file, blit = self._files.get(self.path), canvas.frame.blit
        file.seek(places[0])
        file.readinto(block)
        left = top = 240
        right = bottom = 0
        for place in places[:-1]:
            at = place - places[0]
            x = self.x + block[at] - (block[at] << 1 & 256)     # signed bytes
            y = self.y + block[at + 1] - (block[at + 1] << 1 & 256)
            w = block[at + 2]
            h = block[at + 3]
            blit(framebuf.FrameBuffer(block[at + 4:], w, h, framebuf.GS4_HMSB), x, y, ground, palette)
            if x < left:  # noqa: PLR1730 - calls of min and max would take as long as the rest
                left = x
            if y < top:  # noqa: PLR1730
                top = y
            if x + w > right:  # noqa: PLR1730
                right = x + w
            if y + h > bottom:  # noqa: PLR1730
                bottom = y + h
        canvas.touch(left, top, right - left, bottom - top)
