"""A moment: the number of friends has earned a medal, which turns once."""
from firmware.ui import theme, widgets

FRAMES = len(theme.MEDAL_WIDTHS)


def state(model):
    return model.new_rank, model.friends


def lines(model):
    return [model.new_rank[:1].upper() + model.new_rank[1:] + ' medal', widgets.thousands(model.friends) + ' friends']


def draw(model, canvas, assets):
    canvas.fill(theme.NIGHT)
    with assets.medal(model.new_rank) as picture:
        picture.draw(canvas, theme.MIDDLE - picture.width // 2, theme.MEDAL_TOP)
    title, caption = lines(model)
    widgets.line(canvas, assets.names[-1], title, theme.MEDAL_TITLE_LINE, theme.PAPER, theme.NIGHT)
    widgets.line(canvas, assets.caption, caption, theme.MEDAL_CAPTION_LINE, theme.MIST, theme.NIGHT)


def frame(model, canvas, assets, number):
    if not number:
        draw(model, canvas, assets)
        return
    width, before = theme.MEDAL_WIDTHS[number], theme.MEDAL_WIDTHS[number - 1]
    with assets.medal(model.new_rank) as picture:
        if width < before:
            canvas.rect(theme.MIDDLE - before // 2, theme.MEDAL_TOP, before, picture.height, theme.NIGHT)
        columns = bytearray(width)                  # left out evenly
        for column in range(width):
            columns[column] = column * picture.width // width
        picture.draw_columns(canvas, theme.MIDDLE - width // 2, theme.MEDAL_TOP, columns)
