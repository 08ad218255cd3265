"""Finding the good records in a file that may be torn or decayed.

Owns nothing on flash. Loaded when a journal is opened; see `records` for the format.
"""
from micropython import const

from firmware.system.records import OVERHEAD

WINDOW = const(1024)                            # bytes of heap while a scan runs


def blank(file, position, cell):
    """Whether nothing but bytes of the value `cell` follows from `position` on in a RecordFile."""
    while position < file.size:
        length = min(WINDOW, file.size - position)
        at = file.hold(position, length)
        if bytes(file.view[at:at + length]).count(bytes((cell,))) != length:
            return False
        position += length
    return True


class Scan:
    """One walk over a RecordFile with a window of WINDOW bytes, from byte `begin` on; a record counts only in its own place.

    `origin` is the sequence that a record at byte 0 would have, None where the first good record shall tell; known
    afterwards if there was one. Then also: `end` is behind the last record, `skipped` counts damaged places that good
    records follow, and `torn` the bytes of rubbish behind `end`. `cell` is the value of bytes that nobody has written.
    """

    def __init__(self, file, begin, origin, cell=0):
        self._file = file
        self._cell = cell
        self.origin = origin
        self.end = begin
        self.skipped = 0
        self.torn = 0

    def records(self, limit):
        """Yield (kind, payload cut to `limit` bytes, sequence); `end` is behind it by then."""
        file, position, damage = self._file, self.end, False
        while position + OVERHEAD <= file.size:
            head = self._head(position)
            payload = file.payload(position, head[1], limit) if head else None
            if payload is None:
                position, damage = self._after_damage(position, None if damage else head), True
                continue
            if damage:
                self.skipped, damage = self.skipped + 1, False
            self.origin = head[2] - position
            position = self.end = position + OVERHEAD + head[1]
            yield head[0], payload, head[2]
        self.torn = 0 if blank(file, self.end, self._cell) else file.size - self.end

    def _head(self, position):
        head = self._file.head(position)
        return head if head and self.origin in (None, head[2] - position) else None

    def _after_damage(self, position, head):
        """Where to look on: behind a record whose head is whole, else at the next place that looks like a head."""
        if head:
            return position + OVERHEAD + head[1]
        position += 1
        while position + OVERHEAD <= self._file.size and not self._head(position):
            position += 1
        return position

