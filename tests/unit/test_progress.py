"""Every errand through the real stores: done at its target, not before, kept over reboots, counted once, power cut or not."""
import pytest

from firmware.social import goals, rewards
from firmware.social.card import Card
from tests.simulator.memory_storage import MemoryFiles, PowerCut
from tests.unit.rigs.wearing import Wearing, seconds

WHOLE = {'title': 'a', 'organisation': 'b', 'phone': '1', 'email': 'a@b.c', 'web': 'b.c', 'handles': [('x', 'y')]}


@pytest.fixture
def pin():
    pin = Wearing()
    yield pin
    pin.close()
    assert pin.complaints == []


def each_day(days, work):
    """A script: (`work`, a day passes) so many times, and `work` once more."""
    return [step for day in range(days) for step in (lambda pin, day=day: work(pin, day), lambda pin: pin.wait(days=1))] + [
        lambda pin: work(pin, days)]


# errand: what leads to it; the last step alone brings it. Each step is followed by a reboot.
WAYS = {
    'long_walk': [lambda pin: pin.walk(9_999), lambda pin: pin.walk(1)],
    'marathon': [lambda pin: pin.walk(42_000), lambda pin: pin.walk(195)],
    'habit': each_day(4, lambda pin, _: pin.walk(8_000)),
    'traveller': each_day(49, lambda pin, _: pin.walk(5_000)),
    'crowd': [lambda pin, number=number: pin.tap(number) for number in range(10)],
    'regular': each_day(4, lambda pin, day: pin.tap(day)),
    'early': [lambda pin: pin.wait_until(2026, 11, 21, 3, 59), lambda pin: pin.wait(60), lambda pin: pin.tap(1)],
    'late': [lambda pin: pin.wait_until(2026, 11, 20, 21, 59), lambda pin: pin.tap(1), lambda pin: pin.wait(60),
             lambda pin: pin.tap(1)],
    'outwalked': [lambda pin: pin.walk(100), lambda pin: pin.tap(1, steps=100), lambda pin: pin.tap(2, steps=101)],
    'leader': [lambda pin: pin.walk(100), *(lambda pin, number=number: pin.tap(number, steps=number) for number in range(4))],
    'reunion': each_day(2, lambda pin, _: pin.tap(1)),
    'gold_touch': [lambda pin: pin.tap(1, rank=2), lambda pin: pin.tap(1, rank=3)],
    'whole_card': [lambda pin: pin.save_card(Card('Ada')), lambda pin: pin.save_card(Card('Ada', **WHOLE))],
}


@pytest.mark.parametrize('errand', [row[0] for row in rewards.ERRANDS])
def test_an_errand_is_done_at_its_target_and_pays_once(pin, errand):
    for step in WAYS[errand]:
        assert errand not in pin.done
        step(pin)
        pin.watch()
        if step is not WAYS[errand][-1]:
            pin.reboot()
    assert errand in pin.done
    WAYS[errand][-1](pin)
    pin.watch()
    pin.reboot(power_lost=True)
    assert pin.rewards.earned.errands.count(errand) == 1
    assert pin.rewards.earned.designs == rewards.designs_unlocked(pin.book.count, len(pin.done))
    assert pin.moments == [('unlock', index) for index in range(pin.rewards.earned.designs)]


@pytest.mark.parametrize('errand', ['early', 'late', 'outwalked', 'leader', 'reunion', 'gold_touch'])
@pytest.mark.parametrize('torn', [False, True])
def test_no_power_cut_takes_a_tap_from_its_count(errand, torn):
    """The power goes at each flash operation of the tap that brings the errand: where the friend is on flash it counts."""
    for cut in range(0, 4000, 61 if torn else 1):
        pin = Wearing(files=MemoryFiles(torn))
        for step in WAYS[errand][:-1]:
            step(pin)
        pin.store.write()
        pin.watch()
        before = pin.book.latest().session if pin.book.count else b''
        pin.files.cut_after(cut)
        try:
            WAYS[errand][-1](pin)
            pin.watch()
        except PowerCut:
            pin.reboot()
            pin.watch()
            assert (errand in pin.done) == (bool(pin.book.count) and pin.book.latest().session != before)
            assert sorted(set(pin.moments)) == [('unlock', index) for index in range(pin.rewards.earned.designs)]
            pin.close()
        else:
            break
    assert cut > 2
    assert errand in pin.done
    pin.close()


