"""My card as a QR code, for phones without NFC; a long press shows a web address instead, where the card has one, and back."""
from firmware.system.overlay import borrow
from firmware.ui import theme, widgets

places = borrow('firmware.ui.places')

NO_CARD = 'There is no card to show yet'


def wants(model):
    return 'code', model.cursor, places.CODE_LARGEST


def state(model):
    return (model.rows,)


def lines(model):
    return [model.rows[0]] if model.rows else [NO_CARD]


def take(model, kind):
    if kind == 'act' and model.rows and model.rows[1]:
        return 'cursor', 1 - model.cursor
    return None


def draw(model, canvas, assets):
    canvas.fill(places.WHITE)
    if not model.rows:
        widgets.sentence(canvas, assets, NO_CARD, theme.MIDDLE, places.BLACK, places.WHITE)
        return
    title, _, size, rows = model.rows
    side = places.CODE_ROOM // (size + 2 * places.CODE_QUIET)
    left = theme.MIDDLE - size * side // 2
    stride = len(rows) // size
    for row in range(size):
        _draw_row(canvas, rows[row * stride:(row + 1) * stride], size, left, left + row * side, side)
    widgets.line(canvas, assets.caption, title, places.CODE_LINE, places.BLACK, places.WHITE)


def _draw_row(canvas, row, size, left, top, side):
    """The dark runs of a row, each as one rectangle."""
    start = None
    for column in range(size + 1):
        dark = column < size and row[column // places.BYTE] >> (places.BYTE - 1 - column % places.BYTE) & 1
        if dark and start is None:
            start = column
        elif not dark and start is not None:
            canvas.frame.fill_rect(left + start * side, top, (column - start) * side, side, places.BLACK)
            start = None
