"""The request 'time': the clock read and set; `current_time` is how a phone without the companion does it. Borrowed by
`serving`."""
from firmware.system.clock import days_before

_EPOCH_S = days_before(1970, 1, 1) * 86_400     # of Unix, by the clock's reckoning; negative


async def _get(pin, values, part, link):
    clock = pin.facts.clock
    now_s = clock.now_s()
    return {'utc': None if now_s is None else now_s - _EPOCH_S, 'zone': clock.zone_minutes, 'day': clock.day()}


async def _set(pin, values, part, link):
    """The zone first, so that what is dated now gets the right day."""
    facts = pin.facts
    if values['zone'] is not None and facts.settings.set('zone_minutes', values['zone']):
        pin.events.publish('settings', 'zone_minutes')
    pin.events.publish('time', facts.clock.set(values['utc'] + _EPOCH_S))
    return await _get(pin, None, None, None)


ACTS = (('get', _get, ()),
        ('set', _set, (('utc', 'int', 1_735_689_600, 4_102_444_799), ('zone', 'int', -720, 840, None))))
