"""When the radio is on: the part that is there as long as a phone is bound, or may be bound now; without one there is nothing.

Owns the decision. Bluetooth costs more than all the rest of the pin, so it runs in windows: throughout binding mode and while
a phone is there, for a while after one has left or the wearer has pressed, touched or tapped the pin, and now and then while
it is worn; never while a tap is under way. How long is in the settings. Made by `wishes`; what a window needs (`session`) is
borrowed for it.
"""
import asyncio
from time import ticks_add, ticks_diff, ticks_ms

from micropython import const

from firmware.system.overlay import borrow

_AFTER_INPUT_MS = const(1_000)                  # the picture that was asked for comes first
_FOR_LONG_MS = const(3_600_000)
_BUSY_MS = const(200)
_ROOM_MS = const(20)                            # for others to make room on the heap
_AGAIN_MS = const(5_000)                        # after a radio that failed
_INPUTS = ('short', 'long', 'double_tap', 'act', 'next', 'previous', 'up', 'down')


class Companion:
    """Of `pin` (firmware.pin.Pin). `flag` wakes whoever waits here or in the session; `session` is the one that runs, or None;
    `until_ms` and `binding_until_ms`: the ends of the window and of binding mode by time.ticks_ms, or None."""

    def __init__(self, pin):
        self._pin = pin
        self.flag = asyncio.ThreadSafeFlag()
        self.session = self.until_ms = self.binding_until_ms = None
        self._worn = False
        for topic in ('button', 'touch', 'gesture'):
            pin.events.subscribe(self, topic, self._on_input)
        pin.events.subscribe(self, 'worn', self._on_worn)
        pin.events.subscribe(self, 'room', self._on_room)

    def _on_input(self, kind):
        if self._pin.facts.phones and kind in _INPUTS:
            self.open_for('radio_wake_s')

    def _on_worn(self, worn):
        self._worn = worn

    def _on_room(self, who):
        """Phones go where a tap would be lost else (True), and find the pin again after it."""
        if who is True and self.session:
            self.session.server.end()
            self.flag.set()

    def open_for(self, setting):
        """A window as long as that setting says, from now on."""
        duration_ms = 1000 * self._pin.facts.settings.get(setting)
        if duration_ms > self.left_ms():
            self.until_ms = ticks_add(ticks_ms(), duration_ms)
            self.flag.set()

    def left_ms(self):
        """How long the radio is to be on still; 0 or less: no longer."""
        ends_ms = [end_ms for end_ms in (self.until_ms, self.binding_until_ms) if end_ms is not None]
        return max([ticks_diff(end_ms, ticks_ms()) for end_ms in ends_ms] or [0])

    def binding_over(self):
        """Whether binding mode is on and its time has run out."""
        return self.binding_until_ms is not None and ticks_diff(self.binding_until_ms, ticks_ms()) <= 0

    async def run(self):
        """Until no phone is bound and none may be."""
        pin = self._pin
        while self._wanted():
            try:
                if self.left_ms() <= 0:
                    await self._wait()
                else:
                    await self._open()
            except Exception as error:          # noqa: BLE001  whatever it was, the pin goes on, and so does its radio
                pin.log.error('radio', 'The radio failed.', error)
                await asyncio.sleep_ms(_AGAIN_MS)
        pin.events.drop(self)
        pin.companion = None

    def _wanted(self):
        if self.left_ms() <= 0:
            self.until_ms = None                # else it would be in the future after 6 days
            if self.binding_until_ms is not None:
                self.binding_until_ms = None
                borrow('firmware.companion.wishes').show_binding(self._pin, False)
            return self._pin.facts.phones > 0
        return True

    async def _wait(self):
        """Until the radio is wanted."""
        every_ms = 60_000 * self._pin.facts.settings.get('radio_every_min')
        try:
            await asyncio.wait_for_ms(self.flag.wait(), every_ms or _FOR_LONG_MS)
        except asyncio.TimeoutError:
            if every_ms and self._worn:
                self.open_for('radio_window_s')

    async def _open(self):
        """A window, from the next quiet moment on."""
        pin = self._pin
        await asyncio.sleep_ms(_AFTER_INPUT_MS)
        while pin.rendezvous.busy:
            await asyncio.sleep_ms(_BUSY_MS)
        pin.events.publish('phone', True)
        await asyncio.sleep_ms(_ROOM_MS)
        try:
            self.session = borrow('firmware.companion.session').Session(pin, self)
            await self.session.run()
        finally:
            self.session = None
            pin.events.publish('phone', False)
