"""The loops over strips of a picture that is not drawn whole, compiled to machine code; `strips` is their plain twin.

Owns nothing. Loaded by `image` for the first such picture. Arguments are not
checked but for what comes from a file: offsets and widths are the caller's.
"""


@micropython.viper
def unpack(target, packed, wide: int, wanted: int) -> int:  # noqa: C901, PLR0912 - see pixels; calls would cost more
    to = ptr8(target)
    of = ptr8(packed)
    size = int(len(target))
    end = int(len(packed))
    at = 0
    done = 0
    while at < end:
        token = of[at]
        at += 1
        count = token & 63
        if count == 0:
            if at == end:
                return -1
            count = of[at] + 64
            at += 1
        stop = done + count
        if stop > wanted:
            return -1
        kind = token >> 6
        if kind == 0:
            above = done - wide
            if above < 0:
                above += size
                if above + count > size:
                    return -1
            while done < stop:
                to[done] = to[above]
                done += 1
                above += 1
        elif kind == 1:
            if at == end:
                return -1
            value = of[at]
            at += 1
            while done < stop:
                to[done] = value
                done += 1
        else:
            if at + count > end:
                return -1
            while done < stop:
                to[done] = of[at]
                done += 1
                at += 1
    return done


@micropython.viper
def expand(frame, at: int, step: int, numbers, pairs: int, rows: int, colours):
    """Colours for 4-bit numbers: `rows` rows of `pairs` bytes, two pixels each, into `frame` from pixel pair `at` on, where
    a row has `step` pairs. `colours`: 16 words of RGB565. Canvas.blit does the same with any offset and clips."""
    to = ptr32(frame)
    of = ptr8(numbers)
    words = ptr16(colours)
    index = 0
    last = -1
    both = 0
    while rows:
        column = at
        end = at + pairs
        while column < end:
            two = of[index]
            if two != last:
                last = two
                both = words[two >> 4] | words[two & 15] << 16
            to[column] = both
            index += 1
            column += 1
        at += step
        rows -= 1


@micropython.viper
def pick(frame, at: int, step: int, numbers, wide: int, rows: int, columns, colours):  # see pixels
    to = ptr16(frame)
    of = ptr8(numbers)
    taken = ptr8(columns)
    words = ptr16(colours)
    count = int(len(columns))
    row = 0
    while rows:
        index = 0
        while index < count:
            column = taken[index]
            two = of[row + (column >> 1)]
            if column & 1:
                to[at + index] = words[two & 15]
            else:
                to[at + index] = words[two >> 4]
            index += 1
        row += wide
        at += step
        rows -= 1
