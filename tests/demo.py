"""The main job, seen: two pins boot, count a walk, are bumped together, become friends, lose their power and still are.

`make demo` runs it and keeps what both displays showed in build/demo/. Exits with 1 where the two are not friends on both
sides, before and after the power cut. Everything printed is modelled time; the same seed gives the same output.
"""
import argparse
import csv
import sys

from tests.simulator.data import names_of_friends, steps_of
from tests.simulator.gait import Gait
from tests.simulator.runtime import ROOT, micropython
from tests.simulator.sheet import contact_sheet
from tests.simulator.traces import Recorded
from tests.simulator.world import SECOND, World

OUT = ROOT / 'build' / 'demo'
SHARED = ROOT.parent / 'shared'                 # recordings, where there are any
ADA = {'name': 'Ada Lovelace', 'title': 'Analyst', 'organisation': 'Engine Works', 'web': 'https://example.org/ada',
       'handles': [('chat', 'ada@example.org')]}
BEN = {'name': 'Ben Okafor', 'title': 'Press photographer', 'organisation': 'Field Desk', 'email': 'ben@example.org'}
HEAP = '384k'
WALKS = {'Ada': 'oxford/oxford_Pixel_Jamie_Hard_NeckPouch_1.csv.gz', 'Ben': 'yh570/yh570_c_2_3_13_14.csv.gz'}
DEADLINE_MS = 1000
STAGES = (('link up', 'tap', 'link up'), ('cards exchanged', 'tap', 'cards exchanged'),
          ('committed on flash', 'tap', 'friends with'), ('on screen', 'ui', 'showing moment_friend'))


class Walk:
    """What a pin's wearer walks: a recorded walk where recordings lie beside the project, else synthetic gait."""

    def __init__(self, name, start_ns, seed):
        folder = SHARED / 'data' / 'steps' / 'normalised'
        file = WALKS[name]
        if (folder / file).exists():
            with open(folder / 'index.csv') as index:
                row = next(row for row in csv.DictReader(index) if row['file'] == file)
            self.source = Recorded.load(folder / file, start_ns)
            self.title, self.true_steps = f'recorded walk ({row["position"].replace("_", " ")})', int(row['true_steps'])
        else:
            self.source = Gait([(70, 108), (60, 116)], start_ns, f'{seed}/{name}')
            self.title, self.true_steps = 'synthetic walk', self.source.steps
        self.end_ns = self.source.end_ns


