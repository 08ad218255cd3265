"""The table as a picture: pins in the sky, as the page draws them, for a file that somebody keeps.

Owns the drawing and nothing of the world: a View is what there is to be seen of one pin at one moment, an immutable thing that
another thread may paint later. Sizes are in pixels of the page. Used by `film` and `play`.
"""
import functools
from typing import NamedTuple

import numpy
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from tests.simulator.chips.gc9a01 import SIDE, masked
from tests.simulator.runtime import ROOT

RADIUS, FINE = 132, 2                           # of a case; masks are drawn so many times as large
SKY, CLOUD, SUN, RING = '#2667CF', '#F8F4EA', '#FFC23D', '#FFDE8F'
CASE, GLASS, BACK, STITCH, NUB = '#16181D', '#050608', '#262A33', '#B98A45', '#3A3F4B'
RIBBONS = ('#EE4E3F', '#FFC23D', '#35D6A4', '#F2719F', '#A9CC3A', '#7FD6F0', '#FF9D42', '#C9B6F5')
LIGHT_GAMMA = 0.25                              # a page's black is no dark room
FACES = ROOT / 'build/fonts/usr/share/fonts/opentype/inter'


class View(NamedTuple):
    """`x`, `y`: of its middle, as shares of the table; `pixels`: RGB565 words, never written to again; `sends`: whether its
    field carried a frame just now."""
    name: str
    number: int
    x: float
    y: float
    degrees: int
    over: bool
    light: float
    pixels: numpy.ndarray
    sends: bool = False


def table(views, width, height, scale=1.0):
    """All pins on a table of that size, each of `scale` times its size, as an RGB image."""
    picture = sky(width, height).copy()
    for view in views:
        x, y = view.x * width, view.y * height
        ribbon(picture, view, x, y - (RADIUS + 8) * scale, scale)
        if view.sends:
            ring(picture, x, y, 1.25 * RADIUS * scale)
    for view in views:
        put(picture, worn(view, scale), view.x * width, view.y * height)
        word(picture, view.name, view.x * width, view.y * height + RADIUS * scale + 20)
    return picture


def alone(view):
    """One pin, as large as it is."""
    size = 2 * RADIUS + 40
    picture = Image.new('RGB', (size, size), SKY)
    put(picture, worn(view, 1.0), size / 2, size / 2)
    return picture


def worn(view, scale):
    """A pin in its case, an RGBA image with its shadow; the pin's middle is the image's."""
    picture = case(round(2 * RADIUS * scale), view.over, view.degrees).copy()
    if not view.over:
        side = round(SIDE * scale)
        shown = Image.fromarray(rgb(view.pixels, view.light), 'RGB')
        if view.degrees:
            shown = shown.rotate(-view.degrees, Image.Resampling.BICUBIC, fillcolor=GLASS)
        if side != SIDE:
            shown = shown.resize((side, side), Image.Resampling.LANCZOS)
        at = (picture.width - side) // 2
        picture.paste(shown, (at, at), disc(side))
    return picture


def rgb(words, light):
    """An array of RGB565 words as (height, width, 3) of 0..255, as bright as the page shows it at `light` of 0..1."""
    words = words.astype(numpy.uint32)
    red, green, blue = words >> 11, words >> 5 & 63, words & 31
    colours = numpy.stack([red << 3 | red >> 2, green << 2 | green >> 4, blue << 3 | blue >> 2], axis=-1)
    dark = numpy.array((5, 6, 8))
    return (dark + (colours - dark) * light ** LIGHT_GAMMA).round().astype(numpy.uint8)


# ---- parts that look the same for long

@functools.lru_cache(2)
def sky(width, height):
    """The plain design of a name tag, as large as the table."""
    large = Image.new('RGB', (width * FINE, height * FINE), SKY)
    draw = ImageDraw.Draw(large)
    circle(draw, width - 120, 132, 74, SUN)
    for at, x in enumerate(range(-40, width + 80, 118)):
        circle(draw, x, height - 66 + at % 3 * 14, 78 + at * 7 % 4 * 13, CLOUD)
    return large.resize((width, height), Image.Resampling.BOX)


