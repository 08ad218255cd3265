"""The one button: turns its line into short, long and reset presses.

Owns the button's interrupt. Runs as a service; publishes 'button' with 'short' (let go before LONG_MS), 'long' (held that
long, told while still held) or 'reset' (held for ten seconds).
"""
import asyncio
from time import ticks_diff, ticks_ms

from micropython import const

DEBOUNCE_MS = const(15)
LONG_MS = const(600)
RESET_MS = const(10_000)
POLL_MS = const(20)


class Button:
    """`pin` is low while pressed (machine.Pin with `value` and `irq`)."""

    def __init__(self, pin, events):
        self._pin, self._events = pin, events
        self._pressed = asyncio.ThreadSafeFlag()

    async def run(self):
        self._pin.irq(lambda _: self._pressed.set(), trigger=self._pin.IRQ_FALLING)
        while True:
            await self._pressed.wait()
            await asyncio.sleep_ms(DEBOUNCE_MS)
            if not self._pin.value():
                await self._follow()

    async def _follow(self):
        """From a press to its end."""
        start_ms, told = ticks_ms(), 0
        while not self._pin.value():
            held_ms = ticks_diff(ticks_ms(), start_ms)
            if told == 0 and held_ms >= LONG_MS:
                told = 1
                self._events.publish('button', 'long')
            elif told == 1 and held_ms >= RESET_MS:
                told = 2
                self._events.publish('button', 'reset')
            await asyncio.sleep_ms(POLL_MS)
        if not told:
            self._events.publish('button', 'short')
        await asyncio.sleep_ms(DEBOUNCE_MS)
