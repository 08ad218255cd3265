"""A friend for other programs: as vCard 4.0, or as a row of a table; one after the other they are a file.

Owns what stands where. Borrowed by the phone's request 'friends', which goes through the book. Days are written like
2026-11-20.
"""
import binascii

import vcard
from firmware.social.rewards import MEDALS
from firmware.system.clock import date_of

_END = b'END:VCARD\r\n'
_COLUMNS = ('name', 'title', 'organisation', 'phone', 'email', 'web', 'handles', 'met on', 'times met', 'last met on',
            'steps that day', 'friends', 'medal', 'note')


def _day(number):
    return '%04d-%02d-%02d' % date_of(number) if number else ''


def _contact(friend):
    """What the friend's card says, as vcard.decode has it; the name alone where it cannot be read."""
    try:
        return vcard.decode(friend.vcard)
    except vcard.VCardError:
        return {'fn': friend.name}


# -- CSV (RFC 4180), UTF-8 without a byte order mark

def _field(text):
    """One field. What a spreadsheet would take for a formula gets an apostrophe in front, which makes it a text."""
    if text[:1] and text[0] in '=+-@\t\r\n':
        text = "'" + text
    if any(sign in text for sign in '",\r\n') or text != text.strip():
        return '"%s"' % text.replace('"', '""')
    return text


def _row(texts):
    return (','.join([_field(text) for text in texts]) + '\r\n').encode()


def _texts(friend):
    contact, figures = _contact(friend), friend.figures
    lists = ['; '.join(contact.get(key, ())) for key in ('tel', 'email', 'url')]
    handles = '; '.join([('%s: %s' % pair) for pair in contact.get('social', ())])
    return ([friend.name, contact.get('title', ''), contact.get('org', '')] + lists
            + [handles, _day(friend.day_met), str(friend.times_met), _day(friend.last_day),
               '' if figures.steps is None else str(figures.steps), str(figures.friends), MEDALS[figures.rank][0],
               friend.note])


def csv_header():
    """The row that names the columns, as bytes."""
    return _row(_COLUMNS)


def csv_row(friend):
    """The friend's row, as bytes."""
    return _row(_texts(friend))


# -- vCard 4.0 (RFC 6350)

def _uid(id):
    """The device id in the form of a UUID, so that who imports twice has nobody twice."""
    text = binascii.hexlify(id).decode()
    return 'urn:uuid:' + '-'.join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


def vcard_of(friend):
    """The friend's vCard, as bytes."""
    try:
        data = vcard.encode(_contact(friend), '4.0')
    except vcard.VCardError:                    # read by older firmware, which took more
        data = vcard.encode({'fn': friend.name}, '4.0')
    lines = [data[:-len(_END)], vcard.line('UID', _uid(friend.id))]
    if friend.note:
        lines.append(vcard.line('NOTE', friend.note))
    if friend.day_met:
        lines.append(vcard.line('X-MET-ON', _day(friend.day_met)))
    return b''.join(lines + [vcard.line('X-TIMES-MET', str(friend.times_met)), _END])
