"""What an accelerometer feels when two pins are knocked together: the blow, and the case that rings after it.

Owns the shape. Physics: two light plastic cases touch for 2 (hard, dry) to 5 ms (over cloth), which gives a half sine of
that width, 0.7 g for a light touch to 3 g for a hard one; then the case and its clip ring on at 80 to 200 Hz, begin at a
fifth to a half of the blow and die away within 4 to 10 ms. The blow comes through the back of the pin, give or take 20
degrees. Used by `traces` and by the bench of the bump detector.
"""
import math
from typing import NamedTuple

MILLISECOND = 1_000_000
RINGS_NS = 60 * MILLISECOND             # by then the longest is below a mg
PIECE_NS = MILLISECOND / 4              # step at which a knock is averaged over a sample of the chip
BACK = (0.2, 0.25, 0.95)                # x, y, z: mostly through the back


class Knock(NamedTuple):
    """One knock. `peak_mg` of a half sine of `width_ms`, then `ring` (of the peak) at `ring_hz`, 1/e after `decay_ms`;
    `direction` is a unit vector."""
    begin_ns: int
    peak_mg: float = 1500.0
    width_ms: float = 3.5
    ring: float = 0.35
    ring_hz: float = 120.0
    decay_ms: float = 6.0
    direction: tuple = BACK

    @property
    def end_ns(self):
        return self.begin_ns + RINGS_NS

    def at(self, t_ns):
        """mg along `direction` at `t_ns`."""
        since_ms = (t_ns - self.begin_ns) / MILLISECOND
        if since_ms < 0 or t_ns >= self.end_ns:
            return 0.0
        if since_ms < self.width_ms:
            return self.peak_mg * math.sin(math.pi * since_ms / self.width_ms)
        rung_ms = since_ms - self.width_ms
        swing = math.sin(2 * math.pi * self.ring_hz * rung_ms / 1000)
        return -self.ring * self.peak_mg * math.exp(-rung_ms / self.decay_ms) * swing

    def mean(self, start_ns, end_ns):
        """Its mean over a sample period, which is what a chip reports."""
        if end_ns <= self.begin_ns or start_ns >= self.end_ns:
            return 0.0
        pieces = max(1, round((end_ns - start_ns) / PIECE_NS))
        step_ns = (end_ns - start_ns) / pieces
        return sum(self.at(start_ns + step_ns * (piece + 0.5)) for piece in range(pieces)) / pieces


def any_knock(rng, begin_ns, light_mg=700, hard_mg=3000):
    """A knock of the whole range, `rng` being a random.Random: as many light as hard ones (peaks evenly in their logarithm),
    2 to 5 ms, any ringing, any direction that comes through the back."""
    aim = (rng.gauss(0, 0.25), rng.gauss(0, 0.25), 1.0)
    length = math.sqrt(sum(part * part for part in aim))
    peak_mg = math.exp(rng.uniform(math.log(light_mg), math.log(hard_mg)))
    return Knock(begin_ns, peak_mg, rng.uniform(2, 5), rng.uniform(0.2, 0.5), rng.uniform(80, 200), rng.uniform(4, 10),
                 tuple(part / length for part in aim))
