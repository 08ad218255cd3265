"""The QMI8658 with all that a pedometer does not need: wake-on-motion, power-down, taps, self-test, temperature.

Owns nothing more than `qmi8658` does; whoever has a use for it takes FullQMI8658 in place of QMI8658. Data sheet 13-52-25
rev. A: wake-on-motion (CTRL_CMD_WRITE_WOM_SETTING), self-test (CTRL2.aST), CTRL_CMD_CONFIGURE_TAP.
"""
import asyncio
import struct

from micropython import const

from imu import ImuError
from qmi8658 import QMI8658

_CTRL1 = const(0x02)
_CTRL2 = const(0x03)
_CTRL7 = const(0x08)
_CTRL8 = const(0x09)
_CAL1_L = const(0x0B)
_CAL4_H = const(0x12)
_STATUSINT = const(0x2D)
_STATUS1 = const(0x2F)
_TEMP_L = const(0x33)
_AX_L = const(0x35)
_DVX_L = const(0x51)
_TAP_STATUS = const(0x59)

_RUN = const(0x40 | 0x08 | 0x04)                # CTRL1: as in qmi8658
_POWER_DOWN = const(0x40 | 0x01)                # CTRL1: ADDR_AI, SensorDisable
_ACCEL = const(0x01)                            # CTRL7
_LOW_POWER_RATES = (128, 21, 11, 3)
_TAP_SEEN = const(0x02)                         # STATUS1
_ADDR_AI, _SELF_TEST, _RATE_1000_HZ = const(0x40), const(0x80), const(3)
_AVAILABLE = const(0x01)                        # STATUSINT: INT2's level, which is the result's handshake
_RESULT_POLLS = const(100)                      # 2 ms apart
_LEAST_MG = const(200)                          # on each axis; the result is in 1/2048 g

_CMD_TAP = const(0x0C)
_TAP_ON = const(0x80 | 0x40 | 0x01)             # CTRL8: commands by STATUSINT, engines on INT1, tap


class FullQMI8658(QMI8658):
    """As QMI8658, and more."""

    async def wake_on_motion(self, threshold_mg, rate_hz=21, blanking=4):
        """Sample at a low-power rate only to turn INT1 over when an axis changes by more than `threshold_mg` (1-255).

        No samples are to be had meanwhile. `moved()` turns INT1 back; `start` ends this mode.
        Raises ValueError for a rate that is no low-power one.
        """
        if rate_hz not in _LOW_POWER_RATES:
            raise ValueError('wake-on-motion wants 128, 21, 11 or 3 samples a second, not %s' % rate_hz)
        self._set(_CTRL7, 0)
        self._set(_CTRL1, _RUN)
        await self._set_motion(0)
        self._set(_CTRL2, self.rates[rate_hz])
        await self._set_wake(threshold_mg, blanking)
        self._set(_CTRL7, _ACCEL)

    def power_down(self):
        """Switch everything off but the bus (6 uA). `begin` wakes it."""
        self._set(_CTRL7, 0)
        self._set(_CTRL1, _POWER_DOWN)

    def acceleration(self):
        """The latest sample: (x, y, z) in mg."""
        data = bytearray(6)
        self._read_into(_AX_L, data)
        return tuple(value * 125 >> self._shift for value in struct.unpack('<3h', data))

    def taps(self):
        """2 after a double tap since this was last asked, 1 after a single one, else 0."""
        seen = self._seen | self._read(_STATUS1)
        self._seen = seen & ~_TAP_SEEN
        return self._read(_TAP_STATUS) & 3 if seen & _TAP_SEEN else 0

    def temperature_c(self):
        """The chip's temperature in whole degrees."""
        self._read_into(_TEMP_L, self._pair)
        return struct.unpack('<h', self._pair)[0] + 128 >> 8

    async def self_test(self):
        """Have the chip push its own proof mass, 60 ms; raises ImuError where an axis does not move. `start` it after."""
        self._set(_CTRL7, 0)
        self._set(_CTRL1, _ADDR_AI)
        self._write(_CTRL2, _SELF_TEST | _RATE_1000_HZ)
        try:
            await self._result_is(_AVAILABLE)
        finally:
            self._write(_CTRL2, _RATE_1000_HZ)
        await self._result_is(0)
        result = bytearray(6)
        self._read_into(_DVX_L, result)
        for axis, value in zip('xyz', struct.unpack('<3h', result)):
            moved_mg = abs(value) * 125 >> 8
            if moved_mg < _LEAST_MG:
                raise ImuError('The motion sensor fails its self-test: axis %s moves by %d mg only.' % (axis, moved_mg))

    async def _result_is(self, wanted):
        for _ in range(_RESULT_POLLS):
            await asyncio.sleep_ms(2)
            if self._read(_STATUSINT) & _AVAILABLE == wanted:
                return
        raise ImuError('The motion sensor did not end its self-test.')

    async def detect_taps(self):
        """Have the chip tell taps on its case, on INT1 and by `taps()`, in place of any-motion and until the next `start`;
        wants 250 Hz or more. Values of the data sheet's example: a peak of 0.8 g^2 within 40 ms, 100 ms of quiet below
        0.4 g^2, a second tap within 500 ms."""
        def samples(duration_ms):
            return duration_ms * 1000 // self._period_us

        quiet, double = samples(100), samples(500)
        self._set(_CTRL7, 0)
        for page, values in ((1, (samples(40), 0, quiet & 255, quiet >> 8, double & 255, double >> 8, 0)),
                             (2, (8, 32, 819 & 255, 819 >> 8, 410 & 255, 410 >> 8, 0))):
            for offset, value in enumerate(values):
                self._write(_CAL1_L + offset, value)
            self._write(_CAL4_H, page)
            await self._command(_CMD_TAP)
        self._set(_CTRL8, _TAP_ON)
        self.taps()                                 # what was seen before does not count
        self._set(_CTRL7, 1)
