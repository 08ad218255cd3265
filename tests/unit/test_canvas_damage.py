"""lib/canvas/damage: everything drawn on is sent, little else is, and in few windows."""
import importlib.util
import pathlib

from hypothesis import given, strategies

SIDE = 240
ROOT = pathlib.Path(__file__).resolve().parents[2]
# by path: the package itself needs framebuf, which only MicroPython has
spec = importlib.util.spec_from_file_location('damage', ROOT / 'lib/canvas/damage.py')
damage = importlib.util.module_from_spec(spec)
spec.loader.exec_module(damage)

boxes = strategies.tuples(strategies.integers(-30, 250), strategies.integers(-30, 250), strategies.integers(0, 90),
                          strategies.integers(0, 90))


def dirty(*rectangles):
    found = damage.Damage(SIDE, SIDE)
    for rectangle in rectangles:
        found.add(*rectangle)
    return found.rectangles()


def inside(x, y, rectangle):
    left, top, width, height = rectangle
    return left <= x < left + width and top <= y < top + height


@given(strategies.lists(boxes, max_size=40))
def test_every_pixel_drawn_on_is_sent_and_none_off_the_screen(rectangles):
    sent = dirty(*rectangles)
    for x, y, w, h in rectangles:
        for px, py in ((x, y), (x + w - 1, y), (x, y + h - 1), (x + w - 1, y + h - 1), (x + w // 2, y + h // 2)):
            if w and h and 0 <= px < SIDE and 0 <= py < SIDE:
                assert any(inside(px, py, rectangle) for rectangle in sent)
    for x, y, w, h in sent:
        assert 0 <= x and 0 <= y and w > 0 and h > 0 and x + w <= SIDE and y + h <= SIDE
    assert len(sent) <= damage.LIMIT


def test_nothing_drawn_is_nothing_sent():
    assert dirty() == []
    assert dirty((10, 10, 0, 5), (300, 0, 5, 5), (-9, 3, 9, 3)) == []


def test_what_lies_inside_another_costs_nothing():
    assert dirty((0, 0, 240, 240), (5, 5, 20, 20), (100, 100, 10, 10)) == [(0, 0, 240, 240)]


def test_neighbours_share_a_window_and_strangers_do_not():
    assert dirty((10, 10, 20, 20), (32, 10, 20, 20)) == [(10, 10, 42, 20)]
    assert dirty((10, 10, 20, 20), (200, 200, 20, 20)) == [(10, 10, 20, 20), (200, 200, 20, 20)]


def test_merging_goes_on_while_it_pays():
    """Two far rectangles stay apart until a third between them makes one window cheaper."""
    assert dirty((0, 0, 20, 40), (44, 0, 20, 40), (20, 0, 24, 40)) == [(0, 0, 64, 40)]


def test_nearly_full_width_becomes_whole_rows():
    assert dirty((15, 30, 215, 10)) == [(0, 30, 240, 10)]
    assert dirty((15, 30, 190, 10)) == [(15, 30, 190, 10)]


def test_what_is_whole_says_so_until_it_is_sent():
    dirt = damage.Damage(SIDE, SIDE)
    dirt.add(0, 0, SIDE, SIDE - 1)
    assert not dirt.whole
    dirt.add(0, 200, SIDE, 40)
    assert dirt.whole and dirt.rectangles() == [(0, 0, SIDE, SIDE)]
    dirt.clear()
    assert not dirt.whole
