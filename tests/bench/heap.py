"""What lives on the heap of 384 kB: `make bench-heap`. Prints tables, and merges its figures into build/bench.json.

    heap_rest_bytes             live on a pin with a full card that lies on a table, its screen dark
    heap_rest_1000_bytes        the same with 1,000 friends
    heap_worn_1000_bytes        that one, worn: with the code of a tap in memory
    heap_tap_1000_bytes         the most during its next tap, sampled every 20 ms, with the moment of the new friend
    heap_peak_loaded_kb         the most in that tap and on a walk through every screen
    heap_peak_in_place_kb       the same with code in place: MicroPython runs it in a ROMFS image that is mapped into memory
    heap_peak_phone_kb          the most in taps with 1,000 friends beside a phone that is served (tests/bench/phone_tap.py)
    heap_phone_missing          taps and answers among these that did not come, and complaints of want of memory
    heap_code_bytes             what the modules take that a pin imports for its start; `assembly`, among them, leaves again
    heap_code_in_place_bytes    the same in place

All live bytes are counted after a collection; the frame buffer of 115,200 is among them, and so are about 6 kB of the
simulator's shims, which a board has not. `tests/scenarios/test_heap.py` holds the figures below ceilings. kB are 1,024 bytes,
as in the limit.
"""
import json
import pathlib
import subprocess
import sys
import tempfile
from typing import NamedTuple

from tests.bench import phone_tap
from tests.bench.one_tap import card
from tests.bench.record import merge
from tests.simulator import image
from tests.simulator.gait import Gait
from tests.simulator.romfs import in_place, romfs
from tests.simulator.runtime import micropython
from tests.simulator.world import World

SCRIPT = pathlib.Path(__file__).parent / 'device/module_heap.py'
FIRST = ('gc9a01', 'pn532.chip', 'qmi8658', 'pn532.spi', 'firmware.pin', 'firmware.assembly',
         'firmware.ui.screens.name_tag')
SETTLED_S = 80                                  # by then a pin has done what it does after a start, its screen is dark, and
FRIENDS = 1000                                  # its motion sensor rests
SAMPLE_S = 0.02
TAP_S = 1.5                                     # the tap, and most of the moment of a new friend
MOMENT_S = 8
RING = 8                                        # screens beside home
HOME_S = 13                                     # who rests inside gets home
BRIEF_MS, LONG_MS = 80, 700
LOOK_S = 0.7
KB = 1024


class Heap(NamedTuple):
    """Live bytes: of a pin at rest without friends; with FRIENDS at rest, worn, at most in a tap, {screen: most on it}."""
    rest: int
    rest_with_friends: int
    worn: int
    tap: int
    screens: dict

    @property
    def peak(self):
        return max(*self[:-1], *self.screens.values())


def life_of_a_pin(screens=True, **options):
    """The Heap of pins with `options` of World.add_pin; without `screens` those are not walked through."""
    with World(1) as world:
        ada = world.add_pin('Ada Lovelace', card('Ada Lovelace'), friends=FRIENDS, **options)
        ben = world.add_pin('Ben Okafor', card('Ben Okafor'), **options)
        world.run(SETTLED_S)
        rest = [measured(world, pin) for pin in (ben, ada)]
        ada.wear(Gait([(600, 110)], start_ns=world.clock.now_ns))
        world.run(5)
        worn = measured(world, ada)
        world.bump(ada, ben)
        tap = most(world, ada, TAP_S)
        assert 'showing moment_friend' in ada.console, 'there was no tap'
        world.run(MOMENT_S)
        return Heap(*rest, worn, tap, walk(world, ada) if screens else {})


def walk(world, pin):
    """{screen: most live bytes} on a way through the ring, and from each on into what is behind it, up to two deep."""
    peaks = {}
    for number in range(1, RING + 1):
        for _ in range(number + 1):             # one to wake it
            pin.press(BRIEF_MS)
            note(peaks, world, pin, LOOK_S)
        for _ in range(2):                      # into it, and once more
            pin.press(LONG_MS)
            note(peaks, world, pin, LONG_MS / 1000 + LOOK_S)
        world.run(HOME_S)
    return peaks


def note(peaks, world, pin, seconds):
    """Note the most of the next `seconds` for the screen that is shown at their end."""
    live = most(world, pin, seconds)
    screen = [entry.text for entry in pin.console.entries('ui') if entry.text.startswith('showing')][-1].split()[-1]
    peaks[screen] = max(live, peaks.get(screen, 0))


def most(world, pin, seconds):
    """The most live bytes during the next `seconds`."""
    return max(measured(world, pin) for _ in range(int(seconds / SAMPLE_S)))


def measured(world, pin):
    """Live bytes of a pin now."""
    pin.measure_heap()
    world.run(SAMPLE_S)
    return pin.heap_live


def modules(mapped=False, files=None, first=FIRST, rest=()):
    """{module: bytes}, '' for all that `first` bring, names included. `mapped`: in place; `files`: {path: .mpy} of another
    product; `rest`: modules to be measured beside those, as far as they need no board."""
    runtime = micropython()
    files = files or image.modules(runtime.arch)
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        (root / 'image').write_bytes(romfs(files) if mapped else b'')
        for name, data in {} if mapped else files.items():
            path = root / name[1:]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        command = [*runtime.command('4m'), str(SCRIPT), folder, *first, '--', *rest]
        done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)


def main():
    loaded, mapped = modules(), modules(mapped=True)
    sys.stdout.write('  loaded  in place\n')
    for name, size in sorted(loaded.items(), key=lambda item: -item[1]):
        sys.stdout.write(f'{size:8}  {mapped.get(name, 0):8}  {name or "all modules"}\n')
    heap, there, beside = life_of_a_pin(), life_of_a_pin(**in_place()), phone_tap.measured()
    sys.stdout.write(f'\n{heap}\n{there}\n{beside}\n')
    figures = {'heap_rest_bytes': heap.rest, 'heap_rest_1000_bytes': heap.rest_with_friends, 'heap_worn_1000_bytes': heap.worn,
               'heap_tap_1000_bytes': heap.tap, 'heap_code_bytes': loaded[''], 'heap_code_in_place_bytes': mapped[''],
               'heap_peak_phone_kb': round(beside.most / KB, 1), 'heap_phone_missing': beside.missing,
               'heap_peak_loaded_kb': round(heap.peak / KB, 1), 'heap_peak_in_place_kb': round(there.peak / KB, 1)}
    sys.stdout.write('\n' + '\n'.join(f'{name:24} {value}' for name, value in figures.items()) + '\n')
    merge(figures)
    return 0


if __name__ == '__main__':
    sys.exit(main())
