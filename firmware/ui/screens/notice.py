"""A sentence from the pin: what happened and what to do next."""
from firmware.ui import theme, widgets


def state(model):
    return (model.notice,)


def lines(model):
    return [model.notice]


def draw(model, canvas, assets):
    canvas.fill(theme.NIGHT)
    widgets.icon(canvas, assets, theme.ICON_ALERT, theme.ICON_LINE, theme.SUN, theme.NIGHT)
    widgets.sentence(canvas, assets, model.notice, theme.SENTENCE_MIDDLE, theme.PAPER, theme.NIGHT)
