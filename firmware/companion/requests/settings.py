"""The request 'settings': values read, and kept where all that are given fit. Borrowed by `serving`."""
import asyncio

from micropython import const

_ELSEWHERE = 'design'                           # which has a request of its own: it may be locked
_MOST = const(64)


def _keys(settings):
    return [key for key in settings.keys() if key != _ELSEWHERE]


async def _get(pin, values, part, link):
    settings = pin.facts.settings
    return {'values': {key: settings.get(key) for key in _keys(settings)}}


async def _set(pin, values, part, link):
    settings, given = pin.facts.settings, values['values']
    for key, value in given.items():
        if key == _ELSEWHERE:
            raise ValueError('The design is chosen with designs, not here.')
        complaint = settings.row(key).complaint(value)
        if complaint:
            raise ValueError(complaint)
    for key, value in given.items():
        if settings.set(key, value):
            pin.events.publish('settings', key)
        await asyncio.sleep_ms(0)
    return {'values': given}


ACTS = (('get', _get, ()), ('set', _set, (('values', 'object', 1, _MOST),)))
