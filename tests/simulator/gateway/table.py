"""The pins on the table before a person: what they show, and what is done to them. Everything here runs in the world's thread.

A page draws `picture?pin=NAME` and says over the WebSocket `table` what was done: {"type": "press", "pin": NAME, "ms": 80},
{"type": "touch", "pin": NAME, "x": 120, "y": 60}, {"type": "swipe", "pin": NAME, "direction": "left"}, {"type": "bump"}.
"""
import io

from tests.simulator.pin import SWIPES

PIXELS = 240
LONGEST_PRESS_MS = 15_000
APART_S = 4                         # so long two pins are held together after a bump


class Table:
    """`pins`: {name: Pin} of one world."""

    def __init__(self, world, pins):
        self.world = world
        self.pins = pins

    def picture(self, query):
        """What the pin `query['pin']` shows, as a PNG. Raises KeyError where there is none of that name."""
        data = io.BytesIO()
        self.pins[query['pin']].look().save(data, 'PNG')
        return 'image/png', data.getvalue()

    def names(self, _query):
        """The pins' names, a line each."""
        return 'text/plain', '\n'.join(self.pins).encode()

    def session(self, _query, send):
        return Hand(self, send)

    def bump(self):
        """Knock the first two pins together and part them again."""
        one, other, *_ = self.pins.values()
        self.world.bump(one, other)
        self.world.clock.call_later(APART_S * 10**9, self.world.apart, one, other)


class Hand:
    """One page's WebSocket; `send` tells it what was wrong with what it asked for."""

    def __init__(self, table, send):
        self._table, self._send = table, send
        self._doings = {'press': self._press, 'touch': self._touch, 'swipe': self._swipe, 'bump': self._bump}

    def take(self, message):
        try:
            self._doings[message['type']](message)
        except (KeyError, TypeError, ValueError) as problem:
            self._send({'type': 'error', 'reason': f'Nothing was done: {problem!r} in what the page asked for.'})

    def _pin(self, message):
        return self._table.pins[message['pin']]

    def _press(self, message):
        self._pin(message).press(number(message['ms'], LONGEST_PRESS_MS))

    def _touch(self, message):
        self._pin(message).touch(number(message['x'], PIXELS - 1), number(message['y'], PIXELS - 1))

    def _swipe(self, message):
        direction = message['direction']
        if direction not in SWIPES:
            raise ValueError(direction)
        self._pin(message).swipe(direction)

    def _bump(self, _message):
        self._table.bump()

    def closed(self):
        """The page has gone; the pins stay as they are."""


def number(value, most):
    """`value` if it is a whole number of 0 to `most`. Raises ValueError."""
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= most:
        raise ValueError(value)
    return value
