"""What a wearer asks for on a screen, carried out through the services: the values of event 'action'.

    ('set', (key, value))       keep a setting
    ('design', number)          show this design on the name tag, -1 for the plain one
    ('block', id)               refuse taps with the friend of this device id; again: accept them
    ('forget', id)              a friend of old is a stranger again
    ('bind', None)              a phone may be bound, for two minutes
    ('forget_phones', None)     no phone may talk to the pin any more
    ('factory_reset', None)     forget everything, with a restart

'tap' is the rendezvous' and stays with `firmware.pin`, which borrows this module for all others. What fails or happens unseen
is told by a notice.
"""
from firmware.system.overlay import borrow
from firmware.system.settings import SettingError
from firmware.system.storage import StorageError

FORGOTTEN = 'No phone is bound to this pin.', 'Your phone is forgotten.', 'All phones are forgotten.'


def do(pin, events, action, value):
    """Carry out `action` for `pin` (firmware.pin.Pin). Returns True where the pin must restart for it."""
    try:
        return ACTIONS[action](pin, events, value)
    except (SettingError, StorageError, ValueError) as error:
        events.publish('notice', str(error))
    return False


def _set(pin, events, pair):
    key, value = pair
    if pin.facts.settings.set(key, value):
        events.publish('settings', key)


def _design(pin, events, number):
    if number >= pin.facts.rewards.earned.designs:
        raise ValueError('This design is not yours yet. Friends and errands unlock it.')
    _set(pin, events, ('design', number))


def _friend(pin, id):
    friend = pin.facts.book.get(id)
    if friend is None:
        raise ValueError('This friend is not in the book any more.')
    return friend


def _block(pin, events, id):
    friend, book = _friend(pin, id), pin.facts.book
    blocked = book.blocked(friend.id)
    (book.unblock if blocked else book.block)(friend.id)
    events.publish('notice', '%s can tap you again.' % friend.name if blocked else 'Taps with %s are refused.' % friend.name)


def _forget(pin, events, id):
    friend = _friend(pin, id)
    pin.facts.book.forget(friend.id)
    events.publish('notice', '%s is forgotten.' % friend.name)


def _bind(pin, events, _):
    borrow('firmware.companion.wishes').bind(pin)


def _forget_phones(pin, events, _):
    count = borrow('firmware.companion.wishes').forget_all(pin)
    events.publish('notice', FORGOTTEN[min(count, 2)])


def _factory_reset(pin, events, _):
    pin.storage.replace('erase', b'')           # basics.FACTORY_RESET: from here on nothing stops it, not even a flat cell
    return True


ACTIONS = {'set': _set, 'design': _design, 'block': _block, 'forget': _forget, 'bind': _bind, 'forget_phones': _forget_phones,
           'factory_reset': _factory_reset}
