"""The record format of a journal: making one record, and reading one. `scan` finds the good ones in a damaged file.

Owns the bytes of a record and nothing on flash. Used by `journal`. Big-endian:

    kind u8 | payload length u16 | sequence u32 | check u16 | payload | crc u32

`check` is the low half of the CRC-32 of the first 7 bytes, `crc` the CRC-32 of all bytes before it. With a check of its own
a head tells a torn record (head whole, end missing) from decay, so that the inside of a torn record, which may be bytes
that a stranger sent, is never searched for records.

The sequence of a record is the base sequence of its log plus its offset there: it grows from record to record, names the
place of a record wherever that lies at the moment, and never comes twice, since each log's base is where the last one ended.
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
        self.view = memoryview(self._window)
        self._from = self._to = 0               # what part of the file the window holds

    def hold(self, position, length):
        """Where in the window the `length` bytes (which the file has, and the window can hold) at `position` stand."""
        if position < self._from or position + length > self._to:
            self._from, self._to = position, position + self._reader.read_into(position, self.view)
        return position - self._from

    def head(self, position):
        """(kind, payload length, sequence) if a whole head and room for its record's end are at `position`, else None."""
        if position + OVERHEAD > self.size:
            return None
        at = self.hold(position, HEAD_SIZE)
        kind, length, sequence, check = struct.unpack_from(_HEAD_AND_CHECK, self._window, at)
        if binascii.crc32(self.view[at:at + HEAD_SIZE - 2]) & 0xFFFF != check or length > MAX_PAYLOAD:
            return None
        return kind, length, sequence

    def payload(self, position, length, limit=MAX_PAYLOAD):
        """The first `limit` bytes of the payload of the record at `position` if the record's CRC is right, else None."""
        end = position + HEAD_SIZE + length
        if end + _CRC_SIZE > self.size:
            return None
        if OVERHEAD + length > len(self._window):
            return self._long_payload(position, end, limit)
        at = self.hold(position, OVERHEAD + length)
        end = at + HEAD_SIZE + length
        if struct.unpack_from('>I', self._window, end)[0] != binascii.crc32(self.view[at:end]):
            return None
        return bytes(self.view[at + HEAD_SIZE:min(end, at + HEAD_SIZE + limit)])

    def record(self, position, sequence):
        """(kind, payload) of the record at `position`, or None where no good one with this sequence is."""
        head = self.head(position)
        payload = self.payload(position, head[1]) if head and head[2] == sequence else None
        return None if payload is None else (head[0], payload)

    def _long_payload(self, position, end, limit):
        """As `payload`, for a record that the window cannot hold; `end` is where its CRC stands."""
        keep = bytearray(min(end - position, HEAD_SIZE + limit))
        crc = 0
        for start in range(position, end, len(self._window)):
            at = self.hold(start, min(end - start, len(self._window)))
            part = self.view[at:at + min(end - start, len(self._window))]
            crc = binascii.crc32(part, crc)
            kept = start - position
            if kept < len(keep):
                keep[kept:kept + len(part)] = part[:len(keep) - kept]
        at = self.hold(end, _CRC_SIZE)
        return bytes(keep[HEAD_SIZE:]) if struct.unpack_from('>I', self._window, at)[0] == crc else None
