"""One RF frame in five is lost: two pins with full cards are friends within two seconds all the same (figures: bench-tap)."""
import pytest

from tests.bench.one_tap import Way, longest, tap

BURST_MS = 2000


@pytest.mark.parametrize('seed', range(6))
def test_a_tap_ends_in_time_where_one_frame_in_five_is_lost(micropython, seed):
    assert tap(seed, Way(loss=0.2)).committed() <= BURST_MS


def test_a_tap_waits_for_nothing_but_the_flash(micropython):
    """Stretches without a wait: those for the buses stay below a frame of the display; erasing flash takes longer."""
    result = tap(0, Way())
    assert result.stalls.pop('flash erase') > 45e6
    assert max(result.stalls.values()) < 20e6


def test_the_longest_stall_of_each_kind_counts():
    assert longest([{10: (3, {}), 0: (5, {})}, {10: (7, {})}]) == {'i2c read': 7, 'computing': 5}
