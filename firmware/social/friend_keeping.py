"""Keeping the friend book quick to open and small: the index on flash, and compaction in slices.

Owns the files 'friends.index' and 'friends.next'. Imported by the friend book for as long as it needs it. An index file says
what the book knew at one position of the journal, so that opening replays only what came after. Big-endian:

    pages of 128 entries as friend_index has them, and behind each group its filter
    live entries of each page, a byte each | tally length u8, tally | u8 x (id 16, session 8, offset u32, day u16) in doubt
    | u8 x id (16) blocked
    magic 'CPX1' | generation u32 | size u32 | entries u32 | latest entry i32 | outdated bytes u32 | CRC-32 of all before it

It counts only if it is whole and of the generation that the journal has. Compaction writes the index of the new generation
along with the new log, as 'friends.next', so there is no moment at which neither fits; what is appended meanwhile, an
opening replays. Any other file is dropped: then the whole journal is replayed, which takes long but errs in nothing.
"""
import asyncio
import binascii
import gc
import struct

from micropython import const

from firmware.social.friend import HEAD_SIZE, fields, unpack_head
from firmware.social.friend_index import FILTER_BYTES, GROUP, PAGE, PAGE_BYTES, Index, Known, put_in
from firmware.social.friends import (
    BLOCK,
    CHANGE_FORMAT,
    COMMIT,
    COMMIT_FORMAT,
    DATED,
    DROP,
    FIGURES,
    FORGET,
    FRIEND,
    PENDING,
    UNBLOCK,
    waste_of,
)
from firmware.system.records import OVERHEAD
from firmware.system.storage import StorageError

_CURRENT = 'friends.index'
_NEXT = 'friends.next'
_MAGIC = b'CPX1'
_FOOT = '>4sIIIiI'
_FOOT_SIZE = const(24)
_PENDING_FORMAT = '>16s8sIH'
_PENDING_SIZE = const(30)


def _packed(tally):
    """A DayTally as bytes."""
    days = [struct.pack('>HH', min(day, 0xFFFF), min(friends, 0xFFFF)) for day, friends in tally.latest.items()]
    return struct.pack('>HH', min(tally.days, 0xFFFF), min(tally.best, 0xFFFF)) + b''.join(days)


def _people(tally, pending, blocked):
    """What follows the live counts, as bytes."""
    return b''.join([bytes((len(tally),)), tally, bytes((len(pending),))]
                    + [struct.pack(_PENDING_FORMAT, *entry) for entry in pending] + [bytes((len(blocked),))] + blocked)


def _take_people(known, data):
    at = 1 + data[0]
    known.tally.days, known.tally.best = struct.unpack_from('>HH', data, 1)
    for place in range(5, at, 4):
        day, friends = struct.unpack_from('>HH', data, place)
        known.tally.latest[day] = friends
    count = data[at]
    for number in range(count):
        known.pending.append(struct.unpack_from(_PENDING_FORMAT, data, at + 1 + _PENDING_SIZE * number))
    at += 1 + _PENDING_SIZE * count
    known.blocked = [bytes(data[at + 1 + 16 * number:at + 17 + 16 * number]) for number in range(data[at])]


# -- opening

def opened(journal, storage, log):
    """(Known, how many records were replayed) from the index file, if `storage` is given and has one that fits, and from what
    came after it; else from the whole journal. A collection takes as long as the heap is full, so meanwhile garbage waits for
    longer. Raises StorageError."""
    threshold = gc.threshold() if hasattr(gc, 'threshold') else 0       # CPython has none
    try:
        return _opened(journal, storage, log, threshold)
    finally:
        if threshold > 0:
            gc.threshold(threshold)


def _opened(journal, storage, log, threshold):
    known, since = Known(), 0
    if threshold > 0:
        gc.threshold(8 * threshold)
    if storage:
        found = load(storage, journal.position[0])
        if found:
            since, known = found
        else:
            _drop(storage, log)
        if threshold > 0:
            gc.threshold(8 * threshold + 13 * known.index.count)
    count = _replay(journal, known, since, log)
    if since and (journal.damaged or journal.size < since):
        log.warning('friends', 'The index does not fit; reading the whole book.')
        _drop(storage, log)
        known = Known()
        count = _replay(journal, known, 0, log)
    return known, count


def _replay(journal, known, since, log):
    """Let `known` take what stands in the journal from `since` on; returns how many records that were."""
    count, last, at = 0, None, since
    for kind, head, offset in journal.replay(HEAD_SIZE, since):
        if last:
            known.waste += waste_of(*last, offset - at)
        last, at, count = (kind, head), offset, count + 1
        try:
            _take(known, kind, head, offset)
        except ValueError as error:
            log.warning('friends', 'A stored record of kind %d is passed over. %s' % (kind, error))
    if last:
        known.waste += waste_of(*last, journal.size - at)
    return count


