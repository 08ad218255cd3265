"""One friend, and the figures that pins tell each other.

Owns the values and how they are packed for the journal. Used by the friend book, the handshake, lists and boards. What every
vCard of ours says takes one byte on flash, which makes an average record a third shorter; foreign ones are kept as they are.
"""
import struct

from micropython import const

NO_SHARE = bytes(16)
HEAD_SIZE = const(64)                           # of a full record; enough to index it
_MAX_NAME = const(255)                          # bytes
_NO_STEPS = const(0xFFFFFFFF)
_FULL = '>I16s8sIHHBHHH16sBHH'
_NEWER = '>I16s8sIHHBHH16s'
_NEWER_SIZE = const(57)
# each stands for one byte, 1 and following; only ever add to their end
_PHRASES = (b'BEGIN:VCARD\r\nVERSION:3.0\r\nN:|;;;\r\nFN:|\r\nTITLE:|\r\nORG:|\r\nTEL;TYPE=CELL:|\r\nEMAIL;TYPE=INTERNET:|'
            b'\r\nURL:https://|\r\nX-SOCIALPROFILE;TYPE=|\r\nEND:VCARD\r\n')
_LAST = const(9)                                # the byte of the last
_PLAIN = b'\0'                                  # before a vCard that holds such bytes itself


def fields(layout, data):
    """struct.unpack_from, with a ValueError on every port where `data` is too short."""
    if len(data) < struct.calcsize(layout):
        raise ValueError('A stored friend record is too short.')
    return struct.unpack_from(layout, data)


def _swapped(data, back):
    """`data` with bytes in place of the phrases, or `back`, as far as they come in that order."""
    parts, at, byte = [], 0, 0
    for phrase in _PHRASES.split(b'|'):
        byte += 1
        old, new = phrase, bytes((byte,))
        if back:
            old, new = new, old
        found = data.find(old, at)
        while found >= 0:
            parts.append(data[at:found])
            parts.append(new)
            at = found + len(old)
            found = data.find(old, at)
    parts.append(data[at:])
    return b''.join(parts)


def squeeze(vcard):
    """The bytes of `vcard` for the flash; `expand` gives the very same back."""
    return _PLAIN + vcard if vcard and min(vcard) <= _LAST else _swapped(vcard, False)


def expand(data):
    """The vCard that `squeeze` made `data` of."""
    return data[1:] if data[:1] == _PLAIN else _swapped(data, True)


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
    half of the pair key. `hour` is the local one 0..23 of the latest tap, None where it is not known. Day 0 is no known day.
    `note` is the wearer's own text on this friend, `stands` where the friend book has it.
    """

    def __init__(self, id, name, vcard, figures, session, day, share=NO_SHARE, strip=b'', hour=None):
        self.id = id
        self.name = name
        self.vcard = vcard
        self.strip = strip
        self.figures = figures
        self.session = session
        self.share = share
        self.day_met = day
        self.last_day = day
        self.hour = hour
        self.times_met = 1
        self.note = ''
        self.stands = None

    def meet(self, hello, name, session, day, share, hour=None):
        """Another tap: take over what the peer's HELLO says. Returns whether more than figures has changed. Without a known
        day it counts for no other day than the tap before."""
        whole = (name, hello.vcard, hello.strip) != (self.name, self.vcard, self.strip)
        self.name, self.vcard, self.strip = name, hello.vcard, hello.strip
        self.figures = hello.figures
        self.session = session
        self.share = share
        self.hour = hour
        if day:
            self.times_met += day != self.last_day
            self.last_day = day
        return whole

    def _rank_and_hour(self):
        """Both in one byte: the rank, and above it the hour plus one, 0 where it is not known."""
        return self.figures.rank | (0 if self.hour is None else self.hour + 1) << 2

    def _take_figures(self, steps, today, friends, rank_and_hour):
        self.figures = figures_of(steps, today, friends, rank_and_hour & 3)
        self.hour = (rank_and_hour >> 2) - 1 if rank_and_hour >> 2 else None

    def pack(self, place=0):
        """The payload of a full record; `place` as in the book's records. Raises ValueError for a name that is too long."""
        name, card = self.name.encode(), squeeze(self.vcard)
        if len(name) > _MAX_NAME:
            raise ValueError('A name has at most %d bytes.' % _MAX_NAME)
        steps, today, friends, _ = self.figures.numbers()
        head = struct.pack(_FULL, place, self.id, self.session, steps, today, friends, self._rank_and_hour(), self.day_met,
                           self.last_day, min(self.times_met, 0xFFFF), self.share, len(name), len(card), len(self.strip))
        return b''.join((head, name, card, self.strip, self.note.encode()))

    def pack_newer(self, place):
        """The payload of a record that holds only what changes at each tap, and the note."""
        steps, today, friends, _ = self.figures.numbers()
        return struct.pack(_NEWER, place, self.id, self.session, steps, today, friends, self._rank_and_hour(), self.last_day,
                           min(self.times_met, 0xFFFF), self.share) + self.note.encode()

    def unpack_newer(self, data):
        """Take over what `pack_newer` gave. Raises ValueError."""
        (_, id, session, steps, today, friends, rank, last_day, times_met, share) = fields(_NEWER, data)
        if id != self.id:
            raise ValueError('A stored record belongs to another friend.')
        self.session, self.last_day, self.times_met, self.share = session, last_day, times_met, share
        self._take_figures(steps, today, friends, rank)
        self.note = str(data[_NEWER_SIZE:], 'utf-8')


def unpack(data):
    """The Friend of a full record's payload. Raises ValueError."""
    (_, id, session, steps, today, friends, rank, day_met, last_day, times_met, share,
     name_length, card_length, strip_length) = fields(_FULL, data)
    name_end = HEAD_SIZE + name_length
    card_end = name_end + card_length
    strip_end = card_end + strip_length
    if len(data) < strip_end:
        raise ValueError('A stored friend record is too short.')
    friend = Friend(id, str(data[HEAD_SIZE:name_end], 'utf-8'), expand(data[name_end:card_end]),
                    None, session, day_met, share, data[card_end:strip_end])
    friend._take_figures(steps, today, friends, rank)
    friend.last_day, friend.times_met = last_day, times_met
    friend.note = str(data[strip_end:], 'utf-8')
    return friend


def unpack_head(data):
    """(place, device id, session, day met) of a full record's first HEAD_SIZE bytes. Raises ValueError."""
    values = fields(_FULL, data)
    return values[0], values[1], values[2], values[7]
