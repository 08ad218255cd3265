"""Taps that break after a READY: who is in doubt, and what settles it."""
import pytest

from firmware.social.friend import NO_SHARE
from firmware.social.friends import FRIEND, MAX_IN_DOUBT, NONE, PENDING
from firmware.social.handshake import FULL
from tests.unit.rigs.handshake import Pin, put, tap


@pytest.fixture
def ada():
    return Pin('Ada')


@pytest.fixture
def ben():
    return Pin('Ben')


def in_doubt(first, second, committed):
    """A tap that leaves `first` in doubt; `second` has committed or has nothing."""
    one, two = first.handshake(), second.handshake()
    put(one, one.hello(), two)
    put(two, two.hello(), one)
    ready = one.ready()
    if committed:
        two.received(ready)
    first.boot()
    second.boot()
    assert first.book.state(second.id) == PENDING


@pytest.mark.parametrize(('committed', 'state'), [(True, FRIEND), (False, NONE)])
def test_a_hello_that_answers_settles_a_doubt_at_once(ada, ben, committed, state):
    in_doubt(ada, ben, committed)
    one, two = ada.handshake(), ben.handshake()
    put(one, one.hello(), two)
    outcome = one.received(two.hello())
    assert outcome.new == committed
    ada.boot()
    assert ada.book.state(ben.id) == state


def test_an_answer_to_another_hello_settles_nothing(ada, ben):
    in_doubt(ada, ben, committed=False)
    one, two = ada.handshake(), ben.handshake()
    put(one, one.hello(), two)
    old = two.hello()                                   # "I hold nothing of you"
    ada.boot()
    later = ada.handshake()
    later.hello()
    later.received(old)
    ada.boot()
    assert ada.book.state(ben.id) == PENDING


@pytest.mark.parametrize('turned', [True, False])
def test_a_doubt_about_one_pin_is_not_settled_by_another(ada, ben, turned):
    in_doubt(ada, ben, committed=True)
    cleo = Pin('Cleo')
    tap(*((cleo, ada) if turned else (ada, cleo)))
    ada.boot()
    assert (ada.book.state(ben.id), ada.book.state(cleo.id)) == (PENDING, FRIEND)
    tap(ada, ben)
    assert (ada.book.count, ada.book.in_doubt, ben.book.count) == (2, 0, 1)


def test_a_moment_is_not_shown_twice_when_doubt_is_settled(ada, ben):
    in_doubt(ada, ben, committed=True)
    _, _, outcomes = tap(ada, ben)
    assert [(outcome.friend.name, outcome.new) for outcome in outcomes] == [('Ben', True), ('Ada', False)]


@pytest.mark.parametrize('committed', [True, False])
@pytest.mark.parametrize('turned', [True, False])
def test_after_a_doubt_both_hold_the_same_key(ada, ben, committed, turned):
    in_doubt(ada, ben, committed)
    tap(*((ben, ada) if turned else (ada, ben)))
    for pin, other in ((ada, ben), (ben, ada)):
        pin.boot()
        assert pin.book.get(other.id).share not in (NO_SHARE, None)
        assert pin.book.count == 1


def full_of_doubts(pin):
    """It has as many taps in doubt as it may; returns the pins with which."""
    others = [Pin(f'Other {number}', seed=number + 10) for number in range(MAX_IN_DOUBT)]
    for number, other in enumerate(others):
        in_doubt(pin, other, committed=number % 2 == 0)
    return others


def test_a_pin_full_of_doubts_makes_friends_without_another_one(ada, ben):
    others = full_of_doubts(ada)
    one, two = ada.handshake(), ben.handshake()
    put(one, one.hello(), two)
    put(two, two.hello(), one)
    assert one.ready() is None, 'it would leave a doubt for which there is no room'
    put(two, two.ready(), one)
    assert ada.book.state(ben.id) == FRIEND
    put(one, one.ready(), two)
    assert one.done and two.done
    for pin, peer in ((ada, ben), (ben, ada)):
        pin.boot()
        assert pin.book.state(peer.id) == FRIEND
    assert [ada.book.state(other.id) for other in others] == [PENDING] * MAX_IN_DOUBT
    tap(ada, others[0])
    assert (ada.book.in_doubt, ada.book.count) == (MAX_IN_DOUBT - 1, 2)


def test_two_pins_full_of_doubts_say_so_and_change_nothing(ada, ben):
    full_of_doubts(ada)
    full_of_doubts(ben)
    one, two = ada.handshake(), ben.handshake()
    put(one, one.hello(), two)
    put(two, two.hello(), one)
    assert (one.ready(), two.ready()) == (None, None)
    for shake, pin, peer in ((one, ada, ben), (two, ben, ada)):
        outcome = shake.broken()
        assert (outcome.sentence, outcome.in_doubt) == (FULL, False)
        assert (pin.book.state(peer.id), pin.book.in_doubt) == (NONE, MAX_IN_DOUBT)