def _take(known, kind, head, offset):
    """One record. Raises ValueError."""
    if kind in (PENDING, FRIEND, DATED):
        place, id, session, day = unpack_head(head)
        if kind == PENDING:
            known.take_pending(id, session, offset, day)
        else:
            _take_friend(known, id, place, offset, day, kind == DATED)
    elif kind == COMMIT:
        known.commit(fields(COMMIT_FORMAT, head)[0], offset)
    elif kind == DROP:
        known.drop_pending(bytes(head[:16]))
    elif kind in (FIGURES, FORGET):
        place, id = fields(CHANGE_FORMAT, head)
        entry = placed(known.index, place, id)
        if entry is None:
            return                              # forgotten while the journal was compacted
        if kind == FIGURES:
            known.index.set(entry, known.index.get(entry)[0], offset)
        else:
            known.index.remove(entry)
    elif kind in (BLOCK, UNBLOCK):
        known.take_blocked(fields('>16s', head)[0], kind == BLOCK)
    else:
        raise ValueError('This firmware does not know it.')


def _take_friend(known, id, place, offset, day, dated):
    """A full record stands at `offset`: of a new friend, or, with `place`, of one who is there; `dated`: who gets a day."""
    entry = placed(known.index, place, id) if place else None
    if entry is None:
        known.befriend(id, offset, day)
        return
    known.index.set(entry, offset, 0)
    if dated:
        known.tally.add(day)


def placed(index, place, id):
    """The entry of the friend with this id, or None. `place` is its number plus one as it was when that was written, which is
    right unless a compaction has left out somebody since."""
    entry = place - 1
    if 0 <= entry < index.used and index.get(entry)[0] and index.mark(entry) == struct.pack('>I', binascii.crc32(id)):
        return entry
    for entry in index.with_id(id):             # of two ids with one CRC, which only a forger has, either may be found
        return entry
    return None


def load(storage, generation):
    """(size, Known) from the index file of this generation of the journal, or None."""
    for name in (_CURRENT, _NEXT):
        try:
            length = storage.size(name)
            if length and length > _FOOT_SIZE + 4:
                with storage.reader(name) as reader:
                    found = _read(reader, length, generation)
                if found:
                    if name == _NEXT:
                        storage.rename(_NEXT, _CURRENT)
                    return found
        except StorageError:
            pass                                # as if it were not there
    return None


def _pages(reader, rest, count, index):
    """Read `count` pages and their filters into `index`; returns the CRC. As they are no garbage, nothing is collected."""
    threshold = gc.threshold() if hasattr(gc, 'threshold') else 0
    if threshold > 0:
        gc.threshold(-1)
    crc = at = 0
    try:
        for number in range(count):
            page = bytearray(PAGE_BYTES)
            at += reader.read_into(at, page)
            crc = binascii.crc32(page, crc)
            index.take_page(page, rest[number])
            if number >= GROUP and (number % GROUP == GROUP - 1 or number == count - 1):
                index.filters.append(bytearray(FILTER_BYTES))
                at += reader.read_into(at, index.filters[-1])
                crc = binascii.crc32(index.filters[-1], crc)
    finally:
        if threshold > 0:
            gc.threshold(threshold)
    return crc


