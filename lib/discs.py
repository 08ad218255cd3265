"""Anti-aliased discs in plain Python: for ports without machine code, and what `discs_native` is checked against.

Owns nothing. Used by `canvas` where `discs_native` cannot be loaded. Rings are not drawn, they are precomputed: see `rim`.
"""


def disc(frame, bounds, cx, cy, radius, words):
    """Draw a filled circle onto a frame buffer, smooth at its edge; centre and radius in half pixels. `bounds` and `words` as
    in `glyphs.stamp`; the bounds stay.

    An edge pixel's coverage is linear in its distance d from the edge of radius r, and d = (d2 - r2) / 2r closely enough
    for a pixel either side (no square roots)."""
    wide, high = bounds[0], bounds[1]
    within, beyond = (radius - 1) * (radius - 1), (radius + 1) * (radius + 1)
    for row in range(cy & 1, radius + 1, 2):
        for distance in range(cx & 1, radius + 2, 2):
            far = distance * distance + row * row
            if far >= beyond:
                break
            level = 15 if far <= within else (2 * radius + radius * radius - far) * 15 // (4 * radius)
            for x in ((cx - distance) >> 1, (cx + distance) >> 1):
                for y in ((cy - row) >> 1, (cy + row) >> 1):
                    if 0 <= x < wide and 0 <= y < high:
                        place = 2 * (y * wide + x)
                        frame[place:place + 2] = words[2 * level:2 * level + 2]
