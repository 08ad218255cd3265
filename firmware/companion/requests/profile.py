"""The request 'profile': the wearer's card, read and changed. Borrowed by `serving`."""
import binascii
import json

from micropython import const

from firmware.social.card import FIELDS, Card

_MOST_BYTES = const(3500)                       # of all texts as JSON, so that they find room in one line


async def _get(pin, values, part, link):
    card = pin.facts.wearer.card
    if card is None:
        return {'card': None, 'strip': 0}
    return {'card': {field: getattr(card, field) for field in FIELDS + ('public',)}, 'strip': len(card.strip)}


async def _set(pin, values, part, link):
    """All or nothing: a Card is checked whole before it is kept."""
    wearer = pin.facts.wearer
    old = wearer.card
    texts = {field: getattr(old, field) for field in FIELDS + ('public', 'strip')} if old else {'name': ''}
    for key, value in values.items():
        if value is not None:
            texts[key] = value
    _check_lists(values['handles'] or (), values['public'] or ())
    if old and values['strip'] is None and texts['name'].strip() != old.name:
        texts['strip'] = b''                    # it shows another name
    card = Card(**texts)
    answer = await _get(_Wearing(card), None, None, None)
    if len(json.dumps(answer['card']).encode()) > _MOST_BYTES:
        raise ValueError('All texts of the card together are too long. Shorten something.')
    wearer.save(card)
    pin.events.publish('card')
    return answer


def _check_lists(handles, public):
    """Raises ValueError unless these are what a Card takes for granted."""
    for handle in handles:
        if not isinstance(handle, list) or len(handle) != 2 or not all(isinstance(text, str) for text in handle):
            raise ValueError('A handle must be a pair of texts, service and name there.')
    for field in public:
        if field not in FIELDS:
            raise ValueError('public must hold names of the card\'s fields: %s.' % ', '.join(FIELDS))


class _Wearing:
    """As much of a pin as `_get` looks at, with a card that is not kept yet."""

    def __init__(self, card):
        self.facts = self.wearer = self
        self.card = card


async def _strip(pin, values, part, link):
    card = pin.facts.wearer.card
    return {'strip': str(binascii.b2a_base64(card.strip if card else b''), 'utf-8').strip()}


ACTS = (
    ('get', _get, ()),
    ('set', _set, (('name', 'text', None, 60, None), ('title', 'text', None, 80, None),
                   ('organisation', 'text', None, 80, None), ('phone', 'text', None, 32, None),
                   ('email', 'text', None, 120, None), ('web', 'text', None, 200, None),
                   ('handles', 'list', None, 8, None), ('public', 'list', None, 7, None),
                   ('strip', 'base64', None, 2048, None))),
    ('strip', _strip, ()),
)
