"""Friends as the protocol tells them: dicts, from a Friend, or for lists straight from the book's records.

Owns neither. Borrowed by `friends` and `news`. A list of a thousand friends is to take seconds, and each 8 kB of garbage costs
a collection of the whole heap: so records are read several at a time through one opening of the log, and a card as our pins
write it is taken apart where friend.squeeze has put its marks, without the parser. It was checked when it came.
"""
import binascii
import struct

from micropython import const

import vcard
from firmware.social.friend import HEAD_SIZE, expand
from firmware.social.friends import FIGURES
from firmware.system.records import RecordFile

_WINDOW = const(1024)                           # bytes of the log at a time
_ID, _ID_END = const(4), const(20)              # places in a record, as in friend._FULL and friend._NEWER
_FIGURES_AT = const(28)
_LENGTHS_AT = const(59)
_NOTE_AT = const(57)
_NO_STEPS = const(0xFFFFFFFF)
_MOST = const(16)                               # of a kind on a card, as vcard.MAX_LIST
_LISTS = (('\x08', 'handles'), ('\x07', 'web'), ('\x06', 'email'), ('\x05', 'phone'))
_TEXTS = (('\x04', 'organisation'), ('\x03', 'title'))
_NAMES = (('title', 'title'), ('org', 'organisation'), ('tel', 'phone'), ('email', 'email'), ('url', 'web'),
          ('social', 'handles'))


def of_friend(friend):
    """The row of a Friend."""
    told = friend.figures
    return _row(friend.id, friend.name, (friend.day_met, friend.last_day, friend.times_met, friend.hour),
                (told.steps, told.friends_today, told.friends, told.rank), _parsed(friend.vcard), friend.note,
                len(friend.strip))


def _row(id, name, met, told, found, note, strip):
    """`found`, what the card says, with the rest put to it."""
    found['id'] = str(binascii.hexlify(id), 'utf-8')
    found['name'], found['met'], found['told'] = name, met, told
    if note:
        found['note'] = note
    if strip:
        found['strip'] = strip
    return found


def _parsed(data):
    try:
        contact = vcard.decode(data)
    except vcard.VCardError:                    # of before there were rules, perhaps; the name is known all the same
        return {}
    return {name: contact[key] for key, name in _NAMES if contact.get(key)}


# -- from records

def read(journal, places):
    """[(full, newer)] payloads of friends that stand at `places`, [(offset, offset or 0)]: newer figures and note, or b''.
    None in place of one that cannot be read like this. Raises StorageError."""
    with journal.storage.reader(journal.name + '.log') as reader:
        records = RecordFile(reader, journal.end, _WINDOW)
        return [_pair(journal, records, full, newer) for full, newer in places]


def _pair(journal, records, full, newer):
    one, other = _record(journal, records, full), _record(journal, records, newer) if newer else (0, b'')
    if not one or not other:
        return None
    return one[1], other[1] if other[0] == FIGURES else b''


def _record(journal, records, offset):
    """(kind, payload), or None where it is not good."""
    if offset < journal.end:
        return records.record(offset, journal.base + offset)
    return journal.tail.read(journal.base + offset)


def of_records(full, newer):
    """(row, about how many bytes that is as JSON) of what `read` gave. Raises ValueError."""
    if len(full) < HEAD_SIZE or newer and (len(newer) < _NOTE_AT or newer[_ID:_ID_END] != full[_ID:_ID_END]):
        raise ValueError('A stored friend record is too short.')
    steps, today, friends, rank, day_met, last_day, times = struct.unpack_from('>IHHBHHH', full, _FIGURES_AT)
    name_length, card_length, strip = struct.unpack_from('>BHH', full, _LENGTHS_AT)
    name_end = HEAD_SIZE + name_length
    card_end = name_end + card_length
    note = full[card_end + strip:]
    if newer:
        steps, today, friends, rank, last_day, times = struct.unpack_from('>IHHBHH', newer, _FIGURES_AT)
        note = newer[_NOTE_AT:]
    card = full[name_end:card_end]
    contact = taken_apart(card)
    row = _row(full[_ID:_ID_END], str(full[HEAD_SIZE:name_end], 'utf-8'),
               (day_met, last_day, times, (rank >> 2) - 1 if rank >> 2 else None),
               (None if steps == _NO_STEPS else steps, today, friends, rank & 3),
               _parsed(expand(card)) if contact is None else contact, str(note, 'utf-8'), strip)
    return row, HEAD_SIZE + card_end + card_length // 2 + len(note)


def taken_apart(card):
    """What a squeezed card says, or None where that takes the parser: behind each mark of friend._PHRASES stands a value."""
    if card[:1] != b'\x01' or card[-1:] != b'\x09' or b'\x02' not in card:
        return None
    text = _plain(str(card[card.find(b'\x02') + 1:-1], 'utf-8'))
    if text is None:
        return None
    found = {}
    for mark, key in _LISTS:
        if mark in text:
            text, *values = text.split(mark)
            if len(values) > _MOST or not _listed(found, key, values):
                return None
    for mark, key in _TEXTS:
        if mark in text:
            text, *values = text.split(mark)
            if len(values) > 1:
                return None
            if values[0]:
                found[key] = values[0]
    return found


def _plain(text):
    """The text without folds and escapes, or None where there is more in it than that."""
    if '\r' in text:
        text = text.replace('\r\n ', '')
    escaped = '\\' in text
    if '\r' in text or '"' in text or '\\\\' in text or ';' in (text.replace('\\;', '') if escaped else text):
        return None
    if escaped:
        text = text.replace('\\,', ',').replace('\\;', ';')
    return None if '\\' in text else text


def _listed(found, key, values):
    """Put the values of one kind into `found`; whether they are as plain as ours."""
    if key == 'handles':
        values = [value.split(':', 1) for value in values]
        if min(map(len, values)) < 2:
            return False
    elif key == 'web':
        values = ['https://' + value for value in values]
    elif key == 'phone' and 'tel:' in [value[:4].lower() for value in values]:
        return False
    found[key] = values
    return True

