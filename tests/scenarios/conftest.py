"""What every scenario has at hand: a world that is closed afterwards, and two pins that have started."""
import pytest

from tests.simulator.world import World

BOOT_S = 2


@pytest.fixture
def world(micropython):
    """An empty World with seed 1."""
    with World(seed=1) as world:
        yield world


@pytest.fixture
def pair(world):
    """(world, Ada's pin, Ben's pin), both showing their names."""
    ada, ben = world.add_pin('Ada Lovelace'), world.add_pin('Ben Okafor')
    world.run(BOOT_S)
    return world, ada, ben
