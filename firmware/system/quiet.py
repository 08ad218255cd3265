"""Whether nothing happens: when work that can wait has its turn.

Owns the time of the last tap, gesture or press. Used by journals, whose slices wait here and who put off what takes long.
Where one follows the other for a minute, as at a party, a moment between two must do: else what taps write would fill their
journals' lanes, and the next taps would wait for the flash's erases.
"""
import asyncio
from time import ticks_add, ticks_diff, ticks_ms

from micropython import const

QUIET_MS = const(10_000)                        # longer than a tap takes, from the bump to the last screen
PATIENCE_MS = const(60_000)                     # without so much quiet ...
MOMENT_MS = const(2_000)                        # ... this must do


class Quiet:
    """Listens to `events` from now on; a start counts as something that happens."""

    def __init__(self, events):
        self._last_ms = self._busy_since_ms = ticks_ms()
        for topic in ('tap', 'gesture', 'button', 'touch'):
            events.subscribe(self, topic, self._on_something)

    def _on_something(self, _):
        if self.now():
            self._busy_since_ms = ticks_ms()
        self._last_ms = ticks_ms()

    def now(self):
        """Whether nothing has happened for QUIET_MS."""
        return ticks_diff(ticks_ms(), self._last_ms) >= QUIET_MS

    def _left_ms(self):
        """How much longer work is to wait if nothing happens."""
        patient = ticks_diff(ticks_ms(), self._busy_since_ms) < PATIENCE_MS
        return (QUIET_MS if patient else MOMENT_MS) - ticks_diff(ticks_ms(), self._last_ms)

    async def wait(self):
        """Return when nothing has happened for QUIET_MS, or MOMENT_MS where much has; at least let others have their turn."""
        await asyncio.sleep_ms(0)
        while (left_ms := self._left_ms()) > 0:
            await asyncio.sleep_ms(left_ms)
        if self.now():
            self._last_ms = ticks_add(ticks_ms(), -QUIET_MS)    # else a week without anything would look like the future
