"""The LSM6DSO as its I2C bus and its INT1 line see it.

Owns registers, FIFO, engines, line, power and faults; attach it to an I2CBus at 0x6A (SA0 low) or 0x6B. Modelled: software
reset, rates and ranges of the accelerometer, the FIFO with tags, watermark, overrun and the burst that rolls over from 0x7E
to 0x78, wake-up by half the slope with its two threshold weights, single and double tap, latching and clear-on-read,
self-test, power-down. Not modelled: the gyroscope, compression, other FIFO sources, INT2, sleep detection, 6D, embedded
functions, SPI. Faults as the QMI8658's: `no_answer`, `brown_out`, `fifo_stuck`, `self_test_mg`, `who_am_i`, `power_off`.
"""
from collections import deque

from tests.simulator.chips.lsm6dso import registers as r
from tests.simulator.chips.qmi8658.motion import AnyMotion, Tap
from tests.simulator.chips.qmi8658.sampling import LOOK_AHEAD, Sampling
from tests.simulator.chips.sensor import Sensor

START_PERIODS = 1                       # the first sample after the accelerometer is switched on
SKIP_FROM = 1024                        # samples; of more than this only the latest are made, where nobody can tell


class LSM6DSO(Sensor):
    """`source` feeds it (see qmi8658.sampling)."""

    NAME = 'LSM6DSO'

    def __init__(self, clock, rng=None):
        super().__init__(clock, rng)
        self.who_am_i = r.RESET_VALUES[r.WHO_AM_I]
        self.self_test_mg = [300, 280, 350]     # how far each axis moves under self-test
        self.temperature_c = 25.0
        self.resets = self.bytes_read = 0
        self.sampling = Sampling()
        self._stuck, self._timer = False, None
        self._reset()

    # ---- the world's side ----
    @property
    def source(self):
        return self.sampling.source

    @source.setter
    def source(self, source):
        self._settle()
        self.sampling.source = source
        if hasattr(source, 'watch'):
            source.watch(self.source_changed)
        self.source_changed()

    def source_changed(self):
        """The source's future is another now: look at it again."""
        self._settle()
        self._look_again()
        self._plan()

    @property
    def fifo_stuck(self):
        """Fault: no sample reaches the FIFO."""
        return self._stuck

    @fifo_stuck.setter
    def fifo_stuck(self, stuck):
        self._settle()
        self._stuck = stuck
        self._plan()

    @property
    def samples_lost(self):
        """Samples that overran the FIFO; none is lost by reading."""
        return self._lost, 0

    def supply_ua(self):
        """The supply current at 1.8 V."""
        if not self._powered:
            return 0
        if not self._registers[r.CTRL1_XL] >> 4:
            return r.POWER_DOWN_UA
        return r.LOW_POWER_UA if self._registers[r.CTRL6_C] & r.XL_HM_MODE else r.HIGH_PERFORMANCE_UA

    # ---- the bus ----
    def i2c_write(self, data):
        """A write transfer: register pointer, then bytes for it and the following ones."""
        self._acknowledge()
        self._settle()
        if data:
            self._pointer = data[0]
        for offset, value in enumerate(data[1:]):
            self._write(data[0] + offset, value)
        self._show()

    def i2c_read(self, length):
        """A read transfer from the register pointer on."""
        self._acknowledge()
        self._settle()
        self.bytes_read += length
        if length > 1 and not self._registers[r.CTRL3_C] & r.IF_INC:
            self._complain('a burst was read with IF_INC = 0')
        data = bytearray()
        for _ in range(length):
            data.append(self._value(self._pointer))
            self._pointer = r.FIFO_DATA_OUT_TAG if self._pointer == r.FIFO_LAST else self._pointer + 1
        self._show()
        return bytes(data)

    # ---- reading registers ----
    def _value(self, register):
        if register >= r.FIFO_DATA_OUT_TAG:
            return self._fifo_byte(register - r.FIFO_DATA_OUT_TAG)
        if r.OUTX_L_A <= register < r.OUTX_L_A + 6:
            return self._encoded(self._felt(self._last_mg))[register - r.OUTX_L_A]
        if register in (r.OUT_TEMP_L, r.OUT_TEMP_L + 1):
            pair = int((self.temperature_c - 25) * 256).to_bytes(2, 'little', signed=True)
            return pair[register - r.OUT_TEMP_L]
        if register in (r.WAKE_UP_SRC, r.TAP_SRC):
            value, self._sources[register] = self._sources[register], 0
            return value
        if register == r.FIFO_STATUS1:
            return len(self._fifo) & 0xFF
        if register == r.FIFO_STATUS2:
            overrun, self._overrun = self._overrun, False
            bits = self._at_watermark() * r.FIFO_WTM | overrun * (r.FIFO_OVR | r.OVER_RUN_LATCHED)
            return bits | (len(self._fifo) >= r.DEPTH) * r.FIFO_FULL | len(self._fifo) >> 8
        return self._registers[register]

    def _fifo_byte(self, place):
        if place == 0:
            if not self._fifo:
                self._complain('the FIFO was read though it was empty')
                return 0
            return r.ACCELEROMETER_TAG << 3
        value = self._fifo[0][place - 1] if self._fifo else 0
        if place == r.WORD - 1 and self._fifo:
            self._fifo.popleft()
        return value

    def _felt(self, sample_mg):
        """With the push of the self-test."""
        if not self._registers[r.CTRL5_C] & r.ST_XL:
            return sample_mg
        return tuple(value + push for value, push in zip(sample_mg, self.self_test_mg))

    @property
    def _range_g(self):
        return r.RANGES_G[self._registers[r.CTRL1_XL] >> 2 & 3]

    def _encoded(self, sample_mg):
        step_mg = r.STEP_MG_AT_2G * self._range_g / 2
        return b''.join(max(-32768, min(32767, round(value / step_mg))).to_bytes(2, 'little', signed=True)
                        for value in sample_mg)

    # ---- writing registers ----
    def _reset(self):
        self._registers = bytearray(r.LAST + 1)
        for register, value in r.RESET_VALUES.items():
            self._registers[register] = value
        self._registers[r.WHO_AM_I] = self.who_am_i
        self._pointer = self._lost = 0
        self._fifo = deque()
        self._overrun = False
        self._sources = {r.WAKE_UP_SRC: 0, r.TAP_SRC: 0}
        self._last_mg = (0.0, 0.0, 0.0)
        self._wake_up, self._tap = AnyMotion(), Tap()
        self.sampling.stop()
        self.resets += 1
        self._look_again()
        self._show()

    def _write(self, register, value):
        if register not in r.WRITABLE:
            self._complain(f'0x{value:02X} was written to register 0x{register:02X}, which cannot be written')
            return
        before, self._registers[register] = self._registers[register], value
        if register == r.CTRL3_C and value & r.SW_RESET:
            self._reset()
        elif register == r.CTRL2_G and value >> 4:
            self._complain('the gyroscope is not modelled')
        elif register == r.CTRL1_XL and value != before:
            self._run(value >> 4)
        elif register == r.FIFO_CTRL4:
            if value & r.FIFO_MODE == r.BYPASS:
                self._fifo.clear()
                self._overrun = False
            elif value & r.FIFO_MODE != r.CONTINUOUS:
                self._complain(f'FIFO mode {value & r.FIFO_MODE} is not modelled')
        elif register >= r.TAP_CFG0:
            self._set_engines()

    def _run(self, rate):
        self.sampling.stop()
        if rate:
            if rate not in r.RATES:
                self._complain(f'accelerometer rate {rate} does not exist')
                return
            period_ns = round(1e9 / r.RATES[rate])
            self._wake_up.forget()
            self._tap.forget()
            self.sampling.start(self.clock.now_ns + START_PERIODS * period_ns, period_ns)
        self._set_engines()

    def _set_engines(self):
        get = self._registers
        on = bool(get[r.TAP_CFG2] & r.INTERRUPTS_ENABLE)
        weight = 256 if get[r.WAKE_UP_DUR] & r.WAKE_THS_W else 64
        if on and not get[r.TAP_CFG0] & r.LIR:
            self._complain('interrupts that are not latched are not modelled (TAP_CFG0.LIR = 0)')
        # the slope filter gives half of the change; thresholds of AnyMotion are in 1/32 g
        threshold = (get[r.WAKE_UP_THS] & 0x3F) * self._range_g / weight * 2 * 32
        self._wake_up.on, self._wake_up.mode = on and threshold > 0, 7
        self._wake_up.thresholds = [threshold] * 3
        self._tap.on = on and bool(get[r.TAP_CFG0] & r.TAP_AXES)
        tap_g = (get[r.TAP_CFG1] & 0x1F) * self._range_g / 32
        shock, quiet, double = get[r.INT_DUR2] & 3, get[r.INT_DUR2] >> 2 & 3, get[r.INT_DUR2] >> 4
        self._tap.peak_g2, self._tap.quiet_g2 = tap_g ** 2, tap_g ** 2 / 2
        self._tap.peak_window, self._tap.tap_window = 8 * shock or 4, 4 * quiet or 2
        self._tap.double_window = 32 * double or 16
        self._look_again()

    # ---- samples ----
    def _settle(self):
        """Bring everything to now."""
        due = self.sampling.due(self.clock.now_ns)
        if due > SKIP_FROM and self._may_skip():
            skipped = due - r.DEPTH - 1
            self.sampling.skip(skipped)
            if self._fifo_runs():
                self._lost += skipped
            due -= skipped
        for _ in range(due):
            self._arrive(self.sampling.take())

    def _may_skip(self):
        calm_mg = self._wake_up.calm_below_mg()
        calm = calm_mg is None or self.sampling.calm_until(self.sampling.time_of(0), calm_mg) >= self.clock.now_ns
        return calm and not self._tap.on

    def _fifo_runs(self):
        batched = self._registers[r.FIFO_CTRL3] & 15
        if batched and batched != self._registers[r.CTRL1_XL] >> 4:
            self._complain('the FIFO batches at another rate than the accelerometer samples')
        return batched and self._registers[r.FIFO_CTRL4] & r.FIFO_MODE and not self._stuck

    def _arrive(self, sample_mg):
        self._last_mg = sample_mg
        if self._fifo_runs():
            if len(self._fifo) >= r.DEPTH:
                self._fifo.popleft()
                self._overrun = True
                self._lost += 1
            self._fifo.append(self._encoded(self._felt(sample_mg)))
        if self._wake_up.feed(sample_mg):
            self._sources[r.WAKE_UP_SRC] = r.WU_IA | r.WU_AXES
        taps = self._tap.feed(sample_mg)
        if taps:
            self._sources[r.TAP_SRC] = r.TAP_IA | (r.DOUBLE_TAP if taps == 2 else r.SINGLE_TAP)

    # ---- the line, and the next instant at which it may change ----
    def _at_watermark(self):
        mark = self._registers[r.FIFO_CTRL1] | (self._registers[r.FIFO_CTRL2] & 1) << 8
        return bool(mark and len(self._fifo) >= mark)

    def _show(self):
        get = self._registers
        fifo = get[r.INT1_CTRL] & r.INT1_FIFO_TH and self._at_watermark()
        woken = get[r.MD1_CFG] & r.INT1_WU and self._sources[r.WAKE_UP_SRC]
        tapped = get[r.MD1_CFG] & (r.INT1_SINGLE_TAP | r.INT1_DOUBLE_TAP) and self._sources[r.TAP_SRC]
        self.int1.set(bool(self._powered and (fifo or woken or tapped)))
        self._plan()

    def _look_again(self):
        self.sampling.forget_ahead()
        self._fires_ns, self._scout = None, None

    def _plan(self):
        if self._timer:
            self._timer.cancel()
            self._timer = None
        if not self.sampling.running:
            return
        times = [at_ns for at_ns in (self._watermark_ns(), self._wake_ns()) if at_ns is not None]
        if self._tap.on:
            times.append(self.sampling.time_of(0))
        if times:
            self._timer = self.clock.call_at(min(times), self._tick)

    def _tick(self):
        self._timer = None
        self._settle()
        self._show()

    def _watermark_ns(self):
        mark = self._registers[r.FIFO_CTRL1]
        if not mark or not self._fifo_runs() or self._at_watermark():
            return None
        return self.sampling.time_of(mark - len(self._fifo) - 1)

    def _wake_ns(self):
        """When the wake-up engine fires, or until when it certainly does not, or None."""
        calm_mg = self._wake_up.calm_below_mg()
        if calm_mg is None or self._sources[r.WAKE_UP_SRC]:
            return None
        if self._fires_ns is not None and self._fires_ns > self.clock.now_ns:
            return self._fires_ns
        sampling = self.sampling
        if not sampling.seen_ahead:
            fresh, self._scout, self._fires_ns = self._scout is None, self._wake_up.scout(), None
            calm_ns = sampling.calm_until(sampling.time_of(0), calm_mg)
            if calm_ns > sampling.time_of(LOOK_AHEAD) and not fresh:
                return calm_ns
        for position in range(sampling.seen_ahead, LOOK_AHEAD):
            if self._scout.feed(sampling.look()):
                self._fires_ns = sampling.time_of(position)
                return self._fires_ns
        return sampling.time_of(LOOK_AHEAD - 1)
