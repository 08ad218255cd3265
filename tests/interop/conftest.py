"""What the interop tests have at hand: foreign programs and a browser, or a skip with a plain line (in CI a missing browser is
a failure), and a pin with a card to read."""
import shutil
from pathlib import Path

import pytest

from tests.interop.browser.chromium import BrowserMissing, program
from tests.interop.rig import READABLE, Rig
from tests.simulator.runtime import may_skip
from tests.simulator.world import World

HERE = Path(__file__).parent
REAL_TIME = {'needs', 'browser_program', 'board'}       # fixtures of libnfc's tools, Chromium and the board for mpremote


def pytest_collection_modifyitems(items):
    """Marks `real_time`: .ci/run runs these once more, alone, where nothing else has failed."""
    for item in items:
        if HERE in item.path.parents and REAL_TIME & set(getattr(item, 'fixturenames', ())):
            item.add_marker('real_time')


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


@pytest.fixture(scope='session')
def browser_program():
    try:
        return program()
    except BrowserMissing as missing:
        if may_skip():
            pytest.skip(str(missing))
        raise
