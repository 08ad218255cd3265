"""Which day it is and which day something counts for: day start, zones, turned clocks, flat batteries, no clock at all."""
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.system.clock import UNKNOWN_DAY, days_before
from tests.simulator.memory_storage import PowerCut
from tests.unit.rigs.wearing import Wearing, seconds, somebody

TODAY = days_before(2026, 11, 20)


@pytest.fixture
def pin():
    """At noon of 2026-11-20, UTC, with a clock."""
    pin = Wearing()
    yield pin
    pin.close()


@pytest.fixture
def unknown():
    """The same, without a clock."""
    pin = Wearing(known=False)
    yield pin
    pin.close()


def friend(pin, number):
    return pin.book.get(somebody(number)[0])


def test_the_day_begins_at_four_and_where_the_wearer_sets_it(pin):
    pin.walk(100)
    pin.wait_until(2026, 11, 21, 3, 59)
    pin.walk(10)
    assert (pin.clock.day(), pin.days.on(TODAY)) == (TODAY, 110)
    pin.wait(60)
    pin.walk(1)
    assert (pin.clock.day(), pin.days.on(TODAY), pin.days.on(TODAY + 1)) == (TODAY + 1, 110, 1)
    pin.set('day_start_hour', 6)                                # it is yesterday again, and goes on from where it was
    pin.walk(5)
    assert (pin.clock.day(), pin.days.on(TODAY), pin.days.on(TODAY + 1)) == (TODAY, 115, 1)
    assert pin.days.total == 116


@pytest.mark.parametrize('shift', [60, -60, 540, -720])
def test_another_zone_moves_no_count(pin, shift):
    """Summer time and flights: within a day the count only grows, over all days nothing is lost or doubled."""
    before, walked = {}, 0
    for hour in range(60):
        if hour in (20, 40):
            pin.set('zone_minutes', shift if hour == 20 else 0)
        pin.walk(10)
        walked += 10
        after = {day: pin.days.on(day) for day in range(TODAY - 2, TODAY + 5)}
        assert all(after[day] >= before.get(day, 0) for day in after)
        assert sum(after.values()) == pin.days.total == walked
        before = after
        pin.wait(hours=1)
    pin.tap(1)
    assert friend(pin, 1).hour == pin.clock.hour()


ERRORS_S = st.sampled_from([-86_400, -7_200, -1, 0, 1, 7_200, 86_400, 40 * 86_400])


@given(st.lists(st.tuples(ERRORS_S, st.integers(0, 500)), max_size=12))
def test_a_phone_that_turns_the_clock_loses_and_doubles_nothing(turns):
    pin, walked, today = Wearing(), 0, {}
    for number, (error_s, steps) in enumerate(turns):
        pin.set_time(error_s)
        pin.walk(steps)
        pin.tap(number)
        walked += steps
        day = pin.clock.day()
        assert pin.days.on(day) >= today.get(day, 0)            # monotonic within a day
        today[day] = pin.days.on(day)
    assert sum(today.values()) == pin.days.total == walked
    assert pin.book.count == len(turns)
    assert pin.progress.measures()['friend_days'] == len({friend(pin, number).day_met for number in range(len(turns))})
    pin.close()


def test_days_without_power_are_days_without_steps(pin):
    pin.walk(8_000)
    pin.tap(1)
    pin.reboot(power_lost=True, off_s=3 * 86_400)
    assert pin.clock.day() == UNKNOWN_DAY
    pin.set_time()
    pin.walk(8_000)
    assert pin.days.history(pin.clock.day(), 5) == [0, 8_000, 0, 0, 8_000]
    assert pin.progress.measures()['goal_days_in_a_row'] == 1
    assert pin.book.tally.on(pin.clock.day()) == 0


