"""Receipts: checked as a companion would, with CPython's own HMAC, and compared as a leaderboard would."""
import hmac
import struct
import types

from firmware.social.friend import Figures, Friend
from firmware.social.friends import FriendBook
from firmware.social.receipts import MOST, page, receipt
from firmware.system.journal import Journal
from firmware.system.log import Log
from tests.simulator.memory_storage import MemoryFiles


def wearer(name):
    return types.SimpleNamespace(device_id=name * 16, secret=name.lower() * 32)


def friend(id, session=b'session1', day=9000):
    return Friend(id, 'Somebody', b'vcard', Figures(1000, 1, 2, 0), session, day)


def book_with(ids, files=None):
    book = FriendBook(Journal((files or MemoryFiles()).storage(), 'friends', 1, Log(str)), Log(str))
    for id in ids:
        book.befriend(friend(id))
    return book


def test_golden():
    data = receipt(wearer(b'A'), friend(b'B' * 16))
    body = b'A' * 16 + b'B' * 16 + b'session1' + struct.pack('>H', 9000)
    assert data == body + hmac.digest(b'a' * 32, b'receipt' + body, 'sha256')[:16]
    assert len(data) == 58


def test_both_pins_prove_the_same_session_and_neither_for_the_other():
    mine, theirs = receipt(wearer(b'A'), friend(b'B' * 16)), receipt(wearer(b'B'), friend(b'A' * 16))
    assert (mine[:16], mine[16:32], mine[32:42]) == (theirs[16:32], theirs[:16], theirs[32:42])
    assert mine[42:] != theirs[42:]


def test_a_receipt_is_of_the_latest_tap():
    book = book_with([b'B' * 16])
    entry = book.get(b'B' * 16)
    entry.session, entry.last_day = b'session2', 9007
    book.refresh(entry, whole=False)
    data, = page(wearer(b'A'), book, 0, 5)
    assert data[32:42] == b'session2' + struct.pack('>H', 9007)


def test_pages():
    book = book_with([b'%016d' % number for number in range(40)])
    book.forget(b'%016d' % 38)
    kept = [b'%016d' % number for number in range(39, -1, -1) if number != 38]
    pages = [page(wearer(b'A'), book, start, 99) for start in (0, MOST, 2 * MOST, 3 * MOST)]
    assert [data[16:32] for data in sum(pages, [])] == kept
    assert [len(part) for part in pages] == [16, 16, 7, 0]
    assert page(wearer(b'A'), book, 5, 0) == []


def test_an_entry_that_cannot_be_read_costs_its_own_receipt_alone():
    files = MemoryFiles()
    book = book_with([bytes([number]) * 16 for number in range(5)], files)
    path, = (name for name, data in files.files.items() if b'\2' * 16 in data)
    files.files[path] = files.files[path].replace(b'\2' * 16, b'\7' * 16)
    assert [data[16] for data in page(wearer(b'A'), book, 0, 16)] == [4, 3, 1, 0]


def test_an_empty_book():
    assert page(wearer(b'A'), book_with([]), 0, 16) == []
