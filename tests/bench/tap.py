"""How long a tap takes and how surely it ends: `make bench-tap`. Prints a table, and merges its figures into build/bench.json.

    tap_median_ms, tap_p99_ms       from the first bump until both pins have the friend on flash (tap_i2c_..., tap_uart_...:
                                    with the chip on that bus instead of SPI; tap_cold_...: of pins whose button
                                    has just been pressed, so that the code of a tap is not in memory; a board's time for
                                    loading it is charged)
    tap_never_met                   seeds in which they had not when a burst and a session were over
    tap_loss20_done_pct             seeds done within 2 s of contact where one RF frame in five is lost (tap_i2c_loss20_...)
    longest_stall_ms                the longest modelled stretch in which a pin did not wait, from bump to friend, on any bus
                                    (tap_cold_stall_ms: while the code is loaded)
    consistency_...                 a tap cut at every RF frame and every flash write: see `consistency`

What a tap is stands in `one_tap`. Seeds are the only source of chance: the same seeds give the same figures.
"""
import argparse
import math
import multiprocessing
import sys
from functools import partial

from tests.bench import consistency
from tests.bench.one_tap import BURST_S, MISSED, STAGES, Way, tap
from tests.bench.record import merge, percentile

SEEDS = 510
PROCESSES = 2
CONFIDENCE = 0.95
WAYS = {'spi': Way(), 'i2c': Way('i2c'), 'uart': Way('uart'), 'cold': Way(cold=True), 'loss20': Way(loss=0.2),
        'i2c_loss20': Way('i2c', 0.2)}


def say(text):
    sys.stdout.write(text + '\n')
    sys.stdout.flush()


def show(title, results):
    """The table of one way to tap: per stage the later pin's median, p99 and worst, and the median of the stage alone; bump
    seen is the earlier pin's."""
    say(f'\n{f"{title}, {len(results)} seeds":26}  median    p99  worst     ms from the first bump; the stage alone')
    before = [0] * len(results)
    for index, (stage, _, _) in enumerate(STAGES):
        times = [(min if index == 0 else max)(result.stages[index]) for result in results]
        alone = [time - earlier for time, earlier in zip(times, before, strict=True) if time != MISSED]
        say(f'    {stage:22} {percentile(times, 0.5):7.0f} {percentile(times, 0.99):6.0f} {max(times):6.0f}'
            f'{percentile(alone, 0.5):32.0f}')
        before = times
    say(f'    RF on, both chips      {percentile([result.rf_ns for result in results], 0.5) / 1e6:7.0f}')
    causes = stalls(results)
    say('    longest stalls, ms      ' + ', '.join(f'{cause} {ns / 1e6:.1f}' for cause, ns in causes.items()))


def stalls(results):
    """{cause: ns}, the longest first."""
    causes = {cause: max(result.stalls.get(cause, 0) for result in results) for result in results for cause in result.stalls}
    return dict(sorted(causes.items(), key=lambda item: -item[1]))


def timing(results, prefix):
    """The figures of a way without loss."""
    times = [result.committed() for result in results]
    met = [time for time in times if time != MISSED]
    return {prefix + 'median_ms': percentile(met, 0.5), prefix + 'p99_ms': percentile(met, 0.99),
            prefix + 'never_met': len(times) - len(met)}


def in_time(results, prefix):
    """The figure of a way with loss: the share of seeds that were committed on both sides within a burst's time."""
    late = [result.seed for result in results if result.committed() > BURST_S * 1000]
    done = 1 - len(late) / len(results)
    say('    too late: ' + (', '.join(map(str, late[:20])) or 'none')
        + f'; with {CONFIDENCE:.0%} confidence at least {1 - most_misses(len(late), len(results)):.2%} are in time')
    return {prefix + 'done_pct': round(100 * done, 2)}


def most_misses(misses, count):
    """The highest rate of misses at which so few in `count` are no less likely than 1 - CONFIDENCE (Clopper-Pearson)."""
    low, high = misses / count, 1.0
    for _ in range(40):
        rate = (low + high) / 2
        chance = sum(math.comb(count, k) * rate ** k * (1 - rate) ** (count - k) for k in range(misses + 1))
        low, high = (rate, high) if chance > 1 - CONFIDENCE else (low, rate)
    return low


def main():
    parser = argparse.ArgumentParser(description='Taps of two simulated pins.')
    parser.add_argument('--seeds', type=int, default=SEEDS)
    parser.add_argument('--first', type=int, default=0, help='the first seed')
    parser.add_argument('--ways', default=','.join(WAYS), help='some of ' + ', '.join(WAYS))
    parser.add_argument('--no-cuts', dest='cuts', action='store_false', help='leave out every RF frame and flash write cut')
    options = parser.parse_args()
    figures = {}
    with multiprocessing.Pool(PROCESSES) as pool:
        for name in options.ways.split(','):
            seeds = range(options.first, options.first + options.seeds)
            results = pool.map(partial(tap, way=WAYS[name]), seeds, chunksize=4)
            show(name, results)
            prefix = 'tap_' if name == 'spi' else f'tap_{name}_'
            if WAYS[name].loss:
                figures.update(in_time(results, prefix))
            else:
                figures.update(timing(results, prefix))
                stall_ms = round(max(stalls(results).values()) / 1e6, 1)
                key = 'tap_cold_stall_ms' if WAYS[name].cold else 'longest_stall_ms'
                figures[key] = max(stall_ms, figures.get(key, 0))
    if options.cuts:
        figures.update(consistency.run(say))
    say('\n' + '\n'.join(f'{name:24} {value:g}' for name, value in figures.items()))
    merge(figures)
    return 0


if __name__ == '__main__':
    sys.exit(main())
