"""What the interop tests have at hand: foreign programs, or a skip with a plain line, and a pin with a card to read."""
import shutil

import pytest

from tests.interop.rig import READABLE, Rig
from tests.simulator.world import World


@pytest.fixture
def needs():
    """`needs('nfc-list')`: skip where that tool is absent."""
    def need(*names):
        for name in names:
            if not shutil.which(name):
                pytest.skip(f'libnfc is not complete here ({name} is absent)')
    return need


@pytest.fixture
def rig(micropython):
    with World(seed=4) as world:
        yield Rig(world, READABLE)
