"""The set of designs and medals: one hand (a skeleton, a palette, angles), whole, small, and true in sixteen colours."""
import itertools
import json
import math
import re
import struct
import xml.etree.ElementTree

import numpy
import pytest

from assets import build
from assets.designs import gallery, pack
from firmware.ui import designs as firmware_designs
from tests.unit.rigs.screens import compiled_assets, frame, run, word

SVGS = gallery.designs()
SPORTS = [name for name in SVGS if name != gallery.PLAIN]
SVG = '{http://www.w3.org/2000/svg}'
LIMB, TRUNK, HEAD = 22, 30, 14.3        # pixels at 240: width, width, radius
ANGLES = (0, 30, 45, 60, 90)
FLASH_BYTES = 150_000
BLOCK_BYTES = 4096
MOST_COLOURS = 5                        # on the ground, with the ground


@pytest.fixture(scope='module')
def pictures():
    """{name: the Picture of each design}, drawn once."""
    return {name: pack.draw_design(svg) for name, svg in SVGS.items()}


def ground(svg):
    """The colour that fills a drawing before anything else."""
    return next(xml.etree.ElementTree.fromstring(svg).iter(f'{SVG}rect')).get('fill')


def figures(svg):
    """[(segments as ((x, y), (x, y)), stroke widths, heads as (x, y, r))] of each body in a drawing, in its order."""
    found = []
    for element in xml.etree.ElementTree.fromstring(svg):
        if element.get('class') == 'body':
            points = [[tuple(map(float, pair.split())) for pair in re.split('[ML]', path.get('d'))[1:]] for path in element]
            widths = [float(path.get('stroke-width', element.get('stroke-width'))) for path in element]
            found.append(([pair for line in points for pair in itertools.pairwise(line)], widths, []))
        elif element.get('class') == 'head':
            found[-1][2].append(tuple(float(element.get(name)) for name in ('cx', 'cy', 'r')))
    return found


def distance(segment, x, y):
    """From a point to a segment."""
    (ax, ay), (bx, by) = segment
    along = ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / ((bx - ax) ** 2 + (by - ay) ** 2)
    along = max(0, min(1, along))
    return math.hypot(x - ax - along * (bx - ax), y - ay - along * (by - ay))


def test_every_sport_has_its_drawing_in_the_pin_s_own_order():
    assert SPORTS == [gallery.file_name(firmware_designs.sport(number).lower()) for number in range(33)]
    assert [firmware_designs.medal(rank) for rank in gallery.medals()] == [0, 1, 2, 3]
    assert firmware_designs.sport(4) == 'Baseball/softball'


def test_a_bundle_holds_each_picture_where_its_table_says():
    svgs = {name: SVGS[name] for name in ('golf', 'judo', 'plain')}
    data = gallery.bundled(svgs, pack.compile_design)
    assert pack.BUNDLE.unpack_from(data) == (b'CPB1', 3)
    places = struct.unpack_from('<3I', data, 8)
    for place, svg in zip(places, svgs.values(), strict=True):
        alone = pack.compile_design(svg)
        assert data[place:place + len(alone)] == alone
    with pytest.raises(pack.DesignError, match="^judo: 'red' is not a colour"):
        gallery.bundled({'golf': SVGS['golf'], 'judo': SVGS['judo'].replace('#A11744', 'red')}, pack.compile_design)


def test_a_drawing_too_few_or_too_many_stops_the_build_with_a_sentence(tmp_path, monkeypatch, capsys):
    for name, svg in SVGS.items():
        (tmp_path / f'{name}.svg').write_text(svg)
    (tmp_path / 'chess.svg').write_text(SVGS['golf'])
    monkeypatch.setattr(gallery, 'FOLDER', tmp_path)
    with pytest.raises(pack.DesignError, match=r'chess.svg is listed nowhere in rewards.py'):
        gallery.designs()
    (tmp_path / 'golf.svg').unlink()
    assert build.main([str(tmp_path / 'out')]) == 1
    assert 'golf.svg is missing; rewards.py lists it' in capsys.readouterr().err


