"""firmware/ui/layout: text lies inside the circle, is broken evenly, and names are as large as they can be."""
import math

import pytest
from hypothesis import given, strategies

import font
from assets.fonts import pack
from assets.fonts.rasterise import Drawing, Metrics
from firmware.ui import layout, theme

NAMES = strategies.lists(strategies.text('abcdefghijklmnop', min_size=1, max_size=12), min_size=1, max_size=8).map(' '.join)


@pytest.fixture(scope='session')
def fonts(tmp_path_factory):
    """Three fonts whose characters are all 3/5 em wide, largest first."""
    found = []
    for size in (40, 30, 20):
        cap, wide = size * 7 // 10, size * 3 // 5
        drawings = {code: Drawing(wide * 16, 0, -cap, 0, 0, b'') for code in (*range(32, 127), ord('…'))}
        path = tmp_path_factory.mktemp('fonts') / f'{size}.font'
        path.write_bytes(pack.pack(Metrics(cap, cap, cap, 4, size * 5 // 4), drawings))
        found.append(font.Font(str(path)))
    return found


def assert_round(used, placed, radius=theme.CONTENT_RADIUS):
    for text, base_line in placed:
        half = used.width(text) / 2
        for row in (base_line, base_line - used.cap_height):
            assert math.hypot(half, row - theme.MIDDLE) <= radius + 1, text


def test_chords_of_the_fact_sheet():
    """Radius 119: distance 20 -> 237 wide, 60 -> 208, 100 -> 133."""
    for distance, width in ((20, 234), (60, 206), (100, 129)):
        assert abs(layout.chord(theme.MIDDLE - distance, theme.MIDDLE, 119) - width) <= 2
    assert layout.chord(0, 10, 100) == 0


@given(text=NAMES, middle=strategies.integers(90, 160))
def test_a_sentence_keeps_its_words_or_ends_in_an_ellipsis(fonts, text, middle):
    used, placed = layout.wrap(((fonts[1], 3), (fonts[2], 5)), text, middle)
    joined = ' '.join(line for line, _ in placed)
    assert joined == text or joined.endswith('…') or '…' in joined
    assert_round(used, placed)
    steps = [second - first for (_, first), (_, second) in zip(placed, placed[1:], strict=False)]
    assert all(step % used.line == 0 for step in steps)


def test_a_sentence_takes_the_fewest_lines_and_makes_them_even(fonts):
    used, placed = layout.wrap(((fonts[2], 5),), 'aaaa bbbb cccc dddd eeee ffff', 120)
    assert [line for line, _ in placed] == ['aaaa bbbb cccc', 'dddd eeee ffff']
    assert layout.wrap(((fonts[2], 5),), 'short', 120)[1] == [('short', 120 + used.cap_height // 2)]
    assert layout.wrap(((fonts[2], 5),), '', 120)[1] == []


def test_a_third_line_comes_before_smaller_type(fonts):
    """Two lines around row 136 can't hold these words, and in the widest circle the first two of three lines do."""
    used, placed = layout.wrap(((fonts[2], 4),), 'aa aa aaa aaaaaaaa aaaaaaaa', 136)
    assert used is fonts[2]
    assert len(placed) == 3


def test_a_long_sentence_takes_the_next_font(fonts):
    used, _ = layout.wrap(((fonts[0], 1), (fonts[2], 5)), 'some words too long for one line', 120)
    assert used is fonts[2]


@given(text=NAMES, below=strategies.sampled_from([0, 20, 45]))
def test_a_name_is_whole_or_not_there(fonts, text, below):
    found = layout.name(fonts, text, 80, 215, below)
    if found:
        used, placed = found
        assert ' '.join(line for line, _ in placed) == text
        assert_round(used, placed)
        assert placed[0][1] - used.cap_height >= 80
        assert placed[-1][1] + below <= 215
    else:
        used, placed = layout.cut_name(fonts, text, 80, 215)
        assert '…' in placed[-1][0] or not placed
        assert_round(used, placed)


@pytest.mark.parametrize('text, size, lines', [
    ('Jo', 0, ['Jo']),
    ('Amelia Q', 0, ['Amelia Q']),
    ('Amelia Que', 1, ['Amelia Que']),
    ('Amelia Quentin', 2, ['Amelia Quentin']),
    ('Maximilian Mustermann', 1, ['Maximilian', 'Mustermann']),
    ('Maximilian-Mustermann', 1, ['Maximilian-', 'Mustermann']),
    ('Maximiliane von Habsburg-Lothringen', 2, ['Maximiliane', 'von Habsburg-', 'Lothringen']),
])
def test_names_shrink_then_break_then_break_again(fonts, text, size, lines):
    used, placed = layout.name(fonts, text, 90, 215, 0)
    assert used is fonts[size]
    assert [line for line, _ in placed] == lines


def test_a_name_of_one_word_that_no_line_can_hold_goes_on_in_the_next(fonts):
    text = 'Donaudampfschifffahrtsgesellschaft'
    assert layout.name(fonts, text, 90, 215, 0) is None
    used, placed = layout.cut_name(fonts, text, 90, 215)
    assert used is fonts[-1] and ''.join(line for line, _ in placed) == text
    assert_round(used, placed)


def test_one_that_not_even_three_lines_hold_is_cut(fonts):
    text = 'Donaudampfschifffahrtsgesellschaft' * 3
    _, placed = layout.cut_name(fonts, text, 90, 215)
    assert placed[-1][0].endswith('…') and text.startswith(placed[0][0].rstrip('…'))


@pytest.mark.parametrize('text, parts', [
    ('Ada Lovelace', ['Ada Lovelace']), ('山田太郎', ['山', '田', '太', '郎']), ('アンナー', ['ア', 'ン', 'ナー']),
    ('สมชายใจดี', ['ส', 'ม', 'ชา', 'ย', 'ใจ', 'ดี']), ('Ana山', ['Ana山']), ('김민', ['김', '민']),
])
def test_scripts_without_spaces_may_break_between_their_letters(text, parts):
    assert layout.loosened(text).split(layout.BREAK) == parts


def test_what_does_not_fit_goes_on_in_the_next_line_before_it_is_cut(fonts):
    _, placed = layout.cut_name(fonts, 'Anna Wolfeschlegelsteinhausen', 138, 214)
    assert placed[0][0] == 'Anna'
    assert placed[1][0].startswith('Wolfesch') and placed[1][0].endswith('…')


def test_a_name_takes_smaller_type_before_it_is_cut(fonts):
    text = 'Anna Wolfeschlegel'
    assert layout.name(fonts[:2], text, 150, 214, 0) is None
    used, placed = layout.cut_name(fonts[:2], text, 150, 214, fonts[2])
    assert used is fonts[2] and ' '.join(line for line, _ in placed) == text


def test_a_picture_of_a_name_stands_in_the_middle_or_at_the_top():
    assert layout.picture(150, 30, 140, 200) == 155
    assert layout.picture(178, 30, 140, 200) == 140
    assert layout.picture(200, 30, 140, 200) == layout.picture(20, 70, 140, 200) == -1
