"""The CST816S touch controller as its I2C bus and its two lines see it, with the finger on the glass.

Owns registers, sleep, the interrupt pulses and the finger's way; attach it to an I2CBus at 0x15. Modelled: the reset and the
wait after it, sleep that answers no address, pulses at a change of touch, while touched and at a gesture, the report's six
bytes, the last coordinates that stay. Not modelled: recalibration, long-press reset, thresholds. Faults: `no_answer`.
"""
from tests.simulator.wires import Line, Nack

GESTURE, FINGERS, X_HIGH, CHIP_ID, AUTO_SLEEP_S, IRQ_CTL, STAY_AWAKE = 0x01, 0x02, 0x03, 0xA7, 0xF9, 0xFA, 0xFE
TOUCH, CHANGE, MOTION = 0x40, 0x20, 0x10        # bits of IRQ_CTL
RESET_VALUES = {CHIP_ID: 0xB4, AUTO_SLEEP_S: 2, IRQ_CTL: 0x60}      # IRQ_CTL: guess
DOWN, UP, CONTACT = 0x00, 0x40, 0x80            # events, above the bits of x
CODES = {'up': 1, 'down': 2, 'left': 3, 'right': 4, 'tap': 5}
MS = 1_000_000
RESET_NS, READY_NS, PULSE_NS, SCAN_NS = 5 * MS, 50 * MS, MS, 10 * MS


class CST816S:
    """`irq` and `reset` idle at 1. `complaints` is what the host did wrong."""

    def __init__(self, clock, rng=None):
        self.clock, self.rng = clock, rng
        self.irq, self.reset = Line('TP_INT', 1), Line('TP_RST', 1)
        self.reset.watch(self._on_reset)
        self.complaints = []
        self.no_answer = False
        self._powered = True
        self._way = None                        # (x, y, x, y, start ns, length ns) of the finger that is there
        self._reset_ns = None
        self._start()

    def _start(self):
        self.registers = bytearray(256)
        for register, value in RESET_VALUES.items():
            self.registers[register] = value
        self._pointer = 0
        self._ready_ns = self.clock.now_ns + READY_NS
        self._stir()

    def power_on(self):
        self._powered = True
        self._start()

    def power_off(self):
        self._powered, self._way = False, None
        self.irq.set(1)

    def _on_reset(self, level):
        if not level:
            self._reset_ns = self.clock.now_ns
        elif self._powered:
            if self.clock.now_ns - self._reset_ns < RESET_NS:
                self.complaints.append('touch: reset was low for less than 5 ms')
            self._start()

    # ---- the finger
    def touch(self, start, end=None, ms=120):
        """Put a finger on the glass at `start` (x, y) and take it off `ms` later at `end`, having moved evenly."""
        if self._way:
            raise RuntimeError('there is a finger already')
        self._way = (*start, *(end or start), self.clock.now_ns, ms * MS)
        self.clock.call_later(ms * MS, self._lift)
        self._stir()
        self._report(DOWN, 1)
        self._pulse(CHANGE | TOUCH)
        self.clock.call_later(SCAN_NS, self._scan)

    def _scan(self):
        if self._way:
            self._stir()
            self._report(CONTACT, 1)
            self._pulse(TOUCH)
            self.clock.call_later(SCAN_NS, self._scan)

    def _lift(self):
        if not self._way:                       # the power went
            return
        self._report(UP, 0)
        x0, y0, x1, y1, _, _ = self._way
        self._way = None
        self.registers[GESTURE] = CODES[_direction(x1 - x0, y1 - y0)]
        self._stir()
        self._pulse(CHANGE | MOTION)

    def _report(self, event, fingers):
        x0, y0, x1, y1, start_ns, length_ns = self._way
        part = min(1, (self.clock.now_ns - start_ns) / length_ns)
        x, y = round(x0 + (x1 - x0) * part), round(y0 + (y1 - y0) * part)
        self.registers[GESTURE:X_HIGH + 4] = bytes((0, fingers, event | x >> 8, x & 0xFF, y >> 8, y & 0xFF))

    def _pulse(self, reasons):
        if self._powered and self.registers[IRQ_CTL] & reasons and self.irq.level:
            self.irq.set(0)
            self.clock.call_later(PULSE_NS, self.irq.set, 1)

    # ---- sleep and the bus
    def _stir(self):
        self._awake_until_ns = max(self.clock.now_ns, getattr(self, '_ready_ns', 0)) + self.registers[AUTO_SLEEP_S] * 1000 * MS

    @property
    def awake(self):
        """Not in the standby that it falls into by itself, from which only a finger wakes it."""
        return bool(self._way or self.registers[STAY_AWAKE] or self.clock.now_ns < self._awake_until_ns)

    def _answers(self):
        ready = self.reset.level and self.clock.now_ns >= self._ready_ns
        return self._powered and not self.no_answer and ready and self.awake

    def i2c_write(self, data):
        if not self._answers():
            raise Nack('touch')
        self._stir()
        if data:
            self._pointer = data[0]
            for value in data[1:]:
                self.registers[self._pointer] = value
                self._pointer = self._pointer + 1 & 0xFF

    def i2c_read(self, length):
        if not self._answers():
            raise Nack('touch')
        self._stir()
        return bytes(self.registers[self._pointer + index & 0xFF] for index in range(length))


def _direction(x, y):
    if max(abs(x), abs(y)) < 30:
        return 'tap'
    return ('right' if x > 0 else 'left') if abs(x) >= abs(y) else 'down' if y > 0 else 'up'
