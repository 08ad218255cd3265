"""A moment: a friend, new or met again. Two pins come from the sides and touch above the friend's name; then confetti flies.

The pins are drawn once, far out; from there on their pixels are moved.
"""
from firmware.ui import theme, widgets

SHIFTS, CONFETTI = theme.DISC_SHIFTS, theme.CONFETTI
FRAMES = len(SHIFTS) + len(CONFETTI)


def state(model):
    return model.name, model.friend_name, model.friend_strip, model.friend_number


def lines(model):
    return [model.friend_name, _greeting(model)]


def _greeting(model):
    if not model.friend_number:
        return 'met again'
    if model.friend_number == 1:
        return 'your first friend'
    number = widgets.thousands(model.friend_number)     # from a thousand on there is no room for more words
    return ('friend %s' if ',' in number else 'friend number %s') % number


def draw(model, canvas, assets):
    _draw_still(model, canvas, assets)
    _draw_discs(model, canvas, assets, SHIFTS[-1])
    for dots in CONFETTI:
        _throw(canvas, dots)


def frame(model, canvas, assets, number):
    if number == 0:
        _draw_still(model, canvas, assets)
        _draw_discs(model, canvas, assets, SHIFTS[0])
    elif number < len(SHIFTS):
        _move_discs(canvas, SHIFTS[number - 1], SHIFTS[number])
    else:
        _throw(canvas, CONFETTI[number - len(SHIFTS)])


def _draw_still(model, canvas, assets):
    canvas.fill(theme.SUN)
    widgets.name(canvas, assets, model.friend_name, model.friend_strip, (theme.MEETING_TOP, theme.MEETING_BOTTOM), (0,),
                 theme.INK, theme.SUN)
    widgets.small_line(canvas, assets, _greeting(model), theme.MEETING_LINE, theme.INK, theme.SUN)


def _draw_discs(model, canvas, assets, shift):
    """My pin on the left, the friend's on the right, each with an initial, `shift` pixels short of touching."""
    away = theme.DISC_RADIUS + shift
    _draw_disc(canvas, assets, theme.MIDDLE - away, model.name, theme.SKY)
    _draw_disc(canvas, assets, theme.MIDDLE + away, model.friend_name, theme.CORAL)


def _draw_disc(canvas, assets, x, name, colour):
    canvas.disc(x, theme.DISC_MIDDLE, theme.DISC_RADIUS, colour, theme.SUN)
    initial, font = name[:1].upper(), assets.names[1]
    left, base_line = x - font.width(initial) // 2, theme.DISC_MIDDLE + theme.INITIAL_DROP
    canvas.text(font, initial, left, base_line, theme.PAPER, colour)


def _move_discs(canvas, before, shift):
    """From `before` to `shift` pixels short of touching. All that lies beside the discs is the ground's colour: so first both
    go to the right with their rows, as one piece of memory, then the right one goes back and as far to the left."""
    import framebuf  # here, so that the screen can be asked things where there is none

    step, side, wide = before - shift, 2 * theme.DISC_RADIUS + theme.HAIR, canvas.width
    top = theme.DISC_MIDDLE - side // 2
    pixels, first, last = memoryview(canvas.buffer), 2 * wide * top, 2 * wide * (top + side)
    pixels[first + 2 * step:last] = pixels[first:last - 2 * step]
    left = theme.MIDDLE + before + step
    moved = framebuf.FrameBuffer(pixels[first + 2 * left:], side + 2 * step, side, framebuf.RGB565, wide)
    canvas.frame.blit(moved, theme.MIDDLE + shift, top)
    canvas.touch(theme.MIDDLE - before - side, top, side + step, side)
    canvas.touch(theme.MIDDLE + shift, top, side + step, side)


def _throw(canvas, dots):
    for x, y, radius, colour in dots:
        canvas.disc(x, y, radius, colour, theme.SUN)
