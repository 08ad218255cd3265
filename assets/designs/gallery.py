"""Which drawings the set must have, and a contact sheet of them all, to be looked at before a change is called done.

The list of sports belongs to `firmware/social/rewards.py`; it is read there, not repeated. Used by `assets/build.py`.
"""
import ast
from pathlib import Path

from PIL import Image, ImageDraw

from assets.designs.pack import DesignError, bundle, draw_design

FOLDER = Path(__file__).parent
MEDALS = FOLDER.parent / 'medals'
RULES = FOLDER.parents[1] / 'firmware/social/rewards.py'
PLAIN = 'plain'
COLUMNS = 7
SIDES = (120, 60)                       # on the contact sheet: large, and as the gallery on the pin shows them
GAP = 8
WALL = (24, 26, 30)
SMOOTH = 4                              # the round mask is drawn so many times larger


def listed(table):
    """The literal value of what `rewards.py` calls `table`; the module itself runs only where there is a MicroPython."""
    for node in ast.parse(RULES.read_text()).body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], 'id', None) == table:
            return ast.literal_eval(node.value)
    raise DesignError(f'{RULES.name} has no table {table}')


def file_name(sport):
    """'baseball/softball' -> 'baseball_softball'."""
    return sport.replace('/', '_').replace(' ', '_')


def drawings(folder, names):
    """The SVG texts in `folder` as {name: text}, in the order of `names`. Raises DesignError where the folder holds one too
    few or too many."""
    for name in names:
        if not (folder / f'{name}.svg').exists():
            raise DesignError(f'{folder.name}/{name}.svg is missing; {RULES.name} lists it')
    for path in sorted(folder.glob('*.svg')):
        if path.stem not in names:
            raise DesignError(f'{folder.name}/{path.name} is listed nowhere in {RULES.name}')
    return {name: (folder / f'{name}.svg').read_text() for name in names}


def designs():
    """All designs, in the order of the gallery; the plain one first."""
    return drawings(FOLDER, [PLAIN, *map(file_name, listed('DESIGNS').split(','))])


def medals():
    """All medals, from the lowest rank up."""
    return drawings(MEDALS, [name for name, _ in listed('MEDALS')])


def bundled(svgs, compile_one):
    """The bytes of a bundle of drawings {name: SVG text}. Raises DesignError, which names the drawing."""
    pictures = []
    for name, svg in svgs.items():
        try:
            pictures.append(compile_one(svg))
        except DesignError as problem:
            raise DesignError(f'{name}: {problem}') from problem
    return bundle(pictures)


def round_off(picture, side):
    """A PIL image as a disc of `side` pixels on the wall."""
    mask = Image.new('L', (side * SMOOTH, side * SMOOTH))
    ImageDraw.Draw(mask).ellipse((0, 0, side * SMOOTH - 1, side * SMOOTH - 1), fill=255)
    wall = Image.new('RGB', (side, side), WALL)
    wall.paste(picture.resize((side, side), Image.Resampling.LANCZOS), (0, 0), mask.resize((side, side)))
    return wall


def sheet(svgs):
    """A PIL image of all designs, compiled, cropped to the display's circle: large ones above, small ones below."""
    pictures = [draw_design(svg).image() for svg in svgs]
    width = COLUMNS * (SIDES[0] + GAP) + GAP
    places, top = [], GAP
    for side in SIDES:
        columns = (width - GAP) // (side + GAP)
        rows = -(-len(pictures) // columns)
        places += [(side, GAP + at % columns * (side + GAP), top + at // columns * (side + GAP))
                   for at in range(len(pictures))]
        top += rows * (side + GAP)
    whole = Image.new('RGB', (width, top), WALL)
    for picture, (side, left, above) in zip(pictures * len(SIDES), places, strict=True):
        whole.paste(round_off(picture, side), (left, above))
    return whole
