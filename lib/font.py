"""Proportional fonts of 4-bit coverage in one file each, read glyph by glyph from flash.

Owns a cache of glyphs that several fonts may share. The file is written by `assets/fonts/pack.py`. Used by `canvas` (bitmaps)
and by whoever lays out text (widths). Pen positions are in sixteenths of a pixel, so that advance and kerning add up truly.

Text of ASCII is measured and drawn by `glyphs_native` from tables that stay in memory for as long as the font is in use, and
its bitmaps lie side by side on the pages of a pool that several fonts share. Other characters take a longer way, one by one:
`font_beyond`.

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

Bitmaps are not packed: unpacking one takes 2 kB of heap, and the collection that this leads to more time than the reading. A
glyph is drawn as one to three pieces, since accented letters share the bitmap of their base letter.
"""
import struct
from array import array

from micropython import const

from open_files import OpenFiles

try:
    from glyphs_native import lay, stamp
except (SyntaxError, ValueError, ImportError, NameError):       # a port without machine code: text, .mpy, left out; CPython
    from glyphs import lay, stamp

MAGIC = b'CPF3'
HEADER = '<4sIBBBBHHHHBBHIH'
ELLIPSIS = '…'

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

    def put(self, key, pieces):
        weight = sum([len(piece) for piece in pieces])
        if self._weight + weight > self._limit:
            self.held, self._weight = {}, 0    # a new one: an emptied dict keeps its table
        self.held[key] = pieces
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

    def parts(self, text, found):
        """What `found(text)` yields, as a tuple; those of the last texts are kept."""
        if text not in self._parts:
            if len(self._parts) >= _TEXTS_KEPT:
                self._parts.clear()
            self._parts[text] = tuple(found(text))
        return self._parts[text]

    def clear(self):
        self.held, self._weight = {}, 0
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
        (_, size, self.cap_height, self.x_height, self.ascent, self.descent, self.line, _, _, _,
         _, columns, _, self._core_at, self._core_bytes) = struct.unpack(HEADER, header)
        if file.seek(0, 2) != size:
            raise FontError('the font %s is cut short' % self.path)
        self.kerned = columns > 0

    def forget(self):
        """Let go of all that was read lately."""
        self._places = None                 # where each character's blob is in the pool, + 1
        self._age = -1                      # of the pool that they are in
        self._core = None                   # see the file format
        self._beyond = None                 # font_beyond.Beyond, where a text needed it

    def beyond(self):
        """The Beyond of this font: what knows the characters beyond ASCII."""
        if not self._beyond:
            from font_beyond import Beyond  # many texts need it, most pins at rest do not

            self._beyond = Beyond(self, self._files, self._cache, self._spare)
        return self._beyond

    def read(self, place, length):
        """Bytes of the file."""
        file = self._files.get(self.path)
        file.seek(place)
        return file.read(length)

    def core(self):
        """What is needed to measure ASCII: see the file format."""
        return self._core or self._take_core()

    def record(self, number):
        """(advance, kerning row, kerning column) of a character of ASCII, counted from the first; None where it has none."""
        core = self.core()
        return struct.unpack_from('<HBB', core, _RECORD * number) if core[_RECORD * number + 1] != 0xFF else None

    def _take_core(self):
        self._files.rest()
        self._core = self.read(self._core_at, self._core_bytes)
        return self._core

    # ---- drawing

    def write(self, frame, bounds, text, words, x, y):
        """Draw one line of text from pen position `x` on the base line `y` onto a frame buffer; `bounds` and `words` are as
        `glyphs.stamp` has them. Returns the pen's end."""
        if lay(self.core(), text, _ENDLESS, b'', b'') >= 0:
            pen = self.write_common(frame, bounds, text, words, x, y, 0)
        else:
            pen = self.beyond().write(frame, bounds, text, words, x, y)
        return x + ((pen + 8) >> 4)

    def write_common(self, frame, bounds, text, words, x, y, pen):
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

    def blobs(self, code):
        """The bitmaps of a code point as a tuple of blobs (see the file format), to be used before the next call."""
        number = code - _FIRST
        if 0 <= number < _COMMON and self.record(number):
            return self._common_blob(number)
        return self.beyond().blobs(code)

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
        self._files.rest()
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
        found = lay(self.core(), text, _ENDLESS, b'', b'')
        return ((found >> 10 if found >= 0 else self.beyond().measured(text, _ENDLESS)[1]) + 8) >> 4

    def fit(self, text, width):
        """How many characters from the start of `text` fit into `width` pixels."""
        most = (width << 4) + 7
        found = lay(self.core(), text, most, b'', b'')
        return found & 1023 if found >= 0 else self.beyond().measured(text, most)[0]

    def reach(self, text):
        """Rows above the base line that the capitals of `text` take: more than `cap_height` in scripts that have none."""
        if not self._spare or lay(self.core(), text, _ENDLESS, b'', b'') >= 0:
            return self.cap_height
        return self.beyond().reach(text)

    def top(self, text):
        """Rows above the base line on which `text` has ink; `cap_height` at the least."""
        if lay(self.core(), text, _ENDLESS, b'', b'') >= 0:
            for sign in _HIGH:
                if sign in text:
                    break
            else:                           # the letters of ASCII are no higher than its capitals, or by a row
                return self.cap_height
        return self.beyond().top(text)

    def ellipsis(self, text, width):
        """`text` if it fits into `width` pixels, else as much of it as fits with an ellipsis at its end."""
        count = self.fit(text, width)
        while count < len(text):
            shorter = text[:count].rstrip(' ,.-') + ELLIPSIS
            if count <= 0 or self.width(shorter) <= width:
                return shorter
            count -= 1
        return text
