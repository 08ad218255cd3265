"""The board in WebAssembly, or a skip with a plain line: it wants node, which set-up does not fetch, and npm's package.

Where there is no node at all, the tests are skipped even in CI; where there is one, CI fails without the package.
"""
import shutil

import pytest

from tests.interop.wasm.board import Board
from tests.setup.wasm import MODULE
from tests.simulator.runtime import may_skip


@pytest.fixture(scope='module')
def board():
    if not shutil.which('node'):
        pytest.skip("node is not on this machine; with it, mpremote is tested on the board's MicroPython")
    if not MODULE.exists():
        missing = "the board's MicroPython is not set up; 'make setup' fetches it with npm or says why it can't"
        if may_skip():
            pytest.skip(missing)
        pytest.fail(missing)
    with Board() as made:
        yield made
