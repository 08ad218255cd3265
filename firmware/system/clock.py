"""The wearer's calendar: wall clock, day numbers with the day's own start, and dates for what was counted without a clock.

Owns the meaning of time (zone, start of the day, whether the time is known) over a real-time clock that is given. Steps,
friends, errands and screens use it. Plain arithmetic on seconds since 2000-01-01 UTC, because ports disagree about the
epoch and 31-bit small integers end in 2004 where 1970 is zero; ours last until 2034, later ones only cost heap.

A day is a number: days since 2000-01-01 of the wearer's day, which runs from `day_start_hour` local time to the next.

Which day something counts for is decided when it happens, by `day()`, and never again: a clock or a zone that moves later
moves no count, so nothing is lost or counted twice, and the figures of a day never fall. What happens while the time is not
known counts for UNKNOWN_DAY, and gets its day from `dated` once the time arrives; nobody else makes that up.
"""
from micropython import const

DAY_S = const(86_400)
UNKNOWN_DAY = const(0)                          # 2000-01-01 itself never comes
_FIRST_YEAR = const(2025)                       # an unset clock says 2000 or 1970
_TICKS_MASK = const(0x3FFFFFFF)                 # time.ticks_ms() counts modulo 2 ** 30


def days_before(year, month, day):
    """Days from 2000-01-01 to a date of the Gregorian calendar (H. Hinnant, chrono-compatible date algorithms)."""
    if month <= 2:
        year -= 1
        month += 12
    return 365 * year + year // 4 - year // 100 + year // 400 + (153 * (month - 3) + 2) // 5 + day - 730_426


def date_of(days):
    """(year, month, day) of a number of days since 2000-01-01."""
    days += 730_425                             # since 0000-03-01
    era, rest = days // 146_097, days % 146_097
    year = (rest - rest // 1460 + rest // 36_524 - rest // 146_096) // 365
    rest -= 365 * year + year // 4 - year // 100
    month = (5 * rest + 2) // 153
    return era * 400 + year + (month >= 10), month + (3 if month < 10 else -9), rest - (153 * month + 2) // 5 + 1


class Clock:
    """`rtc.datetime()` gets, and with a tuple sets, (year, month, day, weekday, hour, minute, second, subsecond) in UTC,
    as machine.RTC does; `ticks_ms()` is time.ticks_ms. `zone_minutes` is local time minus UTC, `day_start_hour` is 0..23;
    both may be assigned at any time. `known` tells whether the clock has been set since it last lost power."""

    def __init__(self, rtc, ticks_ms, zone_minutes=0, day_start_hour=4):
        self._rtc = rtc
        self._ticks_ms = ticks_ms
        self._last_ticks = ticks_ms()
        self._uptime_ms = 0
        self.zone_minutes = zone_minutes
        self.day_start_hour = day_start_hour
        self.known = rtc.datetime()[0] >= _FIRST_YEAR

    def uptime_s(self):
        """Seconds since this object was made. Right if this, or the time while it is not known, is asked at least every
        twelve days."""
        ticks = self._ticks_ms()
        self._uptime_ms += (ticks - self._last_ticks) & _TICKS_MASK
        self._last_ticks = ticks
        return self._uptime_ms // 1000

    def now_s(self):
        """Seconds since 2000-01-01 UTC, or None while the time is not known."""
        if not self.known:
            self.uptime_s()                     # asked often enough, as long as it matters
            return None
        year, month, day, _, hour, minute, second, _ = self._rtc.datetime()
        return days_before(year, month, day) * DAY_S + hour * 3600 + minute * 60 + second

    def set(self, utc_s):
        """Set the clock to seconds since 2000-01-01 UTC; returns by how many seconds it moved, None if it was not known.

        Raises ValueError for a time before 2025 or after 2099. Whoever calls it publishes 'time'.
        """
        days, rest = utc_s // DAY_S, utc_s % DAY_S
        if not days_before(_FIRST_YEAR, 1, 1) <= days < days_before(2100, 1, 1):
            raise ValueError('The time to set is not between the years 2025 and 2099.')
        before = self.now_s()
        year, month, day = date_of(days)
        self._rtc.datetime((year, month, day, (days + 5) % 7, rest // 3600, rest // 60 % 60, rest % 60, 0))
        self.known = True
        return None if before is None else utc_s - before

    def at_uptime(self, uptime_s):
        """Seconds since 2000-01-01 UTC at a moment that `uptime_s` gave, or None while the time is not known.

        Dates what was counted before the time arrived.
        """
        now_s = self.now_s()
        return None if now_s is None else now_s - (self.uptime_s() - uptime_s)

    def dated(self, uptime_s=None):
        """(day, hour) for what was counted without a date, or None while the time is still not known.

        What happened at `uptime_s` of this run is dated to the hour. Of anything else, such as steps of a run before a flat
        battery, only this is certain: that it was before now. It counts for now, the moment at which the time arrived.
        """
        utc_s = self.now_s() if uptime_s is None else self.at_uptime(uptime_s)
        return None if utc_s is None else (self.day(utc_s), self.hour(utc_s))

    def _local_s(self, utc_s):
        if utc_s is None:
            utc_s = self.now_s()
        return None if utc_s is None else utc_s + self.zone_minutes * 60

    def day(self, utc_s=None):
        """The wearer's day of that moment (default: now), UNKNOWN_DAY while the time is not known."""
        local_s = self._local_s(utc_s)
        return UNKNOWN_DAY if local_s is None else (local_s - self.day_start_hour * 3600) // DAY_S

    def hour(self, utc_s=None):
        """The local hour 0..23 of that moment (default: now), or None."""
        local_s = self._local_s(utc_s)
        return None if local_s is None else local_s // 3600 % 24

    def local(self, utc_s=None):
        """(year, month, day, hour, minute, second, weekday 0 = Monday) of that moment (default: now), or None."""
        local_s = self._local_s(utc_s)
        if local_s is None:
            return None
        days, rest = local_s // DAY_S, local_s % DAY_S
        return date_of(days) + (rest // 3600, rest // 60 % 60, rest % 60, (days + 5) % 7)
