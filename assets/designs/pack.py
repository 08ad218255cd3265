"""From the SVG of a design or medal to a picture file, and from many to a bundle, in the formats that `lib/image.py`
documents and reads.

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

import numpy
import resvg_py
from PIL import Image

SIDE = 240
STRIP_ROWS = 24
MEDAL_STRIP_ROWS = 48                       # as many bytes at a time as in a design
COLOURS = 16
NAME_CONTRAST = 7.0
MAGIC = b'CPI2'
LONGEST_RUN = 63 + 256
ABOVE, REPEATED, PLAIN = 0x00, 0x40, 0x80
HEADER = struct.Struct('<4sIHHBBBBBB')
BUNDLE_MAGIC = b'CPB1'
BUNDLE = struct.Struct('<4sI')
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


def rasterise(svg, width=SIDE, height=None, background=None):
    """An SVG text as a PIL image RGBA of `width` x `height` pixels, square by default."""
    png = resvg_py.svg_to_bytes(svg_string=svg, width=width, height=height or width, background=background,
                                skip_system_fonts=True)
    return Image.open(io.BytesIO(bytes(png))).convert('RGBA')


class Picture:
    """A drawing in sixteen colours: `numbers` is an array (height, width) of places in `palette`, a list of (r, g, b);
    colours 0 and 1 are the plate's and its ink, `plate` its (first row, last row), or (0, 0) where there is none."""

    def __init__(self, numbers, palette, plate):
        self.numbers = numbers
        self.palette = palette
        self.plate = plate

    def image(self):
        """As a PIL image, as the pin shows it but for the display's fewer shades."""
        return Image.fromarray(numpy.asarray(self.palette, numpy.uint8)[self.numbers])


def draw_design(svg):
    """The Picture of a design. Raises DesignError."""
    root = xml.etree.ElementTree.fromstring(svg)
    plate, ink = parse_colour(root.get('data-plate-colour')), parse_colour(root.get('data-ink'))
    if contrast(plate, ink) < NAME_CONTRAST:
        raise DesignError(f'ink on the plate reaches {contrast(plate, ink):.1f} : 1; a name needs {NAME_CONTRAST:.0f} : 1')
    first, last = map(int, root.get('data-plate').split())
    pixels = numpy.asarray(rasterise(svg).convert('RGB')).astype(numpy.int32)
    if (pixels[first:last + 1] != plate).any():
        raise DesignError(f'the plate, rows {first} to {last}, is not flat')
    return reduce(pixels, [plate, ink, *flat_colours(svg)], (first, last))


def draw_medal(svg):
    """The Picture of a medal, as large as its view box, on the colour that `data-ground` names. Raises DesignError."""
    root = xml.etree.ElementTree.fromstring(svg)
    ground = parse_colour(root.get('data-ground'))
    _, _, width, height = map(int, root.get('viewBox').split())
    drawn = rasterise(svg, width, height, root.get('data-ground')).convert('RGB')
    return reduce(numpy.asarray(drawn).astype(numpy.int32), [ground, *flat_colours(svg)], (0, 0))


def compile_design(svg):
    """The bytes of a design's picture file. Raises DesignError."""
    return pack(draw_design(svg))


def compile_medal(svg):
    """The bytes of a medal's picture file. Raises DesignError."""
    return pack(draw_medal(svg), MEDAL_STRIP_ROWS)


def flat_colours(svg):
    """The colours that a drawing names, in order, each once."""
    named = [colour for colour in re.findall(r'(?:fill|stroke)="([^"]*)"', svg) if colour != 'none']
    colours = list(dict.fromkeys(map(parse_colour, named)))
    if len(colours) > COLOURS - 4:
        raise DesignError(f'{len(colours)} colours leave no room for edges; two to five make a design')
    return colours


def reduce(pixels, flats, plate):
    """The Picture of `pixels` (height, width, 3) in `flats` and the best shades between them."""
    flats = list(dict.fromkeys(flats))
    words = pixels[:, :, 0] << 16 | pixels[:, :, 1] << 8 | pixels[:, :, 2]
    words, numbers, counts = numpy.unique(words, return_inverse=True, return_counts=True)
    colours = numpy.stack((words >> 16, words >> 8 & 255, words & 255), axis=1)
    palette = flats + edge_shades(colours, counts, flats)
    nearest = distances(colours, palette).argmin(axis=1).astype(numpy.uint8)
    return Picture(nearest[numbers].reshape(pixels.shape[:2]), palette, plate)


