"""From OpenType files to coverage: one `Drawing` a character, and the kerning of every pair.

Owns nothing; FreeType (through Pillow) draws, HarfBuzz reads advances and kerning. Used by `assets/build.py`.
"""
from typing import NamedTuple

import uharfbuzz
from PIL import ImageFont

LEVELS = 15
PEN = 16                                # pen units in a pixel
# Kerning only: ligatures and contextual forms would need shaping on the pin.
FEATURES = {'kern': True, 'liga': False, 'calt': False, 'clig': False, 'ccmp': False}


class Drawing(NamedTuple):
    """Coverage 0..15 of one character, row by row, one byte a pixel; `x`, `y` of its corner from the pen, y down."""
    advance: int
    x: int
    y: int
    width: int
    height: int
    levels: bytes


class Metrics(NamedTuple):
    """Heights of a font in pixels, as the file header has them."""
    cap_height: int
    x_height: int
    ascent: int
    descent: int
    line: int


def crop(x, y, width, height, levels):
    """The same picture without empty rows and columns at its edges, as (x, y, width, height, levels)."""
    rows = [levels[at:at + width] for at in range(0, width * height, width)] if width else []
    filled = [number for number, row in enumerate(rows) if any(row)]
    if not filled:
        return 0, 0, 0, 0, b''
    rows = rows[filled[0]:filled[-1] + 1]
    columns = [number for number in range(width) if any(row[number] for row in rows)]
    left, right = columns[0], columns[-1] + 1
    return x + left, y + filled[0], right - left, len(rows), b''.join(row[left:right] for row in rows)


class Typeface:
    """One OpenType file, in its own units."""

    def __init__(self, path):
        self.path = path
        face = uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(path)))
        self.units = face.upem
        self._shaper = uharfbuzz.Font(face)
        self._kerning = {}

    def has(self, code):
        return self._shaper.get_nominal_glyph(code) is not None

    def advance(self, text):
        buffer = uharfbuzz.Buffer()
        buffer.add_str(text)
        buffer.guess_segment_properties()
        uharfbuzz.shape(self._shaper, buffer, FEATURES)
        return sum(position.x_advance for position in buffer.glyph_positions)

    def kerning(self, codes):
        """{(left, right): units} of all pairs that move; reckoned once for the same characters."""
        codes = tuple(codes)
        if codes not in self._kerning:
            alone = {code: self.advance(chr(code)) for code in codes}
            moved = {(left, right): self.advance(chr(left) + chr(right)) - alone[left] - alone[right]
                     for left in codes for right in codes if meet(left, right)}
            self._kerning[codes] = {pair: units for pair, units in moved.items() if units}
        return self._kerning[codes]


def script(code):
    """Of a letter: 1 Latin, 2 Greek, 3 Cyrillic; 0 of a sign."""
    return 0 if not chr(code).isalpha() else 2 if 0x370 <= code < 0x400 else 3 if 0x400 <= code < 0x530 else 1


def meet(left, right):
    """Whether two characters stand side by side in a word; most pairs of all scripts never do."""
    return not script(left) or not script(right) or script(left) == script(right)


class Face:
    """A Typeface at `size` pixels per em."""

    def __init__(self, typeface, size):
        self.size = size
        self._typeface = typeface
        self._unit = size * PEN / typeface.units
        self._pillow = ImageFont.truetype(typeface.path, size, layout_engine=ImageFont.Layout.BASIC)

    def draw(self, code):
        """The Drawing of a code point."""
        mask, (x, y) = self._pillow.getmask2(chr(code), mode='L', anchor='ls')
        levels = bytes((value * LEVELS + 127) // 255 for value in mask)
        return Drawing(round(self._typeface.advance(chr(code)) * self._unit), *crop(x, y, *mask.size, levels))

    def kerning(self, codes):
        """{(left, right): sixteenths of a pixel} of all pairs that move at this size."""
        moved = {pair: round(units * self._unit) for pair, units in self._typeface.kerning(codes).items()}
        return {pair: max(-128, min(127, sixteenths)) for pair, sixteenths in moved.items() if sixteenths}


def metrics(face, drawings):
    """The Metrics of a font: cap and x height as the face draws them, ascent and descent of its tallest and deepest
    characters, 1.25 em a line."""
    return Metrics(-face.draw(ord('H')).y, -face.draw(ord('x')).y, max(-drawing.y for drawing in drawings.values()),
                   max(drawing.y + drawing.height for drawing in drawings.values()), round(face.size * 1.25))


def draw_all(face, codes, tabular):
    """{code: Drawing}. With `tabular` every advance is whole pixels and the figures share the widest one's, each in the
    middle of it: then a figure can be replaced without its neighbours."""
    drawings = {code: face.draw(code) for code in codes}
    if not tabular:
        return drawings
    widest = max(drawings[ord(figure)].advance for figure in '0123456789')
    for code, narrow in drawings.items():
        advance = -(-(widest if chr(code) in '0123456789' else narrow.advance) // PEN) * PEN
        shift = (advance - narrow.advance + PEN) // (2 * PEN)
        drawings[code] = narrow._replace(advance=advance, x=narrow.x + shift)
    return drawings
