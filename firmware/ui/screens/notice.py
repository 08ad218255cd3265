"""A sentence from the pin: what happened and what to do next, as large as it fits."""
from firmware.ui import layout, theme, widgets


def state(model):
    return (model.notice,)


def lines(model):
    return [model.notice]


def draw(model, canvas, assets):
    canvas.fill(theme.NIGHT)
    canvas.once(_draw_sentence, model, assets)


def _draw_sentence(canvas, model, assets):
    fonts = ((assets.names[-1], theme.NOTICE_LINES), (assets.title, theme.TITLE_LINES), (assets.caption, theme.CAPTION_LINES))
    fonts = [(font, count) for font, count in fonts if len(model.notice) * font.x_height < count * theme.NOTICE_ROOM]
    if fonts:
        font, placed = layout.wrap(fonts, model.notice, theme.SENTENCE_MIDDLE)
    if not fonts or _is_cut(placed, model.notice):      # then it has all the round for itself
        font, placed = layout.wrap(((assets.caption, theme.FULL_LINES),), model.notice, theme.MIDDLE)
        if _is_cut(placed, model.notice):
            last, base_line = placed[-1]
            placed[-1] = last[:max(last.rfind(' '), 0)] + '…', base_line        # after a word
    else:
        widgets.icon(canvas, assets, theme.ICON_ALERT, theme.ICON_LINE, theme.SUN, theme.NIGHT)
    widgets.lines(canvas, font, placed, theme.PAPER, theme.NIGHT)


def _is_cut(placed, text):
    return bool(placed) and placed[-1][0][-1] == '…' != text[-1]
