"""Which rectangles of a frame buffer the display has not seen yet.

Owns the list of dirty rectangles and merges them where one window costs less than two. Used by `canvas.Canvas`.
"""
from micropython import const

WINDOW_PIXELS = const(500)      # a window costs six SPI writes, about 150 us: the wire time of so many pixels at 40-80 MHz
ROW_PIXELS = const(30)          # copying one narrow row costs about 12 us: cheaper to send so many more and copy nothing
LIMIT = const(16)


class Damage:
    """Dirty rectangles of a surface `width` x `height`, as tuples (left, top, right, bottom), ends not included. `whole`:
    whether all of it is dirty, so that nothing can be added."""

    def __init__(self, width, height):
        self.width, self.height = width, height
        self.clear()

    def clear(self):
        self._dirty = []
        self.whole = False

    def add(self, x, y, w, h):
        """Mark a rectangle; what lies outside the surface is cut off."""
        for left, top, right, bottom in self._dirty:
            if left <= x and top <= y and x + w <= right and y + h <= bottom:
                return
        new = (max(0, x), max(0, y), min(self.width, x + w), min(self.height, y + h))
        if new[0] >= new[2] or new[1] >= new[3]:
            return
        new = self._absorb(new, WINDOW_PIXELS)
        while len(self._dirty) >= LIMIT:
            nearest = min([growth(new, other) for other in self._dirty])
            new = self._absorb(new, nearest + 1)
        self._dirty.append(new)
        self.whole = new == (0, 0, self.width, self.height)

    def _absorb(self, new, limit):
        """Unite `new` with every rectangle where that adds fewer than `limit` pixels, and take those off the list."""
        position = 0
        while position < len(self._dirty):
            other = self._dirty[position]
            if growth(new, other) < limit:
                new = united(new, other)
                del self._dirty[position]
                position = 0                                    # the larger one may now reach others
            else:
                position += 1
        return new

    def rectangles(self):
        """The dirty rectangles as (x, y, w, h); nearly full-width ones are widened, since whole rows need no copying."""
        return [self._widened(*corners) for corners in self._dirty]

    def _widened(self, left, top, right, bottom):
        if self.width - (right - left) <= ROW_PIXELS:
            left, right = 0, self.width
        return left, top, right - left, bottom - top


def united(a, b):
    """The smallest rectangle around two."""
    return min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3])


def area(a):
    return (a[2] - a[0]) * (a[3] - a[1])


def growth(a, b):
    """How many pixels more the united rectangle has than the two together (negative where they overlap)."""
    return area(united(a, b)) - area(a) - area(b)