def test_a_moment_comes_later_and_once_whatever_step_the_power_goes_at():
    for cut in range(100):
        pin = Wearing()
        for number in range(4):
            pin.tap(number)
        pin.files.cut_after(cut)
        try:
            pin.tap(4)
            pin.watch()
            cut = None
        except PowerCut:
            pin.reboot()
        on_screen = len(pin.moments)
        pin.watch()
        if pin.book.count == 5:
            assert set(pin.moments) == {('unlock', 0)}
            assert len(pin.moments) == 1 or on_screen == 1      # it was on screen, its mark not on flash
        else:
            assert pin.moments == []
        pin.reboot()
        assert pin.watch() == []
        pin.close()
        if cut is None:
            break
    assert cut is None


def test_two_moments_are_marked_one_by_one(pin):
    pin.wait_until(2026, 11, 20, 23)
    for number in range(5):
        pin.tap(number)                                         # late, and the fifth
    assert pin._waiting == [('unlock', 0), ('unlock', 1)]
    pin.moments.append(pin._waiting.pop(0))
    pin._do(lambda: pin.events.publish('shown', 'moment_unlock'))
    pin.reboot(power_lost=True)
    assert pin.watch() == [('unlock', 1)]


def test_a_full_flash_counts_later(pin):
    pin.tap(1)
    pin.files.fail_with = 28
    pin.wait_until(2026, 11, 20, 22)
    friend = pin.book.latest()
    friend.hour = 22
    pin._do(lambda: pin.events.publish('met_again', friend))
    assert pin.done == set() and 'full' in pin.complaints[0]
    pin.files.fail_with = None
    pin.wait(60)
    assert pin.done == {'late'} and pin.watch() == [('unlock', 0)]
    pin.log = type(pin.log)(str)


def test_with_the_counter_off_errands_of_steps_do_not_show_and_are_not_lost(pin):
    pin.walk(10_000)
    pin.set('count_steps', False)
    pin.walk(50_000)
    pin.tap(1, steps=90_000)
    assert pin.done == {'long_walk'}
    titles = [row[0] for row in goals.errands(pin.progress.measures(), pin.done, counting=False)]
    assert len(titles) == len(rewards.ERRANDS) - 6 and not any('step' in title or 'alk' in title for title in titles)
    pin.set('count_steps', True)
    assert goals.errands(pin.progress.measures(), pin.done)[0] == ('Walk 10,000 steps in a day', True, 'done')
    pin.tap(1, steps=90_000)
    assert pin.done == {'long_walk', 'outwalked'}


def test_a_lowered_goal_and_a_turned_clock_make_no_days(pin):
    for _ in range(4):
        pin.walk(8_000)
        pin.wait(days=1)
    pin.set_time(-4 * 86_400)
    pin.walk(1)
    pin.set_time(-2 * 86_400)
    pin.walk(1)
    pin.set_time(100 * 86_400)
    pin.walk(8_000)
    assert 'habit' not in pin.done
    pin.set_time()
    pin.walk(8_000)                                             # the fifth in a row, whatever the clock said in between
    assert 'habit' in pin.done


def test_steps_of_days_that_are_forgotten_still_add_up(pin):
    for day in range(60):
        pin.walk(1_000)
        pin.wait(days=1)
        if day % 7 == 0:
            pin.reboot()
    assert pin.progress.measures()['steps_total'] == 60_000
    assert pin.days.on(pin.clock.day() - 50) == 0


def test_forgotten_friends_take_nothing_back_and_an_errand_still_opens_a_design(pin):
    for number in range(10):
        pin.tap(number)
        if number < 9:
            pin.wait(days=1)
    pin.watch()
    earned = pin.rewards.earned.designs
    for number in range(10):
        pin.forget(number)
    pin.tap(1, rank=3)
    assert pin.rewards.earned.designs == earned + 1 == 2 + len(pin.done)
    assert goals.next_design(pin.book.count, pin.rewards.earned) == '14 friends to the next design'


@pytest.mark.parametrize('friends, designs, medals', [
    (4, 0, []), (5, 1, []), (49, 9, []), (50, 10, ['bronze']), (99, 19, ['bronze']), (100, 20, ['bronze', 'silver']),
    (150, 30, ['bronze', 'silver']), (151, 30, ['bronze', 'silver', 'gold']), (164, 32, ['bronze', 'silver', 'gold']),
    (165, 33, ['bronze', 'silver', 'gold']), (166, 33, ['bronze', 'silver', 'gold'])])
def test_boundaries(friends, designs, medals):
    pin = Wearing(seconds(2026, 1, 1, 12))
    for number in range(friends):
        pin.tap(number)
        pin.wait(hours=3 if number % 5 else 24)
    done = len(pin.done)
    pin.watch()
    assert pin.rewards.earned.designs == min(33, designs + done)
    assert [value for kind, value in pin.moments if kind == 'medal'] == medals
    assert [value for kind, value in pin.moments if kind == 'unlock'] == list(range(min(33, designs + done)))
    pin.close()
