"""lib/canvas, rim and image on real MicroPython: exact text, smooth discs and rings, pictures, and what is sent."""
import functools
import struct

import numpy
import pytest

from assets import rims
from assets.designs import pack as design_pack
from tests.unit.rigs.screens import compiled_assets, frame, run, word
from tests.unit.test_font import LETTERS, drawn, packed

pytestmark = [pytest.mark.micropython, pytest.mark.usefixtures('micropython')]
NIGHT, PAPER, SUN = 0x14233F, 0xF8F4EA, 0xFFC23D


@functools.cache
def ring():
    """A compiled ring of sixty parts, which takes a second."""
    return rims.compile_ring(rims.Ring('rim', 106, 118, 60))


def mixed(ground, colour, level):
    """The RGB565 word `level`/15 of the way between two 0xRRGGBB colours."""
    ground, colour, result = word(ground), word(colour), 0
    for shift, mask in ((11, 31), (5, 63), (0, 31)):
        start, end = ground >> shift & mask, colour >> shift & mask
        result |= int(start + (end - start) * level / 15 + 0.5) << shift
    return result


def test_text_is_blended_pixel_for_pixel_at_its_pens(tmp_path):
    (tmp_path / 'sample.font').write_bytes(packed())
    out = run(tmp_path, f"""
from font import Font
sample = Font({str(tmp_path / 'sample.font')!r})
canvas = Canvas()
canvas.fill(rgb({NIGHT}))
print(canvas.text(sample, 'AéV', 50, 100, rgb({PAPER}), rgb({NIGHT})))
keep(canvas, 'text')
""")
    expected = numpy.full((240, 240), word(NIGHT))
    for letter, pen in (('A', 0), ('é', 80), ('V', 144)):
        for (x, y), level in drawn(LETTERS[letter]).items():
            expected[100 + y, 50 + (pen + 8) // 16 + x] = mixed(NIGHT, PAPER, level)
    assert (frame(tmp_path, 'text') == expected).all()
    assert int(out) == 50 + (144 + 84 + 8) // 16


def test_text_marks_just_what_it_covers(tmp_path):
    (tmp_path / 'sample.font').write_bytes(packed())
    out = run(tmp_path, f"""
from font import Font
sample, canvas, display = Font({str(tmp_path / 'sample.font')!r}), Canvas(), Display()
canvas.text(sample, 'é', 50, 100, 1, 0)
canvas.flush(display)
canvas.text(sample, ' ', 50, 100, 1, 0)
canvas.text(sample, '', 50, 100, 1, 0)
print(canvas.flush(display), display.windows)
""")
    assert out == '0 [(50, 90, 3, 6)]\n'


def test_a_cache_that_is_too_small_changes_nothing_but_the_time(tmp_path):
    """Name type whose letters do not all fit the pool, ASCII and not, on a frame that cuts them off."""
    compiled_assets()
    out = run(tmp_path, f"""
from font import Cache, Font
sums = set()
for cache in (Cache(0), Cache(60_000)):
    sample, canvas = Font(ASSETS + '/fonts/name-44.font', cache), Canvas()
    canvas.fill(rgb({NIGHT}))
    for line, text in enumerate(('Wolfgang Amadeus', 'Bärbel & Øystein 42', '(Hm?) "QXYZJK" #@')):
        canvas.text(sample, text, -7, 20 + 50 * line, rgb({PAPER}), rgb({NIGHT}))
    sums.add(sum_of(canvas))
    print(cache.age > 3, len(cache.pages) == 1)
print(len(sums))
""", heap='1m')
    assert out == 'True True\nFalse False\n1\n'


@pytest.mark.parametrize('x, y, radius', [(120, 120, 60), (119.5, 119.5, 118), (50, 60.5, 7), (5, 230, 20), (100, 100, 1)])
def test_a_disc_is_smooth_and_within_a_shade_of_the_true_circle(tmp_path, x, y, radius):
    run(tmp_path, f"""
canvas = Canvas()
canvas.disc({x}, {y}, {radius}, rgb(0xFFFFFF), 0)
keep(canvas, 'disc')
display = Display()
canvas.flush(display)
canvas.fill(0)
for window in display.windows:
    canvas.rect(*window, rgb(0xFFFFFF))
keep(canvas, 'windows')
""")
    green = (frame(tmp_path, 'disc') >> 5 & 63) / 63
    steps = (numpy.arange(16) + 0.5) / 16 - 0.5
    rows, columns = numpy.add.outer(numpy.arange(240), steps).ravel(), numpy.add.outer(numpy.arange(240), steps).ravel()
    inside = (rows[:, None] - y) ** 2 + (columns[None, :] - x) ** 2 <= radius * radius
    truth = inside.reshape(240, 16, 240, 16).mean(axis=(1, 3))
    assert abs(green - truth).max() <= (0.12 if radius > 2 else 0.25)
    assert (frame(tmp_path, 'windows')[green > 0] > 0).all()


def test_a_ring_is_whole_seamless_and_its_updates_equal_a_fresh_one(tmp_path):
    (tmp_path / 'rim').write_bytes(ring())
    out = run(tmp_path, f"""
from rim import Rim
rim, canvas, display = Rim({str(tmp_path / 'rim')!r}), Canvas(), Display()
colours = rgb({SUN}), rgb(0x2A4067), 0
rim.draw(canvas, 60, *colours)
keep(canvas, 'full')
for before, done in ((0, 0), (0, 1), (1, 2), (2, 30), (30, 59), (59, 60), (60, 12), (12, 0)):
    canvas.fill(0)
    rim.draw(canvas, before, *colours)
    canvas.flush(display)
    display.windows = []
    rim.update(canvas, before, done, *colours)
    canvas.flush(display)
    print(before, done, sum([w * h for x, y, w, h in display.windows]))
    keep(canvas, 'updated%d' % done)
    canvas.fill(0)
    rim.draw(canvas, done, *colours)
    keep(canvas, 'fresh%d' % done)
""")
    sent = {tuple(map(int, line.split()[:2])): int(line.split()[2]) for line in out.split('\n') if line}
    for before, done in sent:
        assert (frame(tmp_path, f'updated{done}') == frame(tmp_path, f'fresh{done}')).all(), (before, done)
    assert sent[0, 0] == 0
    assert sent[1, 2] < 900
    rows, columns = numpy.mgrid[:240, :240] - 119.5
    distance = numpy.hypot(rows, columns)
    full = frame(tmp_path, 'full')
    assert (full[(distance > 107) & (distance < 117)] == word(SUN)).all()
    assert (full[(distance < 105) | (distance > 119)] == 0).all()


def picture(plate='120 239'):
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 240 240" data-plate="{plate}" '
            'data-plate-colour="#0B2458" data-ink="#F8F4EA"><rect width="240" height="240" fill="#1BAABB"/>'
            '<circle cx="100" cy="60" r="40" fill="#FF5A4B"/><rect y="120" width="240" height="120" fill="#0B2458"/></svg>')


