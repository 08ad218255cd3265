"""The motion engines of the QMI8658: any-motion (slope between samples) and wake-on-motion. Owned by the chip model.

No-motion, significant motion, tap and pedometer engines are not modelled; the chip complains when they are switched on.
"""
import copy


class AnyMotion:
    """CTRL_CMD_CONFIGURE_MOTION: fires once the slope a[n] - a[n-1] of the enabled axes has been above the threshold
    for `window` samples in a row. Thresholds are in 1/32 g."""

    def __init__(self):
        self.on = False
        self.thresholds = [0, 0, 0]
        self.mode = 0                           # 3: all enabled axes at once, 2..0: Z, Y, X enabled
        self.window = 1
        self.forget()

    def forget(self):
        self._last = None
        self._run = 0

    def feed(self, sample_mg):
        """Take one sample; True if the engine fires at it."""
        last, self._last = self._last, sample_mg
        if not self.on or last is None:
            return False
        above = [abs(now - before) * 32 > threshold * 1000
                 for axis, (now, before, threshold) in enumerate(zip(sample_mg, last, self.thresholds))
                 if self.mode >> axis & 1]
        moved = bool(above) and (all(above) if self.mode & 8 else any(above))
        self._run = self._run + 1 if moved else 0
        return moved and self._run >= max(1, self.window)

    def calm_below_mg(self):
        """The largest slope that certainly does not fire; None where every slope is below."""
        if not self.on or not self.mode & 7:
            return None
        return min(threshold for axis, threshold in enumerate(self.thresholds) if self.mode >> axis & 1) * 1000 / 32

    def scout(self):
        """A copy that can run ahead."""
        return copy.copy(self)


class WakeOnMotion(AnyMotion):
    """CTRL_CMD_WRITE_WOM_SETTING: fires at a change above a threshold in mg on any axis, but not in the first
    `blanking` samples."""

    def __init__(self):
        super().__init__()
        self.threshold_mg = 0
        self.blanking = 0
        self._seen = 0

    def configure(self, threshold_mg, blanking):
        self.threshold_mg, self.blanking = threshold_mg, blanking
        self.on = threshold_mg > 0
        self.restart()

    def restart(self):
        self.forget()
        self._seen = 0

    def feed(self, sample_mg):
        last, self._last = self._last, sample_mg
        self._seen += 1
        if not self.on or last is None or self._seen <= self.blanking:
            return False
        return any(abs(now - before) > self.threshold_mg for now, before in zip(sample_mg, last))

    def calm_below_mg(self):
        return self.threshold_mg if self.on else None
