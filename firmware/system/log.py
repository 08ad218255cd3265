"""The log: what happened, for the console, for the screen and, where it went wrong, for later.

Owns the last lines in RAM and the files log.txt and log.old on storage, at most LIMIT bytes each. Every service writes
to it; the only module that prints. Logging never raises: a pin must not stop because it cannot say why. A line that cannot
be kept, for want of memory say, is dropped, and the next one tells so.
"""
import gc
import io
import sys

from micropython import const

from firmware.system.storage import StorageError

FILE = 'log.txt'
OLDER = 'log.old'
LIMIT = const(4096)                             # one block of the flash
_LONGEST = const(200)                           # characters of a line that are kept
_BURST = const(20)                              # lines that may go to flash at once
_REFILL_MS = const(60_000)                      # and one more each minute: a flood must not wear the flash
_TICKS_MASK = const(0x3FFFFFFF)                 # time.ticks_ms() counts modulo 2 ** 30
_TRACE_LINES = const(4)


class Log:
    """`write_line(line)` puts a line on the console, `ticks_ms()` is time.ticks_ms, `keep` lines stay in RAM.

    A line reads `   12345 I tap: link up as initiator`, with the ms since boot; that stays right if something is logged
    at least every twelve days.
    """

    def __init__(self, write_line=print, ticks_ms=None, keep=24):
        self._write_line = write_line
        self._ticks_ms = ticks_ms or (lambda: 0)
        self._keep = keep
        self._lines = []
        self._elapsed_ms = self._last_ticks = self._ticks_ms()
        self._storage = None
        self._early = []                        # what is to be saved once there is storage
        self._tokens = _BURST
        self._refilled_ms = 0
        self._dropped = 0                       # lines, since the last that was kept

    def keep_on(self, storage):
        """From now on save warnings and errors to `storage`, and first those that came before."""
        self._storage = storage
        early, self._early = self._early, []
        for line in early:
            self._save(line)

    def info(self, source, text):
        self._log('I', source, text)

    def warning(self, source, text):
        self._log('W', source, text)

    def error(self, source, text, exception=None):
        """Log `text`; with an exception also its sentence and where it came from."""
        if isinstance(exception, MemoryError):
            gc.collect()                        # first of all: logging needs memory too
        self._log('E', source, text, exception)

    def lines(self):
        """The lines in RAM, oldest first."""
        return list(self._lines)

    def saved(self):
        """The text on storage, oldest first; '' where there is none."""
        text = ''
        for name in (OLDER, FILE) if self._storage else ():
            try:
                text += str(self._storage.read(name), 'utf-8')
            except (StorageError, UnicodeError):
                continue
        return text

    def _log(self, level, source, text, exception=None):
        """The one way in: nothing gets out."""
        try:
            if self._dropped:
                self._keep_line('W', 'log', 'Lines lost here: %d.' % self._dropped)
                self._dropped = 0
            if exception is None:
                self._keep_line(level, source, text)
                return
            self._keep_line(level, source, '%s %s: %s' % (text, type(exception).__name__, exception))
            for line in _trace(exception):
                self._keep_line(level, source, line)
        except Exception:                       # noqa: BLE001  whatever it was, the caller has more important things to do
            self._dropped += 1

    def _keep_line(self, level, source, text):
        line = self._add(level, source, text)
        if level != 'I':
            self._save(line)

    def _now_ms(self):
        ticks = self._ticks_ms()
        self._elapsed_ms += (ticks - self._last_ticks) & _TICKS_MASK
        self._last_ticks = ticks
        return self._elapsed_ms

    def _add(self, level, source, text):
        line = '%8d %s %s: %s' % (self._now_ms(), level, source, str(text).replace('\n', ' ')[:_LONGEST])
        if len(self._lines) >= self._keep:
            self._lines.pop(0)
        self._lines.append(line)
        self._write_line(line)
        return line

    def _save(self, line):
        if not self._storage:
            if len(self._early) < _BURST // 2:
                self._early.append(line)
            return
        if not self._take_token():
            return
        try:
            data = (line + '\n').encode()
            if (self._storage.size(FILE) or 0) + len(data) > LIMIT:
                self._storage.rename(FILE, OLDER)
            self._storage.append(FILE, data)
        except StorageError as error:
            self._storage = None                # say it once, on the console
            self._add('W', 'log', 'No more lines are saved. %s' % error)

    def _take_token(self):
        gained = (self._elapsed_ms - self._refilled_ms) // _REFILL_MS
        if gained > 0:
            self._tokens = min(_BURST, self._tokens + gained)
            self._refilled_ms += gained * _REFILL_MS
        if not self._tokens:
            return False
        self._tokens -= 1
        return True


def _trace(exception):
    """The last lines of the exception's traceback, without the exception itself; none on CPython."""
    out = io.StringIO()
    if hasattr(sys, 'print_exception'):         # MicroPython
        sys.print_exception(exception, out)
    lines = [line.strip() for line in out.getvalue().split('\n') if line.strip()]
    return lines[-_TRACE_LINES - 1:-1]
