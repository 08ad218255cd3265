"""The stage's room on the heap: how much garbage may lie, when room is scarce, and what is tried again where there was none.

Owns how much garbage is usual. Made by the stage, which says what can be let go of.
"""
import asyncio
import gc

from micropython import const

DRAWING_GARBAGE = const(20_480)         # how much more of it than usual may lie while a picture changes
TAP_ROOM = const(36_864)                # bytes free, below which a picture stands already while another pin is looked for
SCARCE = const(28_672)                  # bytes free, below which type is read anew for each picture
AFTER_MS = (1, 300, 1500)               # how long others may work on before it is tried again what the heap was too full for


class Room:
    """`let_go()` gives back all that can be had again, `events` ask others to; `log` is firmware.system.log.Log."""

    def __init__(self, let_go, events, log):
        self._let_go = let_go
        self._events = events
        self._log = log
        self._usual = 0                     # bytes of garbage after which it is collected

    def begin(self):
        """What is usual now is so from now on."""
        self._usual = gc.threshold() if hasattr(gc, 'threshold') else 0     # CPython has none

    def allow_garbage(self, more):
        """Have garbage collected after `more` bytes of it than usual."""
        if self._usual > 0:
            gc.threshold(self._usual + more)

    def collect(self, trim):
        """Before another picture; where little is free then, the last ones' type gives way to it: `trim()`."""
        gc.collect()
        if self._usual > 0 and gc.mem_free() < SCARCE:
            trim()
            gc.collect()

    def too_small_for_a_tap(self):
        return self._usual > 0 and gc.mem_free() < TAP_ROOM

    def make(self):
        """Let go of all that can be had again, and collect it."""
        self._let_go()
        gc.collect()

    async def within(self, work, *arguments):
        """`await work()`; where the heap is too full for that, with more room, and then when others have done their work."""
        for pause_ms in AFTER_MS:
            try:
                await work(*arguments)
                return
            except MemoryError:
                self._events.publish('room', 'ui')
                self.make()
                self._log.info('ui', 'makes room and tries again')
            await asyncio.sleep_ms(pause_ms)
        await work(*arguments)
