"""An append-only log of small records on flash that survives power cuts, torn writes and decay.

Owns the file NAME.log of its storage and its tail, NAME.new while it rewrites them, and NAME.bad and NAME.tail.bad, what was
damaged and is kept aside. Friends, steps, settings, card and rewards each keep one. The log begins with a header, big-endian:

    magic 'CPJ2' | schema version u16 | base sequence u32 | CRC-32 of these u32

and goes on with `records`; the tail is records alone. A record's offset in the log is its sequence less the base.

Why a tail: an append to a littlefs file copies its last block, an erase (about 45 ms) each time. So records gather in the
tail (see `lane` and `tail_file`) and move to the log together, unchanged: the offset of a record, counted over the log and
then the tail, stays valid until the next rewrite. What the tail holds below the end of the log is outdated, so a power cut
between "tail added to the log" and "tail begun anew" doubles nothing; a rewritten log begins where the sequence had come,
which outdates all else. What is seldom needed stands in `journal_opening` and `journal_work`; they are loaded for it, and
`forget` drops them.
"""
import asyncio

from micropython import const

from firmware.system import overlay, records
from firmware.system.lane import SHARES, Lane
from firmware.system.storage import StorageError

_HEADER_SIZE = const(14)


def _opening():
    from firmware.system import journal_opening
    return journal_opening


def _working():
    from firmware.system import journal_work
    return journal_work


def forget():
    """Give back the heap of what opening and tending have loaded."""
    for name in ('journal_opening', 'journal_work', 'lane_work', 'scan', 'tail_file', 'writer'):
        overlay.forget('firmware.system.' + name)


