"""When the accelerometer samples and what it sees, without an event for each sample.

Owns the sample instants, and the few samples that were looked at ahead of time so that an engine's interrupt comes at
its very instant. A source is any object with `sample(t_ns) -> (x_mg, y_mg, z_mg)`, or a callable of the same shape. It
may also have:

    mean(start_ns, end_ns)          the same averaged over the chip's sample period, which a short knock needs
    calm_until(t_ns, slope_mg)      until when, from `t_ns` on, no two samples 100 ms apart or less differ by more than
                                    `slope_mg`; the chip then need not look at each of them
    watch(function)                 calls `function()` whenever the future of the source changes
"""
from collections import deque

LOOK_AHEAD = 64                         # samples that are looked at before the chip pauses for the next event


class Sampling:
    """The sample stream since `start`. `take` yields every sample once, in order."""

    def __init__(self):
        self._source = None
        self._sample = lambda _start_ns, _end_ns: (0.0, 0.0, 1000.0)
        self.stop()

    @property
    def source(self):
        return self._source

    @source.setter
    def source(self, source):
        self._source = source
        sample = getattr(source, 'sample', source)
        self._sample = getattr(source, 'mean', None) or (lambda _start_ns, end_ns: sample(end_ns))
        self._ahead.clear()

    def start(self, first_ns, period_ns):
        self.running = True
        self._first_ns, self.period_ns = first_ns, period_ns
        self._index = 0
        self._ahead.clear()

    def stop(self):
        self.running = False
        self._first_ns = self._index = 0
        self.period_ns = 1
        self._ahead = deque()

    def time_of(self, position):
        """When the sample `position` places behind the last one taken is due (0: the next)."""
        return self._first_ns + (self._index + position) * self.period_ns

    def due(self, now_ns):
        """How many samples are due at `now_ns` and not taken yet."""
        if not self.running or now_ns < self.time_of(0):
            return 0
        return (now_ns - self.time_of(0)) // self.period_ns + 1

    def _make(self, position):
        at_ns = self.time_of(position)
        return self._sample(at_ns - self.period_ns, at_ns)

    def take(self):
        sample = self._ahead.popleft() if self._ahead else self._make(0)
        self._index += 1
        return sample

    def skip(self, count):
        """Pass `count` samples by unseen."""
        self._ahead.clear()
        self._index += count

    # ---- looking ahead ----
    @property
    def seen_ahead(self):
        return len(self._ahead)

    def forget_ahead(self):
        self._ahead.clear()

    def look(self):
        """The first sample that was not looked at yet; it stays to be taken."""
        sample = self._make(len(self._ahead))
        self._ahead.append(sample)
        return sample

    def calm_until(self, at_ns, slope_mg):
        """What the source promises, `at_ns` where it promises nothing."""
        promise = getattr(self._source, 'calm_until', None)
        return promise(at_ns, slope_mg) if promise else at_ns
