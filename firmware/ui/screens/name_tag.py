"""Home: the wearer's name on the chosen design, with title and organisation."""
from firmware.ui import theme, widgets


def state(model):
    return model.design, model.name, model.strip, model.title, model.organisation


def lines(model):
    return [text for text in (model.name, model.title, model.organisation) if text]


def draw(model, canvas, assets):
    with assets.design(model.design) as picture:
        picture.draw(canvas)
        top, bottom, ground, ink = picture.plate
    below = [text for text in (model.title, model.organisation) if text]
    heights = (theme.WIDE_GAP + assets.title.cap_height, theme.GAP + assets.caption.cap_height)
    wishes = [sum(heights[:count]) for count in range(len(below), -1, -1)]      # the organisation, then the title give way
    rows = top + theme.PLATE_TOP, min(bottom, theme.PLATE_BOTTOM)
    base_line, number = widgets.name(canvas, assets, model.name, model.strip, rows, wishes, ink, ground)
    gap, colour = theme.WIDE_GAP, widgets.second_voice(ground, ink)
    for font, text in zip((assets.title, assets.caption), below[:len(below) - number]):
        base_line += gap + font.cap_height
        if font is assets.title:
            widgets.small_line(canvas, assets, text, base_line, colour, ground)
        else:
            widgets.line(canvas, font, text, base_line, colour, ground)
        gap = theme.GAP
