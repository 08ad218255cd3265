"""How well the step counter counts on recorded walks: `make bench-steps`. Prints tables, and merges its figures into
build/bench.json.

    steps_badge_mape_pct, _worst_pct    mean and worst error of a walk with the pin on chest, neck, coat or shirt
    steps_pocket_mape_pct, _wrist_..., _all_...     the same mean in pocket and bag; on wrist, hand and arm; for all walks
    steps_rest_clean_pct, _false_h      rest, desk, talking: share of traces without a false step; false steps an hour
    steps_gym_false_h, _vehicle_..., _gestures_...  rowing and cycling machines; car and train; gestures of the wrist
    steps_bout_error_pct                short walks of 3 to 40 steps, each on its own
    steps_first_shown                   true steps made when the first ones are shown, median
    steps_robust_points                 most that rotation, noise, loss, gain or rate changes the badges' error
    steps_sample_us, _50hz              a sample at the firmware's rate and at 50 Hz, S3-modelled; at the slowest rate: _21hz
    steps_allocated_bytes               of heap, by all samples of that measurement

The walks lie beside the project and are never part of it. Baselines are those of ../shared: the same traces, other programs.
`--sensitivity` shows what each value of lib/pedometer.py does to the figures if it is 15 % larger or smaller.
"""
import argparse
import csv
import importlib.machinery
import importlib.util
import json
import multiprocessing
import pathlib
import re
import statistics
import sys
from functools import partial
from typing import NamedTuple

import numpy

import pedometer
from tests.bench import s3_model
from tests.bench.record import merge
from tests.bench.steps_data import BASELINES, TRACES, Harm, step_times_ms, traces
from tests.simulator import runtime

RATE_HZ = 31.25                         # of the firmware
PROCESSES = 2
HARMS = {
    'turned by any angle': Harm(RATE_HZ, turn=1),
    'turned by any other': Harm(RATE_HZ, turn=2),
    'noise of 8 mg': Harm(RATE_HZ, noise_mg=8),
    '3 % of samples lost': Harm(RATE_HZ, lost=0.03),
    'gain 1.1': Harm(RATE_HZ, gain=1.1),
    '25 Hz': Harm(25),
    '50 Hz': Harm(50),
    '62.5 Hz': Harm(62.5),
    '125 Hz': Harm(125),
    'all at once, 50 Hz': Harm(50, turn=3, noise_mg=8, gain=1.1, lost=0.03),
}
SLOWEST_HZ = 21                         # works, with more error: shown, not judged
MEASURED_HZ = RATE_HZ, 50, SLOWEST_HZ
COLUMNS = {'badge_mape_pct': 'badge %', 'badge_worst_pct': 'worst', 'pocket_mape_pct': 'pocket', 'wrist_mape_pct': 'wrist',
           'all_mape_pct': 'all', 'rest_false_h': 'rest/h', 'rest_clean_pct': 'clean %', 'gym_false_h': 'gym/h',
           'vehicle_false_h': 'vehicle/h', 'gestures_false_h': 'gestures/h', 'bout_error_pct': 'bouts %',
           'first_shown': 'shown'}
TARGETS = {'badge_mape_pct': 0.5, 'badge_worst_pct': 3, 'pocket_mape_pct': 2, 'all_mape_pct': 3.5, 'rest_false_h': 0.5,
           'gym_false_h': 30, 'vehicle_false_h': 30, 'gestures_false_h': 60, 'bout_error_pct': 6, 'first_shown': 6}
NO_STEP = 'rest', 'gym', 'vehicle', 'gestures'


def say(text):
    sys.stdout.write(text + '\n')
    sys.stdout.flush()


class Result(NamedTuple):
    """What was counted on a trace; true steps made when the first were shown, and the error of its bouts, where known."""
    trace: tuple
    counted: int
    first_shown: float | None = None
    bout_error_pct: float | None = None

    @property
    def error_pct(self):
        return 100 * abs(self.counted - self.trace.steps) / self.trace.steps


# ---- counting ----
def count(trace, harm, module=pedometer):
    """Feed a trace to the step counter of `module`, sample by sample."""
    times_ms, samples = harm.samples(trace.file)
    counter = module.Pedometer(harm.rate_hz)
    feed, shown = counter.feed, []
    for x, y, z in samples:
        feed(x, y, z)
        shown.append(counter.steps)
    true_ms = step_times_ms(trace.file)
    if true_ms is None or not counter.steps:
        return Result(trace, counter.steps)
    first_ms = times_ms[numpy.searchsorted(shown, 1)]
    bouts = bout_error_pct(times_ms, shown, true_ms) if trace.kind == 'bouts' else None
    return Result(trace, counter.steps, int((true_ms <= first_ms).sum()), bouts)


