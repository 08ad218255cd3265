"""Proportional fonts of 4-bit coverage in one file each, read glyph by glyph from flash.

Owns small caches of what it read; the file is written by `assets/fonts/pack.py`. Used by `canvas` (bitmaps) and by
whoever lays out text (widths). Pen positions are in sixteenths of a pixel, so that advance and kerning add up truly.

File format `CPF2`, little-endian; a place is a byte offset into the file:

    header   4s magic, I size of the file, B cap height, B x height, B ascent, B descent, H line height,
             H ranges, H glyphs, H pieces, B kerning rows, B kerning columns, H glyph to draw where a character is missing
    range    I first code point, H how many, H glyph of the first
    glyph    H advance (1/16 px), B kerning row (as the left one), B kerning column (as the right one), H first piece,
             B how many pieces, B 0
    kerning  rows x columns of b (1/16 px); row 0 and column 0 are for glyphs without kerning
    piece    b x, b y (of the top left corner from the pen, y down from the base line), B width, B height, I bitmap place
    bitmap   rows of 4-bit coverage, left pixel in the high nibble, each row padded to whole bytes

Bitmaps are not packed: unpacking one takes 2 kB of heap, and the collection that this leads to more time than the reading.
A glyph is drawn as one to three pieces, since accented letters share the bitmap of their base letter.
"""
import struct

from micropython import const

from open_files import OpenFiles

MAGIC = b'CPF2'
HEADER = '<4sIBBBBHHHHBBH'
RANGE = '<IHH'
GLYPH = '<HBBHBB'
PIECE = '<bbBBI'
ELLIPSIS = '…'
RIGHT_TO_LEFT = '\u0590'                # the first letter of a script that runs so

_METRICS_KEPT = const(96)
_PAIRS_KEPT = const(96)


class FontError(Exception):
    """The font file is missing or damaged; the text says which and how."""


class Cache:
    """Bitmaps that were drawn lately, of one or of several fonts: at most `limit` bytes of them."""

    def __init__(self, limit=4096):
        self._limit = limit
        self._held = {}
        self._weight = 0

    def get(self, key):
        return self._held.get(key)

    def put(self, key, pieces, weight):
        if self._weight + weight > self._limit:
            self.clear()
        self._held[key] = pieces
        self._weight += weight

    def clear(self):
        self._held = {}                         # a new one: an emptied dict keeps its table
        self._weight = 0


