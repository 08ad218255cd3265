"""What went wrong last, and when: for the wearer to read to somebody who can mend it."""
from firmware.ui import theme, widgets

TITLE = 'Last fault'
NONE = 'No fault is known.'


def wants(model):
    return ('crash',)


def state(model):
    return (model.rows,)


def lines(model):
    return [TITLE] + list(model.rows or (NONE,))


def draw(model, canvas, assets):
    canvas.fill(theme.NIGHT)
    sentence = model.rows[0] if model.rows else NONE
    widgets.line(canvas, assets.title, TITLE, theme.REPORT_TITLE, theme.CORAL if model.rows else theme.LEAF, theme.NIGHT)
    widgets.sentence(canvas, assets, sentence, theme.REPORT_MIDDLE, theme.PAPER, theme.NIGHT)
    for text, base_line in zip(model.rows[1:], (theme.REPORT_WHEN, theme.REPORT_SOURCE)):
        widgets.line(canvas, assets.caption, text, base_line, theme.MIST, theme.NIGHT)
