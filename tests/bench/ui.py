"""The display in figures: `make bench-ui`. Prints tables, and merges its figures into build/bench.json.

    scene_a_bytes, scene_a_writes       what scene A sends; B, C and D likewise
    scene_a_cpu_ms                      its drawing and sending on real MicroPython on this machine, without the wire
    scene_a_s3_ms                       the whole of it, S3-modelled, with the wire at 40 MHz
    still_bytes_per_minute              what a whole simulated pin sends its display in a minute of rest
    design_ms                           a full-screen design from flash, decoded and drawn, the slowest; S3-modelled
    frame_ms, frames_per_second         the slowest frame of any moment or change in place, and the slowest rate that this
                                        means, with all collections
    full_change_ms, first_change_ms     the slowest full picture of a screen, with its glyphs in the cache or none; S3-modelled
    frames_beyond, full_changes_beyond, first_changes_beyond
                                        how many of them take longer than 50 ms, or 80 ms where the whole picture changes
    sketch_step_ms, sketch_steps_beyond the longest stretch in which a picture is sketched before that without letting others
                                        work, and how many screens have one of more than 50 ms
    change_latency_ms, first_change_latency_ms
                                        from an input to the whole of another picture on the display, the slowest: the screen's
                                        code is loaded, the picture sketched while the light dips, garbage collected, the
                                        picture drawn and sent. Rows that a screen reads from services are not in it
    designs_bytes, fonts_bytes          on flash

Scenes: A a name tag with a ring, B one digit of a figure, C a picture of the whole screen from a file, D a list moves on by a
row. Other libraries were measured with the same scenes on another machine, PEERS. The two machines are put on one scale by a
bare loop and a bare call, which that machine took LOOP_US for; and once more, to see whether that is true, by the
same scenes on a plain frame buffer (device/bench_ui.py, Plain), written as short as can be here and there.

S3-modelled as tests/bench/s3_model.py has it: the time here times the larger of its two scales, which is more than any of it
takes; collections of a heap as full as a pin's; reading flash; 25 us for each SPI write and 40 Mbit/s. What counts is from the
first pixel that is drawn to the last that is sent. Scenes and designs are charged with a collection for each 8 kB of their
garbage, as main.py has it. The stage collects while the light dips, and then lets more lie than usual while a picture changes
(firmware/ui/stage.py): a change of the whole picture is charged with a collection for each 28 kB of garbage; a frame, before
which 8 kB may lie, for each 20 kB. What is not charged so comes while the light fades in or between two frames.
"""
import json
import sys
import tempfile
from pathlib import Path

from tests.bench import friends, s3_model
from tests.bench.record import merge
from tests.simulator import runtime
from tests.simulator.image import ASSETS
from tests.simulator.runtime import ROOT
from tests.simulator.world import World

SCENES = {'a': 'name tag', 'b': 'digits', 'c': 'design switch', 'd': 'list scroll'}
MOST = {'a': (115_211, 6), 'b': (6_283, 6), 'c': (115_211, 6), 'd': (53_771, 12)}      # bytes, writes
PEERS = {                                       # ms of drawing on the machine where they were measured
    'gc9a01py': {'a': 6.3, 'b': 0.53, 'c': 0.14, 'd': 1.48}, 'wasp-os (viper)': {'a': 1.4, 'b': 0.10, 'c': 2.1, 'd': 0.30},
    'nano-gui (viper)': {'a': 0.40, 'b': 0.19, 'c': 0.15, 'd': 0.38}}
PEERS_PLAIN = {'a': 0.14, 'b': 0.06, 'c': 0.01, 'd': 0.21}
LOOP_US = {'loop': 0.020, 'call': 0.076}        # there
WRITE_US, BITS_PER_US = 25, 40
PARTS = 9                                       # in which the screens are measured: an interpreter is given a minute
COLLECT_AFTER, DRAWING_GARBAGE = 8_192, 20_480     # main.py; firmware/ui/stage.py
SETTLED_S = 40                                  # after a start, when the light is low for good
WHOLE = ('cold', 'warm')                        # pictures before which the light dips
DIP_MS = 80                                     # how long it does; firmware/ui/theme.py
WHOLE_BYTES = 115_200                           # a change in place that sends so many is one of the whole picture
FRAME_MS = 33                                   # of an animation, see firmware/ui/theme.py


def say(line):
    sys.stdout.write(line + '\n')


