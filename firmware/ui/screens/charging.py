"""A notice: the cell has begun to charge. The ring shows how full it is."""
from firmware.system.overlay import borrow
from firmware.ui import theme, widgets

cell = borrow('firmware.ui.cell')

TITLE = 'charging'


def state(model):
    return (model.battery_percent,)


def lines(model):
    return [_percent(model), TITLE]


def _percent(model):
    return '%d %%' % max(0, model.battery_percent)


def draw(model, canvas, assets):
    canvas.fill(theme.NIGHT)
    done = max(0, model.battery_percent) * assets.rim.sectors // 100
    assets.rim.draw(canvas, done, theme.LEAF, theme.NIGHT_TRACK, theme.NIGHT)
    cell.draw(canvas, model.battery_percent, theme.LEAF)
    widgets.line(canvas, assets.names[0], _percent(model), theme.CELL_FIGURE, theme.PAPER, theme.NIGHT)
    widgets.line(canvas, assets.title, TITLE, theme.CELL_HINT, theme.LEAF, theme.NIGHT)
