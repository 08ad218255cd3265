"""The request 'find': the pin shows itself. Borrowed by `serving`."""


async def _show(pin, values, part, link):
    pin.events.publish('notice', 'Your phone is looking for this pin.')
    return {}


ACTS = (('show', _show, ()),)