class Font:
    """One font of one size. `cap_height`, `x_height`, `ascent`, `descent`, `line` (height of a line) are in pixels; `kerned`
    tells whether a character's place depends on its neighbour.

    `cache` and `files` (an OpenFiles) may be shared by several fonts. `spare(font)` gives what draws a character that has no
    glyph here (see `wide_font.Fallback`), or None. Raises FontError.
    """

    def __init__(self, path, cache=None, files=None, spare=None):
        self.path = path
        self._spare = spare
        self._files = files or OpenFiles(1)
        self._cache = cache or Cache()
        self.forget()
        try:
            self._read_header(self._files.get(path))
        except OSError:
            raise FontError('the font %s is missing' % path)

    def _read_header(self, file):
        header = file.read(struct.calcsize(HEADER))
        if header[:4] != MAGIC or len(header) < struct.calcsize(HEADER):
            raise FontError('%s is not a font of this firmware' % self.path)
        (_, size, self.cap_height, self.x_height, self.ascent, self.descent, self.line, ranges, glyphs, _,
         kerning_rows, self._kerning_columns, self._missing) = struct.unpack(HEADER, header)
        if file.seek(0, 2) != size:
            raise FontError('the font %s is cut short' % self.path)
        self.kerned = self._kerning_columns > 0
        self._ranges = self._read(len(header), ranges * struct.calcsize(RANGE))
        self._glyphs_at = len(header) + len(self._ranges)
        self._kerning_at = self._glyphs_at + glyphs * struct.calcsize(GLYPH)
        self._pieces_at = self._kerning_at + kerning_rows * self._kerning_columns

    def forget(self):
        """Let go of the metrics that were read lately."""
        self._metrics = {}                  # code point -> advance << 16 | kerning row << 8 | kerning column
        self._pairs = {}                    # kerning row << 8 | column -> sixteenths of a pixel

    def close(self):
        self._files.close()

    def _read(self, place, length):
        file = self._files.get(self.path)
        file.seek(place)
        return file.read(length)

    # ---- characters

    def _number(self, code):
        """Glyph number of a code point, or -1."""
        for at in range(0, len(self._ranges), struct.calcsize(RANGE)):
            first, count, number = struct.unpack_from(RANGE, self._ranges, at)
            if code < first:
                break
            if code < first + count:
                return number + code - first
        return -1

    def covers(self, text):
        """Whether every character of `text` has a glyph."""
        for character in text:
            if self._number(ord(character)) < 0:
                return False
        return True

    def _record(self, code):
        """(advance, kerning row, kerning column, first piece, pieces, 0) of a code point."""
        number = self._number(code)
        size = struct.calcsize(GLYPH)
        place = self._glyphs_at + (self._missing if number < 0 else number) * size
        return struct.unpack(GLYPH, self._read(place, size))

    def _measure(self, code):
        """The metrics of a code point in one number, see `_metrics`."""
        found = self._metrics.get(code)
        if found is None:
            if len(self._metrics) >= _METRICS_KEPT:
                self._metrics.clear()
            spare = self._beyond(code)
            advance = spare.advance(code) if spare else -1
            row = column = 0
            if advance < 0:
                advance, row, column, _, _, _ = self._record(code)
            found = self._metrics[code] = advance << 16 | row << 8 | column
        return found

    def _beyond(self, code):
        """What draws a code point that has no glyph here."""
        return self._spare(self) if self._spare and self._number(code) < 0 else None

    def reach(self, text):
        """Rows above the base line that the capitals of `text` take: more than `cap_height` in scripts that have none."""
        rows = self.cap_height
        for character in text:
            spare = self._beyond(ord(character)) if character > '~' else None
            if spare:
                rows = max(rows, spare.reach(ord(character)))
        return rows

    def top(self, text):
        """Rows above the base line on which `text` has ink."""
        return max([0] + [-piece[1] for character in text for piece in self.pieces(ord(character))])

    def _kerning(self, pair):
        """How far the right one of a pair moves (sixteenths of a pixel). `pair`: kerning row << 8 | column."""
        found = self._pairs.get(pair)
        if found is None:
            if len(self._pairs) >= _PAIRS_KEPT:
                self._pairs.clear()
            place = self._kerning_at + (pair >> 8) * self._kerning_columns + (pair & 0xFF)
            found = self._pairs[pair] = struct.unpack('<b', self._read(place, 1))[0]
        return found

    def pieces(self, code):
        """The bitmaps of a code point as a tuple of (x, y, width, height, bytearray of GS4_HMSB rows)."""
        found = self._cache.get((self, code))
        if found is None:
            spare = self._beyond(code)
            found = spare and spare.pieces(code)
            if found is None:
                _, _, _, first, count, _ = self._record(code)
                size = struct.calcsize(PIECE)
                table = self._read(self._pieces_at + first * size, count * size)
                found = tuple([self._load(*struct.unpack_from(PIECE, table, at)) for at in range(0, len(table), size)])
            self._cache.put((self, code), found, sum([len(piece[4]) for piece in found]))
        return found

    def _load(self, x, y, width, height, place):
        bitmap = bytearray((width + 1) // 2 * height)
        file = self._files.get(self.path)
        file.seek(place)
        file.readinto(bitmap)
        return x, y, width, height, bitmap

    # ---- layout

    def pens(self, text):
        """Yield (code point, pen position in sixteenths of a pixel) for each character, leftmost first, then (0, the end)."""
        for character in text:
            if RIGHT_TO_LEFT <= character <= '\ufefc' and (character < '\u0900' or character >= '\ufb1d'):
                text = self._visual(text)
                break
        pen = row = 0
        known = self._metrics.get
        for character in text:
            code = ord(character)
            metrics = known(code) or self._measure(code)
            if row and metrics & 0xFF:
                pen += self._kerning(row | metrics & 0xFF)
            yield code, pen
            pen += metrics >> 16
            row = metrics & 0xFF00
        yield 0, pen

    @staticmethod
    def _visual(text):
        import bidi  # few texts need it

        return bidi.visual(text)

    def width(self, text):
        """Width of `text` on one line in whole pixels."""
        return (self._measured(text, 1 << 28)[1] + 8) >> 4

    def fit(self, text, width):
        """How many characters from the start of `text` fit into `width` pixels."""
        return self._measured(text, (width << 4) + 7)[0]

    def _measured(self, text, most):
        """(how many characters from the start fit into `most` sixteenths, where the pen is after all that was looked at).
        What `pens` says, in a third of its time."""
        known = self._metrics.get
        pen = row = count = 0
        for character in text:
            if character >= RIGHT_TO_LEFT:
                return self._measured_slowly(text, most)
            code = ord(character)
            metrics = known(code) or self._measure(code)
            if row and metrics & 0xFF:
                pen += self._kerning(row | metrics & 0xFF)
            if pen > most:
                break
            count += 1
            pen += metrics >> 16
            row = metrics & 0xFF00
        return max(0, count - (pen > most)), pen

    def _measured_slowly(self, text, most):
        count = -1
        for _, pen in self.pens(text):
            if pen > most:
                return max(0, count), pen
            count += 1
        return count, pen

    def ellipsis(self, text, width):
        """`text` if it fits into `width` pixels, else as much of it as fits with an ellipsis at its end."""
        count = self.fit(text, width)
        while count < len(text):
            shorter = text[:count].rstrip(' ,.-') + ELLIPSIS
            if count <= 0 or self.width(shorter) <= width:
                return shorter
            count -= 1
        return text
