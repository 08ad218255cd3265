"""The ESP-IDF partition table: read one, and give it the line that Cloud Pin adds.

Format (ESP-IDF, "Partition Tables"): at 0x8000 of the flash, entries of 32 bytes (magic AA 50, type, subtype, offset, size,
label of 16, flags), then an entry EB EB with the MD5 of those before, then FF. Pure functions. Used by `firmware_file`,
`flash` and `image`.
"""
import hashlib
import struct
from typing import NamedTuple

from tests.device.errors import DeviceError

TABLE_AT, TABLE_BYTES = 0x8000, 0xC00
ENTRY = struct.Struct('<2sBBII16sI')
MAGIC, MD5_MAGIC = b'\xaa\x50', b'\xeb\xeb' + b'\xff' * 14
DATA = 1
LANE_LABEL, LANE_SUBTYPE, LANE_BYTES = 'lane', 0x06, 0x10000      # firmware/boards/assembly.py looks for it, and says why
FILE_SYSTEM = 'vfs'


class Partition(NamedTuple):
    """One line of the table; `offset` and `size` in bytes."""
    label: str
    type: int
    subtype: int
    offset: int
    size: int
    flags: int = 0

    @property
    def end(self):
        return self.offset + self.size


def parse(table):
    """[Partition] of the bytes of a table; [] where the flash is blank there.

    Raises DeviceError where the bytes are neither, or the checksum is wrong.
    """
    if table[:2] == b'\xff\xff':
        return []
    found, at = [], 0
    while table[at:at + 2] == MAGIC:
        _, kind, subtype, offset, size, label, flags = ENTRY.unpack_from(table, at)
        found.append(Partition(label.rstrip(b'\0').decode('ascii', 'replace'), kind, subtype, offset, size, flags))
        at += ENTRY.size
    if not found:
        raise DeviceError('there is no partition table at 0x8000')
    if table[at:at + 16] == MD5_MAGIC and table[at + 16:at + 32] != hashlib.md5(table[:at]).digest():
        raise DeviceError('the partition table at 0x8000 is damaged (its checksum is wrong)')
    return found


def pack(partitions):
    """The bytes of a table, TABLE_BYTES of them."""
    entries = b''.join(ENTRY.pack(MAGIC, one.type, one.subtype, one.offset, one.size, one.label.encode(), one.flags)
                       for one in partitions)
    return (entries + MD5_MAGIC + hashlib.md5(entries).digest()).ljust(TABLE_BYTES, b'\xff')


def lane_of(partitions):
    """The Partition of the journals' lane, or None."""
    return next((one for one in partitions if one.label == LANE_LABEL and one.size >= LANE_BYTES), None)


def with_lane(partitions):
    """The same table with the lane behind the last program, before the file system.

    MicroPython takes all behind the last partition for its file system unless one is called vfs; that one makes room.
    """
    if lane_of(partitions):
        return partitions
    if not partitions:
        raise DeviceError('the firmware file has no partition table')
    kept = [one for one in partitions if one.label != FILE_SYSTEM]
    start = max(one.end for one in kept)
    lane = Partition(LANE_LABEL, DATA, LANE_SUBTYPE, start, LANE_BYTES)
    for one in partitions:
        if one.label == FILE_SYSTEM:
            kept.append(one._replace(offset=lane.end, size=one.end - lane.end))
    kept.append(lane)
    return sorted(kept, key=lambda one: one.offset)


def file_system(partitions, flash_bytes):
    """(offset, size) of MicroPython's file system in a flash of that size, in bytes.

    What a partition called vfs says, else all behind the last partition. Raises DeviceError where nothing is left.
    """
    named = next((one for one in partitions if one.label == FILE_SYSTEM), None)
    start, end = (named.offset, named.end) if named else (max(one.end for one in partitions), flash_bytes)
    if end > flash_bytes or start >= end:
        raise DeviceError(f'the partition table leaves no room for a file system in {flash_bytes >> 20} MB of flash')
    return start, end - start
