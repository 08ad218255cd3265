"""Benches: what the firmware is worth in figures, on the simulator. Each prints them and merges them into build/bench.json."""
from tests import simulator  # noqa: F401  what benches import of the firmware needs its path and names