def bout_error_pct(times_ms, shown, true_ms):
    """Each bout on its own: what was shown from a second before it to a second before the next."""
    begin = numpy.r_[0, numpy.flatnonzero(numpy.diff(true_ms) > 3000) + 1]
    true = numpy.diff(numpy.r_[begin, len(true_ms)])
    counted = numpy.diff(numpy.r_[numpy.interp(true_ms[begin] - 1000, times_ms, shown), shown[-1]])
    return 100 * numpy.abs(counted - true).sum() / true.sum()


def baselines(chosen):
    """{program: [Result]} of other programs on the same traces, from the shared table; empty where that is absent."""
    known, found = {trace.file: trace for trace in chosen}, {}
    if not BASELINES.exists():
        return found

    def number(text):
        return float(text) if text else None
    with open(BASELINES) as file:
        for row in csv.DictReader(file):
            if row['file'] in known:
                result = Result(known[row['file']], int(row['counted']), number(row['first_disp_steps']),
                                number(row['bout_abs_pct']))
                found.setdefault(row['algo'].partition(':')[0], []).append(result)
    return found


# ---- figures ----
def mean(values):
    values = [value for value in values if value is not None]
    return statistics.fmean(values) if values else None


def figures(results):
    """{name: value or None} of the figures in this module's docstring that come from counting."""
    scored = [result for result in results if result.trace.scored]
    walks = [result for result in scored if result.trace.kind == 'pos']
    found = {'all_mape_pct': mean(result.error_pct for result in walks)}
    for group in ('badge', 'pocket', 'wrist'):
        errors = [result.error_pct for result in walks if result.trace.group == group]
        found[f'{group}_mape_pct'] = mean(errors)
        found[f'{group}_worst_pct'] = max(errors, default=None)
    for group in NO_STEP:
        still = [result for result in scored if result.trace.kind == 'neg' and result.trace.group == group]
        hours = sum(result.trace.duration_s for result in still) / 3600
        found[f'{group}_false_h'] = sum(result.counted for result in still) / hours if still else None
        found[f'{group}_clean_pct'] = mean(100 * (result.counted == 0) for result in still)
    found['bout_error_pct'] = mean(result.bout_error_pct for result in results)
    shown = [result.first_shown for result in walks if result.first_shown is not None]
    found['first_shown'] = statistics.median(shown) if shown else None
    return found


def row(title, found):
    cells = ('-' if found[name] is None else f'{found[name]:.{0 if found[name] >= 100 else 1}f}' for name in COLUMNS)
    return f'    {title:24}' + ''.join(f'{cell:>{max(7, len(head) + 2)}}' for cell, head in zip(cells, COLUMNS.values()))


def show(rows):
    """`rows` is {title: figures}."""
    say('    ' + ' ' * 24 + ''.join(f'{head:>{max(7, len(head) + 2)}}' for head in COLUMNS.values()))
    for title, found in rows.items():
        say(row(title, found))


def show_people(results):
    """By data set and the worst of its people, so that no mean hides anybody."""
    walks = [result for result in results if result.trace.scored and result.trace.kind == 'pos']
    say('\nBy data set            walks  mean error %   worst person: mean error %')
    for dataset in sorted({result.trace.dataset for result in walks}):
        own, people = [result for result in walks if result.trace.dataset == dataset], {}
        for result in own:
            people.setdefault(result.trace.subject, []).append(result.error_pct)
        person = max(people, key=lambda name: mean(people[name]))
        say(f'    {dataset:18} {len(own):5} {mean(result.error_pct for result in own):10.2f}      '
            f'{person.partition("/")[2] or "?":>14}: {mean(people[person]):.1f} (of {len(people)} people)')


# ---- what is asked for ----
def robustness(pool, chosen, usual):
    """The badges' error under each harm; returns the most that one changes it."""
    badges = [trace for trace in chosen if trace.scored and trace.kind == 'pos' and trace.group == 'badge']
    say(f'\nBadges at {RATE_HZ:g} Hz: {usual:.2f} % mean error')
    most = 0.0
    for title, harm in HARMS.items():
        found = figures(pool.map(partial(count, harm=harm), badges, chunksize=2))
        change = found['badge_mape_pct'] - usual
        say(f'    {title:24} {found["badge_mape_pct"]:6.2f}  {change:+.2f} points, worst {found["badge_worst_pct"]:.1f}')
        most = max(most, abs(change))
    found = figures(pool.map(partial(count, harm=Harm(SLOWEST_HZ)), badges, chunksize=2))
    say(f'    {f"{SLOWEST_HZ} Hz":24} {found["badge_mape_pct"]:6.2f}  (the slowest rate: not judged)')
    return most


