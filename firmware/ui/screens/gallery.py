"""The designs, each full size with its sport on its plate: a cover on the ring that shows the one that is worn; inside, a long
press wears another. Those that are not earned yet lie in the dark, with what they cost."""
from firmware.system.overlay import borrow
from firmware.ui import designs, layout, theme, widgets

places = borrow('firmware.ui.places')

TITLE = 'Designs'
COUNT = places.DESIGNS


def state(model):
    return model.depth, _number(model), model.design, model.designs_unlocked, model.to_next_design


def lines(model):
    if _number(model) == COUNT:
        return [places.BACK]
    return [_name(model), _say(model)]


def _number(model):
    """The design that shows: on the ring the worn one, inside that of the cursor, COUNT for 'Back'."""
    return model.cursor - 1 if model.depth else model.design


def _name(model):
    if not model.depth:
        return TITLE
    return designs.sport(model.cursor - 1) if model.cursor else 'Plain'


def _say(model):
    """The line below the name."""
    number = _number(model)
    if not model.depth:
        return '%d of %d yours' % (model.designs_unlocked, COUNT)
    if number == model.design:
        return 'worn now'
    if number < model.designs_unlocked:
        return 'hold to wear it'
    friends = model.to_next_design + places.FRIENDS_A_DESIGN * (number - model.designs_unlocked)
    return '1 friend to go' if friends == 1 else '%d friends to go' % friends


def take(model, kind):
    if not model.depth:
        return ('go', 'gallery') if kind == 'act' else None
    number = _number(model)
    if kind == 'previous' or kind == 'act' and number == COUNT:
        return 'back', None
    if kind == 'down':
        return 'cursor', max(0, model.cursor - 1)
    if kind != 'act':
        return 'cursor', model.cursor + 1 if number < COUNT else 0
    return ('do', ('design', number)) if number < model.designs_unlocked else None


def draw(model, canvas, assets):
    """The design; its neighbours look in from the sides, as cards beside this one."""
    shown = _number(model)
    if shown == COUNT:
        canvas.fill(theme.NIGHT)
        canvas.rect(0, places.LIST_TOP, canvas.width, places.LIST_HEIGHT, theme.NIGHT_TRACK)
        widgets.line(canvas, assets.names[-1], places.BACK, places.LIST_ALONE, theme.PAPER, theme.NIGHT_TRACK)
        return
    plate = canvas.once(_draw_design, assets, shown, shown >= model.designs_unlocked)
    canvas.once(_draw_words, model, assets, plate)
    if model.depth:
        canvas.once(_peek, model, assets, shown - 1, 0, places.PEEK)
        canvas.once(_peek, model, assets, shown + 1, canvas.width - places.PEEK, 0 - places.PEEK_GAP)


def _draw_design(canvas, assets, number, locked):
    """Returns its plate."""
    with assets.design(number) as picture:
        top, bottom, ground, ink = picture.plate
        if locked:
            picture.recolour(places.dark)
            ground, ink = places.dark(ground), theme.PAPER
        picture.draw(canvas)
    return top, bottom, ground, ink


def _draw_words(canvas, model, assets, plate):
    """What it is, on the plate, and a lock above it where it is not earned yet."""
    (top, bottom, ground, ink), locked = plate, _number(model) >= model.designs_unlocked
    below = theme.WIDE_GAP + assets.caption.cap_height
    name, place = _name(model).replace('/', '/ '), (top + theme.PLATE_TOP, min(bottom, theme.PLATE_BOTTOM))
    fonts = assets.names[1:] + (assets.title,)
    font, placed = layout.name(fonts, name, *place, below) or layout.cut_name(fonts, name, place[0], place[1] - below)
    placed = [(text.replace('/ ', '/'), base_line) for text, base_line in placed]     # where it was not broken
    widgets.lines(canvas, font, placed, ink, ground)
    voice = theme.SUN if locked else widgets.second_voice(ground, ink)
    widgets.line(canvas, assets.caption, _say(model), placed[-1][1] + below, voice, ground)
    if locked:
        widgets.icon(canvas, assets, places.ICON_LOCK, places.LOCK_LINE, theme.SUN, ground)


def _peek(canvas, model, assets, number, left, gap):
    """The edge of a neighbour, in its two largest colours, and a gap beside it."""
    if not -1 <= number < COUNT:
        return
    with assets.design(number) as picture:
        top, _, plate, _ = picture.plate
        sky = picture.colours[places.SKY]
    if number >= model.designs_unlocked:
        sky, plate = places.dark(sky), places.dark(plate)
    canvas.rect(left + gap, 0, places.PEEK_GAP, canvas.height, theme.NIGHT)
    canvas.rect(left, 0, places.PEEK, top, sky)
    canvas.rect(left, top, places.PEEK, canvas.height - top, plate)
