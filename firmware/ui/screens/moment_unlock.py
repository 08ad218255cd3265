"""A moment: a new design opens like an iris of eight blades that turn; then it says its name."""
from array import array

from firmware.ui import designs, layout, theme, widgets

RADII = theme.IRIS_RADII
WHOLE = len(RADII)                      # then the upper half and the lower, the sport, and what it is
NAME = WHOLE + 2
FRAMES = NAME + 2
MEASURED = (2, WHOLE, WHOLE + 1)        # before these frames a font of names each: all in one would take too long
TITLE = 'New design'


def state(model):
    return (model.new_design,)


def lines(model):
    return [TITLE, designs.sport(model.new_design)]


def draw(model, canvas, assets):
    _draw_text(canvas, assets, model.new_design, _draw_rows(model, canvas, assets))


def frame(model, canvas, assets, number):
    if number in MEASURED:
        _expect(assets.names[MEASURED.index(number)], designs.sport(model.new_design))
    if number >= NAME:
        with assets.design(model.new_design) as picture:
            plate = picture.plate
        _draw_text(canvas, assets, model.new_design, plate, number == NAME, number > NAME)
        return
    if not number:
        canvas.fill(theme.NIGHT)
    if number >= WHOLE:
        _draw_rows(model, canvas, assets, theme.MIDDLE - 1 if number == WHOLE else canvas.height)
        if number > WHOLE:                      # of which the upper half is there
            canvas.damage.clear()
            canvas.touch(0, theme.MIDDLE, canvas.width, theme.MIDDLE)
        return
    radius = RADII[number]
    _draw_rows(model, canvas, assets, theme.MIDDLE + radius)
    canvas.do(_mask, radius, number)
    if number:                                  # around it nothing has changed
        canvas.damage.clear()
        canvas.touch(theme.MIDDLE - radius, theme.MIDDLE - radius, 2 * radius, 2 * radius)


def _draw_rows(model, canvas, assets, last=theme.MIDDLE * 2):
    """The design down to the row `last`. Returns its plate."""
    with assets.design(model.new_design) as picture:
        picture.draw(canvas, last=last)
        return picture.plate


def _draw_text(canvas, assets, number, plate, names=True, titles=True):
    """The sport on one line or two, and below it, always, what it is."""
    top, bottom, ground, ink = plate
    cap_height, bottom = assets.caption.cap_height, min(bottom, theme.PLATE_BOTTOM)
    wide, tight = theme.WIDE_GAP + cap_height, theme.TIGHT_GAP + cap_height
    font, placed = _placed(assets.names, designs.sport(number), top + theme.PLATE_TOP, bottom - wide, bottom - tight)
    if names:
        widgets.lines(canvas, font, placed, ink, ground)
    if titles:
        below = tight if len(placed) > 1 else wide
        widgets.line(canvas, assets.caption, TITLE, placed[-1][1] + below, widgets.second_voice(ground, ink), ground)


def _expect(font, sport):
    """Have a font at hand that may be measured for the sport."""
    if len(sport) * font.x_height < theme.SPORT_ROOM:
        font.width(sport)


def _placed(fonts, sport, top, bottom, bottom_of_two):
    """(font, [(text, base line)]) of a sport, in the middle of its rows: on one line in the largest font that holds it, else
    its words on two in the smallest."""
    for font in fonts:
        base_line = (top + bottom + font.cap_height) // 2
        if len(sport) * font.x_height < theme.SPORT_ROOM and font.width(sport) <= layout.room(font, base_line):
            return font, [(sport, base_line)]
    words = sport.replace('/', '/ ').split(' ')
    base_lines = layout.block(font.cap_height, len(words), layout.line_step(font.cap_height), (top + bottom_of_two) // 2)
    return font, list(zip(words, base_lines))


def _mask(canvas, radius, turned):
    """Cover all but an octagon of that radius, which is turned by half a corner from one frame to the next: one polygon around
    the display and, backwards, around the octagon."""
    middle, side = theme.MIDDLE, theme.MIDDLE * 2
    points = array('h', (0, 0, side, 0, side, side, 0, side, 0, 0))
    corners, step = theme.IRIS_CORNERS, 2 * 2               # every second one
    first = 2 * (turned & 1)
    for at in range(first, first + len(corners) + 1, step):
        x, y = corners[at % len(corners)] - 100, corners[(at + 1) % len(corners)] - 100
        points.extend(array('h', (middle + x * radius // 100, middle + y * radius // 100)))
    canvas.frame.poly(0, 0, points, theme.NIGHT, True)
