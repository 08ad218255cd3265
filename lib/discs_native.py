"""Anti-aliased discs, compiled to machine code; `discs` is the plain twin and says what it does.

Owns nothing. Loaded by `canvas` for the first disc.
"""


@micropython.viper
def disc(frame, bounds, cx: int, cy: int, radius: int, words):  # see discs
    to = ptr16(frame)
    edge = ptr16(bounds)
    colours = ptr16(words)
    wide = edge[0]
    high = edge[1]
    full = colours[15]
    within = (radius - 1) * (radius - 1)
    beyond = (radius + 1) * (radius + 1)
    solid = radius
    reach = radius + 1
    row = cy & 1
    while row <= radius:
        height = row * row
        while solid >= 0 and solid * solid + height > within:
            solid -= 1
        while reach >= 0 and reach * reach + height >= beyond:
            reach -= 1
        run = solid - ((solid ^ cx) & 1)
        side = 0
        while side < 2:
            y = (cy - row) >> 1 if side == 0 else (cy + row) >> 1
            side += 1
            if y < 0 or y >= high:
                continue
            line = y * wide
            distance = cx & 1
            if run >= 0:
                left = (cx - run) >> 1
                right = left + run + 1
                left = 0 if left < 0 else left
                right = wide if right > wide else right
                while left < right:
                    to[line + left] = full
                    left += 1
                distance = run + 2
            while distance <= reach:
                shade = colours[(2 * radius + radius * radius - distance * distance - height) * 15 // (4 * radius)]
                left = (cx - distance) >> 1
                right = (cx + distance) >> 1
                if left >= 0 and left < wide:
                    to[line + left] = shade
                if right >= 0 and right < wide:
                    to[line + right] = shade
                distance += 2
        row += 2
