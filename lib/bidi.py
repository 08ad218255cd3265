"""Text of scripts that run from right to left, in the order in which it is drawn.

Owns nothing; imported by `font` when a text has such letters. What it does is the part of Unicode's
bidirectional algorithm (UAX 9) that names need: the first letter gives the line its direction, runs of the other direction
and numbers keep their own, brackets are mirrored, marks stay with their letter. Arabic letters take their joined forms
(Unicode's presentation forms B, and A for Persian and Urdu), which a font without shaping can draw.
"""
_MIRRORED = '()[]{}<>«»‹›'

# Joined forms of U+0621 to U+064A: how many each letter has, in the order of the presentation forms from U+FE80 on. 4: it
# joins on both sides (forms: alone, end, begin, middle), 2: on its right side only (alone, end), 1: never. Below: how many
# those before it have together.
_FORMS = '122224242444442222444444440000004444444224'
_BEFORE = bytes((0, 1, 3, 5, 7, 9, 13, 15, 19, 21, 25, 29, 33, 37, 41, 43, 45, 47, 49, 53, 57, 61, 65, 69, 73, 77, 81, 81, 81,
                 81, 81, 81, 81, 85, 89, 93, 97, 101, 105, 109, 111, 113))
_FURTHER = {0x67E: (0xFB56, 4), 0x686: (0xFB7A, 4), 0x698: (0xFB8A, 2), 0x6A9: (0xFB8E, 4), 0x6AF: (0xFB92, 4),
            0x6CC: (0xFBFC, 4), 0x679: (0xFB66, 4), 0x688: (0xFB88, 2), 0x691: (0xFB8C, 2), 0x6BA: (0xFB9E, 2),
            0x6BE: (0xFBAA, 4), 0x6C1: (0xFBA6, 4), 0x6D2: (0xFBAE, 2)}
_TATWEEL = 0x640
_LAM = 0x644
_LAM_ALEF = {0x622: 0xFEF5, 0x623: 0xFEF7, 0x625: 0xFEF9, 0x627: 0xFEFB}


def is_mark(code):
    return (0x300 <= code <= 0x36F or 0x591 <= code <= 0x5C7 and code not in (0x5BE, 0x5C0, 0x5C3, 0x5C6)
            or 0x610 <= code <= 0x61A or 0x64B <= code <= 0x65F or code == 0x670 or 0x6D6 <= code <= 0x6ED)


def direction(character):
    """'R', 'L', 'N' of a digit, 'M' of a mark, ' ' of what has none."""
    code = ord(character)
    if is_mark(code):
        return 'M'
    if 0x30 <= code <= 0x39 or 0x660 <= code <= 0x669 or 0x6F0 <= code <= 0x6F9:
        return 'N'
    if 0x590 <= code <= 0x8FF or 0xFB1D <= code <= 0xFDFF or 0xFE70 <= code <= 0xFEFC:
        return 'R'
    return 'L' if code > 0xBF or character.isalpha() else ' '


def visual(text):
    """`text` as drawn from left to right."""
    letters = clusters(joined(text))
    kinds = [direction(cluster[0]) for cluster in letters]
    if 'R' in kinds and 'L' not in kinds and 'N' not in kinds:      # as most names are
        return ''.join([_turned(cluster) for cluster in reversed(letters)])
    base = 'R' if next((kind for kind in kinds if kind in 'RL'), 'L') == 'R' else 'L'
    levels = resolved(kinds, base)
    for at, cluster in enumerate(letters):
        if levels[at] == 1:
            letters[at] = _turned(cluster)
    for level in (2, 1):                    # the innermost runs first
        at = 0
        while at < len(letters):
            end = at
            while end < len(letters) and levels[end] >= level:
                end += 1
            if end > at:
                letters[at:end] = list(reversed(letters[at:end]))
                levels[at:end] = list(reversed(levels[at:end]))
            at = max(end, at + 1)
    return ''.join(letters)


def _turned(cluster):
    """A letter with its marks, from right to left: they are drawn to the right of the pen, so before their letter."""
    place = _MIRRORED.find(cluster)
    return _MIRRORED[place ^ 1] if place >= 0 else cluster[1:] + cluster[0]


def clusters(text):
    """Letters, each with the marks on it."""
    found = []
    for character in text:
        if found and is_mark(ord(character)):
            found[-1] += character
        else:
            found.append(character)
    return found


def resolved(kinds, base):
    """The level of each: 0 left to right, 1 right to left, 2 left to right inside of that."""
    strong = base
    sides = []
    for kind in kinds:                      # a number goes with the letters before it
        if kind in 'RL':
            strong = kind
        sides.append('E' if kind == 'N' and 'R' in (strong, base) else 'L' if kind == 'N' else kind)
    levels = []
    for at, side in enumerate(sides):
        if side not in 'RLE':               # a sign or a space: as both its neighbours, else as the line
            before = next((other for other in reversed(sides[:at]) if other in 'RLE'), base).replace('E', 'R')
            after = next((other for other in sides[at:] if other in 'RLE'), base).replace('E', 'R')
            side = before if before == after else base
        levels.append({'R': 1, 'E': 2, 'L': 2 if base == 'R' else 0}[side])
    return levels


def forms(code):
    """(first presentation form, how many) of an Arabic letter; (0, 0) of another character."""
    if 0x621 <= code <= 0x64A:
        count = int(_FORMS[code - 0x621])
        return (0xFE80 + _BEFORE[code - 0x621], count) if count else (0, 0)
    return _FURTHER.get(code, (0, 0))


def joined(text):
    """Arabic letters in their joined forms; the rest as it is."""
    bare = [code for code in map(ord, text) if not is_mark(code)] + [0]
    joining = [forms(code) for code in bare]
    found, place, joins, skips = '', 0, False, False
    for character in text:
        if is_mark(ord(character)):
            found += character
            continue
        code, (first, count), place = bare[place], joining[place], place + 1
        following, forms_after = bare[place], joining[place][1]
        if skips:                           # the alef of a lam-alef
            joins = skips = False
            continue
        if code == _LAM and following in _LAM_ALEF:
            found += chr(_LAM_ALEF[following] + joins)
            skips = True
            continue
        on = (count == 4 or code == _TATWEEL) and (forms_after > 1 or following == _TATWEEL)
        if count:
            character = chr(first + (2 if on else 0) * (count == 4) + joins * (count > 1))
        found += character
        joins = on
    return found
