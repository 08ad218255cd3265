"""The boards: a cover on the ring; inside, page after page, who leads by steps today and who by friends, and where I stand.

Only who is looked at inside is counted: that reads the whole friend book.
"""
from firmware.system.overlay import borrow
from firmware.ui import layout, theme, widgets

places = borrow('firmware.ui.places')

TITLE = 'Boards'
NEXT_STEP = 'Hold the button to open'
LONG_STEP = 'Hold it, then wait a little'
TITLES = {'steps': 'Steps', 'friends': 'Friends'}


def wants(model):
    return ('boards', model.counts_steps) if model.depth else ('nothing',)


def state(model):
    return (model.cursor, model.rows) if model.depth else (_next_step(model), ())


def lines(model):
    if not model.depth:
        return [TITLE, _next_step(model)]
    title, shown = _page(model)
    return [title] + [' '.join([text for text in (_place(row),) + row[1:] if text]) for row in shown]


def _next_step(model):
    return LONG_STEP if model.friends > places.BOARD_MANY else NEXT_STEP


def _page(model):
    """(title, rows) of the page that the cursor is on."""
    pages = _pages(model.rows)
    return pages[min(model.cursor, len(pages) - 1)]


def _pages(boards):
    """Each board in pages of a few rows, and behind them 'Back'."""
    pages = []
    for measure, found in boards:
        for start in range(0, len(found), places.BOARD_ROWS):
            pages.append((TITLES[measure], found[start:start + places.BOARD_ROWS]))
    return pages + [(places.BACK, ())]


def _place(row):
    return '%d.' % row[0] if row[0] else ''


def take(model, kind):
    if not model.depth:
        return ('go', 'boards') if kind == 'act' else None
    last = len(_pages(model.rows)) - 1
    if kind == 'previous' or kind == 'act' and model.cursor >= last:
        return 'back', None
    if kind == 'down':
        return 'cursor', max(0, model.cursor - 1)
    if kind == 'act':
        return 'cursor', last
    return 'cursor', model.cursor + 1 if model.cursor < last else 0


def draw(model, canvas, assets):
    canvas.fill(theme.NIGHT)
    if not model.depth:
        widgets.icon(canvas, assets, places.ICON_BOARDS, places.COVER_ICON_LINE, theme.SKY_LIGHT, theme.NIGHT)
        widgets.line(canvas, assets.names[-1], TITLE, places.COVER_LINE, theme.PAPER, theme.NIGHT)
        widgets.line(canvas, assets.caption, _next_step(model), places.COVER_HINT_LINE, theme.MIST, theme.NIGHT)
        return
    title, shown = _page(model)
    if not shown:
        canvas.rect(0, places.LIST_TOP, canvas.width, places.LIST_HEIGHT, theme.NIGHT_TRACK)
        widgets.line(canvas, assets.names[-1], title, places.LIST_ALONE, theme.PAPER, theme.NIGHT_TRACK)
        return
    widgets.small_line(canvas, assets, title, places.BOARD_TITLE_LINE, theme.SKY_LIGHT, theme.NIGHT)
    base_line = places.BOARD_FIRST_LINE
    for row in shown:
        _draw_row(canvas, assets, row, base_line)
        base_line += places.BOARD_STEP


def _draw_row(canvas, assets, row, base_line):
    """Place and name, below them the figure and how old it is; mine on a band, what does not rank in the quieter voice."""
    place, name, figure, age = row
    mine, caption = name == places.ME, assets.caption
    left, right = theme.MIDDLE - places.BOARD_HALF, theme.MIDDLE + layout.room(assets.title, base_line) // 2
    ground, voice = theme.NIGHT, theme.PAPER if place else theme.MIST
    if mine:
        ground = theme.NIGHT_TRACK
        canvas.rect(0, base_line - places.BOARD_RISE, canvas.width, places.BOARD_BAND, ground)
    name_left = left + max(places.BOARD_NAME, caption.width(_place(row)) + places.BOARD_GAP)
    if place:
        canvas.text(caption, _place(row), left, base_line, theme.SUN if mine else theme.MIST, ground)
    canvas.text(assets.title, assets.title.ellipsis(name, right - name_left), name_left, base_line, voice, ground)
    base_line += places.BOARD_AGE
    end = canvas.text(caption, figure, name_left, base_line, theme.SUN if place else theme.MIST, ground)
    end += places.BOARD_APART
    right = theme.MIDDLE + layout.room(caption, base_line) // 2
    canvas.text(caption, caption.ellipsis(age, right - end), end, base_line, theme.MIST, ground)
