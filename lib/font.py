"""Proportional fonts of 4-bit coverage in one file each, read glyph by glyph from flash.

Owns small caches of what it read; the file is written by `assets/fonts/pack.py`. Used by `canvas` (bitmaps) and by
whoever lays out text (widths). Pen positions are in sixteenths of a pixel, so that advance and kerning add up truly.

Text of ASCII is measured and drawn by `glyphs_native` from tables that stay in memory for as long as the font is in use, and
its bitmaps lie side by side on the pages of a pool that several fonts share. Other characters take a longer way, one by one.

File format `CPF3`, little-endian; a place is a byte offset into the file:

    header   4s magic, I size of the file, B cap height, B x height, B ascent, B descent, H line height,
             H ranges, H glyphs, H pieces, B kerning rows, B kerning columns, H glyph to draw where a character is missing,
             I place of the core, H its bytes
    ranges   ranges x H first code point; ranges x H the one after the last; ranges x H glyph of the first
    glyph    H advance (1/16 px), B kerning row (as the left one), B kerning column (as the right one), H first piece,
             B how many pieces, B 0
    kerning  rows x columns of b (1/16 px); row 0 and column 0 are for glyphs without kerning
    piece    b x, b y (of the top left corner from the pen, y down from the base line), B width, B height, I bitmap place
    bitmap   rows of 4-bit coverage, left pixel in the high nibble, each row padded to whole bytes
    core     what is needed to measure ASCII: 95 x (H advance or FFFF where there is no such glyph, B kerning row, B kerning
             column, H place of its blob after the core); H 0, B last kerning row and B last column of theirs, H where the
             blobs end; for each of these rows, and once more, H where its pairs begin in the core; pairs B column, b 1/16 px
    blob     of each glyph of ASCII with ink: b x, b y, B width, B height, bitmap. Its piece has the bitmap's place, too. They
             come last, because littlefs finds the end of a file with fewer reads than its beginning

Bitmaps are not packed: unpacking one takes 2 kB of heap, and the collection that this leads to more time than the reading.
A glyph is drawn as one to three pieces, since accented letters share the bitmap of their base letter.
"""
import struct
from array import array

from micropython import const

from open_files import OpenFiles

try:
    from glyphs_native import kerning, lay, stamp
except (SyntaxError, ValueError, ImportError, NameError):       # a port without machine code: text, .mpy, left out; CPython
    from glyphs import kerning, lay, stamp

MAGIC = b'CPF3'
HEADER = '<4sIBBBBHHHHBBHIH'
GLYPH = '<HBBHBB'
PIECE = '<bbBBI'
ELLIPSIS = '…'
RIGHT_TO_LEFT = '\u0590'                # the first letter of a script that runs so

_KEPT = const(96)                               # of metrics, and of pairs
_TEXTS_KEPT = const(8)
_HIGH = '$()/[\\]{|}'
_FIRST, _COMMON = const(0x20), const(95)        # the characters of ASCII
_RECORD = const(6)                              # bytes of one in the core
_PAGE = const(2048)                             # of the pool, as `lay` has it; holds the largest glyph of ASCII
_RUN_AT = const(4)                              # numbers of a run before its characters
_RUN = const(256)                               # bytes that `lay` writes in one go: 64 characters
_ENDLESS = const(1 << 28)
_BEYOND = const(50_000)                         # sixteenths of a pixel: what begins there is on no display


class FontError(Exception):
    """The font file is missing or damaged; the text says which and how."""


