"""The pin crashed again and again and runs only what a repair needs."""
from firmware.ui import theme, widgets

TITLE = 'Safe mode'


def state(model):
    return (model.trouble,)


def lines(model):
    return [TITLE, model.trouble]


def draw(model, canvas, assets):
    canvas.fill(theme.NIGHT)
    widgets.icon(canvas, assets, theme.ICON_TOOLS, theme.SAFE_ICON_LINE, theme.CORAL, theme.NIGHT)
    widgets.line(canvas, assets.names[-1], TITLE, theme.SAFE_LINE, theme.PAPER, theme.NIGHT)
    widgets.sentence(canvas, assets, model.trouble, theme.SAFE_MIDDLE, theme.MIST, theme.NIGHT)
