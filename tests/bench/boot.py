"""`make bench-boot`: from power-on to the first name tag; boot_ms in build/bench.json, S3-modelled.

A simulated pin with a card, a design's name tag and 100 friends starts. What its buses, its flash and its waits take is the
simulator's time. What the processor computes meanwhile (imports, journals, drawing) is measured on this host's MicroPython,
as the time of the process at each request to the world, less what the same process takes for a board with no firmware; the
quickest of several starts, times the larger scale of tests/bench/s3_model.py. The two are added up, as if nothing were
computed while the panel is waited for: an upper bound. Before boot.py come the ROM, the loader and the port's own start,
PORT_MS. The tag counts as visible once its picture is whole and the light on it has reached half of what it will be.

Counted though a board has it not: the simulator's shims for flash and pins, a tenth at a guess. Not modelled: what a cache
miss in PSRAM costs beyond the scale's margin, and a flash whose files lie in splinters.
"""
import json
import sys

from tests.bench import s3_model
from tests.bench.one_tap import card
from tests.bench.record import merge
from tests.simulator import runtime
from tests.simulator.operations import Op
from tests.simulator.world import World

PORT_MS = 300                                   # ROM, second loader, heap and file system until boot.py begins: a guess
STARTS = 4
LIMIT_MS = 1500
FRIENDS = 100
TAG, LIT = 'showing name_tag', 0.5
MARKS = (                                       # what the console says when a part is over
    ('boot.py, main.py, the board and its drivers', 'I pin: Pin'),
    ('settings, card, screens, panel, name tag', TAG), ('light', None))
NANO = 1e6


class Start:
    """One start of `pin`, which is off: `samples`, [(world's ns, processor's ns, console's length)] of each request."""

    def __init__(self, world, pin):
        self._pin, self.samples, self.visible = pin, [], None
        serve, accept, mark = pin.board.serve, pin.board.accept, self._mark
        self._begin_ns = world.clock.now_ns

        def serving(op, arg, data):
            mark(op)
            return serve(op, arg, data)

        def accepting(op, arg, data):
            mark(op)
            accept(op, arg, data)
        pin.board.serve, pin.board.accept = serving, accepting
        pin.boot()

    def _mark(self, op):
        pin = self._pin
        if pin._child is None:
            return
        with open(f'/proc/{pin._child._process}/schedstat') as file:
            computed_ns = int(file.read().split()[0])
        said = len(pin.console.data)
        self.samples.append((pin.world.clock.now_ns - self._begin_ns, computed_ns, said))
        if op == Op.PWM_SET and TAG in pin.console and not self.visible:
            self.visible = self.samples[-1] if pin.panel.backlight > LIT * self.level else None

    level = 0.45                                # of the light at 70 percent, as duty

    def at(self, said):
        """The first sample after the console has said that; for None the one where the tag is visible."""
        if said is None:
            return self.visible
        end = self._pin.console.text.index(said)
        return next(sample for sample in self.samples if sample[2] > end)


def bare_ns():
    """What the process takes before boot.py."""
    with World(1) as world:
        pin = world.add_pin('Ada', on=False, files={'/boot.py': b'', '/main.py': b''})
        start = Start(world, pin)
        world.run(1)
        return start.samples[0][1]


def one_start():
    """[(part, ms of the world, ms of this processor)]."""
    with World(1) as world:
        pin = world.add_pin('Ada', card('Ada Lovelace'), friends=FRIENDS, settings={'design': 3}, on=False, wake_us=0)
        start = Start(world, pin)
        if not world.run_until(lambda: start.visible, 5):
            raise LookupError('No name tag was shown:\n' + pin.console.text)
        parts, before = [], (0, None)
        for part, said in MARKS:
            now = start.at(said)
            parts.append((part, (now[0] - before[0]) / NANO, (now[1] - (before[1] or 0)) / NANO))
            before = now
        return parts


def main():
    scales = json.loads(runtime.run_script('import json, micro; print(json.dumps(micro.measure()))', '4m', [s3_model.DEVICE]))
    scale = s3_model.scale(scales)
    bare_ms = min(bare_ns() for _ in range(STARTS)) / NANO
    starts = [one_start() for _ in range(STARTS)]
    total_ms = PORT_MS
    sys.stdout.write(f'{scale}\n{"":46}{"wires, waits":>14}{"computing":>12}{"together":>10} ms\n'
                     f'{"ROM, loader, MicroPython (a guess)":46}{"":26}{PORT_MS:10}\n')
    for number, (part, wire_ms, _) in enumerate(starts[0]):
        here_ms = min(start[number][2] for start in starts) - (0 if number else bare_ms)
        computing_ms = here_ms * max(scale.bytecode, scale.c)
        total_ms += wire_ms + computing_ms
        sys.stdout.write(f'{part:46}{wire_ms:14.0f}{computing_ms:12.0f}{wire_ms + computing_ms:10.0f}\n')
    sys.stdout.write(f'boot_ms {total_ms:.0f} (at most {LIMIT_MS})\n')
    merge({'boot_ms': round(total_ms)})
    return 0


if __name__ == '__main__':
    sys.exit(main())
