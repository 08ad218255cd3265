"""The event bus: services tell each other what happened without knowing each other.

Owns the subscriptions. Every service and screen uses it; what the topics mean stands in TOPICS.
"""

TOPICS = (
    'steps',       # int: steps today
    'worn',        # bool: the pin moves; False once it has lain still for a minute
    'gesture',     # 'bump', 'double_tap', 'turn' or 'upright'
    'button',      # 'short', 'long' or 'reset'
    'touch',       # 'act', 'next', 'previous', 'up' or 'down'
    'action',      # (name, value): what the wearer asks for, see ui.actions
    'power',       # str: the screen that tells of the cell, 'battery' or 'charging'
    'phone',       # bool: whether the radio for phones is on
    'bound',       # int: so many phones are bound now
    'passkey',     # str: six digits to be compared with the phone's, '' once that is over
    'tap',         # 'wish' (to look for a pin), 'link', 'in_doubt' or 'done', 'over' (nobody looks, no link is up)
    'friend',      # Friend: a new one
    'met_again',   # Friend: one who was a friend already
    'unlock',      # int: index of a design, 0..32
    'medal',       # str: name of a rank
    'notice',      # str: a sentence for the screen
    'shown',       # str: name of the screen that is on the display now
    'night',       # bool: nobody wears the pin
    'screen',      # 'awake', 'low' or 'asleep'
    'card',        # None: the own card has changed
    'battery',     # int: percent
    'room',        # somebody has no heap left: who holds what can be had again lets it go; 'ui': a picture; bool: a tap
    'counted',     # None: of what a screen waits for more is known
    'settings',    # str: key of the setting that has changed
    'time',        # int: seconds by which the clock was moved, None where it was unknown before
)


class Events:
    """`log` is told of handlers that crash."""

    def __init__(self, log):
        self._log = log
        self._handlers = {topic: [] for topic in TOPICS}        # topic: [(owner, handler)]

    def subscribe(self, owner, topic, handler):
        """Have `handler(value)` called at each event of `topic`, until `drop(owner)`. Raises ValueError for no topic.

        A handler is called from within `publish`, in the publisher's task: it keeps what it needs and returns at once, it
        does not await, and what it raises is logged and goes no further.
        """
        if topic not in self._handlers:
            raise ValueError('There is no event called %s.' % topic)
        self._handlers[topic].append((owner, handler))

    def drop(self, owner):
        """End every subscription of `owner`."""
        for topic, handlers in self._handlers.items():
            self._handlers[topic] = [pair for pair in handlers if pair[0] is not owner]

    def publish(self, topic, value=None):
        """Call the handlers of `topic` in the order of their subscription. Raises ValueError for no topic."""
        if topic not in self._handlers:
            raise ValueError('There is no event called %s.' % topic)
        for _, handler in tuple(self._handlers[topic]):
            try:
                handler(value)
            except Exception as error:          # noqa: BLE001  one bad handler must not stop the others
                self._log.error('events', 'A handler of %s crashed.' % topic, error)