def test_a_picture_keeps_its_flat_colours_and_can_be_drawn_in_parts(tmp_path):
    (tmp_path / 'design').write_bytes(design_pack.compile_design(picture()))
    out = run(tmp_path, f"""
from image import Image
canvas = Canvas()
with Image({str(tmp_path / 'design')!r}) as design:
    design.draw(canvas)
    print(design.plate == (120, 239, rgb(0x0B2458), rgb(0xF8F4EA)))
    keep(canvas, 'whole')
    canvas.fill(0)
    print(design.draw(canvas, first=30, last=50))
    keep(canvas, 'part')
""")
    whole, part = frame(tmp_path, 'whole'), frame(tmp_path, 'part')
    assert out == 'True\n(24, 71)\n'
    for (x, y), colour in (((0, 0), 0x1BAABB), ((100, 60), 0xFF5A4B), ((239, 239), 0x0B2458), ((0, 120), 0x0B2458)):
        assert whole[y, x] == word(colour)
    assert (part[24:72] == whole[24:72]).all()
    assert not part[:24].any() and not part[72:].any()
    assert len(set(whole.flat)) > 6                             # the disc's edge has shades


@pytest.mark.parametrize('module, maker, data', [
    ('rim', 'Rim', lambda: rims.compile_ring(rims.Ring('rim', 106, 118, 12))),
    ('image', 'Image', lambda: design_pack.compile_design(picture())),
])
def test_damaged_and_missing_files_are_told(tmp_path, module, maker, data):
    whole = data()
    for name, content in (('short', whole[:-1]), ('stump', whole[:9]), ('other', b'PNG!' + whole[4:])):
        (tmp_path / name).write_bytes(content)
    out = run(tmp_path, f"""
import {module}
for name in ('short', 'stump', 'other', 'absent'):
    try:
        {module}.{maker}({str(tmp_path)!r} + '/' + name)
    except {module}.{maker}Error as problem:
        print(str(problem).replace({str(tmp_path)!r} + '/', ''))
""")
    short, stump, other, absent = out.split('\n')[:-1]
    assert short.endswith('short is cut short') and absent.endswith('absent is missing')
    assert 'is not a' in stump and 'is not a' in other


def test_the_yardstick_scenes_cost_one_window_each(tmp_path):
    """Scenes A (name tag with ring) and B (one figure changes) of the peers' comparison: 115,211 and at most 6,283 bytes
    in six writes each; and what is drawn but not changed on screen costs nothing."""
    (tmp_path / 'rim').write_bytes(ring())
    (tmp_path / 'sample.font').write_bytes(packed())
    out = run(tmp_path, f"""
from font import Font
from rim import Rim
display, canvas = Display(), Canvas()
sample, rim = Font({str(tmp_path / 'sample.font')!r}), Rim({str(tmp_path / 'rim')!r})
canvas.fill(rgb(0x0B3C49))
canvas.text(sample, 'AVe', 90, 84, rgb(0xF7F3E3), rgb(0x0B3C49))
rim.draw(canvas, 39, rgb(0xFFC145), rgb(0x105566), rgb(0x0B3C49))
print(canvas.flush(display), display.windows)
display.windows = []
canvas.rect(64, 86, 112, 28, rgb(0x0B3C49))
canvas.text(sample, 'AVe', 90, 100, rgb(0xF7F3E3), rgb(0x0B3C49))
print(canvas.flush(display), display.windows)
print(canvas.flush(display))
""")
    assert out == '1 [(0, 0, 240, 240)]\n1 [(64, 86, 112, 28)]\n0\n'


def test_rgb565_matches_the_word_on_the_wire(tmp_path):
    out = run(tmp_path, """
from rgb565 import mix
print(*[rgb(colour) for colour in (0xFF0000, 0x00FF00, 0x0000FF, 0x123456)])
print(*[mix(rgb(0x14233F), rgb(0xF8F4EA), level) for level in range(16)])
""")
    first, second = (list(map(int, line.split())) for line in out.split('\n')[:2])
    for value, colour in zip(first, (0xFF0000, 0x00FF00, 0x0000FF, 0x123456), strict=True):
        assert struct.pack('<H', value) == struct.pack('>H', word(colour))
    assert [struct.unpack('>H', struct.pack('<H', value))[0] for value in second] == [
        mixed(0x14233F, 0xF8F4EA, level) for level in range(16)]
