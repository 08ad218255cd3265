"""A walk through all screens that show more than a figure, with the one button, and what it does to what is on flash."""
from tests.scenarios.test_navigation import LONG_PRESS_MS, press, shown
from tests.simulator.data import names_of_friends

CARD = {'name': 'Ada Lovelace', 'title': 'Analyst', 'organisation': 'Analytical Engines', 'web': 'https://ada.example'}
SAY_TWICE = 3                                   # presses from a friend's card to 'Forget'


def hold(world, pin):
    press(world, pin, ms=LONG_PRESS_MS)
    world.run(.5)


def test_the_button_alone_gets_everywhere(world):
    pin = world.add_pin('Ada Lovelace', CARD, friends=12)
    world.run(2)
    forget_a_friend(world, pin)
    choose_a_design(world, pin)
    look_at_code_and_errands(world, pin)
    assert [entry.text for entry in pin.console.entries() if entry.level == 'E'] == [] and world.complaints == []


def forget_a_friend(world, pin):
    press(world, pin, 3)
    assert shown(pin) == 'friends'
    hold(world, pin)
    press(world, pin, 2)                                # to the third
    assert shown(pin) == 'friend_list'
    hold(world, pin)
    assert shown(pin) == 'friend_card'
    press(world, pin, SAY_TWICE)
    hold(world, pin)                                    # 'Forget Friend 10?'
    assert len(names_of_friends(pin)) == 12
    hold(world, pin)
    assert names_of_friends(pin) == [f'Friend {number}' for number in (12, 11, 9, 8, 7, 6, 5, 4, 3, 2, 1)]
    assert shown(pin) == 'notice'
    press(world, pin)
    assert shown(pin) == 'friend_list'
    press(world, pin, 9)                                # to 'Back'
    hold(world, pin)
    assert shown(pin) == 'friends'


def choose_a_design(world, pin):
    press(world, pin)
    hold(world, pin)
    assert shown(pin) == 'boards'
    hold(world, pin)                                    # to the last page, which is 'Back'
    hold(world, pin)
    press(world, pin)
    assert shown(pin) == 'gallery'
    hold(world, pin)
    press(world, pin, 2)
    hold(world, pin)                                    # the second of the two that twelve friends have opened
    assert b'["design", 1]' in pin.lane()
    world.run(11)                                       # who rests inside gets home
    assert shown(pin) == 'name_tag'


def look_at_code_and_errands(world, pin):
    for _ in range(9):
        if shown(pin) != 'code':
            press(world, pin)
    card = pin.look().tobytes()
    hold(world, pin)
    assert shown(pin) == 'code' and pin.look().tobytes() != card
    press(world, pin)
    assert shown(pin) == 'medals'
    hold(world, pin)
    assert shown(pin) == 'errands'
    press(world, pin, 13)
    hold(world, pin)
    assert shown(pin) == 'medals'
