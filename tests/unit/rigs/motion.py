"""What the tests of the motion part share: a QMI8658 model on a bus, the driver on it, a log and a clock to look at.

Owns no tests. `Bench` is one pin's motion side on CPython; `raw` is the bus without the driver.
"""
from array import array

from qmi8658 import FIFO_SAMPLES, QMI8658
from tests.simulator.chips.qmi8658 import QMI8658 as Chip
from tests.simulator.host import Host
from tests.simulator.traces import Rest
from tests.simulator.wires import I2CBus

ADDRESS = 0x6B
MS = 1_000_000
SECOND = 1_000_000_000


class Lines:
    """A log that remembers."""

    def __init__(self):
        self.lines = []

    def info(self, source, text):
        self.lines.append('I ' + text)

    def warning(self, source, text):
        self.lines.append('W ' + text)

    def error(self, source, text, exception=None):
        self.lines.append('E ' + text)


class Day:
    """A firmware clock of which only day and hour are asked; `day_number` and `hour_number` may be assigned."""

    def __init__(self, day=9820, hour=9):
        self.day_number, self.hour_number = day, hour

    def day(self):
        return self.day_number

    def hour(self):
        return self.hour_number


class Bench:
    """Host, bus, chip, driver and the pin of INT1; the pin lies still until `chip.source` is assigned."""

    def __init__(self, seed=0, source=None, fitted=True):
        self.host = Host(seed)
        self.clock = self.host.clock
        self.bus = I2CBus()
        self.chip = Chip(self.clock, self.host.random)
        self.chip.source = source or Rest()
        if fitted:
            self.bus.attach(self.chip, ADDRESS)
        self.i2c = self.host.i2c(self.bus)
        self.imu = QMI8658(self.i2c, ADDRESS)
        self.int1 = self.host.pin(self.chip.int1)
        self.buffer = array('h', bytes(6 * FIFO_SAMPLES))

    def run(self, coroutine):
        return self.host.run(coroutine)

    @property
    def now_ms(self):
        return self.clock.now_ns / MS

    # ---- the bus by hand ----
    def write(self, register, *values):
        self.i2c.writeto_mem(ADDRESS, register, bytes(values))

    def read(self, register, length=1):
        data = self.i2c.readfrom_mem(ADDRESS, register, length)
        return data[0] if length == 1 else data

    def command(self, code):
        """One CTRL9 command with its handshake."""
        self.write(0x0A, code)
        self.clock.advance(MS)
        assert self.read(0x2D) & 0x80, 'CmdDone is not set'
        self.write(0x0A, 0)
