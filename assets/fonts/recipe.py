"""Which fonts the pin carries: family, size and characters of each. One row a font; adding one is adding a row.

Set-up reads `DEBIAN_PACKAGES` (it imports nothing else from here), `assets/build.py` compiles `FONTS` and the two wide ones.
Fonts under these licences may be embedded and passed on compiled, as long as the licence (the package's copyright file) goes
with them.
"""
from typing import NamedTuple

DEBIAN_PACKAGES = (
    'fonts-inter',                      # Inter 4 by Rasmus Andersson, OFL-1.1: /usr/share/fonts/opentype/inter
    'fonts-droid-fallback',             # Droid Sans Fallback by Google, Apache-2.0: /usr/share/fonts/truetype/droid
    'fonts-noto-ui-core',               # Noto Sans UI, OFL-1.1, for names as pictures: /usr/share/fonts/truetype/noto
    'unifont',                          # GNU Unifont, OFL-1.1 or GPL-2+ with the font exception: /usr/share/unifont
)

# The first file that the unpacked packages hold is taken: releases before Inter 4 have no optical size for large type.
LARGE = ('InterDisplay-SemiBold.otf', 'Inter-SemiBold.otf')
FIGURES = ('InterDisplay-SemiBold.otf', 'Inter-SemiBold.otf')
SMALL = ('Inter-Medium.otf',)

LATIN = (
    (0x0020, 0x007E),                   # ASCII
    (0x00A0, 0x017F),                   # Western, Nordic, Baltic, Polish, Czech, Turkish
    (0x0192, 0x0192), (0x01A0, 0x01A1), (0x01AF, 0x01B0),       # florin; Vietnamese o and u with horn
    (0x01CD, 0x01D4), (0x01E6, 0x01E7), (0x01EA, 0x01EB),       # pinyin, Romani, Sami
    (0x0218, 0x021B), (0x0259, 0x0259), (0x018F, 0x018F),       # Romanian, Azerbaijani
    (0x0181, 0x0181), (0x0186, 0x0186), (0x0189, 0x018A), (0x018E, 0x018E), (0x0190, 0x0191), (0x0194, 0x0194),
    (0x0198, 0x0199), (0x01B2, 0x01B4), (0x01DD, 0x01DD), (0x0253, 0x0254), (0x0256, 0x0257), (0x025B, 0x025B),
    (0x0263, 0x0263), (0x028B, 0x028B),                         # Hausa, Fula, Ewe, Akan, Lingala
    (0x02BB, 0x02BC),                   # okina, apostrophe
    (0x1E00, 0x1EF9),                   # Indian languages in Latin letters, Welsh, capital sharp s, Vietnamese
    (0x2010, 0x2015), (0x2018, 0x201E), (0x2020, 0x2022), (0x2026, 0x2026), (0x2030, 0x2030), (0x2032, 0x2033),
    (0x2039, 0x203A), (0x20AC, 0x20AC), (0x2116, 0x2116), (0x2122, 0x2122), (0x2190, 0x2193), (0x2212, 0x2212),
    (0x25C6, 0x25C6),                   # stands for a character that no font has
)
GREEK = ((0x0370, 0x03FF),)
CYRILLIC = ((0x0400, 0x0481), (0x048A, 0x052F))
TEXT = LATIN + GREEK + CYRILLIC
NUMBERS = ((0x20, 0x20), (0x25, 0x25), (0x2B, 0x3A), (0x2009, 0x2009), (0x2212, 0x2212))


class Recipe(NamedTuple):
    """`name` of the compiled file; `faces`: file names, the first found is used; `size` in pixels per em; `ranges` of code
    points, both ends included; `tabular`: figures share one width and nothing is kerned."""
    name: str
    faces: tuple
    size: int
    ranges: tuple
    tabular: bool = False


FONTS = (
    Recipe('name-44', LARGE, 44, TEXT),
    Recipe('name-36', LARGE, 36, TEXT),
    Recipe('name-28', LARGE, 28, TEXT),
    Recipe('title-20', SMALL, 20, TEXT),
    Recipe('caption-16', SMALL, 16, TEXT),
    Recipe('figures-64', FIGURES, 64, NUMBERS, tabular=True),
    Recipe('figures-52', FIGURES, 52, NUMBERS, tabular=True),          # five figures do not fit the rim at 64
)

# Kana, and the ideographs that the national standards of China, Japan and (its frequent half) Taiwan hold; drawn at one size
# and resampled on the pin. What is left of the Basic Multilingual Plane comes from the bitmaps of Unifont.
IDEOGRAPHS = ('DroidSansFallbackFull.ttf',)
IDEOGRAPHS_SIZE, IDEOGRAPHS_BOLDER = 30, 0.6            # pixels; bolder, since Inter is half-bold beside it
IDEOGRAPHS_RANGES = ((0x3000, 0x30FF), (0x31F0, 0x31FF), (0xFF01, 0xFF60))
IDEOGRAPHS_OF = (('gb2312', 0xFF), ('shift_jis', 0xFF), ('big5', 0xC6))         # encodings, and their last lead byte
BITMAPS = ('unifont.hex',)
