"""The journal against a reference model: random histories, power cut at every step, torn writes, decay, full flash."""
import random
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.system import records
from firmware.system.journal import Journal
from firmware.system.storage import ENOSPC, StorageError
from tests.simulator.memory_storage import MemoryFiles, PowerCut
from tests.unit.rigs.journals import PAYLOADS, content, opened, quiet_log

OPERATIONS = st.lists(st.one_of(
    st.tuples(st.just('append'), st.integers(0, 255), PAYLOADS),
    st.tuples(st.just('reopen'), st.just(0), st.just(b'')),
    st.tuples(st.just('rewrite'), st.integers(1, 3), st.just(b'')),
), max_size=25)


def apply(journal, model, operation):
    """Do one operation; `model` is changed when it is confirmed. Returns what the model would become."""
    name, number, payload = operation
    if name == 'append':
        after = [*model, (number, payload)]
        journal.append(number, payload)
    elif name == 'rewrite':
        after = model[::number]
        journal.rewrite(after)
    else:
        after = model
    return after


def after_of(model, operation):
    name, number, payload = operation
    if name == 'append':
        return [*model, (number, payload)]
    return model[::number] if name == 'rewrite' else model


@settings(max_examples=150)
@given(OPERATIONS, st.booleans())
def test_it_holds_what_a_list_would(operations, torn):
    files = MemoryFiles(torn)
    journal, model = opened(files), []
    for operation in operations:
        if operation[0] == 'reopen':
            journal = opened(files)
        else:
            model = apply(journal, model, operation)
    assert content(journal) == model
    log = quiet_log()
    assert content(opened(files, log)) == model
    assert log.lines() == []


@settings(max_examples=200)
@given(OPERATIONS, st.booleans(), st.data())
def test_power_cut_at_any_step_loses_nothing_that_was_confirmed(operations, torn, data):
    files = MemoryFiles(torn)
    journal, model, expected = opened(files), [], [[]]
    files.cut_after(data.draw(st.integers(0, 3000)))
    try:
        for operation in operations:
            expected = [model, after_of(model, operation)]
            if operation[0] != 'reopen':
                model = apply(journal, model, operation)
            expected = [model]
    except PowerCut:
        pass
    journal = opened(files)
    found = content(journal)
    assert found in expected
    journal.append(7, b'life goes on')
    assert content(opened(files)) == [*found, (7, b'life goes on')]


def history():
    """A busy history with every path: tail, fold, long records, rewrite."""
    rng = random.Random(4)
    for round_number in range(3):
        for _ in range(14):
            yield 'append', rng.randrange(256), rng.randbytes(rng.choice([5, 30, 30, 60, 250, 700]))
        if round_number == 1:
            yield 'rewrite', 2, b''


@pytest.mark.parametrize(('torn', 'stride'), [(False, 1), (True, 11)])
def test_every_cut_point_of_a_history(torn, stride):
    files = MemoryFiles(torn)
    journal, model = opened(files), []
    for operation in history():
        model = apply(journal, model, operation)
    cuts = range(0, files.steps, stride)
    for cut in cuts:
        files = MemoryFiles(torn)
        journal, model, expected = opened(files), [], [[]]
        files.cut_after(cut)
        try:
            for operation in history():
                expected = [model, after_of(model, operation)]
                model = apply(journal, model, operation)
        except PowerCut:
            pass
        assert content(opened(files)) in expected
    assert len(cuts) > (40 if not torn else 1000)


@given(st.lists(PAYLOADS, min_size=1, max_size=30))
def test_offsets_stay_valid_over_folds_and_boots(payloads):
    files = MemoryFiles()
    journal = opened(files)
    offsets = [journal.append(3, payload) for payload in payloads]
    assert [journal.read(offset) for offset in offsets] == [(3, payload) for payload in payloads]
    journal = opened(files)
    assert [offset for _, _, offset in journal.replay(0)] == offsets
    assert [journal.read(offset)[1] for offset in offsets] == payloads


