"""Step days against a plain model: midnight, turned clocks, bytes, power cuts; and what the store writes when."""
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.facts import travelled
from firmware.motion.step_store import COMPACT_BYTES, VERSION, WRITE_MS, WRITE_STEPS, StepStore
from firmware.motion.steps import HISTORY_DAYS, StepDays
from firmware.system.journal import Journal
from firmware.system.setting_rows import SETTINGS
from firmware.system.storage import ENOSPC
from tests.simulator.memory_storage import MemoryFiles, PowerCut
from tests.unit.rigs.motion import Lines

TODAY = 9820


class Memory:
    """The bytes that outlive a reset."""

    def __init__(self):
        self.data = b''

    def __call__(self, data=None):
        if data is None:
            return self.data
        self.data = data
        return None


def opened(files, memory=None):
    """(days, store) as after a boot."""
    files.power_on()
    days, log = StepDays(), Lines()
    store = StepStore(Journal(files.storage(), 'steps', VERSION, log), days, log, memory)
    store.load()
    return days, store


def test_days_and_hours_add_up():
    days = StepDays()
    assert [days.add(TODAY, hour, steps) for hour, steps in ((8, 100), (9, 50), (9, 1))] == [100, 150, 151]
    assert days.hours(TODAY)[8:10] == (100, 51)
    assert days.history(TODAY + 1, 3) == [0, 151, 0]
    assert days.hours(TODAY - 1) == (0,) * 24


def test_thirty_days_and_seven_days_by_hour_are_kept():
    days = StepDays()
    for day in range(TODAY - 99, TODAY + 1):
        days.add(day, day % 24, day)
    assert days.history(TODAY) == list(range(TODAY - HISTORY_DAYS + 1, TODAY + 1))
    assert all(sum(days.hours(day)) == day for day in range(TODAY - 6, TODAY + 1))
    assert sum(days.hours(TODAY - 20)) == 0
    assert len(days.snapshot()) < 850


CREDITS = st.lists(st.tuples(st.integers(-3, 3), st.integers(0, 23), st.integers(0, 300)), max_size=40)


@given(CREDITS)
def test_a_clock_turned_at_will_loses_and_doubles_nothing(credits):
    """Each credit comes under a day some days before or after today, in any order."""
    days, model = StepDays(), {}
    for shift, hour, steps in credits:
        day = TODAY + shift
        model[day] = model.get(day, 0) + steps
        assert days.add(day, hour, steps) == model[day]
    assert all(days.on(day) == steps == sum(days.hours(day)) for day, steps in model.items())
    assert sum(days.history(TODAY + 3)) == sum(model.values())


def test_years_of_a_wrong_clock_push_out_no_right_day():
    days = StepDays()
    for day in range(TODAY - 29, TODAY + 1):
        days.add(day, 9, 1000)
    for wrong in (0, TODAY + 4000, 3, TODAY + 9000, 1):
        days.add(wrong, 9, 7)
    assert days.history(TODAY) == [1000] * 30
    assert days.on(1) == 7


@given(CREDITS, st.integers(-3, 3))
def test_moving_a_day_keeps_the_sum(credits, shift):
    days = StepDays()
    for day, hour, steps in credits:
        days.add(TODAY + day, hour, steps)
    total = sum(days.history(TODAY + 3))
    was_there = days.on(TODAY + shift)
    moved = days.move(TODAY + shift, TODAY, 9)
    assert sum(days.history(TODAY + 3)) == total
    assert not moved or (days.on(TODAY + shift) == 0 and days.on(TODAY) >= was_there)


@given(CREDITS)
def test_snapshot_and_records_bring_everything_back(credits):
    days, by_record, by_snapshot = StepDays(), StepDays(), StepDays()
    for shift, hour, steps in credits:
        days.add(TODAY + shift, hour, steps)
        by_record.apply(days.record(TODAY + shift, hour))
    by_snapshot.restore(days.snapshot())
    by_snapshot.restore(days.snapshot())
    assert by_record.snapshot() == by_snapshot.snapshot() == days.snapshot()


@given(st.binary(max_size=120))
def test_garbage_is_refused_with_a_sentence_and_changes_nothing(data):
    days = StepDays()
    days.add(TODAY, 9, 5)
    for take in (days.restore, days.apply):
        try:
            take(data)
        except ValueError as error:
            assert str(error).endswith('.')
    assert days.on(TODAY) >= 5


@pytest.mark.parametrize('data', [b'', b'\1', b'\2\0\0', b'\3\0\0', b'\1\1\0', b'\1\0\1' + bytes(51)])
def test_damaged_snapshots_are_refused(data):
    with pytest.raises(ValueError, match='damaged|does not know'):
        StepDays().restore(data)


# ---- the store ----
def test_what_is_written_when():
    files = MemoryFiles()
    days, store = opened(files)
    for second in range(0, 900, 10):                        # 15 minutes at 96 steps a minute
        days.add(TODAY, 9, 16)
        store.note(TODAY, 9, 16, second * 1000)
        lost = days.on(TODAY) - opened(files)[0].on(TODAY)
        assert lost < WRITE_STEPS
    store.write()
    before = files.steps
    store.tick(1_900_000)
    assert files.steps == before, 'nothing new, nothing written'


