"""Steps today on the way to the goal: a large figure inside a ring."""
from firmware.ui import theme, widgets


def state(model):
    return model.steps_today, model.goal, model.distance


def lines(model):
    return [widgets.thousands(model.steps_today), 'steps today', _goal(model.steps_today, model.goal)] + _distance(model)


def _goal(steps, goal):
    return 'goal reached' if steps >= goal else 'of ' + widgets.thousands(goal)


def _distance(model):
    return [model.distance] if model.distance else []


def _done(assets, steps, goal):
    """How many sectors of the rim the steps fill; the last one only with the goal itself."""
    return min(assets.rim.sectors, steps * assets.rim.sectors // max(1, goal))


def draw(model, canvas, assets):
    canvas.fill(theme.NIGHT)
    assets.rim.draw(canvas, _done(assets, model.steps_today, model.goal), theme.LEAF, theme.NIGHT_TRACK, theme.NIGHT)
    widgets.icon(canvas, assets, theme.ICON_STEPS, theme.ICON_LINE, theme.LEAF, theme.NIGHT)
    figure = widgets.thousands(model.steps_today)
    widgets.line(canvas, widgets.figures(assets, figure), figure, theme.FIGURES_LINE, theme.PAPER, theme.NIGHT)
    widgets.line(canvas, assets.title, _goal(model.steps_today, model.goal), theme.UNIT_LINE, theme.MIST, theme.NIGHT)
    if model.distance:
        widgets.line(canvas, assets.caption, model.distance, theme.FIRST_LINE, theme.MIST, theme.NIGHT)


def update(model, canvas, assets, before):
    """Changes of the figure and the rim in place; a new goal is drawn afresh."""
    steps, goal, distance = before
    figure_before, figure = widgets.thousands(steps), widgets.thousands(model.steps_today)
    font = widgets.figures(assets, figure)
    if (goal != model.goal or (steps >= goal) != (model.steps_today >= goal) or bool(distance) != bool(model.distance)
            or font is not widgets.figures(assets, figure_before)):
        return False
    if figure != figure_before:
        widgets.replace(canvas, font, figure_before, figure, theme.FIGURES_LINE, theme.PAPER, theme.NIGHT)
    if distance != model.distance:
        widgets.replace(canvas, assets.caption, distance, model.distance, theme.FIRST_LINE, theme.MIST, theme.NIGHT)
    assets.rim.update(canvas, _done(assets, steps, goal), _done(assets, model.steps_today, goal), theme.LEAF,
                      theme.NIGHT_TRACK, theme.NIGHT)
    return True
