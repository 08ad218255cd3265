"""An append-only log of small records on flash that survives power cuts, torn writes and decay.

Owns the files NAME.log and NAME.tail of its storage, NAME.new while it rewrites them, and NAME.bad, a damaged log kept
aside. Friends, steps, settings, card and rewards each keep one. The log begins with a header, big-endian:

    magic 'CPJ1' | schema version u16 | base sequence u32 | CRC-32 of these u32

and goes on with `records`; the tail is records alone. The base sequence is the first that a record of this log can have.

Why two files: an append to a littlefs file copies its last block, an erase (about 45 ms) each time, while a file of at
most 512 bytes lies within its directory's block, where several changes share an erase. So small records gather in the tail
and move to the log together. Measured on littlefs with the board's geometry (block 4096, write 256): 0.20 erases for a
record of 30 bytes instead of 1.08. A record of the tail counts only if its sequence is above the log's last, so a power
cut between "tail added to the log" and "tail begun anew" doubles nothing. The bytes move unchanged: the offset of a record,
counted over the log and then the tail, stays valid until `rewrite`.
"""
import binascii
import struct

from micropython import const

from firmware.system import records
from firmware.system.storage import StorageError

_MAGIC = b'CPJ1'
_HEADER = '>4sHI'
_HEADER_SIZE = const(14)
_TAIL_LIMIT = const(512)                        # littlefs keeps a file inline up to an eighth of its block of 4096
_SCAN_WINDOW = const(1024)                      # bytes of heap while a replay runs
_SMALL = const(256)                             # a longer record goes to the log at once, together with the tail


def _header(version, base):
    header = struct.pack(_HEADER, _MAGIC, version, base)
    return header + struct.pack('>I', binascii.crc32(header))


def _and_zeros(chunks, count):
    yield from chunks
    while count:
        part = min(count, 64)
        yield bytes(part)
        count -= part


class _Part:
    """One of the two files: its bytes `start` to `end` count, `size` bytes exist."""

    def __init__(self, storage, name):
        self._storage = storage
        self.name = name
        self.clear()

    def clear(self):
        """Nothing in this file counts (any more); the next `put` makes it anew."""
        self.start = self.end = self.size = 0
        self.damaged = False

    def scan(self, begin, sequence, limit, behind=None):
        """Yield (kind, payload, offset) of the records above `sequence` (see Scan); return the Scan. The file exists."""
        size = self._storage.size(self.name)
        with self._storage.reader(self.name) as reader:
            scan = records.Scan(records.RecordFile(reader, size, _SCAN_WINDOW), begin, sequence)
            yield from scan.records(limit, behind)
        self.start, self.end, self.size = scan.start, scan.end, size
        self.damaged = scan.skipped > 0
        return scan

    def read(self, position):
        """(kind, payload) of the record at `position`, or None."""
        with self._storage.reader(self.name) as reader:
            file = records.RecordFile(reader, self.end)
            head = file.head(position)
            payload = file.payload(position, head[1]) if head else None
        return None if payload is None else (head[0], payload)

    def bytes(self):
        """What counts of the file."""
        data = bytearray(self.end - self.start)
        if data:
            with self._storage.reader(self.name) as reader:
                reader.read_into(self.start, data)
        return data

    def put(self, *chunks):
        """Write `chunks` behind `end`, over a torn end if there is one, and blank what remains of that."""
        end = self.end + sum(len(chunk) for chunk in chunks)
        rest = max(0, self.size - end) if self.end else 0
        self._storage.write(self.name, self.end, _and_zeros(chunks, rest))
        self.end, self.size = end, end + rest


