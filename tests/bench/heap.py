"""What lives on the heap of 384 kB: `make bench-heap`. Prints tables, and merges its figures into build/bench.json.

    heap_rest_bytes             live on a pin with a full card that lies on a table, its screen dark
    heap_rest_1000_bytes        the same with 1,000 friends
    heap_tap_1000_bytes         the most during its next tap, sampled every 20 ms, with the moment of the new friend
    heap_code_bytes             what the modules take that a pin imports for its start; `assembly`, among them, leaves again

All live bytes are counted after a collection; the frame buffer of 115,200 is among them, and so are about 6 kB of the
simulator's shims, which a board has not. `tests/scenarios/test_heap.py` holds the figures below ceilings.
"""
import json
import pathlib
import subprocess
import sys
import tempfile

from tests.bench.one_tap import card
from tests.bench.record import merge
from tests.simulator.image import firmware_files
from tests.simulator.runtime import micropython
from tests.simulator.world import World

SCRIPT = pathlib.Path(__file__).parent / 'device/module_heap.py'
FIRST = ('gc9a01', 'pn532.chip', 'qmi8658', 'pn532.spi', 'firmware.pin', 'firmware.assembly',
         'firmware.ui.screens.name_tag')
SETTLED_S = 30                                  # by then a pin has done what it does after a start, and its screen is dark
FRIENDS = 1000
SAMPLE_S = 0.02
TAP_S = 1.5                                     # the tap, and most of the moment of a new friend


def tap_of_a_pin_with_friends(friends=FRIENDS):
    """(bytes at rest without friends, bytes at rest with them, the most in a tap of the one with the other), live."""
    with World(1) as world:
        ada = world.add_pin('Ada Lovelace', card('Ada Lovelace'), friends=friends)
        ben = world.add_pin('Ben Okafor', card('Ben Okafor'))
        world.run(SETTLED_S)
        rest = [measured(world, pin) for pin in (ben, ada)]
        world.bump(ada, ben)
        for _ in range(int(TAP_S / SAMPLE_S)):
            measured(world, ada)
        assert 'showing moment_friend' in ada.console, 'there was no tap'
        return *rest, ada.heap_peak


def measured(world, pin):
    """Live bytes of a pin now."""
    pin.measure_heap()
    world.run(SAMPLE_S)
    return pin.heap_live


def modules():
    """{module: bytes}, '' for all."""
    runtime = micropython()
    with tempfile.TemporaryDirectory() as folder:
        for name, data in firmware_files(runtime.arch).items():
            if name.endswith('.mpy'):
                path = pathlib.Path(folder + name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)
        command = [*runtime.command('4m'), str(SCRIPT), folder, *FIRST]
        done = subprocess.run(command, cwd=folder, capture_output=True, check=True)
    return json.loads(done.stdout)


def main():
    taken = modules()
    for name, size in sorted(taken.items(), key=lambda item: -item[1]):
        sys.stdout.write(f'{size:8}  {name or "all modules"}\n')
    rest, rest_1000, peak = tap_of_a_pin_with_friends()
    figures = {'heap_rest_bytes': rest, 'heap_rest_1000_bytes': rest_1000, 'heap_tap_1000_bytes': peak,
               'heap_code_bytes': taken['']}
    sys.stdout.write('\n' + '\n'.join(f'{name:24} {value}' for name, value in figures.items()) + '\n')
    merge(figures)
    return 0


if __name__ == '__main__':
    sys.exit(main())
