"""The errands, one after the other: what to do, how far it is, and a tick where it is done."""
from firmware.system.overlay import borrow
from firmware.ui import theme

rows = borrow('firmware.ui.rows')
places = rows.places


def wants(model):
    return 'errands', model.counts_steps


def state(model):
    return model.cursor, model.rows


def lines(model):
    title, _, far = _chosen(state(model))
    return [title, far] if far else [title]


def _chosen(facts):
    """(title, whether it is done, how far it is) of the row of the cursor."""
    cursor, found = facts
    return found[cursor] if cursor < len(found) else (places.BACK, False, '')


def take(model, kind):
    return rows.moved(model, kind, len(model.rows))


def draw(model, canvas, assets):
    rows.draw(canvas, _slots(assets), _texts(state(model)))


def update(model, canvas, assets, before):
    return rows.turn(canvas, _slots(assets), _texts(before), _texts(state(model)))


def _texts(facts):
    """What the list shows in a state: see `_slots`."""
    cursor, found = facts
    title, done, far = _chosen(facts)
    texts = ('', title) if not far else (title, '')
    return texts + ((places.ICON_TICK, far, '') if done else ('', '', far)) + rows.around(
        cursor, len(found), lambda number: found[number][0])


def _slots(assets):
    """Of a title, one alone, the tick and what stands beside it, how far it is; then of the neighbours."""
    title, caption, band = assets.title, assets.caption, theme.NIGHT_TRACK
    far = rows.small(assets, places.LIST_DETAIL)
    found = [rows.slot(theme.PAPER, band, (title, (places.ERRAND_TITLE,)), (title, places.LIST_TITLES)),
             rows.slot(theme.PAPER, band, (assets.names[-1], (places.LIST_ALONE,))),
             rows.slot(theme.LEAF, band, (assets.icons, (places.ERRAND_TICK_LINE,)), middle=places.ERRAND_TICK),
             rows.slot(theme.LEAF, band, *far, middle=places.ERRAND_DONE), rows.slot(theme.SUN, band, *far)]
    return found + rows.neighbours(title, caption)
