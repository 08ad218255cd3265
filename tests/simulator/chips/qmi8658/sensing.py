"""What happens inside the QMI8658 while it samples: every sample runs through here into data registers, FIFO and
engines.

Owns the status bits that samples set, and the one timer of the chip: it fires at the next instant at which a line may
change, never once a sample. Used by `chip`, which turns its flags into line levels.
"""
from tests.simulator.chips.qmi8658 import registers as r
from tests.simulator.chips.qmi8658.fifo import SampleFifo
from tests.simulator.chips.qmi8658.motion import AnyMotion, Tap, WakeOnMotion
from tests.simulator.chips.qmi8658.sampling import LOOK_AHEAD, Sampling

START_NS = 3_000_000                    # accelerometer: 3 ms and three periods
SKIP_FROM = 512                         # where nobody can tell the difference so many samples are not made one by one


class Sensing:
    """`changed()` is called whenever a line may have changed while the host did nothing."""

    def __init__(self, clock, changed):
        self._clock, self._changed = clock, changed
        self.sampling = Sampling()
        self.stuck = False
        self._timer = None
        self.reset()

    def reset(self):
        self.sampling.stop()
        self.fifo = SampleFifo()
        self.any_motion, self.wake, self.tap = AnyMotion(), WakeOnMotion(), Tap()
        self.tap_status = 0
        self.wake_toggled = False
        self.status0 = self.status1 = 0
        self.timestamp = 0
        self.last_mg = (0.0, 0.0, 0.0)
        self._encode = None
        self.look_again()

    def start(self, period_ns, encode):
        """Begin to sample; `encode(sample_mg)` makes the bytes that go into the FIFO."""
        self._encode = encode
        self.any_motion.forget()
        self.tap.forget()
        self.wake.restart()
        self.sampling.start(self._clock.now_ns + START_NS + 3 * period_ns, period_ns)

    def stop(self):
        self.settle()
        self.sampling.stop()
        self.look_again()

    # ---- samples ----
    def settle(self):
        """Bring everything to now."""
        due = self.sampling.due(self._clock.now_ns)
        if due > SKIP_FROM and self._may_skip():
            due = self._skip(due)
        for _ in range(due):
            self._arrive(self.sampling.take())

    def _may_skip(self):
        """Whether only the latest samples matter: no engine would fire, and the FIFO keeps the latest."""
        calm_mg = self._calm_below_mg()
        calm = calm_mg is None or self.sampling.calm_until(self.sampling.time_of(0), calm_mg) >= self._clock.now_ns
        return calm and not self.tap.on and (self.fifo.mode != r.FIFO or len(self.fifo) >= self.fifo.size)

    def _skip(self, due):
        keep = self.fifo.size + 1
        self.sampling.skip(due - keep)
        self.timestamp = self.timestamp + due - keep & 0xFFFFFF
        self.fifo.lose(due - keep)
        return keep

    def _arrive(self, sample_mg):
        self.timestamp = self.timestamp + 1 & 0xFFFFFF
        if self.wake.on:
            if self.wake.feed(sample_mg):
                self.status1 |= r.WAKE_ON_MOTION_SEEN
                self.wake_toggled = not self.wake_toggled
            return
        self.last_mg = sample_mg
        self.status0 |= 1
        if not self.stuck:
            self.fifo.push(self._encode(sample_mg))
        if self.any_motion.feed(sample_mg):
            self.status1 |= r.ANY_MOTION_SEEN
        taps = self.tap.feed(sample_mg)
        if taps:
            self.status1 |= r.TAP_SEEN
            self.tap_status = taps

    # ---- the next event ----
    def look_again(self):
        """What was seen ahead no longer holds. There may be a jump right ahead, whatever the source promises after
        it."""
        self.sampling.forget_ahead()
        self._jump = True
        self._scout = None
        self._fires_ns = None

    def plan(self):
        """Set the timer for the next instant at which something may show on a line."""
        if self._timer:
            self._timer.cancel()
            self._timer = None
        if self.sampling.running:
            times = [at_ns for at_ns in (self._watermark_ns(), self._motion_ns()) if at_ns is not None]
            if self.tap.on:                     # every sample may end a tap
                times.append(self.sampling.time_of(0))
            if times:
                self._timer = self._clock.call_at(min(times), self._tick)

    def _tick(self):
        self._timer = None
        self.settle()
        self._changed()
        self.plan()

    def _watermark_ns(self):
        missing = 0 if self.stuck else self.fifo.missing()
        return self.sampling.time_of(missing - 1) if missing > 0 else None

    def _engine(self):
        """The engine whose next firing would show, or None."""
        if self.wake.on:
            return self.wake
        waiting = self.any_motion.on and not self.status1 & r.ANY_MOTION_SEEN
        return self.any_motion if waiting else None

    def _calm_below_mg(self):
        engine = self.wake if self.wake.on else self.any_motion
        return engine.calm_below_mg()

    def _motion_ns(self):
        """When the engine fires, or until when it certainly does not, or None."""
        engine = self._engine()
        calm_mg = engine.calm_below_mg() if engine else None
        if calm_mg is None:
            return None
        if self._fires_ns is not None and self._fires_ns > self._clock.now_ns:
            return self._fires_ns
        sampling = self.sampling
        if not sampling.seen_ahead:
            self._scout, self._fires_ns = engine.scout(), None
            calm_ns = sampling.calm_until(sampling.time_of(0), calm_mg)
            if calm_ns > sampling.time_of(LOOK_AHEAD) and not self._jump:
                return calm_ns
            self._jump = False
        return self._look_ahead()

    def _look_ahead(self):
        for position in range(self.sampling.seen_ahead, LOOK_AHEAD):
            if self._scout.feed(self.sampling.look()):
                self._fires_ns = self.sampling.time_of(position)
                return self._fires_ns
        return self.sampling.time_of(LOOK_AHEAD - 1)
