"""Where each friend stands in the journal, and on which days friends were made: what the friend book keeps in RAM.

Owns 12 bytes a friend. Used by `friends` alone.
"""
import binascii
import struct

from micropython import const

_PAGE = const(128)                              # entries of a page, 12 bytes each
_FULL = const(512)                              # where in a page the offsets of full records begin
_NEWER = const(1024)                            # and those of newer small ones
_TALLY_DAYS = const(8)


class Index:
    """Where each friend stands: 12 bytes each in pages of 128: a CRC of the id, the offset of the newest full record and
    that of the newest COMMIT or FIGURES (0: none). Entries keep the order in which friendships began."""

    def __init__(self):
        self._pages = []
        self.used = 0                           # entries, removed ones included
        self.count = 0

    def reserve(self):
        """Take the heap that the next `add` needs: asked for before a friend goes to flash, so that none is kept there that
        this index does not know. Raises MemoryError."""
        if self.used == _PAGE * len(self._pages):
            self._pages.append(bytearray(12 * _PAGE))

    def add(self, id, full, newer):
        self.reserve()
        self.used += 1
        self.count += 1
        struct.pack_into('>I', self._pages[(self.used - 1) // _PAGE], (self.used - 1) % _PAGE * 4, binascii.crc32(id))
        self.set(self.used - 1, full, newer)

    def set(self, entry, full, newer):
        page, at = self._pages[entry // _PAGE], entry % _PAGE * 4
        struct.pack_into('>I', page, _FULL + at, full)
        struct.pack_into('>I', page, _NEWER + at, newer)

    def get(self, entry):
        """(full, newer) of an entry; full is 0 where it was removed."""
        page, at = self._pages[entry // _PAGE], entry % _PAGE * 4
        return struct.unpack_from('>I', page, _FULL + at)[0], struct.unpack_from('>I', page, _NEWER + at)[0]

    def remove(self, entry):
        self.set(entry, 0, 0)
        self.count -= 1

    def with_id(self, id):
        """Yield the entries that may be this id's."""
        return self._search(struct.pack('>I', binascii.crc32(id)), 0)

    def with_full(self, offset):
        """The entry whose full record stands at `offset`, or None."""
        for entry in self._search(struct.pack('>I', offset), _FULL) if offset else ():
            return entry
        return None

    def _search(self, pattern, section):
        """Yield the entries with these 4 bytes in a section; the search itself runs in C."""
        for number, page in enumerate(self._pages):
            at = page.find(pattern, section, section + _FULL)
            while at >= 0:
                entry = number * _PAGE + (at - section) // 4
                if at % 4 == 0 and entry < self.used and self.get(entry)[0]:
                    yield entry
                at = page.find(pattern, at + 1, section + _FULL)


class DayTally:
    """How many friends were made on which day, as far as errands and the figures need it."""

    def __init__(self):
        self._latest = {}                       # day: friends, of the newest days
        self.days = 0                           # days on which a friend was made
        self.best = 0                           # friends made on the best of them

    def add(self, day):
        if not day:                             # not known: counts for no day
            return
        if day not in self._latest:
            self.days += 1
            self._latest[day] = 0
            if len(self._latest) > _TALLY_DAYS:
                del self._latest[min(self._latest)]
        if day in self._latest:
            self._latest[day] += 1
            self.best = max(self.best, self._latest[day])

    def on(self, day):
        return self._latest.get(day, 0)
