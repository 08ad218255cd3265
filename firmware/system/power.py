"""Power: how fast the processor runs, and that it sleeps between two events where nobody would notice.

Owns the processor's clock and its light sleep. Five states, by what goes on: a table says what each allows. The panel and the
backlight (`ui.stage`), the sensor's rate (`motion`), the NFC chip, which sleeps until a field comes, and the radio's windows
(`companion`) have their own owners, and change at the same moments.

Light sleep (0.8 mA instead of 27) lies in the event loop's wait: where nothing is due for a while it sleeps instead, until
then or until an input moves. It never does while Bluetooth is on, whose links it would lose, during a tap, while an NFC chip
on a UART may say something (`pn532.uart`), at the charger where the console must answer, or in the first minute after a start
for the same reason. Runs as a service.

Storage is deep sleep (`put_away`), which ends with a new start: for a pin that has lain still for half a day, or for two where
only the button could wake it again; for one that woke up from it and was not moved since, after an hour; and for a cell at its
end.
"""
import asyncio
from time import ticks_diff, ticks_ms

from micropython import const

from firmware.system.battery import OFTEN_MS, SELDOM_MS
from firmware.system.overlay import borrow

ACTIVE, DIM, DARK, NIGHT, STORAGE = 'active', 'dim', 'dark', 'night', 'storage'
# state: (MHz, whether it may sleep, whether a bump begins a tap, seconds between two looks at the armed NFC chip)
STATES = {
    ACTIVE: (240, False, True, 120),
    DIM: (80, True, True, 120),                 # the backlight's PWM goes on in light sleep
    DARK: (80, True, True, 120),
    NIGHT: (80, True, True, 600),
    STORAGE: (80, True, False, 3600),
}
NIGHT_AFTER_MS = const(600_000)                 # at rest
STORAGE_AFTER_MS = const(43_200_000)            # longer than a night
BY_BUTTON_AFTER_MS = const(172_800_000)         # where motion can't wake it: longer than a weekend's day
AGAIN_AFTER_MS = const(3_600_000)               # something has knocked at its drawer
STORAGE_PERCENT = const(2)
CONSOLE_MS = const(60_000)                      # after a start
LEAST_MS = const(8)                             # to fall asleep and wake up takes one or two
LONGEST_MS = const(9_000)                       # a slice: below half of the watchdog's 20 s


def state_of(screen, lively, rested_ms, empty, storage_after_ms=STORAGE_AFTER_MS):
    """The state where the screen is 'awake', 'low' or 'asleep', `lively` says that a tap or a phone is there, the pin has lain
    still for `rested_ms` (0: it is worn) of `storage_after_ms`, and `empty` that its cell is at its end."""
    if lively or screen == 'awake':
        return ACTIVE
    if rested_ms > storage_after_ms or empty:
        return STORAGE
    if rested_ms > NIGHT_AFTER_MS:
        return NIGHT
    return DIM if screen == 'low' else DARK


