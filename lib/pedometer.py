"""Counts steps from acceleration, one sample at a time, in small integers and without allocating.

Owns the filters, the rhythm and the count; knows nothing of sensors, days or screens. Used by
`firmware/motion/motion.py` and, on CPython, by the tests and by `make bench-steps`.

How it works, in the order in which a sample passes through. Whatever the rate, samples are averaged to about 16 a second, and
all that follows runs at that rate, which is what keeps it cheap.

1. The square of the magnitude stands for the vertical: it does not care how the pin hangs, needs no root, and its deviation
   divided by twice gravity is the vertical acceleration in mg. It is smoothed at SMOOTH_HZ, freed of its mean (BASE_HZ) and
   smoothed again at WAVE_HZ. That is low on purpose: heel strike and push-off of one slow step are two peaks at 2.8 Hz, where
   a runner has one step. A runner's swing is so large that it stays above the threshold all the same.
2. A peak followed by a fall of half SWING_MG, with a rise of more than SWING_MG before it, is a step candidate. Swing times
   interval squared is how far the body moves: where that is less than JOLT_MG_S2 it is a second peak of the same step.
3. Candidates that move sideways SIDEWAYS times as much as along gravity (rowing, upright cycling, leaning) are no steps.
4. Rhythm: an interval is regular if it is like the one before or like the one two before. Two before, because a phone
   or pin on one side feels left and right legs as long and short. FIRST_STEPS candidates in rhythm make a walk and are
   all paid back at once; within RESUME_MS of a walk, RESUME_STEPS do. In a walk each candidate counts at once, until
   too many are irregular or nothing comes for PAUSE_MS.
5. A walk is believed only if the body rises and falls with it. The wave smoothed once more at BASE_HZ is nearly integrated
   twice, so its swing is a height: walkers, slow or fast, rise by two centimetres and more; who pedals hard shakes by a few
   millimetres, 2.5 times a second. That tells them apart where amplitude and rhythm cannot; RISE_MG lies between.
6. A swinging arm or leg may drown every other step. In a walk, an interval that is a walker's stride (STRIDE_MS, and
   STRIDE_PERCENT of the mean), with no less swing than usual (a slower step has less) and a limb's share of sideways energy
   (LIMB), is two steps; but no more than STRIDES_MOST in a row, lest who has slowed down is counted twice.

One set of values for all rates and positions, from the middle of where they make little difference: 15 % more or less of any
changes a badge's mean error by less than 0.1 points. Refitted without the people or the data set that they are then tried
on, they came out much the same and counted as well (badges 0.2 to 0.3 %, no step on machines).
"""
import math

from micropython import const

RATE_LOWEST_HZ, RATE_HIGHEST_HZ = 20, 130

BLOCK_HZ = const(16)                    # samples are averaged to about this rate

SMOOTH_HZ = 3.4                         # lets a runner's steps pass
WAVE_HZ = 1.5                           # lets a slow step's second peak pass no more
BASE_HZ = 0.5                           # slower than the slowest step
GRAVITY_HZ = 0.2                        # slower than a body sways

SWING_MG = const(74)                    # rise before a step's peak, after the smoothing
JOLT_MG_S2 = const(14)                  # 1 mg s^2 is a quarter of a millimetre up and down
RISE_MG = const(20)                     # of the wave's slow part: pedalling has less than 16, the softest walk 24
SIDEWAYS = const(15)                    # times the vertical energy: no step (a step's own jolts are in it, too)
LIMB = const(2)                         # times the vertical energy: on an arm or a leg
SHORTEST_MS = const(250)                # 4 steps/s
LONGEST_MS = const(1160)                # a longer interval is no rhythm
PAUSE_MS = const(1700)                  # without a candidate for so long a walk has ended
RESUME_MS = const(20_000)               # a walk that begins so soon after the last needs RESUME_STEPS only
FIRST_STEPS = const(6)
RESUME_STEPS = const(3)
IRREGULAR_PERCENT = const(52)           # of the mean of two intervals; more difference than that is irregular
TRUST_MOST = const(8)                   # so many irregular candidates in a row end a walk
STRIDE_MS = const(900)                  # two steps of a walker are no shorter
STRIDE_PERCENT = const(150)             # of the mean interval
STRIDE_SWING_PERCENT = const(70)        # of the mean swing
STRIDES_MOST = const(12)                # in a row; more are slow steps

RUN_SWING_MG = const(450)                # runners have 600 and more, who walks as fast 400 at most ...
RUN_INTERVAL_MS = const(450)            # ... and runners more than 133 steps a minute

STILL, WALKING, RUNNING = 'still', 'walking', 'running'

