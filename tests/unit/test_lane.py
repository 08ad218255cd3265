"""A journal whose tail lies in raw flash: power cut at every program and erase, torn cells, a full lane, others' rubbish."""
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.system.lane import BLOCK, SHARES
from firmware.system.storage import ENOSPC, StorageError
from tests.simulator.memory_storage import MemoryFiles, MemoryLane, PowerCut
from tests.unit.rigs.journals import PAYLOADS, content, driven, in_slices, opened, quiet_log

ROOM = SHARES['friends'][1] * BLOCK


def with_lane(torn=False):
    files = MemoryFiles(torn)
    files.lane = MemoryLane(files)
    return files


def tend(journal, meanwhile=None):
    driven(journal.tend(), journal, meanwhile)


def busy(journal, confirmed):
    """A busy history: `confirmed` holds what was appended. Yields before each step."""
    rng = random.Random(4)
    for number in range(46):
        payload = rng.randbytes(rng.choice([5, 40, 40, 700, 900, 1500]))
        if number == 30:
            kept = [(kind, payload) for kind, payload in confirmed if kind % 2]
            yield kept
            in_slices(journal, kept)
            confirmed[:] = kept
        yield [*confirmed, (number, payload)]
        journal.append(number, payload)
        confirmed.append((number, payload))
        if number % 15 == 14:
            yield confirmed
            tend(journal)


@pytest.mark.parametrize(('torn', 'stride'), [(False, 1), (True, 211)])
def test_power_cut_at_every_program_and_erase(torn, stride):
    files, confirmed = with_lane(torn), []
    for _ in busy(opened(files), confirmed):
        pass
    assert files.lane.erases > 5
    cuts = range(0, files.steps, stride)
    for cut in cuts:
        files, confirmed, possible = with_lane(torn), [], []
        journal = opened(files)
        files.cut_after(cut)
        with pytest.raises(PowerCut):
            for possible in busy(journal, confirmed):       # noqa: B007
                pass
        journal = opened(files)
        found = content(journal)
        assert found in (confirmed, possible)
        journal.append(99, b'life goes on' * 20)
        journal = opened(files)
        assert content(journal) == [*found, (99, b'life goes on' * 20)]
        tend(journal)
        journal.append(98, b'and on' * 100)
        assert content(opened(files)) == [*found, (99, b'life goes on' * 20), (98, b'and on' * 100)]
        assert files.lane.complaints == []
    assert len(cuts) > 60


@settings(max_examples=60)
@given(st.lists(st.one_of(PAYLOADS, st.sampled_from(['tend', 'reopen', 'rewrite', 'slices'])), max_size=60), st.data())
def test_it_holds_what_a_list_would(steps, data):
    files = with_lane()
    journal, model = opened(files), []
    for step in steps:
        if step == 'tend':
            list(journal.replay(0))
            tend(journal)
        elif step == 'reopen':
            journal = opened(files)
        elif step == 'rewrite':
            model = model[::2]
            journal.rewrite(model)
        elif step == 'slices':
            model = model[1:]
            in_slices(journal, model)
        else:
            offset = journal.append(7, step)
            model.append((7, step))
            assert journal.read(offset) == (7, step)
    offsets = [offset for _, _, offset in journal.replay(0)]
    assert [journal.read(offset) for offset in offsets] == model
    first = data.draw(st.integers(0, len(model)))
    journal = opened(files)
    since = [*offsets, None][first]
    if since is not None:
        assert [(kind, payload) for kind, payload, _ in journal.replay(since=since)] == model[first:]
    assert content(opened(files)) == model
    assert files.lane.complaints == []


def test_an_append_programs_and_never_erases_until_the_lane_is_full():
    files, log = with_lane(), quiet_log()
    journal = opened(files, log)
    journal.append(1, b'')
    before = dict(files.files)
    count = 0
    while not log.lines():
        journal.append(2, bytes(900))
        count += 1
    assert count == SHARES['friends'][1] * 4 + 1
    assert 'past the lane' in log.lines()[0]
    assert files.lane.erases == 0
    assert before != files.files
    journal.append(3, bytes(900))
    assert len(log.lines()) == 2
    tend(journal)
    assert files.lane.erases == SHARES['friends'][1]
    journal.append(4, bytes(900))
    assert len(log.lines()) == 2
    assert [kind for kind, _ in content(opened(files))] == [1] + [2] * count + [3, 4]


def test_appends_while_the_lane_is_tended_survive():
    files = with_lane()
    journal = opened(files)
    kinds = [1] * 20
    for _ in kinds:
        journal.append(1, bytes(900))

    def meanwhile(number):
        if number % 3 == 0:
            offset = journal.append(2, bytes([number]) * 700)
            kinds.append(2)
            assert journal.read(offset) == (2, bytes([number]) * 700)

    tend(journal, meanwhile)
    assert kinds.count(2) > 10
    assert files.lane.erases >= 5
    assert [kind for kind, _ in content(journal)] == [kind for kind, _ in content(opened(files))] == kinds
    assert files.lane.complaints == []


