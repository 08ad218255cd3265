"""The errands, one after the other: what to do, how far it is, and a tick where it is done."""
from firmware.system.overlay import borrow
from firmware.ui import layout, theme, widgets

rows = borrow('firmware.ui.rows')
places = rows.places


def wants(model):
    return 'errands', model.counts_steps


def state(model):
    return model.cursor, model.rows


def lines(model):
    title, _, far = _chosen(model)
    return [title, far] if far else [title]


def _chosen(model):
    """(title, whether it is done, how far it is) of the row of the cursor."""
    return model.rows[model.cursor] if model.cursor < len(model.rows) else (places.BACK, False, '')


def take(model, kind):
    return rows.moved(model, kind, len(model.rows))


def draw(model, canvas, assets):
    rows.draw(canvas, assets, _around(state(model)))
    _draw_chosen(model, canvas, assets)


def update(model, canvas, assets, before):
    canvas.rect(0, places.LIST_TOP, canvas.width, places.LIST_HEIGHT, theme.NIGHT_TRACK)
    rows.turn(canvas, assets, _around(before), _around(state(model)))
    _draw_chosen(model, canvas, assets)
    return True


def _around(facts):
    cursor, found = facts
    return rows.around(cursor, len(found), lambda number: found[number][0])


def _draw_chosen(model, canvas, assets):
    """On the band: a title on one or two lines, and below it how far it is."""
    title, done, far = _chosen(model)
    band = theme.NIGHT_TRACK
    if not far:
        widgets.line(canvas, assets.names[-1], title, places.LIST_ALONE, theme.PAPER, band)
        return
    font, placed = layout.wrap(((assets.title, 2), (assets.caption, 2)), title, places.ERRAND_MIDDLE)
    widgets.lines(canvas, font, placed, theme.PAPER, band)
    widgets.line(canvas, assets.caption, far, places.ERRAND_FAR, theme.LEAF if done else theme.SUN, band)
    if done:
        canvas.text(assets.icons, places.ICON_TICK, theme.MIDDLE - places.ERRAND_TICK, places.ERRAND_FAR, theme.LEAF, band)