def test_without_a_clock_all_is_kept_and_dated_when_the_time_arrives(unknown):
    unknown.walk(300)
    unknown.tap(1)
    unknown.reboot(power_lost=True)                             # a run of which nobody knows when it was
    unknown.walk(200)
    unknown.true_s = seconds(2026, 11, 19, 23)
    unknown.boot()
    unknown.tap(2, steps=9_000)                                 # late, and of yesterday by the time it is known
    unknown.wait_until(2026, 11, 20, 7)
    unknown.tap(3)
    assert (unknown.done, unknown.book.tally.days) == ({'outwalked'}, 0)
    unknown.wait(hours=3)
    unknown.set_time()
    assert unknown.days.on(TODAY) == unknown.days.total == 500
    assert [friend(unknown, number).day_met for number in (1, 2, 3)] == [TODAY, TODAY - 1, TODAY]
    assert (unknown.book.tally.days, unknown.book.tally.on(TODAY), unknown.book.count) == (2, 2, 3)
    assert unknown.done == {'outwalked', 'late', 'early'}
    for again in (unknown.set_time, unknown.reboot, unknown.set_time):
        again()
        assert (unknown.days.total, unknown.book.tally.days, unknown.book.tally.best) == (500, 2, 2)
    assert unknown.complaints == []


def test_an_old_friend_met_without_a_clock_is_met_on_that_day(pin):
    pin.tap(1)
    pin.reboot(power_lost=True, off_s=86_400)
    pin.tap(1)
    pin.tap(1)
    assert (friend(pin, 1).times_met, friend(pin, 1).last_day) == (1, TODAY)
    pin.wait(hours=1)
    pin.set_time()
    assert (friend(pin, 1).times_met, friend(pin, 1).last_day) == (2, TODAY + 1)
    pin.tap(1)
    assert friend(pin, 1).times_met == 2


def test_a_tap_in_doubt_from_before_the_time_gets_its_day_when_it_counts(unknown):
    id, name, _ = somebody(1)
    unknown.tap(2)
    pending = friend(unknown, 2)
    pending.id, pending.name = id, name
    unknown.book.put_pending(pending)
    unknown.set_time()
    assert friend(unknown, 2).day_met == TODAY
    made = unknown.book.commit(id, pending.session)
    assert made.day_met == UNKNOWN_DAY
    unknown._do(lambda: unknown.events.publish('friend', made))
    assert friend(unknown, 1).day_met == TODAY and unknown.book.tally.on(TODAY) == 2


@pytest.mark.parametrize('flash_is_full', [False, True])
def test_dating_that_is_interrupted_is_done_later_and_once(flash_is_full):
    """The power goes, or the flash fills up, at each step of dating five friends."""
    for cut in range(0, 60):
        pin = Wearing(known=False)
        for number in range(5):
            pin.tap(number)
        pin.reboot()
        pin.files.cut_after(1000 if flash_is_full else cut)
        pin.files.fail_with = 28 if flash_is_full and cut % 2 else None
        try:
            pin.set_time()
            done = not pin.files.fail_with
        except PowerCut:
            done = False
        pin.files.power_on()
        pin.files.fail_with = None
        if not done:
            pin.reboot(power_lost=True)
            pin.tap(7)                                          # there are more of them meanwhile
            pin.set_time()
        days = [one.day_met for one in pin.book.page(0, 10)]
        assert days == [TODAY] * (5 if done else 6)
        assert (pin.book.tally.on(TODAY), pin.book.tally.days) == (len(days), 1)
        pin.close()
        if done and cut:
            break
    assert done and cut > (0 if flash_is_full else 4)


def test_uptime_counts_on_while_nobody_asks_for_it_by_name(unknown):
    unknown.tap(1)
    for _ in range(3):
        unknown.wait(days=10)                                   # the ticks wrap after twelve
    unknown.set_time()
    assert friend(unknown, 1).day_met == TODAY
    assert unknown.clock.day() == TODAY + 30
    assert unknown.clock.dated(0) == (TODAY, 12) and unknown.clock.dated() == (TODAY + 30, 12)
