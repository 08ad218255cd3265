"""An NFC chip that fails while it lies armed: found out, put right in the order resend, resync, reset, and said once."""
import pytest

from tests.simulator.data import names_of_friends
from tests.simulator.world import World

LINKS = ('spi', 'i2c', 'uart')
BOTH_FRIENDS = [['Ben Okafor'], ['Ada Lovelace']]
RENEWED_S = 125                                 # the firmware looks after an armed chip every 120 s


def errors(pin):
    return [entry.text for entry in pin.console.entries() if entry.level == 'E']


def dip(pin):
    """The supply of the NFC chip fails for a moment, the processor's does not: all that the chip was told is gone."""
    pin.nfc.power_off()
    pin.world.run(0.1)
    pin.nfc.power_on()
    pin.world.run(0.2)


@pytest.fixture(params=LINKS)
def pair(request, world):
    """Ada, with each kind of link, and Ben on SPI, after ten seconds."""
    pins = world.add_pin('Ada Lovelace', nfc=request.param), world.add_pin('Ben Okafor')
    world.run(10)
    return world, *pins


def test_a_chip_that_lost_its_state_is_started_within_the_wish_that_found_out(pair):
    world, ada, ben = pair
    dip(ada)
    world.together(ada, ben)
    ada.press(ms=700)
    world.run(4)
    assert [names_of_friends(pin) for pin in (ada, ben)] == BOTH_FRIENDS
    error, = errors(ada)
    assert error.endswith('It was reset. Starting it again.')
    assert 'showing notice' not in ada.console


def test_a_chip_that_lost_its_state_is_told_again_before_anybody_asks(pair):
    """Only Ben looks: Ada's chip must have been armed anew by itself."""
    world, ada, ben = pair
    ben.cut_power()
    dip(ada)
    world.run(RENEWED_S)
    world.together(ada, ben)
    ben.boot()
    world.run(2)
    ben.press(ms=700)
    world.run(4)
    assert [names_of_friends(pin) for pin in (ada, ben)] == BOTH_FRIENDS
    assert len(errors(ada)) <= 1
    assert 'showing notice' not in ada.console
    assert world.complaints == []


def test_a_stuck_i2c_bus_is_freed_by_a_reset(world):
    ada, ben = world.add_pin('Ada Lovelace', nfc='i2c'), world.add_pin('Ben Okafor', on=False)
    world.run(10)
    ada.nfc.faults.stuck_scl = True
    world.run(RENEWED_S)
    assert not ada.nfc.faults.stuck_scl
    error, = errors(ada)
    assert 'does not answer' in error
    ben.boot()
    world.run(2)
    world.bump(ada, ben)
    world.run(4)
    assert [names_of_friends(pin) for pin in (ada, ben)] == BOTH_FRIENDS


def test_nothing_is_polled_while_armed(world):
    pins = [world.add_pin(name, nfc=link) for name, link in zip(('Ada', 'Ben', 'Cy'), LINKS, strict=True)]
    world.run(90)                               # asleep, and the motion sensor has come to rest
    before = [pin.wakes for pin in pins]
    world.run(60)
    wakes = [pin.wakes - count for pin, count in zip(pins, before, strict=True)]
    assert max(wakes) <= min(wakes) + 10
    assert max(wakes) < 60 * 6


@pytest.mark.parametrize('seed', range(2))
def test_a_garbled_uart_costs_time_and_no_friends(seed, micropython):
    """One byte in two hundred arrives wrong, and as many not at all, for the length of a tap."""
    with World(seed) as world:
        ada, ben = world.add_pin('Ada Lovelace', nfc='uart'), world.add_pin('Ben Okafor')
        world.run(2)
        for side in (ada.nfc.faults.inbound, ada.nfc.faults.outbound):
            side.corrupt(probability=0.005)
            side.lose(probability=0.005)
        world.bump(ada, ben)
        world.run(6)
        for side in (ada.nfc.faults.inbound, ada.nfc.faults.outbound):
            side.clear()
        world.apart(ada, ben)
        world.run(60)
        world.together(ada, ben)
        for pin in (ada, ben):
            pin.press(ms=700)                   # held up by no taps in vain, as a bump would be
        world.run(5)
        assert [names_of_friends(pin) for pin in (ada, ben)] == BOTH_FRIENDS
        assert ada.boots == ben.boots == 1
