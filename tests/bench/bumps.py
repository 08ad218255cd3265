"""`make bench-bumps`: how many knocks of two pins are found within 30 ms, how many bumps are told where nobody knocked, and
how often the processor wakes. Prints tables, writes bump_* and wakes_* to build/bench.json.

False bumps: every recorded walk, run and desk, resampled to the sensor's 250 Hz (the recordings have 12.5 to 50 Hz, so what is
quicker than 25 Hz is not in them), through the detector. Knocks: knocks of the whole range (see tests/simulator/knocks.py)
on pins that stand, rest for minutes, or walk (recorded badge walks where they are at hand, else synthetic ones), through
chip model, bus, driver and service; found means: told within 30 ms of the first touch. Wakes: the whole firmware.
"""
import argparse
import asyncio
import csv
import random
import re
from array import array

import numpy

from firmware.motion.gestures import BUMP, RATE_HZ, Gestures
from firmware.motion.motion import REST_S, Motion
from firmware.motion.steps import StepDays
from firmware.system.events import Events
from pedometer import RUNNING, Pedometer
from tests.bench import record
from tests.simulator import host
from tests.simulator.gait import Gait
from tests.simulator.knocks import any_knock
from tests.simulator.runtime import ROOT
from tests.simulator.traces import FACE_UP, MILLISECOND, SECOND, Recorded, Rest
from tests.simulator.world import World
from tests.unit.rigs.motion import Bench, Day, Lines

TRACES = ROOT.parent / 'shared/data/steps/normalised'
WITHIN_MS = 30
KINDS = {'walk': ('walk', 'stairs', 'short_bouts'), 'run': ('run',),
         'desk': ('desk', 'stand', 'sit', 'lie', 'static', 'elevator', 'pc-working')}
BADGE = ('chest_torso', 'neck_lanyard', 'coat_pocket')
STATES = (('3 s after its start', 3), ('10 s after a bump', 10), ('3 s after a bump', 3), ('falling asleep', REST_S),
          ('at rest', REST_S + 30), ('3 s after its rest', 3))  # and how many seconds later than the one before
BUMPS_MG = (1000, 1500)
BATCH_S = 0.2                                                   # so much are bumps put off at random
WISHED = re.compile('looking for another pin|no burst: too many lately')
STRENGTHS = ((700, 1000), (1000, 1700), (1700, 3001))          # mg: light, middle, hard
MOST_MG = 8000                                                  # what the sensor's range holds
BATCH, PER_STEP_SAMPLE = 48, 8                                 # samples of a FIFO batch, and of a mean for the pedometer
NOISE_MG = 1.7                                                  # rms at 250 Hz


def recordings():
    """(kind, badge or elsewhere, path, hours) of each recording that has three axes."""
    with (TRACES / 'index.csv').open() as file:
        for row in csv.DictReader(file):
            kind = next((kind for kind, starts in KINDS.items() if row['activity'].startswith(starts)), None)
            if kind and row['dataset'] != 'rieck_magonly':
                place = 'badge' if row['position'] in BADGE else 'elsewhere'
                yield kind, place, TRACES / row['file'], float(row['duration_s']) / 3600


def resampled(path, rng):
    """The recording at RATE_HZ as rows of x, y, z: Catmull-Rom through its samples, as in traces.Recorded, and noise."""
    rows = numpy.loadtxt(path, delimiter=',', skiprows=1)
    times, values = rows[:, 0], rows[:, 1:]
    at = numpy.arange(times[0] + rng.uniform(0, 4), times[-1], 1000 / RATE_HZ)
    place = numpy.clip(numpy.searchsorted(times, at, side='right') - 1, 0, len(times) - 2)
    u = ((at - times[place]) / (times[place + 1] - times[place]))[:, None]
    before, after = values[numpy.maximum(place - 1, 0)], values[numpy.minimum(place + 2, len(times) - 1)]
    p, q, r = u * u * (2 - u) - u, u * u * (u - 1), u * u * (3 * u - 5) + 2
    curve = (p * before + r * values[place] + (2 - p - q - r) * values[place + 1] + q * after) / 2
    return numpy.rint(curve + rng.normal(0, NOISE_MG, curve.shape)).clip(-MOST_MG, MOST_MG).astype('h')


