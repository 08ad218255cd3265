"""The simulator: pins of wire-level chip models around real MicroPython, on one clock. Start at `world.World`.

Importing it puts `lib/` on the path, as the board has /lib on its own, and gives CPython the MicroPython names that the
firmware's plain modules use (see `host`).
"""
import sys
from pathlib import Path

from tests.simulator import host

_LIB = str(Path(__file__).resolve().parents[2] / 'lib')
if _LIB not in sys.path:
    sys.path.insert(1, _LIB)
host.install()
