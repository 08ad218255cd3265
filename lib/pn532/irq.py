"""The chip's interrupt line (P70_IRQ, low while something waits to be read) as something to await with a time-out.

Owns the pin's interrupt handler. Used by the links. A wait costs one task switch: `asyncio.wait_for_ms` would make two
tasks for each of the hundreds of waits in a tap, so one ticking task looks after the deadline of whatever wait is in
progress, and ends by itself when nobody has waited for a while.
"""
import asyncio
import time

from micropython import const

_TICK_MS = const(10)            # how late a time-out may be noticed when it is nearer than an earlier one
_IDLE_TICKS = const(8)          # each ends a light sleep

TYPE_CHECKING = False
if TYPE_CHECKING:
    from machine import Pin

    from pn532.uart import Arrived


class Interrupt:
    """Awaits the low level of `pin`."""

    def __init__(self, pin: "Pin | Arrived"):
        self._pin = pin
        self._flag = asyncio.ThreadSafeFlag()
        self._deadline = 0
        self._waiting = False
        self._ticking = False
        pin.irq(self._on_edge, trigger=pin.IRQ_FALLING)

    def _on_edge(self, pin):
        self._flag.set()

    def active(self):
        """Whether the line is low now."""
        return not self._pin.value()

    def look(self):
        """Have a wait in progress look at its `ended` now."""
        self._flag.set()

    async def wait(self, timeout_ms=None, ended=None):
        """Wait until the line is low: True. False once `timeout_ms` (None: no limit) are over, or `ended()` is true."""
        if not self._pin.value():
            return True
        deadline = 0
        if timeout_ms is not None:
            deadline = time.ticks_add(time.ticks_ms(), timeout_ms)
            self._watch(deadline)
        try:
            while self._pin.value():
                if timeout_ms is not None and time.ticks_diff(deadline, time.ticks_ms()) <= 0:
                    return False
                if ended and ended():
                    return False
                await self._flag.wait()
            return True
        finally:
            self._waiting = False

    def _watch(self, deadline):
        self._deadline = deadline
        self._waiting = True
        if not self._ticking:
            self._ticking = True
            asyncio.create_task(self._tick())

    async def _tick(self):
        idle = 0
        try:
            while idle < _IDLE_TICKS:
                left = _TICK_MS
                idle += 1
                if self._waiting:
                    idle = 0
                    left = time.ticks_diff(self._deadline, time.ticks_ms())
                    if left <= 0:
                        self._flag.set()
                await asyncio.sleep_ms(max(1, min(left, _TICK_MS)))
        finally:
            self._ticking = False
