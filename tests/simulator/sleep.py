"""Sleep of the simulated processor: what wakes it from light and from deep sleep, and what its pads do meanwhile.

Owns the wake sources, the outputs and which of them are held. In light sleep edges are lost and only levels of wake sources
count; in deep sleep the program is gone, every output that is not held floats, and a level of ext0 or ext1 starts the
processor anew. Made by `board`, which asks it at each edge.
"""
from tests.simulator.operations import WAKE

GPIO, EXT1, EXT0 = range(3)                     # kinds of wake source, as the shim of `esp32` numbers them
BY_TIMER = 4                                    # machine.wake_reason(), as ESP-IDF numbers them
REASONS = {EXT0: 2, EXT1: 3, GPIO: 7}
DEEP = (EXT0, EXT1)                             # what ends a deep sleep
LAST_RTC_GPIO = 21
DIGITAL = 255                                   # in place of a GPIO: whether holds of pads that are no RTC pads last
EINVAL = 22


class Sleep:
    """`light` and `deep` tell whether the processor of `board` sleeps so; `reason` why it woke from the last one."""

    def __init__(self, board):
        self._board = board
        self.light = self.deep = False
        self.reason = 0
        self._sources = {}                      # kind: {GPIO: level}
        self._idle = {}                         # GPIO: the level of its line where nobody drives it
        self._driven = {}                       # GPIO: what the program has it say
        self._held = set()
        self._alarm = None

    def connect(self, gpio, line):
        self._idle[gpio] = line.level

    def processor_starts(self, woken):
        """Sources and outputs are forgotten; holds last where a deep sleep ends, and not through the reset button."""
        self.light = self.deep = self._board.uart.deaf = False
        self._sources, self._driven = {}, {}
        if not woken:
            self.reason = 0
            self._held.clear()
        self._stop_alarm()

    def power_off(self):
        self.processor_starts(False)

    # ---- pads ----
    def drive(self, gpio, level):
        """The program sets an output."""
        self._driven[gpio] = level
        if gpio not in self._held:
            self._board.line(gpio).set(level)

    def is_held(self, gpio):
        return gpio in self._held

    def hold(self, gpio, on):
        """Keep a pad as it is, also through deep sleep; or let go of it."""
        if on:
            self._held.add(gpio)
            return
        self._held.discard(gpio)
        if gpio in self._idle:
            self._board.line(gpio).set(self._driven.get(gpio, self._idle[gpio]))

    def _float(self):
        lasting = {gpio for gpio in self._held if gpio <= LAST_RTC_GPIO or DIGITAL in self._held}
        for gpio in self._driven.keys() - lasting:
            self._board.line(gpio).set(self._idle.get(gpio, 0))
        backlight = self._board.wiring.backlight
        if backlight not in lasting or self._board.line(backlight).level:
            self._board.complaints.append('deep sleep, and nothing keeps the backlight off')

    # ---- what wakes ----
    def set_sources(self, kind, levels):
        """{GPIO: level}, in place of those of that kind before."""
        for gpio in levels:
            if kind != GPIO and gpio > LAST_RTC_GPIO:
                self._board.complaints.append(f'GPIO{gpio} is no RTC pin, so ext0 and ext1 cannot wake by it')
        self._sources[kind] = levels

    def _match(self, kinds):
        """Which of these kinds of source has a level that wakes now, or None."""
        for kind in kinds:
            if any(self._board.line(gpio, 1).level == level for gpio, level in self._sources.get(kind, {}).items()):
                return kind
        return None

    def edge(self, gpio, level):
        """A line has changed while the processor slept."""
        for kind, levels in self._sources.items():
            if levels.get(gpio) == level:
                if self.light:
                    self.reason = REASONS[kind]
                    self._board.interrupt(WAKE)
                elif kind in DEEP:
                    self._wake(REASONS[kind])

    # ---- light sleep ----
    def begin_light(self):
        """True where something would end it at once."""
        kind = self._match(self._sources)
        self.reason = REASONS.get(kind, BY_TIMER)
        if kind is not None:
            return True
        self.light = self._board.uart.deaf = True
        return False

    def end_light(self):
        self.light = self._board.uart.deaf = False

    # ---- deep sleep ----
    def begin_deep(self, ms):
        """The program ends here. A negative error number where the port refuses."""
        if self._sources.get(GPIO):
            return -EINVAL
        self._float()
        self.deep = True
        self._board.power.deep_sleep()
        kind = self._match(DEEP)
        if kind is not None:
            self._wake(REASONS[kind])
        elif ms:
            self._alarm = self._board.clock.call_later(ms * 1_000_000, self._wake, BY_TIMER)
        return 0

    def _wake(self, reason):
        if self.deep:
            self.deep, self.reason = False, reason
            self._stop_alarm()
            self._board.power.wake_up()

    def _stop_alarm(self):
        if self._alarm:
            self._alarm.cancel()
            self._alarm = None
