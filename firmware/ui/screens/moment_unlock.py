"""A moment: a new design opens like an iris."""
from firmware.ui import designs, layout, theme, widgets

FRAMES = len(theme.IRIS_RADII)
TITLE = 'New design'


def state(model):
    return (model.new_design,)


def lines(model):
    return [TITLE, designs.sport(model.new_design)]


def draw(model, canvas, assets):
    with assets.design(model.new_design) as picture:
        picture.draw(canvas)
        top, bottom, ground, ink = picture.plate
    sport = designs.sport(model.new_design).replace('/', '/ ')      # where it may be broken
    place = assets.names, sport, top + theme.PLATE_TOP, min(bottom, theme.PLATE_BOTTOM)
    below = theme.WIDE_GAP + assets.caption.cap_height
    found = layout.name(*place, below)
    font, placed = found or layout.name(*place, 0) or layout.cut_name(*place)
    widgets.lines(canvas, font, placed, ink, ground)
    if found:
        widgets.line(canvas, assets.caption, TITLE, placed[-1][1] + below, widgets.second_voice(ground, ink), ground)


def frame(model, canvas, assets, number):
    if number == FRAMES - 1:
        draw(model, canvas, assets)
        return
    if number == 0:
        canvas.fill(theme.NIGHT)
    radius = theme.IRIS_RADII[number]
    with assets.design(model.new_design) as picture:
        first, last = picture.draw(canvas, first=theme.MIDDLE - radius, last=theme.MIDDLE + radius)
    _mask(canvas.frame, first, last, radius)
    if number:                                  # around it nothing has changed
        canvas.damage.clear()
        canvas.touch(theme.MIDDLE - radius, theme.MIDDLE - radius, 2 * radius, 2 * radius)


def _mask(frame, first, last, radius):
    """Cover the rows `first`..`last` outside the circle, which lies within them."""
    hline, night, middle, half = frame.hline, theme.NIGHT, theme.MIDDLE, radius
    frame.fill_rect(0, first, 2 * middle, middle - radius - first, night)
    frame.fill_rect(0, middle + radius + 1, 2 * middle, last - middle - radius, night)
    for away in range(radius + 1):
        while half * half + away * away > radius * radius:
            half -= 1
        side = middle - half
        hline(0, middle - away, side, night)
        hline(middle + half, middle - away, side, night)
        hline(0, middle + away, side, night)
        hline(middle + half, middle + away, side, night)
