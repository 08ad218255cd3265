"""The friend book against a dict: random histories, reboots, power cuts, decay; index, pages, tally, figures of size."""
import sys
import types

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.social import friend_index
from firmware.social.card import Card
from firmware.social.friend import NO_SHARE, Figures, Friend, unpack
from firmware.social.friend_index import DayTally, Index
from firmware.social.friends import FRIEND, MAX_BLOCKED, MAX_IN_DOUBT, NONE, PENDING, FriendBook
from firmware.system.journal import Journal
from firmware.system.log import Log
from firmware.system.storage import StorageError
from tests.simulator.memory_storage import MemoryFiles, PowerCut


def opened(files, log=None):
    files.power_on()
    log = log or Log(str)
    return FriendBook(Journal(files.storage(), 'friends', 1, log), log)


def device(number):
    return b'device %09d' % number


def friend(number, session=1, day=9000, card=b'vcard', steps=1000):
    return Friend(device(number), f'Friend {number}', card, Figures(steps, 1, 2, 0), b'session%d' % session, day)


def values(entry):
    return entry and {**vars(entry), 'figures': entry.figures.numbers()}


NUMBERS = st.integers(0, 5)
SESSIONS = st.integers(1, 3)
CARDS = st.sampled_from([b'small', b'card' * 30, b'large card' * 90])
OPERATIONS = st.lists(st.one_of(
    st.tuples(st.just('put_pending'), NUMBERS, SESSIONS, CARDS),
    st.tuples(st.just('commit'), NUMBERS, SESSIONS, CARDS),
    st.tuples(st.just('drop_pending'), NUMBERS, SESSIONS, CARDS),
    st.tuples(st.just('befriend'), NUMBERS, SESSIONS, CARDS),
    st.tuples(st.just('refresh'), NUMBERS, SESSIONS, CARDS),
    st.tuples(st.just('figures'), NUMBERS, SESSIONS, CARDS),
    st.tuples(st.just('forget'), NUMBERS, SESSIONS, CARDS),
    st.tuples(st.just('tidy'), NUMBERS, SESSIONS, CARDS),
    st.tuples(st.just('reboot'), NUMBERS, SESSIONS, CARDS),
), max_size=40)


class Model:
    """What a book should hold: {id: (state, Friend)}, in the order in which friendships began."""

    def __init__(self, entries=()):
        self.entries = dict(entries)

    def after(self, operation):
        """The Model after `operation`, which fits (see `fits`)."""
        name, number, session, card = operation
        id, entries = device(number), dict(self.entries)
        if name == 'put_pending':
            entries.pop(id, None)
            entries[id] = (PENDING, friend(number, session, card=card))
        elif name == 'commit':
            entry = entries.pop(id)[1]
            committed = unpack(entry.pack())
            committed.share = b'share of sixteen'
            entries[id] = (FRIEND, committed)
        elif name in ('drop_pending', 'forget'):
            entries.pop(id)
        elif name == 'befriend':
            entries.pop(id, None)
            entries[id] = (FRIEND, friend(number, session, card=card))
        elif name in ('refresh', 'figures'):
            entries[id] = (FRIEND, newer(entries[id][1], operation))
        return Model(entries)

    def fits(self, operation):
        name, number, session, _ = operation
        state, entry = self.entries.get(device(number), (NONE, None))
        if name == 'commit':
            return state == PENDING and entry.session == b'session%d' % session
        return {'put_pending': state != FRIEND, 'drop_pending': state == PENDING, 'befriend': state != FRIEND,
                'refresh': state == FRIEND, 'figures': state == FRIEND, 'forget': state == FRIEND}.get(name, True)


def newer(entry, operation):
    name, number, session, card = operation
    changed = unpack(entry.pack())
    changed.figures = Figures(None, session, number, 3)
    changed.session, changed.last_day, changed.times_met = b'again%03d' % session, 9001, entry.times_met + 1
    if name == 'refresh':
        changed.name, changed.vcard = 'Other', card
    return changed


def do(book, model, operation):
    name, number, session, card = operation
    if name in ('put_pending', 'befriend'):
        getattr(book, name)(friend(number, session, card=card))
        if name == 'befriend':
            assert book.get(device(number)).name == f'Friend {number}'
    elif name == 'commit':
        assert book.commit(device(number), b'session%d' % session, b'share of sixteen').share == b'share of sixteen'
    elif name in ('drop_pending', 'forget'):
        getattr(book, name)(device(number))
    elif name in ('refresh', 'figures'):
        book.refresh(newer(model.entries[device(number)][1], operation), whole=name == 'refresh')
    elif name == 'tidy':
        book._journal.rewrite(book._pairs())
        book._load()


