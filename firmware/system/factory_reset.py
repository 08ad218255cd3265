"""Forgets everything: a factory reset, which begins with a marker on flash and ends at the next start.

Owns nothing. Borrowed by `firmware.assembly` where it finds the marker, before any journal is opened, so that a power cut on
the way costs nothing but another start.
"""
from micropython import const

from firmware.system import crash_loop
from firmware.system.lane import BLOCKS

_ERASE = const(6)                               # of the block device's ioctl


def finish(storage, board, marker):
    """Erase the lane, the RTC's memory and all files, the file `marker` last. Raises StorageError."""
    for block in range(BLOCKS if storage.lane else 0):
        storage.lane.ioctl(_ERASE, block)
    board.crash_memory(crash_loop.healthy(b''))
    for name in storage.names():
        if name != marker:
            storage.remove(name)
    storage.remove(marker)
