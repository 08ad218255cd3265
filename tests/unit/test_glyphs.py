"""The machine code of lib/glyphs_native and discs_native and their plain twins agree pixel for pixel, within the frame and
across its edges; on real MicroPython, with a font of the product's format."""
import pytest

from assets.fonts.rasterise import Drawing, crop
from tests.unit.rigs.screens import run
from tests.unit.test_font import LETTERS, packed

pytestmark = [pytest.mark.micropython, pytest.mark.usefixtures('micropython')]
MORE = {**LETTERS, 'x': Drawing(90, *crop(-2, -9, 5, 9, bytes(at * 7 % 16 for at in range(45))))}

TWINS = """
import os, random
from array import array
import discs, discs_native, font, glyphs, glyphs_native
random.seed(6)
WIDE, HIGH = 60, 50

def alike(name, *arguments, changed=(), twins=(glyphs, glyphs_native)):
    'What both twins return and leave in the arguments `changed`; whether it is the same; and the last of it.'
    found = []
    for twin in twins:
        own = [type(one)(one) if at in changed and type(one) is bytearray else
               array('H', one) if at in changed else one
               for at, one in enumerate(arguments)]
        found.append((getattr(twin, name)(*own), [bytes(own[at]) for at in changed]))
    assert found[0] == found[1], (name, arguments, found)
    return found[1]

"""


def checked(folder, source):
    (folder / 'sample.font').write_bytes(packed(MORE))
    return run(folder, TWINS + f"sample = font.Font({str(folder / 'sample.font')!r})\n" + source)


def test_both_measure_and_lay_the_same(tmp_path):
    out = checked(tmp_path, """
core, places = sample._take_core(), array('H', [number % 7 * 900 for number in range(96)])
for text in ('', 'A', 'AV', 'VA.e', 'AVAVA V', 'xAx', 'A' * 70, 'b', 'A\\u00e9', '\\x7f', '\\x1f', 'A' * 1001):
    for most in (-1, 0, 79, 80, 200, 1 << 28):
        print(alike('lay', core, text, most, b'', b'')[0])
        for run in ((0, 0, 0, 0) + 2 * (0,), (0, 0, 0, 0) + 60 * (0,), (1, 33, 1, 0) + 8 * (0,)):
            alike('lay', core, text, most, places, array('H', run), changed=(4,))
for row in range(5):
    for column in range(6):
        alike('kerning', core, row, column)
""")
    found = list(map(int, out.split()))
    assert found[12:18] == [0, 56 << 10, 140 << 10 | 1, 140 << 10 | 1, 140 << 10 | 2, 140 << 10 | 2]


def test_both_draw_the_same_and_nothing_beyond_the_edges(tmp_path):
    out = checked(tmp_path, """
blobs = [bytes(blob) for letter in 'AVex' for blob in sample.blobs(ord(letter))]
pool, places = b''.join(blobs), [sum([len(blob) for blob in blobs[:number]]) for number in range(4)]
inked = 0
for round in range(150):
    frame, words = bytearray(2 * WIDE * HIGH), bytearray(os.urandom(32))
    words[2:4] = words[:2]                      # a colour that is not drawn
    run = array('H', [0, 0, 0, 0] + [number for place in places for number in (place, random.randrange(-12, 12) & 0xFFFF)])
    x, y = random.randrange(-9, WIDE + 9), random.randrange(-3, HIGH + 15)
    _, (drawn, bounds) = alike('stamp', frame, array('H', (WIDE, HIGH, WIDE, HIGH, 0, 0)), pool, run, 12, words, x, y,
                               changed=(0, 1))
    inked += any(drawn)
print(inked > 100)
for round in range(150):
    frame, words = bytearray(2 * WIDE * HIGH), os.urandom(32)
    alike('disc', frame, array('H', (WIDE, HIGH, 0, 0, 0, 0)), random.randrange(-20, 140), random.randrange(-20, 120),
          random.randrange(1, 60), words, changed=(0,), twins=(discs, discs_native))
for round in range(150):
    alike('blend', bytearray(32), random.getrandbits(16), random.getrandbits(16), changed=(0,))
print('done')
""")
    assert out == 'True\ndone\n'
