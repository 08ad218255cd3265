"""One visit of a reader: what the pin shows it as a tag, and the loop that carries its commands.

Owns the content of the tag and the limits of a visit. Loaded by `tag` when a reader has come, and forgotten afterwards:
most of a day nobody reads the pin, and its heap is small.
"""
from micropython import const

import ndef_message
from firmware import COMPANION
from ndef_message import MIME, WELL_KNOWN, Record
from pn532 import ISO_DEP, LinkLost, TargetMAC
from pn532.deadline import Deadline

MOST_COMMANDS = const(64)
VISIT_MS = const(1500)                          # until the reader has begun to read the message
READING_MS = const(5000)                        # from there on: a phone that stays would otherwise find the tag anew, and
                                                # open the page a second time. A field that goes ends the visit at once.
_FELICA = const(0x02)                           # an Activation's mode without its bit rate: this, and neither DEP nor ISO-DEP
_KIND = const(0x0F)
_IDM_AT, _IDM_END = const(2), const(10)         # in each command but Polling
_PREFIXES = (('https://', 4), ('http://', 3))   # NFC Forum URI record type definition, 3.2.2


def content(card):
    """The NDEF message for `card` (firmware.social.card.Card): the address first, since iPhones open the first one only,
    then the vCard. Public fields only; the companion's address where the card shows none for a browser.

    Without a card the tag is there and empty, as a pin that nobody has activated exchanges nothing.
    """
    if card is None:
        return b''
    web = card.web if 'web' in card.public else ''
    return ndef_message.encode([Record(WELL_KNOWN, b'U', b'', _uri(web) or _uri(COMPANION)),
                                Record(MIME, b'text/vcard', b'', card.to_vcard())])


def _uri(address):
    """The payload of a URI record, b'' for anything but http and https."""
    for prefix, code in _PREFIXES:
        if address.lower().startswith(prefix):
            return bytes((code,)) + address[len(prefix):].encode()
    return b''


def personality(chip, activation, card):
    """(the chip's end of the link, the tag that shows `card`) for who came with `activation`; None where it reads no tags.

    Not a coroutine: the message would stay in the heap a second time, in what such a one remembers of its stack.
    """
    if activation.kind == ISO_DEP:
        from type4tag import Type4Tag
        return TargetMAC(chip, activation), Type4Tag(content(card))
    if activation.mode & _KIND != _FELICA:
        return None
    from pn532.raw import RawTarget
    from type3tag import Type3Tag, normalised
    return RawTarget(chip, activation), Type3Tag(normalised(activation.command)[_IDM_AT:_IDM_END], content(card))


async def serve(link, tag):
    """Answer until the reader leaves or its time is over; whether it read anything. Raises PN532Error for a broken chip."""
    deadline = Deadline(VISIT_MS)
    try:
        for _ in range(MOST_COMMANDS):
            answer = tag.respond(await link.receive(deadline.left()))
            if not answer:
                continue
            await link.send(answer)
            had_begun = tag.read
            tag.delivered()
            if tag.read and not had_begun:
                deadline = Deadline(READING_MS)
    except LinkLost:
        pass                                    # the reader has gone, which is how every visit ends
    return tag.read
