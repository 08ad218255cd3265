"""The heap of 384 kB keeps room: what lives on it at rest, worn and in a tap stays below ceilings.

Whoever needs more raises a ceiling knowingly, or asks `make bench-heap` and `make sizes` what could go: code that is seldom
needed can be borrowed (firmware/system/overlay.py), and what is held only for speed can be given back.
"""
import pytest

from firmware.ui.screens import RING as SCREENS
from tests.bench.ble import connected
from tests.bench.heap import RING, life_of_a_pin
from tests.bench.phone_tap import tap_beside_a_phone
from tests.scenarios.test_navigation import LONG_PRESS_MS, press, shown
from tests.simulator.data import names_of_friends
from tests.simulator.gait import Gait

REST = 308_500                                  # a pin with a full card and no friends on a table, its screen dark
WITH_FRIENDS = 321_000                          # the same with 1,000 friends
WORN = 357_500                                  # that one on a coat, where the code of a tap is in memory
TAP = 370_000                                   # its most in a tap; 14 kB are left for what comes and goes
LIMIT = 384 * 1024                              # of every scenario's pins, see below
ASKED = {'friends': {}, 'profile': {'act': 'set', 'title': 'Pilot'}}


def test_a_pin_and_its_tap_with_1000_friends_leave_room_on_the_heap(micropython):
    heap = life_of_a_pin(screens=False)
    found = heap.rest < REST, heap.rest_with_friends < WITH_FRIENDS, heap.worn < WORN, heap.tap < TAP
    assert found == (True, True, True, True), heap


def test_a_tap_with_1000_friends_while_a_phone_is_served_loses_nothing(world):
    """The phone is in the middle of a request; its link gives way to the tap, and it comes back and asks again."""
    pin, client = connected(world)
    beside, client = tap_beside_a_phone(world, pin, client, ASKED, measured=('profile',))
    assert (beside.met, beside.friends, beside.answered, beside.gone, beside.lost) == (2, 1, list(ASKED), 2, []), beside
    assert client.phone.do(client.ask({'do': 'profile'}))['card']['title'] == 'Pilot'
    assert names_of_friends(pin)[0] == 'Ben Okafor' and 0 < beside.most < LIMIT


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


def test_a_pin_with_more_heap_than_a_board_must_say_why(world):
    """See conftest: so every scenario runs within the limit, but those that are marked."""
    world.add_pin('Ada', on=False)
    with pytest.raises(pytest.fail.Exception, match='400k'):
        world.add_pin('Ben', heap='400k', on=False)
