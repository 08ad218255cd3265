"""The heap of 384 kB keeps room: what lives on it at rest, worn and in a tap stays below ceilings.

Whoever needs more raises a ceiling knowingly, or asks `make bench-heap` and `make sizes` what could go: code that is seldom
needed can be borrowed (firmware/system/overlay.py), and what is held only for speed can be given back.
"""
from tests.bench.heap import life_of_a_pin

REST = 302_000                                  # a pin with a full card and no friends on a table, its screen dark
WITH_FRIENDS = 315_000                          # the same with 1,000 friends
WORN = 351_000                                  # that one on a coat, where the code of a tap is in memory
TAP = 370_000                                   # its most in a tap; 14 kB are left for what comes and goes


def test_a_pin_and_its_tap_with_1000_friends_leave_room_on_the_heap(micropython):
    heap = life_of_a_pin(screens=False)
    found = heap.rest < REST, heap.rest_with_friends < WITH_FRIENDS, heap.worn < WORN, heap.tap < TAP
    assert found == (True, True, True, True), heap
