"""The pin about itself: its name, its firmware, its board and how they do."""
from firmware.ui import theme, widgets

TITLE = 'Cloud Pin'


def wants(model):
    return ('about',)


def state(model):
    return model.pin_name, model.rows


def lines(model):
    return [model.pin_name or TITLE] + _rows(model)


def _rows(model):
    return [('%s %s' % tuple(row)).strip() for row in model.rows]


def draw(model, canvas, assets):
    canvas.fill(theme.NIGHT)
    widgets.line(canvas, assets.names[-1], model.pin_name or TITLE, theme.ABOUT_TITLE, theme.PAPER, theme.NIGHT)
    base_line = theme.ABOUT_FIRST
    for text in _rows(model):
        widgets.line(canvas, assets.caption, text, base_line, theme.MIST, theme.NIGHT)
        base_line += theme.ABOUT_STEP
