"""Driver of the ST LSM6DSO motion sensor on I2C: its accelerometer, its FIFO and its wake-up interrupt.

Owns the chip's registers; takes a `machine.I2C`, imports nothing of the application. The same interface as `qmi8658` (see
`imu`), so that a board may have either. Register names and bits are those of the data sheet (DocID 030891) and of ST's own
lsm6dso_reg.h; application note AN5192 tells how they work together. What differs from the QMI8658:

* The FIFO holds 512 words of seven bytes, a tag and a sample, and goes on filling while it is read.
* The wake-up engine compares half of the change between samples, in steps of 1/256 of the range (WAKE_THS_W = 1): at
  +-8 g that is 62.5 mg, at +-2 g 15.6 mg.
* With INT_CLR_ON_READ and LIR the interrupt stays until WAKE_UP_SRC is read.
"""
import asyncio
import struct

from micropython import const

from imu import FIFO_SAMPLES, ImuError, RegisterDevice

TYPE_CHECKING = False
if TYPE_CHECKING:
    from machine import I2C

_FIFO_CTRL1 = const(0x07)
_FIFO_CTRL3 = const(0x09)
_FIFO_CTRL4 = const(0x0A)
_INT1_CTRL = const(0x0D)
_WHO_AM_I = const(0x0F)
_CTRL1_XL = const(0x10)
_CTRL2_G = const(0x11)
_CTRL3_C = const(0x12)
_CTRL5_C = const(0x14)
_CTRL6_C = const(0x15)
_CTRL9_XL = const(0x18)
_WAKE_UP_SRC = const(0x1B)
_TAP_SRC = const(0x1C)
_OUT_TEMP_L = const(0x20)
_OUTX_L_A = const(0x28)
_FIFO_STATUS1 = const(0x3A)
_TAP_CFG0 = const(0x56)
_TAP_CFG1 = const(0x57)
_TAP_CFG2 = const(0x58)
_TAP_THS_6D = const(0x59)
_INT_DUR2 = const(0x5A)
_WAKE_UP_THS = const(0x5B)
_WAKE_UP_DUR = const(0x5C)
_MD1_CFG = const(0x5E)
_FIFO_DATA_OUT_TAG = const(0x78)

_CHIP_ID = const(0x6C)
_BOOT_MS = const(10)
_SW_RESET = const(0x01)                         # CTRL3_C, clears itself
_BDU_IF_INC = const(0x44)                       # CTRL3_C: whole samples only, addresses count up
_I3C_OFF = const(0xE2)                          # CTRL9_XL: its reset value and I3C_disable, as the data sheet advises
_LOW_POWER = const(0x10)                        # CTRL6_C.XL_HM_MODE: no high-performance mode
_FIFO_TH = const(0x08)                          # INT1_CTRL
_CONTINUOUS = const(6)                          # FIFO_CTRL4: the oldest sample gives way
_LATCHED = const(0x41)                          # TAP_CFG0: LIR, INT_CLR_ON_READ; the slope filter, not the high-pass
_INTERRUPTS_ENABLE = const(0x80)                # TAP_CFG2
_FINE = const(0x10)                             # WAKE_UP_DUR.WAKE_THS_W: thresholds of 1/256 of the range
_INT1_WU = const(0x20)                          # MD1_CFG
_WU_IA = const(0x08)                            # WAKE_UP_SRC
_OVERFLOW = const(0x08)                         # FIFO_STATUS2: over_run_latched
_ACCELEROMETER = const(0x02)                    # the FIFO's tag

_WORD = const(7)                                # bytes of the FIFO's
_SLICE = const(27)                              # words read at once: 189 bytes

# ODR_XL by samples a second; those up to 52 Hz are also had at low power
_RATES = {416: 6, 208: 5, 104: 4, 52: 3, 26: 2, 12.5: 1}
_RANGES = {2: 0, 4: 2, 8: 3, 16: 1}             # g: FS_XL
_DATA_SHEET_UG = const(61)                      # micro-g a step at +-2 g

_SELF_TEST_LEAST_MG, _SELF_TEST_MOST_MG = const(50), const(1700)
_INT1_TAPS = const(0x48)                        # MD1_CFG: single and double tap


