"""QR codes (ISO/IEC 18004:2015) in byte mode, versions 1 to 14, error correction L and M, with the mask of the least penalty.

Owns nothing. Used by whoever gathers what the code screen shows. A row of modules is one whole number while it is worked on,
bit 0 the leftmost module, so that the rules for the mask cost a few operations a row instead of some for each module.
"""
from micropython import const

LARGEST = const(14)                             # version; more modules have no room on a display of 240 pixels
_L, _M = const(0), const(1)
_FORMAT_BITS = (1, 0)                           # of the levels L, M (table 25)
# table 9: correction codewords of a block and how many blocks, of L then M, version by version
_CODEWORDS = (b'\x07\x0a\x0f\x14\x1a\x12\x14\x18\x1e\x12\x14\x18\x1a\x1e',
              b'\x0a\x10\x1a\x12\x18\x10\x12\x16\x16\x1a\x1e\x16\x16\x18')
_BLOCKS = (b'\x01\x01\x01\x01\x01\x02\x02\x02\x02\x04\x04\x04\x04\x04',
           b'\x01\x01\x01\x02\x02\x04\x04\x04\x05\x05\x05\x08\x09\x09')
_BYTE_MODE = const(4)
_PERIOD = const(12)                             # after so many rows and columns every mask begins anew


class QRError(ValueError):
    """The content is too long for a code of that size; the text says so."""


def _all_codewords(version):
    """How many codewords a version holds: what is left beside the function patterns, in bytes."""
    modules = (16 * version + 128) * version + 64
    if version > 1:
        side = version // 7 + 2
        modules -= (25 * side - 10) * side - 55
    if version > 6:
        modules -= 36
    return modules // 8


def capacity(version, level=_L):
    """How many bytes of content a version holds at level 0 (L) or 1 (M)."""
    words = _all_codewords(version) - _CODEWORDS[level][version - 1] * _BLOCKS[level][version - 1]
    return words - (2 if version < 10 else 3)   # mode, length and the rest of their last byte


