"""What a lane does seldom: finding its records at a start, copying them to the log, erasing blocks.

Owns nothing; works on a Lane. Loaded for as long as it takes, by `lane` and `journal_work`.
"""
from micropython import const

from firmware.system import records
from firmware.system.lane import BLOCK, Reader
from firmware.system.storage import StorageError

_TAG_SIZE = const(4)
_PIECE = const(512)
_WINDOW = const(1024)                           # as scan.WINDOW
_ERASE = const(6)                               # of the block device's ioctl


def _bytes(lane, block, begin, end):
    data = bytearray(end - begin)
    Reader(lane, block).read_into(begin, data)
    return data


def _used(lane, block):
    """Up to where something is programmed."""
    for begin in range(BLOCK - _WINDOW, -1, -_WINDOW):
        used = len(bytes(_bytes(lane, block, begin, begin + _WINDOW)).rstrip(b'\xff'))
        if used:
            return begin + used
    return 0


def _scan(lane, block, used):
    from firmware.system.scan import Scan  # only where a journal is opened
    size = min(used + 4, BLOCK)                 # the last CRC may end with ones
    return Scan(records.RecordFile(Reader(lane, block), size, _WINDOW), _TAG_SIZE, None, 0xff)


def _first(lane, block, used):
    """The sequence of the block's first record, or None."""
    if used and _bytes(lane, block, 0, _TAG_SIZE) == lane.tag:
        for record in _scan(lane, block, used).records(0):
            return record[2]
    return None


def scan(lane, limit):
    """See Lane.scan."""
    lane.next = lane.torn = 0
    rows = []
    for block in range(lane.blocks):
        used = _used(lane, block)
        first = _first(lane, block, used)
        lane.origins[block] = lane.ends[block] = 0
        lane.free[block] = BLOCK if used else 0
        if first is not None:
            rows.append((first, block, used))
    rows.sort()
    for _, block, used in rows:
        found = _scan(lane, block, used)
        for record in found.records(limit):
            lane.next = found.origin + found.end
            yield record
        lane.origins[block], lane.ends[block] = found.origin, found.end
        lane.free[block] = BLOCK if found.torn else found.end
        lane.torn += found.torn


def pieces(lane, begin, end):
    """See Lane.pieces."""
    while begin < end:
        block = lane.holder(begin)
        if block is None:
            later = [origin + _TAG_SIZE for origin, last in zip(lane.origins, lane.ends) if last and origin >= begin]
            data = bytes(min(later + [begin + _PIECE, end]) - begin)
        else:
            at = begin - lane.origins[block]
            data = _bytes(lane, block, at, min(lane.ends[block], at + _PIECE, at + end - begin))
        begin += len(data)
        yield data


def everything(lane):
    """See Lane.everything."""
    for block in range(lane.blocks):
        if lane.free[block]:
            for begin in range(0, BLOCK, _PIECE):
                yield _bytes(lane, block, begin, begin + _PIECE)


def crowded(lane):
    """Whether more than half of it is in use, or a write came to a bad end: time to move all to the log."""
    return lane.failed or lane.torn > 0 or 2 * sum(lane.free) > BLOCK * lane.blocks


def outdated(lane, fresh, following):
    """A block to erase: all that it holds is older than sequence `fresh`, and little room is left for the one `following`.
    None where there is none."""
    for block in range(lane.blocks):
        free, origin = lane.free[block], lane.origins[block]
        goes_on = origin + free == following and 2 * free <= BLOCK
        if free and not goes_on and origin + lane.ends[block] <= fresh:
            return block
    return None


def erase(lane, block):
    """Raises StorageError."""
    lane.free[block] = BLOCK
    lane.origins[block] = lane.ends[block] = lane.torn = 0
    try:
        lane.device.ioctl(_ERASE, lane.first + block)
    except OSError as error:
        raise StorageError('The flash failed: a block of the lane was not erased.', error.errno or 0)
    lane.free[block] = 0
    lane.failed = False
