"""The wearer finds the way: with the button alone to a setting and to the factory reset, and by touch."""
from tests.simulator.data import names_of_friends, wearer_of

LONG_PRESS_MS = 700


def shown(pin):
    """The screen that was shown last."""
    return [entry.text for entry in pin.console.entries('ui') if entry.text.startswith('showing')][-1].split()[-1]


def press(world, pin, times=1, ms=80):
    for _ in range(times):
        pin.press(ms)
        world.run(ms / 1000 + .5)


def test_the_button_alone_reaches_a_setting_and_the_factory_reset(world):
    pin = world.add_pin('Ada Lovelace', friends=12)
    world.run(2)
    before = wearer_of(pin)
    assert before.card.name == 'Ada Lovelace' and len(names_of_friends(pin)) == 12
    for _ in range(12):
        press(world, pin)
        if shown(pin) == 'settings':
            break
    press(world, pin, 2, LONG_PRESS_MS)             # in, and one step brighter than 70 percent
    assert b'["brightness", 85]' in pin.lane()
    press(world, pin, 14)
    press(world, pin, 1, LONG_PRESS_MS)
    assert shown(pin) == 'erase'
    press(world, pin)                               # from Keep to Erase
    press(world, pin, 1, LONG_PRESS_MS)
    world.run(4)
    assert pin.boots == 2 and shown(pin) == 'not_bound'
    after = wearer_of(pin)
    assert after.card is None and after.device_id != before.device_id and names_of_friends(pin) == []
    assert world.complaints == []


def test_a_finger_goes_round_the_ring_and_into_a_list(world):
    pin = world.add_pin('Ada Lovelace', friends=12)
    world.run(2)
    pin.touch()
    world.run(.5)
    assert 'looking for another pin' in pin.console
    pin.swipe('right')
    world.run(1)
    assert shown(pin) == 'settings'
    pin.touch()
    world.run(1)
    bright = pin.panel.backlight
    pin.touch(60, 120)
    world.run(1)
    assert pin.panel.backlight > bright
    pin.swipe('right')
    world.run(1)
    pin.swipe('left')
    world.run(1)
    assert shown(pin) == 'name_tag'
    assert world.complaints == []
