"""The pin as a tag: phones without any app read its wearer's card, and the pin counts how often.

Owns the journal 'reads'. `rendezvous` hands over whoever came and is no pin; `tag_session` serves them. What stays in the
heap between two readers is this module alone.
"""
import struct
from time import ticks_diff, ticks_ms

from micropython import const

from firmware.system.journal import forget as forget_opening
from firmware.system.overlay import forget
from firmware.system.storage import StorageError

SCHEMA = const(1)
_COUNT = const(1)                               # record kind; payload: how many reads, u32
_MOST_RECORDS = const(50)                       # before the outdated ones are thrown out
ONE_READ_MS = const(5000)                       # a phone that finds the tag again and again has read it once
_BORROWED = ('firmware.social.tag_session', 'type4tag', 'type3tag', 'pn532.raw', 'ndef_message')


class Tag:
    """`wearer`: whose card is shown; `journal`: the Journal 'reads'.

    Each read is a record of its own, written when the phone has gone: 0.2 erases each by the measure of `journal`, at most
    one each 5 s, so not even a reader that never rests wears the flash out, and nothing is lost with the power.
    """

    def __init__(self, wearer, journal, log):
        self._wearer, self._journal, self._log = wearer, journal, log
        self._count = None
        self._read_ms = None

    def reads(self):
        """How often phones have read the card. Raises StorageError."""
        if self._count is None:
            self._count = _stored(self._journal)
        return self._count

    async def serve(self, chip, activation):
        """Serve the reader that came with `activation`; returns whether it read the card. Raises PN532Error."""
        try:
            read = await self._visit(chip, activation)
        finally:
            for name in _BORROWED:
                forget(name)
        if read:
            self._count_one()
        return read

    async def _visit(self, chip, activation):
        from firmware.social import tag_session
        personality = tag_session.personality(chip, activation, self._wearer.card)
        if personality is None:
            self._log.info('tag', 'somebody came who is no pin and reads no tags (mode %02X)' % activation.mode)
            return False
        read = await tag_session.serve(*personality)
        self._log.info('tag', 'a reader has read the card' if read else 'a reader came and read nothing')
        return read

    def _count_one(self):
        now_ms = ticks_ms()
        again = self._read_ms is not None and ticks_diff(now_ms, self._read_ms) < ONE_READ_MS
        self._read_ms = now_ms
        if again:
            return
        try:
            journal = self._journal
            count = _stored(journal) + 1
            journal.append(_COUNT, struct.pack('>I', count))
            self._count = count
            journal.tidy(_MOST_RECORDS, lambda: [(_COUNT, struct.pack('>I', count))])
        except StorageError as error:
            self._log.warning('tag', 'A read of the card was not counted. %s' % error)
        forget_opening()


def _stored(journal):
    """The count that `journal` holds; the last record is the highest."""
    count = 0
    for kind, payload, _ in journal.replay():
        if kind == _COUNT and len(payload) == 4:
            count = struct.unpack('>I', payload)[0]
    return count
