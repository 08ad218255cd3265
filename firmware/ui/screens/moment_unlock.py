"""A moment: a new design opens like an iris."""
import math

from firmware.ui import designs, theme, widgets

FRAMES = len(theme.IRIS_RADII)
TITLE = 'New design'


def state(model):
    return (model.new_design,)


def lines(model):
    return [TITLE, designs.sport(model.new_design)]


def draw(model, canvas, assets):
    with assets.design(model.new_design) as picture:
        picture.draw(canvas)
        _, _, ground, ink = picture.plate
    widgets.line(canvas, assets.names[1], designs.sport(model.new_design), theme.PLATE_LINE, ink, ground)
    widgets.line(canvas, assets.caption, TITLE, theme.PLATE_CAPTION_LINE, widgets.second_voice(ground, ink), ground)


def frame(model, canvas, assets, number):
    if number == FRAMES - 1:
        draw(model, canvas, assets)
        return
    if number == 0:
        canvas.fill(theme.NIGHT)
    radius = theme.IRIS_RADII[number]
    with assets.design(model.new_design) as picture:
        first, last = picture.draw(canvas, first=theme.MIDDLE - radius, last=theme.MIDDLE + radius)
    _mask(canvas, first, last, radius)


def _mask(canvas, first, last, radius):
    """Cover the rows `first`..`last` outside the circle."""
    for row in range(first, last + 1):
        square = radius * radius - (row - theme.MIDDLE) ** 2
        half = int(math.sqrt(square)) if square > 0 else 0
        canvas.frame.hline(0, row, theme.MIDDLE - half, theme.NIGHT)
        canvas.frame.hline(theme.MIDDLE + half, row, theme.MIDDLE - half, theme.NIGHT)