@given(st.lists(PAYLOADS, min_size=1, max_size=12), PAYLOADS, st.integers(0, 1000), st.booleans())
def test_full_flash_leaves_it_as_it_was(payloads, late, room, torn):
    files = MemoryFiles(torn)
    journal = opened(files)
    for payload in payloads:
        journal.append(1, payload)
    before = content(journal)
    files.capacity = sum(map(len, files.files.values())) + min(room, len(late))
    with pytest.raises(StorageError) as caught:
        journal.append(2, late)
        journal.append(2, late + bytes(600))
    assert caught.value.errno == ENOSPC
    assert 'full' in str(caught.value)
    survived = content(journal)
    assert survived in (before, [*before, (2, late)])
    files.capacity = None
    journal.append(9, b'there is room again')
    assert content(opened(files)) == [*survived, (9, b'there is room again')]


def test_a_torn_record_is_not_searched_for_records_that_a_stranger_may_have_put_into_it():
    forged = records.encode(66, b'I am your friend', 2)
    for torn_at in range(1, len(forged) + 40):
        files = MemoryFiles(torn=True)
        journal = opened(files)
        journal.append(1, b'first')
        start = files.steps
        files.cut_after(len(forged) + 9 + torn_at)
        with pytest.raises(PowerCut):
            journal.append(2, forged + bytes(3000))
        assert files.steps > start
        journal = opened(files)
        assert content(journal) == [(1, b'first')]
        journal.append(3, b'second')
        assert content(opened(files)) == [(1, b'first'), (3, b'second')]


def test_what_a_torn_record_leaves_behind_a_shorter_one_is_blanked():
    second = records.encode(3, b'second', 2)
    forged = records.encode(66, b'I am your friend', 3)
    files = MemoryFiles(torn=True)
    journal = opened(files)
    journal.append(1, b'first')
    files.cut_after(len(second) + len(forged))
    with pytest.raises(PowerCut):
        journal.append(2, bytes(len(second) - records.HEAD_SIZE) + forged + bytes(50))
    log = quiet_log()
    journal = opened(files, log)
    journal.append(3, b'second')
    assert content(opened(files)) == [(1, b'first'), (3, b'second')]
    assert len(log.lines()) == 1


def test_a_torn_end_is_reported_once_it_is_found():
    files, log = MemoryFiles(torn=True), quiet_log()
    journal = opened(files)
    journal.append(1, b'first')
    files.cut_after(20)
    with pytest.raises(PowerCut):
        journal.append(2, b'x' * 100)
    assert content(opened(files, log)) == [(1, b'first')]
    assert log.lines() == ['       0 W journal: friends: 20 torn bytes at the end are dropped.']


@pytest.mark.parametrize('name', ['friends.log', 'friends.tail'])
def test_every_single_rotten_byte_costs_at_most_one_record(name):
    files = MemoryFiles()
    journal = opened(files)
    payloads = [bytes([n]) * length for n, length in enumerate([400, 30, 30, 300, 50, 60, 70])]
    for payload in payloads:
        journal.append(1, payload)
    whole = files.files['/data/' + name]
    for position in range(len(whole)):
        files.files['/data/' + name] = whole[:position] + bytes([whole[position] ^ 0x41]) + whole[position + 1:]
        log = quiet_log()
        found = [payload for _, payload in content(opened(files, log))]
        missing = [payload for payload in payloads if payload not in found]
        assert len(missing) <= 1
        assert [payload for payload in payloads if payload in found] == found
        assert log.lines(), f'byte {position} rotted unnoticed'


def test_a_damaged_log_is_kept_aside_when_its_owner_rewrites_it():
    files, log = MemoryFiles(), quiet_log()
    journal = opened(files)
    for number in range(5):
        journal.append(number, bytes(300))
    damaged = bytearray(files.files['/data/friends.log'])
    damaged[500] ^= 1
    files.files['/data/friends.log'] = bytes(damaged)
    journal = opened(files, log)
    kept = content(journal)
    assert journal.damaged
    assert [kind for kind, _ in kept] == [0, 2, 3, 4]
    journal.rewrite(kept)
    assert not journal.damaged
    assert files.files['/data/friends.bad'] == damaged
    journal = opened(files)
    assert content(journal) == kept
    assert not journal.damaged


