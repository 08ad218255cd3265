"""Counts steps from acceleration, one sample at a time, in small integers and without allocating.

Owns the filters, the rhythm and the count; knows nothing of sensors, days or screens. Used by
`firmware/motion/motion.py` and, on CPython, by the tests and by the step benchmark.

How it works, in the order in which a sample passes through:

1. Each axis is smoothed (3.6 Hz) and its gravity followed (0.2 Hz). Only magnitudes and energies are used further on,
   so how the pin hangs does not matter.
2. The magnitude, less its slow mean (0.45 Hz), is smoothed again at 1.5 Hz. That is low on purpose: heel strike and
   push-off of one slow step are two peaks at 2.8 Hz, where a runner has one step. A runner's swing is so large that it
   stays above the threshold all the same.
3. A peak followed by a fall of half SWING_MG, with a rise of at least SWING_MG before it, is a step candidate, unless
   the one before is nearer than SHORTEST_MS.
4. Candidates that move sideways much more than along gravity (cycling, rowing, leaning at a desk) are no steps.
5. Rhythm: an interval is regular if it is like the one before or like the one two before. Two before, because a phone
   or pin on one side feels left and right legs as long and short. FIRST_STEPS candidates in rhythm make a walk and are
   all paid back at once; within RESUME_MS of a walk, RESUME_STEPS do. In a walk each candidate counts at once, until
   too many are irregular or nothing comes for PAUSE_MS.

The values are one set for all rates and positions. They were found on public walks (chest, neck, pockets, wrists),
where a tenth more or less of any of them changes the mean error by half a point at most.
"""
import math

from micropython import const

RATE_LOWEST_HZ, RATE_HIGHEST_HZ = 20, 130

SWING_MG = const(76)                    # rise before a step's peak, after the smoothing
SOFT_MG = const(120)                    # below this swing too much sideways energy refuses ...
SIDEWAYS = const(7)                     # ... this many times the vertical one, 2.7 times the amplitude
SHORTEST_MS = const(285)                # 3.5 steps/s
LONGEST_MS = const(1080)                # a longer interval is no rhythm
PAUSE_MS = const(2500)                  # without a candidate for so long a walk has ended
RESUME_MS = const(15000)                # a walk that begins so soon after the last needs RESUME_STEPS only
FIRST_STEPS = const(8)
RESUME_STEPS = const(3)
IRREGULAR_PERCENT = const(65)           # of the mean of two intervals; more difference than that is irregular
TRUST_MOST = const(8)                   # so many irregular candidates in a row end a walk

RUN_SWING_MG = const(550)               # runners have 700 and more, walkers seldom more than 520 ...
RUN_INTERVAL_MS = const(450)            # ... and runners more than 133 steps a minute

STILL, WALKING, RUNNING = 'still', 'walking', 'running'

_Q = const(6)                           # fraction bits of every filtered acceleration
_HALF_SWING = const(SWING_MG << _Q >> 1)
_ENERGY_SHIFT = const(7)                # energies in units of (2 mg)^2 ...
_ENERGY_MOST = const(1 << 18)           # ... and no more than a second's sum that still fits a small integer


def _smoothing(cutoff_hz, rate_hz, bits):
    """Coefficient of a one-pole low-pass, 1 - exp(-2 pi fc / fs), as an integer fraction of 2 ** bits."""
    return max(1, int((1 - math.exp(-2 * math.pi * cutoff_hz / rate_hz)) * (1 << bits) + 0.5))