def check(book, model):
    friends = [entry for state, entry in model.entries.values() if state == FRIEND]
    assert book.count == len(friends)
    assert [values(entry) for entry in book.page(0, 99)] == [values(entry) for entry in reversed(friends)]
    assert [values(entry) for entry in book.page(1, 2)] == [values(entry) for entry in reversed(friends)][1:3]
    assert book.in_doubt == sum(state == PENDING for state, _ in model.entries.values())
    for number in range(6):
        state, entry = model.entries.get(device(number), (NONE, None))
        assert book.state(device(number)) == state
        assert values(book.get(device(number))) == (values(entry) if state == FRIEND else None)
        assert values(book.pending(device(number))) == (values(entry) if state == PENDING else None)
        assert book.pending_session(device(number)) == (entry.session if state == PENDING else None)


@settings(max_examples=100)
@given(OPERATIONS)
def test_it_holds_what_a_dict_would(operations):
    files, model = MemoryFiles(), Model()
    book = opened(files)
    for operation in operations:
        if operation[0] == 'reboot':
            book = opened(files)
        elif model.fits(operation):
            do(book, model, operation)
            model = model.after(operation)
        check(book, model)
    log = Log(str)
    check(opened(files, log), model)
    assert log.lines() == []


@settings(max_examples=100)
@given(OPERATIONS, st.integers(0, 200), st.booleans())
def test_power_cut_leaves_the_state_before_or_after(operations, steps, torn):
    files, model, expected = MemoryFiles(torn), Model(), []
    book = opened(files)
    files.cut_after(steps * (30 if torn else 1))
    try:
        for operation in operations:
            if operation[0] != 'reboot' and model.fits(operation):
                expected = [model, model.after(operation)]
                do(book, model, operation)
                model = expected[1]
        expected = [model]
    except PowerCut:
        pass
    book = opened(files)
    problems = []
    for candidate in expected:
        try:
            return check(book, candidate)
        except AssertionError as problem:
            problems.append(problem)
    raise problems[0]


def test_refusals():
    book = opened(MemoryFiles())
    with pytest.raises(ValueError, match='Nothing is pending'):
        book.commit(device(1), b'session1')
    with pytest.raises(ValueError, match='Nothing is pending'):
        book.drop_pending(device(1))
    book.put_pending(friend(1))
    with pytest.raises(ValueError, match='Another tap'):
        book.commit(device(1), b'session2')
    for refuse in (book.forget, lambda id: book.refresh(friend(1))):
        with pytest.raises(ValueError, match='no friend'):
            refuse(device(1))
    assert book.state(device(1)) == PENDING


def test_full_flash_changes_nothing():
    files = MemoryFiles()
    book = opened(files)
    book.befriend(friend(1))
    book.put_pending(friend(2))
    files.fail_with = 28
    for attempt in (lambda: book.put_pending(friend(3)), lambda: book.commit(device(2), b'session1'),
                    lambda: book.drop_pending(device(2)), lambda: book.befriend(friend(4)),
                    lambda: book.refresh(friend(1, 2)), lambda: book.forget(device(1))):
        with pytest.raises(StorageError, match='full'):
            attempt()
    check(book, Model({device(1): (FRIEND, friend(1)), device(2): (PENDING, friend(2))}))


def test_too_many_doubts_push_out_the_oldest():
    log = Log(str)
    book = opened(MemoryFiles(), log)
    for number in range(MAX_IN_DOUBT + 1):
        book.put_pending(friend(number))
    assert book.in_doubt == MAX_IN_DOUBT
    assert book.state(device(0)) == NONE
    assert 'Too many taps are in doubt' in log.lines()[0]
    assert book.newest_pending() == b'session1'


def test_ids_that_look_alike_are_told_apart(monkeypatch):
    monkeypatch.setattr(friend_index, 'binascii', types.SimpleNamespace(crc32=lambda data: 7))
    book = opened(MemoryFiles())
    for number in range(5):
        book.befriend(friend(number))
    book.forget(device(2))
    assert [book.state(device(number)) for number in range(6)] == [FRIEND, FRIEND, NONE, FRIEND, FRIEND, NONE]
    assert book.get(device(3)).name == 'Friend 3'


def test_the_index_finds_by_id_and_by_place_over_many_pages():
    index = Index()
    for number in range(1000):
        index.add(device(number), 14 + 300 * number, 0)
    for number in (0, 1, 127, 128, 500, 999):
        assert number in list(index.with_id(device(number)))
        assert index.with_full(14 + 300 * number) == number
    assert index.with_full(15) is None
    assert index.with_full(0) is None
    index.remove(500)
    assert 500 not in list(index.with_id(device(500)))
    assert (index.count, index.used) == (999, 1000)
    heap = sys.getsizeof(index._pages) + sum(map(sys.getsizeof, index._pages))
    assert heap / 1000 < 14


def test_the_index_is_not_fooled_by_bytes_of_neighbours():
    index = Index()
    index.add(device(1), 0x01020304, 0)
    index.add(device(2), 0x05060708, 0x01020304)
    assert index.with_full(0x02030405) is None
    assert index.with_full(0x05060708) == 1