def measure():
    """What device/bench_ui.py found, with the microseconds of a collection in a pin's heap."""
    with tempfile.TemporaryDirectory() as folder:
        raw = Path(folder) / 'raw'
        raw.write_bytes(bytes(240 * 240 * 2))
        states = {'/golden_states.py': (ROOT / 'tests/golden/states.py').read_bytes()}
        scale = s3_model.scale(json.loads(alone('speed')))
        worse = max(scale.bytecode, scale.c)
        first, *rest = [friends.on_micropython('bench_ui', states, worse, str(raw), part, PARTS, heap='1m')
                        for part in range(PARTS)]
    for other in rest:
        first['screens'].update(other['screens'])
        first['failed'] += other['failed']
    return dict(first, collect_us=float(alone('collection')))


def alone(function):
    """What a function of device/bench_ui.py prints in a heap of a pin's size."""
    return runtime.run_script(f'import bench_ui; bench_ui.{function}()', '384k', [s3_model.DEVICE])


class Model:
    """S3-modelled milliseconds of what was measured together with `found`."""

    def __init__(self, found):
        self.scale = s3_model.scale(found['micro'])
        self.collect_us = found['collect_us']

    def cpu(self, cost):
        here = cost['draw_us'] + cost['flush_us']
        return here * max(self.scale.bytecode, self.scale.c) / 1000

    def collecting(self, cost):
        """On the way to the display; where nothing is `allowed`, all that its garbage leads to sooner or later."""
        count = cost['garbage'] // cost['allowed'] if 'allowed' in cost else cost['garbage'] / COLLECT_AFTER
        return self.scale.ms(0, count * self.collect_us)

    def period(self, cost):
        """From one frame to the next, with all collections."""
        return self.whole(cost) - self.collecting(cost) + self.scale.ms(0, cost['garbage'] / COLLECT_AFTER * self.collect_us)

    @staticmethod
    def wire(cost):
        return (cost['writes'] * WRITE_US + cost['bytes'] * 8 / BITS_PER_US) / 1000

    def whole(self, cost):
        return self.cpu(cost) + self.collecting(cost) + self.wire(cost) + cost['flash_us'] / 1000

    def drawing(self, cost):
        """Without what goes over the wire."""
        return self.whole(cost) - self.wire(cost)

    def latency(self, costs, what):
        """From an input to the picture. `costs` of a screen in a state: {what: cost}."""
        steps = costs[what + ' steps']
        sketching = self.whole(dict(steps, allowed=DRAWING_GARBAGE + COLLECT_AFTER)) + self.scale.ms(0, self.collect_us)
        return self.whole(costs[what + ' loading']) + max(DIP_MS, sketching) + self.whole(costs[what])

    def parts(self, cost):
        return (f'{self.whole(cost):6.1f} ms = CPU {self.cpu(cost):5.1f} + collecting {self.collecting(cost):5.1f} + flash '
                f'{cost["flash_us"] / 1000:4.1f} + wire {self.wire(cost):4.1f}; {cost["garbage"] / 1024:4.1f} kB garbage')


def slowness(found):
    """How much longer this machine takes than the peers' did, by (a bare loop and call, the plain scenes)."""
    loops = [found['micro'][name] / us for name, us in LOOP_US.items()]
    plain = 1.0
    for scene, ms in PEERS_PLAIN.items():
        plain *= found['plain'][scene] / 1000 / ms
    return (loops[0] * loops[1]) ** 0.5, plain ** 0.25


def show_scenes(found, model):
    figures, (by_loop, by_plain) = {}, slowness(found)
    say(f'this machine takes {by_loop:.2f} times as long as the peers\' by a bare loop and call; {by_plain:.2f} times by the '
        'plain scenes, whose ring and glyphs are not quite theirs')
    for scene, title in SCENES.items():
        cost = found['scenes'][scene]
        here_ms = (cost['draw_us'] + cost['flush_us']) / 1000
        say(f'\nscene {scene.upper()}, {title}: {cost["bytes"]:,} bytes in {cost["writes"]} writes (at most {MOST[scene][0]:,}'
            f' in {MOST[scene][1]}); S3-modelled {model.parts(cost)}')
        rows = [('ours', here_ms, 1.0)]
        for name, times in PEERS.items():
            rows.append((name, times[scene] * by_loop, times[scene] * by_loop / here_ms))
        rows.append(('plain frame buffer, here', found['plain'][scene] / 1000, found['plain'][scene] / 1000 / here_ms))
        for name, ms, ratio in rows:
            say(f'    {name:26} {ms:7.3f} ms here{"":4}{ratio:6.2f} of ours')
        figures.update({f'scene_{scene}_bytes': cost['bytes'], f'scene_{scene}_writes': cost['writes'],
                        f'scene_{scene}_cpu_ms': round(here_ms, 3), f'scene_{scene}_s3_ms': round(model.whole(cost), 1)})
    return figures


