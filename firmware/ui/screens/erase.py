"""The second question before a factory reset. What is chosen first does nothing."""
from firmware.ui import theme, widgets

TITLE = 'Erase all?'
WHAT = ('Card, friends, designs', 'and steps will be gone.')
CHOICES = ('Keep it all', 'Erase it all')
ERASE = 1


def state(model):
    return (model.cursor,)


def lines(model):
    return [TITLE, ' '.join(WHAT), CHOICES[model.cursor]]


def take(model, kind):
    if kind in ('next', 'up', 'down'):
        return 'cursor', 1 - model.cursor
    if kind == 'act':
        return ('do', ('factory_reset', None)) if model.cursor == ERASE else ('back', None)
    return None


def draw(model, canvas, assets):
    canvas.fill(theme.NIGHT)
    widgets.line(canvas, assets.names[-1], TITLE, theme.ERASE_TITLE, theme.PAPER, theme.NIGHT)
    for text, base_line in zip(WHAT, (theme.ERASE_FIRST, theme.ERASE_SECOND)):
        widgets.line(canvas, assets.caption, text, base_line, theme.MIST, theme.NIGHT)
    _draw_choice(model, canvas, assets)


def update(model, canvas, assets, before):
    _draw_choice(model, canvas, assets)
    return True


def _draw_choice(model, canvas, assets):
    colour = theme.CORAL if model.cursor == ERASE else theme.NIGHT_TRACK
    canvas.rect(0, theme.ERASE_TOP, canvas.width, theme.ERASE_BOTTOM - theme.ERASE_TOP, colour)
    ink = theme.INK if model.cursor == ERASE else theme.PAPER
    widgets.line(canvas, assets.title, CHOICES[model.cursor], theme.ERASE_CHOICE, ink, colour)