class Cache:
    """Glyphs that were drawn lately, of one or of several fonts: at most `limit` bytes of blobs of ASCII side by side on
    `pages` of 2 kB, which come with what is put on them, and as many of other characters. A place is its page's number times
    2,048 and where it is there. `age` tells when it was emptied."""

    def __init__(self, limit=4096):
        self._limit = limit
        self.age = self._used = self._weight = 0
        self.clear()

    def get(self, key):
        return self._held.get(key)

    def put(self, key, pieces):
        weight = sum([len(piece) for piece in pieces])
        if self._weight + weight > self._limit:
            self._held, self._weight = {}, 0    # a new one: an emptied dict keeps its table
        self._held[key] = pieces
        self._weight += weight

    def take(self, length):
        """Room for `length` bytes on one page, at the place that this returns. What was there may be gone: see `age`."""
        if (self._used + length - 1) // _PAGE != self._used // _PAGE:
            self._used = -(-self._used // _PAGE) * _PAGE
        if self._used >= _PAGE * len(self.pages) and not (len(self.pages) < self._most and self._grow()):
            self._used = 0
            self.age += 1
        self._used += length
        return self._used - length

    def page(self, place, length):
        """The `length` bytes at a place."""
        return self.pages[place // _PAGE][place % _PAGE:place % _PAGE + length]

    def _grow(self):
        """One page more, where there is room for it."""
        try:
            self.pages.append(memoryview(bytearray(_PAGE)))
        except MemoryError:
            if not self.pages:
                raise
            self._most = len(self.pages)
            return False
        return True

    def parts(self, text):
        """See Font; those of the last texts are kept."""
        found = self._parts.get(text)
        if found is None:
            if len(self._parts) >= _TEXTS_KEPT:
                self._parts.clear()
            found = self._parts[text] = tuple(parts(text))
        return found

    def clear(self):
        self._held, self._weight = {}, 0
        self._parts = {}
        self.pages, self._used = [], 0
        self._most = max(1, self._limit // _PAGE)
        self.age += 1


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
         kerning_rows, self._kerning_columns, self._missing, self._core_at,
         self._core_bytes) = struct.unpack(HEADER, header)
        if file.seek(0, 2) != size:
            raise FontError('the font %s is cut short' % self.path)
        self.kerned = self._kerning_columns > 0
        self._ranges = array('H', struct.unpack('<%dH' % (3 * ranges), self._read(len(header), 6 * ranges)))
        self._glyphs_at = len(header) + 6 * ranges
        self._kerning_at = self._glyphs_at + glyphs * struct.calcsize(GLYPH)
        self._pieces_at = self._kerning_at + kerning_rows * self._kerning_columns

    def forget(self):
        """Let go of all that was read lately."""
        self._places = None                 # where each character's blob is in the pool, + 1
        self._age = -1                      # of the pool that they are in
        self._metrics = {}                  # code point -> advance << 16 | kerning row << 8 | kerning column; and its reach
                                            # at -code point, if it has no glyph here
        self._pairs = {}                    # kerning row << 8 | column -> sixteenths of a pixel
        self._core = None                   # see the file format
        self._last = None                   # the text beyond ASCII that was measured last, and how wide it is

    def close(self):
        self._files.close()

    def _read(self, place, length):
        file = self._files.get(self.path)
        file.seek(place)
        return file.read(length)

    # ---- characters

    def _number(self, code):
        """Glyph number of a code point, or -1."""
        ranges = self._ranges
        count = len(ranges) // 3
        low, high = 0, count
        while low < high:                   # the first range that begins beyond the code point
            middle = (low + high) >> 1
            if ranges[middle] <= code:
                low = middle + 1
            else:
                high = middle
        if low == 0 or code >= ranges[count + low - 1]:
            return -1
        return ranges[2 * count + low - 1] + code - ranges[low - 1]

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
            if len(self._metrics) >= _KEPT:
                self._metrics.clear()
            spare = self._beyond(code)
            advance = spare.advance(code) if spare else -1
            row = column = 0
            if advance < 0 and 0 <= code - _FIRST < _COMMON and self._has(code - _FIRST):
                advance, row, column = struct.unpack_from('<HBB', self._core, _RECORD * (code - _FIRST))
            elif advance < 0:
                advance, row, column, _, _, _ = self._record(code)
            found = self._metrics[code] = advance << 16 | row << 8 | column
        return found

    def _beyond(self, code):
        """What draws a code point that has no glyph here."""
        return self._spare(self) if self._spare and self._number(code) < 0 else None

    def reach(self, text):
        """Rows above the base line that the capitals of `text` take: more than `cap_height` in scripts that have none."""
        rows = self.cap_height
        if not self._spare or lay(self._core or self._take_core(), text, _ENDLESS, b'', b'') >= 0:
            return rows
        for character in text:
            if character > '~':
                code = ord(character)
                if -code not in self._metrics:
                    spare = self._beyond(code)
                    self._metrics[-code] = spare.reach(code) if spare else 0
                rows = max(rows, self._metrics[-code])
        return rows

    def top(self, text):
        """Rows above the base line on which `text` has ink; `cap_height` at the least."""
        rows = self.cap_height
        if lay(self._core or self._take_core(), text, _ENDLESS, b'', b'') >= 0:
            for sign in _HIGH:
                if sign in text:
                    break
            else:                           # the letters of ASCII are no higher than its capitals, or by a row
                return rows
        for character in text:
            for blob in self.blobs(ord(character)):
                if 256 - blob[1] > rows and blob[1] > 127:
                    rows = 256 - blob[1]
        return rows

    def _kerning(self, pair):
        """How far the right one of a pair moves (sixteenths of a pixel). `pair`: kerning row << 8 | column."""
        found = kerning(self._core or self._take_core(), pair >> 8, pair & 0xFF)
        if found > 500:                     # one of them is beyond ASCII
            found = self._pairs.get(pair)
        if found is None:
            if len(self._pairs) >= _KEPT:
                self._pairs.clear()
            place = self._kerning_at + (pair >> 8) * self._kerning_columns + (pair & 0xFF)
            found = self._pairs[pair] = struct.unpack('<b', self._read(place, 1))[0]
        return found

    def blobs(self, code):
        """The bitmaps of a code point as a tuple of blobs (see the file format), to be used before the next call."""
        number = code - _FIRST
        if 0 <= number < _COMMON and self._has(number):
            return self._common_blob(number)
        found = self._cache.get((self, code))
        if found is None:
            spare = self._beyond(code)
            found = spare and spare.blobs(code)
            if found is None:
                _, _, _, first, count, _ = self._record(code)
                size = struct.calcsize(PIECE)
                table = self._read(self._pieces_at + first * size, count * size)
                found = tuple([self._load(table[at:at + size]) for at in range(0, len(table), size)])
            self._cache.put((self, code), found)
        return found

    def _load(self, piece):
        width, height = piece[2], piece[3]
        blob = bytearray(4 + (width + 1) // 2 * height)
        blob[:4] = piece[:4]
        file = self._files.get(self.path)
        file.seek(struct.unpack_from('<I', piece, 4)[0])
        file.readinto(memoryview(blob)[4:])
        return blob

    # ---- drawing

    def write(self, frame, bounds, text, words, x, y):
        """Draw one line of text from pen position `x` on the base line `y` onto a frame buffer; `bounds` and `words` are as
        `glyphs.stamp` has them. Returns the pen's end."""
        if lay(self._core or self._take_core(), text, _ENDLESS, b'', b'') >= 0:
            pen = self._write_common(frame, bounds, text, words, x, y, 0)
        else:
            known, pen, row = self._metrics.get, 0, 0
            run = array('H', bytes(12))
            for part in self._parts(text):
                if len(part) > 1:
                    pen, row = self._next_to(part, pen, row)
                    pen = self._write_common(frame, bounds, part, words, x, y, pen)
                    continue
                code = ord(part)
                metrics = known(code) or self._measure(code)
                if row and metrics & 0xFF:
                    pen += self._kerning(row | metrics & 0xFF)
                for blob in self.blobs(code):
                    stamp(frame, bounds, blob, run, 6, words, x + ((pen + 8) >> 4), y)
                pen += metrics >> 16
                row = metrics & 0xFF00
        return x + ((pen + 8) >> 4)

    def _write_common(self, frame, bounds, text, words, x, y, pen):
        """Draw a text of ASCII that begins `pen` sixteenths of a pixel after `x`; returns where it ends."""
        cache, run = self._cache, array('H', bytes(min(_RUN, 8 + 4 * len(text))))
        run[1] = pen
        while run[0] < len(text) and run[1] < _BEYOND:
            if self._age != cache.age:
                self._forget_places()
            count = lay(self._core, text, _BEYOND, self._places, run)
            if count > _RUN_AT:
                stamp(frame, bounds, cache.pages[run[3]], run, count, words, x, y)
            elif run[0] < len(text) and run[1] < _BEYOND:
                self._fetch(ord(text[run[0]]) - _FIRST)
        return run[1]

    def _take_core(self):
        self._core = self._read(self._core_at, self._core_bytes)
        return self._core

    def _parts(self, text):
        """A text that is not all ASCII, leftmost first: pieces of ASCII, and between them single characters."""
        ranges = self._ranges
        if ranges[0] > _FIRST or ranges[len(ranges) // 3] < _FIRST + _COMMON:
            return text                     # not even ASCII is all there
        return self._cache.parts(text)

    def _next_to(self, part, pen, row):
        """(pen of a piece of ASCII beside what ends with `row`, the kerning row that it ends with itself)."""
        metrics = self._measure(ord(part[0]))
        if row and metrics & 0xFF:
            pen += self._kerning(row | metrics & 0xFF)
        return pen, self._measure(ord(part[-1])) & 0xFF00

    def _has(self, number):
        """Whether the character of ASCII has a glyph."""
        core = self._core or self._take_core()
        return core[_RECORD * number + 1] != 0xFF

    def _common_blob(self, number):
        """As `blobs` of a character of ASCII."""
        begin, end = self._extent(number)
        if begin == end:
            return ()
        if self._age != self._cache.age:
            self._forget_places()
        if not self._places[number]:
            self._fetch(number)
        place = self._places[number] - 1
        return self._cache.page(place, end - begin),

    def _extent(self, number):
        """Where the blob of a character of ASCII begins and ends, counted from the first."""
        core, at = self._core, _RECORD * number
        return core[at + 4] | core[at + 5] << 8, core[at + 10] | core[at + 11] << 8

    def _fetch(self, number):
        """Bring the blob of a character of ASCII into the pool. Others may fall out of it."""
        begin, end = self._extent(number)
        place = self._cache.take(end - begin)
        if self._age != self._cache.age:
            self._forget_places()
        file = self._files.get(self.path)
        file.seek(self._core_at + self._core_bytes + begin)
        file.readinto(self._cache.page(place, end - begin))
        self._places[number] = place + 1

    def _forget_places(self):
        self._places, self._age = array('H', bytes(2 * _COMMON)), self._cache.age

    # ---- layout

    def width(self, text):
        """Width of `text` on one line in whole pixels."""
        found = lay(self._core or self._take_core(), text, _ENDLESS, b'', b'')
        return ((found >> 10 if found >= 0 else self._measured_slowly(text, _ENDLESS)[1]) + 8) >> 4

    def fit(self, text, width):
        """How many characters from the start of `text` fit into `width` pixels."""
        most = (width << 4) + 7
        found = lay(self._core or self._take_core(), text, most, b'', b'')
        return found & 1023 if found >= 0 else self._measured_slowly(text, most)[0]

    def _measured_slowly(self, text, most):
        """(how many characters from the start fit into `most` sixteenths, where the pen is after all that was looked at)."""
        if self._last and self._last[0] == text and self._last[1] <= most:
            return len(text), self._last[1]
        known, pen, row, count = self._metrics.get, 0, 0, 0
        for part in self._parts(text):
            if len(part) > 1:
                pen, row = self._next_to(part, pen, row)
                found = lay(self._core, part, most - pen, b'', b'')
                if pen + (found >> 10) > most and lay(self._core, part, _ENDLESS, b'', b'') >> 10 != found >> 10:
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

    def ellipsis(self, text, width):
        """`text` if it fits into `width` pixels, else as much of it as fits with an ellipsis at its end."""
        count = self.fit(text, width)
        while count < len(text):
            shorter = text[:count].rstrip(' ,.-') + ELLIPSIS
            if count <= 0 or self.width(shorter) <= width:
                return shorter
            count -= 1
        return text


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