def bumps_in(rows):
    """How many bumps are told of `rows`, an array (n, 3) of int16 at RATE_HZ: none while the pedometer sees a runner, as in
    Motion, where a batch of the FIFO is judged for knocks before it is for steps."""
    samples, told = array('h', rows.tobytes()), []
    means = rows[:len(rows) // PER_STEP_SAMPLE * PER_STEP_SAMPLE].reshape(-1, PER_STEP_SAMPLE, 3).sum(1) // PER_STEP_SAMPLE
    gestures, pedometer, count = Gestures(), Pedometer(RATE_HZ / PER_STEP_SAMPLE), 0
    for at in range(0, len(rows), BATCH):
        gestures.take(samples, at, min(at + BATCH, len(rows)), told.append)
        count += told.count(BUMP) if pedometer.activity != RUNNING else 0
        told.clear()
        for mean in means[at // PER_STEP_SAMPLE:(at + BATCH) // PER_STEP_SAMPLE].tolist():
            pedometer.feed(*mean)
    return count


def false_bumps():
    """{(kind, place): [hours, bumps]} over all recordings."""
    rng, found = numpy.random.default_rng(1), {}
    for kind, place, path, hours in recordings():
        entry = found.setdefault((kind, place), [0.0, 0])
        entry[0] += hours
        entry[1] += bumps_in(resampled(path, rng))
    return found


class Worn(Bench):
    """The motion side of a pin, which notes when it tells a bump."""

    def __init__(self, source, seed, sensor='qmi8658'):
        super().__init__(seed=seed, source=source, sensor=sensor)
        self.bumps_ns = []
        events = Events(Lines())
        events.subscribe(self, 'gesture', lambda kind: kind == BUMP and self.bumps_ns.append(self.clock.now_ns))
        self.motion = Motion(self.imu, self.int1, events, Lines(), Day(), StepDays(), None, random.Random(seed).randbytes)

    def knocked(self, knocks, end_ns):
        """Live through `knocks`; returns [(knock, found)]."""
        for knock in knocks:
            self.chip.source.add_knock(knock)

        async def live():
            service = asyncio.create_task(self.motion.run())
            await asyncio.sleep(end_ns / SECOND)
            service.cancel()
        self.run(live())
        return [(knock, any(0 <= at_ns - knock.begin_ns <= WITHIN_MS * MILLISECOND for at_ns in self.bumps_ns))
                for knock in knocks]


def knocks_on(source, from_s, every_s, count, seed, sensor='qmi8658'):
    """[(knock, found)] of `count` knocks of all kinds, one about every `every_s` seconds."""
    rng = random.Random(seed)
    knocks = [any_knock(rng, round((from_s + every_s * (number + rng.random() / 4)) * SECOND)) for number in range(count)]
    return Worn(source, seed, sensor).knocked(knocks, round((from_s + every_s * (count + 1)) * SECOND))


def knocks_found(count, sensor='qmi8658'):
    """{situation: [(knock, found)]}, `count` knocks each."""
    found = {'standing': knocks_on(Rest(noise_mg=3), 3, 8, count, 'stand', sensor),
             'lying, at rest': knocks_on(Rest(FACE_UP), REST_S + 10, REST_S + 15, count, 'rest', sensor)}
    walking, walks = [], []
    if TRACES.exists():
        walks = [path for kind, place, path, hours in recordings() if (kind, place) == ('walk', 'badge') and hours > 0.025]
        random.Random(7).shuffle(walks)
    for number in range(max(1, count // 10)):
        source = Recorded.load(walks[number % len(walks)], start_ns=SECOND) if walks else \
            Gait([(200, 90 + 10 * (number % 5))], start_ns=SECOND, seed=number)
        walking += knocks_on(source, 6, 8, 10, f'walk {number}', sensor)
    return found | {'walking': walking}


def bursts_begun(seeds):
    """{(mg, state): share of `seeds` pins whose whole firmware took a bump for a wish to tap within 100 ms}."""
    found = dict.fromkeys(((mg, state) for mg in BUMPS_MG for state, _ in STATES), 0)
    for mg in BUMPS_MG:
        for seed in range(seeds):
            rng = random.Random(f'bursts {mg} {seed}')
            with World(seed) as world:
                pin = world.add_pin('Ada Lovelace')
                for state, after_s in STATES:
                    world.run(after_s + rng.random() * BATCH_S)
                    known = len(pin.console.entries('nfc'))
                    pin.source.add_bump(world.clock.now_ns, mg)
                    world.run(0.1)
                    found[mg, state] += any(WISHED.match(line.text) for line in pin.console.entries('nfc')[known:])
    return {key: count / seeds for key, count in found.items()}


def wakes_a_minute():
    """{'rest': ..., 'walking': ...}: of the whole firmware with its screen asleep."""
    world = World(seed=1)
    try:
        pin = world.add_pin('Ada Lovelace')
        world.run(REST_S + 60)
        found = {}
        for name, source in (('rest', None), ('walking', Gait([(500, 105)], start_ns=world.clock.now_ns + 310 * SECOND))):
            if source:
                pin.wear(source)
                world.run(20)
            before = pin.wakes
            world.run(300 if not source else 120)
            found[name] = (pin.wakes - before) / (5 if not source else 2)
        return found
    finally:
        world.close()


def print_false(found):
    print('false bumps on recordings          hours  bumps  an hour')
    for (kind, place), (hours, bumps) in sorted(found.items()):
        print(f'  {kind:6} {place:24} {hours:6.2f} {bumps:6} {bumps / hours:8.2f}')
    hours, bumps = (sum(column) for column in zip(*found.values()))
    print(f'  all {"":28}{hours:6.2f} {bumps:6} {bumps / hours:8.2f}')
    return bumps / hours


def print_found(found):
    """Prints the table; returns the share found of all, of the light ones, and by situation."""
    print(f'knocks found within {WITHIN_MS} ms, %       light 0.7-1 g  -1.7 g  hard -3 g     all')
    shares = {}
    for situation, knocks in found.items():
        line = [100 * sum(hit for _, hit in part) / max(1, len(part)) for part in
                [[(knock, hit) for knock, hit in knocks if low <= knock.peak_mg < high] for low, high in STRENGTHS]]
        shares[situation] = 100 * sum(hit for _, hit in knocks) / len(knocks)
        print(f'  {situation:33} {line[0]:9.1f} {line[1]:9.1f} {line[2]:9.1f} {shares[situation]:9.1f}')
    every = [hit for knocks in found.values() for _, hit in knocks]
    print(f'  all{"":60} {100 * sum(every) / len(every):6.1f}   of {len(every)}')
    return 100 * sum(every) / len(every), shares


def print_bursts(found):
    print('bumps that the whole firmware takes for a wish, %' + ''.join(f'{mg:7} mg' for mg in BUMPS_MG))
    for state, _ in STATES:
        print(f'  {state:47}' + ''.join(f'{100 * found[mg, state]:10.1f}' for mg in BUMPS_MG))
    return 100 * min(found.values())


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--seeds', type=int, default=50, help='pins of each bump strength')
    parser.add_argument('--knocks', type=int, default=300, help='in each situation')
    parser.add_argument('--sensor', default='qmi8658', help='or lsm6dso, which is not recorded')
    options = parser.parse_args()
    host.install()
    figures = {}
    if TRACES.exists():
        figures['bump_false_per_hour'] = round(print_false(false_bumps()), 2)
    else:
        print('no recordings beside this project: false bumps are not counted')
    all_percent, shares = print_found(knocks_found(options.knocks, options.sensor))
    figures['bump_found_percent'] = round(all_percent, 1)
    figures |= {f'bump_found_{name.split(",")[0]}_percent': round(share, 1) for name, share in shares.items()}
    figures['bump_bursts_worst_percent'] = round(print_bursts(bursts_begun(options.seeds)), 1)
    for name, wakes in wakes_a_minute().items():
        print(f'wakes a minute, {name}: {wakes:.0f}')
        figures[f'wakes_per_minute_{name}'] = round(wakes)
    if options.sensor == 'qmi8658':
        record.merge(figures)


if __name__ == '__main__':
    main()