def test_a_full_lane_while_it_is_moved_to_the_log():
    files, log = with_lane(), quiet_log()
    journal = opened(files, log)
    payloads = [bytes([number]) * 900 for number in range(60)]
    for payload in payloads[:20]:
        journal.append(1, payload)
    tend(journal, lambda number: number or [journal.append(1, payload) for payload in payloads[20:]])
    assert any('past the lane' in line for line in log.lines())
    assert [payload for _, payload in content(opened(files))] == payloads


def test_a_tail_in_a_file_moves_to_the_log_when_there_is_a_lane():
    files = MemoryFiles()
    journal = opened(files)
    for number in range(6):
        journal.append(number, bytes(50))
    assert '/data/friends.tail' in files.files
    steps = files.steps
    for cut in (0, 1, 5):
        files.lane = MemoryLane(files)
        opening = opened(files)
        files.cut_after(cut)
        try:
            content(opening)
        except PowerCut:
            pass
        assert [kind for kind, _ in content(opened(files))] == list(range(6))
    assert files.steps > steps
    assert '/data/friends.tail' not in files.files
    opened(files).append(9, b'in the lane')
    assert [kind for kind, _ in content(opened(files))] == [*range(6), 9]


def test_a_lane_without_its_log_counts_for_nothing_and_never_will():
    files = with_lane()
    journal = opened(files)
    for number in range(8):
        journal.append(number, bytes(300))
    del files.files['/data/friends.log']
    journal = opened(files)
    assert content(journal) == []
    for number in range(20):
        journal.append(100 + number, bytes(100))
        assert [kind for kind, _ in content(opened(files))] == list(range(100, 101 + number))


def test_the_blocks_of_another_journal_are_passed_over_and_erased():
    files = with_lane()
    files.lane.cells[:2 * BLOCK] = b'\x12' * 2 * BLOCK
    journal = opened(files)
    for _ in range(SHARES['friends'][1] * 2 + 2):
        journal.append(1, bytes(1200))
    tend(journal)
    assert files.lane.cells[:BLOCK] == b'\xff' * BLOCK
    assert len(content(opened(files))) == SHARES['friends'][1] * 2 + 2


def test_every_rotten_byte_of_the_lane_costs_at_most_one_record():
    files = with_lane()
    journal = opened(files)
    payloads = [bytes([n]) * length for n, length in enumerate([40, 30, 90, 20])]
    for payload in payloads:
        journal.append(1, payload)
    whole = bytes(files.lane.cells)
    for position in range(4, 4 + sum(map(len, payloads)) + 4 * 13):
        files.lane.cells[:] = whole
        files.lane.cells[position] ^= 0x41
        log = quiet_log()
        journal = opened(files, log)
        found = [payload for _, payload in content(journal)]
        assert [payload for payload in payloads if payload in found] == found
        assert len(found) >= len(payloads) - 1
        assert log.lines(), f'byte {position} rotted unnoticed'
        journal.append(5, b'new' * 30)
        if journal.damaged:
            journal.rewrite(content(journal))
            assert files.files['/data/friends.tail.bad'][:len(whole) // 16] == files.lane.cells[:BLOCK]
        assert [payload for _, payload in content(opened(files))] == [*found, b'new' * 30]
        files.files.pop('/data/friends.tail.bad', None)
        files.files['/data/friends.log'] = files.files.pop('/data/friends.bad', files.files['/data/friends.log'])


def test_flash_errors_are_sentences_and_lose_nothing():
    files = with_lane()
    journal = opened(files)
    journal.append(1, b'one')

    works = files.lane.writeblocks

    def fails(*arguments):
        works(*arguments)                       # and yet it may have reached the cells
        raise OSError(5)

    files.lane.writeblocks = fails
    with pytest.raises(StorageError, match='lane took no record'):
        journal.append(2, b'two')
    files.lane.writeblocks = works
    journal.append(3, b'three')
    assert [kind for kind, _ in content(opened(files))] == [1, 3]
    journal.append(4, bytes(900))
    tend(journal)
    files.fail_with = ENOSPC
    for _ in range(23):
        journal.append(4, bytes(900))
    log = quiet_log()
    journal.log = log
    tend(journal)
    assert 'full' in log.lines()[0]
    files.fail_with = None
    tend(journal)
    assert [kind for kind, _ in content(opened(files))] == [1, 3] + [4] * 24
    files.lane.readblocks = fails
    with pytest.raises(StorageError, match='lane cannot be read'):
        content(opened(files))
