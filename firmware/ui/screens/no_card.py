"""Home of a pin that has no card yet: how to get one."""
from firmware.ui import theme, widgets


def state(model):
    return model.bound, model.pin_name


def lines(model):
    return ['Hello', _next_step(model)] + _own_name(model)


def _next_step(model):
    if model.bound:
        return 'Send your card from your phone'
    return 'Bind a phone to put your name here'


def _own_name(model):
    return [model.pin_name] if model.pin_name else []


def draw(model, canvas, assets):
    with assets.design(-1) as picture:
        picture.draw(canvas)
        _, _, ground, ink = picture.plate
    widgets.line(canvas, assets.names[1], 'Hello', theme.HEADLINE, ink, ground)
    soft = widgets.second_voice(ground, ink)
    widgets.sentence(canvas, assets, _next_step(model), theme.LOWER_MIDDLE, soft, ground)
    for text in _own_name(model):
        widgets.line(canvas, assets.caption, text, theme.PLATE_CAPTION_LINE, ink, ground)