class Demo:
    """One run. `say(text)` prints a line; pictures go to the folder `out`."""

    def __init__(self, seed, say, out):
        self.say = say
        self.out = out
        self.shots = {}                         # pin name: [(caption, picture)]
        self.world = World(seed)
        bright = {'brightness': 100, 'turn': False}     # a picture that turns with its wearer's walk is hard to read here
        self.ada = self.world.add_pin('Ada', ADA, heap=HEAP, friends=4, settings=bright)
        self.ben = self.world.add_pin('Ben', BEN, heap=HEAP, friends=4, settings=bright)
        self.pins = (self.ada, self.ben)

    def watch(self, seconds):
        """Let time pass, and look at the heaps every 20 ms."""
        for _ in range(int(seconds * 50)):
            self.world.run(0.02)
            for pin in self.pins:
                pin.measure_heap()

    def look(self, caption):
        for pin in self.pins:
            shots = self.shots.setdefault(pin.name, [])
            name = f'{pin.name.lower()}_{len(shots) + 1}_{caption.replace(" ", "_")}.png'
            shots.append((caption, pin.look(self.out / name)))

    def press(self, times):
        """Each press a screen on, or the display awake where it slept."""
        for _ in range(times):
            for pin in self.pins:
                pin.press()
            self.world.run(0.7)

    # ---- the acts
    def boot(self):
        self.watch(3)
        self.look('name tag')
        shown = [next(entry.at_ms for entry in pin.console.entries('ui')) for pin in self.pins]
        self.say(f'  0.0 s  Ada and Ben switch their pins on; the names show after {shown[0]:.0f} and {shown[1]:.0f} ms.')

    def walk(self):
        start_s = self.world.now_ms / 1000
        walks = {pin: Walk(pin.name, self.world.clock.now_ns + SECOND, self.world.seed) for pin in self.pins}
        for pin, walk in walks.items():
            pin.wear(walk.source)
        self.world.clock.advance_to(max(walk.end_ns for walk in walks.values()))
        self.press(2)
        self.look('steps')
        self.world.run(200)                     # the steps are on flash within three minutes
        self.say(f'{start_s:5.1f} s  They walk.')
        for pin, walk in walks.items():
            self.say(f'         {pin.name}: {walk.true_steps} steps of a {walk.title}; the pin counted {steps_of(pin)}.')

    def bump(self):
        """Returns whether both committed in time."""
        self.press(1)
        bumped_ms = self.world.now_ms
        self.world.bump(self.ada, self.ben)
        self.watch(0.6)
        self.look('new friend')
        self.watch(2)
        self.look('first design')
        self.watch(3)
        self.say(f'{bumped_ms / 1000:5.1f} s  Bump, both in the same millisecond. From here in ms:')
        self.say('                              Ada    Ben')
        worst = 0
        for title, source, text in STAGES:
            times = [next((entry.at_ms - bumped_ms for entry in pin.console.entries(source)
                           if text in entry.text and entry.at_ms >= bumped_ms), float('inf')) for pin in self.pins]
            self.say(f'         {title:18} {times[0]:6.0f} {times[1]:6.0f}')
            if title.startswith('committed'):
                worst = max(times)
        return worst < DEADLINE_MS

    def friends(self):
        """Whether each has the other as its newest friend, as the host reads both flashes."""
        return names_of_friends(self.ada)[:1] == [BEN['name']] and names_of_friends(self.ben)[:1] == [ADA['name']]

    def power_cycle(self):
        for pin in self.pins:
            pin.cut_power()
        self.say(f'{self.world.now_ms / 1000:5.1f} s  The power goes, and comes back a second later.')
        self.world.run(1)
        for pin in self.pins:
            pin.boot()
        self.watch(3)
        self.press(3)
        self.look('friends after the power cut')

    def figures(self):
        self.say('         figures                        Ada       Ben')
        rows = [(f'heap peak of {HEAP}, bytes', [pin.heap_peak for pin in self.pins]),
                ('SPI to the display, bytes', [pin.board.spi[pin.wiring.lcd_sck].bytes for pin in self.pins]),
                ('SPI to the NFC chip, bytes', [pin.board.spi[pin.wiring.nfc_sck].bytes for pin in self.pins]),
                ('RF sent, bytes', [self.world.air.bytes[pin.name] for pin in self.pins])]
        for title, values in rows:
            self.say(f'         {title:26} {values[0]:9,} {values[1]:9,}')
        self.say(f'         {self.world.air.frames} RF frames')


def run(seed, say, out=OUT):
    """Play it; returns True where all went as it should."""
    out.mkdir(parents=True, exist_ok=True)
    for old in out.glob('*.png'):
        old.unlink()
    runtime = micropython()
    heap = HEAP if runtime.bits == 32 else f'twice {HEAP}'
    say(f'Cloud Pin demo, seed {seed}: the whole firmware in two pins on {runtime}, heap {heap} each.\n')
    demo = Demo(seed, say, out)
    with demo.world:
        demo.boot()
        demo.walk()
        in_time = demo.bump()
        met = demo.friends()
        say(f'         {"Friends" if met else "NOT friends"} on both sides, as read from their flash.')
        demo.power_cycle()
        still = demo.friends()
        say(f'         {"Still friends" if still else "NOT friends any more"} on both sides.')
        demo.figures()
        complaints = demo.world.complaints
    for text in complaints:
        say(f'         complaint of a chip: {text}')
    rows = [(f'{name}: {caption}', picture) for name, shots in demo.shots.items() for caption, picture in shots]
    contact_sheet(rows, columns=len(rows) // 2).save(out / 'sheet.png')
    return met and still and in_time and not complaints


def main():
    parser = argparse.ArgumentParser(description='Two simulated pins meet.')
    parser.add_argument('--seed', type=int, default=7, help='another world')
    options = parser.parse_args()
    met = run(options.seed, lambda line: sys.stdout.write(line + '\n'))
    sys.stdout.write(f'\nWhat both displays showed is in {OUT.relative_to(ROOT)}/, all on one picture in sheet.png.\n')
    return 0 if met else 1


if __name__ == '__main__':
    sys.exit(main())
