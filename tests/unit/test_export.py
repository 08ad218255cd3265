"""The friend book as CSV and as vCard 4.0: what other programs read is what the book holds."""
import csv
import io

import vcard
from firmware.social import export
from firmware.social.card import Card
from firmware.social.friend import Figures, Friend
from tests.simulator.memory_storage import MemoryFiles
from tests.unit.rigs.friends import device, friend, opened, table

CARD = Card('Zoë "Zed" Østby; Ph.D.', 'Fotografin, frei', 'Feld & Büro', '+47 22 33 44 55', 'zoe@example.com',
            'https://example.com/zoe', [('mastodon', '@zoe@example.com'), ('chat, old', '=1+1')])
NOTE = '=HYPERLINK("http://example.com"), kennt\nAda; 🚀'


def book_of(files=None):
    book = opened(files or MemoryFiles())
    entry = Friend(device(0), CARD.name, CARD.to_vcard(), Figures(12_345, 2, 51, 1), b'session1', 9820)
    book.befriend(entry)
    book.note(device(0), NOTE)
    book.befriend(friend(1, day=0, card=b'not a card'))
    again = book.get(device(1))
    again.figures = Figures(None)
    book.refresh(again, whole=False)
    return book


def rows(book):
    """As Python's reader, which keeps RFC 4180, has them."""
    return list(csv.reader(io.StringIO(table(book).decode(), newline=''), strict=True))


def test_the_table_says_what_the_book_holds():
    header, oldest, newest = rows(book_of())
    assert dict(zip(header, oldest, strict=True)) == {
        'name': CARD.name, 'title': 'Fotografin, frei', 'organisation': 'Feld & Büro', 'phone': "'+47 22 33 44 55",
        'email': 'zoe@example.com', 'web': 'https://example.com/zoe',
        'handles': 'mastodon: @zoe@example.com; chat, old: =1+1', 'met on': '2026-11-20', 'times met': '1',
        'last met on': '2026-11-20', 'steps that day': '12345', 'friends': '51', 'medal': 'bronze', 'note': "'" + NOTE}
    assert newest == ['Friend 1', '', '', '', '', '', '', '', '1', '', '', '0', 'rookie', '']


def test_no_field_is_a_formula_and_every_line_ends_as_it_should():
    data = table(book_of())
    assert data.endswith(b'\r\n')
    assert data.count(b'\r\n') == 3
    for row in rows(book_of()):
        assert not any(field[:1] and field[0] in '=+-@\t\r' for field in row)


def unfolded(card):
    return card.decode().replace('\r\n ', '').split('\r\n')


def test_the_vcards_say_what_the_book_holds():
    oldest, newest = [export.vcard_of(entry) for entry in reversed(book_of().page(0, 2))]
    contact = vcard.decode(oldest)
    assert (contact['fn'], contact['tel'], contact['social']) == (CARD.name, ['+47 22 33 44 55'], list(CARD.handles))
    lines = unfolded(oldest)
    assert lines[1] == 'VERSION:4.0'
    assert lines[-6:] == ['UID:urn:uuid:64657669-6365-2030-3030-303030303030',
                          'NOTE:=HYPERLINK("http://example.com")\\, kennt\\nAda\\; 🚀', 'X-MET-ON:2026-11-20',
                          'X-TIMES-MET:1', 'END:VCARD', '']
    assert all(len(line) <= 75 for card in (newest, oldest) for line in card.split(b'\r\n'))
    assert vcard.decode(newest)['fn'] == 'Friend 1'
    assert not any(line.startswith(('NOTE', 'X-MET')) for line in unfolded(newest))
