"""The loops of `glyphs_native` in plain Python: for ports without machine code, and what that is checked against.

Owns nothing. Used by `font`, `canvas` and `rim` where `glyphs_native` cannot be loaded; on CPython `font` measures with it.
A blob is a glyph, or a part of one or of a ring: b x, b y of its corner from the pen, B width, B height, then rows of 4-bit
coverage, left pixel in the high nibble, each row padded to whole bytes.
"""
from struct import unpack_from

from rgb565 import mix

_PAGE = 2048                            # bytes of one in a font's pool
_PAIRS = 576                            # where the places of the kerning begin in a font's core


def _advance(core, code):
    """Of a character of ASCII, counted from the space; -1 where the font has no such."""
    advance = unpack_from('<H', core, 6 * code)[0] if 0 <= code <= 94 else 0xFFFF
    return -1 if advance == 0xFFFF else advance


def kerning(core, row, column):
    """How far the right one of two characters moves, in sixteenths of a pixel; 1000 where the core does not say."""
    if row > core[_PAIRS - 4] or column > core[_PAIRS - 3]:
        return 1000
    begin, end = unpack_from('<HH', core, _PAIRS + 2 * row)
    for at in range(begin, end, 2):
        if core[at] == column:
            return unpack_from('<b', core, at + 1)[0]
    return 0


def lay(core, text, most, places, run):
    """Set a text of ASCII in the font with this `core`; at most 1000 characters of it. Returns -1 where it holds others.

    To measure, with an empty `run`: returns the pen position after the text, or after the first character that begins beyond
    `most` (both in sixteenths of a pixel) << 10 | how many characters end within `most`.

    To draw, with run[0..2] the number of the next character, the pen and the kerning row before it, which all are 0 to begin
    with and are brought forward: writes from run[4] on a place on a page of the pool and whole pixels from the start, for each
    character with ink, until one begins beyond `most` or is not in the pool or on another page or `run` is full. Returns how
    many numbers of `run` are valid; run[3] is the page. `places`: of each character's blob in the pool + 1, 0 for none."""
    at, pen, row, done = (run[0], run[1], run[2], 4) if run else (0, 0, 0, 0)
    while at < min(len(text), 1000):
        code = ord(text[at]) - 32
        advance = _advance(core, code)
        if advance < 0:
            return -1
        inked = core[6 * code + 4:6 * code + 6] != core[6 * code + 10:6 * code + 12]
        if run and (done == len(run) or inked and (not places[code] or done > 4 and (places[code] - 1) // _PAGE != run[3])):
            break
        pen += kerning(core, row, core[6 * code + 3])
        if pen > most:
            break
        if run and inked:
            run[3], run[done] = divmod(places[code] - 1, _PAGE)
            run[done + 1] = (pen + 8) >> 4 & 0xFFFF
            done += 2
        at += 1
        pen += advance
        row = core[6 * code + 2]
    if run:
        run[0], run[1], run[2] = at, pen, row
        return done
    return pen << 10 | at - (at > 0 and pen > most)


def stamp(frame, bounds, pool, run, count, words, x, y):
    """Draw blobs onto a frame buffer (words of RGB565): those at the places run[4], run[6], ... in `pool`, with their pens at
    `x` + run[5], run[7], ... (16 bits, signed) and `y`; `count` numbers of `run`. `words`: the 16 colours from ground to full
    coverage, of which those equal to the first are not drawn. `bounds`: width and height of the frame, then left, top, right,
    bottom of what has been drawn on, which grow; what lies outside is cut off."""
    wide, high = bounds[0], bounds[1]
    colours = [words[at:at + 2] for at in range(0, 32, 2)]
    for item in range(4, count, 2):
        at = run[item]
        dx, dy, w, h = unpack_from('<bbBB', pool, at)
        left, top = x + run[item + 1] - (run[item + 1] << 1 & 0x10000) + dx, y + dy
        stride = (w + 1) // 2
        for row in range(max(0, -top), min(h, high - top)):
            for column in range(max(0, -left), min(w, wide - left)):
                two = pool[at + 4 + row * stride + column // 2]
                shade = colours[two & 15 if column & 1 else two >> 4]
                if shade != colours[0]:
                    place = 2 * ((top + row) * wide + left + column)
                    frame[place:place + 2] = shade
        right, bottom = min(wide, left + w), min(high, top + h)
        left, top = max(0, left), max(0, top)
        if left < right and top < bottom:
            bounds[2], bounds[3] = min(bounds[2], left), min(bounds[3], top)
            bounds[4], bounds[5] = max(bounds[4], right), max(bounds[5], bottom)


def blend(words, ground, colour):
    """Fill `words` (bytearray) with the 16 colours from `ground` to `colour`."""
    for level in range(16):
        shade = mix(ground, colour, level)
        words[2 * level], words[2 * level + 1] = shade & 0xFF, shade >> 8
