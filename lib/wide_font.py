"""Fonts of tens of thousands of characters at one size, drawn at any: what `font` falls back on where it has no glyph.

Owns the few glyphs that were read lately: whoever hands it to a font imports it when a text needs it and drops it later. Files
are written by `assets/fonts/wide.py`. A glyph is taken from flash out of its block, of which no more is unpacked than must be,
and resampled between pixels, so that the strokes of a bitmap become smooth where they grow.

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
_KEPT_BYTES, _GLYPH_BYTES = const(4096), const(64)      # of glyphs read lately; of one beside its rows


class Wide:
    """The font file at `path`, read through `files` (an OpenFiles). Raises FontError, OSError."""

    def __init__(self, path, files):
        self._path, self._files = path, files
        header = self._read(0, struct.calcsize(_HEADER))
        if header[:4] != _MAGIC or len(header) < struct.calcsize(_HEADER):
            raise FontError('%s is not a wide font of this firmware' % path)
        _, _, self.rows, self.above, self.bits, self._many, self._first, self._blocks = struct.unpack(_HEADER, header)
        self._held = {}                     # code point -> what `glyph` gives, of those read lately

    def _read(self, place, length):
        file = self._files.get(self._path)
        file.seek(place)
        return file.read(length)

    def glyph(self, code):
        """(width, x of its left edge from the pen, advance, its rows) of a character, in pixels of the cell; None where it is
        not in this font."""
        if code not in self._held:
            self._files.rest()
            if len(self._held) >= _KEPT_BYTES // (_GLYPH_BYTES + self.rows * self.rows * self.bits // 8):
                self._held.clear()
            try:
                self._held[code] = self._unpacked(code)
            except OSError:
                raise FontError('the font %s is damaged' % self._path)
        return self._held[code]

    def _unpacked(self, code):
        at = code // self._many - self._first
        if not 0 <= at < self._blocks:
            return None
        begin, end = struct.unpack('<II', self._read(struct.calcsize(_HEADER) + 4 * at, 8))
        if begin == end:
            return None
        block = deflate.DeflateIO(io.BytesIO(self._read(begin, end - begin)), deflate.RAW, _WINDOW_BITS)
        sizes, number, per = block.read(3 * self._many), 3 * (code % self._many), 8 // self.bits
        if not sizes[number]:
            return None
        before = 0
        for other in range(0, number, 3):
            before += (sizes[other] + per - 1) // per
        if before:
            block.readinto(bytearray(before * self.rows))
        width, x, advance = struct.unpack_from('<BbB', sizes, number)
        return width, x, advance, block.read((width + per - 1) // per * self.rows)


class Fallback:
    """Several Wide `fonts`, of which the first that has a character draws it, with cells `sizes`/8 as large as stored, one
    size for each of them."""

    def __init__(self, fonts, sizes):
        self._fonts = tuple(zip(fonts, sizes))

    def _find(self, code):
        """(font, eighths, glyph) of a character; None where nothing has it."""
        for font, eighths in self._fonts:
            glyph = font.glyph(code)
            if glyph:
                return font, eighths, glyph
        return None

    def advance(self, code):
        """In sixteenths of a pixel; 0 for what changes only the look of others; -1 for a character that nothing has."""
        if unseen(code):
            return 0
        found = self._find(code)
        return found[2][2] * 16 * found[1] // _EIGHTHS if found else -1

    def blobs(self, code):
        """As `font.Font.blobs`; None for a character that nothing has."""
        if unseen(code):
            return ()
        found = self._find(code)
        return found and (blob(*found),)

    def top(self, code):
        """How many pixels above the base line the cell of a character begins."""
        found = None if unseen(code) else self._find(code)
        return (found[0].above * found[1] + _EIGHTHS - 1) // _EIGHTHS if found else 0

    def reach(self, code):
        """How many pixels above the base line a character has ink."""
        found = None if unseen(code) else self._find(code)
        if found:
            font, eighths, (width, _, _, rows) = found
            stride, above = len(rows) // font.rows, font.above
            for at in range(0, above * stride, stride):
                if any(rows[at:at + stride]):
                    return above * eighths // _EIGHTHS
                above -= 1
        return 0


def blob(font, eighths, glyph):
    """A glyph of a Wide font, `eighths`/8 as large, as a blob (see `font`)."""
    width, x, _, rows = glyph
    stride = width + 3                  # with the border that resampling reads
    levels = bytearray(stride * (font.rows + 3))
    unpack(levels, rows, width, font.rows, font.bits)
    wide, high = (width * eighths + 7) // _EIGHTHS, (font.rows * eighths + 7) // _EIGHTHS
    found = bytearray(4 + (wide + 1) // 2 * high)
    struct.pack_into('<bbBB', found, 0, x * eighths // _EIGHTHS, -font.above * eighths // _EIGHTHS, wide, high)
    enlarge(memoryview(found)[4:], levels, bytearray(stride), wide, high, stride, eighths,
            font.bits == 1 and eighths != _EIGHTHS)
    return found


def unseen(code):
    """Whether a character only changes how its neighbours look: joiners, directions, variations, skin tones."""
    return (code >= 0xE0000 or 0x1F3FB <= code <= 0x1F3FF or 0xFE00 <= code <= 0xFE0F or 0x200B <= code <= 0x200F
            or 0x202A <= code <= 0x202E or 0x2060 <= code <= 0x206F or code in (0xAD, 0x34F, 0x61C, 0x180E, 0xFEFF))
