"""Reads the six digits of a pairing off a pin's panel, as whoever holds phone and pin does: from the picture alone.

Owns templates of the ten digits, drawn with the typeface's own outlines, not with the pin's compiled font. A test that pairs
with what it reads here shows that the wearer could.
"""
import functools

import numpy
from PIL import Image, ImageDraw, ImageFont

from assets.build import find_face
from assets.fonts.recipe import FONTS
from tests.setup.assets import FONTS as UNPACKED

SIDE = 32                                       # of a digit, scaled
TALLEST, LEAST_HEIGHT = 70, 24                  # rows of a line of figures
COUNT = 6
UNLIKE = 0.12                                   # mean difference of coverage beyond which nothing is a digit
NARROWEST, WIDEST, TOUCHING = 0.4, 1.05, 1.2    # in pitches: a figure, a run of ink that is more than one


def _scaled(coverage):
    """A glyph's box of coverage 0..1 at a height of SIDE, in the middle of a square."""
    height, width = coverage.shape
    wide = max(1, min(SIDE, round(width * SIDE / height)))
    image = Image.fromarray((coverage * 255).astype(numpy.uint8)).resize((wide, SIDE), Image.Resampling.BILINEAR)
    square = numpy.zeros((SIDE, SIDE))
    left = (SIDE - wide) // 2
    square[:, left:left + wide] = numpy.asarray(image) / 255
    return square


def _box(coverage):
    """The part that has ink."""
    rows, columns = numpy.flatnonzero((coverage > 0.5).any(1)), numpy.flatnonzero((coverage > 0.5).any(0))
    return coverage[rows[0]:rows[-1] + 1, columns[0]:columns[-1] + 1]


@functools.cache
def _templates():
    """[(digit, its square)] in each size of figures: outlines meet the pixels otherwise in each."""
    found = []
    for one in FONTS:
        if one.tabular:
            face = ImageFont.truetype(find_face(UNPACKED, one.faces), one.size)
            for digit in '0123456789':
                image = Image.new('L', (2 * one.size, 2 * one.size))
                ImageDraw.Draw(image).text((one.size // 4, 0), digit, fill=255, font=face)
                found.append((digit, _scaled(_box(numpy.asarray(image) / 255))))
    return found


def _runs(filled):
    """[(first, after the last)] of each run of true values."""
    edges = numpy.flatnonzero(numpy.diff(numpy.concatenate(([0], filled.astype(int), [0]))))
    return list(zip(edges[::2], edges[1::2]))


@functools.cache
def _pitch():
    """From one figure to the next, of the height of a nought: all are as wide, so that the digits of a line are a grid."""
    face = ImageFont.truetype(find_face(UNPACKED, next(one.faces for one in FONTS if one.tabular)), 640)
    _, top, _, bottom = face.getbbox('0')
    return face.getlength('0') / (bottom - top)


def _likest(coverage):
    """(how unlike, digit) of the template that a glyph is nearest to."""
    glyph = _scaled(_box(coverage))
    return min((numpy.abs(glyph - template).mean(), digit) for digit, template in _templates())


def _digits(line, first, end):
    """The digits in a run of ink, from the left: where neighbours touch, each ends where it looks most like one."""
    pitch = _pitch() * len(line)
    while first < end:
        cut = end
        if end - first > TOUCHING * pitch:
            cuts = range(first + round(NARROWEST * pitch), first + round(WIDEST * pitch))
            cut = min(cuts, key=lambda column: _likest(line[:, first:column]))
        unlike, digit = _likest(line[:, first:cut])
        yield digit if unlike < UNLIKE else None
        first = cut


def _line(coverage):
    """The digits in a picture that is the right way up: below a title, which is larger than the line under them."""
    rows = _runs((coverage > 0.5).any(1))
    heights = [bottom - top for top, bottom in rows]
    for index in range(1, len(rows) - 1):
        line = coverage[slice(*rows[index])]
        runs = _runs((line > 0.5).any(0))
        if LEAST_HEIGHT <= heights[index] <= TALLEST and len(runs) <= COUNT and heights[index - 1] > heights[index + 1]:
            digits = [digit for run in runs for digit in _digits(line, *run)]
            if len(digits) == COUNT and all(digits):
                return ''.join(digits)
    return None


def read(picture):
    """The six digits in a PIL image of the display, whichever way it is turned, or None."""
    grey = numpy.asarray(picture.convert('L')).astype(float)
    ground = numpy.median(grey)
    coverage = numpy.clip((grey - ground) / max(1, grey.max() - ground), 0, 1)
    return next((found for turns in range(4) if (found := _line(numpy.rot90(coverage, turns)))), None)


def shown(pin):
    """The six digits that a pin shows in this instant, or None."""
    return read(pin.look())
