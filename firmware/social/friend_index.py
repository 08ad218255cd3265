"""Where each friend stands in the journal, and on which days friends were made: what the friend book keeps in RAM.

Owns 12 bytes a friend, 13 beyond the first thousand. Used by `friends`, and by `friend_keeping`, which puts it on flash and
reads it back.
"""
import binascii
import struct

from micropython import const

PAGE = const(128)                               # entries of a page, 12 bytes each
PAGE_BYTES = const(1536)
_REST = const(256)                              # where in a page the later halves of the CRCs begin
_FULL = const(512)                              # the offsets of full records
_NEWER = const(1024)                            # and those of newer small ones
GROUP = const(8)                                # pages that share a filter
FILTER_BYTES = const(1024)
_TALLY_DAYS = const(8)


def put_in(filter, id):
    """Set the bit of an id: one of 8192 for 1024 entries, so seven of eight strangers find theirs unset."""
    bit = binascii.crc32(id) & 8191
    filter[bit >> 3] |= 1 << (bit & 7)


class Index:
    """Where each friend stands: 12 bytes each in pages of 128: a CRC of the id (in halves, since to search two bytes takes
    half the time), the offset of the newest full record and that of the newest COMMIT or FIGURES (0: none). Entries keep
    the order in which friendships began. Each group of 8 pages but the first has a filter, which spares most searches."""

    def __init__(self):
        self.pages = []
        self.filters = []
        self.live = bytearray()                 # entries of each page that were not removed
        self.used = 0                           # entries, removed ones included
        self.count = 0
        self.latest = -1                        # the entry that was set last

    def reserve(self):
        """Take the heap that the next `add` needs: asked for before a friend goes to flash, so that none is kept there that
        this index does not know. Raises MemoryError."""
        if self.used == PAGE * len(self.pages):
            if len(self.filters) < len(self.pages) // GROUP:
                self.filters.append(bytearray(FILTER_BYTES))
            self.take_page(bytearray(PAGE_BYTES), 0)

    def take_page(self, page, live):
        """Add a page with so many live entries to the end."""
        self.pages.append(page)
        self.live.append(live)
        self.count += live

    def add(self, id, full, newer):
        self.reserve()
        entry = self.used
        self.used += 1
        self.count += 1
        self.live[entry // PAGE] += 1
        mark, page, at = struct.pack('>I', binascii.crc32(id)), self.pages[entry // PAGE], entry % PAGE * 2
        page[at:at + 2], page[_REST + at:_REST + at + 2] = mark[:2], mark[2:]
        if entry >= GROUP * PAGE:
            put_in(self.filters[entry // PAGE // GROUP - 1], id)
        self.set(entry, full, newer)

    def mark(self, entry):
        """The CRC of the id, 4 bytes."""
        page, at = self.pages[entry // PAGE], entry % PAGE * 2
        return page[at:at + 2] + page[_REST + at:_REST + at + 2]

    def set(self, entry, full, newer):
        page, at = self.pages[entry // PAGE], entry % PAGE * 4
        struct.pack_into('>I', page, _FULL + at, full)
        struct.pack_into('>I', page, _NEWER + at, newer)
        self.latest = entry

    def get(self, entry):
        """(full, newer) of an entry; full is 0 where it was removed."""
        page, at = self.pages[entry // PAGE], entry % PAGE * 4
        return struct.unpack_from('>I', page, _FULL + at)[0], struct.unpack_from('>I', page, _NEWER + at)[0]

    def remove(self, entry):
        self.set(entry, 0, 0)
        self.live[entry // PAGE] -= 1
        self.count -= 1
        self.latest = -1

    def newest(self, start):
        """Yield the entries from the `start`-th newest on; whole pages are passed over at once."""
        for number in range(len(self.pages) - 1, -1, -1):
            if start >= self.live[number]:
                start -= self.live[number]
                continue
            first = number * PAGE
            for entry in range(min(self.used, first + PAGE) - 1, first - 1, -1):
                if not self.get(entry)[0]:
                    continue
                if start:
                    start -= 1
                else:
                    yield entry

    def with_id(self, id):
        """Yield the entries that may be this id's, the newest pages first; the search itself runs in C."""
        mark = struct.pack('>I', binascii.crc32(id))
        half, pages, number = mark[:2], self.pages, len(self.pages)
        byte, bit = (mark[2] & 31) << 5 | mark[3] >> 3, 1 << (mark[3] & 7)      # as in put_in
        while number:
            group = (number - 1) // GROUP
            if group and not self.filters[group - 1][byte] & bit:
                number = group * GROUP
                continue
            number -= 1
            at = pages[number].find(half, 0, _REST)
            while at >= 0:
                entry = number * PAGE + at // 2
                if at % 2 == 0 and entry < self.used and self.mark(entry) == mark and self.get(entry)[0]:
                    yield entry
                at = pages[number].find(half, at + 1, _REST)


class DayTally:
    """How many friends were made on which day, as far as errands and the figures need it."""

    def __init__(self):
        self.latest = {}                       # day: friends, of the newest days
        self.days = 0                           # days on which a friend was made
        self.best = 0                           # friends made on the best of them

    def add(self, day):
        if not day:                             # not known: counts for no day
            return
        if day not in self.latest:
            self.days += 1
            self.latest[day] = 0
            if len(self.latest) > _TALLY_DAYS:
                del self.latest[min(self.latest)]
        if day in self.latest:
            self.latest[day] += 1
            self.best = max(self.best, self.latest[day])

    def on(self, day):
        return self.latest.get(day, 0)


class Known:
    """What the book knows at a position of its journal: `index`, `tally`, `pending` (id, session, offset, day), the newest
    last, `blocked` ids, and `waste`, the bytes of outdated records."""

    def __init__(self):
        self.index = Index()
        self.tally = DayTally()
        self.pending = []
        self.blocked = []
        self.waste = 0

    def take_pending(self, id, session, offset, day):
        self.drop_pending(id)
        self.pending.append((id, session, offset, day))

    def drop_pending(self, id):
        self.pending = [entry for entry in self.pending if entry[0] != id]

    def take_blocked(self, id, blocked):
        self.blocked = [other for other in self.blocked if other != id]
        if blocked:
            self.blocked.append(id)

    def befriend(self, id, offset, day):
        """The full record of a new friend stands at `offset`."""
        self.drop_pending(id)
        self.index.add(id, offset, 0)
        self.tally.add(day)

    def doubt(self, id):
        """What is pending with this id. Raises ValueError where nothing is."""
        for entry in self.pending:
            if entry[0] == id:
                return entry
        raise ValueError('Nothing is pending with this pin.')

    def commit(self, id, offset):
        """The one pending with this id is a friend by the record at `offset`. Raises ValueError where none is."""
        _, _, full, day = self.doubt(id)
        self.drop_pending(id)
        self.index.add(id, full, offset)
        self.tally.add(day)
