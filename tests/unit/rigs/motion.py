"""What the tests of the motion part share: a sensor's model on a bus, the driver on it, a log and a clock to look at.

Owns no tests. `Bench` is one pin's motion side on CPython; `raw` is the bus without the driver.
"""
from array import array

from imu import FIFO_SAMPLES
from lsm6dso import LSM6DSO
from qmi8658_extra import FullQMI8658
from tests.simulator.chips import lsm6dso as lsm6dso_model
from tests.simulator.chips import qmi8658 as qmi8658_model
from tests.simulator.host import Host
from tests.simulator.traces import Rest
from tests.simulator.wires import I2CBus

ADDRESS = 0x6B
SENSORS = {                             # model, driver, address
    'qmi8658': (qmi8658_model.QMI8658, FullQMI8658, ADDRESS),
    'lsm6dso': (lsm6dso_model.LSM6DSO, LSM6DSO, 0x6A),
}
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

    def dated(self):
        return (self.day_number, self.hour_number) if self.day_number else None


class Bench:
    """Host, bus, chip, driver and the pin of INT1; the pin lies still until `chip.source` is assigned."""

    def __init__(self, seed=0, source=None, fitted=True, sensor='qmi8658'):
        model, driver, self.address = SENSORS[sensor]
        self.host = Host(seed)
        self.clock = self.host.clock
        self.bus = I2CBus()
        self.chip = model(self.clock, self.host.random)
        self.chip.source = source or Rest()
        if fitted:
            self.bus.attach(self.chip, self.address)
        self.i2c = self.host.i2c(self.bus)
        self.imu = driver(self.i2c, self.address)
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