class Journal:
    """The journal `name` of `storage`, whose payloads are of schema `version`.

    `migrate(version, kind, payload)` turns a record of an older schema into (kind, payload), or None to drop it; without
    it an older journal raises StorageError. A journal of a newer schema is kept aside, and a new one begins. `log` is told
    of everything odd. What a method did is on flash when it returns; after a StorageError the journal is as it was.

    `damaged`: records in the middle are lost. The owner, who knows what still counts, then calls `rewrite`, which keeps
    the damaged file aside; until then each replay steps over the damage.
    """

    def __init__(self, storage, name, version, log, migrate=None):
        self._storage = storage
        self._name = name
        self._version = version
        self._log = log
        self._migrate = migrate
        self._main = _Part(storage, name + '.log')
        self._tail = _Part(storage, name + '.tail')
        self._new = name + '.new'
        self._sequence = 0                      # of the newest record
        self._torn = 0                          # rubbish bytes behind the ends
        self.count = 0                          # records, live and outdated; known after a replay or an append
        self._ready = False                     # the ends and the sequence are known

    @property
    def damaged(self):
        return self._main.damaged or self._tail.damaged

    @property
    def size(self):
        """Bytes of all records, live and outdated; the offset of the next one. Known after a replay or an append."""
        return self._main.end + self._tail.end - self._tail.start

    def replay(self, limit=records.MAX_PAYLOAD):
        """Yield (kind, payload, offset) of every record, oldest first; `limit` cuts the payloads, which saves heap.

        Reads through a window of 1 kB whatever the length. Do not append while it runs. Raises StorageError.
        """
        self._ready = False
        version = self._settle()
        if version < self._version:
            self._migrate_from(version)
        yield from self._walk(limit)
        self._report()
        self._ready = True

    def append(self, kind, payload):
        """Add a record (`kind` 0..255) and return its offset. Raises StorageError."""
        if len(payload) > records.MAX_PAYLOAD:
            raise StorageError('A record of %d bytes is too long for %s.' % (len(payload), self._name))
        self._get_ready()
        data = records.encode(kind, payload, self._sequence + 1)
        if not self._main.end:
            self._begin_log()
        offset = self.size
        if len(data) > _SMALL:
            self._fold(data)
        else:
            if offset - self._main.end + len(data) > _TAIL_LIMIT:
                self._fold()
            self._tail.put(data)
        self._sequence += 1
        self.count += 1
        return offset

    def read(self, offset):
        """(kind, payload) of the record at an offset from `append` or `replay`. Raises StorageError if it is not good."""
        self._get_ready()
        part, position = self._main, offset
        if offset >= self._main.end:
            part, position = self._tail, self._tail.start + offset - self._main.end
        record = part.read(position) if position < part.end else None
        if record is None:
            raise StorageError('The flash is damaged: no record at %d of %s.' % (offset, self._name))
        return record

    def rewrite(self, pairs):
        """Make the iterable of (kind, payload) `pairs` the whole content, all or nothing. Every offset changes.

        `pairs` may draw on `replay` or `read` of this journal. Raises StorageError.
        """
        self._get_ready()
        if not self._main.end:
            self._begin_log()
        self._replace_log(pairs)

    def tidy(self, most, pairs):
        """`rewrite(pairs())` if there are more than `most` records, or damage. Returns whether it was done; a failure is
        reported, not raised, and all stays as it is."""
        if self.count <= most and not self.damaged:
            return False
        try:
            self.rewrite(pairs())
        except StorageError as error:
            self._log.warning('journal', '%s could not be tidied. %s' % (self._name, error))
            return False
        return True

    # -- how it lies on flash

    def _get_ready(self):
        if not self._ready:
            for _ in self.replay(0):
                pass

    def _settle(self):
        """Finish what a power cut interrupted and keep a newer log aside; returns the schema version on flash."""
        if self._storage.size(self._main.name) is None:
            if self._storage.size(self._new) is None:
                return self._version
            self._storage.rename(self._new, self._main.name)    # cut between the two renames of _replace_log
        version = self._read_header()[0]
        if version <= self._version:
            return version
        self._log.error('journal', '%s was written by newer firmware (schema %d); it is kept as %s.bad.'
                        % (self._main.name, version, self._name))
        if self._storage.size(self._tail.name) is not None:
            self._storage.rename(self._tail.name, self._name + '.tail.bad')
        self._storage.rename(self._main.name, self._name + '.bad')
        return self._version

    def _read_header(self):
        """(schema version, base sequence) of the log; a damaged header counts as one of this version with base 0."""
        header = bytearray(_HEADER_SIZE)
        with self._storage.reader(self._main.name) as reader:
            reader.read_into(0, header)
        magic, version, base = struct.unpack_from(_HEADER, header)
        if magic == _MAGIC and header == _header(version, base):
            return version, base
        return self._version, 0

    def _begin_log(self):
        self._storage.replace(self._main.name, (_header(self._version, 1),))
        self._main.end = self._main.size = _HEADER_SIZE

    def _walk(self, limit):
        """Yield (kind, payload, offset) of both files and learn where they end."""
        main, tail = self._main, self._tail
        main.clear()
        tail.clear()
        self._sequence = self._torn = self.count = 0
        if self._storage.size(main.name) is not None:
            base = self._read_header()[1]
            scan = yield from main.scan(_HEADER_SIZE, max(0, base - 1), limit)
            main.damaged = main.damaged or not base
            self._sequence, self._torn, self.count = scan.sequence, scan.torn, scan.count
        if self._storage.size(tail.name):
            scan = yield from tail.scan(0, self._sequence, limit, behind=main.end)
            self._sequence = scan.sequence
            self._torn += scan.torn
            self.count += scan.count
            if tail.start == tail.end:
                tail.clear()

    def _report(self):
        if self.damaged:
            self._log.error('journal', '%s is damaged; what is readable is kept.' % self._name)
        if self._torn:
            self._log.warning('journal', '%s: %d torn bytes at the end are dropped.' % (self._name, self._torn))

    def _fold(self, *chunks):
        """Move the tail to the log, followed by `chunks`, in one write."""
        self._main.put(self._tail.bytes(), *chunks)
        self._tail.clear()

    def _migrate_from(self, version):
        if not self._migrate:
            raise StorageError('%s is of schema %d, which this firmware cannot read.' % (self._main.name, version))
        for _ in self._walk(0):
            pass
        self._replace_log(self._migrated(version))
        self._log.info('journal', '%s migrated from schema %d to %d.' % (self._name, version, self._version))

    def _migrated(self, version):
        for kind, payload, _ in self._walk(records.MAX_PAYLOAD):
            pair = self._migrate(version, kind, payload)
            if pair:
                yield pair

    def _replace_log(self, pairs):
        """A new log of `pairs` takes the place of both files: its base sequence makes what the tail holds outdated."""
        base = self._sequence + 1
        self._storage.create(self._new, self._content(base, pairs))
        self._ready = False
        self.count = 0
        if self._main.damaged:
            self._storage.rename(self._main.name, self._name + '.bad')
        self._storage.rename(self._new, self._main.name)
        if self._tail.damaged:
            self._storage.rename(self._tail.name, self._name + '.tail.bad')
        self._main.damaged = self._tail.damaged = False

    def _content(self, base, pairs):
        yield _header(self._version, base)
        for kind, payload in pairs:
            yield records.encode(kind, payload, base)
            base += 1