def cost():
    """Time and heap of a sample, S3-modelled, on real MicroPython; nothing where there is none."""
    try:
        script = f'import bench_steps; bench_steps.run{MEASURED_HZ}'
        said = runtime.run_script(script, '768k', [s3_model.DEVICE, runtime.ROOT / 'lib'])
    except runtime.RuntimeMissing as problem:
        say(f'\nNo time of a sample: {problem}')
        return {}
    found = json.loads(said.strip().split('\n')[-1])
    scale = s3_model.scale(found['micro']).bytecode
    times = [round(us * scale) for us in found['us']]
    say(f'\nA sample, S3-modelled (bytecode here x {scale:.0f}): '
        + ', '.join(f'{us} us at {rate_hz:g} Hz' for us, rate_hz in zip(times, MEASURED_HZ))
        + f'; {max(found["allocated"])} bytes allocated by all of them')
    names = 'steps_sample_us', 'steps_sample_us_50hz', 'steps_sample_us_21hz'
    return dict(zip(names, times)) | {'steps_allocated_bytes': max(found['allocated'])}


class Altered(importlib.machinery.SourceFileLoader):
    """Loads lib/pedometer.py with one of its values changed."""

    def __init__(self, name, factor):
        super().__init__(f'pedometer_{name}', pedometer.__file__)
        self.value, self.factor = re.compile(rf'^({name} = (?:const\()?)([\d_.]+)', re.M), factor

    def get_code(self, fullname):
        def changed(match):
            return match[1] + f'{float(match[2].replace("_", "")) * self.factor:.{2 if "." in match[2] else 0}f}'
        text = self.get_data(self.path).decode()
        return self.source_to_code(self.value.sub(changed, text), self.path)


def count_altered(trace, name, factor):
    loader = Altered(name, factor)
    module = importlib.util.module_from_spec(importlib.machinery.ModuleSpec(loader.name, loader))
    loader.exec_module(module)
    return count(trace, Harm(RATE_HZ), module)


def sensitivity(pool, chosen):
    """Every value of the step counter's rules 15 % smaller and larger."""
    text = pathlib.Path(pedometer.__file__).read_text()
    rules = text[text.index('BLOCK_HZ'):text.index('RUN_SWING_MG =')]
    for name in re.findall(r'^([A-Z]\w+) = ', rules, re.M):
        for factor in (0.85, 1.15):
            results = pool.map(partial(count_altered, name=name, factor=factor), chosen, chunksize=8)
            say(row(f'{name[:17]} x {factor}', figures(results)))


def main():
    parser = argparse.ArgumentParser(description='The step counter on recorded walks.')
    parser.add_argument('--sensitivity', action='store_true', help='show each value 15 %% larger and smaller (some minutes)')
    options = parser.parse_args()
    if not TRACES.exists():
        say('No recorded walks here (../shared/data/steps is absent): nothing was measured.')
        return 0
    chosen = traces()
    with multiprocessing.Pool(PROCESSES) as pool:
        results = pool.map(partial(count, harm=Harm(RATE_HZ)), chosen, chunksize=8)
        ours = figures(results)
        others = {name: figures(found) for name, found in baselines(chosen).items()}
        hours = sum(trace.duration_s for trace in chosen) / 3600
        say(f'{len(chosen)} development traces, {hours:.0f} hours, at {RATE_HZ:g} Hz')
        others = dict(sorted(others.items(), key=lambda item: item[1]['all_mape_pct']))
        show({'lib/pedometer': ours, **others})
        say(row('asked for at most', dict.fromkeys(COLUMNS) | TARGETS))
        show_people(results)
        if options.sensitivity:
            say('')
            show({'as it is': ours})
            sensitivity(pool, chosen)
            return 0
        robust = robustness(pool, chosen, ours['badge_mape_pct'])
    measured = {f'steps_{name}': round(ours[name], 2) for name in COLUMNS} | {'steps_robust_points': round(robust, 2)} | cost()
    say('\n' + '\n'.join(f'{name:28} {value:g}' for name, value in measured.items()))
    merge(measured)
    return 0


if __name__ == '__main__':
    sys.exit(main())