def _read(reader, length, generation):
    foot = bytearray(_FOOT_SIZE + 4)
    reader.read_into(length - len(foot), foot)
    magic, of, size, used, latest, waste = struct.unpack_from(_FOOT, foot)
    pages = -(-used // PAGE)
    filters = max(0, pages - 1) // GROUP
    rest = bytearray(max(0, length - len(foot) - pages * PAGE_BYTES - filters * FILTER_BYTES))
    if magic != _MAGIC or of != generation or len(rest) < pages + 3:
        return None
    known = Known()
    reader.read_into(length - len(foot) - len(rest), rest)
    crc = _pages(reader, rest, pages, known.index)
    crc = binascii.crc32(memoryview(foot)[:_FOOT_SIZE], binascii.crc32(rest, crc))
    if crc != struct.unpack_from('>I', foot, _FOOT_SIZE)[0]:
        return None
    known.index.used, known.index.latest, known.waste = used, latest, waste
    _take_people(known, memoryview(rest)[pages:])
    return size, known


def _drop(storage, log):
    """The index files do not fit the journal, and never shall."""
    try:
        for name in (_CURRENT, _NEXT):
            storage.remove(name)
    except StorageError as error:
        log.error('friends', str(error))


# -- upkeep

class _Draft:
    """An index file that is being written; it takes effect when `finish` returns."""

    def __init__(self, storage):
        self._writer = storage.writer(_NEXT)
        self._crc = 0

    def write(self, data):
        self._writer.write(data)
        self._crc = binascii.crc32(data, self._crc)

    def finish(self, live, people, position, used, latest, waste):
        self.write(live)
        self.write(people)
        self.write(struct.pack(_FOOT, _MAGIC, position[0], position[1], used, latest, waste))
        self._writer.write(struct.pack('>I', self._crc))
        self._writer.close()

    def abandon(self):
        self._writer.abandon()


async def save(storage, journal, known):
    """Put `known` on flash page by page, while it is quiet. Whether that was done: False where the book changed meanwhile.
    Raises StorageError: the old file stays."""
    position, index, draft = journal.position, known.index, _Draft(storage)
    try:
        for number, page in enumerate(index.pages):
            draft.write(page)
            if number >= GROUP and (number % GROUP == GROUP - 1 or number == len(index.pages) - 1):
                draft.write(index.filters[number // GROUP - 1])
            await asyncio.sleep_ms(0)
            if storage.quiet:
                await storage.quiet.wait()
            if journal.position != position:
                return False
        draft.finish(index.live, _people(_packed(known.tally), known.pending, known.blocked), position, index.used,
                     index.latest, known.waste)
    finally:
        draft.abandon()
    storage.rename(_NEXT, _CURRENT)
    return True


class _Compaction:
    """The records of a new log, and beside them the index file of that log's generation."""

    def __init__(self, journal, known, read, draft, log):
        self._journal, self._known, self._read, self._draft, self._log = journal, known, read, draft, log
        self._generation = sum(journal.position)        # the new log begins where the sequence of the old has come
        self._pending, self._blocked, self._used = list(known.pending), list(known.blocked), known.index.used
        self._tally = _packed(known.tally)
        self._page, self._live, self._filter = Index(), bytearray(), bytearray(FILTER_BYTES)
        self._count, self._latest, self._at, self._length = 0, -1, 0, 0

    def placed(self, offset):
        """For Journal.rewrite_in_slices: the record that `records` yielded last stands at `offset`."""
        self._at = offset

    def records(self):
        """Yield (kind, payload). Who is forgotten meanwhile may be left out; who comes or changes meanwhile is appended."""
        index = self._known.index
        for entry in range(self._used):
            full, newer = index.get(entry)
            friend = self._kept(full, newer) if full else None
            if friend:
                yield self._sized(FRIEND, friend.pack())
                self._enter(entry, friend)
        pending = []
        for id, session, offset, day in self._pending:
            friend = self._kept(offset, 0)
            if friend:
                yield self._sized(PENDING, friend.pack())
                pending.append((id, session, self._at, day))
        for id in self._blocked:
            yield self._sized(BLOCK, id)
        if self._draft:
            self._finish(pending)

    def _kept(self, full, newer):
        """The Friend, or None who is lost."""
        try:
            return self._read(full, newer)
        except StorageError as error:
            self._log.error('friends', 'An entry is lost. %s' % error)
            return None

    def _sized(self, kind, payload):
        self._length = OVERHEAD + len(payload)
        return kind, payload

    def _enter(self, entry, friend):
        """`friend`, who was `entry` so far, stands at `placed` in the new log."""
        if entry == self._known.index.latest:
            self._latest = self._count
        self._page.add(friend.id, self._at, 0)
        put_in(self._filter, friend.id)
        self._count += 1
        if self._page.used == PAGE:
            self._turn()

    def _turn(self):
        """This page is complete."""
        if self._draft:
            self._draft.write(self._page.pages[0])
        self._live.append(self._page.used)
        self._page = Index()
        if len(self._live) % GROUP == 0:
            self._end_group()

    def _end_group(self):
        if self._draft and len(self._live) > GROUP:
            self._draft.write(self._filter)
        self._filter = bytearray(FILTER_BYTES)

    def _finish(self, pending):
        if self._page.used:
            self._turn()
        if len(self._live) % GROUP:
            self._end_group()
        self._draft.finish(self._live, _people(self._tally, pending, self._blocked),
                           (self._generation, self._at + self._length), self._count, self._latest, 0)


async def compact(storage, journal, known, read, log):
    """Leave what `known` points to, and what is appended meanwhile, in a new log and its index file; then every offset is
    another, and the book has to be opened anew. `read(full, newer)` gives a Friend. Without `storage` there is no
    index file. Raises StorageError: all is as it was."""
    draft = _Draft(storage) if storage else None
    try:
        compaction = _Compaction(journal, known, read, draft, log)
        await journal.rewrite_in_slices(compaction.records(), compaction.placed)
    finally:
        if draft:
            draft.abandon()
