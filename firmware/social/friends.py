"""The friend book: everyone this pin has met, kept in a journal and found by device id.

Owns the journal 'friends', the index over it (12 bytes of heap a friend) and the tally of days. The handshake writes here;
lists, boards and the phone read. A friend is a device id: however often two pins tap, it counts once.

Records (big-endian; a full record is the head below, then name, vCard and strip):
    PENDING  full    cards are exchanged, my READY may be under way: in doubt until COMMIT or DROP
    COMMIT   device id, session, share       the pending one with this id is a friend
    DROP     device id                       the pending one with this id is none
    FRIEND   full    a new friend, or with `base` a new version of the one whose full record stands at that offset
    FIGURES  base, device id, session, figures, last day, times met, share    newer figures for the friend at `base`
    FORGET   base    the friend at `base` is forgotten
    BLOCK    device id                       taps with this pin are refused, friend or not
    UNBLOCK  device id                       no longer
`base` ties a record to a friend by place, so that replaying needs no search; `rewrite` leaves only FRIEND, PENDING and
BLOCK. To block and to forget are two things: a blocked friend stays in the book and counts, as all that it has earned does.
"""
import struct

from micropython import const

from firmware.social.friend import HEAD_SIZE, NO_SHARE, fields, unpack, unpack_head
from firmware.social.friend_index import DayTally, Index
from firmware.system.storage import StorageError

SCHEMA = const(1)
NONE = const(0)
PENDING = const(1)
FRIEND = const(2)
MAX_IN_DOUBT = const(32)                        # pending ones beyond this push out the oldest
MAX_BLOCKED = const(64)

_COMMIT = const(3)
_DROP = const(4)
_FIGURES = const(5)
_FORGET = const(6)
_BLOCK = const(7)
_UNBLOCK = const(8)
_COMMIT_FORMAT = '>16s8s16s'
_SLACK_RECORDS = const(64)


