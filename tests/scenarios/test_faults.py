"""What goes wrong out there: each failure has a sentence, and costs nothing that was confirmed."""
import pytest

from tests.simulator.data import names_of_friends
from tests.simulator.image import compiled_text
from tests.simulator.world import World

BOTH_FRIENDS = [['Ben Okafor'], ['Ada Lovelace']]


def errors(pin):
    """The texts of the pin's error lines."""
    return [entry.text for entry in pin.console.entries() if entry.level == 'E']


def become_friends(world, ada, ben):
    """Bump the two; whether each has the other on flash soon, and nobody else."""
    world.bump(ada, ben)
    return world.run_until(lambda: [names_of_friends(pin) for pin in (ada, ben)] == BOTH_FRIENDS, 5, step_ms=200)


@pytest.mark.parametrize('frame', range(2, 40, 9))
def test_the_field_goes_in_the_middle_of_a_tap(pair, frame):
    """Parted at RF frame number `frame`: both, or neither, or in doubt; the next tap settles it for both."""
    world, *pins = pair
    world.air.cut_at(frame)
    world.bump(*pins)
    world.run(3)
    after_first = [names_of_friends(pin) for pin in pins]
    told = [any(word in pin.console for word in ('in doubt', 'friends with', 'too short')) for pin in pins]
    if after_first[0] != after_first[1] and bool(after_first[0]) != bool(after_first[1]):
        alone = pins[bool(after_first[0])]
        assert 'in doubt' in alone.console, f'one-sided without a word after frame {frame}: {told}'
    world.air.clear_faults()
    world.apart(*pins)
    world.run(5)
    assert become_friends(world, *pins)


@pytest.mark.parametrize('seed', range(4))
def test_one_frame_in_ten_is_lost(pair, seed):
    world, *pins = pair
    world.air.lose(probability=0.1)
    world.bump(*pins)
    world.run(6)
    world.air.clear_faults()
    world.apart(*pins)
    world.run(3)
    assert become_friends(world, *pins)


@pytest.mark.parametrize('operation', range(0, 12, 3))
@pytest.mark.parametrize('torn', [0.0, 0.5])
def test_the_power_goes_at_a_flash_write_of_the_tap(pair, operation, torn):
    world, ada, ben = pair
    ada.flash.cut_at, ada.flash.torn = ada.flash.operations + operation, torn
    world.bump(ada, ben)
    world.run(3)
    ada.flash.cut_at = None
    if not ada.on:
        celebrated = 'showing moment_friend' in ada.console
        ada.boot()
        world.run(3)
        assert not celebrated or names_of_friends(ada) == ['Ben Okafor'], 'shown, and then forgotten'
    assert ada.on
    world.apart(ada, ben)
    world.run(3)
    assert become_friends(world, ada, ben)


def test_a_pin_without_a_card_says_so_and_makes_no_friends(world):
    ada, ben = world.add_pin('Ada Lovelace'), world.add_pin('nobody', card=False)
    world.run(2)
    assert 'showing not_bound' in ben.console
    world.bump(ada, ben)
    world.run(4)
    assert [names_of_friends(pin) for pin in (ada, ben)] == [[], []]
    assert all('showing notice' in pin.console for pin in (ada, ben))
    assert errors(ada) == errors(ben) == []


@pytest.mark.parametrize('chip, sentence', [
    ('nfc', 'The NFC chip does not answer'),
    ('imu', 'The motion sensor at 0x6B does not answer'),
])
def test_an_absent_chip_is_named_and_the_rest_goes_on(world, chip, sentence):
    pin = world.add_pin('Ada Lovelace', absent=(chip,))
    world.run(9)                                # a notice shows for six seconds
    assert 'showing name_tag' in pin.console
    assert 'showing notice' in pin.console
    assert any(sentence in text for text in errors(pin)), errors(pin)
    pin.press()
    world.run(8)
    assert pin.on and pin.boots == 1


def test_without_touch_panel_and_display_the_button_and_the_tap_work(world):
    """A display that only listens cannot be missed; of the touch panel the log tells."""
    ada, ben = world.add_pin('Ada Lovelace', absent=('touch', 'panel')), world.add_pin('Ben Okafor')
    world.run(2)
    assert 'touch panel does not answer' in ada.console and 'showing name_tag' in ada.console
    ada.press()
    world.run(1)
    assert 'showing steps' in ada.console
    assert become_friends(world, ada, ben) and errors(ada) == []


