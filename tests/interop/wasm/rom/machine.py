"""`machine` of the board in WebAssembly, as far as boot.py and the commands for a board use it: resets, the watchdog, timers
and the RTC's memory.

What outlasts a reset is kept by board.mjs, which also is the watchdog. Timers fire while the prompt waits for a key.
"""
import time

import _host

PWRON_RESET, HARD_RESET, WDT_RESET, DEEPSLEEP_RESET, SOFT_RESET = 1, 2, 3, 4, 5
_timers = {}


class RTC:
    """The real-time clock's memory: 2,048 bytes that outlast resets, but not a power cut."""

    def memory(self, data=None):
        if data is None:
            return bytes.fromhex(_host.rtc())
        if len(data) > 2048:
            raise ValueError('buffer too long')
        _host.keep_rtc(bytes(data).hex())


class WDT:
    """The watchdog; once started it cannot be stopped, not even by a soft reset."""

    def __init__(self, id=0, timeout=5000):
        self._timeout = timeout
        self.feed()

    def feed(self):
        _host.feed(self._timeout)


class Timer:
    """One of four timers. A soft reset stops all."""
    ONE_SHOT, PERIODIC = 0, 1

    def __init__(self, id, *, mode=1, period=-1, callback=None):
        if id not in (0, 1, 2, 3):
            raise ValueError('invalid Timer number')
        self.id = id
        if period != -1:
            self.init(mode=mode, period=period, callback=callback)

    def init(self, *, mode=1, period=-1, callback=None):
        self._mode, self._period, self._callback = mode, period, callback
        self.due = time.ticks_add(time.ticks_ms(), period)
        _timers[self.id] = self

    def deinit(self):
        _timers.pop(self.id, None)

    def fire(self):
        self.due = time.ticks_add(self.due, self._period)
        if self._mode == Timer.ONE_SHOT:
            self.deinit()
        self._callback(self)


def run_timers():
    """Call what is due; returns the milliseconds to the next one, or -1."""
    now = time.ticks_ms()
    for timer in list(_timers.values()):
        if time.ticks_diff(timer.due, now) <= 0:
            timer.fire()
    return min((max(0, time.ticks_diff(timer.due, now)) for timer in _timers.values()), default=-1)


def reset():
    """Hard reset: does not come back."""
    _host.reset(HARD_RESET)


def soft_reset():
    """Soft reset, as Ctrl-D: the port, too, raises this."""
    raise SystemExit


def reset_cause():
    return _host.cause()
