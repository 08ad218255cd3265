"""Driver of the QST QMI8658A motion sensor on I2C: its accelerometer, its FIFO and its motion interrupts.

Owns the chip's registers. Takes a `machine.I2C`, imports nothing of the application; used by `firmware/motion`.
Register names and bits are those of data sheet 13-52-25 rev. A. Three things that are easily got wrong:

* Configuration registers take one byte a transfer, and a burst read needs CTRL1.ADDR_AI, which is 0 after a reset.
* CTRL1.BE is 1 after a reset, and sources disagree on what it does: it is set to 0, low byte first.
* Every CTRL9 command but those of the FIFO wants the sensors off (CTRL7 = 0).

    imu = QMI8658(i2c)
    await imu.begin()                           # raises QMI8658Error with a sentence
    await imu.start(125, watermark=32)          # INT1 rises when 32 samples wait
    buffer = array('h', bytes(6 * FIFO_SAMPLES))
    count = await imu.read_fifo(buffer)         # x, y, z, x, y, z, ... in mg
"""
import asyncio
import struct
from array import array

from micropython import const

TYPE_CHECKING = False
if TYPE_CHECKING:
    from machine import I2C

FIFO_SAMPLES = const(128)                       # the most that a read returns

_WHO_AM_I = const(0x00)
_CTRL1 = const(0x02)
_CTRL2 = const(0x03)
_CTRL5 = const(0x06)
_CTRL7 = const(0x08)
_CTRL8 = const(0x09)
_CTRL9 = const(0x0A)
_CAL1_L = const(0x0B)
_CAL1_H = const(0x0C)
_CAL4_H = const(0x12)
_FIFO_WTM_TH = const(0x13)
_FIFO_CTRL = const(0x14)
_FIFO_SMPL_CNT = const(0x15)
_FIFO_DATA = const(0x17)
_STATUSINT = const(0x2D)
_STATUS1 = const(0x2F)
_TEMP_L = const(0x33)
_AX_L = const(0x35)
_RESET_STATE = const(0x4D)
_RESET = const(0x60)

_CHIP_ID = const(0x05)
_RESET_WORD = const(0xB0)
_RESET_DONE = const(0x80)
_RESET_MS = const(15)

_RUN = const(0x40 | 0x08 | 0x04)                # CTRL1: ADDR_AI, INT1 driven, FIFO interrupt on INT1; BE = 0
_POWER_DOWN = const(0x40 | 0x01)                # CTRL1: ADDR_AI, SensorDisable
_ACCEL = const(0x01)                            # CTRL7: accelerometer on, SyncSample off
_DONE_BY_STATUS = const(0x80)                   # CTRL8: a command's end shows in STATUSINT, not on INT1
_ON_INT1 = const(0x40)                          # CTRL8: motion engine on INT1
_ANY_MOTION = const(0x02)                       # CTRL8
_ANY_MOTION_SEEN = const(0x20)                  # STATUS1
_WAKE_SEEN = const(0x04)                        # STATUS1
_DONE = const(0x80)                             # STATUSINT: a CTRL9 command has ended ...
_DONE_ON_OLD = const(0x01)                      # ... STATUS1, where older parts show it
_OVERFLOW = const(0x20)                         # FIFO_STATUS
_STREAM = const(2)                              # FIFO_CTRL: the oldest sample gives way

_CMD_ACK = const(0x00)
_CMD_RST_FIFO = const(0x04)
_CMD_REQ_FIFO = const(0x05)
_CMD_WOM = const(0x08)
_CMD_MOTION = const(0x0E)
_COMMAND_POLLS = const(100)                     # 1 ms apart

_CHUNK = const(192)                             # bytes of a FIFO burst; SensorLib reads no more than 240

# aODR by samples a second; the second half are the low-power rates
_RATES = {1000: 3, 500: 4, 250: 5, 125: 6, 62.5: 7, 31.25: 8, 128: 0xC, 21: 0xD, 11: 0xE, 3: 0xF}
_LOW_POWER = const(0xC)
_RANGES = {2: 0, 4: 1, 8: 2, 16: 3}             # g: aFS
_FIFO_SIZES = {16: 0, 32: 1, 64: 2, 128: 3}
_CHECKED = (_CTRL1, _CTRL2, _CTRL5, _CTRL7, _CTRL8)     # what this driver sets; the rest is reserved or the gyroscope's


class QMI8658Error(Exception):
    """The sensor does not answer, is another chip, or does not do what it was told; the text says which."""