def test_a_full_flash_says_so_and_keeps_what_was(world):
    ada = world.add_pin('Ada Lovelace', friends=3, free_blocks=0, lane=False)    # which would take some more
    ben = world.add_pin('Ben Okafor', {'name': 'Ben Okafor', 'handles': [('chat', letter * 110) for letter in 'abcdefg']})
    world.run(2)
    world.bump(ada, ben)
    world.run(4)
    assert any('flash is full' in text for text in errors(ada)), errors(ada)
    assert 'showing notice' in ada.console
    assert names_of_friends(ada) == ['Friend 3', 'Friend 2', 'Friend 1']
    assert names_of_friends(ben) == []


def test_a_damaged_book_is_kept_aside_and_the_pin_starts(world):
    ada = world.add_pin('Ada Lovelace', friends=2, files={'/data/friends.log': b'\x00garbage\xff' * 30})
    world.run(3)
    assert 'showing name_tag' in ada.console
    assert any('damaged' in text for text in errors(ada)), errors(ada)


def test_a_wrong_board_file_is_said_on_the_screen(world):
    ada = world.add_pin('Ada Lovelace', files={'/board.json': b'{"board": "toaster"}'})
    world.run(4)
    assert 'names no known board' in ada.console
    assert 'showing notice' in ada.console


def test_a_screen_that_always_crashes_ends_in_safe_mode(world):
    """The watchdog resets a pin whose display is dead; after three times safe mode shows, and a long press tries again."""
    ada = world.add_pin('Ada Lovelace', files={'/firmware/ui/screens/name_tag.mpy': compiled_text(
        'def state(model):\n    raise ValueError("broken screen")\n')})
    world.run_until(lambda: 'showing safe_mode' in ada.console, 300, step_ms=500)
    assert ada.boots == 4
    assert ada.console.text.count('showing safe_mode') == 1
    assert 'broken screen' in ada.console
    ada.press(ms=800)
    world.run(2)
    assert ada.boots == 5
    assert ada.console.text.count('showing safe_mode') == 1


def test_a_half_deployed_firmware_stops_at_the_prompt(world):
    ada = world.add_pin('Ada Lovelace', files={'/firmware/pin.mpy': compiled_text('raise ValueError("half a file")')})
    world.run(20)
    assert ada.boots == 6 and ada.main_ended
    assert 'half a file' in ada.console


def test_the_button_held_at_power_on_starts_safe_mode(world):
    ada = world.add_pin('Ada Lovelace', on=False)
    ada.press(ms=1500)
    ada.boot()
    world.run(3)
    assert 'showing safe_mode' in ada.console
    ada.press(ms=800)
    world.run(3)
    assert ada.boots == 2
    assert 'showing name_tag' in ada.console


@pytest.mark.parametrize('seed', range(3))
def test_a_garbled_bus_to_the_nfc_chip_costs_time_and_no_friends(seed, micropython):
    """One byte in two hundred arrives wrong on Ada's SPI, in both directions, for the length of a tap."""
    with World(seed) as world:
        ada, ben = world.add_pin('Ada Lovelace'), world.add_pin('Ben Okafor')
        world.run(2)
        for side in (ada.nfc.faults.inbound, ada.nfc.faults.outbound):
            side.corrupt(probability=0.005)
        world.bump(ada, ben)
        world.run(6)
        for side in (ada.nfc.faults.inbound, ada.nfc.faults.outbound):
            side.clear()
        world.apart(ada, ben)
        world.run(60)                           # a chip that was given up is started again after a while
        assert become_friends(world, ada, ben)
        assert ada.boots == ben.boots == 1


def test_a_mute_nfc_chip_is_reported_once_and_taken_back(pair):
    world, ada, ben = pair
    ada.nfc.faults.mute = True
    world.bump(ada, ben)
    world.run(20)
    assert ada.console.text.count('showing notice') == 1
    assert any('Next try' in text for text in errors(ada))
    ada.nfc.faults.mute = False
    world.apart(ada, ben)
    world.run(70)
    assert become_friends(world, ada, ben)


def test_a_motion_sensor_that_loses_its_settings_is_started_again(pair):
    world, ada, ben = pair
    ada.imu.brown_out()
    world.run(10)
    assert become_friends(world, ada, ben)
    assert 'bump' in ada.console