class LSM6DSO(RegisterDevice):
    """The chip at `address` (0x6A with SA0 low) of `i2c`. Call `begin()` first. Methods as in `imu`."""

    rates = _RATES

    def __init__(self, i2c: "I2C", address=0x6A):
        super().__init__(i2c, address)
        self._words = bytearray(_WORD * _SLICE)
        self._range_g = 8
        self._keep = FIFO_SAMPLES

    # ---- start and stop ----
    async def begin(self):
        """Identify and reset the chip; it is powered down afterwards (3 uA). Takes 20 ms."""
        await asyncio.sleep_ms(_BOOT_MS)        # it may have got its supply just now
        self._identify(_WHO_AM_I, _CHIP_ID, 'LSM6DSO')
        self._write(_CTRL3_C, _SW_RESET)
        await asyncio.sleep_ms(_BOOT_MS)
        if self._read(_CTRL3_C) & _SW_RESET:
            raise ImuError('The motion sensor did not come back from its reset.')
        self._settings.clear()
        self._set(_CTRL3_C, _BDU_IF_INC)
        self._set(_CTRL9_XL, _I3C_OFF)
        self._set(_CTRL2_G, 0)
        self._set(_CTRL1_XL, 0)
        self.check()

    async def start(self, rate_hz, watermark=0, motion_mg=0, range_g=8, fifo=FIFO_SAMPLES):
        """Sample the accelerometer at `rate_hz` into the FIFO; reading gives the latest `fifo` samples.

        rate_hz: 416, 208, 104, 52, 26, 12.5, all in high-performance mode (170 uA).
        watermark: INT1 is high while at least so many samples wait; 0: never.
        motion_mg: INT1 also rises when an axis changes by more than this from one sample to the next, in steps of 1/128 of
        the range, until `moved()` is asked; 0: never. Raises ValueError for a rate, range or size that the chip has not.
        """
        if rate_hz not in _RATES or range_g not in _RANGES or not 0 < fifo <= FIFO_SAMPLES:
            raise ValueError('the LSM6DSO has no %s Hz, +-%s g or FIFO of %s' % (rate_hz, range_g, fifo))
        self._stop()
        self._keep, self._range_g = fifo, range_g
        self._set(_CTRL6_C, 0)
        self._write(_FIFO_CTRL1, watermark)     # nine bits; the ninth is never wanted
        self._set(_INT1_CTRL, _FIFO_TH if watermark else 0)
        self._set_motion(motion_mg)
        self._set(_FIFO_CTRL3, _RATES[rate_hz])
        self._set(_FIFO_CTRL4, _CONTINUOUS)
        self._set(_CTRL1_XL, _RATES[rate_hz] << 4 | _RANGES[range_g] << 2)
        self.check()

    async def wake_on_motion(self, threshold_mg, rate_hz=26):
        """Sample at low power, without samples to be had, only to raise INT1 at a change of more than `threshold_mg`.

        `moved()` takes INT1 back; `start` ends this mode. Raises ValueError for a rate above 52 Hz.
        """
        if rate_hz not in (52, 26, 12.5):
            raise ValueError('wake-on-motion wants 52, 26 or 12.5 samples a second, not %s' % rate_hz)
        self._stop()
        self._range_g = 2
        self._set(_CTRL6_C, _LOW_POWER)
        self._set(_INT1_CTRL, 0)
        self._set_motion(threshold_mg)
        self._set(_CTRL1_XL, _RATES[rate_hz] << 4 | _RANGES[2] << 2)

    def power_down(self):
        """Switch everything off but the bus (3 uA). `start` wakes it."""
        self._stop()

    def _stop(self):
        self._set(_CTRL1_XL, 0)
        self._set(_FIFO_CTRL4, 0)               # bypass empties it
        self._set(_FIFO_CTRL3, 0)

    # ---- samples ----
    async def read_fifo(self, buffer):
        """Move the waiting samples, at most the latest `fifo`, into `buffer` as x, y, z in mg, oldest first; returns how many.

        At most a slice of 5 ms of bus time blocks at once.
        """
        waiting = self.waiting()
        if self._pair[1] & _OVERFLOW:
            self.lost += 1
        skip, done = max(0, waiting - self._keep), 0
        wanted = min(waiting, skip + len(buffer) // 3)
        while wanted:
            part = min(_SLICE, wanted)
            self._read_into(_FIFO_DATA_OUT_TAG, memoryview(self._words)[:_WORD * part])
            for word in range(min(part, skip), part):
                self._take(buffer, 3 * done, word)
                done += 1
            skip -= min(part, skip)
            wanted -= part
            if wanted:
                await asyncio.sleep_ms(0)
        return done

    def _take(self, buffer, at, word):
        tag, x, y, z = struct.unpack_from('<B3h', self._words, _WORD * word)
        if tag >> 3 != _ACCELEROMETER:
            raise ImuError('The motion sensor\'s FIFO holds what nobody asked for (tag %d).' % (tag >> 3))
        scale = _DATA_SHEET_UG * self._range_g // 2
        buffer[at] = x * scale // 1000
        buffer[at + 1] = y * scale // 1000
        buffer[at + 2] = z * scale // 1000

    def waiting(self):
        """How many samples wait in the FIFO."""
        self._read_into(_FIFO_STATUS1, self._pair)
        return self._pair[0] | (self._pair[1] & 3) << 8

    def acceleration(self):
        """The latest sample: (x, y, z) in mg."""
        data = bytearray(6)
        self._read_into(_OUTX_L_A, data)
        return tuple(value * _DATA_SHEET_UG * self._range_g // 2000 for value in struct.unpack('<3h', data))

    def moved(self):
        """Whether the wake-up engine has fired since this was last asked; asking takes INT1 back."""
        return bool(self._read(_WAKE_UP_SRC) & _WU_IA)

    def taps(self):
        """2 after a double tap since this was last asked, 1 after a single one, else 0."""
        seen = self._read(_TAP_SRC) >> 4 & 3
        return 2 if seen & 1 else seen >> 1

    def temperature_c(self):
        """The chip's temperature in whole degrees."""
        self._read_into(_OUT_TEMP_L, self._pair)
        return (struct.unpack('<h', self._pair)[0] + 128 >> 8) + 25

    # ---- engines ----
    def _set_motion(self, threshold_mg):
        """Wake-up at a change of `threshold_mg` between two samples of any axis; 0: off."""
        steps = max(1, min(63, threshold_mg * 128 // (1000 * self._range_g)))
        self._set(_TAP_CFG0, _LATCHED)
        self._set(_WAKE_UP_THS, steps)
        self._set(_WAKE_UP_DUR, _FINE)
        self._set(_MD1_CFG, _INT1_WU if threshold_mg else 0)
        self._set(_TAP_CFG2, _INTERRUPTS_ENABLE if threshold_mg else 0)
        self.moved()                            # what was seen before does not count

    async def detect_taps(self):
        """Have the chip tell taps on its case, on INT1 and by `taps()`, until the next `start`; wants 416 Hz.

        Values of AN5192: 1/8 of the range on each axis, 38 ms of shock, 19 ms of quiet, 0.5 s to the second tap."""
        self._set(_TAP_CFG0, _LATCHED | 0x0E)
        self._set(_TAP_CFG1, 4)
        self._set(_TAP_CFG2, _INTERRUPTS_ENABLE | 4)
        self._set(_TAP_THS_6D, 4)
        self._set(_INT_DUR2, 0x7A)              # in units of 32, 4 and 8 samples
        self._set(_WAKE_UP_THS, 0x80 | self._settings[_WAKE_UP_THS] & 0x3F)
        self._set(_MD1_CFG, _INT1_TAPS)

    async def self_test(self):
        """Have the chip push its own proof mass; raises ImuError where an axis does not move. `start` it again after.

        As AN5192 has it: 52 Hz, +-4 g, five samples with and five without, 0.3 s."""
        self._stop()
        self._range_g = 4
        self._set(_CTRL1_XL, _RATES[52] << 4 | _RANGES[4] << 2)
        try:
            still = await self._mean_of_five()
            self._set(_CTRL5_C, 1)              # ST_XL: positive
            pushed = await self._mean_of_five()
        finally:
            self._set(_CTRL5_C, 0)
            self._stop()
        for axis, one, other in zip('xyz', still, pushed):
            moved_mg = abs(other - one)
            if not _SELF_TEST_LEAST_MG <= moved_mg <= _SELF_TEST_MOST_MG:
                raise ImuError('The motion sensor fails its self-test: axis %s moves by %d mg.' % (axis, moved_mg))

    async def _mean_of_five(self):
        await asyncio.sleep_ms(100)
        sums = [0, 0, 0]
        for _ in range(5):
            await asyncio.sleep_ms(20)
            for axis, value in enumerate(self.acceleration()):
                sums[axis] += value
        return [total // 5 for total in sums]
