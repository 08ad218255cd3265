"""A list that turns: the chosen row large on a band, its neighbours above and below, one row after the other with few bytes to
the display: only the words are cleared and drawn, never the ground between them.

Owns nothing. Borrowed by the screens that show a list, so it is in memory only while one of them is. A slot is a place where
a text stands: (middle, colour, ground, settings, strips), `settings` being ways to set it, the best first: (font, base lines).
What a slot shows is a str, '' for nothing, or (str, picture of it as social.name_strip has it) where `strips` is the module
ui.strips.
"""
from firmware.system.overlay import borrow
from firmware.ui import layout, theme

places = borrow('firmware.ui.places')


def around(cursor, count, text):
    """What is written around the row `cursor` of `count` and 'Back' behind them, above and below: `text(number)`, '' beyond
    the ends."""
    return tuple([text(number) if 0 <= number < count else places.BACK if number == count else ''
                  for number in (cursor - 1, cursor + 1)])


def chosen(title, detail=''):
    """The texts of the chosen row: with a line below it, or alone in the middle."""
    return (title, detail, '') if detail else ('', '', title)


def moved(model, kind, count):
    """The cursor's way through `count` rows and 'Back': what `take` answers to an input, or None."""
    last = count
    if kind == 'next':
        return 'cursor', model.cursor + 1 if model.cursor < last else 0
    if kind == 'up':
        return 'cursor', min(last, model.cursor + places.LIST_PAGE)
    if kind == 'down':
        return 'cursor', max(0, model.cursor - places.LIST_PAGE)
    if kind == 'previous' or kind == 'act' and model.cursor >= last:
        return 'back', None
    return None


# ---- slots

def slot(colour, ground, *settings, middle=theme.MIDDLE, strips=None):
    return middle, colour, ground, settings, strips


def slots(assets, strips):
    """Those of `chosen`, then those of `around`."""
    name, title, caption = assets.names[-1], assets.title, assets.caption
    found = [slot(theme.PAPER, theme.NIGHT_TRACK, (name, (places.LIST_TITLE,)), (title, (places.LIST_TITLE,)),
                  (title, places.LIST_TITLES), strips=strips),
             slot(theme.SUN, theme.NIGHT_TRACK, *small(assets, places.LIST_DETAIL)),
             slot(theme.PAPER, theme.NIGHT_TRACK, (name, (places.LIST_ALONE,)), (title, (places.LIST_ALONE,)))]
    return found + neighbours(title, caption, strips)


def small(assets, base_line):
    """The settings of a line in the smallest type, which grows in high contrast."""
    return tuple([(font, (base_line,)) for font in (assets.title, assets.caption)[0 if theme.LARGER else 1:]])


def neighbours(title, caption, strips=None):
    return [slot(theme.MIST, theme.NIGHT, (title, lines[:1]), (caption, lines[:1]), (caption, lines[1:]), strips=strips)
            for lines in (places.LIST_ABOVE, places.LIST_BELOW)]


# ---- drawing

def draw(canvas, found, texts):
    """The whole list: the band, and in each of the slots `found` its text."""
    canvas.fill(theme.NIGHT)
    canvas.rect(0, places.LIST_TOP, canvas.width, places.LIST_HEIGHT, theme.NIGHT_TRACK)
    for place, text in zip(found, texts):
        canvas.once(_fill, place, text)


def _fill(canvas, place, text):
    for _ in _write(canvas, place, text):
        pass


def turn(canvas, found, before, texts):
    """Bring a list that was drawn with the texts `before` to `texts`: a generator, for `update` of ui.screens. What stands on
    the band comes first, and no part has more letters than a frame has time for."""
    changed = [at for at in range(len(texts)) if before[at] != texts[at]]
    band = [at for at in changed if found[at][2] == theme.NIGHT_TRACK]
    letters = 0
    for group in [band] + [[at] for at in changed if at not in band]:
        if letters:
            yield letters
            letters = 0
        for at in group:
            _clear(canvas, found[at], before[at])
        for at in group:
            for more in _write(canvas, found[at], texts[at]):
                if letters and letters + more > places.LIST_LETTERS:
                    yield letters
                    letters = 0
                letters += more


