"""A list that turns: the chosen row large in the middle, its neighbours above and below, and one row after the other with few
bytes to the display: only the words are cleared and drawn, never the ground between them.

Owns nothing. Borrowed by the screens that show a list, so it is in memory only while one of them is.
"""
from firmware.system.overlay import borrow
from firmware.ui import layout, theme, widgets

places = borrow('firmware.ui.places')


def around(cursor, count, text):
    """What is written around the row `cursor` of `count` and 'Back' behind them: `text(number)` for each of the neighbours,
    '' beyond the ends, as a tuple of two above and two below."""
    found = []
    for number in range(cursor - places.LIST_SIDE, cursor + places.LIST_SIDE + 1):
        if number != cursor:
            found.append(text(number) if 0 <= number < count else places.BACK if number == count else '')
    return tuple(found)


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


def draw(canvas, assets, texts):
    """`texts`: two neighbours above, two below, then the chosen row as `chosen` gives it; '' for none."""
    canvas.fill(theme.NIGHT)
    canvas.rect(0, places.LIST_TOP, canvas.width, places.LIST_HEIGHT, theme.NIGHT_TRACK)
    for place, text in zip(_places(assets), texts):
        _write(canvas, place, text)


def turn(canvas, assets, before, texts):
    """Bring a list that was drawn with the texts `before` to `texts`."""
    found = _places(assets)
    changed = [at for at in range(len(texts)) if before[at] != texts[at]]
    for at in changed:
        _write(canvas, found[at], before[at], False)
    for at in changed:
        _write(canvas, found[at], texts[at])


def _write(canvas, place, text, draws=True):
    """A text in its place, in the first font in which it fits; or clear what stands there."""
    large, small, base_line, colour, ground = place
    font = large if large.width(text) <= layout.room(large, base_line) else small
    if draws:
        widgets.line(canvas, font, text, base_line, colour, ground)
    elif text:
        wide = font.width(font.ellipsis(text, layout.room(font, base_line))) + 2 * theme.HAIR
        canvas.rect(theme.MIDDLE - wide // 2, base_line - font.ascent, wide, font.ascent + font.descent, ground)


def _places(assets):
    """(font, font of what is too wide for it, base line, colour, ground) of each of the seven texts."""
    name, title, caption = assets.names[-1], assets.title, assets.caption
    found = [(font, caption, base_line, theme.MIST, theme.NIGHT)
             for font, base_line in zip((caption, title, title, caption), places.LIST_LINES)]
    band = theme.NIGHT_TRACK
    return found + [(name, title, places.LIST_TITLE, theme.PAPER, band),
                    (caption, caption, places.LIST_DETAIL, theme.SUN, band),
                    (name, title, places.LIST_ALONE, theme.PAPER, band)]
