"""One friend, and the figures that pins tell each other.

Owns the values and how they are packed for the journal. Used by the friend book, the handshake, lists and boards.
"""
import struct

from micropython import const

NO_SHARE = bytes(16)
HEAD_SIZE = const(64)                           # of a full record; enough to index it
_MAX_NAME = const(255)                          # bytes
_NO_STEPS = const(0xFFFFFFFF)
_FULL = '>I16s8sIHHBHHH16sBHH'
_NEWER = '>I16s8sIHHBHH16s'


def fields(layout, data):
    """struct.unpack_from, with a ValueError on every port where `data` is too short."""
    if len(data) < struct.calcsize(layout):
        raise ValueError('A stored friend record is too short.')
    return struct.unpack_from(layout, data)


class Figures:
    """What a pin tells of itself: `steps` today (None: not counted or not told), `friends_today`, `friends` and the
    index `rank` 0..3."""

    def __init__(self, steps=None, friends_today=0, friends=0, rank=0):
        self.steps = steps
        self.friends_today = friends_today
        self.friends = friends
        self.rank = rank

    def __eq__(self, other):
        return self.numbers() == other.numbers()

    def numbers(self):
        """The four as they are packed: u32, u16, u16, u8."""
        steps = _NO_STEPS if self.steps is None else min(self.steps, _NO_STEPS - 1)
        return steps, min(self.friends_today, 0xFFFF), min(self.friends, 0xFFFF), self.rank


def figures_of(steps, friends_today, friends, rank):
    """Figures from packed numbers."""
    return Figures(None if steps == _NO_STEPS else steps, friends_today, friends, rank)


class Friend:
    """An entry of the book.

    `id` (16 bytes), `name` (text), `vcard` and `strip` (bytes), `session` (8 bytes), `figures` and `last_day` of the
    latest tap, `day_met`, `times_met` (days on which the two tapped), `share` (16 bytes, zeros while unknown): the peer's
    half of the pair key.
    """

    def __init__(self, id, name, vcard, figures, session, day, share=NO_SHARE, strip=b''):
        self.id = id
        self.name = name
        self.vcard = vcard
        self.strip = strip
        self.figures = figures
        self.session = session
        self.share = share
        self.day_met = day
        self.last_day = day
        self.times_met = 1

    def meet(self, hello, name, session, day, share):
        """Another tap: take over what the peer's HELLO says. Returns whether more than figures has changed."""
        whole = (name, hello.vcard, hello.strip) != (self.name, self.vcard, self.strip)
        self.name, self.vcard, self.strip = name, hello.vcard, hello.strip
        self.figures = hello.figures
        self.session = session
        self.share = share
        self.times_met += day != self.last_day
        self.last_day = day
        return whole

    def pack(self, base=0):
        """The payload of a full record. Raises ValueError for a name that is too long."""
        name = self.name.encode()
        if len(name) > _MAX_NAME:
            raise ValueError('A name has at most %d bytes.' % _MAX_NAME)
        steps, today, friends, rank = self.figures.numbers()
        head = struct.pack(_FULL, base, self.id, self.session, steps, today, friends, rank, self.day_met, self.last_day,
                           min(self.times_met, 0xFFFF), self.share, len(name), len(self.vcard), len(self.strip))
        return b''.join((head, name, self.vcard, self.strip))

    def pack_newer(self, base):
        """The payload of a record that holds only what changes at each tap."""
        steps, today, friends, rank = self.figures.numbers()
        return struct.pack(_NEWER, base, self.id, self.session, steps, today, friends, rank, self.last_day,
                           min(self.times_met, 0xFFFF), self.share)

    def unpack_newer(self, data):
        """Take over what `pack_newer` gave. Raises ValueError."""
        (_, _, self.session, steps, today, friends, rank, self.last_day, self.times_met,
         self.share) = fields(_NEWER, data)
        self.figures = figures_of(steps, today, friends, rank)


def unpack(data):
    """The Friend of a full record's payload. Raises ValueError."""
    (_, id, session, steps, today, friends, rank, day_met, last_day, times_met, share,
     name_length, vcard_length, strip_length) = fields(_FULL, data)
    name_end = HEAD_SIZE + name_length
    vcard_end = name_end + vcard_length
    if len(data) != vcard_end + strip_length:
        raise ValueError('A stored friend record has a wrong length.')
    friend = Friend(id, str(data[HEAD_SIZE:name_end], 'utf-8'), data[name_end:vcard_end],
                    figures_of(steps, today, friends, rank), session, day_met, share, data[vcard_end:])
    friend.last_day, friend.times_met = last_day, times_met
    return friend


def unpack_head(data):
    """(base, device id, session, day met) of a full record's first HEAD_SIZE bytes. Raises ValueError."""
    values = fields(_FULL, data)
    return values[0], values[1], values[2], values[7]
