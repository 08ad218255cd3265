"""Home of a pin that no phone is bound to, and the answer to 'Bind a phone': how that is done, while it can be."""
from firmware import COMPANION
from firmware.ui import theme, widgets

HELLO = 'Hello'
BIND = 'Bind a phone'
OPEN = 'On your phone open'
CHOOSE = 'and choose '
BEGIN = 'Hold the button', 'to bind a phone'


def state(model):
    return model.depth > 0, model.pin_name, model.binding


def lines(model):
    title = BIND if model.depth else HELLO
    if not model.binding:
        return [title] + list(BEGIN) + ([model.pin_name] if model.pin_name else [])
    return [title, OPEN, COMPANION.split('//')[-1].rstrip('/'), CHOOSE + model.pin_name]


def take(model, kind):
    return ('do', ('bind', None)) if kind == 'act' else None


def draw(model, canvas, assets):
    with assets.design(-1) as picture:
        picture.draw(canvas)
        _, _, ground, ink = picture.plate
    title, *steps = lines(model)
    widgets.line(canvas, assets.names[-1 if model.depth else 1], title, theme.HEADLINE, ink, ground)
    soft = widgets.second_voice(ground, ink)
    places = theme.BIND_FIRST, theme.BIND_SECOND, theme.BIND_THIRD
    fonts, colours = (assets.caption, assets.title, assets.caption), (soft, ink, soft)
    for font, text, base_line, colour in zip(fonts, steps, places, colours):
        widgets.line(canvas, font, text, base_line, colour, ground)
