"""Bluetooth's Current Time Service, by which a phone without the companion sets the pin's clock.

Owns nothing. Borrowed by `affairs` for a write. Formats from the GATT Specification Supplement: Current Time (2A2B) is local
time as year u16, month, day, hour, minute, second, and three bytes that are not needed; Local Time Information (2A0F) is the
zone in quarters of an hour as s8 (-128: not known) and what daylight saving adds, in quarters too.
"""
import struct

from firmware.system.clock import DAY_S, days_before

_DAYLIGHT = (0, 2, 4, 8)


def set_time(pin, value):
    """Set the clock from what was written to 2A2B. Raises ValueError where that is no time."""
    if len(value) < 7:
        raise ValueError('A current time has at least 7 bytes.')
    year, month, day, hour, minute, second = struct.unpack_from('<H5B', value)
    if not (1 <= month <= 12 and 1 <= day <= 31 and hour < 24 and minute < 60 and second < 60):
        raise ValueError('There is no such time.')
    local_s = days_before(year, month, day) * DAY_S + hour * 3600 + minute * 60 + second
    clock = pin.facts.clock
    pin.events.publish('time', clock.set(local_s - clock.zone_minutes * 60))


def set_zone(pin, value):
    """Set the zone from what was written to 2A0F. Raises ValueError (SettingError too) where that is none, StorageError."""
    if len(value) != 2:
        raise ValueError('Local time information has 2 bytes.')
    quarters, daylight = struct.unpack('<bB', value)
    if quarters == -128 or daylight not in _DAYLIGHT:
        raise ValueError('The phone does not know its time zone.')
    if pin.facts.settings.set('zone_minutes', 15 * (quarters + daylight)):
        pin.events.publish('settings', 'zone_minutes')
