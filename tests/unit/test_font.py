"""lib/font reads what assets/fonts/pack writes: every pixel, every pen position; and says so where a file is damaged."""
import struct

import pytest
from hypothesis import given, strategies

import font
from assets.fonts import pack
from assets.fonts.rasterise import Drawing, Metrics, crop
from open_files import OpenFiles
from tests.simulator import runtime

METRICS = Metrics(10, 7, 12, 3, 16)
PEN = 16


def drawing(rows, x=0, y=-10, advance=None):
    """A Drawing of text rows: ' ' is 0, '#' is 15, a hex digit itself."""
    levels = bytes(15 if pixel == '#' else int(pixel.replace(' ', '0'), 16) for row in rows for pixel in row)
    width = len(rows[0]) if rows else 0
    return Drawing(advance or (width + 1) * PEN, *crop(x, y, width, len(rows), levels))


LETTERS = {
    ' ': Drawing(4 * PEN, 0, 0, 0, 0, b''),
    'A': drawing([' ## ', '#7 #', '####', '#  #']),
    'V': drawing(['#  #', '#  #', ' ## ', ' #9 '], advance=5 * PEN + 4),
    'e': drawing(['###', '#3 ', '###'], y=-7),
    'é': drawing(['  #', ' 8 ', '   ', '###', '#3 ', '###'], y=-10),
    'ę': drawing(['###', '#3 ', '##A', ' 5 '], y=-7),
    '.': drawing(['#'], y=-1),
    '…': drawing(['# # #'], y=-1),
    '◆': drawing(['#'], y=-4),
    'Ж': drawing(['# # #', ' ### ', '# # #']),
}
KERNING = {('A', 'V'): -24, ('V', 'A'): -24, ('V', 'e'): -10, ('V', '.'): -40}


def packed(letters=None, kerning=KERNING):
    drawings = {ord(letter): one for letter, one in (letters or LETTERS).items()}
    return pack.pack(METRICS, drawings, {(ord(a), ord(b)): moved for (a, b), moved in kerning.items()})


@pytest.fixture
def sample(tmp_path):
    path = tmp_path / 'sample.font'
    path.write_bytes(packed())
    return font.Font(str(path))


def pixels(data, code):
    """The glyph of a code point as {(x, y): level}, read from the file's bytes by the format's own description."""
    header = struct.unpack_from(font.HEADER, data)
    ranges, glyphs, rows, columns = header[7], header[8], header[10], header[11]
    at = struct.calcsize(font.HEADER)
    glyphs_at = at + 6 * ranges
    pieces_at = glyphs_at + glyphs * pack.GLYPH.size + rows * columns
    starts, ends, numbers = (struct.unpack_from(f'<{ranges}H', data, at + column * 2 * ranges) for column in range(3))
    first, glyph = next((first, number) for first, end, number in zip(starts, ends, numbers, strict=True)
                        if first <= code < end)
    record = glyphs_at + (glyph + code - first) * pack.GLYPH.size
    _, _, _, piece, count, _ = pack.GLYPH.unpack_from(data, record)
    found = {}
    for number in range(piece, piece + count):
        x, y, width, height, place = pack.PIECE.unpack_from(data, pieces_at + number * pack.PIECE.size)
        found.update(bitmap_pixels(data, x, y, width, height, place))
    return found