class Power:
    """Of `pin` (firmware.pin.Pin), whose board sleeps (`light_sleep(ms)`) and changes its clock (`set_frequency(MHz)`)."""

    def __init__(self, pin):
        self._pin = pin
        self.state = ACTIVE
        self._screen = 'awake'
        self._still_ms = None                   # since when it has lain still, by the clock of uptime
        self._up_ms, self._ticks_ms = 0, ticks_ms()
        self._changed = asyncio.Event()
        self._mhz = 0
        self._untouched = pin.board.woken       # since it woke up from storage

    async def run(self):
        """Follow what happens, for ever."""
        events = self._pin.events
        for topic, handler in (('screen', self._on_screen), ('worn', self._on_worn), ('battery', self._look),
                               ('tap', self._look), ('phone', self._look)):
            events.subscribe(self, topic, handler)
        from asyncio import core  # type: ignore[attr-defined]    # MicroPython's, which has a queue to wait at
        queue = core._io_queue
        wait = queue.wait_io_event
        if self._pin.board.wakes:
            queue.wait_io_event = self._sleeping(core._task_queue, wait)
        try:
            while True:
                self._follow()
                self._changed.clear()
                storage = self.state == STORAGE
                if storage and self._screen == 'asleep' and self._may_sleep():
                    await borrow('firmware.system.put_away').put_away(
                        self._pin, self._pin.board.motion_wakes and not self._is_empty())
                try:
                    await asyncio.wait_for_ms(self._changed.wait(), CONSOLE_MS if storage else NIGHT_AFTER_MS)
                except asyncio.TimeoutError:
                    pass
        finally:
            queue.wait_io_event = wait
            events.drop(self)

    # ---- what happened
    def _on_screen(self, power):
        self._screen = power
        self._look(None)

    def _on_worn(self, worn):
        if worn and self._still_ms is not None:
            self._untouched = False
        self._still_ms = None if worn else self._uptime_ms()
        self._look(None)

    def _look(self, _):
        self._follow()                          # at once: what comes next wants the speed
        self._changed.set()

    def _uptime_ms(self):
        """ms since the start, which unlike the ticks do not wrap; asked for at least every NIGHT_AFTER_MS."""
        now_ms = ticks_ms()
        self._up_ms += ticks_diff(now_ms, self._ticks_ms)
        self._ticks_ms = now_ms
        return self._up_ms

    @property
    def lively(self):
        """Whether a tap or Bluetooth is there."""
        pin = self._pin
        return pin.rendezvous.busy or bool(pin.companion and pin.companion.session)

    def _follow(self):
        pin = self._pin
        rested_ms = 0 if self._still_ms is None else self._uptime_ms() - self._still_ms
        state = state_of(self._screen, self.lively, rested_ms, self._is_empty(), self._storage_after_ms())
        mhz, _, bumps, renew_s = STATES[state]
        if mhz != self._mhz:
            self._mhz = mhz
            pin.board.set_frequency(mhz)
        if state != self.state:
            self.state = state
            if (state in (NIGHT, STORAGE)) != pin.facts.night:      # then even a name that is always shown goes dark
                pin.facts.night = not pin.facts.night
                pin.events.publish('night', pin.facts.night)
            pin.rendezvous.enabled, pin.rendezvous.renew_s = bumps, renew_s
            pin.facts.battery.period_ms = SELDOM_MS if pin.facts.night else OFTEN_MS
            pin.log.info('power', state)

    def _is_empty(self):
        gauge = self._pin.facts.battery
        return not gauge.charging and gauge.percent is not None and gauge.percent <= STORAGE_PERCENT

    def _storage_after_ms(self):
        if self._untouched:
            return AGAIN_AFTER_MS
        return STORAGE_AFTER_MS if self._pin.board.motion_wakes else BY_BUTTON_AFTER_MS

    # ---- sleep
    def _may_sleep(self):
        if self.state == ACTIVE and self._screen != 'awake' and not self.lively:
            self._follow()                      # nobody tells that a tap which found nobody is over
        return (STATES[self.state][1] and not self.lively and self._pin.board.nfc.link.quiet
                and not self._pin.facts.battery.charging
                and (self._up_ms > CONSOLE_MS or self._uptime_ms() > CONSOLE_MS))

    def _sleeping(self, tasks, wait):
        """The event loop's wait, asleep where possible: `wait(ms)`, less than 0 for no limit. `tasks` is the loop's queue."""
        light_sleep = self._pin.board.light_sleep

        def wait_or_sleep(due_ms):
            if due_ms >= 0 and due_ms < LEAST_MS or not self._may_sleep():
                return wait(due_ms)
            wait(0)                             # what has come already, comes first
            task = tasks.peek()
            due_ms = ticks_diff(task.ph_key, ticks_ms()) if task else LONGEST_MS
            if due_ms >= LEAST_MS:
                light_sleep(min(due_ms, LONGEST_MS))
                wait(0)
            return None
        return wait_or_sleep
