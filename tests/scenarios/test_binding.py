"""Binding, as a wearer and a phone live it: the whole firmware, the digits read off the display, a real stack in the phone."""
import pytest

from firmware.ui import choices
from tests.simulator.data import names_of_friends
from tests.simulator.radio import digits
from tests.simulator.radio.phone import LinkLost, Refused

ROWS = [row[0] for row in choices.ROWS]
HOME_S = 18                                     # a notice, and then ten seconds of rest in a screen that was entered
NAMES = 'Grace Hopper', 'Δήμητρα', '佐藤 あかり'


def bonds_of(pin):
    """How many the flash has."""
    files = pin.files()
    if 'bonds' not in files.listdir('/data'):
        return 0
    with files.open('/data/bonds', 'rb') as file:
        return file.read()[10]


def bind(world, pin, phone):
    """Pair with what the pin shows; returns the phone's Client."""
    return phone.do(phone.open(pin, passkey=lambda: digits.shown(pin)))


def choose(world, pin, row):
    """Settings, and that row, as fingers do it: from home."""
    for _ in range(9):
        pin.press()
        world.run(0.7)
        if pin.console.entries('ui')[-1].text == 'showing settings':
            break
    pin.press(700)
    world.run(1)
    for _ in range(ROWS.index(row)):
        pin.press()
        world.run(0.15)
    pin.press(700)


def bind_a_phone(world, pin, phone):
    """From the settings; returns the Link."""
    choose(world, pin, 'Bind a phone')
    link = bind(world, pin, phone).link
    assert world.run_until(lambda: pin.console.text.rstrip().endswith('showing notice'), 2)
    return link


def test_a_new_pin_is_bound_edited_taps_while_the_phone_listens_and_knows_it_after_a_power_cut(world):
    ada, ben = world.add_pin('Ada', False), world.add_pin('Ben Okafor')
    phone = world.add_phone('Hers', private=True)                       # another address each time
    client = bind(world, ada, phone)
    assert world.run_until(lambda: 'Your phone is bound.' in ada.console, 1)
    for name in NAMES:
        assert phone.do(client.ask({'do': 'profile', 'act': 'set', 'name': name}))['card']['name'] == name
    world.run(1)
    world.bump(ada, ben)
    assert world.run_until(lambda: any(event['event'] == 'friend' for event in client.events), 5)
    told = next(event for event in client.events if event['event'] == 'friend')
    assert (told['friend']['name'], told['count']) == ('Ben Okafor', 1) == (names_of_friends(ada)[0], 1)
    assert names_of_friends(ben) == [NAMES[-1]] and client.link.open
    ada.cut_power()
    world.run(6)
    ada.boot()
    world.run(2)
    with pytest.raises(TimeoutError):                                   # the radio is off until somebody presses
        phone.do(phone.connect(ada, timeout_s=2))
    ada.press()
    again = phone.do(phone.open(ada))
    assert phone.do(again.ask({'do': 'friends'}))['count'] == 1
    assert [line for line in ada.radio_log if 'PASSKEY' in line] == ['PASSKEY_ACTION 1 3 0']
    assert phone.do(again.ask({'do': 'forget'})) == {}
    assert world.run_until(lambda: not again.link.open, 2)
    assert world.run_until(lambda: 'radio: off' in ada.console.text.rpartition('=== boot')[2], 3)
    assert world.complaints == []


def test_bonds_that_one_side_has_lost_are_made_anew_from_the_settings(world):
    pin, phone = world.add_pin('Ada'), world.add_phone('Hers')
    world.run(2)
    link = bind_a_phone(world, pin, phone)
    phone.do(link.disconnect())

    phone.forget(pin)                                                   # the phone has lost its half
    link = phone.do(phone.connect(pin))
    with pytest.raises(LinkLost):                                       # and nobody asked the pin to bind one
        phone.do(link.pair(lambda: digits.shown(pin)))
    world.run(HOME_S)
    link = bind_a_phone(world, pin, phone)
    assert bonds_of(pin) == 1 and link.open

    world.run(HOME_S)
    choose(world, pin, 'Forget phones')                                 # the pin has lost its half
    assert world.run_until(lambda: not link.open, 2) and bonds_of(pin) == 0
    world.run(HOME_S)
    choose(world, pin, 'Bind a phone')
    link = phone.do(phone.connect(pin))
    with pytest.raises(Refused) as refused:
        phone.do(link.encrypt())
    assert (refused.value.kind, refused.value.code) == ('hci', 6)
    phone.forget(pin)
    phone.do(link.pair(lambda: digits.shown(pin)))
    world.run(1)
    assert bonds_of(pin) == 1 and world.complaints == []
