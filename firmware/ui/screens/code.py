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
    import framebuf  # here, so that the screen can be asked things where there is none

    canvas.fill(places.WHITE)
    if not model.rows:
        widgets.sentence(canvas, assets, NO_CARD, theme.MIDDLE, places.BLACK, places.WHITE)
        return
    title, _, size, rows = model.rows
    side = places.CODE_ROOM // (size + 2 * places.CODE_QUIET)
    left, wide = theme.MIDDLE - size * side // 2, len(rows) // size * side      # bytes of a row of pixels
    palette = canvas.ladder(places.BLACK, places.WHITE, 2)
    canvas.blit(_enlarged(rows, size, side), wide * places.BYTE, size * side, framebuf.MONO_HLSB, left, left, palette)
    widgets.line(canvas, assets.caption, title, places.CODE_LINE, places.BLACK, places.WHITE)


def _enlarged(rows, size, side):
    """Rows of one bit a module, each `side` times as wide and high: eight modules become `side` bytes."""
    stride, half, odd = len(rows) // size, places.BYTE // 2, side & 1
    fours, eights = [0], {}                         # what four modules become, and eight
    for bit in range(half):
        fours += [four | (1 << side) - 1 << bit * side for four in fours]
    pieces = [] if odd else [four.to_bytes(side // 2, 'big') for four in fours]
    high = stride * side * side                     # bytes of a row of modules
    found = bytearray(high * size)
    for at in range(size):
        row = rows[at * stride:(at + 1) * stride]
        for eight in row:
            if eight not in eights:
                left, right = eight >> half, eight & (1 << half) - 1
                if odd:
                    eights[eight] = (fours[left] << half * side | fours[right]).to_bytes(side, 'big')
                else:                               # long numbers would leave much garbage
                    eights[eight] = pieces[left] + pieces[right]
        found[at * high:(at + 1) * high] = b''.join([eights[eight] for eight in row]) * side
    return found