def _write(canvas, place, text):
    """Draw a text line by line; yields before each how many letters it has."""
    middle, colour, ground, settings, strips = place
    picture = _picture(place, text)
    if picture:
        yield places.LIST_LETTERS
        strips.centred(canvas, picture, _middle(settings), colour, ground)
    elif text:
        font, lines = _set(settings, text)
        for line, width, base_line in lines:
            yield len(line) if max(line) < layout.UNJOINED else places.LIST_LETTERS     # those of the wide font take longer
            canvas.text(font, line, middle - width // 2, base_line, colour, ground)


def _clear(canvas, place, text):
    """Clear what `_write` has drawn; where it is long, all the room that it has, since that is quicker than to measure it."""
    middle, _, ground, settings, _ = place
    picture = _picture(place, text)
    if picture:
        width, height, _, _ = picture
        canvas.rect(middle - width // 2, _middle(settings) - height // 2, width, height, ground)
    elif text:
        font, base_lines = settings[-1]
        if len(base_lines) > 1 and _is_long(settings[-2], _words(text)):
            lines = [('', layout.room(font, base_line), base_line) for base_line in base_lines]
        else:
            font, lines = _set(settings, text)
        for _, width, base_line in lines:
            width += 2 * theme.HAIR
            canvas.rect(middle - width // 2, base_line - font.ascent, width, font.ascent + font.descent, ground)


# ---- how a text stands in a slot

def _words(text):
    return text if isinstance(text, str) else text[0]


def _picture(place, text):
    """What `strips.pixels` makes of the picture that comes with a text; None without one."""
    _, _, _, settings, strips = place
    if isinstance(text, str):
        return None
    room = layout.room(settings[0][0], settings[0][1][0])
    return strips.pixels(text[1], room, places.LIST_PICTURE)


def _middle(settings):
    """The row around which a picture stands."""
    font, base_lines = settings[0]
    return base_lines[0] - font.cap_height // 2


def _is_long(setting, text):
    """Whether a line will not do for `text` even if its letters are narrow: to measure it would take a while."""
    font, base_lines = setting
    return len(text) * font.x_height * 3 > layout.room(font, base_lines[0]) * 4


def _set(settings, text):
    """(font, ((text of a line, its width, its base line), ...)) in the first setting that holds the whole of a text, else in
    the last with an ellipsis."""
    text = _words(text)
    for font, base_lines in settings:
        if len(base_lines) > 1:
            return font, _in_two(font, text, [layout.room(font, base_line) for base_line in base_lines], base_lines)
        width = 0 if _is_long((font, base_lines), text) else font.width(text)
        if 0 < width <= layout.room(font, base_lines[0]):
            return font, ((text, width, base_lines[0]),)
    text = font.ellipsis(text, layout.room(font, base_lines[0]))
    return font, ((text, font.width(text), base_lines[0]),)


def _in_two(font, text, rooms, base_lines):
    """`text` on two lines as even as can be, broken at a space or after a hyphen; the rest ends in an ellipsis."""
    words = text.replace('-', '-\n').replace(' ', ' \n').split('\n')
    widths, space = [font.width(word) for word in words], font.width(' ')
    best, least = None, theme.MIDDLE * 2
    for at in range(1, len(words)):
        first, second = sum(widths[:at]) - (space if words[at - 1][-1] == ' ' else 0), sum(widths[at:])
        if first <= rooms[0] and second <= rooms[1] and abs(first - second) < least:
            best, least = (at, first, second), abs(first - second)
    if best:
        at, first, second = best
        return (''.join(words[:at]).strip(), first, base_lines[0]), (''.join(words[at:]), second, base_lines[1])
    at = font.fit(text, rooms[0])
    at = text.rfind(' ', 0, at) if ' ' in text[:at] else at
    lines = text[:at], font.ellipsis(text[at:].strip(), rooms[1])
    return [(line, font.width(line), base_line) for line, base_line in zip(lines, base_lines)]
