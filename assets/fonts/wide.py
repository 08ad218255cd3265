"""Writes the wide fonts in the format that `lib/wide_font.py` documents and reads.

Owns nothing. GNU Unifont is read from its own text format, an outline font is drawn by FreeType (through Pillow).
Used by `assets/build.py`.
"""
import struct
import unicodedata
import zlib
from typing import NamedTuple

import numpy
from PIL import ImageFont

MAGIC = b'CPW1'
HEADER = struct.Struct('<4sIBBBBHH')
GLYPH = struct.Struct('<BbB')
WINDOW_BITS = 9


class Cell(NamedTuple):
    """Every glyph of a wide font: `rows` high, `above` of them above the base line, `bits` of coverage a pixel."""
    rows: int
    above: int
    bits: int


class Glyph(NamedTuple):
    """`x` of the left edge from the pen, `advance`, in pixels; `rows` as packed bytes."""
    width: int
    x: int
    advance: int
    rows: bytes


UNIFONT = Cell(16, 14, 1)
NOTHING = Glyph(0, 0, 0, b'')


def pack(cell, glyphs, many):
    """The bytes of a wide font of `glyphs` {code: Glyph}, `many` of them a block."""
    first, last = min(glyphs) // many, max(glyphs) // many
    place = HEADER.size + 4 * (last - first + 2)
    places, blocks = [place], bytearray()
    for number in range(first, last + 1):
        of_block = [glyphs.get(code, NOTHING) for code in range(number * many, (number + 1) * many)]
        if any(glyph.width for glyph in of_block):
            plain = b''.join(GLYPH.pack(*glyph[:3]) for glyph in of_block) + b''.join(glyph.rows for glyph in of_block)
            deflate = zlib.compressobj(9, zlib.DEFLATED, -WINDOW_BITS)
            blocks += deflate.compress(plain) + deflate.flush()
        places.append(place + len(blocks))
    body = struct.pack(f'<{len(places)}I', *places) + blocks
    return HEADER.pack(MAGIC, HEADER.size + len(body), cell.rows, cell.above, cell.bits, many, first,
                       last - first + 1) + body


def unifont(folder):
    """{code: Glyph} of the Basic Multilingual Plane out of GNU Unifont's `.hex` file and its table of combining marks."""
    marks = {}
    for line in (folder / 'plane00-combining.txt').read_text().split():
        code, _, x = line.partition(':')
        marks[int(code, 16)] = int(x)
    glyphs = {}
    for line in (folder / 'unifont.hex').read_text().split():
        code, _, rows = line.partition(':')
        code = int(code, 16)
        if unicodedata.category(chr(code)) not in ('Cc', 'Cf', 'Cs', 'Co', 'Cn'):       # drawn there as boxes with letters
            width = len(rows) // 4
            x = marks.get(code)
            glyphs[code] = Glyph(width, x or 0, width if x is None else 0, bytes.fromhex(rows))
    return glyphs


def outlines(path, size, codes, bits, weight):
    """(Cell, {code: Glyph}) of an OpenType font at `size` pixels, made `weight` pixels bolder; codes that it lacks are left
    out."""
    face = ImageFont.truetype(path, size, layout_engine=ImageFont.Layout.BASIC)
    glyphs, above = {}, round(size * 0.88)
    per, full = 8 // bits, (1 << bits) - 1
    missing = bytes(face.getmask('\uffff', stroke_width=weight / 2))
    for code in codes:
        mask, (x, y) = face.getmask2(chr(code), mode='L', anchor='ls', stroke_width=weight / 2, stroke_filled=True)
        width, height = mask.size
        if not width or bytes(mask) == missing:
            continue
        ink = numpy.frombuffer(bytes(mask), numpy.uint8).reshape(height, width).astype(int)
        filled = numpy.flatnonzero(ink.any(axis=0))
        left, right = (filled[0], filled[-1] + 1) if len(filled) else (0, 1)
        cell = numpy.zeros((size, -(-(right - left) // per) * per), int)
        top, low = max(0, -above - y), min(height, size - above - y)
        cell[y + above + top:y + above + low, :right - left] = ink[top:low, left:right]
        levels = ((cell * full + 127) // 255).reshape(size, -1, per)
        rows = (levels << numpy.arange(8 - bits, -1, -bits)).sum(axis=2).astype(numpy.uint8).tobytes()
        glyphs[code] = Glyph(right - left, int(x + left), round(face.getlength(chr(code))), rows)
    return Cell(size, above, bits), glyphs


def characters(ranges, encodings):
    """The code points of `ranges`, and what the old `encodings` of a script hold of the unified ideographs: the characters
    that its readers meet."""
    found = {code for first, last in ranges for code in range(first, last + 1)}
    for code in range(0x4E00, 0xA000):
        if any(_encodes(code, *encoding) for encoding in encodings):
            found.add(code)
    return sorted(found)


def _encodes(code, encoding, last_lead):
    try:
        return chr(code).encode(encoding)[0] <= last_lead
    except UnicodeEncodeError:
        return False
