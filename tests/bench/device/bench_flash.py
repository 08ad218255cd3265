"""Runs on MicroPython: the simulator's flash, mapped from its file, as block devices that count.

Owns the counters: erases of each block, pages programmed, reads, and the time that the devices themselves take on the host,
which on a board is C and is charged by the flash's figures instead. Imported by the scripts of benches.
"""
import os
import sys
from array import array

import ffi
import uctypes
import vfs
from micro import quickest_us

BLOCK = 4096
CODE = '/code'
_O_RDWR, _READ_WRITE, _SHARED = 2, 3, 1
# guess: a read through esp_partition_read takes 20 us and 20 MB/s (80 MHz, two lines)
READ_CALL_US, READ_BYTES_PER_US = 20, 20


class Cells:
    """The `blocks` blocks of flash in file `path`; an erase costs `erase_us`, a page to program `page_us`."""

    def __init__(self, path, blocks, erase_us, page_us):
        library = ffi.open(None)
        descriptor = library.func('i', 'open', 'si')(path, _O_RDWR)
        address = library.func('p', 'mmap', 'piiiii')(0, blocks * BLOCK, _READ_WRITE, _SHARED, descriptor, 0)
        self.bytes = memoryview(uctypes.bytearray_at(address, blocks * BLOCK))
        self.blank = b'\xff' * BLOCK
        self.erases = array('I', bytes(4 * blocks))
        self._erase_us, self._page_us = erase_us, page_us
        self._host_us = 0
        self.clear()
        self._host_us = self._calibrate(Partition(self, 0, blocks))

    def _calibrate(self, partition):
        """Microseconds that one call of a device takes on this host."""
        buffer = bytearray(64)

        def read(n):
            for _ in range(n):
                partition.readblocks(0, buffer, 0)
        taken = quickest_us(read, 500)
        self.clear()
        return taken

    def clear(self):
        """Begin to count anew; the erases of each block go on."""
        self.erased = self.pages = self.reads = self.bytes_read = self.calls = 0

    @property
    def flash_us(self):
        """What all that was counted takes on a board."""
        return (self.erased * self._erase_us + self.pages * self._page_us
                + self.reads * READ_CALL_US + self.bytes_read / READ_BYTES_PER_US)

    @property
    def host_us(self):
        """What it took here; on a board it is C, and in `flash_us`."""
        return self.calls * self._host_us


class Partition:
    """`blocks` blocks of `cells` from block `first` on, as esp32.Partition."""

    def __init__(self, cells, first, blocks):
        self._cells, self._first, self._blocks = cells, first, blocks

    def readblocks(self, block, buffer, offset=0):
        cells, at = self._cells, (self._first + block) * BLOCK + offset
        buffer[:] = cells.bytes[at:at + len(buffer)]
        cells.calls += 1
        cells.reads += 1
        cells.bytes_read += len(buffer)

    def writeblocks(self, block, buffer, offset=0):
        cells, at = self._cells, (self._first + block) * BLOCK + offset
        cells.bytes[at:at + len(buffer)] = buffer
        cells.calls += 1
        cells.pages += (at + len(buffer) + 255) // 256 - at // 256

    def ioctl(self, command, argument):
        if command == 4:
            return self._blocks
        if command == 5:
            return BLOCK
        if command == 6:
            cells, block = self._cells, self._first + argument
            cells.bytes[block * BLOCK:(block + 1) * BLOCK] = cells.blank
            cells.calls += 1
            cells.erases[block] += 1
            cells.erased += 1
        return 0


def mount(partition, where='/flash'):
    """(Anew) mount the file system in `partition`, as a reboot does; compiled modules are imported from its pack."""
    os.chdir('/')
    for mounted in (CODE, where):
        try:
            vfs.umount(mounted)
        except OSError:
            pass
    vfs.mount(vfs.VfsLfs2(partition, readsize=32, progsize=256, lookahead=32), where)
    scripts = [folder for folder in sys.path if folder.endswith(('device', 'dev'))]
    sys.path[:] = ['.frozen', where + '/lib'] + scripts
    import pack
    pack.mount(where + '/code.pack', CODE)
    os.chdir(CODE)
    sys.path[:] = ['.frozen', '', 'lib', where] + scripts
