"""The page's preview against the pin: names stand where the real firmware puts them, in its figures, and names as pictures are
what the firmware reads."""
import ast
import random
import re
import zlib

import pytest

from assets.companion.publish import PAGE
from firmware.social import name_strip
from firmware.ui import theme
from tests.interop.companion.page_rig import run
from tests.unit.rigs import screens
from tests.unit.test_names import NAMES, SHAPED

DESIGN = 1
TITLES = {'': '', 'Field Engineer': 'Northwind Labs', 'Vorsitzende des Aufsichtsrats': 'Österreichische Gesellschaft'}
LATIN = ('Jo', 'Amelia Q', 'Maximiliane von Habsburg-Lothringen', 'Wolfeschlegelsteinhausenbergerdorff', 'Anne-Marie',
         'O’Brien', 'AVATAR To Wa', 'i i i i i i i i i i i i i i i i i i i i', 'Ünsal Çağlar ÅÄÖ', 'W. W. Wwwwwww', 'a', '…')
JOINED = {'plain Arabic', 'plain Persian', 'mixed Hebrew', 'pointed Hebrew'}   # the page sends these as pictures

# What the firmware's own name tag draws, line by line: the canvas tells instead of drawing.
SCRIPT = """
from firmware.ui.assets import Assets
from firmware.ui.model import Model
from firmware.ui.screens import name_tag

class Telling(Canvas):
    def text(self, font, text, x, base_line, colour, ground):
        print([number, font.path.split('/')[-1], text, x, base_line])

assets, canvas, model = Assets(ASSETS), Telling(), Model()
for number, (model.name, model.title, model.organisation, model.design) in enumerate({cards!r}):
    name_tag.draw(model, canvas, assets)
"""
NAME_TAGS = """
    const { designAt, lookOf } = await import('./designs.js'), { nameTag } = await import('./pin/nametag.js');
    const found = [];
    for (const [number, [name, title, organisation, design]] of cards.entries()) {
        const { plate } = await lookOf(designAt(design, sports));
        await cloudPin.fonts.prepare([name, title, organisation].join(' '));
        for (const { font, text, baseLine } of nameTag(cloudPin.fonts, { name, title, organisation }, plate).lines)
            found.push([number, `${font.name}.font`, text, 120 - Math.floor(font.width(text) / 2), baseLine]);
    }
    return found;"""


def cards():
    """(name, title, organisation, design): every name on the plain design and on a sport's, some with much below them."""
    names = [*LATIN, *(name for script, (name, _) in NAMES.items() if script not in JOINED)]
    below = list(TITLES.items())
    return [(name, *below[number % len(below)], design) for number, name in enumerate(names) for design in (-1, DESIGN)]


@pytest.mark.micropython
@pytest.mark.usefixtures('micropython')
def test_names_stand_where_the_firmware_puts_them(page, tmp_path):
    screens.compiled_assets()
    wanted = [ast.literal_eval(line) for line in screens.run(tmp_path, SCRIPT.format(cards=cards())).splitlines()]
    found = run(page, NAME_TAGS, cards=cards(), sports=['aquatics', 'archery'])
    assert len({line[0] for line in wanted}) == len(cards()) > 60
    for number, card in enumerate(cards()):
        assert [line for line in found if line[0] == number] == [line for line in wanted if line[0] == number], card


def test_without_the_pins_fonts_names_break_alike(page):
    """A page that was copied without them measures with the browser's type, which here is the same Inter."""
    names = [[name, 'Field Engineer', '', DESIGN] for name in ('Jo', 'Amelia Q', 'Maximiliane von Habsburg-Lothringen')]
    swap = "const { SubstituteFonts } = await import('./pin/substitute.js');"
    one = run(page, NAME_TAGS, cards=names, sports=['aquatics', 'archery'])
    swap += 'cloudPin.fonts = new SubstituteFonts();'
    other = run(page, swap + NAME_TAGS, cards=names, sports=['aquatics', 'archery'])
    assert [line[:3] for line in one] == [line[:3] for line in other]
    assert all(abs(mine[4] - other[4]) <= 2 for mine, other in zip(one, other, strict=True))


def test_the_figures_are_those_of_the_firmware():
    found = dict(re.findall(r'^export const (\w+) = ([^;]+);', (PAGE / 'pin/theme.js').read_text(), re.MULTILINE))
    del found['SIDE']
    assert len(found) > 10
    for name, text in found.items():
        value = getattr(theme, name)
        assert ast.literal_eval(text) == (list(map(list, value)) if name == 'WIDE_EIGHTHS' else
                                          list(value) if isinstance(value, tuple) else value), name


STRIPS = """
    const { makeStrip, toBase64, unpacked, wantsStrip } = await import('./pin/strip.js');
    return Promise.all(names.map(async (name) => {
        const strip = makeStrip(name, true);
        return [wantsStrip(name), Array.from(strip), Array.from((await unpacked(strip)).levels)];
    }));"""


def test_names_as_pictures_are_read_by_the_firmware(page):
    """Pixel by pixel what the browser drew; whether this machine has fonts for a script doesn't matter here."""
    shaped = [SHAPED[script] for script in ('Arabic', 'Hindi', 'Thai', 'Bengali', 'Tamil')]
    names = [*shaped, 'Ana', 'Maria von Trapp']
    for name, (wanted, strip, levels) in zip(names, run(page, STRIPS, names=names), strict=True):
        width, height, rows = name_strip.pixels(bytes(strip))
        stride = len(rows) // height
        assert [rows[y * stride + x // 4] >> 2 * (x % 4) & 3 for y in range(height) for x in range(width)] == levels, name
        assert set(levels) == {0, 1, 2, 3} and len(strip) <= 2048
        assert wanted == (name in shaped)
    long = run(page, "const { makeStrip } = await import('./pin/strip.js');"
                     'try { makeStrip(name); } catch (problem) { return problem.message; }', name='The Honourable ' * 4)
    assert long == 'This name is too long for a picture, so the pin sets it in its own type.'


def test_what_the_page_packs_fits_a_window_of_512_bytes(page):
    """Noise, one value, rows that repeat and rows that nearly do, as zlib unpacks them with that window."""
    rng = random.Random(7)
    plain = [bytes(rng.choices(range(256), k=2000)), bytes(3024), b'', b'\x01', bytes(range(7)) * 300,
             *(b''.join(bytes(rng.choices((0, 255, 15, 3), (9, 4, 1, 1), k=54)) * rng.randrange(1, 9) for _ in range(9))
               for _ in range(9))]
    packed = run(page, "const { deflate } = await import('./pin/deflate.js');"
                       'return plain.map((data) => Array.from(deflate(Uint8Array.from(data))));', plain=list(map(list, plain)))
    assert [zlib.decompress(bytes(data), -9) for data in packed] == plain
    assert sum(map(len, packed)) < 1.03 * sum(len(smallest(data)) for data in plain)


def smallest(data):
    compressor = zlib.compressobj(9, zlib.DEFLATED, -9)
    return compressor.compress(data) + compressor.flush()
