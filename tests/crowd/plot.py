"""Drawing by hand: an SVG picture of panels with axes, lines, bands and bars. Owns the look; `panels` has the content."""
from html import escape

INK, SOFT, GRID, PAPER, CARD = '#1b2430', '#6b7684', '#e4e8ee', '#f3f5f8', '#ffffff'
TYPE = 'Inter, Helvetica, Arial, sans-serif'
MARGIN = (64, 58, 22, 42)                       # left, top, right, bottom of a panel


def fit(most, steps=5):
    """(top of an axis, its step) with at most so many round steps."""
    step = 1
    while True:
        for factor in (1, 2, 5):
            if most <= step * factor * steps:
                return step * factor * max(1, -(-most // (step * factor))), step * factor
        step *= 10


class Picture:
    """Width and height in px; parts are added from back to front."""

    def __init__(self, width, height):
        self._size = width, height
        self._parts = [f'<rect width="{width}" height="{height}" fill="{PAPER}"/>']

    def add(self, text):
        self._parts.append(text)

    def text(self, x, y, text, size=13, fill=SOFT, anchor='start', weight=400):
        self.add(f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="{fill}" text-anchor="{anchor}" '
                 f'font-weight="{weight}">{escape(str(text))}</text>')

    def svg(self):
        width, height = self._size
        return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
                f'font-family="{TYPE}">\n' + '\n'.join(self._parts) + '\n</svg>\n')


class Panel:
    """A card of the picture at (x, y), w by h px, with a plot from (0, 0) to (`right`, `top`) in its own units."""

    def __init__(self, picture, x, y, w, h, title, note='', right=1.0, top=1.0):
        self.picture, self.right, self.top = picture, right, top
        left, above, after, below = MARGIN
        self.x0, self.y0, self.w, self.h = x + left, y + above, w - left - after, h - above - below
        picture.add(f'<rect x="{x}" y="{y}" width="{w}" height="{h}" rx="12" fill="{CARD}"/>')
        picture.text(x + 22, y + 28, title, 16, INK, weight=600)
        picture.text(x + 22, y + 46, note, 12)

    def x(self, value):
        return self.x0 + self.w * value / self.right

    def y(self, value):
        return self.y0 + self.h * (1 - value / self.top)

    def rows(self, step, unit=''):
        """Lines across, with their values."""
        value = 0
        while value <= self.top + step / 1e6:
            y = self.y(value)
            self.picture.add(f'<line x1="{self.x0}" x2="{self.x0 + self.w}" y1="{y:.1f}" y2="{y:.1f}" stroke="{GRID}"/>')
            self.picture.text(self.x0 - 8, y + 4, f'{value:g}{unit}', 11, anchor='end')
            value += step

    def columns(self, ticks):
        """[(value, text)] below."""
        for value, text in ticks:
            self.picture.text(self.x(value), self.y0 + self.h + 18, text, 11, anchor='middle')

    def area(self, points, colour, opacity=1.0):
        """[(x, low, high)]."""
        path = [f'{self.x(x):.1f},{self.y(high):.1f}' for x, _, high in points]
        path += [f'{self.x(x):.1f},{self.y(low):.1f}' for x, low, _ in reversed(points)]
        self.picture.add(f'<polygon points="{" ".join(path)}" fill="{colour}" fill-opacity="{opacity}"/>')

    def line(self, points, colour, width=2.0, dash=''):
        path = ' '.join(f'{self.x(x):.1f},{self.y(y):.1f}' for x, y in points)
        self.picture.add(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="{width}" '
                         f'stroke-linejoin="round" stroke-dasharray="{dash}"/>')

    def bar(self, x0, x1, low, high, colour):
        if high > low:
            left, right = self.x(x0), self.x(x1)
            self.picture.add(f'<rect x="{left + 0.5:.1f}" y="{self.y(high):.1f}" width="{max(0.5, right - left - 1):.1f}" '
                             f'height="{self.y(low) - self.y(high):.1f}" fill="{colour}"/>')

    def label(self, x, y, text, colour, anchor='start', up=0):
        self.picture.text(self.x(x), self.y(y) - up, text, 12, colour, anchor, 600)
