"""`make bench-boot`: from power-on to the first name tag; boot_ms in build/bench.json, S3-modelled.

A simulated pin with a card, a design's name tag and 100 friends starts in a world in which computing takes time: what the
processor computes between two looks (imports, journals, drawing) is measured on this host, as time of the pin's process, and
spent in modelled time, the larger scale of tests/bench/s3_model.py times as long. So the panel is waited for while others are
loaded, as on a board. The quickest of several starts counts, since another process on this host only makes it slower. Before
boot.py come the ROM, the loader and the port's own start, PORT_MS. The tag counts as visible once its picture is whole and the
light on it has reached half of what it will be.

Left out is what the simulator alone does: its side of each request to the world, and the Python between MicroPython and the
flash, which a pin measures before boot.py (power_on) and takes off for each of its reads. Counted though a board has it not:
the shims for pins. Not modelled: what a cache miss in PSRAM costs beyond the scale's margin, and a flash in splinters.

A read of the flash is charged 15 us and 50 ns a byte. ESP-IDF's performance tests (idf_performance_target.h, thresholds at
70 % of the average) ask 4-byte reads at 249 kB/s of an ESP32-S2, 16 us each, and at 35.2 kB/s of an ESP32 with two cores,
114 us; the S3's are not published. Hence the last line: the same start with SLOW_READ_US.
"""
import json
import re
import sys
from typing import NamedTuple

from tests.bench import s3_model
from tests.bench.one_tap import card
from tests.bench.record import merge
from tests.simulator import runtime
from tests.simulator.operations import Op
from tests.simulator.world import World

PORT_MS = 300                                   # ROM, second loader, heap and file system until boot.py begins: a guess
STARTS = 5
LIMIT_MS = 1500
FRIENDS = 100
READ_US, SLOW_READ_US = 15, 114                 # the first is vtime.c's
TAG, LIT = 'ui: showing name_tag', 0.5
TAG_LEVEL = 0.45                                # of the light at 70 percent, as duty
MARKS = (                                       # what the console says when a part is over
    ('boot.py, main.py, display, code of the pin', 'pin: Pin'), ('settings, card, screens, panel, name tag', TAG))
NANO, KB = 1e6, 1024


class Sample(NamedTuple):
    """Since boot.py: modelled ms, reads of the flash, and their bytes."""
    ms: float
    reads: int
    read_bytes: int

    def __sub__(self, other):
        return Sample(*[mine - its for mine, its in zip(self, other, strict=True)])


class Start:
    """One start of `pin`, which is off. `visible_ns` is when its tag was."""

    def __init__(self, world, pin):
        self._pin, self.visible_ns = pin, None
        accept = pin.board.accept

        def accepting(op, arg, data):
            accept(op, arg, data)
            if op == Op.PWM_SET and not self.visible_ns and TAG in pin.console and pin.panel.backlight > LIT * TAG_LEVEL:
                self.visible_ns = world.clock.now_ns
        pin.board.accept = accepting
        pin.boot()

    def samples(self):
        """The Sample at the end of each part, the last when the tag is visible."""
        ends = [int(re.search(rf'(\d+) \w {re.escape(said)}', self._pin.console.text)[1]) for _, said in MARKS]
        return [self._at(ms) for ms in (*ends, self.visible_ns / NANO)]

    def _at(self, ms):
        counted = self._pin.board.flash_reads
        counts = next((entry[1:] for entry in counted if entry[0] >= ms * NANO), counted[-1][1:])
        return Sample(ms, *counts)


def one_start(scale):
    """[Sample] of the parts of one start."""
    with World(1) as world:
        pin = world.add_pin('Ada', card('Ada Lovelace'), friends=FRIENDS, settings={'design': 3}, on=False, wake_us=0,
                            compute=scale)
        start = Start(world, pin)
        if not world.run_until(lambda: start.visible_ns, 9):
            raise LookupError('No name tag was shown:\n' + pin.console.text)
        return start.samples()


def main():
    scales = json.loads(runtime.run_script('import json, micro; print(json.dumps(micro.measure()))', '4m', [s3_model.DEVICE]))
    scale = s3_model.scale(scales)
    quickest = min((one_start(max(scale.bytecode, scale.c)) for _ in range(STARTS)), key=lambda samples: samples[-1].ms)
    sys.stdout.write(f'{scale}\n{"":46}{"ms":>8}{"reads":>8}{"kB":>8}\n{"ROM, loader, MicroPython (a guess)":46}{PORT_MS:8}\n')
    before = Sample(0, 0, 0)
    for name, sample in zip([name for name, _ in MARKS] + ['light'], quickest, strict=True):
        part = sample - before
        sys.stdout.write(f'{name:46}{part.ms:8.0f}{part.reads:8}{part.read_bytes / KB:8.0f}\n')
        before = sample
    boot_ms = PORT_MS + before.ms
    slow_ms = boot_ms + before.reads * (SLOW_READ_US - READ_US) / 1000
    sys.stdout.write(f'boot_ms {boot_ms:.0f} (at most {LIMIT_MS}); with {SLOW_READ_US} us a read {slow_ms:.0f}\n')
    merge({'boot_ms': round(boot_ms)})
    return 0


if __name__ == '__main__':
    sys.exit(main())
