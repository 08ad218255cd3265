"""What a phone is told without asking: events of the bus as lines. Borrowed by `firmware.companion` when there is something to
tell and no tap under way; what waits until then is topic and value, of a friend the id alone.

`firmware.companion.desk` has the topics, and tells the steps at most once in five seconds.
"""
from firmware.social.rewards import DESIGNS
from firmware.system.overlay import borrow


async def line(pin, topic, value):
    """The line of an event as a dict; None where there is nothing to tell. Raises StorageError."""
    told = _TOLD[topic](pin.facts, value)
    if told is not None:
        told['event'] = topic
    return told


def _friend(facts, id):
    friend = facts.book.get(id)
    if friend is None:                          # forgotten already
        return None
    return {'friend': borrow('firmware.companion.requests.rows').of_friend(friend), 'count': facts.book.count}


def _battery(facts, value):
    return {'percent': facts.battery.percent, 'charging': facts.battery.charging}


_TOLD = {
    'friend': _friend, 'met_again': _friend, 'battery': _battery,
    'steps': lambda facts, today: {'today': today},
    'unlock': lambda facts, number: {'design': number, 'name': DESIGNS.split(',')[number]},
    'medal': lambda facts, name: {'medal': name},
    'card': lambda facts, value: {},
    'settings': lambda facts, key: {'key': key, 'value': facts.settings.get(key)},
    'time': lambda facts, moved_s: {'moved_s': moved_s}, 'bound': lambda facts, phones: {'phones': phones},
}
