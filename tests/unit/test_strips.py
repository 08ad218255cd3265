"""firmware/ui/strips: a prerendered name at half its size, against four pixels added up one by one."""
from hypothesis import given
from hypothesis import strategies as st

from assets.fonts import strip as shaping
from firmware.ui import strips
from tests.golden.states import LAYLA


@given(st.integers(1, 33), st.integers(1, 9), st.randoms())
def test_four_pixels_become_one(width, height, rng):
    pixels = [[rng.randrange(4) for _ in range(width)] + [0] * 8 for _ in range(height)] + [[0] * (width + 8)]
    stride = (width + 3) // 4
    rows = b''.join(bytes(sum(row[4 * at + dot] << 2 * dot for dot in range(4)) for at in range(stride))
                    for row in pixels[:height])
    small = strips.halved(rows, stride)
    assert len(small) == stride * ((height + 1) // 2)
    for y in range((height + 1) // 2):
        for x in range((width + 1) // 2):
            level = small[y * stride + x // 2] >> (0 if x & 1 else 4) & 15
            assert level == sum(pixels[2 * y + down][2 * x + right] for down in (0, 1) for right in (0, 1))


def test_a_strip_is_taken_whole_or_half_as_large_or_not_at_all():
    strip = LAYLA['strip']
    width, height = strip[4], strip[5]
    assert strips.pixels(strip, width, height)[:2] == (width, height)
    assert strips.pixels(strip, width - 1, height)[:2] == ((width + 1) // 2, height // 2)
    assert strips.pixels(strip, 20, height) is None
    assert strips.pixels(b'no picture', width, height) is None
    assert shaping.MAX_HEIGHT // 2 <= 42        # so that the list has room for each at half its size