class FriendBook:
    """The book in `journal`. Opening raises StorageError only where the flash cannot be read at all."""

    def __init__(self, journal, log):
        self._journal = journal
        self._log = log
        self._load()
        if journal.damaged:
            self.tidy()

    def _load(self):
        self._index = Index()
        self._pending = []                      # (id, session, offset, day), the newest last
        self._blocked = []                      # ids
        self.tally = DayTally()
        for kind, head, offset in self._journal.replay(HEAD_SIZE):
            try:
                self._take(kind, head, offset)
            except ValueError as error:
                self._log.warning('friends', 'A stored record of kind %d is passed over. %s' % (kind, error))

    def _take(self, kind, head, offset):
        """One record of the journal, at opening. Raises ValueError."""
        if kind in (PENDING, FRIEND):
            base, id, session, day = unpack_head(head)
            if kind == PENDING:
                self._set_pending(id, session, offset, day)
            else:
                self._set_friend(id, base, offset, day)
        elif kind == _COMMIT:
            self._set_committed(fields(_COMMIT_FORMAT, head)[0], offset)
        elif kind == _DROP:
            self._remove_pending(bytes(head[:16]))
        elif kind in (_FIGURES, _FORGET):
            self._change(kind, fields('>I', head)[0], offset)
        elif kind in (_BLOCK, _UNBLOCK):
            self._set_blocked(fields('>16s', head)[0], kind == _BLOCK)
        else:
            raise ValueError('This firmware does not know it.')

    def _remove_pending(self, id):
        self._pending = [entry for entry in self._pending if entry[0] != id]

    def _set_pending(self, id, session, offset, day):
        self._remove_pending(id)
        self._pending.append((id, session, offset, day))

    def _set_committed(self, id, offset):
        _, _, full, day = self._pending_entry(id)
        self._remove_pending(id)
        self._index.add(id, full, offset)
        self.tally.add(day)

    def _set_friend(self, id, base, offset, day):
        self._remove_pending(id)
        entry = self._index.with_full(base)
        if entry is None:
            self._index.add(id, offset, 0)
            self.tally.add(day)
        else:
            self._index.set(entry, offset, 0)

    def _change(self, kind, base, offset):
        entry = self._index.with_full(base)
        if entry is None:
            raise ValueError('The friend that it belongs to is not there.')
        if kind == _FIGURES:
            self._index.set(entry, base, offset)
        else:
            self._index.remove(entry)

    def _set_blocked(self, id, blocked):
        self._blocked = [other for other in self._blocked if other != id]
        if blocked:
            self._blocked.append(id)

    def _pending_entry(self, id):
        for entry in self._pending:
            if entry[0] == id:
                return entry
        raise ValueError('Nothing is pending with this pin.')

    # -- reading

    @property
    def count(self):
        """How many friends: the size of the set of device ids."""
        return self._index.count

    @property
    def in_doubt(self):
        """How many taps are in doubt."""
        return len(self._pending)

    def newest_pending(self):
        """The session of the newest tap in doubt, or None."""
        return self._pending[-1][1] if self._pending else None

    def pending_session(self, id):
        """The session of the tap in doubt with this id, or None."""
        for entry in self._pending:
            if entry[0] == id:
                return entry[1]
        return None

    def state(self, id):
        """NONE, PENDING or FRIEND. Raises StorageError."""
        if self.pending_session(id):
            return PENDING
        return NONE if self._find(id) is None else FRIEND

    def blocked(self, id):
        """Whether taps with this id are refused."""
        return id in self._blocked

    def get(self, id):
        """The Friend with this id, or None. Raises StorageError."""
        entry = self._find(id)
        return None if entry is None else self._read(*self._index.get(entry))

    def pending(self, id):
        """The Friend-to-be with this id, or None. Raises StorageError."""
        for entry in self._pending:
            if entry[0] == id:
                return self._read(entry[2], 0)
        return None

    def page(self, start, n):
        """Up to `n` Friends from the `start`-th on, those who became friends last first. One that cannot be read is left
        out and reported."""
        friends = []
        newest = self._index.used - 1
        if self._index.used == self._index.count:       # none removed: no need to count
            newest, start = newest - start, 0
        for entry in range(newest, -1, -1):
            full, newer = self._index.get(entry)
            if not full:
                continue
            if len(friends) >= n:
                break
            if start:
                start -= 1
                continue
            try:
                friends.append(self._read(full, newer))
            except StorageError as error:
                self._log.error('friends', str(error))
        return friends

    def _find(self, id):
        """The index entry of this id, verified in the journal, or None."""
        for entry in self._index.with_id(id):
            if self._journal.read(self._index.get(entry)[0])[1][4:20] == id:
                return entry
        return None

    def _read(self, full, newer):
        """The Friend whose records stand at these offsets. Raises StorageError."""
        try:
            friend = unpack(self._journal.read(full)[1])
            if newer:
                self._bring_up_to_date(friend, *self._journal.read(newer))
        except ValueError as error:
            raise StorageError(str(error))
        return friend

    def _bring_up_to_date(self, friend, kind, data):
        if kind == _COMMIT:
            friend.share = fields(_COMMIT_FORMAT, data)[2]
        else:
            friend.unpack_newer(data)

    # -- writing: what a method did is on flash when it returns; each raises StorageError with nothing changed

    def put_pending(self, friend):
        """Cards are exchanged with `friend`, who is none yet. Replaces what was pending with the same id."""
        if len(self._pending) >= MAX_IN_DOUBT and all(entry[0] != friend.id for entry in self._pending):
            self._log.warning('friends', 'Too many taps are in doubt; the oldest is dropped.')
            self.drop_pending(self._pending[0][0])
        offset = self._journal.append(PENDING, friend.pack())
        self._set_pending(friend.id, friend.session, offset, friend.day_met)

    def commit(self, id, session, share=NO_SHARE):
        """The one pending with this id and session is a friend; returns the Friend. Raises ValueError for another session."""
        if self._pending_entry(id)[1] != session:
            raise ValueError('Another tap is pending with this pin.')
        self._index.reserve()
        self._set_committed(id, self._journal.append(_COMMIT, struct.pack(_COMMIT_FORMAT, id, session, share)))
        return self.get(id)

    def drop_pending(self, id):
        """The one pending with this id is no friend. Raises ValueError where none is."""
        self._pending_entry(id)
        self._journal.append(_DROP, id)
        self._remove_pending(id)

    def befriend(self, friend):
        """`friend`, none yet, is a friend at once, pending or not."""
        self._index.reserve()
        self._set_friend(friend.id, 0, self._journal.append(FRIEND, friend.pack()), friend.day_met)

    def refresh(self, friend, whole=True):
        """Newer data of a friend; `whole` unless name, vCard and strip are as they were. Raises ValueError for a stranger."""
        entry = self._find(friend.id)
        if entry is None:
            raise ValueError('This pin is no friend.')
        base = self._index.get(entry)[0]
        if whole:
            self._index.set(entry, self._journal.append(FRIEND, friend.pack(base)), 0)
        else:
            self._index.set(entry, base, self._journal.append(_FIGURES, friend.pack_newer(base)))

    def forget(self, id):
        """The friend is forgotten. Raises ValueError for a stranger."""
        entry = self._find(id)
        if entry is None:
            raise ValueError('This pin is no friend.')
        self._journal.append(_FORGET, struct.pack('>I', self._index.get(entry)[0]))
        self._index.remove(entry)

    def block(self, id):
        """Refuse taps with this pin from now on. Raises ValueError where MAX_BLOCKED others are blocked."""
        if not self.blocked(id):
            if len(self._blocked) >= MAX_BLOCKED:
                raise ValueError('At most %d pins can be blocked.' % MAX_BLOCKED)
            self._journal.append(_BLOCK, id)
            self._set_blocked(id, True)

    def unblock(self, id):
        """Accept taps with this pin again."""
        if self.blocked(id):
            self._journal.append(_UNBLOCK, id)
            self._set_blocked(id, False)

    def reset(self):
        """Factory reset: no friends, nobody blocked."""
        self._journal.rewrite(())
        self._load()

    def tidy(self):
        """Throw out outdated records if there are many. Takes long with many friends: not during a tap."""
        if self._journal.tidy(3 * (self.count + self.in_doubt) + len(self._blocked) + _SLACK_RECORDS, self._pairs):
            self._load()

    def _pairs(self):
        for entry in range(self._index.used):
            full, newer = self._index.get(entry)
            if not full:
                continue
            try:
                yield FRIEND, self._read(full, newer).pack()
            except StorageError as error:
                self._log.error('friends', 'An entry is lost. %s' % error)
        for entry in self._pending:
            yield PENDING, self._journal.read(entry[2])[1]
        for id in self._blocked:
            yield _BLOCK, id
