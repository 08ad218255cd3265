"""The request 'battery': how full the cell is. Borrowed by `serving`."""


async def _get(pin, values, part, link):
    gauge = pin.facts.battery.gauge
    return {'percent': gauge.percent, 'charging': gauge.charging, 'millivolts': gauge.millivolts}


ACTS = (('get', _get, ()),)
