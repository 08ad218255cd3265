"""While a tap is under way no pin is busy for longer than 20 ms of modelled time, however many friends it has."""
import pytest

from tests.bench.one_tap import card, longest
from tests.simulator.data import names_of_friends
from tests.simulator.world import World

LIMIT_MS = 20
LOADED_S = 25                                   # after a start, the code of a tap is in memory; loading it takes longer
NAMES = ('Ada Lovelace', 'Ben Okafor')


def tapped(pins, world):
    """Bump `pins`; {cause: ns} of their longest stretches until both are friends on flash."""
    for pin in pins:
        pin.processor.forget_stalls()
    world.bump(*pins)
    assert world.run_until(lambda: all('friends with' in pin.console for pin in pins), 4), pins[0].console.text
    return longest(pin.processor.stalls for pin in pins)


@pytest.mark.parametrize(('nfc', 'friends', 'seed'), [('spi', 0, 1), ('spi', 100, 2), ('i2c', 4, 3), ('uart', 4, 4)])
def test_no_stretch_of_a_tap_is_longer_than_20_ms(micropython, nfc, friends, seed):
    with World(seed) as world:
        pins = [world.add_pin(name, card(name), nfc=nfc, friends=friends) for name in NAMES]
        world.run(LOADED_S)
        erases = [sum(pin.flash.erases.values()) for pin in pins]
        causes = tapped(pins, world)
        assert max(causes.values()) < LIMIT_MS * 1e6, causes
        assert world.run_until(lambda: all('showing moment_friend' in pin.console for pin in pins), 1)
        assert [sum(pin.flash.erases.values()) for pin in pins] == erases
        assert world.complaints == []


def test_without_a_lane_the_tap_is_as_sure_and_slower(micropython):
    with World(5) as world:
        pins = [world.add_pin(name, card(name), friends=4, lane=lane) for name, lane in zip(NAMES, (False, True), strict=True)]
        world.run(3)
        causes = tapped(pins, world)
        assert max(causes.values()) > 40e6
        world.run(3)
        assert names_of_friends(pins[0])[0] == 'Ben Okafor'
        assert names_of_friends(pins[1])[0] == 'Ada Lovelace'
        assert world.complaints == []
