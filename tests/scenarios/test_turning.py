"""The image follows gravity: a pin that is turned head over shows the same picture the other way up."""
from PIL import ImageChops

from tests.simulator.traces import Rest


def same(one, other):
    return ImageChops.difference(one.convert('RGB'), other.convert('RGB')).getbbox() is None


def test_the_name_is_upright_however_the_pin_hangs(world):
    pin = world.add_pin('Ada Lovelace')
    world.run(3)
    upright = pin.look()
    pin.wear(Rest((0, -1000, 0)))
    world.run(2)
    assert same(pin.look().rotate(180), upright)
    assert not same(pin.look(), upright)
    for x_mg, degrees in ((1000, 90), (-1000, 270)):            # PIL turns the other way round
        pin.wear(Rest((x_mg, 0, 0)))
        world.run(2)
        assert same(pin.look().rotate(degrees), upright)
    pin.wear(Rest((0, 1000, 0)))
    world.run(2)
    assert same(pin.look(), upright)
    assert world.complaints == []


def test_a_wearer_who_wants_it_still_has_it_still(world):
    pin = world.add_pin('Ada Lovelace', settings={'turn': False})
    world.run(3)
    upright = pin.look()
    pin.wear(Rest((0, -1000, 0)))
    world.run(2)
    assert same(pin.look(), upright)
