"""A folder of files in memory that fills up, fails and loses power on request, for fast tests of what lies on storage.

Owns the durable bytes (`files`) and the count of `steps`, the points at which power can be cut. `firmware.system.storage`
runs unchanged on top. Whole-firmware tests use the real littlefs on `flash` instead.
"""
from firmware.system.lane import BLOCK, BLOCKS
from firmware.system.storage import ENOENT, ENOSPC, Storage


class PowerCut(BaseException):
    """The supply is gone; nothing in the firmware may catch this."""


class MemoryFiles:
    """What `Storage` needs of module os, and open().

    With `torn` every byte written takes effect by itself, as on a plain file system; else a file's new content takes
    effect when it is closed without an error, as on littlefs. `capacity` bounds the sum of all files in bytes.
    `cut_after(n)`: n more steps take effect, then PowerCut, until `power_on()`. `fail_with` is an errno that every
    write raises until it is set to None.
    """

    def __init__(self, torn=False, capacity=None):
        self.files = {}
        self.torn = torn
        self.capacity = capacity
        self.fail_with = None
        self.steps = 0
        self.lane = None                        # a MemoryLane, where a test gives one
        self._cut_at = None

    def storage(self):
        return Storage('/data', self, self.open, self.lane)

    def cut_after(self, steps):
        self._cut_at = self.steps + steps

    def power_on(self):
        self._cut_at = None

    def step(self, wanted=1):
        """How many of `wanted` things take effect; PowerCut where it is none. Ask again for the rest."""
        done = wanted if self._cut_at is None else min(wanted, self._cut_at - self.steps)
        if done <= 0:
            raise PowerCut
        self.steps += done
        return done

    def room(self, path):
        """The length that a file can have. Raises OSError where a test asked for it."""
        if self.fail_with:
            raise OSError(self.fail_with, 'injected')
        if self.capacity is None:
            return 1 << 30
        return self.capacity - sum(len(data) for name, data in self.files.items() if name != path)

    def _existing(self, path):
        if path not in self.files:
            raise OSError(ENOENT, path)

    # -- module os

    def mkdir(self, path):
        pass

    def listdir(self, path):
        return [name.rpartition('/')[2] for name in self.files]

    def stat(self, path):
        self._existing(path)
        return (0, 0, 0, 0, 0, 0, len(self.files[path]), 0, 0, 0)

    def rename(self, old, new):
        self._existing(old)
        self.step()
        self.files[new] = self.files.pop(old)

    def remove(self, path):
        self._existing(path)
        self.step()
        del self.files[path]

    def open(self, path, mode):
        if 'w' not in mode and 'a' not in mode:
            self._existing(path)
        return MemoryFile(self, path, mode)


class MemoryFile:
    """An open file of MemoryFiles. In torn mode its buffer is the durable content itself."""

    def __init__(self, files, path, mode):
        self._files, self._path, self._mode = files, path, mode
        durable = files.files.get(path)
        self._data = bytearray(durable or b'')
        if mode != 'rb' and files.torn:
            if 'w' in mode and durable is not None or durable is None:
                files.step()
            files.files[path] = self._data
        if 'w' in mode:
            self._data.clear()
        self._at = len(self._data) if 'a' in mode else 0

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        if kind is None:
            self.close()

    def close(self):
        """On littlefs this is where what was written takes effect."""
        if self._mode != 'rb' and not self._files.torn:
            self._files.step()
            self._files.files[self._path] = bytes(self._data)

    def seek(self, offset):
        self._at = offset

    def readinto(self, buffer):
        part = self._data[self._at:self._at + len(buffer)]
        buffer[:len(part)] = part
        self._at += len(part)
        return len(part)

    def read(self):
        return bytes(self._data[self._at:])

    def write(self, chunk):
        """Raises OSError behind the last byte that finds room."""
        chunk = bytes(chunk)
        fitting = max(0, min(len(chunk), self._files.room(self._path) - self._at))
        done = self._files.step(fitting) if self._files.torn and fitting else fitting
        self._data[self._at:self._at + done] = chunk[:done]
        self._at += done
        if done < fitting:
            self._files.step()                          # nothing left: cuts the power
        if fitting < len(chunk):
            raise OSError(ENOSPC, 'full')
        return len(chunk)


class MemoryLane:
    """A raw partition in memory, as esp32.Partition, that shares the steps and the power of `files`. `cells` are its bytes,
    `complaints` tells of cells that were programmed twice."""

    def __init__(self, files, cells=b'\xff' * BLOCKS * BLOCK):
        self._files = files
        self.cells = bytearray(cells)
        self.erases = 0
        self.complaints = []

    def readblocks(self, block, buffer, offset=0):
        at = block * BLOCK + offset
        buffer[:] = self.cells[at:at + len(buffer)]

    def writeblocks(self, block, buffer, offset):
        at, data = block * BLOCK + offset, bytes(buffer)
        if self.cells[at:at + len(data)].count(0xff) != len(data):
            self.complaints.append(f'programmed over cells that were not erased, at {at:#x}')
        done = self._files.step(len(data)) if self._files.torn else self._files.step() * len(data)
        self.cells[at:at + done] = bytes(old & new for old, new in zip(self.cells[at:at + done], data[:done], strict=True))
        if done < len(data):
            self._files.step()                          # nothing left: cuts the power

    def ioctl(self, command, block):
        if command == 6:
            part = BLOCK // 4 if self._files.torn else BLOCK
            for begin in range(block * BLOCK, (block + 1) * BLOCK, part):
                self._files.step()
                self.cells[begin:begin + part] = b'\xff' * part
            self.erases += 1
