"""Gestures from acceleration: the bump of two pins and the double tap on the case, told from footfalls; turned over, upright.

Owns the detectors and their thresholds; plain classes fed by `motion`, Gestures with every sample at about RATE_HZ, Posture
with means of samples about 31 times a second. Integers only, nothing is allocated per sample; the loops are in `samples`.

A knock on the case is over in 2-5 ms and rings for some more; a body moves no faster than 20 Hz or so. The kink of an axis
(its second difference, over 4 ms) tells them apart: 120-2000 mg for a knock of 0.7 to 3 g, wherever it falls between two
samples; walking on the chest has 20-90, a pocket 50-250, running 150-650. So a kink counts as a knock if it is above
KNOCK_MG and well above what the last six seconds brought, as they were 64 to 128 ms ago: a knock is never measured
against its own beginning. A knock in the rhythm of feet is none. How many are missed and how many are false is what
`make bench-bumps` prints; at 125 Hz, with slopes, one light knock in four fell between two samples.

A first knock is a BUMP at once, because the tap that it starts must not wait; if just one more follows within 100-400
ms it is a DOUBLE_TAP too, 0.4 s after the second.

How the pin hangs or lies goes by the axes of the case: x to the wearer's left, y up, z out of the display. Between clear
postures the last one counts, and each must last a quarter of a second, so that a walk, a swing or a stumble turns nothing.
"""
from micropython import const

try:
    from samples_native import largest_kink
except (SyntaxError, ValueError, ImportError, NameError):       # a port without machine code: text, .mpy, left out; CPython
    from samples import largest_kink

RATE_HZ, OTHER_RATE_HZ = const(250), const(208)         # the QMI8658's, and what an LSM6DSO has near it

BUMP, DOUBLE_TAP, TURN, UPRIGHT = 'bump', 'double_tap', 'turn', 'upright'

KNOCK_MG = const(140)                   # the smallest kink of a knock
SLOPE_MG = const(94)                    # its change between two samples is seldom less: 3/32 g, for the sensor's engine
_REST_KNOCK_MG = const(60)               # the kink that ends a rest, over 8 ms, if a knock did it

LEAD = const(2)                         # samples before the first that is judged
_BLOCK = const(16)                      # samples, 64 ms
_RING = const(24)                       # 96 ms: what one knock may ring on
_SERIES = const(100)                    # 400 ms: a second knock this soon belongs to the first
_RHYTHM = const(375)                    # 1.5 s: a knock this soon that is no stronger is a foot
_MOST = const(1 << 20)                  # counters stop here
_FADE = const(11)                       # of 1024, a block: the level falls to 1/e in six seconds
_FACTOR = const(13)                     # a knock is 13/4 of the level

STILL_MG = const(31)                    # less change than this is a wearer who stands or a pin that lies: 1/32 g, the
                                        # finest threshold of the sensor's motion engine
_CLEAR_MG = const(720)                  # the axis along gravity has more, the other less: 44 degrees
_SETTLED = const(8)                     # samples

_HANGING, _ON_A_SIDE, _HEAD_DOWN, _ON_THE_OTHER = const(1), const(2), const(3), const(4)      # by quarter turns
_FACE_UP, _FACE_DOWN = const(5), const(6)


