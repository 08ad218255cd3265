"""What the ESP32's port does before there is a prompt: mounts the flash at /, and runs boot.py and main.py.

Called by boot.mjs. `Flash` makes a folder of the host look like the littlefs of a board.
"""
import os
import sys

import micropython

FOLDER = 0x4000
CTRL_C = 3


class Flash:
    """A file system for os.mount, on the folder `root`. Paths are the board's; sizes are listed, which VfsPosix does not."""

    def __init__(self, root):
        self._files = os.VfsPosix()             # with a root of its own it takes the two names of a rename for one
        self._root = root
        self._here = '/'

    def mount(self, readonly, mkfs):
        pass

    def umount(self):
        pass

    def _on_board(self, path):
        parts = []
        for part in (path if path.startswith('/') else self._here + '/' + path).split('/'):
            if part == '..':
                parts = parts[:-1]
            elif part not in ('', '.'):
                parts.append(part)
        return '/' + '/'.join(parts)

    def _place(self, path):
        return self._root + self._on_board(path)

    def open(self, path, mode):
        return self._files.open(self._place(path), mode)

    def stat(self, path):
        return self._files.stat(self._place(path))

    def statvfs(self, path):
        return self._files.statvfs(self._place(path))

    def ilistdir(self, path):
        place = self._place(path)
        for name, kind, *_ in self._files.ilistdir(place):
            yield name, kind, 0, 0 if kind == FOLDER else self._files.stat(place + '/' + name)[6]

    def mkdir(self, path):
        self._files.mkdir(self._place(path))

    def rmdir(self, path):
        self._files.rmdir(self._place(path))

    def remove(self, path):
        self._files.remove(self._place(path))

    def rename(self, old, new):
        self._files.rename(self._place(old), self._place(new))

    def chdir(self, path):
        if not self.stat(path)[0] & FOLDER:
            raise OSError(20)
        self._here = self._on_board(path)

    def getcwd(self):
        return self._here


def mount(root):
    os.umount('/')
    os.mount(Flash(root), '/')
    os.chdir('/')


def run(name, names):
    """Run a file of the flash, if it is there, with `names` as its own. Returns 'fine', 'failed', or 'reset' where it asks for
    a soft reset."""
    try:
        with open(name) as file:
            text = file.read()
    except OSError:
        return 'fine'
    micropython.kbd_intr(CTRL_C)
    try:
        exec(compile(text, name, 'exec'), names)        # noqa: S102  what a start is for
        return 'fine'
    except SystemExit:
        return 'reset'
    except BaseException as error:                      # noqa: BLE001  whatever it is, it is shown
        sys.print_exception(error)
        return 'failed'
    finally:
        micropython.kbd_intr(-1)


def start(raw):
    """boot.py, and main.py unless the prompt is raw or boot.py failed. Returns whether a soft reset is asked for."""
    names = __import__('__main__').__dict__
    outcome = run('boot.py', names)
    if outcome == 'fine' and not raw:
        outcome = run('main.py', names)
    return outcome == 'reset'
