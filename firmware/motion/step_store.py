"""Keeps the step days on flash: what is written when, and how it is read again.

Owns the steps' journal. Used by `motion`. A record of 11 bytes is written after WRITE_STEPS steps or WRITE_MS,
whichever comes first, and whenever someone asks for it with `flush`; the hour that is being walked stands in a memory that
outlives resets as well. So a reset loses nothing, and a battery that is torn out at most WRITE_STEPS steps, those of the last
minute; one that runs low loses none, because then every step is written. About 60 records an hour of walking; at
COMPACT_BYTES one snapshot replaces them.
"""
import binascii
import struct

from micropython import const

from firmware.system.storage import StorageError

VERSION = const(1)                      # of the journal's payloads
WRITE_STEPS = const(120)
WRITE_MS = const(60_000)
COMPACT_BYTES = const(4096)
_MOST_RECORDS = const(400)              # at a start, before one snapshot replaces them

_HOUR, _ALL = const(1), const(2)        # kinds of record

_KEPT = '<11sI'                         # in the memory that outlives resets: record, CRC


class StepStore:
    """`days` is a StepDays, `journal` a Journal of its own, of schema VERSION. `memory()` reads a few bytes that outlive
    resets, `memory(data)` writes them; None where there are none. `at_once`: write every step."""

    def __init__(self, journal, days, log, memory=None):
        self.at_once = False
        self._memory = memory
        self._journal = journal
        self._days = days
        self._log = log
        self._changed = []              # (day, hour) of steps that are not on flash
        self._steps = 0                 # how many these are
        self._since_ms = None           # when the first of them came, or the last failed attempt was
        self._all = False               # everything is to be written

    def load(self):
        """Fill the days from flash. Damage costs what is damaged, with a line in the log."""
        try:
            for kind, payload, _ in self._journal.replay():
                self._load(kind, payload)
            self._journal.tidy(_MOST_RECORDS, lambda: [(_ALL, self._days.snapshot())])
        except StorageError as error:
            self._log.error('steps', 'The step history could not be read. %s' % error)
        record = _kept(self._memory()) if self._memory else None
        if record:                      # a reset may have come before it was written
            day, hour = struct.unpack_from('>IB', record)
            if self._days.record(day, min(23, hour)) != record:
                self._load(_HOUR, record)
                self._changed.append((day, hour))
                self.write()

    def _load(self, kind, payload):
        try:
            if kind == _HOUR:
                self._days.apply(payload)
            elif kind == _ALL:
                self._days.restore(payload)
        except ValueError as error:
            self._log.error('steps', str(error))

    def note(self, day, hour, steps, now_ms):
        """`steps` were added to `hour` of `day` at `now_ms` (a time that only grows)."""
        if (day, hour) not in self._changed:
            if self._memory and self._changed:
                self.write()            # the memory holds one hour
            self._changed.append((day, hour))
        if self._memory:
            record = self._days.record(day, hour)
            self._memory(struct.pack(_KEPT, record, binascii.crc32(record)))
        self._steps += steps
        if self._since_ms is None:
            self._since_ms = now_ms
        self.tick(now_ms)

    def note_all(self):
        """Days were moved: the old records no longer hold."""
        self._all = True
        if self._memory:
            self._memory(b'')           # what it holds may have been moved
        self.write()

    def tick(self, now_ms):
        """Write if it is time; call it now and then."""
        if self._since_ms is None:
            return
        if self.at_once or self._steps >= WRITE_STEPS or now_ms - self._since_ms >= WRITE_MS:
            if not self.write():
                self._steps = 0         # the next attempt is not before WRITE_STEPS or WRITE_MS
                self._since_ms = now_ms

    def write(self):
        """Write what is not on flash yet; returns False where flash failed, and then keeps it for the next time."""
        try:
            if self._all or self._changed and self._journal.size > COMPACT_BYTES and self._journal.quiet():
                self._journal.rewrite([(_ALL, self._days.snapshot())])
            else:
                for day, hour in self._changed:
                    self._journal.append(_HOUR, self._days.record(day, hour))
        except StorageError as error:
            self._log.error('steps', 'The steps could not be saved. %s' % error)
            return False
        self._changed = []
        self._steps, self._since_ms, self._all = 0, None, False
        return True


def _kept(memory):
    """The record in `memory`, or None."""
    if len(memory) != struct.calcsize(_KEPT):
        return None
    record, crc = struct.unpack(_KEPT, memory)
    return record if crc == binascii.crc32(record) else None
