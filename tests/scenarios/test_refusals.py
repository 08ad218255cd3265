"""Taps that must not make friends: a blocked pin, another protocol version, no room, no card. Nothing on flash changes, each
pin's log has the reason, and who asked for the tap reads a sentence."""
import re

import pytest

from firmware.social.receipts import page
from tests.simulator.data import book_of, change_book, names_of_friends, wearer_of
from tests.simulator.image import compiled_text
from tests.simulator.runtime import ROOT
from tests.simulator.world import World

BOTH_FRIENDS = [['Ben Okafor'], ['Ada Lovelace']]
LARGE_CARD = [('chat', letter * 110) for letter in 'abcdefg']


def notices(pin):
    return pin.console.text.count('showing notice')


def errors(pin):
    """The texts of the pin's error lines."""
    return [entry.text for entry in pin.console.entries() if entry.level == 'E']


def block(pin, peer):
    """What the wearer of `pin` will do with the phone."""
    pin.cut_power()
    change_book(pin, lambda book: book.block(wearer_of(peer).device_id))
    pin.boot()
    pin.world.run(2)


def bump_and_part(world, *pins):
    world.bump(*pins)
    world.run(4)
    world.apart(*pins)
    world.run(3)


def test_a_blocked_stranger_stays_one(pair):
    world, ada, ben = pair
    block(ada, ben)
    bump_and_part(world, ada, ben)
    assert [names_of_friends(pin) for pin in (ada, ben)] == [[], []]
    assert 'a blocked pin' in ada.console
    assert notices(ada) and notices(ben)
    assert book_of(ben).in_doubt == 0
    assert ada.console.text.count('link up') == 1, 'no burst goes on against a pin that is refused for good'
    assert ada.boots == 2 and ben.boots == 1


def test_a_blocked_friend_stays_in_the_book_and_learns_nothing_new(pair):
    world, ada, ben = pair
    bump_and_part(world, ada, ben)
    block(ada, ben)
    sessions = [book_of(pin).page(0, 1)[0].session for pin in (ada, ben)]
    bump_and_part(world, ada, ben)
    assert [names_of_friends(pin) for pin in (ada, ben)] == BOTH_FRIENDS
    assert [book_of(pin).page(0, 1)[0].session for pin in (ada, ben)] == sessions
    assert 'met again' not in ada.console and 'met again' not in ben.console


def test_a_blocked_pin_cannot_light_the_screen_of_who_blocked_it(pair):
    """Ben's wearer bumps alone, against a pin that hangs there."""
    world, ada, ben = pair
    block(ada, ben)
    world.together(ada, ben)
    ben.source.add_bump(world.clock.now_ns)
    world.run(4)
    assert 'a blocked pin' in ada.console
    assert notices(ada) == 0 and notices(ben) > 0


def test_another_version_is_refused_on_both_sides(world):
    text = (ROOT / 'firmware/social/messages.py').read_text()
    foreign = re.sub(r'^VERSION = const\(1\)', 'VERSION = const(9)', text, flags=re.M)
    assert foreign != text
    ada = world.add_pin('Ada Lovelace')
    ben = world.add_pin('Ben Okafor', files={'/firmware/social/messages.mpy': compiled_text(foreign)})
    world.run(2)
    before = [pin.flash.operations for pin in (ada, ben)]
    bump_and_part(world, ada, ben)
    assert [names_of_friends(pin) for pin in (ada, ben)] == [[], []]
    assert [pin.flash.operations for pin in (ada, ben)] == before
    assert 'The other pin speaks version 9, this one 1.' in ada.console
    assert 'The other pin speaks version 1, this one 9.' in ben.console
    assert notices(ada) and notices(ben)


@pytest.mark.parametrize('cards', [(False, False), (None, False), (False, None)])
def test_who_has_no_card_learns_it_at_once(world, cards):
    """Two without a card included, of whom neither has anything to say: nobody holds the link until its limit."""
    pins = [world.add_pin(name, card=card) for name, card in zip(('one', 'two'), cards, strict=True)]
    world.run(2)
    bump_and_part(world, *pins)
    assert [names_of_friends(pin) for pin in pins] == [[], []]
    for pin, card in zip(pins, cards, strict=True):
        assert pin.on and not errors(pin)
        assert pin.console.text.count('link up') == 1
        assert notices(pin) == 1
        assert ('no card to give' in pin.console) == (card is False)
        linked, = [entry for entry in pin.console.entries('tap') if 'link up' in entry.text]
        shown, = [entry for entry in pin.console.entries('ui') if 'showing notice' in entry.text]
        assert shown.at_ms - linked.at_ms < 1000


@pytest.mark.parametrize('friends', [0, 3])
def test_no_room_on_either_flash_makes_no_friends_and_no_harm(world, friends):
    """Without a lane, which would take some friends however full the file system is."""
    pins = [world.add_pin(name, {'name': name, 'handles': LARGE_CARD}, friends=friends, free_blocks=0, lane=False)
            for name in ('Ada Lovelace', 'Ben Okafor')]
    world.run(2)
    before = [names_of_friends(pin) for pin in pins]
    bump_and_part(world, *pins)
    assert [names_of_friends(pin) for pin in pins] == before
    assert [book_of(pin).in_doubt for pin in pins] == [0, 0]
    assert any('flash is full' in text for pin in pins for text in errors(pin))
    assert all(notices(pin) for pin in pins)
    assert all(pin.boots == 1 for pin in pins)


@pytest.mark.parametrize('seed', range(2))
def test_both_pins_prove_that_they_have_met(micropython, seed):
    """A leaderboard that knows both secrets can match the two receipts, even after a tap that was broken and made up for."""
    with World(seed) as world:
        ada, ben = world.add_pin('Ada Lovelace'), world.add_pin('Ben Okafor')
        world.run(2)
        world.air.cut_at(19 + seed)
        bump_and_part(world, ada, ben)
        world.air.clear_faults()
        bump_and_part(world, ada, ben)
        (mine,), (theirs,) = [page(wearer_of(pin), book_of(pin), 0, 16) for pin in (ada, ben)]
        assert mine[:16] == theirs[16:32] == wearer_of(ada).device_id
        assert mine[32:42] == theirs[32:42], 'one session on one day'
        assert mine[40:42] != b'\0\0'
