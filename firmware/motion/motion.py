"""The motion service: the one owner of the IMU. Counts steps, tells gestures, goes on without the sensor if it must.

Owns the sensor's driver, its INT1 line, the pedometer, the gesture detector and the step days. Publishes 'steps'
(today's count) and 'gesture'; screens read `days`, `cadence_spm` and `activity`.

Two ways to sample, both accelerometer only at 125 Hz and +-8 g, 134 uA, SyncSample off as FIFO and engines demand:

* Worn: the FIFO's watermark raises INT1 every 32 samples (256 ms); the sensor's any-motion engine raises it at once for
  a change of 250 mg between samples, so that a bump is read while it rings. The detector in `gestures` decides, not the
  chip: should the engine of a real chip behave otherwise than its data sheet, bumps still come, one batch late. Bump to
  event: at most 8 ms to the sample, 1 ms to STATUS1, up to 6 ms to read the FIFO, 3 ms to judge it.
* Resting, after a minute without a change above 1/32 g: no watermark, any-motion at 1/32 g. The processor is left
  alone; the FIFO keeps the last half second, which is read when the sensor moves, so that the knock or the step that
  woke it counts. Bump to event: 11 ms more, for 64 samples.

62.5 Hz would save 1 uA and half the bus time, but one sample then smears a 10 ms knock to the size of a footfall. The
low-power rates (42-55 uA) are left alone: whether the engines work there is not known, and beside 27 mA of an idle
processor it does not count. The pedometer gets the mean of four samples, 31.25 a second, and counts as well with it.
"""
import asyncio
import time
from array import array

from micropython import const

from firmware.motion.gestures import KNOCK_MG, RATE_HZ, STILL_MG, Gestures
from firmware.system.clock import UNKNOWN_DAY
from pedometer import STILL, Pedometer
from qmi8658 import FIFO_SAMPLES, QMI8658Error

WATERMARK = const(32)
REST_FIFO = const(64)
REST_S = const(60)
CHECK_MS = const(1_000)                 # worn: samples must have come within this time
REST_CHECK_MS = const(30_000)
FIRST_PAUSE_MS = const(1_000)           # before the first new attempt after a failure ...
LONGEST_PAUSE_MS = const(60_000)        # ... doubled up to here
_PER_STEP_SAMPLE = const(4)             # samples whose mean goes to the pedometer
_READS = const(4)                       # of the FIFO in a row while INT1 stays high ...
_SHAKEN_MS = const(16)                  # ... before others get a turn


