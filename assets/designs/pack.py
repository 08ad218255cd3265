"""From a design's SVG to a picture file in the format that `lib/image.py` documents and reads.

resvg draws; the flat colours of the drawing stay exact, what is left of the sixteen becomes the best shades between two
of them for its edges. Used by `assets/build.py`.

The root element of a design says where text may stand: `data-plate="first-row last-row"`, `data-plate-colour`,
`data-ink`. The plate must be flat, and ink on it must reach a contrast of 7 : 1.
"""
import io
import itertools
import re
import struct
import xml.etree.ElementTree
import zlib

import numpy
import resvg_py
from PIL import Image

SIDE = 240
STRIP_ROWS = 12
COLOURS = 16
WINDOW_BITS = 9
NAME_CONTRAST = 7.0
MAGIC = b'CPI1'
HEADER = struct.Struct('<4sIHHBBBBBB')
EDGE_STEPS = (1 / 5, 1 / 3, 1 / 2, 2 / 3, 4 / 5)


class DesignError(Exception):
    """The drawing breaks a rule of the set; the text says which."""


def parse_colour(text):
    """'#RRGGBB' -> (r, g, b)."""
    if not re.fullmatch(r'#[0-9A-Fa-f]{6}', text or ''):
        raise DesignError(f'{text!r} is not a colour like #1A2B3C')
    return tuple(bytes.fromhex(text[1:]))


def contrast(one, other):
    """Contrast ratio of two (r, g, b) colours after WCAG 2.1, relative luminance."""
    def luminance(colour):
        linear = [c / 3294.6 if c <= 10 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in colour]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def rasterise(svg, side=SIDE, background=None):
    """An SVG text as a PIL image RGBA, `side` pixels square."""
    png = resvg_py.svg_to_bytes(svg_string=svg, width=side, height=side, background=background, skip_system_fonts=True)
    return Image.open(io.BytesIO(bytes(png))).convert('RGBA')


def compile_design(svg):
    """The bytes of a picture file. Raises DesignError."""
    root = xml.etree.ElementTree.fromstring(svg)
    plate, ink = parse_colour(root.get('data-plate-colour')), parse_colour(root.get('data-ink'))
    if contrast(plate, ink) < NAME_CONTRAST:
        raise DesignError(f'ink on the plate reaches {contrast(plate, ink):.1f} : 1; a name needs {NAME_CONTRAST:.0f} : 1')
    first, last = map(int, root.get('data-plate').split())
    pixels = numpy.asarray(rasterise(svg).convert('RGB')).astype(numpy.int32)
    if (pixels[first:last + 1] != plate).any():
        raise DesignError(f'the plate, rows {first} to {last}, is not flat')
    flats = [plate, ink] + [colour for colour in flat_colours(svg) if colour not in (plate, ink)]
    palette = flats + edge_shades(pixels, flats)
    return pack(nearest(pixels, palette), palette, (first, last))


def flat_colours(svg):
    """The colours that a drawing names, in order, each once."""
    named = [colour for colour in re.findall(r'(?:fill|stroke)="([^"]*)"', svg) if colour != 'none']
    colours = list(dict.fromkeys(map(parse_colour, named)))
    if len(colours) > COLOURS - 4:
        raise DesignError(f'{len(colours)} colours leave no room for edges; two to five make a design')
    return colours


def distances(pixels, palette):
    """Squared distance of every pixel (n, 3) to every colour (m, 3), as (n, m)."""
    return ((pixels[:, None, :] - numpy.asarray(palette)[None, :, :]) ** 2).sum(axis=-1)


def edge_shades(pixels, flats):
    """The shades between two flat colours that take most from the error of the edges, one after the other."""
    edges = pixels.reshape(-1, 3)
    edges = edges[distances(edges, flats).min(axis=1) > 0]
    if not len(edges):
        return []
    shades = [tuple(round(a + (b - a) * step) for a, b in zip(one, other, strict=True))
              for one, other in itertools.combinations(flats, 2) for step in EDGE_STEPS]
    errors = distances(edges, shades)
    best = distances(edges, flats).min(axis=1)
    chosen = []
    while len(flats) + len(chosen) < COLOURS:
        gains = numpy.maximum(best[:, None] - errors, 0).sum(axis=0)
        if not gains.any():
            break
        winner = int(gains.argmax())
        chosen.append(shades[winner])
        best = numpy.minimum(best, errors[:, winner])
    return chosen


def nearest(pixels, palette):
    """Colour number of every pixel, as an array of bytes (height, width)."""
    flat = pixels.reshape(-1, 3)
    return distances(flat, palette).argmin(axis=1).astype(numpy.uint8).reshape(pixels.shape[:2])


def swapped_565(colour):
    """(r, g, b) as a byte-swapped RGB565 word, cut off as `lib/rgb565.py` does it."""
    red, green, blue = colour
    word = (red & 0xF8) << 8 | (green & 0xFC) << 3 | blue >> 3
    return word >> 8 | (word & 0xFF) << 8


def pack(numbers, palette, plate):
    """A picture file of colour numbers (height, width); colours 0 and 1 are the plate's and its ink."""
    height, width = numbers.shape
    strips = []
    for top in range(0, height, STRIP_ROWS):
        rows = numbers[top:top + STRIP_ROWS]
        deflate = zlib.compressobj(9, zlib.DEFLATED, -WINDOW_BITS, 9)
        strips.append(deflate.compress((rows[:, ::2] << 4 | rows[:, 1::2]).tobytes()) + deflate.flush())
    tables = struct.pack(f'<{len(palette)}H', *map(swapped_565, palette)) + struct.pack(f'<{len(strips)}H', *map(len, strips))
    body = tables + b''.join(strips)
    return HEADER.pack(MAGIC, HEADER.size + len(body), width, height, STRIP_ROWS, len(palette), *plate, 0, 1) + body
