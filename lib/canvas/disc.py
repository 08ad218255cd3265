"""Anti-aliased discs on a frame buffer, row by row.

Owns nothing. A row is worked out once and drawn above and below the centre; only the pixels that the edge crosses cost
Python time, the rest are horizontal lines in C. Used by `canvas.Canvas`. Rings are not drawn, they are precomputed: see
`rim`.

Lengths are in half pixels, so that a centre may lie between pixels. An edge pixel's coverage is linear in its distance d
from the edge of radius r, and d = (d2 - r2) / 2r closely enough for a pixel either side (no square roots).
"""
LEVELS = 15


def draw(frame, shades, cx, cy, radius):
    """Draw a disc on `frame` (framebuf). `cx`, `cy`, `radius` in half pixels; `shades` are the 16 colours from ground to
    full coverage."""
    pixel, hline = frame.pixel, frame.hline
    within, beyond, square = (radius - 1) * (radius - 1), (radius + 1) * (radius + 1), radius * radius
    solid, reach = radius, radius + 1
    for row in range(cy & 1, radius + 1, 2):
        height = row * row
        while solid >= 0 and solid * solid + height > within:
            solid -= 1
        while reach >= 0 and reach * reach + height >= beyond:
            reach -= 1
        above, below = (cy - row) >> 1, (cy + row) >> 1
        run = solid - ((solid ^ cx) & 1)                        # the last distance that falls on a pixel
        if run >= 0:
            hline((cx - run) >> 1, above, run + 1, shades[LEVELS])
            hline((cx - run) >> 1, below, run + 1, shades[LEVELS])
        for distance in range(run + 2 if run >= 0 else cx & 1, reach + 1, 2):
            left, right = (cx - distance) >> 1, (cx + distance) >> 1
            shade = shades[(2 * radius + square - distance * distance - height) * LEVELS // (4 * radius)]
            pixel(left, above, shade)
            pixel(right, above, shade)
            pixel(left, below, shade)
            pixel(right, below, shade)
