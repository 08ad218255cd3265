"""Power-on of a simulated board: what the ROM, the port's C code and the frozen _boot module do before boot.py.

Owns the order: shims in, the flash's littlefs mounted at "/", then boot.py and main.py as the port runs them (main.py is
skipped where boot.py raises). Called by start.py, whose arguments it reads: LIBRARY SHIMS BLOCKS WAKE_NS.
"""
import asyncio
import sys

import _wire
import ffi
import machine
import vfs

BLOCK = 4096
# W25Q128 (16 MB NOR flash, typical): 45 ms to erase a 4 KB sector, 0.4 ms to program a 256-byte page. From memory of the
# data sheet: a guess until measured on a board.
ERASE_US, PROGRAM_PAGE_US = 45_000, 400
_flash_read = _wire.flash_read


class Flash:
    """The flash partition as MicroPython's extended block device."""

    def __init__(self, blocks):
        self.blocks = blocks
        if _wire.flash_open(blocks * BLOCK):
            raise OSError('the flash image cannot be mapped')

    def readblocks(self, block, buffer, offset=0):
        return _flash_read(block * BLOCK + offset, buffer, len(buffer))

    def writeblocks(self, block, buffer, offset=None):
        if offset is None:
            self.ioctl(6, block)
            offset = 0
        _wire.spend(PROGRAM_PAGE_US * -(-len(buffer) // 256), 0)
        return _wire.ask(_wire.FLASH_WRITE, block * BLOCK + offset, buffer)

    def ioctl(self, command, argument):
        if command == 4:
            return self.blocks
        if command == 5:
            return BLOCK
        if command == 6:
            _wire.spend(ERASE_US, 0)
            return _wire.ask(_wire.FLASH_ERASE, argument)
        return 0


class ThreadSafeFlag:
    """asyncio.ThreadSafeFlag on a descriptor: the unix port would look at a Python object once a millisecond."""

    def __init__(self):
        self._descriptor = _wire.flag_new()
        self._state = 0

    def set(self):
        self._state = 1
        _wire.flag_set(self._descriptor)

    def clear(self):
        if self._state:
            self._state = 0
            _wire.flag_clear(self._descriptor)

    async def wait(self):
        if not self._state:
            yield asyncio.core._io_queue.queue_read(self._descriptor)
        self.clear()


def _run(name):
    """pyexec_file_if_exists: False where the file ended with an exception, which is shown on the console."""
    try:
        with open(name) as file:
            source = file.read()
    except OSError:
        return True
    try:
        exec(compile(source, name, 'exec'), {'__name__': '__main__'})   # noqa: S102  what a board does at power-on
    except SystemExit:
        machine.soft_reset()
    except Exception as exception:              # noqa: BLE001  as the port does, whatever it is
        sys.print_exception(exception)
        return False
    return True


def main():
    """Does not return."""
    blocks, wake_ns = int(sys.argv[3]), int(sys.argv[4])
    interrupt = ffi.callback('v', machine._interrupt, 'i')
    _wire.start(interrupt, wake_ns)
    asyncio.ThreadSafeFlag = ThreadSafeFlag
    vfs.umount('/')
    vfs.mount(vfs.VfsLfs2(Flash(blocks), readsize=32, progsize=256, lookahead=32), '/')
    sys.path[:] = ['', '.frozen', '/lib']
    del sys.argv[1:]
    if _run('boot.py'):
        _run('main.py')
    _wire.tell(_wire.ENDED)
    while True:                                 # the REPL, where nobody types
        machine.idle()
