"""What a phone may ask of the pin: one line of JSON in, one or more out. assets/companion/protocol.json says what there is.

Owns no state but the book of who is served. `firmware.companion` makes a `Requests` when a line comes and lets go of it when
no more do, or a tap begins; until then it keeps the module of the latest request. Each request is a module of its own beside
`serving`, borrowed while it is used, so that at rest none of this takes heap.
"""
from firmware.system.overlay import borrow, forget

_NAME = 'firmware.companion.requests'


def Requests(pin):                              # a class for those who use it; loaded when there is a line
    """The serving.Requests of `pin` (firmware.pin.Pin)."""
    return _borrow('serving').Requests(pin)


async def event(pin, topic, value):
    """The line, as a dict, that tells a phone of an event of the bus, see `news`; None where there is nothing to tell."""
    told = await _borrow('news').line(pin, topic, value)
    forget(_NAME)
    return told


def _borrow(name):
    module = borrow(_NAME + '.' + name)
    forget(_NAME)                               # which the import has put there again
    return module
