"""Driver of the QST QMI8658A motion sensor on I2C: its accelerometer, its FIFO and its motion interrupts.

Owns the chip's registers. Takes a `machine.I2C`, imports nothing of the application; used by `firmware/motion`.
Register names and bits are those of data sheet 13-52-25 rev. A. Three things that are easily got wrong:

* Configuration registers take one byte a transfer, and a burst read needs CTRL1.ADDR_AI, which is 0 after a reset.
* CTRL1.BE is 1 after a reset, and sources disagree on what it does: it is set to 0, low byte first.
* Every CTRL9 command but those of the FIFO wants the sensors off (CTRL7 = 0).

And one that is easily overlooked: samples that fall due while the FIFO is being read are dropped. A read therefore takes
no more at a time than fits between two samples, and waits for the next one before it goes on.

    imu = QMI8658(i2c)
    await imu.begin()                           # raises ImuError with a sentence
    await imu.start(250, watermark=48)          # INT1 rises when 48 samples wait
    buffer = array('h', bytes(6 * FIFO_SAMPLES))
    count = await imu.read_fifo(buffer)         # x, y, z, x, y, z, ... in mg
"""
import asyncio
import time

from micropython import const

from imu import FIFO_SAMPLES, ImuError, RegisterDevice

try:
    from samples_native import scale
except (SyntaxError, ValueError, ImportError, NameError):       # a port without machine code: text, .mpy, left out; CPython
    from samples import scale

TYPE_CHECKING = False
if TYPE_CHECKING:
    from machine import I2C

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
_RESET_STATE = const(0x4D)
_RESET = const(0x60)

_CHIP_ID = const(0x05)
_RESET_WORD = const(0xB0)
_RESET_DONE = const(0x80)
_RESET_MS = const(15)

_RUN = const(0x40 | 0x08 | 0x04)                # CTRL1: ADDR_AI, INT1 driven, FIFO interrupt on INT1; BE = 0
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

_SLICE = const(32)                              # samples read at once: 192 bytes; SensorLib reads no more than 240
_BYTE_US = const(23)                            # on the bus at 400 kHz
_COMMAND_US = const(280)                         # from its first byte until the FIFO stops, at least
_AROUND_US = const(2300)                        # of a read: the interrupt's way here, the command with its answer

# aODR by samples a second; the second half are the low-power rates
_RATES = {1000: 3, 500: 4, 250: 5, 125: 6, 62.5: 7, 31.25: 8, 128: 0xC, 21: 0xD, 11: 0xE, 3: 0xF}
_RANGES = {2: 0, 4: 1, 8: 2, 16: 3}             # g: aFS
_FIFO_SIZES = {16: 0, 32: 1, 64: 2, 128: 3}


class QMI8658(RegisterDevice):
    """The chip at `address` (0x6B with SA0 low) of `i2c`. Call `begin()` first.

    Every method may raise ImuError; the remedy is always `begin()` and `start()` again.
    `lost`: FIFO overflows so far, each of which lost samples. What a pedometer does not need, such as wake-on-motion,
    taps and the self-test, is in qmi8658_extra.FullQMI8658.
    """

    rates = _RATES

    def __init__(self, i2c: "I2C", address=0x6B):
        super().__init__(i2c, address)
        self._seen = 0                          # bits of STATUS1 that were read in passing
        self._chunk = bytearray(6 * _SLICE)
        self._shift = 9
        self._fifo_control = 0
        self._period_us = 0
        self._slice = _SLICE

    # ---- start and stop ----
    async def begin(self):
        """Identify and reset the chip; it is idle afterwards (15 uA). Takes 30 ms."""
        await asyncio.sleep_ms(_RESET_MS)       # it may have got its supply just now
        self._identify(_WHO_AM_I, _CHIP_ID, 'QMI8658')
        self._write(_RESET, _RESET_WORD)
        for _ in range(4):
            await asyncio.sleep_ms(_RESET_MS)
            if self._read(_RESET_STATE) == _RESET_DONE:
                break
        else:
            raise ImuError('The motion sensor did not come back from its reset.')
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
        self._period_us = int(1_000_000 / rate_hz)
        self._slice = max(8, min(_SLICE, (self._period_us - _AROUND_US) // (6 * _BYTE_US)))
        self._fifo_control = _FIFO_SIZES[fifo] << 2 | _STREAM
        self._write(_FIFO_WTM_TH, watermark)
        self._write(_FIFO_CTRL, self._fifo_control)
        await self._command(_CMD_RST_FIFO)
        self._set(_CTRL7, _ACCEL)
        self.check()

    # ---- samples ----
    async def read_fifo(self, buffer):
        """Move all waiting samples into `buffer` (array('h') of 3 * FIFO_SAMPLES) as x, y, z in mg, oldest first.

        Returns the number of samples. Called when INT1 rises it loses none up to 250 Hz: what does not fit between two
        samples is read after the next one.
        """
        began_us = time.ticks_us()
        self._read_into(_FIFO_SMPL_CNT, self._pair)
        words = self._pair[0] | (self._pair[1] & 3) << 8
        if self._pair[1] & _OVERFLOW:
            self.lost += 1
        count, done = min(words, len(buffer)) // 3, 0
        while done < count:
            if done:
                await self._next_sample(began_us)
            part = min(self._slice, count - done)
            await self._command(_CMD_REQ_FIFO)
            try:
                self._drain(buffer, 3 * done, 3 * part)
            finally:
                self._write(_FIFO_CTRL, self._fifo_control)     # clears RD_MODE, the FIFO fills again
            done += part
        return count

    async def _next_sample(self, began_us):
        """Wait until a whole number of sample periods after `began_us`, less what a command takes to stop the FIFO."""
        passed_us = time.ticks_diff(time.ticks_us(), began_us)
        until_us = passed_us - passed_us % self._period_us + self._period_us - _COMMAND_US
        if until_us - passed_us >= 1000:
            await asyncio.sleep_ms((until_us - passed_us) // 1000)
        wait_us = until_us - time.ticks_diff(time.ticks_us(), began_us)
        if wait_us > 0:
            time.sleep_us(wait_us)

    def _drain(self, buffer, at, words):
        self._read_into(_FIFO_DATA, memoryview(self._chunk)[:2 * words])
        scale(buffer, at, self._chunk, words, self._shift)

    def waiting(self):
        """How many samples wait in the FIFO."""
        self._read_into(_FIFO_SMPL_CNT, self._pair)
        return (self._pair[0] | (self._pair[1] & 3) << 8) // 3

    def moved(self):
        """Whether any-motion or wake-on-motion has fired since this was last asked; asking takes INT1 back."""
        seen, self._seen = self._seen | self._read(_STATUS1), 0
        return bool(seen & (_ANY_MOTION_SEEN | _WAKE_SEEN))

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
            if self._done(poll):
                break
            if poll > 2:                        # most commands have ended by now
                await asyncio.sleep_ms(1)
        else:
            raise ImuError('The motion sensor did not finish command 0x%02X.' % command)
        self._write(_CTRL9, _CMD_ACK)

    def _done(self, poll):
        if self._read(_STATUSINT) & _DONE:
            return True
        if not poll:                            # no time for older parts yet: samples may fall due and be dropped
            return False
        self._seen |= self._read(_STATUS1)
        done, self._seen = self._seen & _DONE_ON_OLD, self._seen & ~_DONE_ON_OLD
        return bool(done)
