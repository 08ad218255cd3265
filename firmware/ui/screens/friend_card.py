"""One friend: the card, then the figures of the latest tap, then what can be done about a friend; each asked for twice.

The friend is the one whom the list below has chosen; what is done names the friend's own id, never a place in the list.
"""
from firmware.system.overlay import borrow
from firmware.ui import layout, theme, widgets

places = borrow('firmware.ui.places')

CARD, FIGURES, BLOCK, FORGET, BACK = range(places.CARD_PAGES)
SURE = BACK + 1                         # and beyond: the question whether BLOCK, FORGET is meant
GONE = 'This friend is in the book no more'


def wants(model):
    return 'friend', model.chosen


def state(model):
    return model.cursor, model.rows


def lines(model):
    if not model.rows:
        return [GONE]
    if model.cursor in (CARD, FIGURES):
        _, name, card, figures, _, _ = model.rows
        return [name] + list(card if model.cursor == CARD else figures)
    return [text for text in _ask(model) if text]


def _ask(model):
    """(what, and of whom or what it means) of the pages behind the card."""
    _, name, _, _, blocked, _ = model.rows
    block = 'Unblock' if blocked else 'Block'
    if model.cursor == BACK:
        return places.BACK, ''
    if model.cursor < BACK:
        return (block if model.cursor == BLOCK else 'Forget'), 'Hold the button to do it'
    if model.cursor == SURE + FORGET:
        return 'Forget %s?' % name, 'Hold again for yes'
    return '%s %s?' % (block, name), 'Hold again for yes'


def take(model, kind):
    cursor = model.cursor
    if kind == 'previous' or not model.rows or kind == 'act' and cursor == BACK:
        return 'back', None
    if cursor > BACK:
        action = 'block' if cursor == SURE + BLOCK else 'forget'
        return ('back', (action, model.rows[0])) if kind == 'act' else ('cursor', CARD)
    if kind == 'act' and cursor in (BLOCK, FORGET):
        return 'cursor', SURE + cursor
    if kind == 'down':
        return 'cursor', max(CARD, cursor - 1)
    if kind == 'act':
        return 'cursor', BLOCK
    return 'cursor', cursor + 1 if cursor < BACK else CARD


def draw(model, canvas, assets):
    canvas.fill(theme.NIGHT)
    if not model.rows:
        widgets.sentence(canvas, assets, GONE, theme.MIDDLE, theme.PAPER, theme.NIGHT)
    elif model.cursor == CARD:
        _draw_card(model, canvas, assets)
    elif model.cursor == FIGURES:
        _draw_figures(model, canvas, assets)
    else:
        _draw_question(model, canvas, assets)


def _draw_card(model, canvas, assets):
    """The name as large as it goes, and below it what there is room for."""
    _, name, card, _, _, strip = model.rows
    below = len(card) * places.CARD_STEP + places.CARD_GAP
    base_line, _ = widgets.name(canvas, assets, name, strip, (places.CARD_NAME_TOP, places.CARD_BOTTOM), (below,),
                                theme.PAPER, theme.NIGHT)
    base_line += places.CARD_GAP
    for number, text in enumerate(card):
        base_line += places.CARD_STEP
        colour = theme.SUN if number == len(card) - 1 else theme.MIST
        widgets.line(canvas, assets.caption, text, base_line, colour, theme.NIGHT)


def _draw_figures(model, canvas, assets):
    """The name small, the figures one below the other with their age, the wearer's note."""
    _, name, _, figures, _, _ = model.rows
    widgets.small_line(canvas, assets, name, places.CARD_TITLE_LINE, theme.PAPER, theme.NIGHT)
    base_line, caption = places.CARD_FIRST_LINE, assets.caption
    for number, text in enumerate(figures):
        if caption.width(text) > layout.room(caption, base_line):       # a note, perhaps a long one
            placed = layout.cut(layout.Words(caption, text), (base_line, base_line + places.CARD_NOTE_STEP))
            widgets.lines(canvas, caption, placed, theme.MIST, theme.NIGHT)
        else:
            widgets.small_line(canvas, assets, text, base_line, theme.MIST if number else theme.SUN, theme.NIGHT)
        base_line += places.CARD_WIDE_STEP


def _draw_question(model, canvas, assets):
    what, hint = _ask(model)
    if model.cursor <= BACK:
        canvas.rect(0, places.LIST_TOP, canvas.width, places.LIST_HEIGHT, theme.NIGHT_TRACK)
        if not hint:
            widgets.line(canvas, assets.names[-1], what, places.LIST_ALONE, theme.PAPER, theme.NIGHT_TRACK)
            return
        widgets.line(canvas, assets.names[-1], what, places.LIST_TITLE, theme.PAPER, theme.NIGHT_TRACK)
        widgets.line(canvas, assets.caption, hint, places.LIST_DETAIL, theme.SUN, theme.NIGHT_TRACK)
        return
    widgets.sentence(canvas, assets, what, places.CARD_ASK_MIDDLE, theme.PAPER, theme.NIGHT)
    widgets.line(canvas, assets.caption, hint, places.CARD_ASK_HINT, theme.CORAL, theme.NIGHT)
