"""The friend book: everyone this pin has met, kept in a journal and found by device id.

Owns the journal 'friends', the index over it (12 bytes of heap a friend) and the tally of days. The handshake writes here;
lists, boards and the phone read. A friend is a device id: however often two pins tap, it counts once.

Records (big-endian; a full record is the head in `friend`, then name, vCard, strip and note):
    PENDING  full    cards are exchanged, my READY may be under way: in doubt until COMMIT or DROP
    COMMIT   device id, session, share       the pending one with this id is a friend
    DROP     device id                       the pending one with this id is none
    FRIEND   full    a new friend, or with `place` a new version of one
    FIGURES  place, device id, session, figures, last day, times met, share, note     newer figures, or a note
    FORGET   place, device id                the friend is forgotten
    BLOCK    device id                       taps with this pin are refused, friend or not
    UNBLOCK  device id                       no longer
    DATED    full    the same friend, who was made while no clock was known, with the day since found out
`place` says as the how-manieth the friend stood in the index (from 1), so that replaying need not search. To block and to
forget are two things: a blocked friend stays in the book and counts, as all that it has earned does.

`keep` compacts the journal and puts the index on flash, in slices, for `upkeep` to call while nothing happens; so an opening
replays some dozens of records, however many friends there are.
"""
import struct

from micropython import const

from firmware.social.friend import NO_SHARE, fields, unpack
from firmware.social.friend_index import Known
from firmware.system.overlay import borrow
from firmware.system.storage import StorageError

SCHEMA = const(1)
NONE = const(0)
PENDING = const(1)
FRIEND = const(2)
MAX_IN_DOUBT = const(32)                        # beyond this a tap waits for the other pin to commit first
MAX_BLOCKED = const(64)
MAX_NOTE = const(200)                           # characters

COMMIT = const(3)
DROP = const(4)
FIGURES = const(5)
FORGET = const(6)
BLOCK = const(7)
UNBLOCK = const(8)
DATED = const(9)
COMMIT_FORMAT = '>16s8s16s'
CHANGE_FORMAT = '>I16s'
_SAVE_AFTER = const(64)                         # records that an opening may have to replay before the index is saved
_OLD_RECORD = const(300)                        # about what a forgotten friend leaves behind
_SLACK = const(16384)                           # outdated bytes that are not worth a compaction
_KEEPING = 'firmware.social.friend_keeping'     # borrowed: at rest the book has no use for it


def waste_of(kind, head, size):
    """How many bytes a compaction saves for a record of `size` bytes that begins with `head`."""
    if kind == PENDING or kind == FRIEND and head[:4] == bytes(4):
        return 0
    return size + _OLD_RECORD if kind in (DROP, FORGET) else size


