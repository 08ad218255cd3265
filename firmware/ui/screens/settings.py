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
    return [choices.ROWS[model.cursor][0]] + ([_value(model)] if _value(model) else [])


def _value(model):
    """The chosen row's value as it reads, '' where it has none."""
    _, key, _, form = choices.ROWS[model.cursor]
    if key is None or not model.rows:
        return ''
    value = model.rows[choices.KEYS.index(key)]
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
    if kind == 'act' and choices.ROWS[model.cursor][1] is None:
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
    rows.draw(canvas, assets, _around(model.cursor))
    _draw_chosen(model, canvas, assets)


def update(model, canvas, assets, before):
    """A step of the wheel, or another value: no dip of the light."""
    cursor, values = before
    if not model.depth or not values:
        return False
    rows.turn(canvas, assets, _around(cursor), _around(model.cursor))
    canvas.rect(0, places.LIST_TOP, canvas.width, places.LIST_HEIGHT, theme.NIGHT_TRACK)
    _draw_chosen(model, canvas, assets)
    return True


def _around(cursor):
    titles = [row[0] for row in choices.ROWS]
    return rows.around(cursor, len(titles) - 1, lambda number: titles[number]) + ('', '', '')


def _draw_chosen(model, canvas, assets):
    """On the band: what is set, and below it, large, to what."""
    title, value, band = choices.ROWS[model.cursor][0], _value(model), theme.NIGHT_TRACK
    if value:
        widgets.line(canvas, assets.title, title, theme.SETTING_TITLE, theme.PAPER, band)
        colour = theme.MIST if value == OFF else theme.SUN
        widgets.line(canvas, assets.names[-1], value, theme.SETTING_VALUE, colour, band)
    else:
        widgets.line(canvas, assets.names[-1], title, places.LIST_ALONE, theme.PAPER, band)
