"""A moment: a friend, new or met again. Two pins come from the sides and touch above the friend's name."""
from firmware.ui import theme, widgets

FRAMES = len(theme.DISC_SHIFTS)


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
    _draw_discs(model, canvas, assets, theme.DISC_SHIFTS[-1])
    _throw_confetti(canvas)


def frame(model, canvas, assets, number):
    if number == 0:
        _draw_still(model, canvas, assets)
    else:
        _clear_discs(canvas, theme.DISC_SHIFTS[number - 1])
    _draw_discs(model, canvas, assets, theme.DISC_SHIFTS[number])
    if number == FRAMES - 1:
        _throw_confetti(canvas)


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


def _clear_discs(canvas, shift):
    side = 2 * theme.DISC_RADIUS + theme.HAIR
    top = theme.DISC_MIDDLE - side // 2
    canvas.rect(theme.MIDDLE - shift - side, top, side, side, theme.SUN)
    canvas.rect(theme.MIDDLE + shift, top, side, side, theme.SUN)


def _throw_confetti(canvas):
    for x, y, radius, colour in theme.CONFETTI:
        canvas.disc(x, y, radius, colour, theme.SUN)
