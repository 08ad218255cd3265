"""Upkeep of the friend book: the index on flash and compaction in slices, disturbed in every way, against a full replay."""
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.social.friends import FRIEND, MAX_IN_DOUBT, FriendBook
from firmware.system.journal import Journal
from firmware.system.log import Log
from tests.simulator.memory_storage import MemoryFiles, PowerCut
from tests.unit.rigs.friends import device, finish, friend, opened, values
from tests.unit.test_friends import OPERATIONS, Model, check, do

INDEX, NEXT = '/data/friends.index', '/data/friends.next'


def content(book):
    """What a book tells of people, to compare."""
    friends = [values(entry) for entry in book.page(0, 999)]
    return friends, [values(book.pending(entry[0])) for entry in book._known.pending], book._known.blocked


def replayed(files):
    """The content of the book as a full replay finds it, without an index."""
    log = Log(str)
    return content(FriendBook(Journal(files.storage(), 'friends', 1, log), log))


def save(book):
    book._known.waste, book._unsaved = 0, 1000
    finish(book.keep())


def compact(book, **options):
    book._known.waste = 1 << 30
    return finish(book.keep(), **options)


def filled(files, count=300):
    """A book with a bit of everything."""
    book = opened(files)
    for number in range(count):
        book.befriend(friend(number, day=9000 + number // 40))
    for number in range(0, count, 7):
        book.forget(device(number))
    book.note(device(1), 'a note')
    book.block(device(5))
    for number in range(count, count + 3):
        book.put_pending(friend(number))
    book.refresh(book.get(device(4)), whole=True)
    return book


@pytest.mark.parametrize('keep', [save, compact])
def test_opening_replays_only_what_came_after_the_index(keep):
    files = MemoryFiles()
    book = filled(files)
    before = content(book)
    keep(book)
    assert content(book) == before
    assert NEXT not in files.files
    book = opened(files)
    assert (content(book), book._unsaved) == (before, 0)
    book.commit(device(301), b'session1')
    book.refresh(book.get(device(9)), whole=False)
    book.forget(device(11))
    after = opened(files)
    assert content(after) == content(book) == replayed(files)
    assert after._unsaved == 3
    assert vars(after.tally) == vars(book.tally)        # who was forgotten counts for its day
    book.refresh(book.get(device(12)), whole=False)
    keep(book)
    assert opened(files).latest().id == book.latest().id == device(12)
    assert after.count == len(before[0])


def test_upkeep_does_only_what_is_worthwhile():
    files = MemoryFiles()
    book = opened(files)
    for number in range(64):
        book.befriend(friend(number))
    assert not book.wants_keeping
    finish(book.keep())
    assert INDEX not in files.files
    book.befriend(friend(64))
    assert book.wants_keeping
    finish(book.keep())
    assert not book.wants_keeping
    while book._known.waste < 16_384 + book._journal.size // 5:
        book.refresh(book.get(device(1)), whole=False)
    size = book._journal.size
    finish(book.keep())
    assert book._journal.size < size / 2
    assert not book.wants_keeping
    assert opened(files)._unsaved == 0


def wrecks(data):
    """Index files that must not count."""
    yield from (data[:-1], data[1:], data + b'\0', b'', data[:20], bytes(len(data)), b'\xff' * len(data))
    for at in range(0, len(data), 211):
        yield data[:at] + bytes((data[at] ^ 4,)) + data[at + 1:]


def test_an_index_that_is_not_whole_counts_for_nothing():
    files = MemoryFiles()
    save(filled(files, 70))
    good = files.files[INDEX]
    expected = replayed(files)
    for wreck in wrecks(good):
        files.files[INDEX] = wreck
        assert content(opened(files)) == expected
        assert INDEX not in files.files


def test_an_index_of_another_generation_counts_for_nothing():
    files = MemoryFiles()
    book = filled(files)
    save(book)
    old = files.files[INDEX]
    compact(book)
    book.forget(device(2))
    files.files[INDEX] = old
    assert content(opened(files)) == content(book)
    book.reset()
    files.files[INDEX] = old
    assert opened(files).count == 0


def test_a_journal_shorter_than_its_index_is_read_whole_and_the_index_dropped():
    files, log = MemoryFiles(), Log(str)
    book = filled(files)
    save(book)
    files.files['/data/friends.tail'] = files.files['/data/friends.tail'][:-1]      # decay: the last record is lost
    book = opened(files, log)
    assert content(book) == replayed(files)
    assert any('does not fit' in line for line in log.lines())
    book.befriend(friend(900))
    assert content(opened(files)) == content(book), 'what fills the gap is not what the index meant'


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
    finish(book.keep())
    assert files.files['/data/friends.bad'] == data
    later = Log(str)
    assert opened(files, later).count == 9
    assert later.lines() == []


def test_damage_that_only_the_index_hides_is_found_by_reading_and_cleared_away():
    files, log = MemoryFiles(), Log(str)
    book = opened(files)
    for number in range(10):
        book.befriend(friend(number, card=b'card' * 80))
    save(book)
    files.files['/data/friends.log'] = files.files['/data/friends.log'].replace(b'Friend 3', b'Fiend 33')
    book = opened(files, log)
    assert (len(book.page(0, 99)), book.count, book.wants_keeping) == (9, 10, 2)
    finish(book.keep())
    assert any('An entry is lost' in line for line in log.lines())
    assert (book.count, opened(files).count, book.wants_keeping) == (9, 9, 0)
    assert b'Fiend 33' in files.files['/data/friends.bad']


def test_lost_figures_leave_the_older_ones():
    files, log = MemoryFiles(), Log(str)
    book = opened(files)
    book.befriend(friend(1, card=b'card' * 80))
    newer = book.get(device(1))
    newer.last_day = 9009
    book.refresh(newer, whole=False)
    save(book)
    files.files['/data/friends.tail'] = files.files['/data/friends.tail'].replace(b'session1', b'session9')
    book = opened(files, log)
    book._known.index.set(0, book._known.index.get(0)[0], book._journal.size - 13)
    assert book.get(device(1)).last_day == 9000
    assert 'figures of Friend 1 are lost' in log.lines()[-1]


@settings(max_examples=40)
@given(OPERATIONS, OPERATIONS, st.integers(0, 12))
def test_whatever_happens_during_a_compaction_survives(before, during, pause):
    files, model = MemoryFiles(), Model()
    book = opened(files)

    def one(operation):
        nonlocal model
        if operation[0] not in ('reboot', 'compact', 'save') and model.fits(operation):
            do(book, model, operation)
            model = model.after(operation)

    for operation in before:
        one(operation)
    left = list(during)

    def meanwhile():
        for operation in [left.pop(0) for _ in range(min(len(left), pause))]:
            one(operation)

    compact(book, meanwhile=meanwhile)
    check(book, model)
    for operation in left:
        one(operation)
    check(book, model)
    check(opened(files), model)
    log = Log(str)
    check(FriendBook(Journal(files.storage(), 'friends', 1, log), log), model)
    assert log.lines() == []


def test_a_save_gives_way_to_whoever_changes_the_book():
    files = MemoryFiles()
    book = filled(files)
    book._unsaved = 1000
    finish(book.keep(), meanwhile=lambda: book.block(device(len(book._known.blocked))))
    assert book._unsaved >= 1000
    assert NEXT not in files.files
    save(book)
    assert content(opened(files)) == content(book) == replayed(files)


@pytest.mark.parametrize('slices', [0, 1, 2, 150, 260])
@pytest.mark.parametrize('keep', [save, compact])
def test_upkeep_that_is_abandoned_leaves_nothing_behind(keep, slices):
    files = MemoryFiles()
    book = filled(files)
    before = dict(files.files)
    book._known.waste, book._unsaved = (1 << 30, 0) if keep is compact else (0, 1000)
    finish(book.keep(), slices=slices)
    if slices < (2 if keep is save else 250):
        assert files.files == before
    assert content(opened(files)) == content(book) == replayed(files)


@pytest.mark.parametrize('torn', [False, True])
@pytest.mark.parametrize('keep', [save, compact])
def test_power_cut_anywhere_in_upkeep_changes_nothing(keep, torn):
    first = MemoryFiles(torn)
    book = filled(first, 70)
    expected = content(book)
    start = {name: bytes(data) for name, data in first.files.items()}
    before = first.steps
    keep(book)
    steps = first.steps - before
    assert steps >= 2
    for cut in range(0, steps, max(1, steps // 25)):
        files = MemoryFiles(torn)
        files.files = {name: bytearray(data) if torn else data for name, data in start.items()}
        book = opened(files)
        files.cut_after(cut)
        with pytest.raises(PowerCut):
            keep(book)
        book = opened(files)
        assert content(book) == expected == replayed(files)


def test_a_flash_that_fills_up_during_upkeep_changes_nothing():
    files, log = MemoryFiles(), Log(str)
    book = filled(files)
    book = opened(files, log)
    expected = content(book)
    files.capacity = sum(map(len, files.files.values())) + 2000
    compact(book)
    assert 'could not be tidied' in log.lines()[-1]
    assert set(files.files) == {'/data/friends.log', '/data/friends.tail'}
    files.capacity = None
    assert content(book) == content(opened(files)) == expected


def test_doubts_and_blocks_are_all_in_the_index():
    files = MemoryFiles()
    book = opened(files)
    for number in range(MAX_IN_DOUBT):
        book.put_pending(friend(number, session=number % 4))
        book.block(device(number))
    for keep in (save, compact):
        keep(book)
        book = opened(files)
        assert content(book) == replayed(files)
        assert (book._unsaved, book.in_doubt, len(book._known.blocked)) == (0, MAX_IN_DOUBT, MAX_IN_DOUBT)
    assert book.commit(device(3), b'session3').name == 'Friend 3'
    assert book.state(device(3)) == FRIEND