class Journal:
    """The journal `name` of `storage`, whose payloads are of schema `version`.

    `migrate(version, kind, payload)` turns a record of an older schema into (kind, payload), or None to drop it; without
    it an older journal raises StorageError. A journal of a newer schema is kept aside, and a new one begins. `log` is told
    of everything odd. The tail lies in the storage's lane if there is one with a share for this journal, else in a file.
    What a method did is on flash when it returns; after a StorageError the journal is as it was.

    `count`: records, live and outdated; known after a replay or an append. `damaged`: records in the middle are lost. The
    owner, who knows what still counts, then calls `rewrite`, which keeps the damaged file aside; until then each replay steps
    over the damage. The other names without underscore are for `journal_opening` and `journal_work`.
    """

    def __init__(self, storage, name, version, log, migrate=None):
        self.storage, self.name, self.version, self.log, self.migrate = storage, name, version, log, migrate
        if storage.lane and name in SHARES:
            self.tail = Lane(storage.lane, name)
        else:
            from firmware.system.tail_file import TailFile
            self.tail = TailFile(storage, name)
        self.base = self.next = 0               # the sequence of the log's byte 0; that of the next record
        self.end = self.written = 0             # bytes of the log that count; that exist
        self.torn = 0                           # rubbish bytes behind the ends
        self.count = 0
        self.damaged = self.ready = False       # ready: all of these are known
        self.busy = False                       # a rewrite in slices is under way
        self.put_off = None                     # the pairs of a `tidy` to come
        self.work = ()                          # what is left of moving the tail to the log in slices

    @property
    def size(self):
        """Bytes of all records, live and outdated; the offset of the next one. Known after a replay or an append."""
        return self.next - self.base

    @property
    def wear(self):
        """Bytes that this journal has ever taken and rewritten, over all boots: the sequences count them. Of the lane each
        4096 of them wear one erase, of the file system about as much."""
        return self.next

    @property
    def position(self):
        """(generation, size). Each rewrite begins another generation, in which every offset is another. Before the first
        replay only the generation is known, and the size is 0. Raises StorageError."""
        return (self.base, self.size) if self.ready else (_opening().generation(self), 0)

    def replay(self, limit=records.MAX_PAYLOAD, since=0):
        """Yield (kind, payload, offset) of every record, oldest first; `limit` cuts the payloads, which saves heap.

        `since`, an offset of this generation or its size, leaves out what lies before; that costs nothing, but goes
        unchecked and uncounted. Reads through a window of 1 kB whatever the length. Do not append while it runs. Raises
        StorageError.
        """
        return _opening().replay(self, limit, since)

    def append(self, kind, payload):
        """Add a record (`kind` 0..255) and return its offset. Raises StorageError."""
        if len(payload) > records.MAX_PAYLOAD:
            raise StorageError('A record of %d bytes is too long for %s.' % (len(payload), self.name))
        self.get_ready()
        data = records.encode(kind, payload, self.next)
        if self.tail.takes(self.next, len(data)):
            self.tail.put(self.next, data)
        else:
            if isinstance(self.tail, Lane):
                self.log.info('journal', '%s goes past the lane' % self.name)
            _working().fold(self, data)
        offset = self.size
        self.next += len(data)
        self.count += 1
        return offset

    def read(self, offset):
        """(kind, payload) of the record at an offset from `append` or `replay`. Raises StorageError if it is not good."""
        self.get_ready()
        record = None
        if offset < self.end:
            with self.storage.reader(self.name + '.log') as reader:
                record = records.RecordFile(reader, self.end).record(offset, self.base + offset)
        elif offset < self.size:
            record = self.tail.read(self.base + offset)
        if record is None:
            raise StorageError('The flash is damaged: no record at %d of %s.' % (offset, self.name))
        return record

    def rewrite(self, pairs):
        """Make the iterable of (kind, payload) `pairs` the whole content, all or nothing. Every offset changes.

        `pairs` may draw on `replay` or `read` of this journal. Raises StorageError.
        """
        self.get_ready()
        for _ in _working().rewriting(self, pairs, None):
            pass

    async def rewrite_in_slices(self, pairs, placed):
        """As `rewrite`, but never busy for longer than about a sector of the flash: one of `pairs` at a time.

        `placed(offset)` is called for each of them in order. Appends and reads go on meanwhile, with the old offsets; what
        is appended survives and then stands at its offset plus the number returned. Nothing runs between the change and the
        return. Raises StorageError: all is as it was, what was appended included.
        """
        return await _working().rewrite_in_slices(self, pairs, placed)

    async def tend(self):
        """Do what was put off, move a crowded lane to the log and erase what is outdated there, one erase at a time, while it
        is quiet. A failure is reported, and all stays as it is."""
        if self.ready and not self.busy and (self.put_off or isinstance(self.tail, Lane)):
            try:
                await _working().tend(self)
            except StorageError as error:
                self.log.warning('journal', str(error))

    def tidy(self, most, pairs):
        """`rewrite(pairs())` if there are more than `most` records, or damage. Returns whether it was done; where it is not
        quiet, `tend` does it later. A failure is reported, not raised, and all stays as it is."""
        if self.count <= most and not self.damaged:
            return False
        if not self.damaged and not self.quiet():
            self.put_off = pairs
            return False
        try:
            self.rewrite(pairs())
        except StorageError as error:
            self.log.warning('journal', '%s could not be tidied. %s' % (self.name, error))
            return False
        return True

    def quiet(self):
        """Whether a rewrite, which may take a while, disturbs nobody now."""
        return not self.storage.quiet or self.storage.quiet.now()

    def fold(self):
        """Move all that is in the tail to the log. Raises StorageError."""
        self.get_ready()
        _working().fold(self, b'')

    async def pause(self):
        """Between two slices: others have their turn, and a tap its peace."""
        await asyncio.sleep_ms(0)
        if self.storage.quiet:
            await self.storage.quiet.wait()

    def get_ready(self):
        """Know the ends, and have a log."""
        if not self.ready:
            for _ in self.replay(0):
                pass
        if not self.end:
            self.storage.replace(self.name + '.log', (_opening().header(self.version, self.base),))
            self.end = self.written = _HEADER_SIZE
