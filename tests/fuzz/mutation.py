"""Edits of bytes and of streams of frames, as plain lists that JSON can hold, so that a failing case can be kept.

Owns the vocabulary of edits. Used by `cases` (which draws them) and `peer` and `codecs` (which apply them).

    of bytes    ['set', at, hex]  ['insert', at, hex]  ['delete', at, length]  ['cut', at]  ['whole', hex]
    of streams  ['drop']  ['double']  ['before', hex]  ['wait', ms]  ['old', number]
"""
NUMBERS = (0, 1, 2, 3, 0x10, 0x7F, 0x80, 0xF0, 0xFE, 0xFF)
STREAM_EDITS = ('drop', 'double', 'before', 'wait')


def draw(rng, length):
    """An edit of about `length` bytes."""
    at = rng.randrange(length + 1)
    kind = rng.choices(('set', 'insert', 'delete', 'cut'), (6, 2, 2, 2))[0]
    if kind == 'cut':
        return ['cut', at]
    if kind == 'delete':
        return ['delete', at, rng.choice((1, 1, 2, 4, 16))]
    return [kind, at, some_bytes(rng).hex()]


def some_bytes(rng):
    """A few bytes that parsers stumble over."""
    return rng.choice((
        bytes([rng.choice(NUMBERS)]), bytes([rng.choice(NUMBERS)]), rng.randbytes(1), rng.randbytes(1),
        bytes([rng.choice(NUMBERS)]) * 4, rng.randbytes(rng.randrange(1, 20)), b'\xff\xff\xff\xff',
        b'\x00\x01\x00\x00', b'\xc0\x80', b'\xed\xa0\x80', b'\r\n', bytes(rng.randrange(1, 80))))


def edited(data, edit):
    """`data` after an edit of bytes; positions beyond its end mean its end."""
    kind, *arguments = edit
    if kind == 'whole':
        return bytes.fromhex(arguments[0])
    at = min(arguments[0], len(data))
    if kind == 'cut':
        return data[:at]
    if kind == 'delete':
        return data[:at] + data[at + arguments[1]:]
    value = bytes.fromhex(arguments[1])
    return data[:at] + value + data[at + (len(value) if kind == 'set' else 0):]


def mutated(rng, data, most=4):
    """`data` after one to `most` drawn edits."""
    for _ in range(rng.randrange(1, most + 1)):
        data = edited(data, draw(rng, len(data)))
    return data


class Tamper:
    """Applies a case's edits, each `[layer, index, *edit]`, to what passes at that layer; `old`: messages of before."""

    def __init__(self, edits=(), old=()):
        self._edits = edits
        self._old = old
        self._passed = {}
        self.wait_ms = 0                        # how long to be silent before the next item

    def items(self, layer, data):
        """What goes on in place of `data`: a list of none, one or several."""
        index = self._passed.get(layer, 0)
        self._passed[layer] = index + 1
        before, found, times = [], data, 1
        for _, _, kind, *arguments in [edit for edit in self._edits if edit[:2] == [layer, index]]:
            if kind == 'drop':
                times = 0
            elif kind == 'double':
                times = 2
            elif kind == 'before':
                before.append(bytes.fromhex(arguments[0]))
            elif kind == 'wait':
                self.wait_ms = arguments[0]
            elif kind == 'old':
                found = self._old[arguments[0] % len(self._old)] if self._old else found
            else:
                found = edited(found, [kind, *arguments])
        return before + [found] * times
