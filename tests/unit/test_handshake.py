"""One tap at a time: what is accepted, what is refused with which words, and what each step costs on flash."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import vcard
from firmware.social.card import Card
from firmware.social.friend import NO_SHARE, Figures
from firmware.social.friends import FRIEND, NONE, PENDING
from firmware.social.handshake import BAD_REQUEST, REJECT, STAGED, SUCCESS
from firmware.social.messages import Hello, Ready, decode
from tests.unit.rigs.handshake import Pin, put, tap


@pytest.fixture
def ada():
    return Pin('Ada')


@pytest.fixture
def ben():
    return Pin('Ben')


def test_two_strangers_become_friends(ada, ben):
    one, two, outcomes = tap(ada, ben)
    assert one.done
    assert two.done
    assert [(outcome.friend.name, outcome.new) for outcome in outcomes] == [('Ada', True), ('Ben', True)]
    for pin, other in ((ada, ben), (ben, ada)):
        pin.boot()
        friend = pin.book.get(other.id)
        assert (friend.name, friend.vcard, friend.figures) == (other.name, other.card, other.figures)
        assert (friend.day_met, friend.times_met) == (9000, 1)
        assert pin.book.count == 1
    assert ada.book.get(ben.id).session == ben.book.get(ada.id).session


def test_states_and_flash_go_hand_in_hand(ada, ben):
    one, two = ada.handshake(), ben.handshake()
    assert one.state == NONE
    two.received(one.hello())
    assert two.state == STAGED
    assert two.ready() is None                          # my own HELLO has not arrived
    assert not ben.flash.files
    one.received(two.hello())
    two.hello_delivered()
    ready = two.ready()
    assert two.state == PENDING
    assert two.ready() is None
    ben.boot()
    assert ben.book.state(ada.id) == PENDING
    assert one.state == STAGED
    assert one.received(ready).code == SUCCESS          # which proves that my HELLO arrived
    assert one.state == FRIEND
    ada.boot()
    assert ada.book.state(ben.id) == FRIEND
    assert not one.done
    two.ready_delivered()
    assert two.received(one.ready()).new
    one.ready_delivered()
    assert one.done
    assert two.done


def test_the_second_to_say_ready_writes_once(ada, ben):
    tap(ada, ben)
    ada.boot()
    ben.boot()
    assert [kind for kind, _, _ in ada.book._journal.replay()] == [1, 3]        # PENDING, COMMIT
    assert [kind for kind, _, _ in ben.book._journal.replay()] == [2]           # FRIEND


def test_meeting_again_counts_nothing_and_refreshes(ada, ben):
    tap(ada, ben)
    ben.figures = Figures(5000, 4, 60, 1)
    ada.day = ben.day = 9001
    _, _, outcomes = tap(ben, ada)
    assert [(outcome.friend.name, outcome.new) for outcome in outcomes] == [('Ben', False), ('Ada', False)]
    ben.card = Card('Ben', title='Champion').to_vcard()
    tap(ada, ben)
    ada.boot()
    friend = ada.book.get(ben.id)
    assert ada.book.count == ben.book.count == 1
    assert (friend.figures, friend.vcard) == (ben.figures, ben.card)
    assert (friend.day_met, friend.last_day, friend.times_met) == (9000, 9001, 2)
    assert [kind for kind, _, _ in ada.book._journal.replay()] == [1, 3, 5, 2]  # newer figures; then a newer card


def test_each_message_may_come_twice(ada, ben):
    one, two = ada.handshake(), ben.handshake()
    two.received(one.hello())
    two.received(one.hello())
    put(two, two.hello(), one)
    one.hello_delivered()
    ready = one.ready()
    first, again = two.received(ready), two.received(ready)
    assert (first.new, first.code) == (True, SUCCESS)
    assert (again.friend, again.code) == (None, SUCCESS)
    ben.boot()
    assert ben.book.count == 1


def unchanged(pin, files):
    return pin.flash.files == files


def test_it_ignores_itself(ada):
    one, other = ada.handshake(), ada.handshake()
    outcome = one.received(other.hello())
    assert (outcome.code, outcome.sentence) == (REJECT, '')
    assert 'itself' in outcome.reason
    assert one.received(one.hello()).code == REJECT
    assert not ada.flash.files


def test_without_a_card_nothing_is_exchanged(ben):
    bare = Pin('')
    handshake = bare.handshake()
    assert handshake.hello() is None
    outcome = handshake.received(ben.handshake().hello())
    assert outcome.code == REJECT
    assert outcome.sentence == 'Make your card first: bind a phone.'
    assert handshake.ready() is None
    other = ben.handshake()
    other.hello()
    assert other.refused(REJECT).sentence == 'The other pin did not take the card.'
    assert not bare.flash.files
    assert not ben.flash.files


def test_old_messages_are_of_no_use(ada, ben):
    one, two = ada.handshake(), ben.handshake()
    hello = one.hello()
    put(one, hello, two)
    put(two, two.hello(), one)
    ready = one.ready()
    put(one, ready, two)
    fresh = Pin('Cleo')
    for victim in (ben, fresh):                         # a friend of Ada's, and a stranger
        before = dict(victim.flash.files)
        handshake = victim.handshake()
        assert handshake.received(hello).code == SUCCESS
        handshake.hello()
        outcome = handshake.received(ready)
        assert (outcome.code, outcome.reason) == (REJECT, 'a READY of another tap')
        assert unchanged(victim, before)
        assert handshake.broken().sentence == 'Hold the pins together a little longer.'


def test_ready_before_hello(ada, ben):
    assert ada.handshake().received(Ready(bytes(8), bytes(8)).encode()).code == BAD_REQUEST
    late = ada.handshake()
    late.received(ben.handshake().hello())
    assert late.received(Ready(bytes(8), bytes(8)).encode()).code == BAD_REQUEST
    late.hello()
    assert late.received(Ready(bytes(8), bytes(8)).encode()).code == REJECT


def test_a_second_hello_in_a_tap_is_refused(ada, ben):
    handshake = ada.handshake()
    assert handshake.received(ben.handshake().hello()).code == SUCCESS
    assert handshake.received(ben.handshake().hello()).code == REJECT


@pytest.mark.parametrize('card', [b'x', b'BEGIN:VCARD\r\nVERSION:3.0\r\nTEL:1\r\nEND:VCARD\r\n',
                                  b'BEGIN:VCARD\r\nVERSION:3.0\r\nFN:\xff\r\nEND:VCARD\r\n'])
def test_a_bad_card_is_refused_before_anything_is_kept(ada, card):
    handshake = ada.handshake()
    outcome = handshake.received(Hello(b'B' * 16, bytes(8), Figures(), card).encode())
    assert outcome.code == BAD_REQUEST
    assert outcome.sentence == 'The other pin sent something strange. Try again.'
    assert outcome.reason
    assert handshake.state == NONE


def test_a_long_name_is_cut_in_the_book_and_whole_in_the_card(ada):
    name = 'Ж' * 100
    ben = Pin('Ben')
    ben.card = vcard.encode({'fn': name})
    tap(ada, ben)
    ada.boot()
    friend = ada.book.get(ben.id)
    assert friend.name == name[:60]
    assert vcard.decode(friend.vcard)['fn'] == name


def test_a_foreign_version_gets_a_sentence(ada, ben):
    hello = bytearray(ben.handshake().hello())
    hello[hello.index(b'cloudpin.example:pin') + 21] = 9
    outcome = ada.handshake().received(bytes(hello))
    assert (outcome.code, outcome.sentence) == (REJECT, 'The other pin speaks version 9, this one 1.')


def test_broken_links_and_what_the_screen_says(ada, ben):
    one, two = ada.handshake(), ben.handshake()
    assert one.broken().sentence == ''                  # nothing was there
    put(one, one.hello(), two)
    assert (two.broken().sentence, two.broken().in_doubt) == ('Hold the pins together a little longer.', False)
    put(two, two.hello(), one)
    one.ready()
    assert (one.broken().sentence, one.broken().in_doubt) == ('Hold the pins together again.', True)
    ada.boot()
    assert ada.book.state(ben.id) == PENDING


def test_nobody_can_claim_a_friends_id(ada, ben):
    tap(ada, ben)
    impostor = Pin('Ben', secret=b'guess' * 7)
    impostor.figures = Figures(999_999, 99, 999, 3)
    before = dict(ada.flash.files)
    one, two = ada.handshake(), impostor.handshake()
    put(two, two.hello(), one)
    put(one, one.hello(), two)
    mine = decode(one.ready())
    assert mine.share is None                           # my half of the key is not for whoever asks
    outcome = one.received(two.ready())
    assert (outcome.code, outcome.sentence) == (REJECT, 'This pin says it is Ben, but cannot prove it.')
    assert unchanged(ada, before)
    ada.boot()
    assert ada.book.get(ben.id).figures == ben.figures


def test_a_friend_that_lost_its_memory_is_known_again_and_learns_the_key_anew(ada, ben):
    tap(ada, ben)
    for lost_speaks_first in (True, False):
        forgetful = Pin('Ben', seed=ben.seed)           # the same identity, nothing in its book
        tap(*((forgetful, ada) if lost_speaks_first else (ada, forgetful)))
        assert forgetful.book.get(ada.id).share != NO_SHARE
        one, two, _ = tap(forgetful, ada)
        assert one.done
        assert two.done
        ada.boot()
        assert (ada.book.count, forgetful.book.count) == (1, 1)


@pytest.mark.parametrize('friends', [True, False])
@pytest.mark.parametrize('asked', [True, False])
def test_a_blocked_pin_is_refused_and_gets_no_card(ada, ben, friends, asked):
    if friends:
        tap(ada, ben)
    ada.book.block(ben.id)
    ada.boot()
    before = dict(ada.flash.files), dict(ben.flash.files)
    one, two = ada.handshake(asked), ben.handshake()
    outcome = put(two, two.hello(), one)
    assert (outcome.code, outcome.reason) == (REJECT, 'a blocked pin')
    assert outcome.sentence == ('You have blocked this pin.' if asked else '')
    assert one.hopeless == asked
    assert one.hello() is None
    assert one.received(Ready(bytes(8), bytes(8)).encode()).code == BAD_REQUEST
    assert one.broken().sentence == ''
    assert (ada.flash.files, ben.flash.files) == before
    assert ada.book.count == friends
    ada.book.unblock(ben.id)
    tap(ada, ben)
    assert (ada.book.count, ben.book.count) == (1, 1)


def test_a_block_within_a_tap_ends_it_on_both_sides(ada, ben):
    """Whoever is blocked and speaks second has the card, but never a READY."""
    ada.book.block(ben.id)
    one, two = ada.handshake(), ben.handshake()
    put(one, one.hello(), two)
    assert put(two, two.hello(), one).code == REJECT
    assert one.ready() is two.ready() is None
    assert not ben.flash.files
    assert (ada.book.state(ben.id), ben.book.state(ada.id)) == (NONE, NONE)


def test_what_strangers_send_shows_nothing_on_a_pin_that_did_not_ask(ada, ben):
    foreign = bytearray(ben.handshake().hello())
    foreign[foreign.index(b'cloudpin.example:pin') + 21] = 9
    for message in (b'rubbish', bytes(foreign)):
        outcome = ada.handshake(asked=False).received(message)
        assert (outcome.sentence, bool(outcome.reason)) == ('', True)
        assert ada.handshake().received(message).sentence


def test_full_flash_at_each_write_makes_no_friend_and_no_harm(ada, ben):
    ada.flash.capacity = 20                             # PENDING does not fit
    one, two = ada.handshake(), ben.handshake()
    put(one, one.hello(), two)
    put(two, two.hello(), one)
    with pytest.raises(Exception, match='flash is full'):
        one.ready()
    assert one.state == STAGED
    ready = two.ready()
    outcome = one.received(ready)                       # FRIEND does not fit either
    assert outcome.code == REJECT
    assert 'flash is full' in outcome.sentence
    assert two.refused(outcome.code).in_doubt
    ada.flash.capacity = None
    ada.boot()
    ben.boot()
    assert ada.book.state(ben.id) == NONE
    tap(ada, ben)
    assert (ada.book.count, ben.book.count) == (1, 1)


def flipped(message, data, protected=0):
    position = data.draw(st.integers(0, len(message) - 1 - protected))
    garbled = bytearray(message)
    garbled[position] ^= data.draw(st.integers(1, 255))
    return bytes(garbled)


@settings(max_examples=150)
@given(st.data())
def test_a_garbled_hello_makes_no_friend_on_either_side(data):
    ada, ben = Pin('Ada'), Pin('Ben')
    one, two = ada.handshake(), ben.handshake()
    put(one, one.hello(), two)
    outcome = one.received(flipped(two.hello(), data))
    assert outcome.code in (SUCCESS, BAD_REQUEST, REJECT)
    assert outcome.friend is None
    if outcome.code == SUCCESS:                         # it may still pass for a HELLO, but both READYs show it
        two.hello_delivered()
        assert two.received(one.ready()).code == REJECT
        assert one.received(two.ready()).code == REJECT
    assert (ada.book.count, ben.book.count) == (0, 0)


@settings(max_examples=100)
@given(st.data())
def test_a_garbled_ready_makes_no_friend(data):
    ada, ben = Pin('Ada'), Pin('Ben')
    one, two = ada.handshake(), ben.handshake()
    put(one, one.hello(), two)
    put(two, two.hello(), one)
    outcome = one.received(flipped(two.ready(), data, protected=18))        # the key's half itself is taken on trust
    assert outcome.code in (BAD_REQUEST, REJECT)
    assert ada.book.count == 0
