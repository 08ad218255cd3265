"""One RF frame in five is lost: two pins with full cards are friends within two seconds all the same (figures: bench-tap)."""
import pytest

from tests.bench.one_tap import Way, longest, tap

BURST_MS = 2000


@pytest.mark.parametrize('seed', range(6))
def test_a_tap_ends_in_time_where_one_frame_in_five_is_lost(micropython, seed):
    assert tap(seed, Way(loss=0.2)).committed() <= BURST_MS


def test_a_pin_that_was_heard_and_lost_is_looked_for_again_at_once(pair):
    """Ada bumps alone; Ben's chip answers each poll, and three times its number is lost."""
    world, ada, ben = pair
    lost = [world.air.lose(lambda frame: frame.data[:2] == b'\x93\x20', nth=nth) for nth in (1, 2, 3)]
    world.together(ada, ben)
    ada.source.add_bump(world.clock.now_ns)
    world.run(2)
    polls_ms = [frame.at_ns / 1e6 for frame in world.air.log if frame.data == b'\x26']
    assert [rule.hits for rule in lost] == [1, 1, 1]
    assert len(polls_ms) == 4 and polls_ms[-1] - polls_ms[0] < 100
    assert 'friends with Ben Okafor' in ada.console and 'friends with Ada Lovelace' in ben.console


def test_no_pin_stops_for_as_long_as_a_frame_of_the_display(micropython):
    """From bump to friend; what is erased on flash is erased before or after."""
    stalls = tap(0, Way()).stalls
    assert 'flash erase' not in stalls
    assert max(stalls.values()) < 20e6


def test_the_longest_stall_of_each_kind_counts():
    assert longest([{10: (3, {}), 0: (5, {})}, {10: (7, {})}]) == {'i2c read': 7, 'computing': 5}
