"""The asset builder: rules of the design set are enforced with a sentence, output is repeatable, and the fonts hold what
people are called."""
import struct

import pytest

from assets import build, rims
from assets.designs import pack
from assets.fonts import recipe
from assets.icons.recipe import ICONS
from firmware.ui import theme
from tests.unit.rigs.screens import ROOT, compiled_assets
from tests.unit.test_canvas import picture


@pytest.mark.parametrize('svg, sentence', [
    (picture().replace('data-ink="#F8F4EA"', 'data-ink="#FF5A4B"'), 'reaches 4.8 : 1; a name needs 7 : 1'),
    (picture(plate='100 239'), 'the plate, rows 100 to 239, is not flat'),
    (picture().replace('#FF5A4B', 'red'), "'red' is not a colour"),
    (picture().replace('fill="#FF5A4B"', 'fill="#F00"'), "'#F00' is not a colour like #1A2B3C"),
    (picture().replace('data-plate-colour="#0B2458"', ''), 'None is not a colour'),
])
def test_a_design_that_breaks_a_rule_is_refused_with_a_sentence(svg, sentence):
    with pytest.raises(pack.DesignError, match=sentence):
        pack.compile_design(svg)


def test_contrast_of_black_and_white_is_21():
    assert pack.contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    assert pack.contrast((119, 119, 119), (255, 255, 255)) == pytest.approx(4.48, abs=0.01)


@pytest.fixture
def quick(monkeypatch):
    """The builder without its slow parts."""
    monkeypatch.setattr(recipe, 'FONTS', ())
    monkeypatch.setattr(build, 'RINGS', ())
    monkeypatch.setattr(build, 'compile_wide', lambda fonts: (b'ideographs', b'bitmaps'))
    monkeypatch.setattr(build.gallery, 'designs', lambda: {'plain': picture(), 'golf': picture()})


def test_building_twice_changes_nothing_and_leftovers_go(tmp_path, quick):
    said = []
    build.build(tmp_path, ROOT, said.append)
    first = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in tmp_path.rglob('*.*')}
    (tmp_path / 'designs/old.img').write_bytes(b'old')
    said.clear()
    sizes = build.build(tmp_path, ROOT, said.append)
    assert {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in tmp_path.rglob('*.*')} == first
    assert sizes == {path: len(data) for path, (data, _) in first.items()}
    assert sum('(unchanged)' in line for line in said) == len(first)
    assert said[-1] == 'designs/old.img removed: it has no source any more'


def test_a_missing_font_says_which_package_holds_it(tmp_path, capsys):
    assert build.main([str(tmp_path / 'out'), '--fonts', str(tmp_path)]) == 1
    assert 'fonts-inter' in capsys.readouterr().err


def test_a_ring_s_sectors_cover_each_pixel_once():
    ring = rims.Ring('test', 106, 118, 60)
    places = [place for sector in rims.sectors(ring) for place in sector]
    assert len(places) == len(set(places))
    assert len(places) > 3.14 * (118 ** 2 - 106 ** 2)


def test_the_theme_s_icons_and_fonts_are_all_compiled():
    signs = {getattr(theme, name) for name in dir(theme) if name.startswith('ICON_') and len(str(getattr(theme, name))) == 1}
    assert signs and {ord(sign) for sign in signs} <= set(ICONS.values())
    wanted = {*theme.NAME_FONTS, *theme.FIGURES_FONTS, theme.TITLE_FONT, theme.CAPTION_FONT}
    assert wanted == {one.name for one in recipe.FONTS}
    assert theme.RIM in {ring.name for ring in rims.RINGS}


NAMES = {
    'German': 'Jürgen Größl ẞ Ärzte', 'French': 'Zoë Lœuvre François Éric Ÿ', 'Nordic': 'Åse Sørensen Ægir Þór Ðóra',
    'Polish': 'Łukasz Żółć Świątek Ńęź', 'Czech': 'Jiří Dvořák Žižka Ďáblík Ťůň', 'Turkish': 'Işıl Ağca İpek Şule Çiğdem',
    'Vietnamese': 'Nguyễn Thị Minh Khai Đặng Hữu Phước Ườn Ỹ', 'Hungarian': 'Győző Űrhajós', 'Romanian': 'Ștefan Țăranu',
    'Spanish': 'Íñigo Núñez', 'Portuguese': 'João Simões', 'Baltic': 'Ģirts Šķēle Žydrūnas', 'Maltese': 'Ħal Għaxaq',
    'Welsh': 'Siân Ŵyn', 'signs': '“Q” – ‘a’ … € & @ ° · — № ½',
}


@pytest.mark.parametrize('language', NAMES)
def test_names_of_latin_languages_can_be_set_in_every_text_font(language):
    from font import Font
    folder = compiled_assets() / 'fonts'
    for name in (*theme.NAME_FONTS, theme.TITLE_FONT, theme.CAPTION_FONT):
        text = Font(str(folder / f'{name}.font'))
        missing = [letter for letter in NAMES[language] if text.beyond().number(ord(letter)) < 0]
        assert not missing, name


def channels(swapped):
    """(r, g, b) of a byte-swapped RGB565 colour."""
    word = swapped >> 8 | (swapped & 0xFF) << 8
    return (word >> 11) * 255 // 31, (word >> 5 & 63) * 255 // 63, (word & 31) * 255 // 31


@pytest.mark.parametrize('text, ground, least', [
    ('PAPER', 'NIGHT', 7), ('MIST', 'NIGHT', 7), ('INK', 'PAPER', 7), ('INK', 'SUN', 7),        # names and sentences
    ('NIGHT', 'BRONZE', 4.5), ('NIGHT', 'SILVER', 4.5), ('NIGHT', 'GOLD', 4.5),                 # the ring of friends
    ('PAPER', 'SKY', 3), ('PAPER', 'CORAL', 3), ('LEAF', 'NIGHT', 4.5), ('CORAL', 'NIGHT', 4), # initials, icons
])
def test_text_can_be_read_on_its_ground(text, ground, least):
    assert pack.contrast(channels(getattr(theme, text)), channels(getattr(theme, ground))) >= least


def test_large_figures_share_one_width_in_whole_pixels():
    from font import Font
    folder = compiled_assets() / 'fonts'
    for name in theme.FIGURES_FONTS:
        figures = Font(str(folder / f'{name}.font'))
        assert not figures.kerned
        assert len({figures.width(digit * 15) for digit in '0123456789'}) == 1
        assert figures.width('0' * 100) >= theme.DIGIT_PERCENT * figures.cap_height
        assert all(figures.width(letter * 15) == 15 * figures.width(letter) for letter in '0123456789,')


def test_a_design_s_colours_are_the_driver_s():
    """The palette is cut to RGB565 just as `rgb565.rgb` does it."""
    from rgb565 import rgb
    for red, green, blue in ((0x1B, 0xAA, 0xBB), (255, 90, 75), (1, 2, 3), (8, 4, 8)):
        assert pack.swapped_565((red, green, blue)) == rgb(red << 16 | green << 8 | blue)
    assert struct.pack('<H', rgb(0xFF0000)) == b'\xf8\x00'
