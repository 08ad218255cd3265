"""The friends, those of late first: one row after the other, and a long press opens a card."""
from firmware.system.overlay import borrow

rows = borrow('firmware.ui.rows')
places = rows.places

UNREAD = '…'                            # a friend whom the flash does not give


def wants(model):
    return 'friends', max(0, model.cursor - places.LIST_SIDE), 2 * places.LIST_SIDE + 1


def state(model):
    return model.cursor, model.friends, model.rows


def lines(model):
    return [text for text in _texts(state(model))[2 * places.LIST_SIDE:] if text]


def _texts(facts):
    """What the list shows in a state: see `rows.draw`."""
    cursor, count, found = facts
    first = max(0, cursor - places.LIST_SIDE)

    def name(number):
        return found[number - first][0] if number - first < len(found) else ''

    chosen = (places.BACK,) if cursor >= count else found[cursor - first] if cursor - first < len(found) else (UNREAD,)
    return rows.around(cursor, count, name) + rows.chosen(*chosen)


def take(model, kind):
    if kind == 'act' and model.cursor < model.friends:
        return 'go', 'friend_card'
    return rows.moved(model, kind, model.friends)


def draw(model, canvas, assets):
    rows.draw(canvas, assets, _texts(state(model)))


def update(model, canvas, assets, before):
    rows.turn(canvas, assets, _texts(before), _texts(state(model)))
    return True