def test_an_average_card_takes_less_than_400_bytes():
    card = Card('Maria Schneider', 'Photographer', 'Olympic Broadcasting Services', '+34 600 123 456',
                'maria.schneider@example.com', 'https://example.com/maria', [('mastodon', '@maria@example.com')])
    files = MemoryFiles()
    book = opened(files)
    for number in range(100):
        book.put_pending(Friend(device(number), card.name, card.to_vcard(), Figures(9000, 3, 40, 0), b'session1', 9000))
        book.commit(device(number), b'session1', b'share of sixteen')
    assert book._journal.size / 100 < 480
    book._journal.rewrite(book._pairs())
    book._load()
    assert book._journal.size / 100 < 400
    assert book.count == 100


def test_damage_costs_one_friend_and_is_cleared_away():
    files, log = MemoryFiles(), Log(str)
    book = opened(files)
    for number in range(10):
        book.befriend(friend(number, card=b'card' * 80))
    data = bytearray(files.files['/data/friends.log'])
    data[len(data) // 2] ^= 1
    files.files['/data/friends.log'] = bytes(data)
    book = opened(files, log)
    assert book.count == 9
    assert 'friends is damaged' in log.lines()[0]
    assert files.files['/data/friends.bad'] == data
    later = Log(str)
    assert opened(files, later).count == 9
    assert later.lines() == []


def test_tidy_keeps_everything():
    files = MemoryFiles()
    book = opened(files)
    for number in range(5):
        book.befriend(friend(number))
    for day in range(300):
        entry = book.get(device(day % 5))
        entry.last_day = 9000 + day
        book.refresh(entry, whole=False)
    before, size = [values(entry) for entry in book.page(0, 5)], book._journal.size
    book.tidy()
    assert [values(entry) for entry in book.page(0, 5)] == before
    assert book._journal.size < size / 10


def test_blocked_pins_stay_blocked_and_friends_friends():
    files = MemoryFiles()
    book = opened(files)
    book.befriend(friend(1))
    for number in (1, 2, 3, 2):
        book.block(device(number))
    book.unblock(device(3))
    book.unblock(device(4))
    records = book._journal.count
    assert records == 5                                 # blocking twice, or freeing the free, writes nothing
    for again in (opened(files), opened(files)):
        assert [again.blocked(device(number)) for number in range(5)] == [False, True, True, False, False]
        assert again.count == 1
        again._journal.rewrite(again._pairs())
    book = opened(files)
    book.forget(device(1))
    assert book.blocked(device(1)), 'who is deleted does not come back'
    book.reset()
    assert not opened(files).blocked(device(1))


def test_the_block_list_is_bounded():
    book = opened(MemoryFiles())
    for number in range(MAX_BLOCKED):
        book.block(device(number))
    book.block(device(0))
    with pytest.raises(ValueError, match='At most 64'):
        book.block(device(99))
    assert not book.blocked(device(99))


def test_a_block_that_does_not_fit_on_flash_is_none():
    files = MemoryFiles()
    book = opened(files)
    files.capacity = 10
    with pytest.raises(StorageError, match='full'):
        book.block(device(1))
    assert not book.blocked(device(1))


def test_foreign_records_are_passed_over_and_said():
    files, log = MemoryFiles(), Log(str)
    book = opened(files)
    book.befriend(friend(1))
    for kind, payload in ((77, b'?'), (1, b'short'), (3, bytes(40)), (5, bytes(60)), (6, b''), (7, b'short')):
        book._journal.append(kind, payload)
    assert opened(files, log).count == 1
    assert len(log.lines()) == 6


def test_tally_of_days():
    tally = DayTally()
    for day in (0, 100, 100, 100, 101, 100, *range(102, 120), 100):
        tally.add(day)
    assert tally.on(119) == 1
    assert tally.on(0) == 0
    assert tally.best == 4
    assert tally.days >= 20


def test_the_tally_survives_a_reboot():
    files = MemoryFiles()
    book = opened(files)
    for number in range(12):
        book.put_pending(friend(number, day=9000 + number // 4))
        book.commit(device(number), b'session1')
    for tally in (book.tally, opened(files).tally):
        assert (tally.on(9001), tally.best, tally.days) == (4, 4, 3)


def test_unknown_steps_and_saturated_numbers_survive():
    entry = friend(1)
    entry.figures, entry.times_met = Figures(None, 99999, 70000, 3), 70000
    again = unpack(entry.pack())
    assert again.figures.numbers() == Figures(None, 0xFFFF, 0xFFFF, 3).numbers()
    assert again.figures.steps is None
    assert again.times_met == 0xFFFF
    assert again.share == NO_SHARE
    with pytest.raises(ValueError, match='255 bytes'):
        Friend(device(1), 'x' * 256, b'', Figures(), b'session1', 1).pack()


def test_a_heap_that_is_full_keeps_nobody_on_flash_whom_the_index_does_not_know(monkeypatch):
    """The index takes its page before the journal is written: a friend is in both, or in neither."""
    files = MemoryFiles()
    book = opened(files)

    def full(self):
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr(Index, 'reserve', full)
        with pytest.raises(MemoryError):
            book.befriend(friend(1))
    book.befriend(friend(1))
    assert book.count == opened(files).count == 1
