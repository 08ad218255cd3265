"""A day of the bench's week: reset in a walk, flat battery, steps without a date, a clock put back, a midnight; none lost or
doubled."""
import pytest

from tests.bench.week import HOUR_S, MONDAY_S, Life, differences
from tests.simulator.gait import Gait
from tests.simulator.traces import SECOND, Rest, Sequence

START_H = 3.95                                  # the first walk goes across the start of the day at four
WALKS_H = (0.045, 0.2, 0.3, 0.42, 0.7)          # the fourth has no date
EVENTS = ((0.203, 'reset'), (0.302, 'flat'), (0.5, 'time'), (0.6, 'back'), (0.705, 'zone'), (0.8, 'end'))


def test_every_step_of_a_day_is_kept_once():
    parts = [(0, Rest())]
    for number, at_h in enumerate(WALKS_H):
        walk = Gait([(60, 100 + 4 * number)], round(at_h * HOUR_S * SECOND), seed=number)
        parts += [(round(at_h * HOUR_S * SECOND), walk), (walk.end_ns, Rest())]
    life = Life(Sequence(parts), start_s=MONDAY_S + START_H * HOUR_S)
    life.run(life.live(EVENTS))
    days, wrong = differences(life)
    assert wrong == []
    assert sum(life.ledger.values()) == pytest.approx(60 * len(WALKS_H), abs=20), 'a reset in a walk misses a few'
    assert len({day for day, _ in life.ledger}) == 2
    assert life.boots == 3
