"""Many modules in one file, as a file system that imports look into: found by a checksum of their path, without folders.

On littlefs each import looks up several names, folder by folder, and reads each folder's log to its end. Here a look-up is a
search in an index in memory, and the loader of .mpy files, which stops by itself where a module ends, reads on from the place
where the module begins. Owns the index and the open file. Used by boot.py, and written by `assets/pack.py`; little-endian:

    header   4s magic, H entries, H folders among them, I size of the file, I CRC-32 of the index
    index    for each entry I CRC-32 of its path, I place in the file; the folders first, with 0 for the place
    modules  one after another
"""
import binascii
import io
import os
import struct
import sys
import time

import vfs
from micropython import const

HEADER = '<4sHHII'
MAGIC = b'CPK1'
_HEADER_SIZE = const(16)
_ENTRY = const(8)
_PART = const(256)                              # bytes of the index that are looked at at once
_ENOENT, _EROFS = const(2), const(30)
_CLOSE, _BUFFER_SIZE = const(4), const(11)      # MP_STREAM_CLOSE, MP_STREAM_GET_BUFFER_SIZE
_AT_ONCE_MS = const(8_000)                      # of a start, after which the index, 1.5 kB, leaves the heap
_FOLDER = (0x4000, 0, 0, 0, 0, 0, 0, 0, 0, 0)
_FILE = (0x8000, 0, 0, 0, 0, 0, 0, 0, 0, 0)


def begin(path, at, ready):
    """At power-on: end the update that waits where there is a file `ready` (see `update`), then `mount`. Returns whether
    there was one. Raises ValueError."""
    updated = True
    try:
        os.stat(ready)
    except OSError:
        updated = False
    if updated:
        from update import finish
        finish()
    mount(path, at)
    return updated


def mount(path, at):
    """Have imports look into the pack at `path` first, which shows as the folder `at`, while that is the current one: so files
    have short names, which stay in memory. Raises ValueError."""
    vfs.mount(Pack(path), at)
    sys.path[:] = ['.frozen', '', 'lib', '/', '/lib']


class _Stream(io.IOBase):
    """What every module is loaded from: `file`, in which one is read to its end before the next is opened. The `index` is in
    memory while a start loads module after module; later it is read anew for each, since for that there is always room."""

    def __init__(self, file, index, folders):
        self.file, self.index, self.folders = file, index, folders

    def readinto(self, buffer):
        return self.file.readinto(buffer)

    def ioctl(self, request, _argument):
        if request == _CLOSE and time.ticks_diff(time.ticks_ms(), 0) > _AT_ONCE_MS:
            self.index = None
        return 255 if request == _BUFFER_SIZE else 0            # the most that the loader takes


class Pack:
    """The pack at `path`, to be mounted. Raises ValueError."""

    def __init__(self, path):
        try:
            file = open(path, 'rb')
            magic, self._count, folders, size, crc = struct.unpack(HEADER, file.read(_HEADER_SIZE))
            index = file.read(self._count * _ENTRY)
            if magic != MAGIC or binascii.crc32(index) != crc or file.seek(0, 2) != size:   # the loader knows no end
                raise ValueError
        except (OSError, ValueError):
            raise ValueError('There is no whole %s; make deploy brings it.' % path)
        self._stream = _Stream(file, index, folders)
        self._part = bytearray(_PART)

    def _find(self, path):
        """(number of an entry, place of the file). Raises OSError, and nothing else: an import takes whatever else it is for a
        module that is not there."""
        stream, key = self._stream, binascii.crc32(path)
        part, first = stream.index or self._part, 0
        if part is self._part:
            stream.file.seek(_HEADER_SIZE)
        while first < self._count:
            if part is self._part:
                stream.file.readinto(part)
            at = _place(part, key)
            if at >= 0 and first + at < self._count:
                return first + at, struct.unpack_from('<I', part, at * _ENTRY + 4)[0]
            first += len(part) // _ENTRY
        raise OSError(_ENOENT)

    # ---- what a mounted file system is asked
    def mount(self, readonly, mkfs):
        pass

    def chdir(self, path):
        pass

    def stat(self, path):
        return _FOLDER if self._find(path)[0] < self._stream.folders else _FILE

    def open(self, path, mode):
        if mode != 'rb':
            raise OSError(_EROFS)
        self._stream.file.seek(self._find(path)[1])
        return self._stream


def _place(part, key):
    """The number of the entry with that key in a part of an index; -1: none."""
    wanted, at = struct.pack('<I', key), -1
    while True:
        at = part.find(wanted, at + 1)
        if at < 0:
            return -1
        if not at % _ENTRY:
            return at // _ENTRY
