"""While the pin starts: its own name, and what it is doing."""
from firmware.ui import theme, widgets

TITLE = 'Cloud Pin'


def state(model):
    return (model.progress,)


def lines(model):
    return [TITLE] + ([model.progress] if model.progress else [])


def draw(model, canvas, assets):
    with assets.design(-1) as picture:
        picture.draw(canvas)
        _, _, ground, ink = picture.plate
    widgets.line(canvas, assets.names[1], TITLE, theme.SPLASH_LINE, ink, ground)
    widgets.line(canvas, assets.caption, model.progress, theme.SPLASH_SECOND, widgets.second_voice(ground, ink), ground)
