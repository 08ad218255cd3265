"""The motion engines of the QMI8658: any-motion (slope between samples), wake-on-motion and tap. Owned by the chip model.

No-motion, significant motion and pedometer engines are not modelled; the chip complains when they are switched on.
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
        (x, y, z), (x_before, y_before, z_before) = sample_mg, last
        if max(abs(x - x_before), abs(y - y_before), abs(z - z_before)) * 32 <= min(self.thresholds) * 1000:
            self._run = 0                       # nearly always, so it has to be quick
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


class Tap:
    """CTRL_CMD_CONFIGURE_TAP, as far as its data sheet tells it: what differs from the running mean (weight `alpha`) by
    more than `peak_g2`, for no longer than `peak_window` samples and followed by `tap_window` samples below `quiet_g2`, is
    a tap; a second one within `double_window` of the first peak makes it a double tap. `feed` returns 1, 2 or 0."""

    def __init__(self):
        self.on = False
        self.peak_window = self.tap_window = self.double_window = 0
        self.alpha, self.peak_g2, self.quiet_g2 = 0.0625, 0.8, 0.4
        self.forget()

    def forget(self):
        self._mean = None
        self._since = None                      # samples since the first peak
        self._quiet = 0                         # samples since the last peak
        self._peaks = 0

    def feed(self, sample_mg):
        if not self.on:
            return 0
        if self._mean is None:
            self._mean = list(sample_mg)
        moved = [now - mean for now, mean in zip(sample_mg, self._mean)]
        self._mean = [mean + self.alpha * part for mean, part in zip(self._mean, moved)]
        energy_g2 = sum(part * part for part in moved) / 1e6
        if self._since is None:
            if energy_g2 > self.peak_g2:
                self._since, self._quiet, self._peaks = 0, 0, 1
            return 0
        self._since += 1
        self._quiet += 1
        if energy_g2 > self.peak_g2:
            self._peaks += self._quiet > self.tap_window
            self._quiet = 0
        elif energy_g2 > self.quiet_g2 and self._quiet > self.peak_window:
            self._since = None                  # moved about: no tap
            return 0
        return self._ended()

    def _ended(self):
        if self._quiet < self.tap_window or self._peaks == 1 and self._since < self.double_window:
            return 0
        peaks, self._since = self._peaks, None
        return min(2, peaks)
