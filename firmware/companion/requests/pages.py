"""The friend book page by page, for a list on the phone or a file.

Owns the cursors: 'generation-since-entry-mark' of a list under way, 'generation-mark' of one that is complete. Generation,
since and mark are of the book's journal (its `position`): a list has all of whom something was written at `since` or later,
and was begun when the journal ended at `mark`. So who asks again from there misses nobody, whatever was written meanwhile.
After a compaction every offset and entry is another, and a list begins anew. Borrowed by `friends`.
"""
import asyncio
import binascii

from micropython import const

from firmware.system.overlay import borrow
from firmware.system.storage import StorageError

_PART_BYTES = const(1000)                       # of JSON: a part fills some four notifications, and takes little heap
_PART_SIGNS = const(900)                        # of a file's text, which may be four bytes each, or two with an escape
_AT_ONCE = const(4)                             # records that are read in one go
_PASSED_OVER = const(64)                        # entries, until others have a turn


class _List:
    """A page of a list: where it goes on, and what became of it. Raises ValueError for a cursor that is none."""

    def __init__(self, book, cursor):
        self._book = book
        self.generation, size = book.journal.position
        self.since, self.entry, self.mark = 0, 0, size
        numbers = _numbers(cursor)
        if numbers and numbers[0] == self.generation:
            if len(numbers) == 2:
                self.since = numbers[1]
            else:
                self.since, self.entry, self.mark = numbers[1:]
        self.fresh = not self.since and not self.entry
        self.more = True

    @property
    def _moved(self):
        return self._book.journal.position[0] != self.generation

    async def places(self, most):
        """Where the next friends stand, [(offset, offset)], at most so many; none at the end, where `more` becomes false, or
        where the book was compacted meanwhile."""
        found, passed = [], 0
        await asyncio.sleep_ms(0)
        while not self._moved and len(found) < most and self.entry < self._book.entries:
            full, newer = self._book.stands(self.entry)
            self.entry += 1
            if full and max(full, newer) >= self.since:
                found.append((full, newer))
            passed += 1
            if passed % _PASSED_OVER == 0:
                await asyncio.sleep_ms(0)
        if self._moved:
            return []
        self.more = bool(found)
        return found

    def answer(self):
        """What every page says at its end."""
        if self._moved:
            cursor, self.more = '', True
        elif self.more:
            cursor = '%d-%d-%d-%d' % (self.generation, self.since, self.entry, self.mark)
        else:
            cursor = '%d-%d' % (self.generation, self.mark)
        return {'cursor': cursor, 'more': self.more, 'fresh': self.fresh, 'count': self._book.count}


def _numbers(cursor):
    """Those of a cursor; none of an empty one. Raises ValueError."""
    numbers = cursor.split('-') if cursor else ()
    if cursor and (len(numbers) not in (2, 4) or not all(number.isdigit() for number in numbers)):
        raise ValueError('This cursor is not from a pin: %s' % cursor)
    return [int(number) for number in numbers]


async def page(pin, cursor, n, part):
    """Up to `n` friends who have changed since `cursor`, as parts; returns what 'ok' says."""
    rows, book = borrow('firmware.companion.requests.rows'), pin.facts.book
    listed, told, size = _List(book, cursor), [], 0
    while n and (places := await listed.places(min(n, _AT_ONCE))):
        n -= len(places)
        for place, pair in zip(places, _pairs(rows, book, places)):
            row, length = _row(pin, rows, place, pair)
            if told and size + length > _PART_BYTES:
                await part(told)
                told, size = [], 0
            if row:
                told.append(row)
                size += length
            await asyncio.sleep_ms(0)
    if told:
        await part(told)
    answer = listed.answer()
    if not listed.more:
        answer['blocked'] = [str(binascii.hexlify(id), 'utf-8') for id in book.blocked_ids]
    return answer


def _pairs(rows, book, places):
    """The records at `places`; None in place of what cannot be read at once."""
    try:
        return rows.read(book.journal, places)
    except StorageError:
        return [None] * len(places)


def _row(pin, rows, place, pair):
    """(row, about its bytes) of one friend; (None, 0) of one who cannot be read, which is reported."""
    try:
        if pair:
            return rows.of_records(*pair)
    except ValueError:
        pass                                    # then it is read with all care
    try:
        friend = pin.facts.book.standing(*place)
        return rows.of_friend(friend), 2 * len(friend.vcard) + len(friend.note)
    except StorageError as error:
        pin.log.error('friends', str(error))
    return None, 0


async def export(pin, cursor, n, format, part):
    """Up to `n` friends from `cursor` on as text for a file, in parts; returns what 'ok' says."""
    files, book = borrow('firmware.social.export'), pin.facts.book
    listed, csv = _List(book, cursor), format == 'csv'
    if csv and listed.fresh:
        await part(str(files.csv_header(), 'utf-8'))
    while n and (places := await listed.places(1)):
        n -= 1
        try:
            friend = book.standing(*places[0])
        except StorageError as error:
            pin.log.error('friends', str(error))
            continue
        text = str((files.csv_row if csv else files.vcard_of)(friend), 'utf-8')
        for at in range(0, len(text), _PART_SIGNS):
            await part(text[at:at + _PART_SIGNS])
    return listed.answer()
