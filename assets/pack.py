"""The pack: all modules of the product in one file, for `lib/pack.py`, where the format stands.

Pure functions on bytes. The same modules give the same bytes, so a board can put a pack together, too: `head` is what it needs
for that. Used by the simulator, by the commands for a board, and by tests.
"""
import binascii
import struct
from pathlib import PurePosixPath

HEADER = struct.Struct('<4sHHII')
ENTRY = struct.Struct('<II')
MAGIC = b'CPK1'


class PackError(Exception):
    """These modules can't be packed, or this is no pack; the text says why."""


def key(path):
    """What an entry is found by. `path` counts from the pack's root."""
    return binascii.crc32(path.strip('/').encode())


def head(modules):
    """Header and index of a pack of `modules`, {path: bytes}. Raises PackError where two paths can't be told apart."""
    names = sorted(path.strip('/') for path in modules)
    folders = sorted({str(folder) for name in names for folder in PurePosixPath(name).parents} - {'.'})
    entries = [(key(folder), 0) for folder in folders]
    at = HEADER.size + ENTRY.size * (len(folders) + len(names))
    for path in sorted(modules, key=lambda path: path.strip('/')):
        entries.append((key(path), at))
        at += len(modules[path])
    if len({entry[0] for entry in entries}) < len(entries):
        raise PackError('Two names have the same checksum; one of the modules needs another name.')
    index = b''.join(ENTRY.pack(*entry) for entry in entries)
    return HEADER.pack(MAGIC, len(entries), len(folders), at, binascii.crc32(index)) + index


def pack(modules):
    """The pack's bytes. Raises PackError."""
    return head(modules) + b''.join(modules[path] for path in sorted(modules, key=lambda path: path.strip('/')))


def members(data):
    """{key: bytes} of the modules in a pack. Raises PackError."""
    if data[:len(MAGIC)] != MAGIC:
        raise PackError('This is no pack.')
    _, count, folders, _, crc = HEADER.unpack_from(data)
    index = data[HEADER.size:HEADER.size + count * ENTRY.size]
    if binascii.crc32(index) != crc:
        raise PackError('The index of the pack is damaged.')
    found = list(ENTRY.iter_unpack(index))[folders:]
    ends = [at for _, at in found[1:]] + [len(data)]
    return {number: data[at:end] for (number, at), end in zip(found, ends, strict=True)}


def head_of(data):
    """Header and index of a pack."""
    return data[:HEADER.size + ENTRY.size * HEADER.unpack_from(data)[1]]
