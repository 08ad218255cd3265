"""Supply, reset, sleep and waking of the PN532 model, and its energy ledger.

Owns whether the chip can hear its host or a field at all. Used by `chip`, which tells it of its lines, and by the
fronts, which ask it before every access. States: 'off', 'hard_pd' (RSTPD_N low), 'soft_pd' (PowerDown or an armed
TgInitAsTarget), 'idle' (awake, RF off, or LowVbat after reset) and 'rf_on'.
"""
from tests.simulator.chips.pn532 import timings

STATES = ('off', 'hard_pd', 'soft_pd', 'idle', 'rf_on')
WAKE_RF = 0x08                      # PowerDown's WakeUp bits
WAKE_HSU = 0x10
WAKE_SPI = 0x20
WAKE_I2C = 0x80
WAKE_ALL = 0xFF


class Ledger:
    """How long the chip stood in which state; what each state draws is for whoever reads it to say."""

    def __init__(self, clock, state):
        self.clock = clock
        self.state = state
        self.since_ns = clock.now_ns
        self._times_ns = dict.fromkeys(STATES, 0)
        self.entries = dict.fromkeys(STATES, 0)

    def enter(self, state):
        if state != self.state:
            self._times_ns[self.state] += self.clock.now_ns - self.since_ns
            self.state, self.since_ns = state, self.clock.now_ns
            self.entries[state] += 1

    def times_ns(self):
        """State -> ns spent in it since the chip was made, up to now."""
        times = dict(self._times_ns)
        times[self.state] += self.clock.now_ns - self.since_ns
        return times


class Power:
    """`listening` is True while the chip hears its host. `on_wake()` and `on_reset()` are the chip's."""

    def __init__(self, clock, complain, on_wake, on_reset):
        self.clock = clock
        self.complain = complain
        self.on_wake = on_wake
        self.on_reset = on_reset
        self.supplied = True
        self.reset_low = False
        self.listening = False
        self.awake_since_ns = 0
        self.asleep = True                          # LowVbat after reset: the first access only wakes it
        self.rf_on = False
        self.wake_bus_ns = timings.WAKE_BUS_NS      # tests may set these two, to be stricter or milder
        self.wake_serial_ns = timings.WAKE_SERIAL_NS
        self.ledger = Ledger(clock, 'idle')
        self._sources = WAKE_ALL
        self._low_vbat = True
        self._timer = None
        self._reset_at_ns = None

    # -- supply and reset ---------------------------------------------------------------------------------------
    def set_supply(self, on):
        if on != self.supplied:
            self.supplied = on
            self._restart()

    def set_reset(self, level):
        """RSTPD_N has become `level`."""
        self.reset_low = not level
        self._restart()

    def _restart(self):
        self._stop_timer()
        self.listening = self.asleep = self.rf_on = False
        self.on_reset()
        if self.supplied and not self.reset_low:
            self._reset_at_ns = self.clock.now_ns
            self._timer = self.clock.call_later(timings.RESET_DEAF_NS, self._booted)
        self._note()

    def _booted(self):
        self._low_vbat = True
        self.asleep, self._sources = True, WAKE_ALL

    # -- sleep and waking ---------------------------------------------------------------------------------------
    def sleep(self, sources=WAKE_ALL):
        """Soft power-down; `sources` are PowerDown's WakeUp bits."""
        self._stop_timer()
        self._sources = sources
        self._low_vbat = False
        self.asleep, self.listening = True, False
        self._note()

    def host_access(self, source, wake_ns):
        """The host touches the bus: True where the chip hears it, else it starts to wake (if `source` may wake it)."""
        if not self.supplied or self.reset_low:
            return False
        self._check_reset_wait()
        if self.asleep and self._sources & source:
            self._wake_in(wake_ns)
        return self.listening

    def field_access(self):
        """A field has come up."""
        if self.asleep and self._sources & WAKE_RF and not self._low_vbat:
            self._wake_in(timings.WAKE_RF_NS)

    def set_rf(self, on):
        """The chip's own field, for the ledger."""
        self.rf_on = on
        self._note()

    def _wake_in(self, delay_ns):
        self.asleep = False
        self._timer = self.clock.call_later(delay_ns, self._awake)
        self._note()

    def _awake(self):
        self._timer = None
        self.listening = True
        self.awake_since_ns = self.clock.now_ns
        self.on_wake()

    def _stop_timer(self):
        if self._timer:
            self._timer.cancel()
            self._timer = None

    def _check_reset_wait(self):
        if self._reset_at_ns is not None:
            waited_ns = self.clock.now_ns - self._reset_at_ns
            self._reset_at_ns = None
            if waited_ns < timings.RESET_WAIT_NS:
                self.complain(f'the host spoke {waited_ns / 1e6:.1f} ms after reset was released, 100 ms are needed')

    def _note(self):
        if not self.supplied:
            state = 'off'
        elif self.reset_low:
            state = 'hard_pd'
        elif self.asleep and not self._low_vbat:
            state = 'soft_pd'
        else:
            state = 'rf_on' if self.rf_on else 'idle'
        self.ledger.enter(state)
