"""Which fonts the pin carries: family, size and characters of each. One row a font; adding one is adding a row.

Set-up reads `DEBIAN_PACKAGES` (it imports nothing else from here), `assets/build.py` compiles `FONTS`. Fonts under the OFL
may be embedded and passed on compiled, as long as their licence (the package's copyright file) goes with them.
"""
from typing import NamedTuple

DEBIAN_PACKAGES = ('fonts-inter',)      # Inter 4 by Rasmus Andersson, OFL-1.1: /usr/share/fonts/opentype/inter

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
    (0x02BB, 0x02BC),                   # okina, apostrophe
    (0x1E80, 0x1E85), (0x1E9E, 0x1E9E), (0x1EA0, 0x1EF9),       # Welsh, capital sharp s, Vietnamese
    (0x2010, 0x2015), (0x2018, 0x201E), (0x2020, 0x2022), (0x2026, 0x2026), (0x2030, 0x2030), (0x2032, 0x2033),
    (0x2039, 0x203A), (0x20AC, 0x20AC), (0x2116, 0x2116), (0x2122, 0x2122), (0x2190, 0x2193), (0x2212, 0x2212),
)
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
    Recipe('name-44', LARGE, 44, LATIN),
    Recipe('name-36', LARGE, 36, LATIN),
    Recipe('name-28', LARGE, 28, LATIN),
    Recipe('title-20', SMALL, 20, LATIN),
    Recipe('caption-16', SMALL, 16, LATIN),
    Recipe('figures-64', FIGURES, 64, NUMBERS, tabular=True),
    Recipe('figures-52', FIGURES, 52, NUMBERS, tabular=True),          # five figures do not fit the rim at 64
)
