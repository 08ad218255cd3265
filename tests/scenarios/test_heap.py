"""The heap of 384 kB keeps room: what lives on it at rest, worn and in a tap stays below ceilings.

Whoever needs more raises a ceiling knowingly, or asks `make bench-heap` and `make sizes` what could go: code that is seldom
needed can be borrowed (firmware/system/overlay.py), and what is held only for speed can be given back.
"""
from firmware.ui.screens import RING as SCREENS
from tests.bench.ble import connected
from tests.bench.heap import RING, life_of_a_pin
from tests.scenarios.test_navigation import LONG_PRESS_MS, press, shown
from tests.simulator.gait import Gait

REST = 306_000                                  # a pin with a full card and no friends on a table, its screen dark
WITH_FRIENDS = 320_000                          # the same with 1,000 friends
WORN = 356_000                                  # that one on a coat, where the code of a tap is in memory
TAP = 370_000                                   # its most in a tap; 14 kB are left for what comes and goes


def test_a_pin_and_its_tap_with_1000_friends_leave_room_on_the_heap(micropython):
    heap = life_of_a_pin(screens=False)
    found = heap.rest < REST, heap.rest_with_friends < WITH_FRIENDS, heap.worn < WORN, heap.tap < TAP
    assert found == (True, True, True, True), heap


def test_who_walks_round_the_ring_with_a_phone_connected_and_1000_friends_never_runs_out_of_memory(world):
    """Worn, so that the code of a tap comes and goes as well; the second time into the list of friends, to one of them."""
    pin, _ = connected(world)
    pin.wear(Gait([(600, 110)], start_ns=world.clock.now_ns))
    world.run(15)                                   # asleep
    press(world, pin, 2 + RING)
    press(world, pin, 3)
    assert shown(pin) == 'friends'
    press(world, pin, ms=LONG_PRESS_MS)
    press(world, pin, 4)
    press(world, pin, ms=LONG_PRESS_MS)
    texts = [entry.text for entry in pin.console.entries()]
    assert {f'showing {screen}' for screen in ('name_tag', *SCREENS, 'friend_list', 'friend_card')} <= set(texts)
    assert [text for text in texts if 'ran out of memory' in text] == []
