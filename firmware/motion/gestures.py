"""Gestures from acceleration: the bump of two pins and the double tap on the case, told from footfalls.

Owns the detector and its thresholds; a plain class fed with every sample at RATE_HZ by `motion`. Integers only, nothing
is allocated per sample.

A knock on the case lasts 10-40 ms. At 125 Hz it is a slope (largest change of an axis from one sample to the next) of
some 300-3000 mg; walking on the chest has 60-300, a lanyard that slaps against it up to 1100, running 300-2500. So a
slope counts as a knock if it is above KNOCK_MG and also well above what the last seconds brought, and a knock in the
rhythm of feet is none. On 11.8 hours of recorded walks (25-50 Hz, interpolated: real ones are sharper) that leaves 1.4
false bumps an hour, 0.8 where badges are worn, and no false double tap; at rest, at a desk and in a car none.

A first knock is a BUMP at once, because the tap that it starts must not wait; if just one more follows within 100-400
ms it is a DOUBLE_TAP too, 0.4 s after the second.
"""
from micropython import const

RATE_HZ = const(125)

BUMP, DOUBLE_TAP = 'bump', 'double_tap'

KNOCK_MG = const(250)                   # the smallest slope of a knock: 8/32 g
STILL_MG = const(31)                    # less than this is a wearer who stands or a pin that lies: 1/32 g, the finest
                                        # threshold of the sensor's motion engine

_RING = const(12)                       # 96 ms: what one knock may ring on
_SERIES = const(50)                     # 400 ms: a second knock this soon belongs to the first
_RHYTHM = const(188)                    # 1.5 s: a knock this soon that is no stronger is a foot
_MOST = const(1 << 20)                  # counters stop here
_LEVEL_SHIFT = const(8)                 # the level falls to 1/e in 256 samples, 2 s


class Gestures:
    """Feed it every sample; `still_samples` counts those since the pin last moved."""

    def __init__(self):
        self.still_samples = 0
        self._x = self._y = self._z = 0
        self._started = False
        self._level = 0                 # recent slopes, in 1/16 mg
        self._peak = 0                  # slope of the last knock
        self._since = _MOST             # samples since the last knock
        self._knocks = 0                # in this series

    def restart(self):
        """The next sample does not follow on the last one."""
        self._started = False

    def feed(self, x_mg, y_mg, z_mg):
        """Take one sample; return BUMP, DOUBLE_TAP or None."""
        slope = max(abs(x_mg - self._x), abs(y_mg - self._y), abs(z_mg - self._z))
        self._x, self._y, self._z = x_mg, y_mg, z_mg
        if not self._started:
            self._started = True
            return None
        if slope > STILL_MG:
            self.still_samples = 0
        elif self.still_samples < _MOST:
            self.still_samples += 1
        if self._since < _MOST:
            self._since += 1
        self._level -= self._level >> _LEVEL_SHIFT
        if self._since <= _RING:
            self._peak = max(self._peak, slope)
        elif slope > KNOCK_MG and slope << 5 > 5 * self._level:        # 2.5 times the level
            return self._knock(slope)
        elif slope << 4 > self._level:
            self._level = slope << 4
        if self._knocks == 2 and self._since > _SERIES:
            self._knocks = 0
            return DOUBLE_TAP
        return None

    def _knock(self, slope):
        since, last = self._since, self._peak
        self._since, self._peak = 0, slope
        if since <= _SERIES:
            self._knocks += 1
            if self._knocks > 2:        # shaken, or running feet
                self._level = slope << 4
            return None
        if since < _RHYTHM and slope * 2 < last * 5:
            self._knocks, self._level = 0, slope << 4
            return None
        self._knocks = 1
        return BUMP
