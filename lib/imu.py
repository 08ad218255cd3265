"""What drivers of motion sensors share: registers over I2C, failures as sentences, a check of what was written.

Owns the interface, so that whoever uses one driver can use another: `qmi8658`, `lsm6dso`. All methods may raise ImuError;
the remedy is always `begin()` and `start()` again.

    rates                   samples a second that the accelerometer offers
    await begin()           identify and reset the chip
    await start(rate_hz, watermark=0, motion_mg=0, range_g=8, fifo=FIFO_SAMPLES)
    await read_fifo(buffer) -> samples, as x, y, z in mg; `lost` counts overflows
    waiting(), moved(), check()

What a pedometer does not need, the LSM6DSO has too and the QMI8658 in `qmi8658_extra.FullQMI8658`: acceleration(),
temperature_c(), power_down(), await wake_on_motion(threshold_mg), await detect_taps(), taps(), await self_test().
"""
from micropython import const

TYPE_CHECKING = False
if TYPE_CHECKING:
    from machine import I2C

FIFO_SAMPLES = const(128)                       # the most that a read of the FIFO returns


class ImuError(Exception):
    """The sensor does not answer, is another chip, or does not do what it was told; the text says which."""


class RegisterDevice:
    """A chip at `address` of `i2c`. Registers written with `_set` are kept, and compared by `check`."""

    def __init__(self, i2c: "I2C", address):
        self._i2c = i2c
        self._address = address
        self._byte = bytearray(1)
        self._pair = bytearray(2)
        self._settings = {}                     # register: value
        self.lost = 0

    def check(self):
        """Raise ImuError unless the chip is set as it was told: after a brown-out it is not, and says nothing."""
        first, last = min(self._settings), max(self._settings)
        found = bytearray(last - first + 1)
        self._read_into(first, found)
        for register, value in self._settings.items():
            if found[register - first] != value:
                raise ImuError('The motion sensor has lost its settings; its supply must have dipped.')

    def _identify(self, register, expected, name):
        chip = self._read(register)
        if chip != expected:
            raise ImuError('The chip at 0x%02X is not a %s: it says 0x%02X instead of 0x%02X.'
                           % (self._address, name, chip, expected))

    def _set(self, register, value):
        """Write a control register that `check` looks after."""
        self._settings[register] = value
        self._write(register, value)

    def _write(self, register, value):
        self._byte[0] = value
        try:
            self._i2c.writeto_mem(self._address, register, self._byte)
        except OSError as error:
            raise self._failed(error)

    def _read(self, register):
        self._read_into(register, self._byte)
        return self._byte[0]

    def _read_into(self, register, buffer):
        try:
            self._i2c.readfrom_mem_into(self._address, register, buffer)
        except OSError as error:
            raise self._failed(error)

    def _failed(self, error):
        return ImuError('The motion sensor at 0x%02X does not answer (%s).' % (self._address, error))
