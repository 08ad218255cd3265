"""Where text goes on a round display: chords, broken lines, the size of a name.

Owns nothing and draws nothing; fonts are only measured. Used by widgets and screens. A line of text lies inside the
content circle with its capitals and with what hangs below the base line.
"""
import math

from firmware.ui import theme


def chord(top, bottom, radius=theme.CONTENT_RADIUS):
    """How wide the circle of `radius` is, in pixels, where the rows `top`..`bottom` both lie inside; 0 outside."""
    distance = max(abs(top - theme.MIDDLE), abs(bottom - theme.MIDDLE))
    return 2 * int(math.sqrt(radius * radius - distance * distance)) if distance < radius else 0


def room(font, base_line, radius=theme.CONTENT_RADIUS):
    """How wide a line of `font` on `base_line` may be."""
    return chord(base_line - font.cap_height, base_line + font.descent // 2, radius)


class Words:
    """A text measured once, to be broken in many ways: at spaces and after hyphens. With `widest` (pixels) a part that is
    wider is shortened with an ellipsis, since no line could hold it."""

    def __init__(self, font, text, widest=0):
        self.font = font
        self.parts = []                     # (text with the space before it, its width)
        self._space = font.width(' ')
        for word in text.split():
            space = ' ' if self.parts else ''
            for part in word.replace('-', '-\n').split('\n'):
                if part:
                    part = space + (font.ellipsis(part, widest) if widest else part)
                    self.parts.append((part, font.width(part)))
                    space = ''

    def text(self, start, stop):
        """The parts `start`..`stop` - 1 as one line."""
        return ''.join([part for part, _ in self.parts[start:stop]]).strip()

    def fill(self, rooms):
        """As many parts into each line as its room (pixels) holds. Returns where each line ends, as part numbers; a line
        that is too short for the next part stays empty."""
        stops, at = [], 0
        for width in rooms:
            used = 0
            while at < len(self.parts):
                part, wide = self.parts[at]
                used += wide - self._space if part[0] == ' ' and not used else wide
                if used > width:
                    break
                at += 1
            stops.append(at)
        return stops

    def lines(self, stops, base_lines):
        """[(text, base line)] of the lines that are not empty."""
        starts = [0] + stops[:-1]
        return [(self.text(start, stop), base_line)
                for start, stop, base_line in zip(starts, stops, base_lines) if start < stop]


def fit(words, base_lines, radius=theme.CONTENT_RADIUS):
    """Break `words` into just these lines, as even as can be: in the narrowest circle that still holds them all.

    Returns [(text, base line)], or None where they do not fit.
    """
    best = None
    while radius > 0:
        stops = words.fill([room(words.font, base_line, radius) for base_line in base_lines])
        if stops[-1] < len(words.parts):
            break
        if stops[0] and len(set(stops)) == len(stops):      # no line is empty; a narrower circle may see to that
            best = stops
        radius -= theme.NARROWING
    return best and words.lines(best, base_lines)


def cut(words, base_lines, radius=theme.CONTENT_RADIUS):
    """Break `words` into these lines, and end the last one with an ellipsis where not all of it fits."""
    rooms = [room(words.font, base_line, radius) for base_line in base_lines]
    stops = words.fill(rooms)
    lines = words.lines(stops, base_lines)
    if not lines and words.parts:           # a first word that no line can hold: as much of it as the longest line does
        widest = max(rooms)
        return [(words.font.ellipsis(words.text(0, len(words.parts)), widest), base_lines[rooms.index(widest)])]
    if lines and stops[-1] < len(words.parts):
        start = max([0] + [stop for stop in stops if stop < stops[-1]])
        _, base_line = lines[-1]
        rest = words.text(start, len(words.parts))
        lines[-1] = words.font.ellipsis(rest, room(words.font, base_line, radius)), base_line
    return lines


def block(font, count, step, middle):
    """The base lines of `count` lines, `step` apart, that stand around the row `middle`."""
    first = middle + (font.cap_height - (count - 1) * step) // 2
    return [first + number * step for number in range(count)]


def wrap(fonts, text, middle, radius=theme.CONTENT_RADIUS):
    """Break `text` into the fewest lines that fit the circle, around the row `middle`. `fonts`: (font, most lines) pairs, of
    which the first that can hold it is taken. Returns (font, [(text, base line)])."""
    for font, most in fonts:
        words = Words(font, text, chord(middle - font.cap_height, middle + font.cap_height, radius))
        for count in range(1, most + 1):
            lines = fit(words, block(font, count, font.line, middle), radius) if words.parts else []
            if lines is not None:
                return font, lines
    return font, cut(words, block(font, most, font.line, middle), radius)


def name(fonts, text, top, bottom, below):
    """The largest way to set a name between the rows `top` and `bottom` with `below` rows kept free underneath it.

    One line in the largest of `fonts` that fits, then two lines, then three in the smallest. The whole stands in the middle
    of the rows. Returns (font, [(text, base line)]), or None where nothing fits.
    """
    middle = (top + bottom - below) // 2
    for font, count in [(font, 1) for font in fonts] + [(font, 2) for font in fonts] + [(fonts[-1], 3)]:
        step = line_step(font)
        if font.cap_height + (count - 1) * step + below <= bottom - top:
            lines = fit(Words(font, text), block(font, count, step, middle))
            if lines:
                return font, lines
    return None


def cut_name(fonts, text, top, bottom):
    """As much of a name as fits the rows in the smallest of `fonts`, with an ellipsis: (font, [(text, base line)])."""
    font = fonts[-1]
    step = line_step(font)
    count = max(1, min(3, 1 + (bottom - top - font.cap_height) // step))
    return font, cut(Words(font, text), block(font, count, step, (top + bottom) // 2))


def line_step(font):
    """Base line to base line of a name on several lines."""
    return font.cap_height * theme.NAME_STEP_PERCENT // 100
