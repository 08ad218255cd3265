"""The last seven days: a bar for each, the goal across them, today marked, and how much it was in all."""
from firmware.system.overlay import borrow
from firmware.ui import theme, widgets

places = borrow('firmware.ui.places')

NONE = 'No steps yet'
HINTS = 'Take me for a walk,', 'and a bar grows here'
NO_DAYS = 'last seven days'


def wants(model):
    return ('week',)


def state(model):
    return model.rows, model.goal


def lines(model):
    days, weekday = model.rows or places.NO_WEEK
    if not any(days):
        return [NONE, ' '.join(HINTS)]
    return [widgets.thousands(sum(days)), _unit(days, model.goal)] + [
        '%s %s' % (_letter(number, weekday), widgets.thousands(steps)) for number, steps in enumerate(days)]


def _unit(days, goal):
    """'steps, 4 goals', since a goal that was reached is what counts."""
    reached = sum([steps >= goal for steps in days])
    return 'steps in a week' if not reached else 'steps, %d goal%s' % (reached, '' if reached == 1 else 's')


def _letter(number, weekday):
    """Of a day, the last of which is a `weekday` (0: Monday); a mark where that is not known."""
    if weekday is None:
        return '·'
    return places.LETTERS[(weekday - places.DAYS + 1 + number) % places.DAYS]


def draw(model, canvas, assets):
    days, weekday = model.rows or places.NO_WEEK
    canvas.fill(theme.NIGHT)
    if not any(days):
        _draw_none(canvas, assets)
        return
    widgets.line(canvas, assets.names[-1], widgets.thousands(sum(days)), places.WEEK_TOTAL_LINE, theme.PAPER, theme.NIGHT)
    widgets.line(canvas, assets.caption, _unit(days, model.goal), places.WEEK_UNIT_LINE, theme.MIST, theme.NIGHT)
    top = max(model.goal, *days)
    goal_line = places.WEEK_FLOOR - model.goal * places.WEEK_HIGH // top
    middle = theme.MIDDLE - places.DAYS // 2 * places.WEEK_STEP
    left = middle - places.WEEK_STEP // 2
    if weekday is None:
        widgets.line(canvas, assets.caption, NO_DAYS, places.WEEK_LETTER_LINE, theme.MIST, theme.NIGHT)
    for x in range(left, left + places.DAYS * places.WEEK_STEP, places.WEEK_DASH * 2):
        canvas.rect(x, goal_line, places.WEEK_DASH, theme.HAIR, theme.LEAF)
    for number, steps in enumerate(days):
        today = number == places.DAYS - 1
        high = max(places.WEEK_LOW, steps * places.WEEK_HIGH // top)
        colour = theme.LEAF if steps >= model.goal else theme.PAPER if today else theme.MIST
        _bar(canvas, middle, high, colour if steps else theme.NIGHT_TRACK)
        if weekday is not None:
            _name(canvas, assets.caption, _letter(number, weekday), middle, today)
        middle += places.WEEK_STEP


def _draw_none(canvas, assets):
    """What to do about it."""
    widgets.icon(canvas, assets, theme.ICON_STEPS, places.WEEK_ICON_LINE, theme.LEAF, theme.NIGHT)
    widgets.line(canvas, assets.names[-1], NONE, places.WEEK_NONE_LINE, theme.PAPER, theme.NIGHT)
    for text, base_line in zip(HINTS, places.WEEK_HINTS):
        widgets.line(canvas, assets.caption, text, base_line, theme.MIST, theme.NIGHT)


def _name(canvas, font, letter, middle, today):
    """A day's letter; today's is underlined."""
    voice, line = theme.PAPER if today else theme.MIST, places.WEEK_LETTER_LINE
    canvas.text(font, letter, middle - font.width(letter) // 2, line, voice, theme.NIGHT)
    if today:
        canvas.rect(middle - places.WEEK_HALF, line + places.WEEK_DASH, places.WEEK_BAR, theme.HAIR, theme.PAPER)


def _bar(canvas, middle, high, colour):
    """One day, with a round head where it is high enough for one."""
    left, top = middle - places.WEEK_HALF, places.WEEK_FLOOR - high
    if high > places.WEEK_BAR:
        canvas.disc(middle, top + places.WEEK_HALF, places.WEEK_ROUND, colour, theme.NIGHT)
        top += places.WEEK_HALF
    canvas.rect(left, top, places.WEEK_BAR, places.WEEK_FLOOR - top, colour)