class FriendBook:
    """The book in `journal`, with the index files in `storage`, where one is given. Opening raises StorageError
    only where the flash cannot be read at all."""

    def __init__(self, journal, log, storage=None):
        self._journal = journal
        self._log = log
        self._storage = storage
        self._load()

    def _load(self):
        self._loaded = False                    # until the end: a flash that cannot be read now leaves no half of a book
        self._known, self._found, self._staged = Known(), None, None
        self._known, self._unsaved = borrow(_KEEPING).opened(self._journal, self._storage, self._log)
        self._loaded = True

    # -- reading

    @property
    def count(self):
        """How many friends: the size of the set of device ids."""
        return self._known.index.count

    @property
    def tally(self):
        """The DayTally: how many friends were made on which day."""
        return self._known.tally

    @property
    def in_doubt(self):
        """How many taps are in doubt."""
        return len(self._known.pending)

    def newest_pending(self):
        """The session of the newest tap in doubt, or None."""
        pending = self._known.pending
        return pending[-1][1] if pending else None

    def pending_session(self, id):
        """The session of the tap in doubt with this id, or None."""
        for entry in self._known.pending:
            if entry[0] == id:
                return entry[1]
        return None

    def may_doubt(self, id):
        """Whether `put_pending` has room for this id. No doubt is pushed out: the other pin may have committed."""
        return self.in_doubt < MAX_IN_DOUBT or self.pending_session(id) is not None

    def state(self, id):
        """NONE, PENDING or FRIEND. Raises StorageError."""
        if self.pending_session(id):
            return PENDING
        return NONE if self._find(id) is None else FRIEND

    def blocked(self, id):
        """Whether taps with this id are refused."""
        return id in self._known.blocked

    def get(self, id):
        """The Friend with this id, or None. Raises StorageError."""
        entry = self._find(id)
        return None if entry is None else self._read(*self._known.index.get(entry))

    def latest(self):
        """The Friend who was written last, if known, else None. Raises StorageError."""
        entry = self._known.index.latest
        return None if entry < 0 else self._read(*self._known.index.get(entry))

    def pending(self, id):
        """The Friend-to-be with this id, or None. Raises StorageError."""
        for entry in self._known.pending:
            if entry[0] == id:
                return self._read(entry[2], 0)
        return None

    def page(self, start, n):
        """Up to `n` Friends from the `start`-th on, those who became friends last first. One that cannot be read is left
        out and reported."""
        friends = []
        for entry in self._known.index.newest(start):
            if len(friends) >= n:
                break
            try:
                friends.append(self._read(*self._known.index.get(entry)))
            except StorageError as error:
                self._log.error('friends', str(error))
        return friends

    # -- for lists that are asked for in pieces, over days: entries keep their numbers until a compaction

    @property
    def journal(self):
        """The book's journal. What is written later stands at its `position`'s size or behind it; a compaction begins another
        generation."""
        return self._journal

    @property
    def entries(self):
        """One more than the highest number of an entry; who was met first has the lowest."""
        return self._known.index.used

    def stands(self, entry):
        """(offset of the full record, of newer figures or 0) of an entry; the first is 0 where there is none any more."""
        return self._known.index.get(entry)

    def standing(self, full, newer):
        """The Friend whose records stand there. Raises StorageError."""
        return self._read(full, newer)

    @property
    def blocked_ids(self):
        """Those of pins that are blocked, as a new list."""
        return list(self._known.blocked)

    def _find(self, id):
        """The index entry of this id, verified in the journal, or None. Raises StorageError."""
        if not self._loaded:
            self._load()
        index = self._known.index
        if self._found and self._found[0] == id and index.get(self._found[1])[0]:
            return self._found[1]
        for entry in index.with_id(id):
            if self._record(index.get(entry)[0])[1][4:20] == id:
                self._found = id, entry
                return entry
        return None

    def _record(self, offset):
        """(kind, payload). Raises StorageError; then a compaction shall clear away what is damaged."""
        try:
            return self._journal.read(offset)
        except StorageError:
            self._journal.damaged = True
            raise

    def _read(self, full, newer):
        """The Friend whose records stand at these offsets, with older figures if the newer are lost. Raises StorageError."""
        try:
            friend = unpack(self._record(full)[1])
        except ValueError as error:
            raise StorageError(str(error))
        friend.stands = full, newer
        if newer:
            try:
                kind, data = self._record(newer)
                if kind == COMMIT:
                    friend.share = fields(COMMIT_FORMAT, data)[2]
                else:
                    friend.unpack_newer(data)
            except (ValueError, StorageError) as error:
                self._log.error('friends', 'The latest figures of %s are lost. %s' % (friend.name, error))
        return friend

    # -- writing: what a method did is on flash when it returns; each raises StorageError with nothing changed

    def _append(self, kind, payload):
        """On flash; returns the offset."""
        if not self._loaded:
            self._load()
        offset = self._journal.append(kind, payload)
        self._known.waste += waste_of(kind, payload, self._journal.size - offset)
        self._unsaved += 1
        return offset

    def _entry(self, id):
        """The index entry of a friend. Raises ValueError for a stranger."""
        entry = self._find(id)
        if entry is None:
            raise ValueError('This pin is no friend.')
        return entry

    def put_pending(self, friend):
        """Cards are exchanged with `friend`, who is none yet. Replaces what was pending with the same id. Raises ValueError
        unless `may_doubt`."""
        if not self.may_doubt(friend.id):
            raise ValueError('%d taps are in doubt already.' % MAX_IN_DOUBT)
        offset = self._append(PENDING, friend.pack())
        self._known.take_pending(friend.id, friend.session, offset, friend.day_met)
        self._staged = friend                   # most often it is committed at once, and need not be read again

    def commit(self, id, session, share=NO_SHARE):
        """The one pending with this id and session is a friend; returns the Friend. Raises ValueError for another session."""
        if self._known.doubt(id)[1] != session:
            raise ValueError('Another tap is pending with this pin.')
        index = self._known.index
        index.reserve()
        self._known.commit(id, self._append(COMMIT, struct.pack(COMMIT_FORMAT, id, session, share)))
        self._found = id, index.used - 1
        friend, self._staged = self._staged, None
        if not friend or (friend.id, friend.session) != (id, session):
            return self._read(*index.get(index.used - 1))
        friend.share, friend.stands = share, index.get(index.used - 1)
        return friend

    def drop_pending(self, id):
        """The one pending with this id is no friend. Raises ValueError where none is."""
        self._known.doubt(id)
        self._append(DROP, id)
        self._known.drop_pending(id)

    def befriend(self, friend):
        """`friend`, none yet, is a friend at once, pending or not."""
        self._known.index.reserve()
        self._known.befriend(friend.id, self._append(FRIEND, friend.pack()), friend.day_met)

    def refresh(self, friend, whole=True):
        """Newer data of a friend; `whole` unless name, vCard and strip are as they were. Raises ValueError for a stranger."""
        entry = self._entry(friend.id)
        full, newer = self._known.index.get(entry)
        if friend.stands != (full, newer):      # somebody else wrote since: the note, perhaps
            friend.note = self._read(full, newer).note
        if whole:
            full, newer = self._append(FRIEND, friend.pack(entry + 1)), 0
        else:
            newer = self._append(FIGURES, friend.pack_newer(entry + 1))
        self._known.index.set(entry, full, newer)
        friend.stands = full, newer

    def note(self, id, text):
        """Keep the wearer's own `text` on a friend ('' for none). Raises ValueError for a stranger, or a text too long."""
        friend = self.get(id)
        if friend is None:
            raise ValueError('This pin is no friend.')
        if len(text) > MAX_NOTE:
            raise ValueError('A note has at most %d characters.' % MAX_NOTE)
        friend.note = text
        self.refresh(friend, whole=False)

    def date(self, friend):
        """`friend`, made while no clock was known, has got a `day_met`. Raises ValueError for a stranger."""
        entry = self._entry(friend.id)
        self._known.index.set(entry, self._append(DATED, friend.pack(entry + 1)), 0)
        self._known.tally.add(friend.day_met)

    def forget(self, id):
        """The friend is forgotten. Raises ValueError for a stranger."""
        entry = self._entry(id)
        self._append(FORGET, struct.pack(CHANGE_FORMAT, entry + 1, id))
        self._known.index.remove(entry)

    def block(self, id):
        """Refuse taps with this pin from now on. Raises ValueError where MAX_BLOCKED others are blocked."""
        if not self.blocked(id):
            if len(self._known.blocked) >= MAX_BLOCKED:
                raise ValueError('At most %d pins can be blocked.' % MAX_BLOCKED)
            self._append(BLOCK, id)
            self._known.take_blocked(id, True)

    def unblock(self, id):
        """Accept taps with this pin again."""
        if self.blocked(id):
            self._append(UNBLOCK, id)
            self._known.take_blocked(id, False)

    def reset(self):
        """Factory reset: no friends, nobody blocked."""
        self._journal.rewrite(())
        self._load()

    # -- upkeep

    @property
    def wants_keeping(self):
        """What `keep` has to do that is worthwhile: 2 compact the journal, 1 save the index, 0 nothing."""
        if self._journal.damaged or self._known.waste > _SLACK + self._journal.size // 5:
            return 2
        return int(self._storage is not None and self._unsaved > _SAVE_AFTER)

    async def keep(self):
        """Do it, in slices. Taps may come meanwhile. A failure is reported, and all stays as it is."""
        self._staged = None
        try:
            wants = self.wants_keeping
            if wants > 1:
                await borrow(_KEEPING).compact(self._storage, self._journal, self._known, self._read, self._log)
                self._load()
            elif wants and await borrow(_KEEPING).save(self._storage, self._journal, self._known):
                self._unsaved = 0
        except StorageError as error:
            self._log.warning('friends', 'The book could not be tidied. %s' % error)