def distances(colours, palette):
    """Squared distance of every colour (n, 3) to every one of the palette (m, 3), as (n, m)."""
    return ((colours[:, None, :] - numpy.asarray(palette)[None, :, :]) ** 2).sum(axis=-1)


def edge_shades(colours, counts, flats):
    """The shades between two flat colours that take most from the error of the edges, one after the other; `counts` says
    how many pixels have each of `colours`."""
    shades = [tuple(round(a + (b - a) * step) for a, b in zip(one, other, strict=True))
              for one, other in itertools.combinations(flats, 2) for step in EDGE_STEPS]
    errors = distances(colours, shades)
    best = distances(colours, flats).min(axis=1)
    chosen = []
    while len(flats) + len(chosen) < COLOURS:
        gains = (numpy.maximum(best[:, None] - errors, 0) * counts[:, None]).sum(axis=0)
        if not gains.any():
            break
        winner = int(gains.argmax())
        chosen.append(shades[winner])
        best = numpy.minimum(best, errors[:, winner])
    return chosen


def swapped_565(colour):
    """(r, g, b) as a byte-swapped RGB565 word, cut off as `lib/rgb565.py` does it."""
    red, green, blue = colour
    word = (red & 0xF8) << 8 | (green & 0xFC) << 3 | blue >> 3
    return word >> 8 | (word & 0xFF) << 8


def pack(picture, strip_rows=STRIP_ROWS):
    """The picture file of a Picture, in strips of `strip_rows`."""
    height, width = picture.numbers.shape
    data, wide = (picture.numbers[:, ::2] << 4 | picture.numbers[:, 1::2]).tobytes(), width // 2
    strips = [runs(data, wide, top * wide, min(height, top + strip_rows) * wide) for top in range(0, height, strip_rows)]
    tables = (struct.pack(f'<{len(picture.palette)}H', *map(swapped_565, picture.palette))
              + struct.pack(f'<{len(strips)}H', *map(len, strips)))
    body = tables + b''.join(strips)
    return HEADER.pack(MAGIC, HEADER.size + len(body), width, height, strip_rows, len(picture.palette), *picture.plate,
                       0, 1) + body


def runs(data, wide, start, end):
    """The bytes `start`..`end` - 1 of `data`, whose rows are of `wide` bytes, as runs."""
    packed, plain, at = bytearray(), b'', start
    while at < end:
        stop = min(end, start + wide if at < start + wide else end, at + LONGEST_RUN)   # in its first row a strip looks back
        above, repeated = length_above(data, wide, at, stop), length_repeated(data, at, stop)
        if max(above - 1, repeated - 2) > 0:
            packed += run(PLAIN, plain) + (run(ABOVE, b'', above) if above >= repeated - 1
                                           else run(REPEATED, data[at:at + 1], repeated))
            plain, at = b'', at + (above if above >= repeated - 1 else repeated)
        else:
            plain, at = plain + data[at:at + 1], at + 1
            if len(plain) == LONGEST_RUN:
                packed, plain = packed + run(PLAIN, plain), b''
    return bytes(packed + run(PLAIN, plain))


def length_above(data, wide, at, stop):
    """How many bytes from `at` on, up to `stop`, equal those of the row above."""
    end = at
    while end < stop and end >= wide and data[end] == data[end - wide]:
        end += 1
    return end - at


def length_repeated(data, at, stop):
    """How many bytes from `at` on, up to `stop`, are the same."""
    end = at
    while end < stop and data[end] == data[at]:
        end += 1
    return end - at


def run(kind, data, length=None):
    """One run as the file has it; none where it is empty."""
    length = len(data) if length is None else length
    if not length:
        return b''
    return (bytes([kind | length]) if length < 64 else bytes([kind, length - 64])) + data


def bundle(pictures):
    """Several picture files as one, since a file of its own takes 4 kB of flash, however small it is."""
    places = itertools.accumulate(map(len, pictures[:-1]), initial=BUNDLE.size + 4 * len(pictures))
    return BUNDLE.pack(BUNDLE_MAGIC, len(pictures)) + struct.pack(f'<{len(pictures)}I', *places) + b''.join(pictures)
