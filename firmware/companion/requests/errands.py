"""The request 'errands': what earns designs and medals, and how far it is. Borrowed by `serving`."""
from firmware.social.rewards import MEDALS
from firmware.system.overlay import borrow


async def _get(pin, values, part, link):
    facts = pin.facts
    goals, earned, count = borrow('firmware.social.goals'), facts.rewards.earned, facts.book.count
    return {'errands': goals.errands(pin.progress.measures(), earned.errands, facts.settings.get('count_steps')),
            'medal': MEDALS[earned.rank][0], 'friends': count, 'designs': earned.designs,
            'next_design': goals.next_design(count, earned), 'next_medal': goals.next_medal(count, earned)}


ACTS = (('get', _get, ()),)
