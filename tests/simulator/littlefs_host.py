"""A pin's flash on the host: the firmware's storage runs on it through littlefs, and each erase and program is recorded.

Owns the cells, the recording and the way back in time: the flash as a power cut in the middle of any recorded operation leaves
it. littlefs is PyPI's littlefs-python with the board's geometry, the same C code as MicroPython's.
"""
import os
from typing import NamedTuple

from littlefs import LittleFS, LittleFSError
from littlefs.context import UserContext

from firmware.system.storage import Storage
from tests.simulator.flash import BLOCK
from tests.simulator.image import GEOMETRY

_SIZE = 6                                       # the place of st_size in os.stat's tuple


class Operation(NamedTuple):
    """Cells programmed with `data` from `offset` on; the block there erased where `data` is None."""
    offset: int
    data: bytes | None

    def apply(self, cells, share=1.0):
        """Let `share` of it reach the cells."""
        if self.data is None:
            end = self.offset + int(BLOCK * share)
            cells[self.offset:end] = b'\xff' * (end - self.offset)
        else:
            part = self.data[:int(len(self.data) * share)]
            old = cells[self.offset:self.offset + len(part)]
            cells[self.offset:self.offset + len(part)] = bytes(a & b for a, b in zip(old, part, strict=True))


class Cells(UserContext):
    """The bytes of a flash: a file system of `blocks` blocks, the lane behind it. `operations` is what was done to them."""

    def __init__(self, image, blocks):
        super().__init__(buffer=bytearray(image))
        self.blocks = blocks
        self.operations = []

    def do(self, operation):
        self.operations.append(operation)
        operation.apply(self.buffer)

    # ---- for littlefs
    def read(self, cfg, block, off, size):
        return self.buffer[block * BLOCK + off:block * BLOCK + off + size]

    def prog(self, cfg, block, off, data):
        self.do(Operation(block * BLOCK + off, bytes(data)))
        return 0

    def erase(self, cfg, block):
        self.do(Operation(block * BLOCK, None))
        return 0

    # ---- for the lane, as esp32.Partition
    def readblocks(self, block, buffer, offset=0):
        at = (self.blocks + block) * BLOCK + offset
        buffer[:] = self.buffer[at:at + len(buffer)]

    def writeblocks(self, block, buffer, offset):
        self.do(Operation((self.blocks + block) * BLOCK + offset, bytes(buffer)))

    def ioctl(self, command, block):
        if command == 6:
            self.do(Operation((self.blocks + block) * BLOCK, None))
        return 0


class _Files:
    """What Storage needs of module os, and open(), on a mounted LittleFS."""

    def __init__(self, fs):
        self._fs = fs

    def _call(self, name, *arguments, **options):
        try:
            return getattr(self._fs, name)(*arguments, **options)
        except (LittleFSError, OSError) as error:       # some of littlefs-python's have no number
            code = getattr(error, 'code', None) or error.__cause__.code
            raise OSError(-code, os.strerror(-code)) from error

    def mkdir(self, path):
        self._call('mkdir', path)

    def listdir(self, path):
        return self._call('listdir', path)

    def stat(self, path):
        return (0,) * _SIZE + (self._call('stat', path).size,)

    def rename(self, old, new):
        self._call('rename', old, new)

    def remove(self, path):
        self._call('remove', path)

    def open(self, path, mode):
        return self._call('open', path, mode, buffering=0)


def storage_on(cells, lane=True):
    """The Storage of /data on these cells, as after a boot. Raises OSError where they can't be mounted."""
    fs = LittleFS(context=cells, block_count=cells.blocks, mount=False, **GEOMETRY)
    files = _Files(fs)
    files._call('mount')
    return Storage('/data', files, files.open, cells if lane else None)