@pytest.mark.parametrize('name', SPORTS)
def test_one_skeleton_one_head_few_angles(name):
    bodies = figures(SVGS[name])
    assert bodies or name == 'modern_pentathlon'            # which shows an implement of each of its five sports
    for segments, widths, heads in bodies:
        assert widths == [TRUNK] + [LIMB] * (len(widths) - 1)
        assert [radius for _, _, radius in heads] == [HEAD]
        for (ax, ay), (bx, by) in segments:
            angle = math.degrees(math.atan2(abs(by - ay), abs(bx - ax)))
            assert min(abs(angle - allowed) for allowed in ANGLES) < 1, (ax, ay, bx, by)
        x, y, radius = heads[0]
        for segment, width in zip(segments, [TRUNK] + [LIMB] * len(segments), strict=False):
            assert distance(segment, x, y) - width / 2 - radius > 1.5, (segment, 'touches the head')
        assert math.hypot(x - 120, y - 120) < 120 - radius / 2


def test_eleven_grounds_three_sports_each_and_never_two_alike_side_by_side():
    """Side by side in the gallery as a list, and as a grid of four or five columns."""
    grounds = [ground(SVGS[name]) for name in SPORTS]
    assert sorted(map(grounds.count, set(grounds))) == [3] * 11
    for step in (1, 4, 5):
        assert [SPORTS[at] for at in range(33 - step) if grounds[at] == grounds[at + step]] == []
    plates = {(colour, re.search('data-plate-colour="(.*?)"', SVGS[name])[1])
              for colour, name in zip(grounds, SPORTS, strict=True)}
    assert len(plates) == 11
    assert all(3 <= len(pack.flat_colours(SVGS[name])) <= MOST_COLOURS for name in SPORTS)


@pytest.mark.parametrize('name', SVGS)
def test_a_name_can_be_read_on_its_plate(name, pictures):
    plate, ink = pictures[name].palette[:2]
    assert pack.contrast(plate, ink) >= 7
    first, last = pictures[name].plate
    assert first <= 138 and last == 239                     # room for two lines of a name
    assert (pictures[name].numbers[first:] == 0).all()


def test_sixteen_colours_are_enough_to_leave_no_fringes(pictures):
    """The flat colours are exact; at most one edge pixel in a thousand is off by more than a sixth, none by 0.28."""
    for name, picture in pictures.items():
        true = numpy.asarray(pack.rasterise(SVGS[name]).convert('RGB')).astype(int)
        error = abs(numpy.asarray(picture.image()).astype(int) - true).max(axis=2)
        assert len(picture.palette) <= 16
        assert error.max() <= 70 and (error > 42).sum() < 58, name
        assert (error == 0).mean() > 0.93, name


