"""The request 'designs': which there are, which are unlocked, and the choice. Borrowed by `serving`."""
from firmware.social import rewards
from firmware.system.overlay import borrow


async def _list(pin, values, part, link):
    facts = pin.facts
    following = borrow('firmware.social.goals').next_design(facts.book.count, facts.rewards.earned)
    return {'chosen': facts.settings.get('design'), 'unlocked': facts.rewards.earned.designs,
            'names': rewards.DESIGNS.split(','), 'next': following}


async def _choose(pin, values, part, link):
    number, facts = values['design'], pin.facts
    if number >= facts.rewards.earned.designs:
        raise ValueError('This design is not yours yet. Friends and errands unlock it.')
    if facts.settings.set('design', number):
        pin.events.publish('settings', 'design')
    return {'chosen': number}


ACTS = (('list', _list, ()), ('choose', _choose, (('design', 'int', -1, 32),)))
