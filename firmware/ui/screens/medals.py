"""The medals: the one that was earned, how far it is to the next, and which of the four there are; behind it the errands."""
from firmware.system.overlay import borrow
from firmware.ui import theme, widgets

places = borrow('firmware.ui.places')

RANKS = ('rookie', 'bronze', 'silver', 'gold')
NEXT_STEP = 'Hold for errands'


def state(model):
    return model.rank, model.next_rank, model.to_next_rank, model.rank_percent


def lines(model):
    return [_title(model), _next(model), NEXT_STEP]


def _title(model):
    return model.rank[:1].upper() + model.rank[1:]


def _next(model):
    if not model.next_rank:
        return 'All medals are yours'
    return '%d friend%s to %s' % (model.to_next_rank, '' if model.to_next_rank == 1 else 's', model.next_rank)


def take(model, kind):
    return ('go', 'errands') if kind == 'act' else None


def draw(model, canvas, assets):
    """The medal; on the rim how far it is to the next; then what that means."""
    metals = (theme.SKY_LIGHT, theme.BRONZE, theme.SILVER, theme.GOLD)
    canvas.fill(theme.NIGHT)
    with assets.medal(model.rank) as picture:
        picture.draw(canvas, theme.MIDDLE - picture.width // 2, places.MEDALS_TOPS[RANKS.index(model.rank)])
    canvas.rect(0, 0, canvas.width, places.MEDALS_CUT, theme.NIGHT)
    following = metals[RANKS.index(model.next_rank)] if model.next_rank else theme.GOLD
    percent = model.rank_percent if model.next_rank else 100
    assets.rim.draw(canvas, percent * assets.rim.sectors // 100, following, theme.NIGHT_TRACK, theme.NIGHT)
    _draw_words(model, canvas, assets, metals)


def _draw_words(model, canvas, assets, metals):
    widgets.line(canvas, assets.names[-1], _title(model), places.MEDALS_LINE, theme.PAPER, theme.NIGHT)
    widgets.line(canvas, assets.caption, _next(model), places.MEDALS_SECOND, theme.MIST, theme.NIGHT)
    x = theme.MIDDLE - places.MEDALS_STEP * (len(RANKS) - 1) // 2
    for number, colour in enumerate(metals):
        earned = number <= RANKS.index(model.rank)
        canvas.disc(x, places.MEDALS_DOTS, places.MEDALS_DOT, colour if earned else theme.NIGHT_TRACK, theme.NIGHT)
        x += places.MEDALS_STEP
