"""The loops over the characters and pixels of text and rings, compiled to machine code; `glyphs` is their plain twin.

Owns nothing. Used by `font`, `canvas` and `rim`, which take the twin where a port cannot load this module. Arguments are not
checked: they are the caller's, and what comes from a file is what `assets/fonts/pack.py` has written. `glyphs` says what each
function does; places of the tables are those of the file format in `font`.
"""


@micropython.viper
def lay(core, text, most: int, places, run) -> int:  # see glyphs
    words = ptr16(core)
    octets = ptr8(core)
    of = ptr8(text)
    held = ptr16(places)
    to = ptr16(run)
    length = int(len(text))
    room = int(len(run))
    at = pen = row = done = 0
    if room:
        at = to[0]
        pen = to[1]
        row = to[2]
        done = 4
    while at < length and at < 1000:
        code = of[at] - 32
        if code < 0 or code > 94 or words[code * 3] == 0xFFFF:
            return -1
        inked = words[code * 3 + 2] != words[code * 3 + 5]
        if room and (done == room or inked and (held[code] == 0 or done > 4 and (held[code] - 1) >> 11 != to[3])):
            break
        column = octets[code * 6 + 3]
        if row and column:
            pair = words[288 + row]
            end = words[289 + row]
            while pair < end:
                if octets[pair] == column:
                    moved = octets[pair + 1]
                    pen += moved - (moved << 1 & 256)
                    end = 0
                pair += 2
        if pen > most:
            break
        if room and inked:
            to[3] = (held[code] - 1) >> 11
            to[done] = (held[code] - 1) & 2047
            to[done + 1] = (pen + 8) >> 4
            done += 2
        at += 1
        pen += words[code * 3]
        row = octets[code * 6 + 2]
    if room:
        to[0] = at
        to[1] = pen
        to[2] = row
        return done
    if at and pen > most:
        at -= 1
    return pen << 10 | at


@micropython.viper
def kerning(core, row: int, column: int) -> int:  # see glyphs
    words = ptr16(core)
    octets = ptr8(core)
    if row > octets[572] or column > octets[573]:
        return 1000
    pair = words[288 + row]
    end = words[289 + row]
    while pair < end:
        if octets[pair] == column:
            return octets[pair + 1] - (octets[pair + 1] << 1 & 256)
        pair += 2
    return 0


@micropython.viper
def stamp(frame, bounds, pool, run, count: int, words, x: int, y: int):  # noqa: C901, PLR0915 - see glyphs
    to = ptr16(frame)
    edge = ptr16(bounds)
    bits = ptr8(pool)
    of = ptr16(run)
    colours = ptr16(words)
    wide = edge[0]
    high = edge[1]
    least = 1
    while least < 16 and colours[least] == colours[0]:
        least += 1
    bright = least << 4
    item = 4
    while item < count:
        at = of[item]
        left = of[item + 1]
        item += 2
        left += x - (left << 1 & 0x10000) + bits[at] - (bits[at] << 1 & 256)
        top = y + bits[at + 1] - (bits[at + 1] << 1 & 256)
        right = left + bits[at + 2]
        bottom = top + bits[at + 3]
        stride = (bits[at + 2] + 1) >> 1
        at += 4
        if top < 0:
            at -= top * stride
            top = 0
        bottom = high if bottom > high else bottom
        inside = 0 if left < 0 or right > wide else 1
        row = top
        while row < bottom:
            target = row * wide + left
            column = left
            end = at + stride
            while at < end:
                two = bits[at]
                if two and inside:
                    if two >= bright:
                        to[target] = colours[two >> 4]
                    if (two & 15) >= least:
                        to[target + 1] = colours[two & 15]
                elif two:
                    if two >= bright and column >= 0 and column < wide:
                        to[target] = colours[two >> 4]
                    if (two & 15) >= least and column >= -1 and column < wide - 1:
                        to[target + 1] = colours[two & 15]
                column += 2
                target += 2
                at += 1
            row += 1
        left = 0 if left < 0 else left
        right = wide if right > wide else right
        if left < right and top < bottom:
            edge[2] = left if left < edge[2] else edge[2]
            edge[3] = top if top < edge[3] else edge[3]
            edge[4] = right if right > edge[4] else edge[4]
            edge[5] = bottom if bottom > edge[5] else edge[5]


@micropython.viper
def blend(words, ground: int, colour: int):  # see glyphs
    to = ptr16(words)
    ground = ground >> 8 | (ground & 255) << 8
    colour = colour >> 8 | (colour & 255) << 8
    level = 0
    while level < 16:
        red = (ground >> 11) * 30 + ((colour >> 11) - (ground >> 11)) * level * 2 + 15
        green = (ground >> 5 & 63) * 30 + ((colour >> 5 & 63) - (ground >> 5 & 63)) * level * 2 + 15
        blue = (ground & 31) * 30 + ((colour & 31) - (ground & 31)) * level * 2 + 15
        word = red // 30 << 11 | green // 30 << 5 | blue // 30
        to[level] = word >> 8 | (word & 255) << 8
        level += 1
