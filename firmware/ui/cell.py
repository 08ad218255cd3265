"""The picture of the cell, for the screens that tell of it. Borrowed by them."""
from firmware.ui import theme


def draw(canvas, percent, colour):
    """A battery, as full as it is; an empty one is all of that colour."""
    case = theme.MIST if percent > 0 else colour
    left, top, width, height, border = theme.CELL_LEFT, theme.CELL_TOP, theme.CELL_WIDTH, theme.CELL_HEIGHT, theme.CELL_BORDER
    canvas.rect(left + width, top + height // 3, theme.CELL_KNOB, height // 3, case)
    _rounded(canvas, left, top, width, height, theme.CELL_CORNER, case, theme.NIGHT)
    left, top, width, height = left + border, top + border, width - 2 * border, height - 2 * border
    _rounded(canvas, left, top, width, height, theme.CELL_CORNER - border, theme.NIGHT, case)
    if percent > 0:
        full = max(theme.CELL_LEAST, (width - 2 * border) * percent // 100)
        canvas.rect(left + border, top + border, full, height - 2 * border, colour)


def _rounded(canvas, x, y, w, h, corner, colour, ground):
    canvas.rect(x, y, w, h, ground)
    for left in (x + corner, x + w - corner):
        for top in (y + corner, y + h - corner):
            canvas.disc(left - .5, top - .5, corner, colour, ground)
    canvas.rect(x + corner, y, w - 2 * corner, h, colour)
    canvas.rect(x, y + corner, w, h - 2 * corner, colour)
