"""Names of people in many scripts on the name tag, drawn by the real MicroPython: every character has a glyph, all ink lies on
the plate inside the content circle and stands out, and a sample looks as FreeType sets it. build/names.png shows them all."""
import math
import pathlib

import numpy
import pytest
from PIL import Image, ImageDraw, ImageFont

from assets.designs.pack import contrast
from assets.fonts import strip
from tests.unit.rigs.screens import ROOT, compiled_assets, frame, run

pytestmark = [pytest.mark.micropython, pytest.mark.usefixtures('micropython')]
FONTS = ROOT / 'build/fonts'
SHEET = ROOT / 'build/names.png'
COLUMNS = 9

NAMES = {
    'English': ('Amelia Q', 'Field Engineer'), 'Irish': ('Caoimhe Ní Shúilleabháin', ''), 'Icelandic': ('Þórður Ægisson', ''),
    'Polish': ('Wojciech Żółkiewski', 'Inżynier'), 'Czech': ('Přemysl Ďáblík', ''), 'Turkish': ('Işıl Çağlayan', 'Öğretmen'),
    'Vietnamese': ('Nguyễn Thị Minh Khai', 'Kỹ sư'), 'Hawaiian': ('Kaʻiulani', ''), 'Hausa': ('Ɗanjuma Ƙanƙara', ''),
    'Greek': ('Ελένη Παπαδοπούλου', 'Μηχανικός'), 'Polytonic Greek': ('Ἀριστοτέλης', ''),
    'Russian': ('Наталья Ёлкина', 'Врач'),
    'Ukrainian': ('Їжакевич Ґанна', ''), 'Serbian': ('Ђорђе Љубичић', ''), 'Kazakh': ('Әйгерім Қасымқызы', ''),
    'Armenian': ('Հայկ Պետրոսյան', ''), 'Georgian': ('გიორგი ბერიძე', 'ექიმი'), 'Hiragana': ('さくら', 'エンジニア'),
    'Katakana': ('アンナ・ミュラー', ''), 'Japanese': ('山田 太郎', '部長'), 'long Japanese': ('勅使河原真理子', ''),
    'Chinese': ('王芳', '工程师'), 'long Chinese': ('歐陽 詠琳', '香港'), 'rare Chinese': ('㛃玥', ''),
    'Korean': ('김민준', '개발자'),
    'long Korean': ('남궁민수 선생님', ''), 'Hebrew': ('אברהם אמיר', 'מהנדס'), 'pointed Hebrew': ('שָׁלוֹם', ''),
    'mixed Hebrew': ('דוד (David) כהן 2', ''), 'plain Arabic': ('محمد الأمين', 'مهندس'), 'plain Persian': ('ژاله گلی', ''),
    'plain Thai': ('สมชาย ใจดี', 'วิศวกร'), 'long Thai': ('ปิยะพงษ์วงศ์สุวรรณ', ''), 'plain Hindi': ('नरेन्द्र सिंह', ''),
    'Lao': ('ສົມສັກ', ''), 'Amharic': ('ተስፋዬ', ''), 'Cherokee': ('ᏎᏉᏯ', ''), 'Tifinagh': ('ⵜⵉⵏⵀⵉⵏⴰⵏ', ''),
    'Tibetan': ('བསྟན་འཛིན', ''),
    'mixed': ('Ana 山田', 'Εργο 工程'), 'long': ('Donaudampfschifffahrtsgesellschaftskapitän', ''),
}
SHAPED = {'Arabic': 'محمد الأمين', 'Persian': 'شیرین عبادی', 'Hindi': 'नरेन्द्र सिंह', 'Thai': 'สมชาย ใจดี', 'Bengali': 'তানিয়া আক্তার',
          'Tamil': 'தமிழரசி', 'Burmese': 'မောင်အောင်', 'Sinhala': 'ශ්‍රීමතී', 'long Hindi': 'वेंकटरामन सुब्रमण्यम'}

SCRIPT = """
from binascii import unhexlify
from firmware.ui.assets import Assets
from firmware.ui.model import Model
from firmware.ui.screens import name_tag

assets, canvas, model = Assets(ASSETS), Canvas(), Model()
for number in range(33):
    with assets.design(number) as picture:
        picture.draw(canvas)
        plate = picture.plate
    keep(canvas, 'design%d' % number)
    print('plate', *plate)
for number, (model.name, model.title, strip) in enumerate({names!r}):
    model.design, model.strip = number % 33, unhexlify(strip)
    name_tag.draw(model, canvas, assets)
    keep(canvas, 'name%d' % number)
    if not strip:
        for font in assets.names + (assets.title,):
            for letter in model.name + model.title:
                if font.beyond().number(ord(letter)) < 0 and assets._spare(font).blobs(ord(letter)) is None:
                    print('lacks', number, font.path, hex(ord(letter)))
"""


def all_names():
    """[(what, name, title, strip as hex digits)]."""
    return ([(what, name, title, '') for what, (name, title) in NAMES.items()]
            + [(f'{what}, shaped', name, '', strip.make(name, FONTS).hex()) for what, name in SHAPED.items()])


@pytest.fixture(scope='session')
def tags(tmp_path_factory):
    """(what MicroPython said, {what: (frame, frame of the design alone, (first row, last row, ground, ink))})."""
    compiled_assets()
    folder = tmp_path_factory.mktemp('names')
    script = SCRIPT.format(names=[row[1:] for row in all_names()])
    said = run(folder, script, heap='1m').splitlines()      # modules as text take more; what a pin has is measured elsewhere
    plates = [tuple(map(int, line.split()[1:])) for line in said if line.startswith('plate')]
    found = {what: (frame(folder, f'name{number}'), frame(folder, f'design{number % 33}'), plates[number % 33])
             for number, (what, *_) in enumerate(all_names())}
    return [line for line in said if not line.startswith('plate')], found


