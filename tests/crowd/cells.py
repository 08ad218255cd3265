"""Flash of pins that are off: the blocks in which each differs from a new one, and a chip that is lent to one after the other.

Owns `Cells`, a flash chip that knows which of its blocks differ, and `Blocks`, how littlefs on this host reads and changes
such a pin. A new pin's image of 4 MB is then made once a process, not once a pin and meeting. Used by `between`.
"""
import os
from collections import Counter

from littlefs import LittleFS
from littlefs.context import UserContext

from tests.simulator.flash import BLOCK, Flash
from tests.simulator.image import GEOMETRY

ERASED = b'\xff' * BLOCK


class Blocks(UserContext):
    """`base` (bytes of a flash) with `changed` ({number: bytes}) in place of its blocks; littlefs' changes go to `changed`."""

    def __init__(self, base, changed):
        super().__init__(buffer=base)           # never written to
        self.changed = changed

    def block(self, number):
        return self.changed.get(number) or self.buffer[number * BLOCK:(number + 1) * BLOCK]

    def read(self, cfg, block, off, size):
        if block in self.changed:
            return self.changed[block][off:off + size]
        start = block * BLOCK + off
        return self.buffer[start:start + size]

    def prog(self, cfg, block, off, data):
        old = self.block(block)
        self.changed[block] = old[:off] + bytes(data) + old[off + len(data):]
        return 0

    def erase(self, cfg, block):
        self.changed[block] = ERASED
        return 0

    def mounted(self, blocks):
        """The LittleFS on the first so many blocks."""
        fs = LittleFS(self, block_count=blocks, mount=False, **GEOMETRY)
        fs.mount()
        return fs


def differing(base, changed):
    """Those of {number: bytes} that are not as in `base`."""
    return {number: changed[number] for number in sorted(changed)
            if changed[number] != base[number * BLOCK:(number + 1) * BLOCK]}


class Cells(Flash):
    """A chip with `base` on it. `lend` it to a pin, take what the pin has left with `differing`."""

    def __init__(self, base):
        super().__init__(base)
        self._base, self._touched = base, set()

    def lend(self, changed):
        """The chip as new but for `changed`, {number of a block: bytes}; returns it."""
        for number in self._touched - changed.keys():
            self.load(self._base[number * BLOCK:(number + 1) * BLOCK], number * BLOCK)
        for number, data in changed.items():
            self.load(data, number * BLOCK)
        self._touched = set(changed)
        self.operations, self.bytes_programmed, self.erases, self.complaints = 0, 0, Counter(), []
        return self

    def program(self, offset, data):
        self._touched.update(range(offset // BLOCK, (offset + max(1, len(data)) - 1) // BLOCK + 1))
        super().program(offset, data)

    def erase(self, block):
        self._touched.add(block)
        super().erase(block)

    def differing(self):
        """{number: bytes} of the blocks in which it is not new any more."""
        return differing(self._base, {number: self._read(number) for number in self._touched})

    def _read(self, number):
        return os.pread(self.fd, BLOCK, number * BLOCK)

    def close(self):
        """It is lent again."""