def test_designs_and_medals_together_are_small(pictures):
    """Each alone, and all together in blocks of flash as their three files take them."""
    compiled = [pack.pack(picture) for picture in pictures.values()]
    medals = [pack.compile_medal(svg) for svg in gallery.medals().values()]
    assert (len(compiled), len(medals)) == (34, 4)
    assert max(map(len, compiled + medals)) < 4096
    files = (compiled[0], pack.bundle(compiled[1:]), pack.bundle(medals))
    assert sum(-(-len(data) // BLOCK_BYTES) for data in files) * BLOCK_BYTES < FLASH_BYTES


def test_medals_differ_by_more_than_hue():
    """Seen in grey, each differs from every other in at least a tenth of its pixels."""
    pictures = [pack.draw_medal(svg).image().convert('L') for svg in gallery.medals().values()]
    assert [picture.size for picture in pictures] == [(120, 140)] * 4
    for one, other in itertools.combinations(pictures, 2):
        differ = abs(numpy.asarray(one).astype(int) - numpy.asarray(other)) > 40
        assert differ.mean() > 0.1


def test_the_contact_sheet_shows_all_of_them_round():
    sheet = gallery.sheet([SVGS['golf'], SVGS['plain']])
    assert sheet.size == (904, 204)
    assert sheet.getpixel((8, 8)) == gallery.WALL           # the corner of a square design, cut off
    assert sheet.getpixel((68, 120)) == sheet.getpixel((38, 188)) == pack.parse_colour('#14352A')


@pytest.mark.micropython
def test_a_damaged_bundle_is_told_and_the_other_pictures_stay(tmp_path, micropython):
    data = gallery.bundled({name: SVGS[name] for name in ('golf', 'judo')}, pack.compile_design)
    for name, content in (('whole', data), ('cut', data[:-1]), ('stump', data[:11]), ('other', b'PNG!' + data[4:])):
        (tmp_path / name).write_bytes(content)
    asked = [('whole', 0), ('whole', 1), ('whole', 2), ('cut', 0), ('cut', 1), ('stump', 0), ('other', 0), ('absent', 0)]
    out = run(tmp_path, f"""
from image import Image, ImageError
for name, number in {asked}:
    try:
        with Image({str(tmp_path)!r} + '/' + name, number) as picture:
            print(picture.plate[2] == rgb((0x14352A, 0x3A0620)[number]))
    except ImageError as problem:
        print(str(problem).replace({str(tmp_path)!r} + '/', ''))
""")
    assert out.splitlines() == ['True', 'True', 'whole holds no picture 2', 'True', 'the picture cut is cut short',
                                'stump holds no picture 0', 'other holds no picture 0', 'the picture absent is missing']


ON_THE_PIN = """
import json
from firmware.ui import designs
from firmware.ui.assets import Assets
from firmware.ui.model import Model
from firmware.ui.screens import moment_medal, moment_unlock, name_tag

class Log:
    def warning(self, source, text):
        print('warning', text)

assets, canvas, model = Assets(ASSETS, Log()), Canvas(), Model()
text, written = canvas.text, []

def watched(font, line, x, y, colour, ground):
    written.append((line, y - font.cap_height))
    return text(font, line, x, y, colour, ground)

def sum_above(row):
    'Of what is above the plate, but for the accents of capitals.'
    return hashlib.sha256(memoryview(canvas.buffer)[:480 * (row - 12)]).digest()

canvas.text = watched
model.title, model.organisation = 'Field Engineer', 'Northwind Labs'
for number in range(-1, 33):
    with assets.design(number) as picture:
        picture.draw(canvas)
        first = picture.plate[0]
    above = sum_above(first)
    report = dict(name=designs.sport(number) if number >= 0 else 'plain', first=first)
    for name in ('Jo', 'Amelia Q', 'Nguyễn Thị Minh Khai'):
        model.design, model.name = number, name
        written.clear()
        name_tag.draw(model, canvas, assets)
        report[name] = written[:], above == sum_above(first)
    if number >= 0:
        written.clear()
        model.new_design = number
        moment_unlock.draw(model, canvas, assets)
        report['unlocked'] = written[:]
    print(json.dumps(report))
for number, rank in enumerate(('rookie', 'bronze', 'silver', 'gold')):
    model.new_rank = rank
    moment_medal.draw(model, canvas, assets)
    for number in range(3):
        moment_medal.frame(model, canvas, assets, number)
    keep(canvas, rank)
"""


@pytest.fixture(scope='module')
def on_the_pin(tmp_path_factory, micropython):
    """(the folder with the medals half turned, [report of each design's name tag])."""
    compiled_assets()
    folder = tmp_path_factory.mktemp('designs')
    return folder, [json.loads(line) for line in run(folder, ON_THE_PIN).splitlines()]


@pytest.mark.micropython
def test_every_design_carries_a_name_on_its_plate(on_the_pin):
    """Whole, in at most two lines, below the picture, which stays as it is; a short name leaves room for the title."""
    _, reports = on_the_pin
    assert [report['name'] for report in reports] == ['plain', *map(firmware_designs.sport, range(33))]
    for report in reports:
        for name, most in (('Jo', 1), ('Amelia Q', 1), ('Nguyễn Thị Minh Khai', 2)):
            written, picture_stays = report[name]
            lines = [line for line, _ in written]
            assert picture_stays and all(top >= report['first'] for _, top in written), report['name']
            assert ' '.join(lines[:most]) == name, report['name']
            assert most == 2 or lines[1] == 'Field Engineer', report['name']


@pytest.mark.micropython
def test_every_unlocked_sport_is_named_in_full(on_the_pin):
    for number, report in enumerate(on_the_pin[1][1:]):
        sport = firmware_designs.sport(number)
        lines = ' '.join(line for line, _ in report['unlocked']).replace('/ ', '/')
        assert lines == sport + ' New design'


@pytest.mark.micropython
def test_a_medal_that_turns_is_narrow_and_whole(on_the_pin):
    """Half turned, it is 60 of 120 pixels wide, in its middle, with all of its flat colours, and nothing is left beside it."""
    for rank, svg in gallery.medals().items():
        medal = frame(on_the_pin[0], rank)[:150]
        columns = numpy.flatnonzero((medal != word(0x14233F)).any(axis=0))
        assert 89 <= columns[0] and columns[-1] <= 150 and len(columns) > 48
        for colour in set(re.findall('"(#[0-9A-F]{6})"', svg)):
            assert (medal == word(int(colour[1:], 16))).any(), (rank, colour)
