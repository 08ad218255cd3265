"""The request 'receipts': proofs of friendships, see social.receipts. Borrowed by `serving`."""
import asyncio
import binascii

from firmware.social.receipts import MOST
from firmware.system.overlay import borrow


async def _page(pin, values, part, link):
    facts, start, found = pin.facts, values['start'], []
    receipts = borrow('firmware.social.receipts')
    end = min(start + values['n'], facts.book.count)
    for number in range(start, end):            # one at a time: a code takes a few milliseconds
        for proof in receipts.page(facts.wearer, facts.book, number, 1):
            text = str(binascii.b2a_base64(proof), 'utf-8').strip()
            if text not in found:               # behind an entry that cannot be read the next one comes twice
                found.append(text)
        await asyncio.sleep_ms(0)
    return {'receipts': found, 'next': end if end < facts.book.count else None}


ACTS = (('page', _page, (('start', 'int', 0, 100_000, 0), ('n', 'int', 1, MOST, MOST))),)