class QMI8658:
    """The chip at `address` (0x6B with SA0 low) of `i2c`. Call `begin()` first.

    Every method may raise QMI8658Error; the remedy is always `begin()` and `start()` again.
    `lost`: FIFO overflows so far, each of which lost samples.
    """

    def __init__(self, i2c: "I2C", address=0x6B):
        self._i2c = i2c
        self._address = address
        self._byte = bytearray(1)
        self._pair = bytearray(2)
        self._settings = bytearray(_CTRL8 - _CTRL1 + 1)
        self._expected = bytearray(len(self._settings))
        self._seen = 0                          # bits of STATUS1 that were read in passing
        self._chunk = bytearray(_CHUNK)
        self._shift = 9
        self._fifo_control = 0
        self.lost = 0

    # ---- start and stop ----
    async def begin(self):
        """Identify and reset the chip; it is idle afterwards (15 uA). Takes 30 ms."""
        await asyncio.sleep_ms(_RESET_MS)       # it may have got its supply just now
        chip = self._read(_WHO_AM_I)
        if chip != _CHIP_ID:
            raise QMI8658Error('The chip at 0x%02X is not a QMI8658: it says 0x%02X instead of 0x%02X.'
                               % (self._address, chip, _CHIP_ID))
        self._write(_RESET, _RESET_WORD)
        for _ in range(4):
            await asyncio.sleep_ms(_RESET_MS)
            if self._read(_RESET_STATE) == _RESET_DONE:
                break
        else:
            raise QMI8658Error('The motion sensor did not come back from its reset.')
        self._set(_CTRL1, _RUN)
        for register in (_CTRL2, _CTRL5, _CTRL7):
            self._set(register, 0)
        self._set(_CTRL8, _DONE_BY_STATUS)
        self.check()

    async def start(self, rate_hz, watermark=0, motion_mg=0, range_g=8, fifo=FIFO_SAMPLES):
        """Sample the accelerometer at `rate_hz` into the FIFO of `fifo` samples; the latest ones stay.

        rate_hz: 1000, 500, 250, 125, 62.5, 31.25 (182 to 132 uA) or the low-power 128, 21, 11, 3 (55 to 30 uA).
        watermark: INT1 is high while at least so many samples wait; 0: never.
        motion_mg: INT1 also rises when an axis changes by more than this from one sample to the next, in steps of
        31.25 mg, until `moved()` is asked; 0: never. The first sample comes after 3 ms and three periods.
        Raises ValueError for a rate, range or size that the chip does not have.
        """
        if rate_hz not in _RATES or range_g not in _RANGES or fifo not in _FIFO_SIZES:
            raise ValueError('the QMI8658 has no %s Hz, +-%s g or FIFO of %s' % (rate_hz, range_g, fifo))
        self._set(_CTRL7, 0)
        self._set(_CTRL1, _RUN)
        await self._set_wake(0, 0)
        await self._set_motion(motion_mg)
        self._set(_CTRL2, _RANGES[range_g] << 4 | _RATES[rate_hz])
        self._set(_CTRL5, 0)                    # no low-pass filter of its own: 27.5 % of the rate
        self._shift = 11 - _RANGES[range_g]     # 1000 mg / (16384 >> aFS) = 125 / 2 ** shift
        self._fifo_control = _FIFO_SIZES[fifo] << 2 | _STREAM
        self._write(_FIFO_WTM_TH, watermark)
        self._write(_FIFO_CTRL, self._fifo_control)
        await self._command(_CMD_RST_FIFO)
        self._set(_CTRL7, _ACCEL)
        self.check()

    async def wake_on_motion(self, threshold_mg, rate_hz=21, blanking=4):
        """Sample at a low-power rate only to turn INT1 over when an axis changes by more than `threshold_mg` (1-255).

        No samples are to be had meanwhile. `moved()` turns INT1 back; `start` ends this mode.
        Raises ValueError for a rate that is no low-power one.
        """
        if _RATES.get(rate_hz, 0) < _LOW_POWER:
            raise ValueError('wake-on-motion wants 128, 21, 11 or 3 samples a second, not %s' % rate_hz)
        self._set(_CTRL7, 0)
        self._set(_CTRL1, _RUN)
        await self._set_motion(0)
        self._set(_CTRL2, _RATES[rate_hz])
        await self._set_wake(threshold_mg, blanking)
        self._set(_CTRL7, _ACCEL)

    def power_down(self):
        """Switch everything off but the bus (6 uA). `begin` wakes it."""
        self._set(_CTRL7, 0)
        self._set(_CTRL1, _POWER_DOWN)

    # ---- samples ----
    async def read_fifo(self, buffer):
        """Move all waiting samples into `buffer` (array('h') of 3 * FIFO_SAMPLES) as x, y, z in mg, oldest first.

        Returns the number of samples. Samples that fall due while this reads (23 us a byte) are dropped by the chip.
        """
        self._read_into(_FIFO_SMPL_CNT, self._pair)
        words = self._pair[0] | (self._pair[1] & 3) << 8
        if self._pair[1] & _OVERFLOW:
            self.lost += 1
        count = min(words, len(buffer)) // 3
        if count:
            await self._command(_CMD_REQ_FIFO)
            try:
                self._drain(buffer, count * 3)
            finally:
                self._write(_FIFO_CTRL, self._fifo_control)     # clears RD_MODE, the FIFO fills again
        return count

    def _drain(self, buffer, words):
        done, shift, view = 0, self._shift, memoryview(self._chunk)
        while done < words:
            part = min(words - done, _CHUNK // 2)
            self._read_into(_FIFO_DATA, view[:2 * part])
            values = array('h', self._chunk)    # little-endian on the wire, on the board and on every host of the tests
            for index in range(part):
                buffer[done + index] = values[index] * 125 >> shift
            done += part

    def waiting(self):
        """How many samples wait in the FIFO."""
        self._read_into(_FIFO_SMPL_CNT, self._pair)
        return (self._pair[0] | (self._pair[1] & 3) << 8) // 3

    def acceleration(self):
        """The latest sample: (x, y, z) in mg."""
        data = bytearray(6)
        self._read_into(_AX_L, data)
        return tuple(value * 125 >> self._shift for value in struct.unpack('<3h', data))

    def moved(self):
        """Whether any-motion or wake-on-motion has fired since this was last asked; asking takes INT1 back."""
        seen, self._seen = self._seen | self._read(_STATUS1), 0
        return bool(seen & (_ANY_MOTION_SEEN | _WAKE_SEEN))

    def temperature_c(self):
        """The chip's temperature in whole degrees."""
        self._read_into(_TEMP_L, self._pair)
        return struct.unpack('<h', self._pair)[0] + 128 >> 8

    def check(self):
        """Raise QMI8658Error unless the chip is set as it was told: after a brown-out it is not, and says nothing."""
        self._read_into(_CTRL1, self._settings)
        if any(self._settings[register - _CTRL1] != self._expected[register - _CTRL1] for register in _CHECKED):
            raise QMI8658Error('The motion sensor has lost its settings; its supply must have dipped.')

    # ---- engines ----
    async def _set_motion(self, threshold_mg):
        """Any-motion on any axis, one sample long (two pages of CTRL_CMD_CONFIGURE_MOTION); 0: off."""
        self._set(_CTRL8, _DONE_BY_STATUS)
        if not threshold_mg:
            return
        threshold = max(1, min(255, threshold_mg * 32 // 1000))
        for page, values in ((1, (threshold, threshold, threshold, 0, 0, 0, 0x07)), (2, (1, 1, 1, 0, 1, 0, 0))):
            for offset, value in enumerate(values):
                self._write(_CAL1_L + offset, value)
            self._write(_CAL4_H, page)
            await self._command(_CMD_MOTION)
        self._set(_CTRL8, _DONE_BY_STATUS | _ON_INT1 | _ANY_MOTION)
        self.moved()                            # what was seen before does not count

    async def _set_wake(self, threshold_mg, blanking):
        """Wake-on-motion, shown on INT1, which idles low; 0: off."""
        self._write(_CAL1_L, threshold_mg)
        self._write(_CAL1_H, blanking)
        await self._command(_CMD_WOM)

    async def _command(self, command):
        """One CTRL9 command: write it, wait for CmdDone, acknowledge."""
        self._write(_CTRL9, command)
        for poll in range(_COMMAND_POLLS):
            if self._done():
                break
            if poll > 2:                        # most commands have ended by now
                await asyncio.sleep_ms(1)
        else:
            raise QMI8658Error('The motion sensor did not finish command 0x%02X.' % command)
        self._write(_CTRL9, _CMD_ACK)

    def _done(self):
        if self._read(_STATUSINT) & _DONE:
            return True
        self._seen |= self._read(_STATUS1)
        done, self._seen = self._seen & _DONE_ON_OLD, self._seen & ~_DONE_ON_OLD
        return bool(done)

    # ---- bus ----
    def _set(self, register, value):
        """Write a control register that `check` looks after."""
        self._expected[register - _CTRL1] = value
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
        return QMI8658Error('The motion sensor at 0x%02X does not answer (%s).' % (self._address, error))
