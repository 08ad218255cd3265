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
    """Rows of one bit a module, each `side` times as wide and high; four modules at a time, so that no number is long."""
    stride, half, step = len(rows) // size, places.BYTE // 2, places.BYTE // 2 * side
    wide, dot = stride * side, (1 << side) - 1
    fours = []                                      # what four modules become
    for four in range(1 << half):
        fours.append(sum([(four >> bit & 1) * dot << bit * side for bit in range(half)]))
    found, at = bytearray(wide * side * size), 0
    for start in range(0, len(rows), stride):
        value = bits = 0                            # that have no place yet
        for two in rows[start:start + stride]:
            for four in (two >> half, two & (1 << half) - 1):
                value, bits = value << step | fours[four], bits + step
                while bits >= places.BYTE:
                    bits -= places.BYTE
                    found[at] = value >> bits
                    value &= (1 << bits) - 1
                    at += 1
        row = found[at - wide:at]
        for _ in range(side - 1):
            found[at:at + wide] = row
            at += wide
    return found
