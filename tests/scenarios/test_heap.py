"""The heap of 384 kB keeps room: what lives on it at rest and in a tap stays below ceilings.

Whoever needs more raises a ceiling knowingly, or asks `make bench-heap` what could go: code that is seldom needed can be
borrowed (firmware/system/overlay.py), and what is held only for speed can be given back.
"""
from tests.bench.heap import tap_of_a_pin_with_friends

REST = 326_000                                  # a pin with a full card and no friends, its screen dark
WITH_FRIENDS = 339_000                          # the same with 1,000 friends
TAP = 363_000                                   # that one's most in a tap; 21 kB are left for what comes and goes


def test_a_pin_and_its_tap_with_1000_friends_leave_room_on_the_heap(micropython):
    rest, with_friends, tap = tap_of_a_pin_with_friends()
    assert (rest < REST, with_friends < WITH_FRIENDS, tap < TAP) == (True, True, True), (rest, with_friends, tap)