@functools.lru_cache(32)
def case(size, over, degrees):
    """A pin without its picture: shadow, button, case; from behind where it lies on its face."""
    room = size // 4
    whole = size + 2 * room
    shadow = Image.new('L', (whole, whole))
    ImageDraw.Draw(shadow).ellipse((room, room + 12, room + size, room + size + 12), fill=110)
    picture = Image.new('RGBA', (whole, whole), '#071434')
    picture.putalpha(shadow.filter(ImageFilter.GaussianBlur(12)))
    large = Image.new('RGBA', (whole * FINE, whole * FINE))
    draw = ImageDraw.Draw(large)
    middle, r = whole / 2, size / 2
    draw.rounded_rectangle([value * FINE for value in (middle + r - 14, middle - 26, middle + r + 13, middle + 26)],
                           9 * FINE, NUB)
    large = large.rotate(-33 - degrees, Image.Resampling.BICUBIC)
    draw = ImageDraw.Draw(large)
    circle(draw, middle, middle, r, BACK if over else CASE)
    circle(draw, middle, middle, r * (SIDE / 2 / RADIUS), BACK if over else GLASS)
    if over:
        for begin in range(0, 360, 9):
            box = [(middle + sign * r * 0.74) * FINE for sign in (-1, -1, 1, 1)]
            draw.arc(box, begin, begin + 5, STITCH, 3 * FINE)
    picture.alpha_composite(large.resize((whole, whole), Image.Resampling.BOX))
    return picture


@functools.lru_cache(8)
def disc(side):
    return masked(Image.new('RGB', (side, side), 'white'), 'black').convert('L')


@functools.cache
def face(name, size):
    """Inter where set-up has unpacked it."""
    path = FACES / name
    return ImageFont.truetype(str(path), size) if path.exists() else ImageFont.load_default(size)


# ---- strokes

def circle(draw, x, y, r, colour):
    draw.ellipse([value * FINE for value in (x - r, y - r, x + r, y + r)], fill=colour)


def put(picture, part, x, y):
    picture.paste(part, (round(x - part.width / 2), round(y - part.height / 2)), part)


def word(picture, text, x, y):
    ImageDraw.Draw(picture).text((x, y), text, CLOUD, face('Inter-SemiBold.otf', 15), 'mm')


def stroke(picture, box, colour, paint):
    """`paint(draw, scale)` in white on a finer mask of `box` (left, top, right, bottom), then `colour` through that."""
    left, top, right, bottom = (round(value) for value in box)
    if right <= left or bottom <= top:
        return
    mask = Image.new('L', ((right - left) * FINE, (bottom - top) * FINE))
    paint(ImageDraw.Draw(mask), left, top)
    picture.paste(colour, (left, top), mask.resize((right - left, bottom - top), Image.Resampling.BOX))


def ribbon(picture, view, x, end, scale):
    """From above the table to the pin's clip."""
    def strands(draw, left, top):
        for side in (-33, 33):
            draw.line([((x + side * scale - left) * FINE, (-20 - top) * FINE), ((x - left) * FINE, (end - top) * FINE)], 255,
                      round(15 * scale * FINE))

    def clip(draw, left, top):
        draw.rounded_rectangle([(value * scale + middle) * FINE for value, middle in zip(
            (-9, -14, 9, 6), (x - left, end - top) * 2, strict=True)], 4 * scale * FINE, 255)
    stroke(picture, (x - 60, 0, x + 60, end), RIBBONS[view.number % len(RIBBONS)], strands)
    stroke(picture, (x - 12, end - 16, x + 12, end + 8), '#D9DDE6', clip)


def ring(picture, x, y, r):
    """The wave of a field that carries something."""
    stroke(picture, (x - r - 4, y - r - 4, x + r + 4, y + r + 4), RING, lambda draw, left, top: draw.ellipse(
        [value * FINE for value in (x - r - left, y - r - top, x + r - left, y + r - top)], outline=255, width=4 * FINE))