class Pedometer:
    """Causal step counter for samples at `rate_hz` (20 to 130 Hz), in milli-g, on any axis and up to +-16 g.

    `steps` only ever grows. Raises ValueError for a rate that the filters are not made for.
    """

    def __init__(self, rate_hz):
        if not RATE_LOWEST_HZ <= rate_hz <= RATE_HIGHEST_HZ:
            raise ValueError('the step counter takes %d to %d samples a second, not %s'
                             % (RATE_LOWEST_HZ, RATE_HIGHEST_HZ, rate_hz))
        self.steps = 0
        self._k_axis = _smoothing(3.6, rate_hz, 8)
        self._k_gravity = _smoothing(0.2, rate_hz, 12)
        self._k_mean = _smoothing(0.45, rate_hz, 12)
        self._k_wave = _smoothing(1.5, rate_hz, 8)
        self._second = int(rate_hz + 0.5)
        self._sample_us = int(1000000 / rate_hz + 0.5)
        self._shortest = self._samples(SHORTEST_MS)
        self._longest = self._samples(LONGEST_MS)
        self._pause = self._samples(PAUSE_MS)
        self._resume = self._samples(RESUME_MS)
        self._run_interval = self._samples(RUN_INTERVAL_MS)
        self.restart()

    def _samples(self, duration_ms):
        return (duration_ms * 1000 + self._sample_us // 2) // self._sample_us

    def restart(self):
        """Forget rhythm and filters, keep the count: for use after a gap in the samples."""
        self._started = False
        self._ax = self._ay = self._az = 0
        self._gx = self._gy = self._gz = 0
        self._magnitude = 1000
        self._mean = self._wave = 0
        self._vertical = self._sideways = self._ticks = 0
        self._rising, self._extreme, self._valley, self._age = True, 0, 0, 0
        self._since_walk = self._resume
        self._since_step = self._pause
        self._mean_interval = self._mean_swing = 0
        self._forget_rhythm()

    def _forget_rhythm(self):
        self._walking = False
        self._held = self._trust = 0
        self._interval = self._interval_before = 0

    def feed(self, x_mg, y_mg, z_mg):
        """Take one sample; return how many steps it credits: mostly 0, then 1, or all that were held back."""
        if not self._started:
            self._start(x_mg, y_mg, z_mg)
        k = self._k_axis
        ax = self._ax = self._ax + (((x_mg << _Q) - self._ax) * k >> 8)
        ay = self._ay = self._ay + (((y_mg << _Q) - self._ay) * k >> 8)
        az = self._az = self._az + (((z_mg << _Q) - self._az) * k >> 8)
        k = self._k_gravity
        gx = self._gx = self._gx + ((ax - self._gx) * k >> 12)
        gy = self._gy = self._gy + ((ay - self._gy) * k >> 12)
        gz = self._gz = self._gz + ((az - self._gz) * k >> 12)
        # Two Newton steps from the last magnitude give this one to 1 mg: it changes little from sample to sample.
        x, y, z = ax >> _Q, ay >> _Q, az >> _Q
        square = x * x + y * y + z * z
        m = self._magnitude
        m = (m + square // m >> 1) or 1
        m = self._magnitude = (m + square // m >> 1) or 1
        m <<= _Q
        mean = self._mean = self._mean + ((m - self._mean) * self._k_mean >> 12)
        m -= mean
        wave = self._wave = self._wave + ((m - self._wave) * self._k_wave >> 8)
        self._add_energy(ax - gx >> _ENERGY_SHIFT, ay - gy >> _ENERGY_SHIFT, az - gz >> _ENERGY_SHIFT,
                         m >> _ENERGY_SHIFT)
        return self._follow(wave)

    def _start(self, x_mg, y_mg, z_mg):
        """Begin as if the first sample had been there for ever, so that the filters start at rest."""
        self._started = True
        self._ax = self._gx = x_mg << _Q
        self._ay = self._gy = y_mg << _Q
        self._az = self._gz = z_mg << _Q
        square = x_mg * x_mg + y_mg * y_mg + z_mg * z_mg
        m = 1000
        for _ in range(12):
            m = (m + square // m >> 1) or 1
        self._magnitude = m
        self._mean = m << _Q

    def _add_energy(self, x, y, z, vertical):
        """Add to the energies along gravity and across it; every second both are halved, which is their memory."""
        total = min(x * x + y * y + z * z, _ENERGY_MOST)
        vertical = min(vertical * vertical, _ENERGY_MOST)
        self._vertical += vertical
        if total > vertical:
            self._sideways += total - vertical
        self._ticks += 1
        if self._ticks >= self._second:
            self._ticks = 0
            self._vertical >>= 1
            self._sideways >>= 1

    def _follow(self, wave):
        """Follow the wave from peak to valley; a peak is known once the wave has fallen by half a swing."""
        self._since_step += 1
        self._age += 1
        if self._since_step > self._pause:
            self._since_step = self._pause + self._age          # grows no further; the age of a peak stays subtractable
            if self._walking or self._held:
                self._forget_rhythm()
        if self._since_walk < self._resume:
            self._since_walk += 1
        if self._rising:
            if wave > self._extreme:
                self._extreme, self._age = wave, 0
            elif wave < self._extreme - _HALF_SWING:
                swing_mg = self._extreme - self._valley >> _Q
                age = self._age
                self._turn(wave)
                return self._candidate(swing_mg, age)
        elif wave < self._extreme:
            self._extreme, self._age = wave, 0
        elif wave > self._extreme + _HALF_SWING:
            self._valley = self._extreme
            self._turn(wave)
        return 0

    def _turn(self, wave):
        self._rising = not self._rising
        self._extreme, self._age = wave, 0

    def _candidate(self, swing_mg, age):
        """A peak `age` samples ago that stood `swing_mg` above the valley before it: judge it, return steps
        credited."""
        interval = self._since_step - age
        if interval < self._shortest or swing_mg <= SWING_MG:
            return 0
        if swing_mg < SOFT_MG and self._sideways > SIDEWAYS * self._vertical:
            self._trust -= 1
            if self._trust <= 0:
                self._forget_rhythm()
            return 0
        self._since_step = age
        regular = self._is_regular(interval)
        judged = self._interval > 0
        if interval < self._longest:
            self._interval_before, self._interval = self._interval, interval
            self._average(interval, swing_mg)
        else:
            self._interval_before = self._interval = 0
        return self._walk_on(regular) if self._walking else self._hold_back(regular, judged)

    def _is_regular(self, interval):
        last = self._interval
        if not last or interval >= self._longest:
            return False
        difference = min(abs(interval - last), abs(interval - self._interval_before))
        return difference * 200 < IRREGULAR_PERCENT * (interval + last)

    def _walk_on(self, regular):
        self._trust += 1 if regular else -1
        if self._trust <= 0:
            self._forget_rhythm()
        else:
            self._trust = min(self._trust, TRUST_MOST)
            self._since_walk = 0
        self.steps += 1
        return 1

    def _hold_back(self, regular, judged):
        """Not walking yet: hold the candidate back, and pay all that are held once the rhythm is sure."""
        self._held += 1
        if regular:
            self._trust += 1
        elif judged:
            self._trust -= 1
            if self._trust < 0:
                self._trust, self._held = 0, 1
        # The first two candidates have no interval to be compared with, hence two fewer.
        needed = (RESUME_STEPS if self._since_walk < self._resume else FIRST_STEPS) - 2
        if self._trust < needed:
            return 0
        credited, self._held = self._held, 0
        self._walking, self._since_walk = True, 0
        self.steps += credited
        return credited

    def _average(self, interval, swing_mg):
        """Follow the mean interval and swing over about four steps, for `cadence_spm` and `activity`."""
        if not self._interval_before:
            self._mean_interval, self._mean_swing = interval << 4, swing_mg << 4
        else:
            self._mean_interval += (interval << 4) - self._mean_interval >> 2
            self._mean_swing += (swing_mg << 4) - self._mean_swing >> 2

    @property
    def cadence_spm(self):
        """Steps a minute now, 0 when not walking."""
        if not self._walking or not self._mean_interval:
            return 0
        return 960000 // (self._mean_interval * self._sample_us // 1000)

    @property
    def activity(self):
        """STILL, WALKING or RUNNING. STILL means: no steps."""
        if not self._walking:
            return STILL
        fast = self._mean_interval < self._run_interval << 4
        return RUNNING if fast and self._mean_swing > RUN_SWING_MG << 4 else WALKING
