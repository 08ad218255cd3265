"""Drawing by hand: an SVG picture of panels with axes, lines, bands and bars. Owns the look; `panels` has the content."""
import base64
from html import escape

INK, SOFT, GRID, PAPER, CARD = '#1b2430', '#6b7684', '#e4e8ee', '#f3f5f8', '#ffffff'
TYPE = 'Inter, Helvetica, Arial, sans-serif'
HALO = f' paint-order="stroke" stroke="{CARD}" stroke-width="4" stroke-linejoin="round"'
LETTER = 6.3                                    # px of a letter of a legend, on average
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

    def text(self, x, y, text, size=13, fill=SOFT, anchor='start', weight=400, more=''):
        self.add(f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="{fill}" text-anchor="{anchor}" '
                 f'font-weight="{weight}"{more}>{escape(str(text))}</text>')

    def card(self, x, y, w, h):
        self.add(f'<rect x="{x}" y="{y}" width="{w}" height="{h}" rx="12" fill="{CARD}"/>')

    def tile(self, x, y, w, figure, text, colour=INK):
        """A figure that one sees from afar, and what it counts."""
        self.card(x, y, w, 84)
        self.text(x + 18, y + 46, figure, 32, colour, weight=700)
        self.text(x + 18, y + 69, text, 12.5)

    def disc(self, x, y, side, png):
        """A round display: a PNG, a bezel around it."""
        place = f'cx="{x + side / 2}" cy="{y + side / 2}"'
        self.add(f'<clipPath id="at{x}"><circle {place} r="{side / 2}"/></clipPath>'
                 f'<circle {place} r="{side / 2 + 9}" fill="{INK}"/>'
                 f'<image x="{x}" y="{y}" width="{side}" height="{side}" clip-path="url(#at{x})" '
                 f'href="data:image/png;base64,{base64.b64encode(png).decode()}"/>')

    def legend(self, corner, entries):
        """[(colour, text)] in a row that ends at `corner`, each with a patch of its colour."""
        x, y = corner
        for colour, text in reversed(entries):
            x -= LETTER * len(text)
            self.text(x, y, text, 12)
            self.add(f'<rect x="{x - 15:.1f}" y="{y - 9}" width="10" height="10" rx="2" fill="{colour}"/>')
            x -= 29

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
        picture.card(x, y, w, h)
        picture.text(x + 22, y + 28, title, 16, INK, weight=600)
        picture.text(x + 22, y + 46, note, 12)
        self.corner = x + w - after, y + 28     # where a legend ends

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

    def share(self, place, name, value, text, colour):
        """A bar to the right, the `place`-th of its Panel, `value` of `right` long: `name` above, `text` behind."""
        y, left = self.y0 + place * 42, self.x0 - MARGIN[0] + 22
        room = self.w + MARGIN[0] - 22 - 74
        self.picture.text(left, y + 10, name, 12, INK)
        self.picture.add(f'<rect x="{left}" y="{y + 16}" width="{room:.1f}" height="10" rx="5" fill="{GRID}"/>')
        if value:
            self.picture.add(f'<rect x="{left}" y="{y + 16}" width="{max(10.0, room * value / self.right):.1f}" height="10" '
                             f'rx="5" fill="{colour}"/>')
        self.picture.text(left + room + 74, y + 26, text, 12, INK, 'end', 600)

    def label(self, x, y, text, colour, anchor='start', up=0):
        """A word at a point, so many px above it; it can be read before any line."""
        self.picture.text(self.x(x), self.y(y) - up, text, 12, colour, anchor, 600, HALO)

    def mark(self, x, text, down=0):
        """A value on the x axis that has a name."""
        self.picture.add(f'<line x1="{self.x(x):.1f}" x2="{self.x(x):.1f}" y1="{self.y0}" y2="{self.y0 + self.h}" '
                         f'stroke="{SOFT}" stroke-dasharray="3 4"/>')
        self.picture.text(self.x(x) + 5, self.y0 + 12 + down, text, 12, INK, weight=600, more=HALO)
