"""What several screens draw: centred lines, sentences and names, icons, a figure that changes in place.

Owns nothing. Places come from `theme` and `layout`.
"""
from firmware.system.overlay import borrow
from firmware.ui import layout, theme
from rgb565 import mix


def line(canvas, font, text, base_line, colour, ground):
    """One centred line, shortened with an ellipsis where its chord is too short; in high contrast in larger type where there
    is one (`larger` of the font) and it has room."""
    canvas.once(_line, font, text, base_line, colour, ground)


def _line(canvas, font, text, base_line, colour, ground):
    larger = theme.LARGER and getattr(font, 'larger', None)
    if larger and larger.width(text) <= layout.room(larger, base_line):
        font = larger
    text = font.ellipsis(text, layout.room(font, base_line))
    canvas.text(font, text, theme.MIDDLE - font.width(text) // 2, base_line, colour, ground)


def small_line(canvas, assets, text, base_line, colour, ground):
    """`line` in title type, or in caption type where its chord is too short for that."""
    canvas.once(_small_line, assets, text, base_line, colour, ground)


def _small_line(canvas, assets, text, base_line, colour, ground):
    font = assets.title
    if font.width(text) > layout.room(font, base_line):
        font = assets.caption
    _line(canvas, font, text, base_line, colour, ground)


def lines(canvas, font, placed, colour, ground):
    """Centred lines as `layout` places them: [(text, base line)]."""
    for text, base_line in placed:
        canvas.text(font, text, theme.MIDDLE - font.width(text) // 2, base_line, colour, ground)


def name(canvas, assets, text, strip, rows, belows, ink, ground):
    """A name as large as it goes between `rows` (the first and the last): its prerendered picture `strip` where it has one.
    Of `belows`, heights that the caller would like to keep free underneath, the first one that leaves the name whole is
    kept. Returns (the name's last base line, number of that height)."""
    found = strip and canvas.once(_picture, strip, rows, belows, ink, ground)
    if found:
        return found
    for font in assets.names:               # so what is read to measure it is read in small steps
        if canvas.once(_width, font, text) <= 2 * theme.CONTENT_RADIUS:
            break
    font, placed, number = canvas.once(_place, assets, text, rows, belows)
    if not placed:
        return rows[0], number
    first, base_line = placed[0]            # an accent on a capital may not leave the plate
    low = max(0, rows[0] - theme.PLATE_TOP - (base_line - canvas.once(_top, font, first)))
    lines(canvas, font, [(line, base_line + low) for line, base_line in placed], ink, ground)
    return placed[-1][1] + low, number


def _width(_, font, text):
    return font.width(text)


def _top(_, font, text):
    return font.top(text)


def _place(_, assets, text, rows, belows):
    """(font, [(text of a line, its base line)], number of the height that is kept free) of a name."""
    (top, bottom), found = rows, None
    number, written = -1, layout.Name(assets.names, text)
    while not found and number + 1 < len(belows):
        number += 1
        found = written.place(top, bottom, belows[number])
    font, placed = found or layout.cut_name(assets.names, text, top, bottom - belows[number], assets.title)
    return font, placed, number


def _picture(canvas, strip, rows, belows, ink, ground):
    """The prerendered name in the place of the text, as `name`; None where it does not fit or is none."""
    import framebuf  # here, so that screens can be asked things where there is none

    name_strip = borrow('firmware.social.name_strip')
    try:
        width, height, pixels = name_strip.pixels(strip)
    except name_strip.StripError:
        return None
    for number, below in enumerate(belows):
        row = layout.picture(width, height, rows[0], rows[1] - below)
        if row >= 0:
            palette = canvas.ladder(ink, ground, 4)
            canvas.blit(pixels, width, height, framebuf.GS2_HMSB, theme.MIDDLE - width // 2, row, palette)
            return row + height, number
    return None


def sentence(canvas, assets, text, middle, colour, ground):
    """A wrapped, centred sentence around the row `middle`, in caption size where it is long."""
    canvas.once(_sentence, assets, text, middle, colour, ground)


def _sentence(canvas, assets, text, middle, colour, ground):
    fonts = ((assets.title, theme.TITLE_LINES), (assets.caption, theme.CAPTION_LINES))
    if theme.LARGER:
        fonts = ((assets.names[-1], theme.LARGER_LINES),) + fonts
    font, placed = layout.wrap(fonts, text, middle)
    lines(canvas, font, placed, colour, ground)


def icon(canvas, assets, sign, base_line, colour, ground):
    """A centred icon that stands on `base_line`."""
    canvas.text(assets.icons, sign, theme.MIDDLE - assets.icons.width(sign) // 2, base_line, colour, ground)


def replace(canvas, font, before, text, base_line, colour, ground):
    """Put a centred line in the place of the centred line `before`, clearing and sending no more than what differs."""
    width = font.width(text)
    left, right = theme.MIDDLE - width // 2, theme.MIDDLE + (width + 1) // 2
    if not font.kerned and font.width(before) == width:
        while text and text[0] == before[0]:
            left += font.width(text[0])
            text, before = text[1:], before[1:]
        clear_left, clear_right = left, right
    else:
        widest = max(width, font.width(before)) + 2 * theme.HAIR
        clear_left, clear_right = theme.MIDDLE - widest // 2, theme.MIDDLE + widest // 2
    canvas.rect(clear_left, base_line - font.ascent, clear_right - clear_left, font.ascent + font.descent, ground)
    canvas.text(font, text, left, base_line, colour, ground)


def second_voice(ground, ink):
    """The quieter text colour on a plate."""
    return mix(ground, ink, theme.SECOND_VOICE)


def figures(assets, text, room=theme.FIGURES_ROOM):
    """The largest font in which a number is at most `room` pixels wide; by default it fits between the rim's sides."""
    digits = sum([sign.isdigit() for sign in text])
    for font in assets.figures + assets.names:
        if font in assets.figures and digits * font.cap_height * theme.DIGIT_PERCENT > 100 * room:
            continue                            # sooner said than a file is opened
        if font.width(text) <= room:
            return font
    return font


def thousands(number):
    """12345 -> '12,345'."""
    text = str(number)
    return text[:-3] + ',' + text[-3:] if len(text) > 3 else text
