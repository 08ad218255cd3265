"""Writes font files in the format that `lib/font.py` documents and reads.

Finds what glyphs have in common: an accented letter is stored as the bitmap of its base letter plus what is left over,
equal bitmaps are stored once, and kerning as a matrix of classes. Used by `assets/build.py` for type and for icons.
"""
import struct
import unicodedata

from assets.fonts.rasterise import crop

MAGIC = b'CPF3'
HEADER = struct.Struct('<4sIBBBBHHHHBBHIH')
GLYPH = struct.Struct('<HBBHBB')
PIECE = struct.Struct('<bbBBI')
COMMON = struct.Struct('<HBBH')
FIRST_COMMON, COMMON_COUNT = 0x20, 95
DOTLESS = {'i': 'ı', 'j': 'ȷ'}
MISSING = '◆'


def pack(metrics, drawings, kerning=None):
    """The bytes of a font file. `drawings`: {code: Drawing}; `kerning`: {(left, right): sixteenths of a pixel}."""
    codes = sorted(drawings)
    if not codes:
        raise ValueError('a font needs at least one glyph')
    if codes[-1] > 0xFFFF:
        raise ValueError(f'the format holds code points of two bytes, not {codes[-1]:#x}')
    ranges = consecutive(codes)
    rows, columns, matrix, width = classes(codes, kerning or {})
    pieces, bitmaps, tail, spans = gather_pieces(codes, drawings)
    glyphs = b''.join(GLYPH.pack(drawings[code].advance, rows[code], columns[code], first, count, 0)
                      for code, (first, count) in zip(codes, spans, strict=True))
    table = b''.join(struct.pack(f'<{len(ranges)}H', *column)
                     for column in zip(*[(first, first + count, number) for first, count, number in ranges], strict=True))
    core = common(drawings, rows, columns, matrix, width)
    bitmaps_at = HEADER.size + len(table) + len(glyphs) + len(matrix) + PIECE.size * len(pieces)
    core_at = bitmaps_at + len(bitmaps)
    starts = bitmaps_at, core_at + len(core)
    body = table + glyphs + matrix + b''.join(
        PIECE.pack(x, y, wide, high, starts[part] + place) for x, y, wide, high, (part, place) in pieces) + bitmaps
    body += core + tail
    missing = codes.index(ord(MISSING)) if ord(MISSING) in drawings else 0
    return HEADER.pack(MAGIC, HEADER.size + len(body), *metrics, len(ranges), len(codes), len(pieces),
                       len(matrix) // width if width else 0, width, missing, core_at, len(core)) + body


def is_common(code):
    return FIRST_COMMON <= code < FIRST_COMMON + COMMON_COUNT


def common(drawings, rows, columns, matrix, width):
    """What is wanted of the glyphs of ASCII before they are drawn: their records, and their kerning as lists of pairs."""
    records, place = b'', 0
    for code in range(FIRST_COMMON, FIRST_COMMON + COMMON_COUNT):
        if code not in drawings:
            records += COMMON.pack(0xFFFF, 0, 0, place)
            continue
        records += COMMON.pack(drawings[code].advance, rows[code], columns[code], place)
        place += len(blob(drawings[code]))
    if place > 0xFFFF:
        raise ValueError(f'the glyphs of ASCII take {place} bytes; the format holds 65535')
    present = [code for code in drawings if is_common(code)]
    last_row = max((rows[code] for code in present), default=0)
    used = range(1, 1 + max((columns[code] for code in present), default=0))
    records += COMMON.pack(0, last_row, len(used), place)
    starts, pairs = [], b''
    pairs_at = len(records) + 2 * (last_row + 2)
    for row in range(last_row + 1):
        starts.append(pairs_at + len(pairs))
        for column in used if width else ():
            if matrix[row * width + column]:
                pairs += bytes((column, matrix[row * width + column]))
    starts.append(pairs_at + len(pairs))
    return records + struct.pack(f'<{len(starts)}H', *starts) + pairs


def blob(drawing):
    """A glyph as it is drawn from: place and size, then its bitmap; nothing of one without ink."""
    _, x, y, width, height, levels = drawing
    return struct.pack('<bbBB', x, y, width, height) + nibbles(width, levels) if levels else b''


def consecutive(codes):
    """[(first, count, number of the first)] of the runs in a sorted list."""
    runs = []
    for number, code in enumerate(codes):
        if runs and code == runs[-1][0] + runs[-1][1]:
            runs[-1][1] += 1
        else:
            runs.append([code, 1, number])
    return runs


def classes(codes, kerning):
    """Rows and columns of the kerning matrix that are equal become one class: ({code: row}, {code: column}, matrix bytes,
    columns). Class 0 is the glyphs that nothing moves."""
    lines = {code: tuple(kerning.get((code, right), 0) for right in codes) for code in codes}
    rows = number_equals(lines)
    columns = number_equals(dict(zip(codes, zip(*lines.values(), strict=True), strict=True)))
    width, height = max(columns.values()) + 1, max(rows.values()) + 1
    if width > 256 or height > 256:
        raise ValueError(f'kerning needs {height} x {width} classes; the format holds 256 of each')
    if width == 1 or height == 1:
        return dict.fromkeys(codes, 0), dict.fromkeys(codes, 0), b'', 0
    matrix = bytearray(width * height)
    for (left, right), moved in kerning.items():
        matrix[rows[left] * width + columns[right]] = moved & 0xFF
    return rows, columns, bytes(matrix), width


def number_equals(lines):
    """{key: number}, one number for equal lines; 0 is the line without any value."""
    numbers = {(0,) * len(lines): 0}
    return {key: numbers.setdefault(line, len(numbers)) for key, line in lines.items()}


def gather_pieces(codes, drawings):
    """(pieces, bitmaps, the glyphs of ASCII as blobs, [(first piece, count)] in the order of `codes`), every bitmap stored
    once. The place of a piece's bitmap is (0, place in the bitmaps) or (1, place in the blobs)."""
    places, bitmaps, tail = {}, bytearray(), b''
    for code in filter(is_common, codes):
        head = PIECE.size - 4
        places.setdefault(blob(drawings[code])[head:], (1, len(tail) + head))
        tail += blob(drawings[code])
    runs, pieces, spans = {}, [], []
    for code in codes:
        run = []
        for x, y, width, height, levels in split(chr(code), drawings):
            bitmap = nibbles(width, levels)
            if bitmap not in places:
                places[bitmap] = 0, len(bitmaps)
                bitmaps += bitmap
            run.append((x, y, width, height, places[bitmap]))
        run = tuple(run)
        if run not in runs:
            runs[run] = len(pieces)
            pieces += run
        spans.append((runs[run], len(run)))
    return pieces, bytes(bitmaps), tail, spans


def nibbles(width, levels):
    """Rows of 4-bit coverage, left pixel in the high nibble, padded to whole bytes."""
    packed = bytearray()
    for at in range(0, len(levels), width or 1):
        row = levels[at:at + width] + b'\0' * (width % 2)
        packed += bytes(row[i] << 4 | row[i + 1] for i in range(0, len(row), 2))
    return bytes(packed)


def split(character, drawings):
    """The pieces of a character: those of its base letter and what is left over, where the base letter lies in it pixel
    for pixel; else the whole of it. As a list of (x, y, width, height, levels)."""
    _, *whole = drawings[ord(character)]
    if not whole[2]:
        return []
    for base in bases(character):
        if ord(base) in drawings and base != character:
            rest = without(whole, drawings[ord(base)][1:])
            if rest is not None:
                return split(base, drawings) + ([rest] if rest[2] else [])
    return [tuple(whole)]


def bases(character):
    """What `character` may be built on, largest first: all but the last mark, then the bare letter."""
    parts = unicodedata.normalize('NFD', character)
    for length in range(len(parts) - 1, 0, -1):
        base = unicodedata.normalize('NFC', parts[:length])
        if len(base) == 1:
            yield base
            if base in DOTLESS:
                yield DOTLESS[base]


def without(whole, part):
    """`whole` minus `part`, cropped, or None where `part` is not in it pixel for pixel."""
    x, y, width, height, levels = whole
    px, py, part_width, part_height, part_levels = part
    left = bytearray(levels)
    for at, level in enumerate(part_levels):
        column, row = px - x + at % part_width, py - y + at // part_width
        if level:
            if not (0 <= column < width and 0 <= row < height) or levels[row * width + column] != level:
                return None
            left[row * width + column] = 0
    return crop(x, y, width, height, bytes(left))
