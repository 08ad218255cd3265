"""Home: the wearer's name on the chosen design, with title and organisation."""
from firmware.ui import layout, theme, widgets


def state(model):
    return model.design, model.name, model.title, model.organisation


def lines(model):
    return [text for text in (model.name, model.title, model.organisation) if text]


def draw(model, canvas, assets):
    with assets.design(model.design) as picture:
        picture.draw(canvas)
        top, bottom, ground, ink = picture.plate
    font, placed, below = _arrange(model, assets, top + theme.PLATE_TOP, min(bottom, theme.PLATE_BOTTOM))
    widgets.lines(canvas, font, placed, ink, ground)
    base_line, gap, colour = placed[-1][1] if placed else top, theme.WIDE_GAP, widgets.second_voice(ground, ink)
    for font, text in zip((assets.title, assets.caption), below):
        base_line += gap + font.cap_height
        if font is assets.title:
            widgets.small_line(canvas, assets, text, base_line, colour, ground)
        else:
            widgets.line(canvas, font, text, base_line, colour, ground)
        gap = theme.GAP


def _arrange(model, assets, top, bottom):
    """(font, [(text, base line)] of the name, the lines below it): the organisation, then the title give way to the name."""
    heights = (theme.WIDE_GAP + assets.title.cap_height, theme.GAP + assets.caption.cap_height)
    below = [text for text in (model.title, model.organisation) if text]
    for count in range(len(below), -1, -1):
        found = layout.name(assets.names, model.name, top, bottom, sum(heights[:count]))
        if found:
            return found + (below[:count],)
    return layout.cut_name(assets.names, model.name, top, bottom) + ((),)
