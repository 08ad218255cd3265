"""The friend book against a dict: random histories, reboots, power cuts, decay; pages, notes, block list, figures of size.

Upkeep (compaction, the index on flash) is in test_friend_keeping.
"""
import sys
import types

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.social import friend_index
from firmware.social.card import Card
from firmware.social.friend import NO_SHARE, Figures, Friend, expand, squeeze, unpack
from firmware.social.friend_index import DayTally, Index
from firmware.social.friend_keeping import placed
from firmware.social.friends import FRIEND, MAX_BLOCKED, MAX_IN_DOUBT, MAX_NOTE, NONE, PENDING
from firmware.system.log import Log
from firmware.system.storage import StorageError
from tests.simulator.memory_storage import MemoryFiles, PowerCut
from tests.unit.rigs.friends import device, finish, friend, opened, values

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
    st.tuples(st.just('note'), NUMBERS, SESSIONS, CARDS),
    st.tuples(st.just('compact'), NUMBERS, SESSIONS, CARDS),
    st.tuples(st.just('save'), NUMBERS, SESSIONS, CARDS),
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
        elif name == 'note':
            noted = unpack(entries[id][1].pack())
            noted.note = f'note {session}'
            entries[id] = (FRIEND, noted)
        return Model(entries)

    def fits(self, operation):
        name, number, session, _ = operation
        state, entry = self.entries.get(device(number), (NONE, None))
        if name == 'commit':
            return state == PENDING and entry.session == b'session%d' % session
        return {'put_pending': state != FRIEND, 'drop_pending': state == PENDING, 'befriend': state != FRIEND,
                'refresh': state == FRIEND, 'figures': state == FRIEND, 'note': state == FRIEND,
                'forget': state == FRIEND}.get(name, True)


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
    elif name == 'note':
        book.note(device(number), f'note {session}')
    elif name in ('compact', 'save'):
        book._known.waste, book._unsaved = (1 << 30, 0) if name == 'compact' else (0, 1000)
        finish(book.keep())


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


@settings(max_examples=60)
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


@settings(max_examples=60)
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


def test_a_doubt_is_never_pushed_out():
    book = opened(MemoryFiles())
    for number in range(MAX_IN_DOUBT):
        book.put_pending(friend(number))
    assert not book.may_doubt(device(99))
    with pytest.raises(ValueError, match='in doubt'):
        book.put_pending(friend(99))
    assert book.may_doubt(device(0))
    book.put_pending(friend(0, session=2))
    assert (book.in_doubt, book.state(device(1)), book.newest_pending()) == (MAX_IN_DOUBT, PENDING, b'session2')
    book.befriend(friend(99))
    assert book.state(device(99)) == FRIEND


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
    for number in range(3000):
        index.add(device(number), 14 + 300 * number, 0)
    for number in (0, 1, 127, 128, 500, 1023, 1024, 2047, 2048, 2999):
        assert number in list(index.with_id(device(number)))
        assert placed(index, number + 1, device(number)) == number
        assert placed(index, number + 2, device(number)) == number, 'somebody before was left out'
        assert placed(index, 4000, device(number)) == number
    assert placed(index, 1, device(3000)) is None
    assert not any(list(index.with_id(device(number))) for number in range(3000, 3200))
    index.remove(500)
    assert 500 not in list(index.with_id(device(500)))
    assert placed(index, 501, device(500)) is None
    assert (index.count, index.used) == (2999, 3000)
    heap = sum(map(sys.getsizeof, [index.pages, index.filters] + index.pages + index.filters))
    assert heap / 3000 < 14


def test_the_index_is_not_fooled_by_bytes_of_neighbours(monkeypatch):
    marks = {device(1): 0x01020304, device(2): 0x05060708, device(3): 0x02030405}
    monkeypatch.setattr(friend_index, 'binascii', types.SimpleNamespace(crc32=marks.get))
    index = Index()
    index.add(device(1), 14, 0x02030405)
    index.add(device(2), 0x02030405, 0)
    assert list(index.with_id(device(3))) == []
    assert list(index.with_id(device(2))) == [1]


@pytest.mark.parametrize('gone', [(), (0,), (399,), range(128, 256), range(1, 399), range(400)])
def test_pages_begin_anywhere_whoever_is_gone(gone):
    index = Index()
    for number in range(400):
        index.add(device(number), 14 + number, 0)
    for number in gone:
        index.remove(number)
    left = [number for number in range(399, -1, -1) if number not in gone]
    for start in (0, 1, 127, 128, 143, 144, 271, 272, 273, 398, 399, 400, 1000):
        assert list(index.newest(start)) == left[start:]


CARD = Card('Maria Schneider', 'Photographer', 'Olympic Broadcasting Services', '+34 600 123 456',
            'maria.schneider@example.com', 'https://example.com/maria', [('mastodon', '@maria@example.com')])


def test_an_average_card_takes_less_than_400_bytes():
    files = MemoryFiles()
    book = opened(files)
    for number in range(100):
        book.put_pending(Friend(device(number), CARD.name, CARD.to_vcard(), Figures(9000, 3, 40, 0), b'session1', 9000))
        book.commit(device(number), b'session1', b'share of sixteen')
    assert book._journal.size / 100 < 350
    assert book.get(device(7)).vcard == CARD.to_vcard()


@given(st.binary(max_size=40) | st.builds(bytes.join, st.just(CARD.to_vcard()[-30:]), st.lists(st.binary(max_size=9))))
def test_a_squeezed_card_comes_back_as_it_was(vcard):
    assert expand(squeeze(vcard)) == vcard


def test_a_card_of_ours_is_a_third_shorter_on_flash():
    assert len(squeeze(CARD.to_vcard())) < 0.67 * len(CARD.to_vcard())
    assert squeeze(b'BEGIN:VCARD\x01') == b'\0BEGIN:VCARD\x01'


def test_notes_survive_what_a_tap_writes():
    files = MemoryFiles()
    book = opened(files)
    for number in range(3):
        book.befriend(friend(number))
    met = book.get(device(1))
    book.note(device(1), 'Äpfel, \n"Birnen"')          # while a tap is under way
    met.last_day, met.name = 9001, 'Anna'
    book.refresh(met, whole=False)
    for again in (book, opened(files)):
        assert (again.get(device(1)).note, again.get(device(1)).last_day) == ('Äpfel, \n"Birnen"', 9001)
        again.refresh(again.get(device(1)), whole=True)
    assert opened(files).get(device(1)).note == 'Äpfel, \n"Birnen"'
    book = opened(files)
    book.note(device(1), '')
    assert opened(files).get(device(1)).note == ''
    with pytest.raises(ValueError, match='200 characters'):
        book.note(device(1), 'x' * (MAX_NOTE + 1))
    with pytest.raises(ValueError, match='no friend'):
        book.note(device(7), 'who?')


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
        again._known.waste = 1 << 30
        finish(again.keep())
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
    for kind, payload in ((77, b'?'), (1, b'short'), (3, bytes(40)), (5, b'short'), (6, b''), (7, b'short')):
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
