"""Synthetic walks whose steps are known: what the accelerometer of a worn pin feels while its wearer walks and stops.

A step has a vertical bounce at the cadence with one harmonic, a heel strike, sway to the sides at half the cadence and
a push forward; each step differs a little from the last, and feet differ from each other. Amplitudes are those of the
recorded chest traces (walking 100-300 mg rms, running 600). Used by tests and demo wherever no recording is at hand.
"""
import bisect
import math
import random

from tests.simulator.traces import MILLISECOND, SECOND, UPRIGHT, Source, noise, rest_slope_mg

STRIKE_NS = 30 * MILLISECOND
RUN_SPM = 145                           # from here on both feet leave the ground


class Gait(Source):
    """`bouts` is [(steps, steps a minute), ...], with `pause_s` of standing between them.

    Starts to walk at `start_ns`. `steps` is the true number, `step_times_ns` when each foot strikes, `end_ns` the end
    of the last step. bounce_mg, sway_mg, strike_mg: amplitudes; asymmetry: how much longer one leg's step is than the
    mean; jitter: standard deviation of a step's length; `seed` makes the small differences.
    """

    def __init__(self, bouts, start_ns=0, seed=0, *, pause_s=5.0, bounce_mg=260.0, sway_mg=90.0, strike_mg=180.0,
                 asymmetry=0.04, jitter=0.03, noise_mg=1.2):
        super().__init__()
        self._rng = random.Random(f'gait/{seed}')
        self.bounce_mg, self.sway_mg, self.strike_mg, self.noise_mg = bounce_mg, sway_mg, strike_mg, noise_mg
        self._begins, self._steps = [], []      # begin; (length, loudness, foot) of each step
        at_ns = start_ns
        self._bouts = []                        # (begin, end)
        for count, cadence_spm in bouts:
            begin_ns = at_ns
            at_ns = self._walk(at_ns, count, cadence_spm, asymmetry, jitter)
            self._bouts.append((begin_ns, at_ns))
            self.end_ns = at_ns
            at_ns += round(pause_s * SECOND)

    def _walk(self, at_ns, count, cadence_spm, asymmetry, jitter):
        length_ns = 60 * SECOND / cadence_spm
        loudness = (cadence_spm / 110) ** 1.5 * (1.8 if cadence_spm >= RUN_SPM else 1)      # faster is harder
        for step in range(count):
            foot = 1 if step % 2 else -1
            own_ns = round(length_ns * (1 + asymmetry * foot) * max(0.7, self._rng.gauss(1, jitter)))
            at_edge = 0.8 if step in (0, count - 1) else 1.0
            self._begins.append(at_ns)
            self._steps.append((own_ns, at_edge * loudness * self._rng.gauss(1, 0.06), foot))
            at_ns += own_ns
        return at_ns

    @property
    def steps(self):
        return len(self._steps)

    @property
    def step_times_ns(self):
        return list(self._begins)

    def _step_at(self, t_ns):
        place = bisect.bisect_right(self._begins, t_ns) - 1
        if place < 0 or t_ns >= self._begins[place] + self._steps[place][0]:
            return None, 0
        return self._steps[place], t_ns - self._begins[place]

    def feel(self, t_ns):
        n = self.noise_mg
        x, y, z = UPRIGHT[0] + n * noise(t_ns, 0), UPRIGHT[1] + n * noise(t_ns, 1), UPRIGHT[2] + n * noise(t_ns, 2)
        step, since_ns = self._step_at(t_ns)
        if step is None:
            return x, y, z
        length_ns, loudness, foot = step
        phase = since_ns / length_ns            # 0: this foot strikes
        turn = 2 * math.pi * phase
        bounce = math.sin(turn) + 0.3 * math.sin(2 * turn)      # nothing at either end: steps join smoothly
        strike = math.exp(-since_ns / STRIKE_NS) * math.sin(min(math.pi, since_ns / STRIKE_NS * 2))
        x += self.sway_mg * loudness * foot * math.sin(math.pi * phase)
        y += loudness * (self.bounce_mg * bounce + self.strike_mg * strike)
        z += 0.35 * self.bounce_mg * loudness * math.sin(turn + 2.2) * math.sin(math.pi * phase)
        return x, y, z

    def calm_slope_until(self, t_ns, slope_mg):
        """Calm between bouts and after the last one."""
        if slope_mg <= rest_slope_mg(self.noise_mg):
            return t_ns
        for begin_ns, end_ns in self._bouts:
            if t_ns < end_ns:
                return max(t_ns, begin_ns - SECOND // 10)
        return 1 << 62
