"""Power-on of a simulated board: what the ROM, the port's C code and the frozen _boot module do before boot.py.

Owns the order: shims in, the flash's littlefs mounted at "/", then boot.py and main.py as the port runs them (main.py is
skipped where boot.py raises). Called by start.py, whose arguments it reads: LIBRARY SHIMS BLOCKS LANE_BLOCKS WAKE_NS COMPUTE.
"""
import asyncio
import sys

import _wire
import esp32
import ffi
import machine
import vfs

_ROUNDS, _READS = 10, 300                        # of reads, to see what one takes here


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


def _compiled(name):
    """The code in a file of text, or None where there is no such file. The file and its text are garbage from here on."""
    try:
        with open(name) as file:
            return compile(file.read(), name, 'exec')
    except OSError:
        return None


def _run(name):
    """pyexec_file_if_exists: False where the file ended with an exception, which is shown on the console."""
    try:
        code = _compiled(name)
        if code:
            exec(code, {'__name__': '__main__'})            # noqa: S102  what a board does at power-on
    except SystemExit:
        machine.soft_reset()
    except Exception as exception:              # noqa: BLE001  as the port does, whatever it is
        sys.print_exception(exception)
        return False
    return True


def _shim_ns():
    """What a flash read takes here because Python stands between MicroPython and the flash: ns of this host's processor."""
    _wire.compute(-1, 0)
    read, buffer, quickest = esp32.Partition.find(label='vfs')[0].readblocks, bytearray(32), 1 << 30
    for _ in range(_ROUNDS):
        began_ns = _wire.processor_ns()
        for _ in range(_READS):
            read(0, buffer, 64)
        took_ns = _wire.processor_ns() - began_ns
        if took_ns > 0:                         # else a second has ended meanwhile
            quickest = min(quickest, took_ns)
    return quickest // _READS


def main():
    """Does not return."""
    blocks, lane_blocks, wake_ns, compute = [int(argument) for argument in sys.argv[3:7]]
    interrupt = ffi.callback('v', machine._interrupt, 'i')
    _wire.start(interrupt, wake_ns)
    machine._power_on += [interrupt, wake_ns]
    asyncio.ThreadSafeFlag = ThreadSafeFlag
    sys.modules['bluetooth'] = machine          # until it is used
    vfs.umount('/')
    esp32.fit(blocks, lane_blocks)
    vfs.mount(vfs.VfsLfs2(esp32.Partition.find(label='vfs')[0], readsize=32, progsize=256, lookahead=32), '/')
    sys.path[:] = ['', '.frozen', '/lib']
    del sys.argv[1:]
    if compute:
        _wire.compute(compute, _shim_ns())
    try:
        if _run('boot.py') and not machine.in_raw_mode():
            _run('main.py')
    except KeyboardInterrupt:                   # somebody at the console
        print('KeyboardInterrupt')
    _wire.tell(_wire.ENDED)
    _wire.start(interrupt, wake_ns)             # Ctrl-C may have come while an interrupt was handled
    machine.prompt()
