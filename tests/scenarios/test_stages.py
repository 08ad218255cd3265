"""A tap that is torn at each of its stages, taken up again, crowded or hurried, and what each pin makes of it."""
import pytest

from firmware.social.friends import FRIEND, NONE, PENDING
from tests.simulator.data import book_of, friends_of, names_of_friends, wearer_of
from tests.simulator.world import World

LARGE = [('chat', letter * 110) for letter in 'abcdef']     # a vCard that takes several frames
DAY_S = 86_400
READY = b'cloudpin.example:pin\x02'


def couple_of_pins(world):
    pins = [world.add_pin(name, {'name': name, 'handles': LARGE}) for name in ('Ada Lovelace', 'Ben Okafor')]
    world.run(2)
    return pins


def ask(world, pins):
    """Hold them together and press the buttons; a tap begins 0.7 s later."""
    world.together(*pins[:2])
    for pin in pins:
        pin.press(ms=700)


@pytest.fixture(scope='module')
def stages(micropython):
    """{stage: number of the frame, counted from the beginning, in which it happens} of an undisturbed tap in world 1."""
    with World(seed=1) as world:
        pins = couple_of_pins(world)
        before = world.air.frames
        ask(world, pins)
        world.run(3)
        frames = [frame for frame in world.air.log if frame.number > before]

    def first(*marks):
        return next(frame.number - before for frame in frames if any(mark in frame.data for mark in marks))
    return {'ATR_RES': first(b'\xd5\x01'), 'CONNECT': first(b'\xd4\x06'), 'half a card': first(b'text/vcard'),
            'READY': first(READY)}


@pytest.mark.parametrize('stage, after, states', [
    ('ATR_RES', 1, {NONE}),
    ('CONNECT', 1, {NONE}),
    ('half a card', 1, {NONE}),
    ('READY', 0, {PENDING, NONE}),              # on its way and not heard
    ('READY', 1, {PENDING, FRIEND}),            # heard, and what answers it is not
])
def test_the_field_goes_at_a_stage(stages, stage, after, states):
    with World(seed=1) as world:
        pins = couple_of_pins(world)
        ids = [wearer_of(pin).device_id for pin in pins]
        world.air.cut_at(stages[stage] + after)
        ask(world, pins)
        world.run(4)
        books = [book_of(pin) for pin in pins]
        assert {book.state(peer) for book, peer in zip(books, reversed(ids), strict=True)} == states
        for pin, book in zip(pins, books, strict=True):
            assert ('in doubt' in pin.console) == (book.in_doubt == 1)


@pytest.mark.parametrize('pause_s, day, times_met', [(1.6, 0, 1), (5, 1, 2)])
def test_the_same_two_soon_again_and_a_day_later_are_one_friend(pair, pause_s, day, times_met):
    world, *pins = pair
    world.bump(*pins)
    assert world.run_until(lambda: all('friends with' in pin.console for pin in pins), 2)
    world.apart(*pins)
    world.run(pause_s)
    for pin in pins:
        pin.board.set_rtc(int(world.now().timestamp()) + day * DAY_S)
    world.bump(*pins)
    world.run(4)
    assert [names_of_friends(pin) for pin in pins] == [['Ben Okafor'], ['Ada Lovelace']]
    assert all('met again' in pin.console for pin in pins)
    assert [friends_of(pin)[0].times_met for pin in pins] == [times_met] * 2


def test_three_pins_at_once_stay_consistent_and_each_pair_can_still_meet(world):
    pins = [world.add_pin(name) for name in ('Ada', 'Ben', 'Cy')]
    world.run(2)
    pairs = [pins[:2], pins[1:], pins[::2]]
    for pair in pairs:
        world.together(*pair)
    ask(world, pins)
    world.run(4)
    for one, other in pairs:
        one_sided = (other.name in names_of_friends(one)) != (one.name in names_of_friends(other))
        assert not one_sided or book_of(one).in_doubt or book_of(other).in_doubt
    for pair in pairs:
        world.air.uncouple()
        world.run(1)
        ask(world, pair)
        world.run(3)
    assert [sorted(names_of_friends(pin)) for pin in pins] == [['Ben', 'Cy'], ['Ada', 'Cy'], ['Ada', 'Ben']]
    assert all(pin.boots == 1 for pin in pins)


@pytest.mark.parametrize('seed', range(2))
def test_one_frame_in_twenty_lost_only_costs_time(micropython, seed):
    with World(seed) as world:
        pins = couple_of_pins(world)
        world.air.lose(probability=0.05)
        ask(world, pins)
        assert world.run_until(lambda: all('friends with' in pin.console for pin in pins), 0.7 + 2)
