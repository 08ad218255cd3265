"""Home of a pin that is bound and has no card yet: how to get one."""
from firmware.ui import theme, widgets

HELLO = 'Hello'
NEXT_STEP = 'Send your card from your phone'


def state(model):
    return (model.pin_name,)


def lines(model):
    return [HELLO, NEXT_STEP] + _own_name(model)


def _own_name(model):
    return [model.pin_name] if model.pin_name else []


def draw(model, canvas, assets):
    with assets.design(-1) as picture:
        picture.draw(canvas)
        _, _, ground, ink = picture.plate
    widgets.line(canvas, assets.names[1], HELLO, theme.HEADLINE, ink, ground)
    soft = widgets.second_voice(ground, ink)
    widgets.sentence(canvas, assets, NEXT_STEP, theme.LOWER_MIDDLE, soft, ground)
    for text in _own_name(model):
        widgets.line(canvas, assets.caption, text, theme.PLATE_CAPTION_LINE, ink, ground)
