"""The motion service: the one owner of the IMU. Counts steps, tells gestures, goes on without the sensor if it must.

Owns the sensor's driver, its INT1 line, the pedometer, the detectors of knocks and postures, and the step days. Publishes
'steps' (today's count), 'gesture' and 'worn'; screens read `days`, `cadence_spm`, `activity` and
`posture.turned`; a calibration compares `pedometer.steps`.

Two ways to sample, both accelerometer only, at +-8 g and full power:

* Worn: 250 Hz (142 uA), of which a knock needs every sample, and the pedometer the mean of eight. The FIFO's watermark
  raises INT1 every 48 samples (192 ms); the sensor's any-motion engine raises it at once for a change of 94 mg between
  samples, so that a bump is read while it rings. The detector in `gestures` decides, not the chip: should the engine of a
  real chip behave otherwise than its data sheet, bumps still come, one batch late. Bump to event: at most 4 ms to the
  sample, 1 ms to the FIFO's count, 4 to 20 ms to read it in slices that fit between samples.
* Resting, after a minute and up to six seconds without a change above 1/32 g: 125 Hz, no watermark, any-motion at 1/32 g.
  The processor is left alone; the FIFO keeps the last quarter of a second, which is read when the sensor moves, so that the
  knock or the step that woke it counts. Slower than worn, because any-motion compares neighbours: at 250 Hz a soft walk
  would not wake it. The change takes 30 ms in which nothing is seen; the seconds are random, lest two pins that were knocked
  together miss the next knock together.

The low-power rates (42-55 uA) are left alone: whether the engines work there is not known, and beside 27 mA of an idle
processor it does not count.
"""
import asyncio
import time
from array import array

from micropython import const

from firmware.motion.gestures import (
    BUMP,
    LEAD,
    OTHER_RATE_HZ,
    RATE_HZ,
    SLOPE_MG,
    STILL_MG,
    Gestures,
    Posture,
    knocked_awake,
)
from firmware.system.clock import UNKNOWN_DAY
from imu import ImuError
from pedometer import RUNNING, STILL, Pedometer

try:
    from samples_native import add_up
except (SyntaxError, ValueError, ImportError, NameError):       # see gestures
    from samples import add_up

_WATERMARK = const(48)
_REST_FIFO = const(32)
_AT_ONCE = const(64)                    # samples a read takes at most
REST_S = const(60)
_STAGGER_MS = const(24)                 # of a byte of random: how much longer a rest is put off
_CHECK_MS = const(1_000)                 # worn: samples must have come within this time
_REST_CHECK_MS = const(30_000)
_FIRST_PAUSE_MS = const(1_000)           # before the first new attempt after a failure ...
_LONGEST_PAUSE_MS = const(60_000)        # ... doubled up to here
_LOW_PERCENT = const(2)                  # of the battery: from here on every step is written at once
_NO_GAIN = const(1000)                   # thousandths of the wearer's steps in one of the pedometer's
_PER_STEP_SAMPLE = const(8)             # samples whose mean goes to the pedometer, worn
_WHOLE_KNOCK_MS = const(8)             # from what ends a rest until all of a knock is in the FIFO
_READS = const(4)                       # of the FIFO in a row while INT1 stays high ...
_BETWEEN_MS = const(2)                  # ... with a wait between them: on a shared bus the NFC chip's long frames come, too
_SHAKEN_MS = const(16)                  # ... before others get a turn


