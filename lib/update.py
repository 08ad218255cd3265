"""An update that lies on the flash and waits: puts its files in their places, whatever is cut off in the middle.

`make deploy` copies the new files below /next, whole, and then writes /next/ready. From there on nothing is needed but this:
each file is renamed over the old one, what the update leaves out is removed, and /next goes last. A power cut leaves the rest
for the next start. Called by boot.py before the pack with the code is opened, and by the deploy command where there is no
boot.py yet; needs nothing but `os`.
"""
import os

NEXT = '/next'
READY = NEXT + '/ready'                         # a line for each file that is to go
FIRST = '/lib'                                  # what boot.py needs
_FOLDER = 0x4000


def finish():
    """Put it in place. Does what is left to do, so it may be called again after a power cut."""
    with open(READY) as file:
        obsolete = [line.strip() for line in file if line.strip()]
    for folder in (FIRST, ''):
        if _is_folder(NEXT + folder):
            _move(folder)
    for path in obsolete:
        _gone(os.remove, path)
        while '/' in path[1:]:
            path = path.rpartition('/')[0]
            _gone(os.rmdir, path)               # if it is empty now
    for name, is_folder in _names(''):
        if is_folder:
            _clear('/' + name)
    os.remove(READY)
    os.rmdir(NEXT)


def _is_folder(path):
    try:
        return bool(os.stat(path)[0] & _FOLDER)
    except OSError:
        return False


def _names(folder):
    return [(name, kind == _FOLDER) for name, kind, *_ in os.ilistdir(NEXT + folder)]


def _move(folder):
    """All files below NEXT + `folder` to `folder`."""
    _make(folder)
    for name, is_folder in sorted(_names(folder)):
        path = folder + '/' + name
        if is_folder:
            _move(path)
        elif NEXT + path != READY:
            os.rename(NEXT + path, path)


def _make(folder):
    """That folder, and those above it."""
    if folder and not _is_folder(folder):
        _make(folder.rpartition('/')[0])
        os.mkdir(folder)


def _clear(folder):
    """NEXT + `folder`, which holds folders only by now."""
    for name, _ in _names(folder):
        _clear(folder + '/' + name)
    os.rmdir(NEXT + folder)


def _gone(remove, path):
    try:
        remove(path)
    except OSError:                             # not there, or not empty
        pass
