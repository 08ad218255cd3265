"""From icon SVGs to a font file: the alpha channel is the coverage. Used by `assets/build.py`."""
from pathlib import Path

from assets.designs.pack import rasterise
from assets.fonts.pack import pack
from assets.fonts.rasterise import LEVELS, PEN, Drawing, Metrics, crop
from assets.icons.recipe import ICONS, SIZE

FOLDER = Path(__file__).parent


def draw(name):
    """The Drawing of an icon."""
    alpha = rasterise((FOLDER / f'{name}.svg').read_text(), SIZE).getchannel('A')
    levels = bytes((value * LEVELS + 127) // 255 for value in alpha.tobytes())
    return Drawing(SIZE * PEN, *crop(0, -SIZE, SIZE, SIZE, levels))


def compile_icons():
    """The bytes of the icons' font file."""
    return pack(Metrics(SIZE, SIZE, SIZE, 0, SIZE), {code: draw(name) for name, code in ICONS.items()})