@pytest.mark.parametrize('torn', [False, True])
def test_power_cut_while_a_damaged_log_is_rewritten(torn):
    def prepare():
        files = MemoryFiles(torn)
        journal = opened(files)
        for number in range(4):
            journal.append(number, bytes(300))
        journal.append(9, b'in the tail')
        journal.append(10, b'in the tail')
        damaged = bytearray(files.files['/data/friends.log'])
        damaged[500] ^= 1
        files.files['/data/friends.log'] = bytes(damaged)
        tail = bytearray(files.files['/data/friends.tail'])
        tail[12] ^= 1
        files.files['/data/friends.tail'] = bytes(tail)
        journal = opened(files)
        return files, journal, content(journal)

    files, journal, kept = prepare()
    before = files.steps
    journal.rewrite(kept)
    for cut in range(0, files.steps - before, 7 if torn else 1):
        files, journal, kept = prepare()
        files.cut_after(cut)
        with pytest.raises(PowerCut):
            journal.rewrite(kept)
        assert content(opened(files)) == kept
    assert [kind for kind, _ in kept] == [0, 2, 3, 10]


def test_a_rewrite_may_draw_on_the_journal_itself():
    journal = opened(MemoryFiles())
    for number in range(40):
        journal.append(number, bytes([number]) * 50)
    journal.rewrite((kind, payload) for kind, payload, _ in journal.replay() if kind % 2)
    assert [kind for kind, _ in content(journal)] == list(range(1, 40, 2))


def test_an_older_schema_is_migrated_and_a_cut_in_between_is_harmless():
    def migrate(version, kind, payload):
        return None if kind == 3 else (kind + 10 * version, payload.upper())

    def prepare():
        files = MemoryFiles()
        journal = opened(files)
        for number in range(5):
            journal.append(number, b'abc' * 20)
        return files

    expected = [(kind + 10, b'ABC' * 20) for kind in (0, 1, 2, 4)]
    files = prepare()
    before = files.steps
    assert content(opened(files, version=2, migrate=migrate)) == expected
    for cut in range(files.steps - before):
        files = prepare()
        journal = opened(files, version=2, migrate=migrate)
        files.cut_after(cut)
        with pytest.raises(PowerCut):
            content(journal)
        assert content(opened(files, version=2, migrate=migrate)) == expected
    with pytest.raises(StorageError, match='schema 1'):
        content(opened(prepare(), version=2))


def test_a_newer_schema_is_kept_aside_and_said():
    files, log = MemoryFiles(), quiet_log()
    opened(files, version=5).append(1, b'from the future')
    old = dict(files.files)
    journal = opened(files, log, version=4)
    assert content(journal) == []
    assert 'newer firmware (schema 5)' in log.lines()[0]
    assert files.files['/data/friends.bad'] == old['/data/friends.log']
    assert files.files['/data/friends.tail.bad'] == old['/data/friends.tail']
    journal.append(2, b'now')
    assert content(opened(files, version=4)) == [(2, b'now')]


def test_limits():
    journal = opened(MemoryFiles())
    with pytest.raises(StorageError, match='too long'):
        journal.append(1, bytes(records.MAX_PAYLOAD + 1))
    offset = journal.append(1, bytes(records.MAX_PAYLOAD))
    assert journal.read(offset) == (1, bytes(records.MAX_PAYLOAD))
    assert next(iter(journal.replay(5))) == (1, bytes(5), offset)
    with pytest.raises(StorageError, match='no record at'):
        journal.read(offset + 1)
    with pytest.raises(StorageError, match='no record at'):
        journal.read(1 << 20)


def test_flash_traffic_of_small_records_is_small():
    files = MemoryFiles()
    storage = files.storage()
    journal = Journal(storage, 'steps', 1, quiet_log())
    for number in range(1000):
        journal.append(1, struct.pack('>II', number, number))
    log_writes = len(files.files['/data/steps.log']) / 512
    assert storage.writes <= 1000 + log_writes + 12
    assert len(files.files['/data/steps.tail']) <= 512
