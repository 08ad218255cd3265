"""While a phone pairs: the six digits that it asks for, large."""
from firmware.ui import theme, widgets

TITLE = 'Pairing'
NEXT_STEP = 'Type this on your phone'


def state(model):
    return (model.passkey,)


def lines(model):
    return [TITLE, model.passkey, NEXT_STEP]


def take(model, kind):
    """The phone ends it, or time does; no input gets in between."""
    return '', None


def draw(model, canvas, assets):
    canvas.fill(theme.NIGHT)
    widgets.line(canvas, assets.title, TITLE, theme.DIGITS_TITLE, theme.SKY_LIGHT, theme.NIGHT)
    half = len(model.passkey) // 2
    digits = model.passkey[:half] + ' ' + model.passkey[half:]
    widgets.line(canvas, widgets.figures(assets, digits, theme.DIGITS_ROOM), digits, theme.FIGURES_LINE, theme.PAPER,
                 theme.NIGHT)
    widgets.line(canvas, assets.caption, NEXT_STEP, theme.DIGITS_HINT, theme.MIST, theme.NIGHT)
