"""What every scenario has at hand: a world that is closed afterwards, two pins that have started, a board's heap in each."""
import pytest

from tests.simulator.world import World

BOOT_S = 2
BOARD_KB = 384                                  # of heap, in ARCHITECTURE.md


@pytest.fixture(autouse=True)
def heap_of_a_board(request, monkeypatch):
    """No pin of a scenario has more heap than a board, unless the test is marked `roomy` and says why."""
    marker = request.node.get_closest_marker('roomy')
    if marker and marker.args and str(marker.args[0]).strip():
        return
    add_pin = World.add_pin

    def limited(self, *arguments, **options):
        pin = add_pin(self, *arguments, **options)
        size, unit = int(pin.heap_limit[:-1]), pin.heap_limit[-1]
        if size * {'k': 1, 'm': 1024}[unit] > BOARD_KB:
            pytest.fail(f'{pin.name} has a heap of {pin.heap_limit}: mark the test roomy and say why')
        return pin
    monkeypatch.setattr(World, 'add_pin', limited)


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
