"""lib/wide_font reads what assets/fonts/wide.py writes, at its own size bit for bit and at others as bilinear resampling does;
what no font has gets the sign for it. On real MicroPython, with GNU Unifont."""
import json

import numpy
import pytest

from assets.fonts import wide
from tests.simulator import runtime
from tests.unit.rigs.screens import ROOT, compiled_assets

pytestmark = [pytest.mark.micropython, pytest.mark.usefixtures('micropython')]
CODES = [ord(letter) for letter in 'Aßאم김ዬ鿋ᏎÿŁ~☂']
SCALES = (8, 10, 16, 24)

SCRIPT = """
import json, struct
from open_files import OpenFiles
from wide_font import Fallback, Wide

wide = Wide({path!r}, OpenFiles())
for scale in {scales}:
    one = Fallback([wide], (scale,))
    for code in {codes}:
        blob, = one.blobs(code)
        row = [scale, code, one.advance(code), one.reach(code)]
        print(json.dumps(row + list(struct.unpack('<bbBB', blob)) + [list(blob[4:])]))
both = Fallback([wide, wide], (8, 8))
print(json.dumps([both.advance(code) for code in (0x41, 0x378, 0xE000, 0x1F338, 0x200D, 0xFE0F, 0x1F3FD, 0x10FFFF)]))
print(json.dumps([both.blobs(0x378), both.blobs(0x200D)]))
"""


@pytest.fixture(scope='module')
def read(tmp_path_factory):
    """({(scale, code): [advance, reach, x, y, width, height, levels]}, the fallback's advances, its pieces)."""
    compiled_assets()
    folder = tmp_path_factory.mktemp('wide')
    bitmaps = wide.unifont(next((ROOT / 'build/fonts').rglob('unifont.hex')).parent)
    path = folder / 'sample.wide'
    path.write_bytes(wide.pack(wide.UNIFONT, bitmaps, 16))
    script = folder / 'read.py'
    script.write_text(SCRIPT.format(path=str(path), scales=SCALES, codes=CODES))
    *lines, advances, pieces = [json.loads(line) for line in runtime.run_script(script).splitlines()]
    found = {}
    for scale, code, advance, reach, x, y, width, height, data in lines:
        rows = numpy.array(data, numpy.uint8).reshape(height, -1)
        levels = numpy.stack([rows >> 4, rows & 15], axis=2).reshape(height, -1)[:, :width]
        found[scale, code] = advance, reach, x, y, levels
    return bitmaps, found, advances, pieces


def bits(glyph):
    return numpy.unpackbits(numpy.frombuffer(glyph.rows, numpy.uint8)).reshape(16, glyph.width)


def enlarged(ink, scale):
    """Bilinear, of pixel centres, with what lies between 44/240 and 124/240 stretched to 0..15."""
    def places(size):
        return (numpy.arange(-(-size * scale // 8)) + 0.5) * 8 / scale + 0.5

    ink = numpy.pad(ink.astype(float), ((1, 2), (1, 2)))
    for axis in (0, 1):
        at = places(ink.shape[axis] - 3)
        low, part = at.astype(int), at % 1
        part = part[:, None] if axis == 0 else part
        ink = ink.take(low, axis) * (1 - part) + ink.take(low + 1, axis) * part
    return ink if scale == 8 else numpy.clip((ink * 240 - 44) / 80, 0, 1)


def test_at_its_own_size_every_bit_is_as_in_the_source(read):
    bitmaps, found, *_ = read
    for code in CODES:
        advance, _, x, y, levels = found[8, code]
        assert (levels == 15 * bits(bitmaps[code])).all(), chr(code)
        assert (advance, x, y) == (16 * bitmaps[code].advance, bitmaps[code].x, -14)


@pytest.mark.parametrize('scale', SCALES)
def test_larger_it_is_resampled_between_pixels(read, scale):
    bitmaps, found, *_ = read
    for code in CODES:
        advance, reach, _, y, levels = found[scale, code]
        wanted = enlarged(bits(bitmaps[code]), scale)
        assert levels.shape == wanted.shape
        assert numpy.abs(levels / 15 - wanted).max() < 0.25, chr(code)          # sixteenths of a pixel are rounded
        assert numpy.abs(levels / 15 - wanted).mean() < 0.02, chr(code)
        assert advance == bitmaps[code].advance * 2 * scale and y == -14 * scale // 8
        assert reach == (14 - numpy.flatnonzero(bits(bitmaps[code]).any(axis=1))[0]) * scale // 8


TWINS = """
import os, resample, resample_native
for bits, width, rows in ((1, 16, 16), (1, 8, 16), (2, 27, 30), (2, 1, 30), (4, 5, 3)):
    packed = os.urandom(rows * ((width * bits + 7) // 8))
    for scale in (3, 4, 5, 8, 10, 12, 16, 24):
        for sharper in (False, True):
            found = []
            for twin in (resample, resample_native):
                levels = bytearray((width + 3) * (rows + 3))
                twin.unpack(levels, packed, width, rows, bits)
                wide, high = -(-width * scale // 8), -(-rows * scale // 8)
                bitmap = bytearray((wide + 1) // 2 * high)
                twin.enlarge(bitmap, levels, bytearray(width + 3), wide, high, width + 3, scale, sharper)
                found.append((levels, bitmap))
            print(found[0] == found[1] and any(found[0][0]))
"""


def test_machine_code_and_its_plain_twin_agree(tmp_path):
    script = tmp_path / 'twins.py'
    script.write_text(TWINS)
    assert set(runtime.run_script(script).split()) == {'True'}


def test_what_no_font_has_is_told_from_what_is_not_to_be_seen(read):
    """A letter; unassigned, private, emoji: none; joiner, variation, skin tone: nothing to draw; the last code point."""
    _, _, advances, pieces = read
    assert advances == [128, -1, -1, -1, 0, 0, 0, 0]
    assert pieces == [None, []]


def test_the_fonts_together_fit_their_share_of_the_flash():
    """3 MB, of which the names' own fonts are the smaller part; every character of the plane is in one of them."""
    folder = compiled_assets() / 'fonts'
    assert sum(path.stat().st_size for path in folder.iterdir()) <= 3_000_000
