"""Names as pictures, for scripts that the pin cannot shape: Arabic, Devanagari, Thai and their neighbours.

HarfBuzz shapes and draws; the format is that of `firmware/social/name_strip.py`. Used by tests, and by whoever makes a card
without the companion: `python -m assets.fonts.strip NAME OUT`.
"""
import sys
import zlib
from pathlib import Path

import numpy
import uharfbuzz

ROOT = Path(__file__).resolve().parents[2]
FACES = ('InterDisplay-SemiBold.otf', 'Inter-SemiBold.otf', 'NotoSans*UI-Bold.ttf')      # the first that has the whole name
SIZES = (48, 44, 40, 36, 32, 28, 24, 20)        # pixels per em, the largest that fits
RADIUS, MIDDLE, TOP = 108, 120, 144              # of the content circle, and the first row of the lowest plate, in pixels
MAX_HEIGHT = 56
MAX_BYTES = 2048
MAGIC = b'CPN1'
SUBPIXELS = 64
WINDOW_BITS = 9


class StripError(Exception):
    """There can be no picture of this name; the text says why."""


def find_face(name, fonts):
    """The first face below the folder `fonts` that has every character of `name`."""
    for pattern in FACES:
        for path in sorted(fonts.rglob(pattern)):
            face = uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(path)))
            if all(ord(character) in face.unicodes for character in name if not character.isspace()):
                return face
    raise StripError(f'no font below {fonts} has all of {name}')


def draw(name, face, size):
    """Coverage 0..255 of the shaped name at `size` pixels per em, cropped."""
    font = uharfbuzz.Font(face)
    font.scale = size * SUBPIXELS, size * SUBPIXELS
    buffer = uharfbuzz.Buffer()
    buffer.add_str(name)
    buffer.guess_segment_properties()
    uharfbuzz.shape(font, buffer)
    raster = uharfbuzz.RasterDraw()
    raster.scale_factor = SUBPIXELS, SUBPIXELS
    pen = 0
    width = sum(position.x_advance for position in buffer.glyph_positions) // SUBPIXELS
    margin = 2 * size
    raster.extents = uharfbuzz.RasterExtents(x_origin=-margin, y_origin=-margin, width=width + 2 * margin,
                                             height=2 * margin, stride=0)
    for info, position in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
        raster.transform = 1, 0, 0, 1, pen + position.x_offset, position.y_offset
        raster.draw_glyph(font, info.codepoint)
        pen += position.x_advance
    image = raster.render()
    extents = image.extents
    ink = numpy.frombuffer(bytes(image.buffer), numpy.uint8).reshape(extents.height, extents.stride)[::-1]
    rows, columns = numpy.flatnonzero(ink.any(axis=1)), numpy.flatnonzero(ink.any(axis=0))
    if not len(rows):
        raise StripError('there is nothing to see in this name')
    return ink[rows[0]:rows[-1] + 1, columns[0]:columns[-1] + 1]


def pack(ink):
    """The strip of an array of coverage 0..255."""
    height, width = ink.shape
    levels = numpy.pad((ink.astype(int) * 3 + 127) // 255, ((0, 0), (0, -width % 4))).reshape(height, -1, 4)
    rows = (levels << numpy.arange(0, 8, 2)).sum(axis=2).astype(numpy.uint8).tobytes()
    deflate = zlib.compressobj(9, zlib.DEFLATED, -WINDOW_BITS)
    return MAGIC + bytes((width, height)) + deflate.compress(rows) + deflate.flush()


def fits(height, width):
    """Whether a picture stands on any design's plate."""
    return height <= MAX_HEIGHT and (width / 2) ** 2 + (TOP + height - MIDDLE) ** 2 <= RADIUS ** 2


def make(name, fonts):
    """The strip of a name, in the largest type that the limits allow. Raises StripError."""
    face = find_face(name, fonts)
    for size in SIZES:
        ink = draw(name, face, size)
        if fits(*ink.shape):
            strip = pack(ink)
            if len(strip) <= MAX_BYTES:
                return strip
    raise StripError(f'{name} is too long for a picture; the pin breaks it into lines')


if __name__ == '__main__':
    Path(sys.argv[2]).write_bytes(make(sys.argv[1], ROOT / 'build/fonts'))
