"""Settings: a cover on the ring; inside, a wheel of rows of which the one in the middle is changed in place."""
from firmware.system.overlay import borrow
from firmware.ui import theme, widgets

choices, rows = borrow('firmware.ui.choices'), borrow('firmware.ui.rows')
places = rows.places

TITLE = 'Settings'
NEXT_STEP = 'Hold the button to open'
ON, OFF = 'on', 'off'


def wants(model):
    return ('settings',) + choices.KEYS


def state(model):
    return (model.cursor, model.rows) if model.depth else (None, ())


def lines(model):
    if not model.depth:
        return [TITLE, NEXT_STEP]
    value = _value(model.cursor, model.rows)
    return [choices.ROWS[model.cursor][0]] + ([value] if value else [])


def _value(cursor, values):
    """The chosen row's value as it reads, '' where it has none."""
    _, key, _, form = choices.ROWS[cursor]
    if key is None or not values:
        return ''
    value = values[choices.KEYS.index(key)]
    if isinstance(value, bool):
        return ON if value else OFF
    return form % value if form else widgets.thousands(value)


def take(model, kind):
    if not model.depth:
        return ('go', 'settings') if kind == 'act' else None
    if kind in ('next', 'up'):
        return 'cursor', (model.cursor + 1) % len(choices.ROWS)
    if kind == 'down':
        return 'cursor', (model.cursor - 1) % len(choices.ROWS)
    if kind == 'act' and choices.ROWS[model.cursor][1] in (None, 'phones'):
        return choices.ROWS[model.cursor][2]
    if kind == 'act' and model.rows:
        _, key, offered, _ = choices.ROWS[model.cursor]
        return 'do', ('set', (key, _following(model.rows[choices.KEYS.index(key)], offered)))
    return None


def _following(value, offered):
    """The choice behind `value`, which a phone may have set to something between two of them; the first after the last."""
    if not isinstance(value, str):
        for choice in offered:
            if choice > value:
                return choice
        return offered[0]
    return offered[(offered.index(value) + 1) % len(offered)]


def draw(model, canvas, assets):
    if not model.depth:
        canvas.fill(theme.NIGHT)
        widgets.icon(canvas, assets, theme.ICON_TOOLS, theme.COVER_ICON_LINE, theme.SKY_LIGHT, theme.NIGHT)
        widgets.line(canvas, assets.names[-1], TITLE, theme.COVER_LINE, theme.PAPER, theme.NIGHT)
        widgets.line(canvas, assets.caption, NEXT_STEP, theme.COVER_HINT_LINE, theme.MIST, theme.NIGHT)
        return
    rows.draw(canvas, _slots(assets), _texts(state(model)))


def update(model, canvas, assets, before):
    """A step of the wheel, or another value: no dip of the light."""
    if not model.depth or not before[1]:
        return False
    return rows.turn(canvas, _slots(assets), _texts(before), _texts(state(model)))


def _texts(facts):
    """What the list shows in a state: see `_slots`."""
    cursor, values = facts
    title, value = choices.ROWS[cursor][0], _value(cursor, values)
    texts = ('', '', '', title) if not value else (title, '', value, '') if value == OFF else (title, value, '', '')
    titles = [row[0] for row in choices.ROWS]
    return texts + rows.around(cursor, len(titles) - 1, lambda number: titles[number])


def _slots(assets):
    """Of a title with a value, of a value, of one that says no, of a title alone; then of the neighbours."""
    name, title, band = assets.names[-1], assets.title, theme.NIGHT_TRACK
    found = [rows.slot(theme.PAPER, band, (title, (theme.SETTING_TITLE,)))]
    for colour, base_line in ((theme.SUN, theme.SETTING_VALUE), (theme.MIST, theme.SETTING_VALUE),
                              (theme.PAPER, places.LIST_ALONE)):
        found.append(rows.slot(colour, band, (name, (base_line,))))
    return found + rows.neighbours(title, assets.caption)