_Q = const(6)                           # fraction bits of every filtered acceleration
_HALF_SWING = const(SWING_MG << _Q >> 1)
_RISE = const(RISE_MG << _Q)
_JOLT = const(JOLT_MG_S2 * 10_000)      # in mg and hundredths of a second
_SQUARE_SHIFT = const(5)                # 2 x 1000 mg >> 5 are _Q bits: at rest 1 mg more is 62 more of the square
_SQUARE_MOST = const(16_000_000 >> _SQUARE_SHIFT)   # (4 g)^2; no step needs more, and the filters stay small integers
_GRAVITY_LEAST = const(500)
_NEVER = const(1 << 29)                 # a year of blocks
_ENERGY_SHIFT = const(8)                # energies in units of (4 mg)^2 ...
_ENERGY_MOST = const(1 << 24)           # ... and no more than what two seconds' sum keeps a small integer


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
        self._size = int(rate_hz / BLOCK_HZ + 0.5)
        self._last = self._size - 1                         # samples of a block before its last
        rate_hz /= self._size
        self._k_smooth = _smoothing(SMOOTH_HZ, rate_hz, 8)
        self._k_wave = _smoothing(WAVE_HZ, rate_hz, 8)
        self._k_base = _smoothing(BASE_HZ, rate_hz, 10)
        self._k_gravity = _smoothing(GRAVITY_HZ, rate_hz, 10)
        self._second = int(rate_hz + 0.5)
        self._block_us = int(1_000_000 / rate_hz + 0.5)
        self._shortest = self._blocks_in(SHORTEST_MS)
        self._longest = self._blocks_in(LONGEST_MS)
        self._stride = self._blocks_in(STRIDE_MS)
        self._pause = self._blocks_in(PAUSE_MS)
        self._resume = self._blocks_in(RESUME_MS)
        self._run_interval = self._blocks_in(RUN_INTERVAL_MS)
        self.restart()

    def _blocks_in(self, duration_ms):
        return (duration_ms * 1000 + self._block_us // 2) // self._block_us

    def restart(self):
        """Forget rhythm and filters, keep the count: for use after a gap in the samples."""
        self._sums = [0, 0, 0, 0]                           # of x, y and z in this block, and of how many samples
        self._take_block = self._blocks().__next__
        self._now = self._resume_until = 0                  # times are in blocks
        self._step_at = -self._longest
        self._forget_rhythm()

    def _forget_rhythm(self):
        self._walking = False
        self._held = self._trust = self._strides = 0
        self._interval = self._interval_before = 0
        self._mean_interval = self._mean_swing = self._mean_rise = 0
        self._deadline = _NEVER                             # nothing to forget

    def feed(self, x_mg, y_mg, z_mg):
        """Take one sample; return how many steps it credits: mostly 0, then 1, or all that were held back."""
        sums = self._sums
        taken = sums[3]
        if taken:
            x_mg += sums[0]
            y_mg += sums[1]
            z_mg += sums[2]
        sums[0] = x_mg
        sums[1] = y_mg
        sums[2] = z_mg
        if taken == self._last:
            sums[3] = 0
            return self._take_block()
        sums[3] = taken + 1
        return 0

    def _begin(self):
        """Return the filters' state as if the first samples had been there for ever: squared magnitude, gravity."""
        x, y, z, _ = self._sums
        x, y, z = x // self._size, y // self._size, z // self._size
        self._gravity = 1000
        square = min(x * x + y * y + z * z >> _SQUARE_SHIFT, _SQUARE_MOST)
        for _ in range(10):
            self._weigh(square)
        return square, x << _Q, y << _Q, z << _Q

    def _weigh(self, square):
        """Take a Newton step towards gravity's magnitude; return what makes a square's deviation from `square` mg."""
        self._gravity = max(self._gravity + (square << _SQUARE_SHIFT) // self._gravity >> 1, _GRAVITY_LEAST)
        return (1 << 18) // self._gravity                   # 256 for 1024 mg

    def _blocks(self):
        """Generator: takes the mean of the last samples, filters it, and follows the wave from peak to valley; yields the
        steps credited. A peak is known once the wave has fallen by half a swing.

        One long function, and a generator, because local variables cost a third of attributes, and this runs all day. The
        sums are in a list, because where a class has properties MicroPython looks for one each time it stores an attribute."""
        base, gx, gy, gz = self._begin()
        sums, size, smooth, scale, second = self._sums, self._size, base, self._weigh(base), self._second
        k_smooth, k_wave, k_base, k_gravity = self._k_smooth, self._k_wave, self._k_base, self._k_gravity
        now = wave = drift = energy = vertical = extreme = extreme_at = valley = low = 0
        rising, halve_at, alarm = True, second, second      # `alarm`: the sooner of `halve_at` and past the deadline
        while True:
            x, y, z = sums[0], sums[1], sums[2]
            if size > 1:
                x, y, z = x // size, y // size, z // size
            square = x * x + y * y + z * z >> _SQUARE_SHIFT
            smooth += ((square if square < _SQUARE_MOST else _SQUARE_MOST) - smooth) * k_smooth >> 8
            base += (smooth - base) * k_base >> 10
            up = (smooth - base) * scale >> 8
            wave += (up - wave) * k_wave >> 8
            drift += (wave - drift) * k_base >> 10
            x, y, z = (x << _Q) - gx, (y << _Q) - gy, (z << _Q) - gz
            gx, gy, gz = gx + (x * k_gravity >> 10), gy + (y * k_gravity >> 10), gz + (z * k_gravity >> 10)
            x, y, z = x >> _ENERGY_SHIFT, y >> _ENERGY_SHIFT, z >> _ENERGY_SHIFT
            up >>= _ENERGY_SHIFT
            square = x * x + y * y + z * z
            energy += square if square < _ENERGY_MOST else _ENERGY_MOST
            vertical += up * up
            now += 1
            if now >= alarm:
                if now == halve_at:             # energies are halved each second, which is their memory
                    halve_at, scale = now + second, self._weigh(base)
                    energy, vertical = energy >> 1, vertical >> 1
                if now > self._deadline:
                    self._forget_rhythm()
                alarm = min(halve_at, self._deadline + 1)
            credited = 0
            if rising:
                if wave > extreme:
                    extreme, extreme_at = wave, now
                elif wave < extreme - _HALF_SWING:
                    swing_mg = extreme - valley >> _Q
                    credited = self._candidate(now, extreme_at, swing_mg, abs(drift - low), energy, vertical)
                    rising, extreme, alarm = False, wave, min(halve_at, self._deadline + 1)
            elif wave < extreme:
                extreme = wave
            elif wave > extreme + _HALF_SWING:
                valley, low = extreme, drift
                rising, extreme, extreme_at = True, wave, now
            yield credited

    def _candidate(self, now, peak_at, swing_mg, rise, energy, vertical):
        """A peak stood `swing_mg` above the valley before it: judge it, return steps credited."""
        interval = peak_at - self._step_at
        if interval < self._shortest or swing_mg <= SWING_MG:
            return 0
        if energy // (SIDEWAYS + 1) > vertical:
            self._trust -= 1
            if self._trust <= 0:
                self._forget_rhythm()
            return 0
        if interval < self._longest:
            hundredths = interval * self._block_us // 10_000
            if swing_mg * hundredths * hundredths < _JOLT:
                return 0
        self._now = now
        self._step_at = peak_at
        self._deadline = peak_at + self._pause
        if not self._walking or energy // (LIMB + 1) < vertical or not self._is_stride(interval, swing_mg):
            self._strides = 0
        elif self._strides < STRIDES_MOST:
            self._strides += 1
            return self._step(interval + 1 >> 1, swing_mg, rise, 2)
        else:
            self._mean_interval = interval << 4             # slow steps after all
        return self._step(interval, swing_mg, rise, 1)

    def _is_stride(self, interval, swing_mg):
        """Whether a limb's swing has drowned one of two steps."""
        return (interval >= self._stride and interval * 1600 >= self._mean_interval * STRIDE_PERCENT
                and swing_mg * 1600 >= self._mean_swing * STRIDE_SWING_PERCENT)

    def _step(self, interval, swing_mg, rise, steps):
        """`steps` of `interval` blocks each have been made: keep the rhythm, return steps credited."""
        last = self._interval
        regular = self._is_regular(interval)
        if interval < self._longest:
            self._interval_before = last
            self._interval = interval
            self._average(interval << 4, swing_mg << 4, rise)
        else:
            self._interval_before = self._interval = 0
        return self._walk_on(regular, steps) if self._walking else self._hold_back(regular, last > 0)

    def _is_regular(self, interval):
        last = self._interval
        if not last or interval >= self._longest:
            return False
        difference = min(abs(interval - last), abs(interval - self._interval_before))
        return difference * 200 < IRREGULAR_PERCENT * (interval + last)

    def _average(self, interval, swing_mg, rise):
        """Follow the means over about four steps. Interval and swing have four fraction bits, the rise has _Q."""
        if not self._interval_before:
            self._mean_interval, self._mean_swing, self._mean_rise = interval, swing_mg, rise
            return
        self._mean_interval += interval - self._mean_interval >> 2
        self._mean_swing += swing_mg - self._mean_swing >> 2
        self._mean_rise += rise - self._mean_rise >> 2

    def _walk_on(self, regular, steps):
        self._trust += 1 if regular else -1
        if self._trust <= 0:
            self._forget_rhythm()
        else:
            self._trust = min(self._trust, TRUST_MOST)
            self._resume_until = self._now + self._resume
        self.steps += steps
        return steps

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
        needed = (RESUME_STEPS if self._now < self._resume_until else FIRST_STEPS) - 2
        if self._trust < needed or self._mean_rise < _RISE:
            return 0
        credited, self._held = self._held, 0
        self._walking = True
        self._resume_until = self._now + self._resume
        self.steps += credited
        return credited

    @property
    def cadence_spm(self):
        """Steps a minute now, 0 when not walking."""
        if not self._walking or not self._mean_interval:
            return 0
        return 960_000 // (self._mean_interval * self._block_us // 1000)

    @property
    def activity(self):
        """STILL, WALKING or RUNNING. STILL means: no steps."""
        if not self._walking:
            return STILL
        fast = self._mean_interval < self._run_interval << 4
        return RUNNING if fast and self._mean_swing > RUN_SWING_MG << 4 else WALKING
