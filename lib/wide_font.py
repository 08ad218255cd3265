"""Fonts of tens of thousands of characters at one size, drawn at any: what `font` falls back on where it has no glyph.

Owns nothing for long: whoever hands it to a font imports it when a text needs it and drops it later. Files are written by
`assets/fonts/wide.py`. Glyphs are taken from flash a block at a time and resampled between pixels, so that the strokes of a
bitmap become smooth where they grow.

File format `CPW1`, little-endian:

    header   4s magic, I size of the file, B rows of a cell, B of them above the base line, B bits a pixel, B glyphs a block,
             H first block (code point // glyphs a block), H blocks
    table    (blocks + 1) x I: where each block begins, and where the last one ends
    block    for each glyph B width (0: no such glyph), b x of its left edge from the pen, B advance, all in pixels of the
             cell; then the rows of each glyph, the left pixel in the high bits, each row padded to whole bytes: raw
             deflate with a window of 512 bytes; nothing where no glyph of the block exists
"""
import io
import struct

import deflate
from micropython import const

from font import FontError

try:
    from resample_native import enlarge, unpack
except (ImportError, SyntaxError, ValueError):          # a port without machine code, or without that of this file
    from resample import enlarge, unpack

_MAGIC = b'CPW1'
_HEADER = const('<4sIBBBBHH')
_WINDOW_BITS = const(9)
_EIGHTHS = const(8)


class Wide:
    """The font file at `path` with cells `eighths`/8 as large as stored. Raises FontError, OSError."""

    def __init__(self, path, eighths, files):
        self._path, self._eighths, self._files = path, eighths, files
        header = self._read(0, struct.calcsize(_HEADER))
        if header[:4] != _MAGIC or len(header) < struct.calcsize(_HEADER):
            raise FontError('%s is not a wide font of this firmware' % path)
        _, _, self._rows, self._above, self._bits, self._many, self._first, self._blocks = struct.unpack(_HEADER, header)
        self._held = -1, b''                # the block read last

    def _read(self, place, length):
        file = self._files.get(self._path)
        file.seek(place)
        return file.read(length)

    def _block(self, code):
        """The unpacked block that would hold a code point; empty where there is none."""
        number = code // self._many
        if number != self._held[0]:
            at = number - self._first
            data = b''
            if 0 <= at < self._blocks:
                begin, end = struct.unpack('<II', self._read(struct.calcsize(_HEADER) + 4 * at, 8))
                if begin < end:
                    try:
                        data = deflate.DeflateIO(io.BytesIO(self._read(begin, end - begin)), deflate.RAW, _WINDOW_BITS).read()
                    except OSError:
                        raise FontError('the font %s is damaged' % self._path)
            self._held = number, data
        return self._held[1]

    def advance(self, code):
        """How far a character moves the pen, in sixteenths of a pixel; -1 where it is not in this font."""
        block, at = self._block(code), code % self._many * 3
        return block[at + 2] * 16 * self._eighths // _EIGHTHS if block and block[at] else -1

    def _place(self, number):
        """(where the rows of a glyph begin in the block at hand, bytes a row)."""
        block, per, place = self._held[1], 8 // self._bits, 3 * self._many
        for at in range(0, 3 * number, 3):
            place += -(-block[at] // per) * self._rows
        return place, -(-block[3 * number] // per)

    def reach(self, code):
        """How many pixels above the base line a character that is in this font has ink."""
        block = self._block(code)
        place, stride = self._place(code % self._many)
        for row in range(self._above):
            if any(block[place + row * stride:place + (row + 1) * stride]):
                return (self._above - row) * self._eighths // _EIGHTHS
        return 0

    def piece(self, code):
        """The bitmap of a character that is in this font: (x, y, width, height, bytearray of GS4_HMSB rows)."""
        block, number, scale = self._block(code), code % self._many, self._eighths
        width, x, _ = struct.unpack_from('<BbB', block, 3 * number)
        stride = width + 3                  # with the border that resampling reads
        levels = bytearray(stride * (self._rows + 3))
        unpack(levels, block, self._place(number)[0], width, self._rows, self._bits)
        wide, height = -(-width * scale // _EIGHTHS), -(-self._rows * scale // _EIGHTHS)
        bitmap = bytearray((wide + 1) // 2 * height)
        enlarge(bitmap, levels, wide, height, stride, scale, self._bits == 1 and scale != _EIGHTHS)
        return x * scale // _EIGHTHS, -self._above * scale // _EIGHTHS, wide, height, bitmap


class Fallback:
    """Several Wide fonts, of which the first that has a character draws it. `files`: an OpenFiles; `sizes`: the eighths
    of each of `paths`; a file that is missing is left out. Raises FontError."""

    def __init__(self, files, paths, sizes):
        self._fonts = []
        for path, eighths in zip(paths, sizes):
            try:
                self._fonts.append(Wide(path, eighths, files))
            except OSError:
                pass

    def _font(self, code):
        for font in self._fonts:
            if font.advance(code) >= 0:
                return font
        return None

    def advance(self, code):
        """In sixteenths of a pixel; 0 for what changes only the look of others; -1 for a character that nothing has."""
        if unseen(code):
            return 0
        font = self._font(code)
        return font.advance(code) if font else -1

    def pieces(self, code):
        """As `font.Font.pieces`; None for a character that nothing has."""
        if unseen(code):
            return ()
        font = self._font(code)
        return font and (font.piece(code),)

    def reach(self, code):
        """How many pixels above the base line a character has ink."""
        font = None if unseen(code) else self._font(code)
        return font.reach(code) if font else 0


def unseen(code):
    """Whether a character only changes how its neighbours look: joiners, directions, variations, skin tones."""
    return (code >= 0xE0000 or 0x1F3FB <= code <= 0x1F3FF or 0xFE00 <= code <= 0xFE0F or 0x200B <= code <= 0x200F
            or 0x202A <= code <= 0x202E or 0x2060 <= code <= 0x206F or code in (0xAD, 0x34F, 0x61C, 0x180E, 0xFEFF))
