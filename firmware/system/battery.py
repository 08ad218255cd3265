"""How full the cell is: from its voltage to a percentage that a person can trust.

Owns the discharge curve, the gauge and the service that publishes 'battery'. The board gives the voltage; there is no
charge-status line on these boards, so charging is told from the voltage itself.

The curve is the common open-circuit chart of a LiPo cell less 25 mV (0.1 A of a running pin through 0.1-0.3 ohm,
averaged), and it ends at 3.40 V, where the 3.3 V regulator drops out: what is left below, about a tenth of the cell, is
no use.
"""
import asyncio

from micropython import const

OFTEN_MS, SELDOM_MS = const(30_000), const(120_000)     # between two readings: in use, and lying still
READINGS = const(4)                     # of the board, each of which averages its ADC already, 20 ms apart
READING_GAP_MS = const(20)              # so that one radio or light pulse does not spoil them all

CURVE = (                               # (mV, percent), falling
    (4175, 100), (4125, 95), (4085, 90), (4055, 85), (3995, 80), (3955, 75), (3925, 70), (3885, 65), (3845, 60),
    (3825, 55), (3815, 50), (3795, 45), (3775, 40), (3765, 35), (3745, 30), (3725, 25), (3705, 20), (3685, 15),
    (3665, 10), (3585, 5), (3400, 0),
)
LOWEST_MV, HIGHEST_MV = const(2500), const(4600)        # outside of these it is no LiPo cell
PLUGGED_MV = const(70)                  # so far above its lowest: charging (backlight and radio sag 30-60 mV)
UNPLUGGED_MV = const(40)                # so far below its highest: no longer
WARNINGS = (5, 15)                      # percent
CONFIRM = const(3)                      # readings in a row that must say so
_SMOOTHING = const(2)                   # the mean follows by a quarter of the difference


def percent_at(millivolts):
    """Percent at a resting voltage, between the points of CURVE."""
    if millivolts >= CURVE[0][0]:
        return 100
    for (upper_mv, upper), (lower_mv, lower) in zip(CURVE, CURVE[1:]):
        if millivolts >= lower_mv:
            return lower + (upper - lower) * (millivolts - lower_mv) // (upper_mv - lower_mv)
    return 0


class Gauge:
    """`percent` (None before the first reading) moves by at most one point a reading and never up unless `charging`."""

    def __init__(self):
        self.percent = None
        self.charging = False
        self.millivolts = None
        self._mean = 0                  # in 1/4 mV
        self._turn_mv = 0               # the lowest since the cell discharges, the highest since it charges
        self._confirmed = 0

    def feed(self, millivolts):
        """Take a reading, about every OFTEN_MS; returns `percent`. Raises ValueError where this can be no cell."""
        if not LOWEST_MV <= millivolts <= HIGHEST_MV:
            raise ValueError('The battery reads %d mV, which no cell can have.' % millivolts)
        if self.percent is None:
            self._mean = millivolts << _SMOOTHING
            self.millivolts = self._turn_mv = millivolts
            self.percent = percent_at(millivolts)
            return self.percent
        self._mean += millivolts - (self._mean >> _SMOOTHING)
        self.millivolts = self._mean >> _SMOOTHING
        self._judge_charging(millivolts)
        goal = percent_at(self.millivolts)
        if goal < self.percent and not self.charging:
            self.percent -= 1
        elif goal > self.percent and self.charging:
            self.percent += 1
        return self.percent

    def _judge_charging(self, millivolts):
        if self.charging:
            turned = self._turn_mv - millivolts >= UNPLUGGED_MV
            self._turn_mv = max(self._turn_mv, self.millivolts)
        else:
            turned = millivolts - self._turn_mv >= PLUGGED_MV
            self._turn_mv = min(self._turn_mv, self.millivolts)
        self._confirmed = self._confirmed + 1 if turned else 0
        if self._confirmed >= CONFIRM:
            self.charging = not self.charging
            self._confirmed = 0
            self._mean = millivolts << _SMOOTHING
            self.millivolts = self._turn_mv = millivolts


class Battery:
    """The service: `read_mv()` is the board's averaged cell voltage in mV. Publishes 'battery' whenever the percentage
    changes, and when charging begins or ends; and 'power' where the wearer should see it: 'charging' when that begins,
    'battery' once at each of WARNINGS on the way down."""

    def __init__(self, read_mv, events, log):
        self.gauge = Gauge()
        self.period_ms = OFTEN_MS               # see system.power
        self._read_mv = read_mv
        self._events = events
        self._log = log
        self._said = None
        self._complained = False

    @property
    def percent(self):
        return self.gauge.percent

    @property
    def charging(self):
        return self.gauge.charging

    async def run(self):
        """Measure for ever. A reading that fails is said once and left out."""
        while True:
            await self.measure()
            await asyncio.sleep_ms(self.period_ms)

    async def measure(self):
        """Take one reading and tell what has changed."""
        try:
            total_mv = 0
            for _ in range(READINGS):
                total_mv += self._read_mv()
                await asyncio.sleep_ms(READING_GAP_MS)
            self.gauge.feed(total_mv // READINGS)
        except (OSError, ValueError) as error:
            if not self._complained:
                self._log.error('battery', 'The battery cannot be measured. %s' % error)
            self._complained = True
            return
        self._complained = False
        said = (self.gauge.percent, self.gauge.charging)
        if said != self._said:
            before, self._said = self._said or (100, said[1]), said
            self._events.publish('battery', self.gauge.percent)
            self._warn(before, said)

    def _warn(self, before, now):
        """Tell the wearer what is worth telling between two (percent, charging)."""
        if now[1] and not before[1]:
            self._events.publish('power', 'charging')
        for percent in WARNINGS:
            if now[0] <= percent < before[0] and not now[1]:
                self._events.publish('power', 'battery')
                return
