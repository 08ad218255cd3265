"""The boards: a cover on the ring; inside, page after page, who leads by steps today and who by friends, and where I stand.

Only who is looked at inside is counted: that reads the whole friend book, and how far it is goes round the rim meanwhile.
"""
from firmware.system.overlay import borrow
from firmware.ui import layout, theme, widgets

places, strips = borrow('firmware.ui.places'), borrow('firmware.ui.strips')

TITLE = 'Boards'
NEXT_STEP = 'Hold the button to open'
COUNTING = 'Counting'
TITLES = {'steps': 'Steps', 'friends': 'Friends'}


def wants(model):
    return ('boards', model.counts_steps, model.cursor, places.BOARD_ROWS) if model.depth else ('nothing',)


def state(model):
    return (model.cursor, model.rows) if model.depth else (0, ())


def lines(model):
    if not model.depth:
        return [TITLE, NEXT_STEP]
    if _counts(model.rows):
        return [COUNTING, _far(model.rows)]
    title, shown = _page(model)
    return [title] + [' '.join([text for text in (_place(row), row[1]) + row[2 + 1:] if text]) for row in shown]


def _counts(found):
    """Whether the boards are being counted still."""
    return not found or not isinstance(found[0], tuple)


def _far(found):
    done, count = found or (0, 0)
    return '%s of %s friends' % (widgets.thousands(done), widgets.thousands(count))


def _page(model):
    """(title, rows) of the page that the cursor is on; behind the last one is 'Back'."""
    measures, shown = model.rows
    return (TITLES[measures[model.cursor]], shown) if model.cursor < len(measures) else (places.BACK, ())


def _place(row):
    return '%d.' % row[0] if row[0] else ''


def take(model, kind):
    if not model.depth:
        return ('go', 'boards') if kind == 'act' else None
    if _counts(model.rows):
        return ('', None) if kind in ('up', 'down') else ('back', None)
    last = len(model.rows[0])
    if kind == 'previous' or kind == 'act' and model.cursor >= last:
        return 'back', None
    if kind == 'down':
        return 'cursor', max(0, model.cursor - 1)
    if kind == 'act':
        return 'cursor', last
    return 'cursor', model.cursor + 1 if model.cursor < last else 0


def draw(model, canvas, assets):
    _draw_still(model, canvas, assets)
    if model.depth and not _counts(model.rows):
        shown, base_line = _page(model)[1], places.BOARD_FIRST_LINE
        left = _left(assets, shown) if shown else 0
        for row in shown:
            canvas.once(_draw_name, assets, row, left, base_line)
            canvas.once(_draw_figure, assets, row, left, base_line)
            base_line += places.BOARD_STEP


def _draw_still(model, canvas, assets):
    canvas.fill(theme.NIGHT)
    if not model.depth:
        widgets.icon(canvas, assets, places.ICON_BOARDS, places.COVER_ICON_LINE, theme.SKY_LIGHT, theme.NIGHT)
        widgets.line(canvas, assets.names[-1], TITLE, places.COVER_LINE, theme.PAPER, theme.NIGHT)
        widgets.line(canvas, assets.caption, NEXT_STEP, places.COVER_HINT_LINE, theme.MIST, theme.NIGHT)
        return
    if _counts(model.rows):
        _draw_count(model, canvas, assets)
        return
    title, shown = _page(model)
    if not shown:
        canvas.rect(0, places.LIST_TOP, canvas.width, places.LIST_HEIGHT, theme.NIGHT_TRACK)
        widgets.line(canvas, assets.names[-1], title, places.LIST_ALONE, theme.PAPER, theme.NIGHT_TRACK)
        return
    widgets.small_line(canvas, assets, title, places.BOARD_TITLE_LINE, theme.SKY_LIGHT, theme.NIGHT)


def _draw_count(model, canvas, assets):
    """As the cover; what is known goes round the rim."""
    assets.rim.draw(canvas, _done(model.rows, assets), theme.SKY_LIGHT, theme.NIGHT_TRACK, theme.NIGHT)
    widgets.icon(canvas, assets, places.ICON_BOARDS, places.COVER_ICON_LINE, theme.SKY_LIGHT, theme.NIGHT)
    widgets.line(canvas, assets.names[-1], COUNTING, places.COVER_LINE, theme.PAPER, theme.NIGHT)
    widgets.line(canvas, assets.caption, _far(model.rows), places.BOARD_COUNTED, theme.MIST, theme.NIGHT)


def _done(found, assets):
    """How many sectors of the rim stand for the friends that have been read; one at the least, so that the rim is changed and
    not drawn anew."""
    done, count = found or (0, 0)
    return max(1, done * assets.rim.sectors // max(1, count))


def update(model, canvas, assets, before):
    """How far the count is, in place."""
    _, found = before
    if not (model.depth and found and _counts(found) and model.rows and _counts(model.rows)):
        return False
    widgets.replace(canvas, assets.caption, _far(found), _far(model.rows), places.BOARD_COUNTED, theme.MIST, theme.NIGHT)
    assets.rim.update(canvas, _done(found, assets), _done(model.rows, assets), theme.SKY_LIGHT, theme.NIGHT_TRACK, theme.NIGHT)
    return True


def _left(assets, shown):
    """Where the names and figures of a page begin, right of the last place."""
    widest = assets.caption.width(_place(max(shown)))
    return theme.MIDDLE - places.BOARD_HALF + max(places.BOARD_NAME, widest + places.BOARD_GAP)


def _ground(row):
    return theme.NIGHT_TRACK if row[1] == places.ME else theme.NIGHT


def _draw_name(canvas, assets, row, left, base_line):
    """Place and name; mine on a band, what does not rank in the quieter voice."""
    place, name, strip, _, _ = row
    mine, ground, title = name == places.ME, _ground(row), assets.title
    room, voice = theme.MIDDLE + layout.room(title, base_line) // 2 - left, theme.PAPER if place else theme.MIST
    if mine:
        canvas.rect(0, base_line - places.BOARD_RISE, canvas.width, places.BOARD_BAND, ground)
    if place:
        canvas.text(assets.caption, _place(row), theme.MIDDLE - places.BOARD_HALF, base_line,
                    theme.SUN if mine else theme.MIST, ground)
    picture = strip and strips.pixels(strip, room, places.BOARD_PICTURE)
    if picture:
        strips.draw(canvas, picture, left, base_line - (title.cap_height + picture[1]) // 2, voice, ground)
        return
    font = title if title.width(name) <= room else assets.caption
    canvas.text(font, font.ellipsis(name, room), left, base_line, voice, ground)


def _draw_figure(canvas, assets, row, left, base_line):
    """Below the name the figure, and how old it is."""
    place, _, _, figure, age = row
    caption, ground = assets.caption, _ground(row)
    base_line += places.BOARD_AGE
    end = canvas.text(caption, figure, left, base_line, theme.SUN if place else theme.MIST, ground)
    right = theme.MIDDLE + layout.room(caption, base_line) // 2
    if not place:                               # the colours do not part them
        end += max(0, min(places.BOARD_WIDER, right - end - places.BOARD_APART - caption.width(age)))
    end += places.BOARD_APART
    canvas.text(caption, caption.ellipsis(age, right - end), end, base_line, theme.MIST, ground)