class Gestures:
    """Give it every sample."""

    def __init__(self):
        self._since = _MOST                     # samples since the last knock
        self._peak = 0                          # its kink
        self.restart()

    def restart(self, knocked=False):
        """Samples begin anew; what was before does not count. `knocked`: but for a knock just now, which is told already."""
        self._fresh = LEAD                      # samples until there is a kink
        self._level = 0                         # of kinks, in 1/16 mg
        self._now = self._before = 0            # the largest kink of this block and of the last
        self._left = _BLOCK                     # samples of this block that are to come
        self._knocks = 1 if knocked else 0      # in this series
        if knocked:
            self._since = _RING // 2

    def take(self, samples, at, end, tell):
        """Take the samples `at` to `end` of an array('h') of x, y, z, x, ... in mg, before which lie the LEAD that came last.
        Calls `tell` with BUMP or DOUBLE_TAP.

        Stretches in which nothing can be a knock are passed at once; the others are halved until what is left is one."""
        fresh = min(self._fresh, end - at)
        self._fresh -= fresh
        self._since += fresh
        at += fresh
        while at < end:
            if not self._left:
                self._end_block()
            stop = min(end, at + self._left)
            kink = largest_kink(samples, at, stop)
            limit = max(self._now, KNOCK_MG)    # what is not above it was judged already, or is too little to matter
            while kink > limit and stop > at + 1:
                stop = at + stop >> 1
                kink = largest_kink(samples, at, stop)
            self._left -= stop - at
            self._since += stop - at
            at = stop
            gesture = self._judge(kink) if kink > limit else self._pass(kink)
            if gesture:
                tell(gesture)

    def _pass(self, kink):
        """A stretch without a knock, whose largest kink this is."""
        self._now = max(self._now, kink)
        if self._knocks == 2 and self._since > _SERIES:
            self._knocks = 0
            return DOUBLE_TAP
        return None

    def _end_block(self):
        self._level -= self._level * _FADE >> 10
        self._level = max(self._level, self._before << 4)
        self._before, self._now, self._left = self._now, 0, _BLOCK
        self._since = min(self._since, _MOST)

    def _judge(self, kink):
        """A kink that a knock may have made: what is none goes into the level."""
        since, last = self._since, self._peak
        if since <= _RING:
            self._peak = max(last, kink)
            return None
        if kink << 6 > _FACTOR * self._level:
            self._since, self._peak = 0, kink
            self._now = self._before = 0        # its own first samples, too weak to be sure, must not count against the next
            if since <= _SERIES:
                self._knocks += 1
                if self._knocks <= 2:
                    return None         # more: shaken, or running feet
            elif since >= _RHYTHM or kink * 2 >= last * 5:
                self._knocks = 1
                return BUMP
            else:
                self._knocks, kink = 0, max(kink, last)
        self._now = max(self._now, kink)
        return None


class Posture:
    """`turned`: degrees by which the image must be turned clockwise to be read. `still_samples`: how many came since the pin
    last moved."""

    def __init__(self):
        self.turned = 0
        self.still_samples = 0
        self._x = self._y = self._z = 0
        self._posture = self._coming = self._lasted = 0

    def feed(self, x_mg, y_mg, z_mg):
        """Take one sample; return TURN when the pin was turned from face to face, UPRIGHT when it has come to hang or to be
        held so that it can be read, else None."""
        if max(abs(x_mg - self._x), abs(y_mg - self._y), abs(z_mg - self._z)) > STILL_MG:
            self.still_samples = 0
        elif self.still_samples < _MOST:
            self.still_samples += 1
        self._x, self._y, self._z = x_mg, y_mg, z_mg
        posture = 0                     # where it is not clear
        if abs(y_mg) > _CLEAR_MG > abs(z_mg):
            posture = _HANGING if y_mg > 0 else _HEAD_DOWN
        elif abs(x_mg) > _CLEAR_MG > abs(z_mg):
            posture = _ON_A_SIDE if x_mg > 0 else _ON_THE_OTHER
        elif abs(z_mg) > _CLEAR_MG > abs(y_mg):
            posture = _FACE_UP if z_mg > 0 else _FACE_DOWN
        if posture != self._coming:
            self._coming, self._lasted = posture, 0
        self._lasted += 1
        if self._lasted < _SETTLED or not posture or posture == self._posture:
            return None
        before, self._posture = self._posture, posture
        if posture < _FACE_UP:
            self.turned = 90 * (posture - _HANGING)
        if not before:                  # the first that is known is no change
            return None
        if posture < _FACE_UP:
            return UPRIGHT
        return TURN if before >= _FACE_UP else None


def knocked_awake(samples, end):
    """Whether the last samples before `end` (as in Gestures.take, but at half RATE_HZ) that a resting sensor kept hold a
    knock. The first of them have nothing before them that counts."""
    return largest_kink(samples, max(2 * LEAD, end - 8), end) > _REST_KNOCK_MG
