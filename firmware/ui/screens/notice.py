"""A sentence from the pin: what happened and what to do next, as large as it fits."""
from firmware.ui import layout, theme, widgets


def state(model):
    return (model.notice,)


def lines(model):
    return [model.notice]


def draw(model, canvas, assets):
    canvas.fill(theme.NIGHT)
    widgets.icon(canvas, assets, theme.ICON_ALERT, theme.ICON_LINE, theme.SUN, theme.NIGHT)
    fonts = ((assets.names[-1], theme.NOTICE_LINES), (assets.title, theme.TITLE_LINES), (assets.caption, theme.CAPTION_LINES))
    font, placed = layout.wrap(fonts, model.notice, theme.SENTENCE_MIDDLE)
    widgets.lines(canvas, font, placed, theme.PAPER, theme.NIGHT)