def test_a_few_steps_are_written_after_a_minute():
    files = MemoryFiles()
    days, store = opened(files)
    days.add(TODAY, 9, 5)
    store.note(TODAY, 9, 5, 1000)
    store.tick(WRITE_MS)
    assert opened(files)[0].on(TODAY) == 0
    store.tick(WRITE_MS + 1000)
    assert opened(files)[0].on(TODAY) == 5


def test_a_reset_loses_no_step():
    files, memory = MemoryFiles(), Memory()
    for boot in range(4):
        days, store = opened(files, memory)
        assert sum(days.hours(TODAY)) == 14 * boot
        for hour, steps in ((9 + boot, 5), (9 + boot, 6), (10 + boot, 3)):
            days.add(TODAY, hour, steps)
            store.note(TODAY, hour, steps, 1000)
    assert opened(files)[0].hours(TODAY)[9:14] == (11, 14, 14, 14, 0), 'the last three stood in the memory only'
    memory.data = memory.data[:-1] + b'?'
    assert sum(opened(files, memory)[0].hours(TODAY)) == 4 * 14 - 3, 'a damaged memory is passed over'


def test_a_low_battery_has_every_step_written():
    files = MemoryFiles()
    days, store = opened(files)
    store.at_once = True
    for second in range(20):
        days.add(TODAY, 9, 1)
        store.note(TODAY, 9, 1, second * 500)
        assert opened(files)[0].on(TODAY) == days.on(TODAY)


def test_a_time_that_arrives_leaves_nothing_of_before_in_the_memory():
    files, memory = MemoryFiles(), Memory()
    days, store = opened(files, memory)
    days.add(0, 0, 40)
    store.note(0, 0, 40, 1000)
    days.move(0, TODAY, 9)
    store.note_all()
    assert opened(files, memory)[0].history(TODAY, 1) == [40]
    assert opened(files, memory)[0].on(0) == 0


def test_two_hours_are_both_written():
    files = MemoryFiles()
    days, store = opened(files)
    for day, hour in ((TODAY, 23), (TODAY + 1, 0)):
        days.add(day, hour, 40)
        store.note(day, hour, 40, 0)
    assert store.write()
    assert opened(files)[0].history(TODAY + 1, 2) == [40, 40]


def test_the_journal_does_not_grow_for_ever():
    files = MemoryFiles()
    days, store = opened(files)
    for count in range(600):
        days.add(TODAY + count // 100, count % 24, 300)
        store.note(TODAY + count // 100, count % 24, 300, count)
    assert sum(map(len, files.files.values())) < COMPACT_BYTES + 1500
    assert opened(files)[0].snapshot() == days.snapshot()


def test_a_full_flash_is_told_and_made_up_for_later():
    files = MemoryFiles()
    days, store = opened(files)
    files.fail_with = ENOSPC
    days.add(TODAY, 9, 300)
    store.note(TODAY, 9, 300, 0)
    assert 'could not be saved' in store._log.lines[-1]
    assert store.write() is False
    files.fail_with = None
    store.tick(WRITE_MS)
    assert opened(files)[0].on(TODAY) == 300


@settings(max_examples=40)
@given(st.integers(0, 400), st.lists(st.integers(1, 400), min_size=1, max_size=30))
def test_a_power_cut_anywhere_loses_less_than_the_bound(cut_after, walks):
    """Figures only grow, and what was on flash before the cut is there after it."""
    files = MemoryFiles(torn=True)
    days, store = opened(files)
    kept = 0
    files.cut_after(cut_after)
    try:
        for at, steps in enumerate(walks):
            days.add(TODAY, at % 24, steps)
            store.note(TODAY, at % 24, steps, at * 1000)
            if not store._steps:
                kept = days.on(TODAY)
    except PowerCut:
        pass
    assert kept <= opened(files)[0].on(TODAY) <= days.on(TODAY)


def test_a_record_of_an_unknown_kind_or_a_damaged_one_costs_only_itself():
    files = MemoryFiles()
    days, store = opened(files)
    days.add(TODAY, 9, 300)
    store._journal.append(9, b'from the future')
    store._journal.append(1, b'short')
    store.note(TODAY, 9, 300, 0)
    again, store = opened(files)
    assert again.on(TODAY) == 300
    assert store._log.lines == ['E A step record of 5 bytes is damaged.']


# ---- what steps amount to ----
@pytest.mark.parametrize('steps, chosen, line', [
    (8000, {}, '5.6 km'), (8000, {'height_cm': 190}, '6.2 km'), (8000, {'step_cm': 80}, '6.4 km'), (140, {}, ''),
    (8000, {'step_cm': 80, 'distance': 'mi'}, '3.9 mi'), (8000, {'step_cm': 80, 'weight_kg': 60}, '6.4 km, 192 kcal')])
def test_distance_by_step_or_height_and_calories_on_request(steps, chosen, line):
    defaults = {row.key: row.default for row in SETTINGS}
    assert travelled(steps, defaults | chosen) == line
