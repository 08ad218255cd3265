"""Whatever a pin lives through, it has earned and shown what a plain reference model says: nothing lost, nothing twice."""
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.bench import histories
from tests.bench.histories import DAY_S, Life

TAP = st.tuples(st.just('tap'), st.integers(0, 11), st.sampled_from([None, 0, 2_000, 9_000]), st.sampled_from([0, 1, 3]))
WALK = st.tuples(st.just('walk'), st.sampled_from([1, 100, 2_500, 7_999, 8_000, 12_000]))
FORGET = st.tuples(st.just('forget'), st.integers(0, 13))
WATCH = st.just(('watch',))
CUT = st.builds(lambda steps, power_lost, operation: ('cut', steps, power_lost, *operation), st.integers(0, 11), st.booleans(),
                st.one_of(TAP, WALK, FORGET, WATCH))
OPERATION = st.one_of(
    TAP, WALK, FORGET, WATCH, CUT, st.just(('card',)), st.just(('keep_book',)),
    st.tuples(st.just('wait'), st.sampled_from([60, 3_600, 5 * 3_600, 11 * 3_600, DAY_S])),
    st.tuples(st.just('reboot'), st.booleans(), st.sampled_from([0, 60, 3 * DAY_S])),
    st.tuples(st.just('set_time'), st.sampled_from([0, 3_600, -3_600, DAY_S, -DAY_S, 40 * DAY_S])),
    st.tuples(st.just('zone'), st.sampled_from([-60, 0, 60, 540])),
    st.tuples(st.just('day_start'), st.sampled_from([0, 4, 9])),
    st.tuples(st.just('count_steps'), st.booleans()), st.tuples(st.just('block'), st.integers(0, 11)),
    st.tuples(st.just('streak'), st.integers(2, 5)),
    st.tuples(st.just('crowd'), st.sampled_from([20, 60]), st.sampled_from([5, 31])))


@settings(max_examples=30)
@given(st.lists(OPERATION, max_size=40), st.booleans())
def test_any_history_agrees_with_the_model(history, torn):
    life = Life(torn)
    try:
        life.play(history)
        assert life.pin.rewards.shown == life.pin.rewards.earned
    finally:
        life.close()


def test_long_histories_agree_with_the_model():
    found = histories.run(histories=3, length=120, seed=7)
    assert found['history_operations'] == 360
    assert found['history_power_cuts'] > 4


@pytest.mark.parametrize('harm', [lambda pin: pin.book.forget(pin.book.latest().id), lambda pin: pin.days._days.clear(),
                                  lambda pin: setattr(pin.rewards.earned, 'designs', 2)])
def test_the_comparison_finds_what_is_lost_or_too_much(harm):
    life = Life()
    life.play([('crowd', 20, 5), ('walk', 100)])
    harm(life.pin)
    with pytest.raises(AssertionError, match='after 0: block'):
        life.play([('block', 1)])
    life.close()
