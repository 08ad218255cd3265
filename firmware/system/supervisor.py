"""Keeps the services running: each is one task, a crash is logged and the service starts again after a while.

Owns the tasks and the feeding of the watchdog, which happens only while everything vital lives. Used by `firmware.pin`.
"""
import asyncio
import gc

from micropython import const

FEED_MS = const(8_000)                          # the watchdog waits for 20 s; each wake costs a sleeping processor 2 ms
FIRST_PAUSE_MS = const(250)
LONGEST_PAUSE_MS = const(60_000)
STEADY_MS = const(60_000)                       # a service that ran this long before it crashed starts again at once
CRASHES_TO_GIVE_UP = const(6)                   # in a row, by a vital service: better reset than go on half alive


class _Service:
    def __init__(self, name, function, vital):
        self.name = name
        self.function = function
        self.vital = vital
        self.crashes = 0                        # in a row
        self.ended = False
        self.task = None


class Supervisor:
    """`feed_watchdog()` is called every FEED_MS, `ticks_ms()` is time.ticks_ms."""

    def __init__(self, log, feed_watchdog, ticks_ms):
        self._log = log
        self._feed_watchdog = feed_watchdog
        self._ticks_ms = ticks_ms
        self._services = []

    def add(self, name, coroutine_function, vital=False):
        """Run `coroutine_function()` as a service from `run` on. One that returns has done its work and is not restarted.

        A vital service is one without which the pin is no use: if it ends or crashes again and again the watchdog starves.
        """
        self._services.append(_Service(name, coroutine_function, vital))

    def healthy(self):
        """Whether every vital service lives: it has not ended, and has not crashed too often in a row."""
        return all(not service.ended and service.crashes < CRASHES_TO_GIVE_UP
                   for service in self._services if service.vital)

    async def run(self):
        """Start every service and look after them until cancelled; then they are cancelled too."""
        asyncio.get_event_loop().set_exception_handler(self._on_lost)
        try:
            for service in self._services:
                service.task = asyncio.create_task(self._keep_alive(service))
            was_healthy = True
            while True:
                healthy = self.healthy()
                if healthy:
                    self._feed_watchdog()
                elif was_healthy:
                    self._log.error('supervisor', 'A vital service is gone; the watchdog will reset the pin.')
                was_healthy = healthy
                await asyncio.sleep_ms(FEED_MS)
        finally:
            for service in self._services:
                if service.task:
                    service.task.cancel()

    def _on_lost(self, loop, context):
        """A task for which nobody waits has crashed. MicroPython keeps the context for ever, and all that the task had."""
        error, context['exception'], context['future'] = context.get('exception'), None, None
        self._report(_Service('A task', None, False), 'crashed.', error)

    async def _keep_alive(self, service):
        """One service: run it, and again after each crash."""
        while True:
            started_ms = self._ticks_ms()
            try:
                await service.function()
                service.ended = True
                return
            except MemoryError as error:
                gc.collect()                    # first of all: logging needs memory too
                self._report(service, 'ran out of memory.', error)
            except Exception as error:          # noqa: BLE001  whatever it was, the pin goes on
                self._report(service, 'crashed.', error)
            if (self._ticks_ms() - started_ms) & 0x3FFFFFFF >= STEADY_MS:
                service.crashes = 0
            pause_ms = min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS << min(service.crashes, 10))
            service.crashes += 1
            await asyncio.sleep_ms(pause_ms)

    def _report(self, service, what, error):
        """Log a crash; where even that takes too much memory the service is restarted in silence."""
        try:
            self._log.error('supervisor', '%s %s' % (service.name, what), error)
        except MemoryError:
            gc.collect()
