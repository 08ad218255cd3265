"""A small file as a journal's tail, where there is no lane, or no share of it for this journal.

Owns the file NAME.tail. A file of at most 512 bytes lies within its directory's block on littlefs, where several changes share
an erase. Measured with the board's geometry (block 4096, write 256): 0.20 erases for an append of 30 bytes instead of 1.08.
A torn end is overwritten.
"""
from micropython import const

from firmware.system import records

_LIMIT = const(512)                             # littlefs keeps a file inline up to an eighth of its block of 4096
_SMALL = const(256)                             # a longer record goes to the log at once, together with the tail


class TailFile:
    """`next` is the sequence behind the last record, 0 where there is none; `torn` the bytes of rubbish behind it."""

    def __init__(self, storage, name):
        self._storage = storage
        self._name = name + '.tail'
        self.clear()

    def clear(self):
        """Nothing in it counts any more; the next `put` makes it anew."""
        self.origin = self._end = self._size = self.next = self.torn = 0

    def scan(self, limit):
        """Yield (kind, payload cut to `limit` bytes, sequence) of all that is there; `next` is behind it by then."""
        from firmware.system.scan import WINDOW, Scan
        self.clear()
        size = self._storage.size(self._name)
        if not size:
            return
        with self._storage.reader(self._name) as reader:
            scan = Scan(records.RecordFile(reader, size, WINDOW), 0, None)
            for record in scan.records(limit):
                self.origin, self._end, self.next = scan.origin, scan.end, scan.origin + scan.end
                yield record
        self._size, self.torn = size, scan.torn

    def read(self, sequence):
        """(kind, payload) of the record with this sequence, or None."""
        if sequence < self.origin:
            return None
        with self._storage.reader(self._name) as reader:
            return records.RecordFile(reader, self._end).record(sequence - self.origin, sequence)

    def takes(self, sequence, length):
        """Whether a record of `length` bytes with this sequence belongs and fits here."""
        return length <= _SMALL and self._end + length <= _LIMIT

    def put(self, sequence, data):
        """Add the record `data`. Raises StorageError."""
        if self.next != sequence:
            self.clear()
            self.origin = sequence
        end = self._end + len(data)
        rest = max(0, self._size - end) if self._end else 0
        self._storage.write(self._name, self._end, (data, bytes(rest)))
        self._end, self._size, self.next = end, end + rest, sequence + len(data)

    def pieces(self, begin, end):
        """The bytes of the records from sequence `begin` to `end`, in pieces."""
        return (self._bytes(begin - self.origin, end - self.origin),) if begin < end else ()

    def everything(self):
        """The bytes of the whole tail, good and bad, in pieces."""
        return (self._bytes(0, self._size),)

    def _bytes(self, begin, end):
        data = bytearray(end - begin)
        with self._storage.reader(self._name) as reader:
            reader.read_into(begin, data)
        return data
