"""Taps that break after a READY: who is in doubt, and what settles it."""
import pytest

from firmware.social.friend import NO_SHARE
from firmware.social.friends import FRIEND, NONE, PENDING
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
