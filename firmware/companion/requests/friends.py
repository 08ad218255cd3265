"""The request 'friends': the book in pages, one friend, notes, blocking, forgetting, and the book as a file. Borrowed by
`serving`; what reads the whole book stands in `pages`, how a friend is told in `rows`."""
import binascii

from firmware.system.overlay import borrow

_PACKAGE = 'firmware.companion.requests'
_DEVICE = ('friend', 'device', None, None)
_CURSOR = ('cursor', 'text', None, 48, '')
_COUNT = ('n', 'int', 1, 64, 48)


def _friend(pin, id):
    """Raises LookupError."""
    friend = pin.facts.book.get(id)
    if friend is None:
        raise LookupError('This friend is not in the book.')
    return friend


async def _page(pin, values, part, link):
    return await borrow(_PACKAGE + '.pages').page(pin, values['cursor'], values['n'], part)


async def _get(pin, values, part, link):
    friend = _friend(pin, values['friend'])
    return {'friend': borrow(_PACKAGE + '.rows').of_friend(friend), 'blocked': pin.facts.book.blocked(friend.id)}


async def _strip(pin, values, part, link):
    return {'strip': str(binascii.b2a_base64(_friend(pin, values['friend']).strip), 'utf-8').strip()}


async def _note(pin, values, part, link):
    pin.facts.book.note(_friend(pin, values['friend']).id, values['text'])
    return {}


async def _block(pin, values, part, link):
    book = pin.facts.book
    (book.block if values['blocked'] else book.unblock)(values['friend'])
    return {}


async def _delete(pin, values, part, link):
    book = pin.facts.book
    book.forget(_friend(pin, values['friend']).id)
    return {'count': book.count}


async def _export(pin, values, part, link):
    return await borrow(_PACKAGE + '.pages').export(pin, values['cursor'], values['n'], values['format'], part)


ACTS = (
    ('page', _page, (_CURSOR, _COUNT)),
    ('get', _get, (_DEVICE,)),
    ('strip', _strip, (_DEVICE,)),
    ('note', _note, (_DEVICE, ('text', 'text', None, 200))),
    ('block', _block, (_DEVICE, ('blocked', 'bool', None, None, True))),
    ('delete', _delete, (_DEVICE,)),
    ('export', _export, (('format', 'choice', ('vcard', 'csv'), None, 'vcard'), _CURSOR, _COUNT)),
)
