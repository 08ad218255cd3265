"""The loops of `strips_native` in plain Python: for ports without machine code, and what that is checked against.

Owns nothing. Used by `image` where `strips_native` cannot be loaded.
"""

expand = None                           # blitting does the same


def unpack(target, packed, wide, wanted):
    """Unpack runs into `target` (bytearray), which still holds the rows above: those of the strip before, whose last row ends
    at its end. `wide`: bytes of a row; `wanted`: how many bytes there shall be at most. Returns how many there were, or -1
    where the runs are damaged. The runs are as `image` documents them."""
    view, at, done = memoryview(target), 0, 0
    while at < len(packed):
        kind, count = packed[at] >> 6, packed[at] & 63
        at += 1
        if not count:
            count = packed[at] + 64 if at < len(packed) else wanted + 1
            at += 1
        stop, taken = done + count, (0, 1, count, count)[kind]
        if stop > wanted or at + taken > len(packed):
            return -1
        if kind == 1:
            view[done:stop] = bytes((packed[at],)) * count
        elif kind:
            view[done:stop] = packed[at:at + count]
        elif done < wide and len(view) + done - wide + count > len(view):
            return -1
        else:
            _repeat_above(view, done, stop, wide)
        at, done = at + taken, stop
    return done


def _repeat_above(view, done, stop, wide):
    """Row by row, since a run of more than a row repeats what it has written."""
    while done < stop:
        count = min(stop - done, wide)
        above = done - wide if done >= wide else len(view) + done - wide
        view[done:done + count] = view[above:above + count]
        done += count


def pick(frame, at, step, numbers, wide, rows, columns, colours):
    """The `columns` (bytes) of `rows` rows of `wide` bytes of 4-bit numbers, next to each other, into `frame` from pixel `at`
    on, where a row has `step` pixels. `colours`: 16 words of RGB565."""
    for row in range(rows):
        place = 2 * (at + row * step)
        for column in columns:
            two = numbers[row * wide + (column >> 1)]
            colour = 2 * (two & 15 if column & 1 else two >> 4)
            frame[place] = colours[colour]
            frame[place + 1] = colours[colour + 1]
            place += 2
