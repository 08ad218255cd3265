"""Steps by day and by hour: today's count, thirty days of history, seven days by hour.

Owns the figures and nothing else: day and hour are given with every call, so that midnight, the wearer's day start and
a turned clock are the caller's affair and cannot lose a step here. Used by `motion`; `step_store` keeps it on flash. A
day is any number that grows by one a day; steps stay with the day under which they were counted, and a day's count
never falls.
"""
import struct
from array import array

from micropython import const

HISTORY_DAYS = const(30)
_DAYS_KEPT = const(40)                  # ten more, so that days of a wrong clock do not push out right ones
_HOURLY_KEPT = const(9)
_HOUR_MOST = const(0xFFFF)

_FORMAT = const(2)                      # 1 had no steps of days that are kept no more
_HEAD = '>BBBI'                         # format, days, days by hour, steps of days that are kept no more
_HEAD_SIZE = const(7)
_HEAD_SIZE_1 = const(3)
_DAY = '>II'                            # day, steps
_RECORD = '>IBHI'                       # day, hour, steps of the hour, steps of the day


class StepDays:
    """The step figures of all days that are kept."""

    def __init__(self):
        self._days = {}                 # day: steps
        self._hours = {}                # day: array of 24
        self._older = 0                 # steps of days that are kept no more

    def add(self, day, hour, steps):
        """Credit `steps` (>= 0) to `hour` (0..23) of `day`; returns the day's count."""
        hours = self._hours_of(day)
        hours[hour] = min(_HOUR_MOST, hours[hour] + steps)
        return self._set(day, self.on(day) + steps)

    def on(self, day):
        """Steps of one day; 0 where nothing is known."""
        return self._days.get(day, 0)

    @property
    def best(self):
        """Steps of the best day that is kept."""
        return max(self._days.values()) if self._days else 0

    @property
    def total(self):
        """Steps of all days, also of those that are kept no more: errands count them."""
        return self._older + sum(self._days.values())

    def history(self, day, count=HISTORY_DAYS):
        """Steps of the `count` days that end with `day`, oldest first."""
        return [self.on(day - back) for back in range(count - 1, -1, -1)]

    def hours(self, day):
        """Steps of each of the 24 hours of `day`; zeros for days that are too old."""
        return tuple(self._hours.get(day) or (0,) * 24)

    def move(self, day, new_day, new_hour):
        """What was counted under `day` happened on `new_day`: for the moment at which an unset clock is set.

        Returns False where there was nothing to move.
        """
        if day == new_day or day not in self._days:
            return False
        steps = self._days.pop(day)
        self._hours.pop(day, None)
        self.add(new_day, new_hour, steps)
        return True

    def _set(self, day, steps):
        self._days[day] = steps
        self._older += _drop_oldest(self._days, _DAYS_KEPT, day)
        return steps

    def _hours_of(self, day):
        hours = self._hours.get(day)
        if hours is None:
            hours = self._hours[day] = array('H', bytes(48))
            _drop_oldest(self._hours, _HOURLY_KEPT, day)
        return hours

    # ---- bytes for the journal ----
    def record(self, day, hour):
        """One hour and its day, as bytes for `apply`."""
        return struct.pack(_RECORD, day, hour, self.hours(day)[hour], self.on(day))

    def apply(self, record):
        """Take what `record` says; figures only grow, so records may come twice or late. Raises ValueError."""
        if len(record) != struct.calcsize(_RECORD):
            raise ValueError('A step record of %d bytes is damaged.' % len(record))
        day, hour, hour_steps, day_steps = struct.unpack(_RECORD, record)
        if hour > 23:
            raise ValueError('A step record of hour %d is damaged.' % hour)
        hours = self._hours_of(day)
        hours[hour] = max(hours[hour], hour_steps)
        self._set(day, max(self.on(day), day_steps))

    def snapshot(self):
        """Everything, as at most 850 bytes for `restore`."""
        parts = [struct.pack(_HEAD, _FORMAT, len(self._days), len(self._hours), self._older)]
        for day, steps in self._days.items():
            parts.append(struct.pack(_DAY, day, steps))
        for day, hours in self._hours.items():
            parts.append(struct.pack('>I24H', day, *hours))
        return b''.join(parts)

    def restore(self, data):
        """Take what `snapshot` made; figures only grow. Raises ValueError and changes nothing if it is damaged."""
        if len(data) < _HEAD_SIZE_1 or data[0] not in (1, _FORMAT):
            raise ValueError('The step history is of a format that this firmware does not know.')
        begin = _HEAD_SIZE_1 if data[0] == 1 else _HEAD_SIZE
        days, hourly = data[1], data[2]
        if len(data) != begin + 8 * days + 52 * hourly:
            raise ValueError('The step history is damaged.')
        if data[0] != 1:
            self._older = max(self._older, struct.unpack_from('>I', data, _HEAD_SIZE_1)[0])
        for index in range(days):
            day, steps = struct.unpack_from(_DAY, data, begin + 8 * index)
            self._set(day, max(self.on(day), steps))
        for index in range(hourly):
            day, *values = struct.unpack_from('>I24H', data, begin + 8 * days + 52 * index)
            hours = self._hours_of(day)
            for hour, steps in enumerate(values):
                hours[hour] = max(hours[hour], steps)


def _drop_oldest(table, most, keep):
    """Drop the lowest days above `most`, but never `keep`: with a clock turned back it is the lowest. Returns the last
    value that was dropped, or 0."""
    dropped = 0
    while len(table) > most:
        dropped = table.pop(min(day for day in table if day != keep))
    return dropped
