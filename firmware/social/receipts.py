"""Receipts: what the companion gets to prove that this pin and another have met.

Owns their format, and nothing on flash: a receipt is made when it is asked for, from what the friend book keeps anyway. So
it costs no write in a tap, no power cut can part it from its friend, and forgetting a friend leaves none behind. Used by
the phone's request 'receipts'. Big-endian, 58 bytes:

    this pin's id (16) | the friend's id (16) | session (8) | day u16, 0: not known | code (16)

`code` is HMAC-SHA-256 of 'receipt' and the bytes before it under the secret that this pin shares with its companion alone,
its first 16 bytes. Whoever holds the receipts of both pins compares the sessions: a session is a hash of both nonces, so
neither could know it without the other. It is the one of the latest tap, not of the first, because a whole tap leaves the
same in both books, while the first may differ for good where a broken tap was made up for by the next.
"""
import struct

from micropython import const

from hmac_sha256 import hmac_sha256

MOST = const(16)                                # receipts of a page
_FORMAT = '>16s16s8sH'


def receipt(wearer, friend):
    """The receipt of `wearer` (card.Wearer) for `friend` (friend.Friend)."""
    body = struct.pack(_FORMAT, wearer.device_id, friend.id, friend.session, friend.last_day)
    return body + hmac_sha256(wearer.secret, b'receipt' + body)[:16]


def page(wearer, book, start, n):
    """Up to `n` (and MOST) receipts from the `start`-th friend on, in the order of `book.page`; fewer at the end. Reads one
    friend at a time, since a card with its strip takes 3 kB of heap."""
    receipts = []
    for number in range(start, start + min(n, MOST)):
        for friend in book.page(number, 1):
            proof = receipt(wearer, friend)
            if proof not in receipts:           # behind an entry that cannot be read the next one comes twice
                receipts.append(proof)
    return receipts
