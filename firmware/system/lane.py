"""A journal's tail in flash of its own, erased ahead, so that an append only programs: 0.4 ms a page instead of 45 ms.

Owns some blocks of the raw partition that the board hands over; SHARES says whose they are. Used by `journal` in the place of
`tail_file` where the board has that partition. Each block begins with a tag, the CRC-32 of the journal's name, and goes
on with whole records in one unbroken row of sequences. Programmed cells can't be written again: behind a torn record
a block is closed, and the next record goes to an erased one. Which records are outdated the journal knows; blocks that
hold no others are erased when nobody minds. What is seldom needed stands in `lane_work`.
"""
import binascii
import struct

from micropython import const

from firmware.system import records
from firmware.system.storage import StorageError

BLOCK = const(4096)
BLOCKS = const(16)
SHARES = {                                      # (first block, blocks)
    'friends': (0, 8), 'rewards': (8, 2), 'steps': (10, 2), 'settings': (12, 1), 'card': (13, 2), 'reads': (15, 1),
}
_TAG_SIZE = const(4)


def _work():
    from firmware.system import lane_work
    return lane_work


class Lane:
    """The share of journal `name` in `device`, an esp32.Partition. `next` is the sequence behind the last record, 0 where
    there is none, `torn` the bytes of rubbish.

    Of each block: `origins`, the sequence that byte 0 would have; `ends`, below which records stand; `free`, where the next
    one may be put: 0 where all is erased, BLOCK where nothing more goes in.
    """

    def __init__(self, device, name):
        self.device = device
        self.first, self.blocks = SHARES[name]
        self.tag = struct.pack('>I', binascii.crc32(name.encode()))
        self.origins = [0] * self.blocks
        self.ends = [0] * self.blocks
        self.free = [BLOCK] * self.blocks
        self.next = self.torn = 0
        self.failed = False                     # a write has: whether it is there after all, nobody knows

    def clear(self):
        """Nothing in it counts any more. The journal tells by the sequences."""

    def scan(self, limit):
        """Yield (kind, payload cut to `limit` bytes, sequence) of all that is there; `next` is behind it by then."""
        return _work().scan(self, limit)

    def holder(self, sequence):
        """The block that holds the record with this sequence, or None."""
        for block in range(self.blocks):
            if _TAG_SIZE <= sequence - self.origins[block] < self.ends[block]:
                return block
        return None

    def read(self, sequence):
        """(kind, payload) of the record with this sequence, or None. Raises StorageError."""
        block = self.holder(sequence)
        if block is None:
            return None
        return records.RecordFile(Reader(self, block), self.ends[block]).record(sequence - self.origins[block], sequence)

    def takes(self, sequence, length):
        """Whether a record of `length` bytes with this sequence fits here."""
        return not self.failed and self._block_for(sequence, length) is not None

    def _block_for(self, sequence, length):
        found = None
        for block in range(self.blocks):
            free = self.free[block]
            if not free:
                found = block if found is None else found
            elif self.origins[block] + free == sequence and free + length <= BLOCK:
                return block
        return found if length <= BLOCK - _TAG_SIZE else None

    def put(self, sequence, data):
        """Add the record `data`, which fits. Raises StorageError."""
        block = self._block_for(sequence, len(data))
        at, self.free[block] = self.free[block], BLOCK      # closed, should this fail
        try:
            if not at:
                self.device.writeblocks(self.first + block, self.tag, 0)
                at = _TAG_SIZE
                self.origins[block] = sequence - at
            self.device.writeblocks(self.first + block, data, at)
        except OSError as error:
            self.failed = True                  # the next record goes to the log, and outdates this one
            raise StorageError('The flash failed: the lane took no record.', error.errno or 0)
        self.ends[block] = self.free[block] = at + len(data)
        self.next = sequence + len(data)

    def pieces(self, begin, end):
        """Yield the bytes of the records from sequence `begin` to `end`; zeros for what is lost."""
        return _work().pieces(self, begin, end)

    def everything(self):
        """Yield the bytes of all blocks in use, good and bad."""
        return _work().everything(self)


class Reader:
    """A block of a Lane as a file; see storage.Reader."""

    def __init__(self, lane, block):
        self._device = lane.device
        self._block = lane.first + block

    def read_into(self, offset, buffer):
        """Raises StorageError."""
        part = memoryview(buffer)[:BLOCK - offset]
        try:
            self._device.readblocks(self._block, part, offset)
        except OSError as error:
            raise StorageError('The flash failed: the lane cannot be read.', error.errno or 0)
        return len(part)
