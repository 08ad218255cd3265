"""The characters of a font beyond ASCII, and texts that hold some: read one by one, which takes longer than what `font` does.

Owns the metrics of characters and pairs that were read lately. Loaded by `font` with the first text that needs it; gone when
the fonts have forgotten what they read and nobody holds the module.
"""
import struct
from array import array

from micropython import const

from font import HEADER

try:
    from glyphs_native import kerning, lay, stamp
except (SyntaxError, ValueError, ImportError, NameError):       # a port without machine code: text, .mpy, left out; CPython
    from glyphs import kerning, lay, stamp

GLYPH = '<HBBHBB'
RIGHT_TO_LEFT = '\u0590'                # the first letter of a script that runs so

_KEPT = const(96)                       # of metrics, and of pairs
_FIRST, _COMMON = const(0x20), const(95)
_GLYPH, _PIECE = const(8), const(8)     # bytes of one, in the file
_BLOCK = const(16)                      # glyphs whose records are read in one go
_ENDLESS = const(1 << 28)


class Beyond:
    """What `font` knows beyond ASCII. `files`, `cache` and `spare` are the font's."""

    def __init__(self, font, files, cache, spare):
        self._font, self._files, self._cache, self._spare = font, files, cache, spare
        size = struct.calcsize(HEADER)
        (_, _, _, _, _, _, _, ranges, glyphs, _, rows, self._columns, self._missing, _, _) = struct.unpack(
            HEADER, font.read(0, size))
        self._ranges = array('H', font.read(size, 6 * ranges))
        self._range = 0                     # the one that the last code point was found in
        self._glyphs_at = size + 6 * ranges
        self._kerning_at = self._glyphs_at + glyphs * _GLYPH
        self._pieces_at = self._kerning_at + rows * self._columns
        self._metrics = {}                  # code point -> advance << 16 | kerning row << 8 | kerning column; and its reach
                                            # at -code point, if it has no glyph here
        self._pairs = {}                    # kerning row << 8 | column -> sixteenths of a pixel
        self._records = -1, b''             # those of the last block of glyphs
        self._last = None                   # the text that was measured last, and how wide it is

    def number(self, code):
        """Number of the glyph of a code point, or -1."""
        ranges, at = self._ranges, self._range
        count = len(ranges) // 3
        if not ranges[at] <= code < ranges[count + at]:
            low, high = 0, count
            while low < high:               # the first range that begins beyond the code point
                middle = (low + high) >> 1
                if ranges[middle] <= code:
                    low = middle + 1
                else:
                    high = middle
            if low == 0 or code >= ranges[count + low - 1]:
                return -1
            self._range = at = low - 1
        return ranges[2 * count + at] + code - ranges[at]

    def _record(self, number):
        """(advance, kerning row, kerning column, first piece, pieces, 0) of a glyph, of the missing one where it is -1."""
        number = self._missing if number < 0 else number
        if self._records[0] != number // _BLOCK:
            place = self._glyphs_at + number // _BLOCK * _BLOCK * _GLYPH
            self._records = number // _BLOCK, self._font.read(place, _BLOCK * _GLYPH)
        return struct.unpack_from(GLYPH, self._records[1], number % _BLOCK * _GLYPH)

    def _measure(self, code):
        """The metrics of a code point in one number, see `_metrics`."""
        found = self._metrics.get(code)
        if found is None:
            self._files.rest()
            if len(self._metrics) >= _KEPT:
                self._metrics.clear()
            advance = row = column = -1
            common = self._font.record(code - _FIRST) if 0 <= code - _FIRST < _COMMON else None
            if common:
                advance, row, column = common
            else:
                number = self.number(code)
                spare = self._instead(number)
                if spare:
                    advance, row, column = spare.advance(code), 0, 0
                if advance < 0:
                    advance, row, column, _, _, _ = self._record(number)
            found = self._metrics[code] = advance << 16 | row << 8 | column
        return found

    def _kerning(self, pair):
        """How far the right one of a pair moves (sixteenths of a pixel). `pair`: kerning row << 8 | column."""
        found = kerning(self._font.core(), pair >> 8, pair & 0xFF)
        if found > 500:                     # one of them is beyond ASCII
            found = self._pairs.get(pair)
        if found is None:
            self._files.rest()
            if len(self._pairs) >= _KEPT:
                self._pairs.clear()
            place = self._kerning_at + (pair >> 8) * self._columns + (pair & 0xFF)
            found = self._font.read(place, 1)[0]
            found = self._pairs[pair] = found - (found << 1 & 256)
        return found

    def reach(self, text):
        """See Font."""
        rows = self._font.cap_height
        for character in text:
            if character > '~':
                code = ord(character)
                if -code not in self._metrics:
                    spare = self._instead(self.number(code))
                    self._metrics[-code] = spare.reach(code) if spare else 0
                rows = max(rows, self._metrics[-code])
        return rows

    def top(self, text):
        """See Font."""
        rows = self._font.cap_height
        for character in text:
            code = ord(character)
            spare = self._instead(self.number(code))
            if spare:
                rows = max(rows, spare.top(code))
                continue
            for blob in self._font.blobs(code):
                if 256 - blob[1] > rows and blob[1] > 127:
                    rows = 256 - blob[1]
        return rows

    def _instead(self, number):
        """What draws a character whose glyph has the number -1; None for others, and where nothing does."""
        return self._spare(self._font) if number < 0 and self._spare else None

    def blobs(self, code):
        """See Font; of a character that is not in its core."""
        found = self._cache.held.get((self._font, code))
        if found is None:
            self._files.rest()
            number = self.number(code)
            spare = self._instead(number)
            found = spare.blobs(code) if spare else None
            if found is None:
                _, _, _, first, count, _ = self._record(number)
                table = self._font.read(self._pieces_at + first * _PIECE, count * _PIECE)
                found = tuple([self._load(table[at:at + _PIECE]) for at in range(0, len(table), _PIECE)])
            self._cache.put((self._font, code), found)
        return found

    def _load(self, piece):
        """The blob of a piece."""
        width, height = piece[2], piece[3]
        blob = bytearray(4 + (width + 1) // 2 * height)
        blob[:4] = piece[:4]
        file = self._files.get(self._font.path)
        file.seek(struct.unpack_from('<I', piece, 4)[0])
        file.readinto(memoryview(blob)[4:])
        return blob

    def write(self, frame, bounds, text, words, x, y):
        """Draw a text as Font.write does. Returns where the pen ends, in sixteenths of a pixel from `x`."""
        known, pen, row = self._metrics.get, 0, 0
        run = array('H', bytes(12))
        for part in self._parts(text):
            if len(part) > 1:
                pen, row = self._next_to(part, pen, row)
                pen = self._font.write_common(frame, bounds, part, words, x, y, pen)
                continue
            code = ord(part)
            metrics = known(code) or self._measure(code)
            if row and metrics & 0xFF:
                pen += self._kerning(row | metrics & 0xFF)
            for blob in self._font.blobs(code):
                stamp(frame, bounds, blob, run, 6, words, x + ((pen + 8) >> 4), y)
            pen += metrics >> 16
            row = metrics & 0xFF00
        return pen

    def _parts(self, text):
        """A text that is not all ASCII, leftmost first: pieces of ASCII, and between them single characters."""
        ranges = self._ranges
        if ranges[0] > _FIRST or ranges[len(ranges) // 3] < _FIRST + _COMMON:
            return text                     # not even ASCII is all there
        return self._cache.parts(text, parts)

    def _next_to(self, part, pen, row):
        """(pen of a piece of ASCII beside what ends with `row`, the kerning row that it ends with itself)."""
        column = self._measure(ord(part[0])) & 0xFF
        return (pen + self._kerning(row | column) if row and column else pen), self._measure(ord(part[-1])) & 0xFF00

    def measured(self, text, most):
        """(how many characters from the start fit into `most` sixteenths, where the pen is after all that was looked at)."""
        if self._last and self._last[0] == text and self._last[1] <= most:
            return len(text), self._last[1]
        known, pen, row, count = self._metrics.get, 0, 0, 0
        for part in self._parts(text):
            if len(part) > 1:
                pen, row = self._next_to(part, pen, row)
                found = lay(self._font.core(), part, most - pen, b'', b'')
                if pen + (found >> 10) > most and lay(self._font.core(), part, _ENDLESS, b'', b'') >> 10 != found >> 10:
                    return count + (found & 1023), pen + (found >> 10)
                count += len(part)
                pen += found >> 10
                continue
            metrics = known(ord(part)) or self._measure(ord(part))
            if row and metrics & 0xFF:
                pen += self._kerning(row | metrics & 0xFF)
            if pen > most:
                break
            count += 1
            pen += metrics >> 16
            row = metrics & 0xFF00
        if pen <= most:
            self._last = text, pen
        return max(0, count - (pen > most)), pen


def parts(text):
    """Yield the pieces of ASCII in a text and the other characters between them, leftmost first."""
    for character in text:
        if RIGHT_TO_LEFT <= character <= '\ufefc' and (character < '\u0900' or character >= '\ufb1d'):
            import bidi  # few texts need it

            text = bidi.visual(text)
            break
    common = ''
    for character in text:
        if ' ' <= character <= '~':
            common += character
        else:
            if common:
                yield common
            common = ''
            yield character
    if common:
        yield common