def colours(words):
    """RGB565 words as an array of (r, g, b)."""
    return numpy.stack([(words >> 11) * 255 // 31, (words >> 5 & 63) * 255 // 63, (words & 31) * 255 // 31], axis=-1)


def swapped(word):
    return word >> 8 | (word & 0xFF) << 8


def test_no_font_lacks_a_character_of_a_name(tags):
    assert tags[0] == []


def test_all_ink_is_on_the_plate_and_in_the_content_circle(tags):
    for what, (picture, design, (first, last, *_)) in tags[1].items():
        rows, columns = numpy.nonzero(picture != design)
        assert len(rows) > 100, what
        assert first <= rows.min() and rows.max() <= last, what
        assert numpy.hypot(rows - 119.5, columns - 119.5).max() < 110, what
        assert abs(columns.min() + columns.max() - 239) <= 8, f'{what} is not centred'


def test_every_name_stands_out(tags):
    """Much of its ink is the plate's ink itself, at 7 : 1; strokes are not thinned away where they are resampled."""
    for what, (picture, design, (_, _, ground, ink)) in tags[1].items():
        assert contrast(*colours(numpy.array([swapped(ground), swapped(ink)])).tolist()) >= 7, what
        drawn = picture[picture != design]
        assert (drawn == swapped(ink)).mean() > 0.2, what


@pytest.mark.parametrize('what, face, sizes', [
    ('English', 'InterDisplay-SemiBold.otf', (44, 36, 28)), ('Turkish', 'InterDisplay-SemiBold.otf', (44, 36, 28)),
    ('Chinese', 'DroidSansFallbackFull.ttf', (45, 37.5, 30)), ('Japanese', 'DroidSansFallbackFull.ttf', (45, 37.5, 30)),
    ('Korean', 'unifont', (48, 32)), ('Amharic', 'unifont', (48, 32)),
])
def test_a_name_looks_as_freetype_sets_it(tags, what, face, sizes):
    picture, design, (first, _, ground, ink) = tags[1][what]
    changed = picture != design
    rows = numpy.flatnonzero(changed.any(axis=1))
    gap = next((at for at in range(1, len(rows)) if rows[at] - rows[at - 1] > 3), len(rows))
    rows = rows[:gap]                       # the name, not the title
    line = colours(picture[rows[0]:rows[-1] + 1]).sum(axis=2).astype(float)
    low, high = (colours(numpy.array([swapped(colour)])).sum() for colour in (ground, ink))
    ours = numpy.clip((line - low) / (high - low), 0, 1)
    ours = ours[:, slice(*numpy.flatnonzero(changed[rows[0]:rows[-1] + 1].any(axis=0))[[0, -1]])]
    assert max(likeness(ours, freetype(NAMES[what][0], face, size)) for size in sizes) > 0.8


def freetype(text, face, size):
    """Coverage 0..1 of a line, cropped."""
    if face == 'unifont':
        return bitmaps(text, size // 16)
    font = ImageFont.truetype(next(FONTS.rglob(face)), size)
    image = Image.new('L', (500, 120))
    ImageDraw.Draw(image).text((20, 90), text, 255, font, anchor='ls')
    return numpy.asarray(image.crop(image.getbbox())) / 255


def bitmaps(text, times):
    """The same of GNU Unifont, enlarged by smooth resampling."""
    table = dict(line.split(':') for line in next(FONTS.rglob('unifont.hex')).read_text().split())
    rows = [bytes.fromhex(table[f'{ord(letter):04X}']) for letter in text]
    ink = numpy.concatenate([numpy.unpackbits(numpy.frombuffer(row, numpy.uint8)).reshape(16, -1) for row in rows], axis=1)
    image = Image.fromarray(ink * 255).resize((ink.shape[1] * times, 16 * times), Image.Resampling.BICUBIC)
    return numpy.asarray(image.crop(image.getbbox())) / 255


def likeness(ours, theirs):
    """Correlation of two pictures of one line, brought to one size; 0 where their sizes differ by more than a tenth."""
    if any(abs(a - b) > max(4, b / 10) for a, b in zip(ours.shape, theirs.shape, strict=True)):
        return 0
    scaled = Image.fromarray((ours * 255).astype(numpy.uint8)).resize(theirs.shape[::-1], Image.Resampling.BILINEAR)
    return numpy.corrcoef(numpy.asarray(scaled).ravel(), theirs.ravel())[0, 1]


def test_the_contact_sheet_shows_them_all(tags):
    rows = math.ceil(len(tags[1]) / COLUMNS)
    sheet = numpy.full((rows * 250, COLUMNS * 250, 3), 40, numpy.uint8)
    y, x = numpy.mgrid[:240, :240] - 119.5
    seen = numpy.hypot(x, y) <= 120
    for number, (picture, *_) in enumerate(tags[1].values()):
        top, left = number // COLUMNS * 250 + 5, number % COLUMNS * 250 + 5
        sheet[top:top + 240, left:left + 240][seen] = colours(picture)[seen]
    Image.fromarray(sheet).save(SHEET)
    assert pathlib.Path(SHEET).stat().st_size > 100_000