def bitmap_pixels(data, x, y, width, height, place):
    stride = (width + 1) // 2
    raw = data[place:place + stride * height]
    assert len(raw) == stride * height
    for row in range(height):
        for column in range(width):
            level = raw[row * stride + column // 2] >> (0 if column % 2 else 4) & 15
            if level:
                yield (x + column, y + row), level


def drawn(one):
    """A Drawing as {(x, y): level}."""
    return {(one.x + at % one.width, one.y + at // one.width): level for at, level in enumerate(one.levels) if level}


def test_every_glyph_comes_back_pixel_for_pixel():
    data = packed()
    for letter, one in LETTERS.items():
        assert pixels(data, ord(letter)) == drawn(one), letter


@given(strategies.lists(strategies.binary(min_size=12, max_size=12), min_size=3, max_size=3), strategies.booleans())
def test_accents_are_split_off_without_losing_a_pixel(planes, related):
    """'e' with two accented forms of any look; in half of the cases they contain the base letter."""
    base, first, second = (bytes(value & 15 for value in plane) for plane in planes)
    if related:
        first, second = base + first[:4], base + second[:4]
    letters = {letter: Drawing(64, *crop(0, -6, 4, len(levels) // 4, levels))
               for letter, levels in (('e', base), ('é', first), ('ế', second))}
    data = packed(letters, {})
    for letter, one in letters.items():
        assert pixels(data, ord(letter)) == drawn(one)


def test_an_accented_letter_shares_the_bitmap_of_its_base():
    drawings = {ord(letter): one for letter, one in LETTERS.items()}
    assert [len(pack.split(letter, drawings)) for letter in 'eéę'] == [1, 2, 1]


def pens(text):
    """Where the pen is before each character and after the last, in sixteenths of a pixel, by the tables above."""
    found, last = [0], ''
    for letter in text:
        found[-1] += KERNING.get((last, letter), 0)
        found.append(found[-1] + LETTERS.get(letter, LETTERS['◆']).advance)
        last = letter
    return found


def test_widths_add_advances_and_kerning(sample):
    assert sample.width('') == 0
    assert sample.width('A') == 5
    assert sample.width('AV') == round((80 - 24 + 84) / 16)
    assert pens('AVe.') == [0, 80 - 24, 56 + 84 - 10, 130 + 64, 194 + 32]


@given(strategies.text('AVeé. Ж', max_size=12), strategies.integers(0, 60))
def test_fit_and_ellipsis_keep_within_the_width(tmp_path_factory, text, width):
    path = tmp_path_factory.getbasetemp() / 'fit.font'
    if not path.exists():
        path.write_bytes(packed())
    files = OpenFiles()
    sample = font.Font(str(path), files=files)
    count = sample.fit(text, width)
    assert sample.width(text[:count]) <= width
    assert count == len(text) or sample.width(text[:count + 1]) > width
    short = sample.ellipsis(text, width)
    assert short == text if sample.width(text) <= width else short.endswith('…')
    assert sample.width(short) <= width or short == '…'
    files.close()


def test_covers_tells_what_can_be_set(sample):
    assert all(sample.beyond().number(ord(letter)) >= 0 for letter in LETTERS)
    assert all(sample.beyond().number(code) < 0 for code in (0, ord('b'), ord('è'), 0x30A2, 0x1F600))


def test_a_character_without_glyph_is_a_quiet_sign_and_no_crash(sample):
    assert sample.width('語') == sample.width('◆')


def test_metrics_are_read(sample):
    assert (sample.cap_height, sample.x_height, sample.ascent, sample.descent, sample.line) == METRICS
    assert sample.kerned


def test_without_kerning_there_is_no_matrix(tmp_path):
    path = tmp_path / 'plain.font'
    path.write_bytes(packed(kerning={}))
    assert not font.Font(str(path)).kerned


@pytest.mark.parametrize('damage, sentence', [
    (lambda data: data[:-1], 'cut short'),
    (lambda data: data[:10], 'not a font'),
    (lambda data: b'PNG!' + data[4:], 'not a font'),
    (lambda data: None, 'missing'),
])
def test_a_damaged_or_missing_file_is_told(tmp_path, damage, sentence):
    path = tmp_path / 'damaged.font'
    data = damage(packed())
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(font.FontError, match=sentence):
        font.Font(str(path))


BITMAPS = """
from font import Cache, Font
sample = Font({path!r}, Cache(20))
for letter in 'AVeéę ЖéA':
    for blob in sample.blobs(ord(letter)):
        print(ord(letter), ''.join(['%02x' % byte for byte in blob]))
"""


@pytest.mark.micropython
@pytest.mark.usefixtures('micropython')
def test_micropython_unpacks_the_same_bitmaps_through_a_small_cache(tmp_path):
    path = tmp_path / 'sample.font'
    path.write_bytes(packed())
    lines = runtime.run_script(BITMAPS.format(path=str(path))).split('\n')[:-1]
    expected = []
    drawings = {ord(letter): one for letter, one in LETTERS.items()}
    for letter in 'AVeéę ЖéA':
        for x, y, width, height, levels in pack.split(letter, drawings):
            blob = struct.pack('<bbBB', x, y, width, height) + pack.nibbles(width, levels)
            expected.append(f'{ord(letter)} {blob.hex()}')
    assert lines == expected


@pytest.mark.parametrize('text', ['', 'A', 'AVAéA', 'AV VA', 'VA語A', 'A' * 30])
def test_widths_and_what_fits_are_those_of_the_pens(sample, text):
    found = pens(text)
    assert sample.width(text) == (found[-1] + 8) >> 4
    for width in range(-1, sample.width(text) + 2):
        within = [number for number, pen in enumerate(found) if (pen + 8) >> 4 > width]
        assert sample.fit(text, width) == max(0, (within or [len(found)])[0] - 1)