def slowest(model, costs):
    """The item of {name: cost} that takes longest."""
    return max(costs.items(), key=lambda item: model.whole(item[1]))


def show_screens(found, model):
    """The table of the slowest state of each screen; returns the figures."""
    say('\nscreens in all states of the golden pictures, S3-modelled, the slowest of each: the first picture with no glyph in '
        'the cache (cold) and with all (warm), what comes before it, frames of a moment, the slowest part of a change in '
        'place, and all its parts')
    first, full, frames, steps = {}, {}, {}, {}
    for name, states in found['screens'].items():
        for what, cost in [item for costs in states.values() for item in costs.items()]:
            cost['allowed'] = DRAWING_GARBAGE + (COLLECT_AFTER if what in WHOLE else 0)
        for what in sorted({what for costs in states.values() for what in costs}):
            state, cost = slowest(model, {state: costs[what] for state, costs in states.items() if what in costs})
            say(f'    {name:14} {what:12} {model.parts(cost)}, {cost["bytes"]:7,} bytes: {state}')
            table = {'cold': first, 'warm': full, 'cold step': steps, 'warm step': steps, 'change': frames}.get(what)
            if table is not None or what.startswith('frame'):
                (frames if table is None else table)[f'{name} {what}'] = cost
    for sentence in found['failed']:
        say('    FAILED to change in place: ' + sentence)
    figures = {}
    for key, table, most in (('frame', frames, 50), ('full_change', full, 80), ('first_change', first, 80),
                             ('sketch_step', steps, 50)):
        name, cost = slowest(model, table)
        beyond = sorted(one for one, cost in table.items() if model.whole(cost) > most)
        figures.update({f'{key}_ms': round(model.whole(cost), 1), f'{key}s_beyond': len(beyond)})
        say(f'{key}_ms: at the most {figures[f"{key}_ms"]} ms, {name}; {len(beyond)} of {len(table)} beyond {most} ms: '
            + ', '.join(beyond))
    for key, what in (('change_latency', 'warm'), ('first_change_latency', 'cold')):
        found_ms = sorted((model.latency(costs, what), f'{name}, {state}') for name, states in found['screens'].items()
                          for state, costs in states.items())
        figures[f'{key}_ms'] = round(found_ms[-1][0], 1)
        middle_ms = found_ms[len(found_ms) // 2][0]
        say(f'{key}_ms: at the most {found_ms[-1][0]:.1f} ms, {found_ms[-1][1]}; half of them {middle_ms:.1f} ms')
    periods = [model.period(cost) for name, cost in frames.items() if ' frame ' in name]
    figures['frames_per_second'] = round(1000 / max(FRAME_MS, *periods), 1)
    return figures


def still_bytes():
    """What a whole pin, whose name stays on the display, sends it in a minute in which nothing happens."""
    with World(seed=1) as world:
        pin = world.add_pin('Ada', {'name': 'Ada Lovelace', 'title': 'Analyst'}, settings={'always_on': True})
        world.run(SETTLED_S)
        before = pin.panel.bytes_heard
        world.run(60)
        if not pin.panel.lit():
            raise LookupError('The display went dark.')
        return pin.panel.bytes_heard - before


def on_flash(folder):
    return sum(path.stat().st_size for path in (ASSETS / folder).iterdir())


def main():
    found = measure()
    model = Model(found)
    say(f'{model.scale}; a collection {model.scale.ms(0, model.collect_us):.1f} ms')
    figures = show_scenes(found, model)
    figures['still_bytes_per_minute'] = still_bytes()
    designs = [model.drawing(cost) for cost in found['designs'].values()]
    say(f'\na design from flash, decoded and drawn: {max(designs):.1f} ms S3-modelled at the most of {len(designs)} '
        '(at most 120)')
    figures.update(show_screens(found, model))
    figures.update(design_ms=round(max(designs), 1), designs_bytes=on_flash('designs'), fonts_bytes=on_flash('fonts'))
    say('\n' + '\n'.join(f'{name:28} {value:g}' for name, value in figures.items()))
    merge(figures)
    return 0


if __name__ == '__main__':
    sys.exit(main())
