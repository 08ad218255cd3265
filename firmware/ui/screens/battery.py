"""A notice: the cell is low, or nearly empty."""
from firmware.system.battery import WARNINGS
from firmware.system.overlay import borrow
from firmware.ui import theme, widgets

cell = borrow('firmware.ui.cell')

LAST_PERCENT = WARNINGS[0]              # from here on it is a matter of minutes


def state(model):
    return (model.battery_percent,)


def lines(model):
    return [_percent(model), _next_step(model)]


def _percent(model):
    return '%d %%' % max(0, model.battery_percent)


def _next_step(model):
    if model.battery_percent <= 0:
        return 'Nearly off'
    return 'Charge me now' if model.battery_percent <= LAST_PERCENT else 'Charge me soon'


def draw(model, canvas, assets):
    canvas.fill(theme.NIGHT)
    colour = theme.CORAL if model.battery_percent <= LAST_PERCENT else theme.SUN
    cell.draw(canvas, model.battery_percent, colour)
    widgets.line(canvas, assets.names[0], _percent(model), theme.CELL_FIGURE, theme.PAPER, theme.NIGHT)
    widgets.line(canvas, assets.title, _next_step(model), theme.CELL_HINT, colour, theme.NIGHT)
