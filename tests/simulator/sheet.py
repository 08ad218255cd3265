"""A contact sheet: what round displays showed, each in its bezel with a caption, on one picture.

Owns the layout. Used by the demo. The captions are set in the pins' own typeface where set-up has unpacked it.
"""
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from tests.simulator.runtime import ROOT

GROUND, INK, BEZEL, SHADE = (236, 238, 241), (44, 52, 66), (24, 26, 30), (206, 210, 216)
SIDE, RIM, GAP, CAPTION = 240, 14, 34, 46
TYPEFACE = 'Inter-Medium.otf'
SUPERSAMPLING = 4


def _font(size):
    for found in sorted(Path(ROOT, 'build', 'fonts').rglob(TYPEFACE)):
        return ImageFont.truetype(str(found), size)
    return ImageFont.load_default(size)


def worn(picture):
    """A round picture in its case, with a soft edge: an RGBA image of SIDE + 2 RIM pixels."""
    size = SIDE + 2 * RIM
    large = Image.new('RGBA', (size * SUPERSAMPLING, size * SUPERSAMPLING))
    draw = ImageDraw.Draw(large)
    draw.ellipse((0, 0, large.width - 1, large.height - 1), fill=SHADE)
    inset = 2 * SUPERSAMPLING
    draw.ellipse((inset, inset, large.width - 1 - inset, large.height - 1 - inset), fill=BEZEL)
    case = large.resize((size, size), Image.Resampling.LANCZOS)
    mask = Image.new('L', (SIDE * SUPERSAMPLING, SIDE * SUPERSAMPLING))
    ImageDraw.Draw(mask).ellipse((0, 0, mask.width - 1, mask.height - 1), fill=255)
    case.paste(picture, (RIM, RIM), mask.resize((SIDE, SIDE), Image.Resampling.LANCZOS))
    return case


def contact_sheet(shots, columns):
    """`shots` is a list of (caption, PIL picture of 240 x 240); filled row by row. Returns a PIL image."""
    cell = SIDE + 2 * RIM
    rows = -(-len(shots) // columns)
    width, height = columns * (cell + GAP) + GAP, rows * (cell + CAPTION + GAP) + GAP
    sheet = Image.new('RGB', (width, height), GROUND)
    draw, font = ImageDraw.Draw(sheet), _font(17)
    for number, (caption, picture) in enumerate(shots):
        x = GAP + number % columns * (cell + GAP)
        y = GAP + number // columns * (cell + CAPTION + GAP)
        case = worn(picture)
        sheet.paste(case, (x, y), case)
        draw.text((x + cell // 2, y + cell + 14), caption, INK, font, anchor='ma')
    return sheet
