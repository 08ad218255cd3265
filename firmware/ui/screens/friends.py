"""How many friends, how far to the next medal (the ring) and to the next design; behind it who they are."""
from firmware.ui import theme, widgets

COLOURS = {'rookie': theme.MIST, 'bronze': theme.BRONZE, 'silver': theme.SILVER, 'gold': theme.GOLD, '': theme.GOLD}


def state(model):
    return model.friends, model.rank, model.next_rank, model.to_next_rank, model.rank_percent, model.to_next_design


def lines(model):
    return [widgets.thousands(model.friends), _unit(model)] + _goals(model)


def _unit(model):
    return 'friend' if model.friends == 1 else 'friends'


def _goals(model):
    """What comes next, nearest first."""
    goals = ['next design in %d' % model.to_next_design] if model.to_next_design else ['all designs yours']
    goals.append('%s in %d' % (model.next_rank, model.to_next_rank) if model.next_rank else '%s medal' % model.rank)
    return goals


def take(model, kind):
    return ('go', 'friend_list') if kind == 'act' and model.friends else None


def draw(model, canvas, assets):
    canvas.fill(theme.NIGHT)
    colour = COLOURS[model.next_rank]
    percent = model.rank_percent if model.next_rank else 100
    assets.rim.draw(canvas, percent * assets.rim.sectors // 100, colour, theme.NIGHT_TRACK, theme.NIGHT)
    sign = theme.ICON_FRIENDS if model.rank == 'rookie' else theme.ICON_MEDAL
    widgets.icon(canvas, assets, sign, theme.ICON_LINE, COLOURS[model.rank], theme.NIGHT)
    figure = widgets.thousands(model.friends)
    widgets.line(canvas, widgets.figures(assets, figure), figure, theme.FIGURES_LINE, theme.PAPER, theme.NIGHT)
    widgets.line(canvas, assets.title, _unit(model), theme.UNIT_LINE, theme.MIST, theme.NIGHT)
    for text, base_line in zip(_goals(model), (theme.FIRST_LINE, theme.SECOND_LINE)):
        widgets.line(canvas, assets.caption, text, base_line, theme.MIST, theme.NIGHT)
