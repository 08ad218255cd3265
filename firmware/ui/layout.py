"""Where text goes on a round display: chords, broken lines, the size of a name.

Owns nothing and draws nothing; fonts are only measured. Used by widgets and screens. A line of text lies inside the
content circle with its capitals and with what hangs below the base line.
"""
import math

from firmware.ui import theme

BREAK = '\u200b'                        # the zero width space of Unicode
UNJOINED = '\u0530'                     # below it the letters of a word stand on their own: Latin, Greek, Cyrillic


def chord(top, bottom, radius=theme.CONTENT_RADIUS):
    """How wide the circle of `radius` is, in pixels, where the rows `top`..`bottom` both lie inside; 0 outside."""
    distance = max(abs(top - theme.MIDDLE), abs(bottom - theme.MIDDLE))
    return 2 * int(math.sqrt(radius * radius - distance * distance)) if distance < radius else 0


def room(font, base_line, radius=theme.CONTENT_RADIUS, cap_height=0):
    """How wide a line of `font` on `base_line` may be; `cap_height` where its capitals are not those of the font."""
    return chord(base_line - (cap_height or font.cap_height), base_line + font.descent // 2, radius)


# Scripts that are written without spaces, as code points (first, last), and what of them may not begin or end a line.
_UNSPACED = ((0xE01, 0xEDF), (0x2E80, 0x9FFF), (0xAC00, 0xD7A3), (0xF900, 0xFAFF), (0xFF01, 0xFF9F))
_NOT_FIRST = '、。，．・：；！？ー々）」』】ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ'


def loosened(text):
    """`text` with BREAK where a line may end although there is no space, in scripts that write none."""
    for character in '' if BREAK in text else text:
        if character > '\u0e00' and _unspaced(ord(character)):
            break
    else:                                   # most names
        return text
    found, last = '', 0
    for character in text:
        code = ord(character)
        if _unspaced(last) and _unspaced(code) and not _holds_on(last, code) and character not in _NOT_FIRST:
            found += BREAK
        found += character
        last = code
    return found


def _unspaced(code):
    for first, end in _UNSPACED:
        if first <= code <= end:
            return True
    return False


def _holds_on(left, right):
    """Whether Thai or Lao keeps these together: a vowel or a tone after its consonant, a consonant after its vowel."""
    if right > 0xEDF:
        return False
    left, right = left & 0x7F, right & 0x7F
    return 0x40 <= left <= 0x44 or 0x30 <= right <= 0x3A or 0x45 <= right <= 0x4E


class Words:
    """A text measured once, to be broken in many ways: at spaces, after hyphens (and the Japanese '・') and at BREAK. With
    `widest` (pixels) a part that is wider is shortened with an ellipsis, since no line could hold it."""

    def __init__(self, font, text, widest=0):
        self.font = font
        self.cap_height = font.reach(text)
        self.parts = parts = []             # texts with the space before them
        self._widths = widths = []          # of these, and without the space
        self._alone = alone = []
        width, narrow = font.width, font.width(' ')
        for sign in '-・':
            if sign in text:
                text = text.replace(sign, sign + BREAK)
        whole_words = BREAK not in text
        for word in text.split():
            space = ' ' if parts else ''
            for part in (word,) if whole_words else word.split(BREAK):
                if part:
                    whole = space + part
                    wide = width(whole)
                    if 0 < widest < wide:
                        whole = space + font.ellipsis(part, widest)
                        wide = width(whole)
                    parts.append(whole)
                    widths.append(wide)
                    alone.append(wide - narrow if space else wide)
                    space = ''

    def fewest(self, radius):
        """How many lines it takes at the least in a circle of `radius`."""
        return max(1, -(-sum(self._widths) // (2 * radius + self.font.line)))   # no space is wider than a line is high

    def text(self, start, stop):
        """The parts `start`..`stop` - 1 as one line."""
        return ''.join(self.parts[start:stop]).strip()

    def fill(self, rooms):
        """As many parts into each line as its room (pixels) holds. Returns where each line ends, as part numbers; a line
        that is too short for the next part stays empty."""
        widths, alone, count = self._widths, self._alone, len(self.parts)
        stops, at = [], 0
        for width in rooms:
            if at < count:
                used = alone[at]
                while used <= width:
                    at += 1
                    if at == count:
                        break
                    used += widths[at]
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
    distances = _distances(words, base_lines)
    if not _filled(words, distances, radius):
        return None
    step = theme.NARROWING                                  # the narrowest is sought by halves, in steps from `radius` down
    narrow, wide = -(-radius // step), 0
    while narrow - wide > 1:
        middle = (narrow + wide) // 2
        if _filled(words, distances, radius - middle * step):
            wide = middle
        else:
            narrow = middle
    while wide >= 0:
        stops = _filled(words, distances, radius - wide * step)
        if stops[0] and len(set(stops)) == len(stops):      # no line is empty; a narrower circle may see to that
            return words.lines(stops, base_lines)
        wide -= 1
    return None


def _filled(words, distances, radius):
    """Where the lines end in a circle of `radius`, or None where it does not hold them all."""
    stops = words.fill(_chords(distances, radius))
    return stops if stops[-1] == len(words.parts) else None


def rooms(words, base_lines, radius):
    """How wide each of the lines may be."""
    return _chords(_distances(words, base_lines), radius)


def _distances(words, base_lines):
    """How far from the middle row the lines reach."""
    above, below = words.cap_height, words.font.descent // 2
    return [max(abs(base_line - above - theme.MIDDLE), abs(base_line + below - theme.MIDDLE)) for base_line in base_lines]


def _chords(distances, radius):
    root, square = math.sqrt, radius * radius
    return [2 * int(root(square - distance * distance)) if distance < radius else 0 for distance in distances]


def cut(words, base_lines, radius=theme.CONTENT_RADIUS):
    """Break `words` into these lines, and end the last one with an ellipsis where not all of it fits."""
    wide = rooms(words, base_lines, radius)
    stops = words.fill(wide)
    lines = words.lines(stops, base_lines)
    if not words.parts or stops[-1] == len(words.parts):
        return lines
    at = stops.index(stops[-1])             # the last line that took anything, if one did
    if not lines:
        at = wide.index(max(wide))          # a first word that no line can hold: as much of it as the longest line does
    elif at + 1 < len(wide):
        more = words.font.ellipsis(words.text(stops[at], len(words.parts)), wide[at + 1])
        if len(more) > 3:
            return lines + [(more, base_lines[at + 1])]
    rest = words.text(stops[at - 1] if lines and at else 0, len(words.parts))
    return lines[:-1] + [(words.font.ellipsis(rest, wide[at]), base_lines[at])]


def block(cap_height, count, step, middle):
    """The base lines of `count` lines, `step` apart, that stand around the row `middle`."""
    first = middle + (cap_height - (count - 1) * step) // 2
    return [first + number * step for number in range(count)]


def wrap(fonts, text, middle, radius=theme.CONTENT_RADIUS):
    """Break `text` into the fewest lines that fit the circle, around the row `middle`. `fonts`: (font, most lines) pairs, of
    which the first that can hold it is taken. Returns (font, [(text, base line)])."""
    for font, most in fonts:
        if font is not fonts[-1][0] and 8 * font.width(text) > 20 * radius * most:      # a quarter more than the lines hold
            continue
        words = Words(font, text, chord(middle - font.cap_height, middle + font.cap_height, radius))
        for count in range(min(most, words.fewest(radius)), most + 1):
            lines = fit(words, block(font.cap_height, count, font.line, middle), radius) if words.parts else []
            if lines is not None:
                return font, lines
    return font, cut(words, block(font.cap_height, most, font.line, middle), radius)


class Name:
    """A name that is to be set, measured no sooner in each of `fonts`, largest first, than that is asked for."""

    def __init__(self, fonts, text):
        self._fonts = fonts
        free = loosened(text)
        self._texts = (text,) if free == text else (text, free)
        self._words, self._widths = {}, {}

    def _measured(self, text, font):
        if (text, font) not in self._words:
            self._words[text, font] = Words(font, text)
        return self._words[text, font]

    def _too_long(self, text, font, count):
        """Whether no `count` lines hold a text however it is broken: sooner said than its words are measured."""
        if BREAK in text:                   # which is no character
            return False
        if font not in self._widths:
            self._widths[font] = font.width(' '.join(text.split()))
        return self._widths[font] > count * 2 * theme.CONTENT_RADIUS + (count - 1) * font.cap_height    # spaces at their ends

    def place(self, top, bottom, below):
        """The largest way to set it between the rows `top` and `bottom` with `below` rows kept free underneath it.

        One line in the largest font that fits, then two lines, then three in the smallest; words are only broken where there
        is no other way. The whole stands in the middle of the rows, or at their top where the round is too narrow there.
        Returns (font, [(text, base line)]), or None where nothing fits.
        """
        middle = (top + bottom - below) // 2
        ways = [(font, 1) for font in self._fonts] + [(font, 2) for font in self._fonts] + [(self._fonts[-1], 3)]
        for text in self._texts:
            for font, count in ways:
                if font.cap_height + (count - 1) * line_step(font.cap_height) + below > bottom - top:
                    continue                # scripts without capitals reach higher still
                if self._too_long(text, font, count):
                    continue
                words = self._measured(text, font)
                step = line_step(words.cap_height)
                height = words.cap_height + (count - 1) * step
                if height + below <= bottom - top:
                    for row in (middle, top + height // 2):
                        lines = fit(words, block(words.cap_height, count, step, row))
                        if lines:
                            return font, lines
        return None


def name(fonts, text, top, bottom, below):
    """See Name.place."""
    return Name(fonts, text).place(top, bottom, below)


def picture(width, height, top, bottom):
    """The first row of a picture of a name between the rows `top` and `bottom`, in the middle of them or at their top where
    the round is too narrow there; -1 where it does not fit."""
    for row in ((top + bottom - height) // 2, top) if height <= bottom - top else ():
        if chord(row, row + height - 1) >= width:
            return row
    return -1


def _apart(font, text, top, bottom):
    """A name of one word that no line holds, on two lines or three, all but equally long: a name tag gives the whole name.
    Returns (font, [(text, base line)]), or None where nothing fits."""
    cap_height = font.reach(text)
    for count in (2, 3):
        step, size = line_step(cap_height), (len(text) + count - 1) // count
        height = cap_height + (count - 1) * step
        lines = [text[at:at + size] for at in range(0, len(text), size)]
        widths = [font.width(line) for line in lines]
        for row in ((top + bottom) // 2, top + height // 2) if height <= bottom - top else ():
            base_lines = block(cap_height, count, step, row)
            if all(width <= room(font, base_line, cap_height=cap_height) for width, base_line in zip(widths, base_lines)):
                return font, list(zip(lines, base_lines))
    return None


def cut_name(fonts, text, top, bottom, last=None):
    """A name that nothing holds whole: in the font `last`, if that does; else as much as fits the rows in the smallest of
    `fonts`, with an ellipsis. Returns (font, [(text, base line)])."""
    found = last and name((last,), text, top, bottom, 0)
    if found:
        return found
    if len(text) > theme.LONG_WORD and ' ' not in text and max(text) < UNJOINED:
        found = _apart(fonts[-1], text, top, bottom) or last and _apart(last, text, top, bottom)
        if found:
            return found
    words = Words(fonts[-1], loosened(text))
    step = line_step(words.cap_height)
    count = max(1, min(3, 1 + (bottom - top - words.cap_height) // step))
    middle = top + (words.cap_height + (count - 1) * step) // 2
    return words.font, cut(words, block(words.cap_height, count, step, middle))


def line_step(cap_height):
    """Base line to base line of a name on several lines."""
    return cap_height * theme.NAME_STEP_PERCENT // 100
