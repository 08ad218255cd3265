"""What the accelerometer of a pin feels: rest, recorded walks, turns, knocks, and any of them one after another.

Every source answers `sample(t_ns) -> (x_mg, y_mg, z_mg)` for any world time, is the same whenever it is asked (noise is
a function of time), and takes knocks with `add_bump`. The axes are those of a worn pin: x to the wearer's left, y up, z
out of the display. A source is what `pin.wear(source)` and the chip model's `source` want; the protocol is in
`chips/qmi8658/sampling.py`. `gait` makes synthetic walks.
"""
import bisect
import csv
import gzip
import math
import random

from tests.simulator.knocks import MILLISECOND, Knock

SECOND = 1_000_000_000
FOREVER_NS = 1 << 62
UPRIGHT = (0.0, 1000.0, 0.0)            # the pin hangs on a chest
FACE_UP = (0.0, 0.0, 1000.0)            # the pin lies on a table


def _unit_noise(count):
    generator = random.Random('noise')
    return tuple(generator.gauss(0, 1) for _ in range(count))


_NOISE = _unit_noise(1024)


def noise(t_ns, axis):
    """Unit noise that is a function of the millisecond and the axis."""
    return _NOISE[(t_ns // MILLISECOND * 0x9E3779B1 + axis * 0x85EBCA6B >> 7) % len(_NOISE)]


def rest_slope_mg(noise_mg):
    """No two samples of noise differ by more than this."""
    return (max(_NOISE) - min(_NOISE)) * noise_mg


class Source:
    """Base of all sources: `feel(t_ns)` is the movement without knocks; knocks come on top."""

    def __init__(self):
        self._knocks = []                       # in order
        self._watchers = []

    def feel(self, t_ns):
        raise NotImplementedError

    def calm_slope_until(self, t_ns, slope_mg):
        """As `calm_until`, knocks left out. A source that promises nothing is asked for every sample."""
        return t_ns

    # ---- what the chip asks ----
    def sample(self, t_ns):
        """(x_mg, y_mg, z_mg) felt at `t_ns`."""
        felt = self.feel(t_ns)
        for knock in self._knocks:
            if knock.begin_ns <= t_ns < knock.end_ns:
                felt = self._knocked(felt, knock.at(t_ns), knock)
        return felt

    def mean(self, start_ns, end_ns):
        """What a chip reports that averages over its sample period. Only knocks are short enough to differ."""
        felt = self.feel(end_ns)
        for knock in self._knocks:
            if knock.begin_ns < end_ns and start_ns < knock.end_ns:
                felt = self._knocked(felt, knock.mean(start_ns, end_ns), knock)
        return felt

    def calm_until(self, t_ns, slope_mg):
        """Until when, from `t_ns` on, samples 100 ms apart or less certainly differ by no more than `slope_mg`."""
        coming = [knock.begin_ns for knock in self._knocks if knock.end_ns > t_ns]
        calm_ns = self.calm_slope_until(t_ns, slope_mg)
        return max(t_ns, min([calm_ns, *(begin_ns - SECOND // 10 for begin_ns in coming)]))

    def watch(self, function):
        """Call `function()` whenever the future changes."""
        if function not in self._watchers:
            self._watchers.append(function)

    # ---- what the world does ----
    def add_bump(self, at_ns, strength_mg=1500):
        """A knock of the usual shape at `at_ns`, as two pins that meet back to back."""
        self.add_knock(Knock(at_ns, strength_mg))

    def add_knock(self, knock):
        """Any Knock (see `knocks`)."""
        self._knocks.append(knock)
        self._knocks.sort()
        for watcher in self._watchers:
            watcher()

    @staticmethod
    def _knocked(felt, knock_mg, knock):
        return tuple(value + knock_mg * part for value, part in zip(felt, knock.direction))


class Rest(Source):
    """Gravity and the sensor's own noise (1.2 mg rms at 125 Hz: 200 ug per root Hz)."""

    def __init__(self, gravity_mg=UPRIGHT, noise_mg=1.2):
        super().__init__()
        self.gravity_mg, self.noise_mg = gravity_mg, noise_mg

    def feel(self, t_ns):
        x, y, z = self.gravity_mg
        n = self.noise_mg
        return x + n * noise(t_ns, 0), y + n * noise(t_ns, 1), z + n * noise(t_ns, 2)

    def calm_slope_until(self, t_ns, slope_mg):
        return FOREVER_NS if slope_mg > rest_slope_mg(self.noise_mg) else t_ns


class Recorded(Source):
    """Samples `times_ms`, `samples_mg` (lists) from world time `start_ns` on, interpolated; rest before and after
    them."""

    SETTLE = 25                                 # samples whose mean is the rest position

    def __init__(self, times_ms, samples_mg, start_ns=0, noise_mg=1.2):
        super().__init__()
        begin_ms = times_ms[0]
        self._times = [start_ns + (at_ms - begin_ms) * MILLISECOND for at_ms in times_ms]
        self._samples = samples_mg
        self._place = 0
        self.start_ns, self.end_ns = self._times[0], self._times[-1]
        self._before = Rest(self._middle(samples_mg[:self.SETTLE]), noise_mg)
        self._after = Rest(self._middle(samples_mg[-self.SETTLE:]), noise_mg)

    @staticmethod
    def _middle(samples_mg):
        return tuple(sum(axis) / len(samples_mg) for axis in zip(*samples_mg))

    @classmethod
    def load(cls, path, start_ns=0):
        """A normalised trace: CSV t_ms,x_mg,y_mg,z_mg with a heading, gzipped if its name ends in .gz."""
        opened = gzip.open(path, 'rt') if str(path).endswith('.gz') else open(path)
        with opened as file:
            rows = [tuple(map(int, row)) for row in list(csv.reader(file))[1:]]
        return cls([row[0] for row in rows], [row[1:] for row in rows], start_ns)

    def feel(self, t_ns):
        if t_ns < self.start_ns:
            return self._before.feel(t_ns)
        if t_ns >= self.end_ns:
            return self._after.feel(t_ns)
        times, place = self._times, self._place
        if not times[place] <= t_ns < times[place + 1]:
            place = place + 1 if times[place + 1] <= t_ns < times[min(place + 2, len(times) - 1)] \
                else bisect.bisect_right(times, t_ns) - 1
            self._place = place
        part = (t_ns - times[place]) / (times[place + 1] - times[place])
        samples = self._samples
        return self._curve(part, samples[max(0, place - 1)], samples[place], samples[place + 1],
                           samples[min(place + 2, len(samples) - 1)])

    @staticmethod
    def _curve(u, before, one, two, after):
        """Catmull-Rom: smooth, through every sample. Straight lines would have corners, which feel like knocks."""
        p, q = u * u * (2 - u) - u, u * u * (u - 1)             # twice the weights of `before` and `after`
        r = u * u * (3 * u - 5) + 2
        return tuple((p * a + r * b + (2 - p - q - r) * c + q * d) / 2 for a, b, c, d in zip(before, one, two, after))

    def calm_slope_until(self, t_ns, slope_mg):
        if t_ns >= self.end_ns:
            return self._after.calm_slope_until(t_ns, slope_mg)
        if t_ns < self.start_ns:
            return min(self._before.calm_slope_until(t_ns, slope_mg), max(t_ns, self.start_ns - SECOND // 10))
        return t_ns


class Sequence(Source):
    """Sources one after another: `parts` is [(start_ns, source), ...] in order; the first one also holds before."""

    def __init__(self, parts):
        super().__init__()
        self._starts = [start_ns for start_ns, _ in parts]
        self._sources = [source for _, source in parts]

    def _at(self, t_ns):
        return max(0, bisect.bisect_right(self._starts, t_ns) - 1)

    def feel(self, t_ns):
        return self._sources[self._at(t_ns)].sample(t_ns)

    def calm_slope_until(self, t_ns, slope_mg):
        place = self._at(t_ns)
        calm_ns = self._sources[place].calm_until(t_ns, slope_mg)
        if place + 1 < len(self._starts):
            calm_ns = min(calm_ns, self._starts[place + 1] - SECOND // 10)
        return max(t_ns, calm_ns)


class Rotated(Source):
    """`source` felt by a pin that hangs turned: by `degrees` about the axis `about` (any length)."""

    def __init__(self, source, degrees, about=(0, 0, 1)):
        super().__init__()
        self._source = source
        length = math.sqrt(sum(part * part for part in about))
        x, y, z = (part / length for part in about)
        c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
        self._rows = ((c + x * x * (1 - c), x * y * (1 - c) - z * s, x * z * (1 - c) + y * s),
                      (y * x * (1 - c) + z * s, c + y * y * (1 - c), y * z * (1 - c) - x * s),
                      (z * x * (1 - c) - y * s, z * y * (1 - c) + x * s, c + z * z * (1 - c)))

    def feel(self, t_ns):
        x, y, z = self._source.sample(t_ns)
        return tuple(a * x + b * y + c * z for a, b, c in self._rows)

    def calm_slope_until(self, t_ns, slope_mg):
        return self._source.calm_until(t_ns, slope_mg / 1.75)       # a turn mixes three axes: at most root of 3
