"""A moment: the number of friends has earned a medal."""
from firmware.ui import theme, widgets
from rgb565 import mix

COLOURS = {'bronze': theme.BRONZE, 'silver': theme.SILVER, 'gold': theme.GOLD}


def state(model):
    return model.new_rank, model.friends


def lines(model):
    return [_title(model), widgets.thousands(model.friends) + ' friends']


def _title(model):
    return model.new_rank[:1].upper() + model.new_rank[1:] + ' medal'


def draw(model, canvas, assets):
    metal = COLOURS[model.new_rank]
    band = mix(metal, theme.NIGHT, theme.MEDAL_SHADE)
    canvas.fill(theme.NIGHT)
    canvas.disc(theme.MIDDLE, theme.MEDAL_MIDDLE, theme.MEDAL_RADIUS, band, theme.NIGHT)
    canvas.disc(theme.MIDDLE, theme.MEDAL_MIDDLE, theme.MEDAL_RADIUS - theme.MEDAL_BAND, metal, band)
    figure = widgets.thousands(model.friends)
    font = widgets.figures(assets, figure, theme.MEDAL_ROOM)
    widgets.line(canvas, font, figure, theme.MEDAL_MIDDLE + font.cap_height // 2, theme.NIGHT, metal)
    widgets.line(canvas, assets.names[-1], _title(model), theme.MEDAL_TITLE_LINE, theme.PAPER, theme.NIGHT)
