"""The loops over single bytes and pixels that are worth compiling to machine code; `pixels` is their plain twin.

Owns nothing. Used by `image` and `gc9a01`, which take the twin where a port cannot load this module. Arguments are not
checked but for what comes from a file: offsets and widths are the caller's.
"""


@micropython.viper
def paint(frame, start: int, wide: int, packed, wanted: int, colours) -> int:  # noqa: C901, PLR0912
    """`unpack` and `expand` of `strips_native` in one, for pictures as wide as the frame, whose rows above are on it already:
    runs straight into `frame` from pixel pair `start` on."""
    to = ptr32(frame)
    of = ptr8(packed)
    words = ptr16(colours)
    end = int(len(packed))
    at = 0
    done = start
    most = start + wanted
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
        if stop > most:
            return -1
        kind = token >> 6
        if kind == 0:
            above = done - wide
            if above < 0:
                return -1
            while done < stop:
                to[done] = to[above]
                done += 1
                above += 1
        elif kind == 1:
            if at == end:
                return -1
            both = words[of[at] >> 4] | words[of[at] & 15] << 16
            at += 1
            while done < stop:
                to[done] = both
                done += 1
        else:
            if at + count > end:
                return -1
            while done < stop:
                to[done] = words[of[at] >> 4] | words[of[at] & 15] << 16
                done += 1
                at += 1
    return done - start


@micropython.viper
def gather(target, source, at: int, step: int, wide: int, rows: int):  # see pixels
    index = 0
    if (at | step | wide) & 1:
        pixels = ptr16(target)
        of_pixels = ptr16(source)
        while rows:
            end = at + wide
            while at < end:
                pixels[index] = of_pixels[at]
                index += 1
                at += 1
            at += step - wide
            rows -= 1
        return
    pairs = ptr32(target)                       # words of memory
    of_pairs = ptr32(source)
    at >>= 1
    step >>= 1
    wide >>= 1
    while rows:
        end = at + wide
        while at < end:
            pairs[index] = of_pairs[at]
            index += 1
            at += 1
        at += step - wide
        rows -= 1
