"""The friends, those of late first: one row after the other, and a long press opens a card."""
from firmware.system.overlay import borrow

rows = borrow('firmware.ui.rows')
places, strips = rows.places, borrow('firmware.ui.strips')

UNREAD = '…'                            # a friend whom the flash does not give


def wants(model):
    return 'friends', max(0, model.cursor - 1), 2 + 1


def state(model):
    return model.cursor, model.friends, model.rows


def lines(model):
    chosen = _chosen(state(model))
    return [chosen[0]] + list(chosen[2:])


def _chosen(facts):
    """(name, strip, when met) of the row of the cursor, or what stands there instead."""
    cursor, count, found = facts
    if cursor >= count:
        return (places.BACK, b'')
    return found[min(cursor, 1)] if min(cursor, 1) < len(found) else (UNREAD, b'')


def _texts(facts):
    """What the list shows in a state: see `rows.draw`."""
    cursor, count, found = facts
    first = max(0, cursor - 1)

    def name(number):
        return _name(found[number - first]) if number - first < len(found) else ''

    chosen = _chosen(facts)
    return rows.chosen(_name(chosen), *chosen[2:]) + rows.around(cursor, count, name)


def _name(row):
    """As a slot takes it: with its picture where there is one."""
    return row[:2] if row[1] else row[0]


def take(model, kind):
    if kind == 'act' and model.cursor < model.friends:
        return 'go', 'friend_card'
    return rows.moved(model, kind, model.friends)


def draw(model, canvas, assets):
    rows.draw(canvas, rows.slots(assets, strips), _texts(state(model)))


def update(model, canvas, assets, before):
    return rows.turn(canvas, rows.slots(assets, strips), _texts(before), _texts(state(model)))
