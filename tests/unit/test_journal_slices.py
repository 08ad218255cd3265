"""Journals rewritten in slices, and replayed from where an index ends: what a big friend book needs."""
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.system.storage import StorageError
from tests.simulator.memory_storage import MemoryFiles, PowerCut
from tests.unit.rigs.journals import PAYLOADS, content, driven, in_slices, opened, quiet_log


@given(st.lists(PAYLOADS, max_size=25), st.lists(PAYLOADS, max_size=8), st.integers(0, 20), st.booleans())
def test_a_rewrite_in_slices_keeps_what_is_appended_meanwhile(before, late, first, torn):
    files = MemoryFiles(torn)
    journal = opened(files)
    for payload in before:
        journal.append(1, payload)
    kept = before[::2]
    generation, size = journal.position
    offsets = []

    def meanwhile(number):
        if number >= first and late[len(offsets):]:
            offsets.append(journal.append(2, late[len(offsets)]))
            assert journal.read(offsets[-1]) == (2, late[len(offsets) - 1])

    placed, shift = in_slices(journal, [(1, payload) for payload in kept], meanwhile)
    assert journal.position[0] != generation
    late = late[:len(offsets)]
    assert [journal.read(offset) for offset in placed] == [(1, payload) for payload in kept]
    assert [journal.read(offset + shift) for offset in offsets] == [(2, payload) for payload in late]
    expected = [(1, payload) for payload in kept] + [(2, payload) for payload in late]
    assert content(journal) == content(opened(files)) == expected
    assert all(offset >= size for offset in offsets)


@pytest.mark.parametrize('torn', [False, True])
def test_power_cut_at_every_step_of_a_rewrite_in_slices(torn):
    def prepare():
        files = MemoryFiles(torn)
        journal = opened(files)
        for number in range(12):
            journal.append(1, bytes([number]) * (400 if number % 3 == 0 else 30))
        return files, journal

    def rewrite(journal, confirmed):
        def meanwhile(number):
            if number % 2 == 0 and number < 8:
                journal.append(2, bytes([number]) * (300 if number == 4 else 20))
                confirmed.append((2, bytes([number]) * (300 if number == 4 else 20)))
        in_slices(journal, [(1, bytes([number]) * 50) for number in range(6)], meanwhile)

    files, journal = prepare()
    old = content(journal)
    before = files.steps
    rewrite(journal, confirmed := [])
    new = [(1, bytes([number]) * 50) for number in range(6)]
    assert content(opened(files)) == new + confirmed
    for cut in range(0, files.steps - before, 13 if torn else 1):
        files, journal = prepare()
        files.cut_after(cut)
        with pytest.raises(PowerCut):
            rewrite(journal, confirmed := [])
        found = content(opened(files))
        late = found[len(old if found[:len(old)] == old else new):]
        assert found[:len(found) - len(late)] in (old, new)
        assert late[:len(confirmed)] == confirmed
        assert len(late) <= len(confirmed) + 1


def test_a_failure_in_a_rewrite_in_slices_leaves_all_as_it_was():
    files = MemoryFiles()
    journal = opened(files)
    for _ in range(9):
        journal.append(1, bytes(100))

    def pairs():
        yield 1, b'one'
        raise StorageError('The flash is damaged.')

    with pytest.raises(StorageError, match='damaged'):
        in_slices(journal, pairs(), lambda number: journal.append(2, b'late'))
    assert content(journal) == content(opened(files)) == [(1, bytes(100))] * 9 + [(2, b'late')]
    with pytest.raises(StorageError, match='twice'):
        in_slices(journal, [(3, b'a'), (3, b'b')], lambda number: journal.rewrite([(4, b'all that counts')]))
    assert content(journal) == content(opened(files)) == [(4, b'all that counts')]
    assert not any(name.endswith('.new') for name in files.files)


@given(st.lists(PAYLOADS, min_size=1, max_size=30), st.data(), st.booleans())
def test_a_replay_since_an_offset_gives_what_follows_it(payloads, data, torn):
    files = MemoryFiles(torn)
    journal = opened(files)
    offsets = [journal.append(3, payload) for payload in payloads]
    ends = [*offsets, journal.size]
    first = data.draw(st.integers(0, len(offsets)))
    more = data.draw(st.lists(PAYLOADS, max_size=5))
    if data.draw(st.booleans()):
        files.cut_after(data.draw(st.integers(0, 30)))
    try:
        for payload in more:
            offsets.append(journal.append(3, payload))
            payloads.append(payload)
    except PowerCut:
        pass
    whole = [(payload, offset) for _, payload, offset in opened(files).replay()]
    log = quiet_log()
    journal = opened(files, log)
    generation = journal.position[0]
    assert [(payload, offset) for _, payload, offset in journal.replay(since=ends[first])] == whole[first:]
    assert not journal.damaged
    assert journal.position == (generation, opened(files).append(1, b''))
    assert [journal.read(offset)[1] for offset in offsets] == payloads[:len(offsets)]
    offset = journal.append(4, b'next')
    assert [*opened(files).replay()][len(payloads[:len(offsets)]):][-1] == (4, b'next', offset)


def test_a_replay_since_the_end_reads_nothing_of_a_long_log():
    files = MemoryFiles()
    journal = opened(files)
    for _ in range(400):
        journal.append(1, bytes(300))
    position = journal.position
    del journal
    whole = files.files['/data/friends.log']
    files.files['/data/friends.log'] = whole[:14] + bytes(len(whole) - 14)
    journal = opened(files)
    assert journal.position[0] == position[0]
    assert list(journal.replay(since=position[1])) == []
    assert journal.position == position


def test_a_journal_is_tidied_later_if_it_is_not_quiet():
    class Quiet:
        calm = False

        def now(self):
            return self.calm

    files = MemoryFiles()
    journal = opened(files)
    journal.storage.quiet = Quiet()
    for number in range(30):
        journal.append(number, b'a record')
    driven(journal.tend(), journal)
    assert not journal.tidy(20, lambda: [(99, b'all that counts')])
    assert len(content(journal)) == 30
    driven(journal.tend(), journal, lambda number: number or journal.append(98, b'late'))
    assert content(opened(files)) == [(99, b'all that counts'), (98, b'late')]
    driven(journal.tend(), journal)
    Quiet.calm = True
    assert not journal.tidy(20, lambda: [])
    assert journal.tidy(1, lambda: [(97, b'at once')])
    assert content(opened(files)) == [(97, b'at once')]
