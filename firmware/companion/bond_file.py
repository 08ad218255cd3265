"""The bonds on flash: one file, written whole beside the old one and renamed over it, so that a power cut leaves either.

Owns the file 'bonds'. Borrowed by `affairs` and `wishes` for the moment of reading or writing; raises StorageError.
Little-endian:

    'CPB1' | build u32 | length of a record u16 | bonds u8 | length of the own key u8 | own key |
    for each bond, oldest first: address (7), our record, the peer's record | CRC-32 of all before

The records are opaque structs of the stack's build and mean nothing to another, hence `build`: the CRC-32 of MicroPython's
version. Bonds of another build, or damaged ones, are dropped: the phones must pair again.
"""
import binascii
import struct
import sys

from micropython import const

from firmware.companion.bonds import ADDRESS_SIZE, MOST, OURS

NAME = 'bonds'
_MAGIC = b'CPB1'
_HEAD = '<4sIHBB'
_HEAD_SIZE = const(12)
_CRC_SIZE = const(4)
OTHER_BUILD = "The pin's software has changed. Bind your phone again."
DAMAGED = 'The list of phones was damaged. Bind your phone again.'


def build():
    """The number of the build that keys are kept for."""
    return binascii.crc32(sys.version.encode())


def save(storage, bonds):
    """Bring `bonds` (bonds.Bonds) to flash; they are there when this returns."""
    bonds.dirty = False                         # before: what the handler changes meanwhile is for the next time
    size = len(bonds.kept[0][OURS]) if bonds.kept else 0
    parts = [struct.pack(_HEAD, _MAGIC, build(), size, len(bonds.kept), len(bonds.irk or b'')), bonds.irk or b'']
    for row in bonds.kept:
        parts += row
    data = b''.join(parts)
    try:
        storage.replace(NAME, (data, struct.pack('<I', binascii.crc32(data))))
    except Exception:
        bonds.dirty = True
        raise


def load(storage, bonds):
    """Fill `bonds` from flash. Returns a sentence where there were some that are of no use, which are removed."""
    if storage.size(NAME) is None:
        return ''
    data = storage.read(NAME)
    trouble = _trouble(data)
    if trouble:
        storage.remove(NAME)
        return trouble
    _, _, size, number, key_size = struct.unpack_from(_HEAD, data)
    at = _HEAD_SIZE + key_size
    bonds.irk = data[_HEAD_SIZE:at] or None
    for _ in range(number):
        ours, peers = at + ADDRESS_SIZE, at + ADDRESS_SIZE + size
        bonds.kept.append([data[at:ours], data[ours:peers], data[peers:peers + size]])
        at = peers + size
    return ''


def _trouble(data):
    if len(data) < _HEAD_SIZE + _CRC_SIZE or struct.unpack_from('<I', data, len(data) - _CRC_SIZE)[0] != binascii.crc32(
            data[:-_CRC_SIZE]):
        return DAMAGED
    magic, made_for, size, number, key_size = struct.unpack_from(_HEAD, data)
    if magic != _MAGIC or made_for != build():
        return OTHER_BUILD
    right = number <= MOST and len(data) == _HEAD_SIZE + key_size + number * (ADDRESS_SIZE + 2 * size) + _CRC_SIZE
    return '' if right else DAMAGED