class Motion:
    """`imu` is a QMI8658, `int1` the Pin of its INT1, `clock` has `day()` and `hour()`, `days` is a StepDays and
    `store` the StepStore that keeps it, or None. Run `run()` as a service."""

    def __init__(self, imu, int1, events, log, clock, days, store=None):
        self.days = days
        self.counting = True            # False: the wearer has switched the step counter off
        self.present = False
        self._imu = imu
        self._int1 = int1
        self._events = events
        self._log = log
        self._clock = clock
        self._store = store
        self._pedometer = Pedometer(RATE_HZ / _PER_STEP_SAMPLE)
        self._gestures = Gestures()
        self._buffer = array('h', bytes(6 * FIFO_SAMPLES))
        self._sum_x = self._sum_y = self._sum_z = self._summed = 0
        self._flag = asyncio.ThreadSafeFlag()
        self._resting = False
        self._checking = False          # the next look is the regular one
        self._got_samples = False       # since the last regular look
        self._pause_ms = FIRST_PAUSE_MS
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
        return 0 if self._resting else self._pedometer.cadence_spm

    @property
    def activity(self):
        """'still', 'walking' or 'running'."""
        return STILL if self._resting else self._pedometer.activity

    async def flush(self):
        """Have every step on flash; False where flash failed."""
        return self._store.write() if self._store else True

    # ---- the service ----
    async def run(self):
        """Serve the sensor for ever; a failure is said once, and tried again with growing pauses."""
        self._events.subscribe(self, 'time', self._on_time)
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
                except QMI8658Error as error:
                    self._failed(error)
                await self._pause()
        finally:
            pulse.cancel()
            self._int1.irq(None)
            self._events.drop(self)

    def _on_int1(self, _pin):
        self._flag.set()

    def _on_time(self, moved_s):
        """The clock was moved. If it was unset (None) what was counted without a date belongs to today."""
        day, hour = self._clock.day(), self._hour()
        if moved_s is None and self.days.move(UNKNOWN_DAY, day, hour) and self._store:
            self._store.note_all()
        self._look_at_day()

    def _hour(self):
        return self._clock.hour() or 0          # None without a date: one hour is as good as another

    async def _pulse(self):
        """Wakes the service now and then, so that a sensor that has fallen silent is noticed."""
        while True:
            await asyncio.sleep_ms(REST_CHECK_MS if self._resting else CHECK_MS)
            self._checking = True
            self._flag.set()

    async def _pause(self):
        """Before the next attempt with a sensor that fails; days begin and steps are saved meanwhile."""
        for _ in range(self._pause_ms // CHECK_MS):
            await asyncio.sleep_ms(CHECK_MS)
            self._keep_house()
        self._pause_ms = min(2 * self._pause_ms, LONGEST_PAUSE_MS)

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
        self._pedometer.restart()

    async def _wear(self):
        await self._imu.start(RATE_HZ, WATERMARK, KNOCK_MG)
        self._resting, self._got_samples = False, True
        self._gestures.restart()

    async def _rest(self):
        await self._imu.start(RATE_HZ, 0, STILL_MG + 1, fifo=REST_FIFO)
        self._resting = True

    async def _attend(self):
        """INT1 rose, or it is time for the regular look."""
        moved, checking, self._checking = self._imu.moved(), self._checking, False
        if self._resting and not moved:
            self._imu.check()
            if not self._imu.waiting():
                raise QMI8658Error('The motion sensor has stopped sampling.')
            return
        if self._resting:
            self._pedometer.restart()
            self._gestures.restart()
        await self._read_all()
        self._imu.check()
        if checking:
            if not self._got_samples:
                raise QMI8658Error('The motion sensor has stopped sampling.')
            self._got_samples = False
        if self._resting:
            await self._wear()
        elif self._gestures.still_samples > REST_S * RATE_HZ and self.activity == STILL:
            await self._rest()

    async def _read_all(self):
        """Take what the FIFO holds, until INT1 is low again."""
        for _ in range(_READS):
            count = await self._imu.read_fifo(self._buffer)
            if count:
                self._got_samples = True
                self._take(count)
            if not self._int1.value():
                return
            if not self._imu.moved() and not count:
                raise QMI8658Error('The motion sensor keeps its interrupt line high.')
        await asyncio.sleep_ms(_SHAKEN_MS)      # it is being shaken: there will be no new edge
        self._flag.set()

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
    def _take(self, count):
        """Judge `count` samples of the buffer: gestures first, they are in a hurry."""
        if not self.present:
            self.present, self._complaint, self._pause_ms = True, None, FIRST_PAUSE_MS
            self._log.info('motion', 'The motion sensor samples at %d Hz.' % RATE_HZ)
        feed, buffer = self._gestures.feed, self._buffer
        for at in range(0, 3 * count, 3):
            gesture = feed(buffer[at], buffer[at + 1], buffer[at + 2])
            if gesture:
                self._log.info('motion', gesture)
                self._events.publish('gesture', gesture)
        if self.counting:
            self._count(count)

    def _count(self, count):
        buffer, credited = self._buffer, 0
        x, y, z, summed = self._sum_x, self._sum_y, self._sum_z, self._summed
        for at in range(0, 3 * count, 3):
            x += buffer[at]
            y += buffer[at + 1]
            z += buffer[at + 2]
            summed += 1
            if summed == _PER_STEP_SAMPLE:
                credited += self._pedometer.feed(x >> 2, y >> 2, z >> 2)
                x = y = z = summed = 0
        self._sum_x, self._sum_y, self._sum_z, self._summed = x, y, z, summed
        if credited:
            self._credit(credited)

    def _credit(self, steps):
        day, hour = self._clock.day(), self._hour()
        self._day = day
        today = self.days.add(day, hour, steps)
        if self._store:
            self._store.note(day, hour, steps, self._time_ms())
        self._events.publish('steps', today)