class Motion:
    """`imu` is a sensor's driver (see lib/imu.py), `int1` the Pin of its INT1, `clock` has `day()` and `hour()`, `days` is a
    StepDays and `store` the StepStore that keeps it, or None; `random_bytes` is os.urandom or alike. Run `run()` as a
    service."""

    def __init__(self, imu, int1, events, log, clock, days, store, random_bytes):
        self.days = days
        self.counting = True            # False: the wearer has switched the step counter off
        self.gain = _NO_GAIN             # what a calibration has taught
        self.present = False
        self._imu = imu
        self._int1 = int1
        self._events = events
        self._log = log
        self._clock = clock
        self._store = store
        self._random_bytes = random_bytes
        self._rest_samples = 0          # so many without a move end in a rest
        self._worn_hz = RATE_HZ if RATE_HZ in imu.rates else OTHER_RATE_HZ
        self._step_hz = self._worn_hz / _PER_STEP_SAMPLE
        self.pedometer = Pedometer(self._step_hz)
        self._gestures = Gestures()
        self.posture = Posture()
        self._samples = array('h', bytes(6 * (LEAD + _AT_ONCE)))        # the last ones of the batch before come first
        self._batch = memoryview(self._samples)[3 * LEAD:]
        self._sums = array('i', bytes(12))
        self._missing = _PER_STEP_SAMPLE        # samples until the sums make a mean
        self._left_over = 0             # thousandths of a step that the gain has left over
        self._flag = asyncio.ThreadSafeFlag()
        self._resting = False
        self._checking = False          # the next look is the regular one
        self._got_samples = False       # since the last regular look
        self._pause_ms = _FIRST_PAUSE_MS
        self._complaint = None          # the last failure, said once
        self._day = None
        self._ticks_ms = time.ticks_ms()
        self._elapsed_ms = 0

    # ---- what others ask ----
    @property
    def steps_today(self):
        return self.days.on(self._clock.day())

    @property
    def cadence_spm(self):
        """Steps a minute, 0 when not walking."""
        return 0 if self._resting else self.pedometer.cadence_spm

    @property
    def activity(self):
        """'still', 'walking' or 'running'."""
        return STILL if self._resting else self.pedometer.activity

    async def flush(self):
        """Have every step on flash; False where flash failed."""
        return self._store.write() if self._store else True

    # ---- the service ----
    async def run(self):
        """Serve the sensor for ever; a failure is said once, and tried again with growing pauses."""
        self._events.subscribe(self, 'time', self._on_time)
        self._on_time(None)             # a reset may have come between the time's arrival and the dates
        self._events.subscribe(self, 'battery', self._on_battery)
        self._int1.irq(self._on_int1, self._int1.IRQ_RISING)
        pulse = asyncio.create_task(self._pulse())
        try:
            while True:
                try:
                    await self._begin()
                    while True:
                        await self._flag.wait()
                        if self._checking:
                            self._keep_house()
                        await self._attend()
                except ImuError as error:
                    self._failed(error)
                await self._pause()
        finally:
            pulse.cancel()
            self._int1.irq(None)
            self._events.drop(self)

    def _on_int1(self, _pin):
        self._flag.set()

    def _on_time(self, moved_s):
        """The clock was moved. If it was unset (None) what was counted without a date gets one."""
        dated = self._clock.dated()
        if moved_s is None and dated and self.days.move(UNKNOWN_DAY, *dated) and self._store:
            self._store.note_all()
        self._look_at_day()

    def _on_battery(self, percent):
        if self._store:
            self._store.at_once = percent is not None and percent <= _LOW_PERCENT

    def _hour(self):
        return self._clock.hour() or 0          # None without a date: one hour is as good as another

    async def _pulse(self):
        """Wakes the service now and then, so that a sensor that has fallen silent is noticed."""
        while True:
            await asyncio.sleep_ms(_REST_CHECK_MS if self._resting else _CHECK_MS)
            self._checking = True
            self._flag.set()

    async def _pause(self):
        """Before the next attempt with a sensor that fails; days begin and steps are saved meanwhile."""
        for _ in range(self._pause_ms // _CHECK_MS):
            await asyncio.sleep_ms(_CHECK_MS)
            self._keep_house()
        self._pause_ms = min(2 * self._pause_ms, _LONGEST_PAUSE_MS)

    def _keep_house(self):
        self._look_at_day()
        if self._store:
            self._store.tick(self._time_ms())

    def _time_ms(self):
        """ms since the start, which unlike the ticks do not wrap."""
        ticks_ms = time.ticks_ms()
        self._elapsed_ms += time.ticks_diff(ticks_ms, self._ticks_ms)
        self._ticks_ms = ticks_ms
        return self._elapsed_ms

    def _look_at_day(self):
        day = self._clock.day()
        if day != self._day:
            self._day = day
            self._events.publish('steps', self.days.on(day))

    # ---- sensor ----
    async def _begin(self):
        await self._imu.begin()
        await self._wear()
        self.pedometer.restart()

    async def _wear(self, knocked=False):
        await self._imu.start(self._worn_hz, _WATERMARK, SLOPE_MG)
        self._resting, self._got_samples = False, True
        self._rest_samples = (REST_S + self._random_bytes(1)[0] * _STAGGER_MS / 1000) * self._step_hz
        self._gestures.restart(knocked)
        self._begin_mean()
        self._events.publish('worn', True)

    async def _rest(self):
        await self._imu.start(self._worn_hz / 2, 0, STILL_MG + 1, fifo=_REST_FIFO)
        self._resting, self._got_samples = True, True   # the first look may come before the first sample
        self._begin_mean()
        self.posture.still_samples = 0
        self._events.publish('worn', False)

    async def _attend(self):
        """INT1 rose, or it is time for the regular look."""
        checking, self._checking = self._checking, False
        if self._resting and not self._imu.moved():
            if checking:
                self._imu.check()
                if not self._imu.waiting() and not self._got_samples:
                    raise ImuError('The motion sensor has stopped sampling.')
                self._got_samples = False
            return
        if self._resting:
            await asyncio.sleep_ms(_WHOLE_KNOCK_MS)
            self.pedometer.restart()
            await self._wear(await self._read_all())
            return
        await self._read_all()
        if checking:
            self._imu.check()
            if not self._got_samples:
                raise ImuError('The motion sensor has stopped sampling.')
            self._got_samples = False
        if self.posture.still_samples > self._rest_samples and self.activity == STILL:
            await self._rest()

    async def _read_all(self):
        """Take what the FIFO holds, until INT1 is low again; after a rest, once. Returns whether a knock ended the rest."""
        for _ in range(_READS):
            count = await self._imu.read_fifo(self._batch)
            if count:
                self._got_samples = True
                self._take(count)
            if self._resting:
                knocked = knocked_awake(self._samples, LEAD + count)
                if knocked:
                    self._tell(BUMP)
                return knocked
            if not self._int1.value():
                return False
            if not self._imu.moved() and not count:
                raise ImuError('The motion sensor keeps its interrupt line high.')
            await asyncio.sleep_ms(_BETWEEN_MS)
        await asyncio.sleep_ms(_SHAKEN_MS)      # it is being shaken: there will be no new edge
        self._flag.set()
        return False

    def _failed(self, error):
        self.present = False
        text = str(error)
        if text == self._complaint:
            return
        self._log.error('motion', text)
        if self._complaint is None:
            self._events.publish('notice', 'The motion sensor fails: no steps and no bumps for now.')
        self._complaint = text

    # ---- samples ----
    def _tell(self, gesture):
        self._log.info('motion', gesture)
        self._events.publish('gesture', gesture)

    def _tell_knock(self, gesture):
        """Tell what the detector found, but for a runner: some runners' feet knock as hard as two pins."""
        if self.pedometer.activity != RUNNING:
            self._tell(gesture)

    def _take(self, count):
        """Judge the batch's first `count` samples: knocks first, they are in a hurry."""
        if not self.present:
            self.present, self._complaint, self._pause_ms = True, None, _FIRST_PAUSE_MS
            self._log.info('motion', 'The motion sensor samples at %d Hz.' % self._worn_hz)
        if not self._resting:
            self._gestures.take(self._samples, LEAD, LEAD + count, self._tell_knock)
        steps = self._take_means(LEAD + count)
        self._samples[:3 * LEAD] = self._samples[3 * count:3 * (count + LEAD)]
        if steps:
            self._credit(steps)

    def _begin_mean(self):
        self._missing = _PER_STEP_SAMPLE // 2 if self._resting else _PER_STEP_SAMPLE
        self._sums[0] = self._sums[1] = self._sums[2] = 0

    def _take_means(self, end):
        """Judge the means of the samples up to `end`; returns the steps."""
        sums, steps, at = self._sums, 0, LEAD
        while at < end:
            stop = min(end, at + self._missing)
            add_up(sums, self._samples, at, stop)
            self._missing -= stop - at
            at = stop
            if not self._missing:
                size = _PER_STEP_SAMPLE // 2 if self._resting else _PER_STEP_SAMPLE
                steps += self._judge_mean(sums[0] // size, sums[1] // size, sums[2] // size)
                self._begin_mean()
        return steps

    def _judge_mean(self, x_mg, y_mg, z_mg):
        """Posture and steps; returns the steps."""
        gesture = self.posture.feed(x_mg, y_mg, z_mg)
        if gesture:
            self._tell(gesture)
        return self.pedometer.feed(x_mg, y_mg, z_mg) if self.counting else 0

    def _credit(self, steps):
        steps = steps * self.gain + self._left_over
        steps, self._left_over = steps // _NO_GAIN, steps % _NO_GAIN
        day, hour = self._clock.day(), self._hour()
        self._day = day
        today = self.days.add(day, hour, steps)
        if self._store:
            self._store.note(day, hour, steps, self._time_ms())
        self._events.publish('steps', today)
