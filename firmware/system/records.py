"""The record format of a journal: making one record, and finding the good ones in a file that may be torn or decayed.

Owns the bytes of a record and nothing on flash. Used by `journal`. Big-endian:

    kind u8 | payload length u16 | sequence u32 | check u16 | payload | crc u32

`check` is the low half of the CRC-32 of the first 7 bytes, `crc` the CRC-32 of all bytes before it. With a check of its own
a head tells a torn record (head whole, end missing) from decay, so that the inside of a torn record, which may be bytes
that a stranger sent, is never searched for records.
"""
import binascii
import struct

from micropython import const

_HEAD = '>BHI'
_HEAD_AND_CHECK = '>BHIH'
HEAD_SIZE = const(9)                            # with its check
OVERHEAD = const(13)                            # bytes that a record has beside its payload
MAX_PAYLOAD = const(8192)
_CRC_SIZE = const(4)


def encode(kind, payload, sequence):
    """The record as bytes."""
    head = struct.pack(_HEAD, kind, len(payload), sequence)
    record = b''.join((head, struct.pack('>H', binascii.crc32(head) & 0xFFFF), payload))
    return record + struct.pack('>I', binascii.crc32(record))


class RecordFile:
    """The records of one open file of `size` bytes; `reader` has `read_into(offset, buffer)`.

    Reads through a window of `window` bytes of heap, so that a walk over small records reads the flash once.
    """

    def __init__(self, reader, size, window=512):
        self.size = size
        self._reader = reader
        self._window = bytearray(window)
        self._view = memoryview(self._window)
        self._from = self._to = 0               # what part of the file the window holds

    def _at(self, position, length):
        """Where in the window the `length` bytes (which the file has, and the window can hold) at `position` stand."""
        if position < self._from or position + length > self._to:
            self._from, self._to = position, position + self._reader.read_into(position, self._view)
        return position - self._from

    def head(self, position):
        """(kind, payload length, sequence) if a whole head and room for its record's end are at `position`, else None."""
        if position + OVERHEAD > self.size:
            return None
        at = self._at(position, HEAD_SIZE)
        kind, length, sequence, check = struct.unpack_from(_HEAD_AND_CHECK, self._window, at)
        if binascii.crc32(self._view[at:at + HEAD_SIZE - 2]) & 0xFFFF != check or length > MAX_PAYLOAD:
            return None
        return kind, length, sequence

    def payload(self, position, length, limit=MAX_PAYLOAD):
        """The first `limit` bytes of the payload of the record at `position` if the record's CRC is right, else None."""
        end = position + HEAD_SIZE + length
        if end + _CRC_SIZE > self.size:
            return None
        if OVERHEAD + length > len(self._window):
            return self._long_payload(position, end, limit)
        at = self._at(position, OVERHEAD + length)
        end = at + HEAD_SIZE + length
        if struct.unpack_from('>I', self._window, end)[0] != binascii.crc32(self._view[at:end]):
            return None
        return bytes(self._view[at + HEAD_SIZE:min(end, at + HEAD_SIZE + limit)])

    def _long_payload(self, position, end, limit):
        """As `payload`, for a record that the window cannot hold; `end` is where its CRC stands."""
        keep = bytearray(min(end - position, HEAD_SIZE + limit))
        crc = 0
        for start in range(position, end, len(self._window)):
            at = self._at(start, min(end - start, len(self._window)))
            part = self._view[at:at + min(end - start, len(self._window))]
            crc = binascii.crc32(part, crc)
            kept = start - position
            if kept < len(keep):
                keep[kept:kept + len(part)] = part[:len(keep) - kept]
        at = self._at(end, _CRC_SIZE)
        return bytes(keep[HEAD_SIZE:]) if struct.unpack_from('>I', self._window, at)[0] == crc else None

    def blank(self, position):
        """Whether nothing but zeros follows from `position` on."""
        while position < self.size:
            length = min(len(self._window), self.size - position)
            at = self._at(position, length)
            if any(self._view[at:at + length]):
                return False
            position += length
        return True


class Scan:
    """One walk over the records above `sequence`, from byte `begin` of a RecordFile on.

    Afterwards `count` of them were found, `start` is where the first stands, `end` is behind the last, `sequence` is the
    last one's, `skipped` counts damaged places that good records follow, and `torn` the bytes of rubbish behind `end`.
    """

    def __init__(self, file, begin, sequence):
        self._file = file
        self.start = self.end = begin
        self.sequence = sequence
        self.count = 0
        self.skipped = 0
        self.torn = 0

    def records(self, limit, behind=None):
        """Yield (kind, payload cut to `limit` bytes, offset): the place in the file, or, with `behind`, that number plus
        the distance from the first record that is yielded."""
        file, position, damage, fresh = self._file, self.end, False, False
        while position + OVERHEAD <= file.size:
            head = file.head(position)
            payload = file.payload(position, head[1], limit) if head else None
            if payload is None:
                position, damage = self._after_damage(position, None if damage else head), True
                continue
            if damage:
                self.skipped, damage = self.skipped + 1, False
            kind, length, sequence = head
            following = position + OVERHEAD + length
            if sequence > self.sequence:
                if not fresh:
                    self.start, fresh = position, True
                self.sequence, self.end = sequence, following
                self.count += 1
                yield kind, payload, position if behind is None else behind + position - self.start
            elif not fresh:
                self.start = self.end = following
            position = following
        self.torn = 0 if file.blank(self.end) else file.size - self.end

    def _after_damage(self, position, head):
        """Where to look on: behind a record whose head is whole, else at the next place that looks like a head."""
        if head:
            return position + OVERHEAD + head[1]
        position += 1
        while position + OVERHEAD <= self._file.size and not self._file.head(position):
            position += 1
        return position