class Code:
    """The code of `data` (bytes) in the smallest version up to `largest`, at level M where that needs no larger one.

    Known at once: `version`, `size` in modules, `level`. Known when `work` has come to its end: `mask`, `rows` (a bytearray of
    `stride` bytes a row, leftmost module in the highest bit, 1 is dark). Raises QRError.
    """

    def __init__(self, data, largest=LARGEST):
        self.version = 1
        while capacity(self.version) < len(data):
            self.version += 1
            if self.version > largest:
                raise QRError('%d bytes are too many for this QR code; %d are the most.' % (len(data), capacity(largest)))
        self.level = _M if capacity(self.version, _M) >= len(data) else _L
        self.size = 17 + 4 * self.version
        self.stride = (self.size + 7) // 8
        self.mask = -1
        self.rows = None
        self._data = data

    def work(self):
        """Make the code, yielding after each piece of work: at most 7 ms on a board."""
        words = bytearray(_all_codewords(self.version))
        for _ in _fill(words, self._data, self.version, self.level):
            yield
        dark, fixed = [0] * self.size, [0] * self.size
        _draw_patterns(dark, fixed, self.version)
        yield
        for _ in _place(dark, fixed, words):
            yield
        columns = _turned(dark)
        yield
        fixed_columns = _turned(fixed)
        yield
        least = None
        for mask in range(8):
            rows = _masked(dark, fixed, mask, False)
            yield
            penalty = _penalty(rows, True)
            yield
            penalty += _penalty(_masked(columns, fixed_columns, mask, True), False)
            yield
            if least is None or penalty < least:
                least, self.mask, best = penalty, mask, rows
        self._keep(best)

    def _keep(self, lines):
        """Make `rows` of the masked lines and the format bits."""
        bits = _FORMAT_BITS[self.level] << 3 | self.mask
        bits = (bits << 10 | _bch(bits, 10, 0x537)) ^ 0x5412
        for number in range(15):
            for row, column in _format_places(number, self.size):
                lines[row] |= (bits >> number & 1) << column
        rows = bytearray(self.stride * self.size)
        for at, line in enumerate(lines):
            for column in range(self.size):
                if line >> column & 1:
                    rows[at * self.stride + column // 8] |= 0x80 >> column % 8
        self.rows = rows


def make(data, largest=LARGEST):
    """The finished Code, where nobody minds waiting. Raises QRError."""
    code = Code(data, largest)
    for _ in code.work():
        pass
    return code


# ---- codewords

def _content(data, version, length):
    """Mode, length, `data` and padding as `length` codewords."""
    head = (_BYTE_MODE << 8 | len(data)) if version < 10 else (_BYTE_MODE << 16 | len(data))
    shift = 4                                   # the head ends in the middle of a byte
    words = bytearray(length)
    at = 1 if version < 10 else 2
    for number in range(at + 1):
        words[number] = head << shift >> 8 * (at - number) & 0xFF
    for byte in data:
        words[at] |= byte >> 4
        words[at + 1] = byte << 4 & 0xFF
        at += 1
    for number in range(at + 1, length):
        words[number] = 0x11 if (number - at) % 2 == 0 else 0xEC
    return words


def _fill(words, data, version, level):
    """Fill in the codewords in the order in which they are placed, block by block; yields after each."""
    correction, blocks = _CODEWORDS[level][version - 1], _BLOCKS[level][version - 1]
    content = _content(data, version, len(words) - correction * blocks)
    short, long_ones = len(content) // blocks, len(content) % blocks
    powers, logs = _tables()
    divisor = _divisor(correction, powers, logs)
    start = 0
    for block in range(blocks):
        length = short + (block >= blocks - long_ones)
        part = content[start:start + length]
        start += length
        for at, word in enumerate(part):
            words[at * blocks + block if at < short else short * blocks + block - (blocks - long_ones)] = word
        for at, word in enumerate(_remainder(part, divisor, powers, logs)):
            words[len(content) + at * blocks + block] = word
        yield


def _tables():
    """Powers of 2 in GF(256) modulo x^8 + x^4 + x^3 + x^2 + 1, twice over, and their logarithms."""
    powers, logs, value = bytearray(510), bytearray(256), 1
    for exponent in range(255):
        powers[exponent] = powers[exponent + 255] = value
        logs[value] = exponent
        value = value << 1 ^ (0x11D if value & 0x80 else 0)
    return powers, logs


def _divisor(degree, powers, logs):
    """The generator polynomial without its leading 1, as logarithms (none of its coefficients is 0)."""
    factors = bytearray(degree)
    factors[-1] = 1
    for root in range(degree):
        for at in range(degree):
            factor = powers[logs[factors[at]] + root] if factors[at] else 0
            factors[at] = factor ^ (factors[at + 1] if at + 1 < degree else 0)
    return bytes([logs[factor] for factor in factors])


def _remainder(part, divisor, powers, logs):
    """The correction codewords of a block."""
    rest = bytearray(len(divisor))
    for word in part:
        factor = word ^ rest[0]
        rest[:-1] = rest[1:]
        rest[-1] = 0
        if factor:
            log = logs[factor]
            for at, term in enumerate(divisor):
                rest[at] ^= powers[term + log]
    return rest


# ---- modules

def _draw_patterns(dark, fixed, version):
    """Finders with their separators, alignment and timing patterns, version, and the places of the format."""
    size = len(dark)

    def put(row, column, width, bits):
        """`width` modules of `bits`, the leftmost in the lowest."""
        whole = (1 << width) - 1 << column
        dark[row] = dark[row] & ~whole | bits << column
        fixed[row] |= whole

    for at in range(size):
        put(at, 6, 1, ~at & 1)
    put(6, 0, size, sum([1 << at for at in range(0, size, 2)]))
    for row in range(9):                        # finders, separators and format, the format light for now
        ring = 0x7F if row in (0, 6) else 0x41 if row in (1, 5) else 0x5D if row < 6 else 0
        put(row, 0, 9, (ring if row < 7 else 0) | (row == 6) << 8 if row != 8 else 1 << 6)
        put(row, size - 8, 8, ring << 1 if row < 7 else 0)
        if row < 8:
            bottom = 0x7F if row in (1, 7) else 0x41 if row in (2, 6) else 0x5D if row else 0
            put(size - 8 + row, 0, 9, bottom | (row == 0) << 8)
    _draw_alignment(put, version, size)
    if version > 6:
        bits = version << 12 | _bch(version, 12, 0x1F25)
        for number in range(18):
            put(number // 3, size - 11 + number % 3, 1, bits >> number & 1)
            put(size - 11 + number % 3, number // 3, 1, bits >> number & 1)


def _draw_alignment(put, version, size):
    if version == 1:
        return
    count = version // 7 + 2
    step = (version * 8 + count * 3 + 5) // (count * 4 - 4) * 2
    middles = [6] + [size - 7 - at * step for at in range(count - 2, -1, -1)]
    for row in middles:
        for column in middles:
            if (row, column) not in ((6, 6), (6, size - 7), (size - 7, 6)):
                for at, bits in enumerate((0x1F, 0x11, 0x15, 0x11, 0x1F)):
                    put(row - 2 + at, column - 2, 5, bits)


def _bch(value, degree, generator):
    """The remainder of `value` << `degree` by the generator polynomial."""
    rest = value
    for _ in range(degree):
        rest = rest << 1 ^ (rest >> degree - 1) * generator
    return rest


def _format_places(number, size):
    """Where bit `number` (0 the lowest) of the format stands: twice, as (row, column)."""
    if number < 6:
        first = number, 8
    elif number < 9:
        first = ((7, 8), (8, 8), (8, 7))[number - 6]
    else:
        first = 8, 14 - number
    return first, ((8, size - 1 - number) if number < 8 else (size - 15 + number, 8))


def _place(dark, fixed, words):
    """Put the codewords into the zigzag of what is free; yields now and then."""
    size = len(dark)
    bit, end, upward = 0, len(words) * 8, True
    for right in range(size - 1, 0, -2):
        if right <= 6:
            right -= 1
        for row in range(size - 1, -1, -1) if upward else range(size):
            free = fixed[row]
            for column in (right, right - 1):
                if not free >> column & 1 and bit < end:
                    if words[bit >> 3] >> (7 - bit & 7) & 1:
                        dark[row] |= 1 << column
                    bit += 1
        upward = not upward
        yield


def _turned(lines):
    """Rows as columns."""
    return [sum([(line >> at & 1) << number for number, line in enumerate(lines)]) for at in range(len(lines))]


# ---- masks (table 10) and their penalties (table 11)

def _inverts(mask, row, column):
    product = row * column
    return (row + column, row, column, row + column, row // 2 + column // 3, product % 2 + product % 3,
            product % 2 + product % 3, (row + column) % 2 + product % 3)[mask] % (2, 2, 3, 3, 2, 7, 2, 2)[mask] == 0


def _masked(lines, fixed, mask, turned):
    """The lines with `mask` over what is not fixed; `turned`: the lines are columns."""
    whole = (1 << len(lines)) - 1
    tiles = [_tile(mask, number, turned) & whole for number in range(_PERIOD)]
    return [line ^ tiles[at % _PERIOD] & ~kept for at, (line, kept) in enumerate(zip(lines, fixed))]


def _tile(mask, line, turned):
    """One line of a mask, long enough for any code."""
    tile = 0
    for at in range(_PERIOD):
        if _inverts(mask, at if turned else line, line if turned else at):
            tile |= 1 << at
    for width in (_PERIOD, 2 * _PERIOD, 4 * _PERIOD):
        tile |= tile << width
    return tile


def _ones(number):
    return bin(number).count('1')


def _penalty(lines, areas):
    """What the lines cost: runs, look-alikes of a finder, and with `areas` blocks of 2 x 2 and the balance."""
    size, penalty, dark, before, even_before = len(lines), 0, 0, 0, 0
    inner = (1 << size - 1) - 1
    for line in lines:
        even = ~(line ^ line >> 1) & inner      # modules that are like the next one
        runs = even & even >> 1
        runs &= runs >> 2                       # and like the next four
        penalty += _ones(runs) + 2 * _ones(runs & ~(runs << 1)) + 40 * _finders(line << 4)
        if areas:
            dark += _ones(line)
            penalty += 3 * _ones(even & even_before & ~(line ^ before))
            before, even_before = line, even
    if areas:
        penalty += abs(dark * 20 - size * size * 10) // (size * size) * 10
    return penalty


def _finders(line):
    """How often 1:1:3:1:1 stands beside four light modules in a line that four light modules precede."""
    found = line & ~(line >> 1) & line >> 2
    found &= line >> 3 & line >> 4 & ~(line >> 5) & line >> 6
    light = ~(line | line >> 1 | line >> 2 | line >> 3)
    return _ones(found & (light << 4 | light >> 7)) if found else 0
