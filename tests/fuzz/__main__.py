"""`make fuzz`: plays cases until time or number is up, and keeps what fails as files that test_fuzz.py would play again.

    make fuzz SEED=7 SECONDS=600        or CASES=5000; HEAP=512k looks past a heap that is full

Owns the loop of batches: each a fresh pin, BATCH cases and the oracles of `bench`, SPI and I2C by turns, and some of the
cases of `codecs` between them. A failure ends its batch; if its last case fails alone too, only that is kept.
"""
import json
import os
import pathlib
import random
import sys
import time

from tests.simulator import host

host.install()

from tests.fuzz import cases, codecs  # noqa: E402  MicroPython's names first
from tests.fuzz.bench import Bench, Failure  # noqa: E402

BATCH = 60
HONEST_EVERY = 20
CODEC_CASES = 5000                              # each batch
KEPT = pathlib.Path(__file__).resolve().parents[2] / 'build' / 'fuzz'


class Totals:
    def __init__(self):
        self.cases = self.met = self.friends = self.codecs = 0
        self.drifts = []
        self.failures = []

    def add(self, bench):
        self.cases += bench.cases
        self.met += bench.met
        self.friends += bench.friends_made

    def text(self):
        lines = [f'{self.cases} cases against the firmware ({self.met} with a link, {self.friends} friends made by right), '
                 f'{self.codecs} against the codecs, {len(self.failures)} failures']
        if self.drifts:
            lines.append(f'heap drift of a batch: {min(self.drifts)} to {max(self.drifts)} bytes')
        return '\n'.join(lines + self.failures)


def play(drawn, seed, nfc='spi', totals=None, heap=None):
    """Play cases against a fresh pin, with all oracles; returns the Bench. Raises Failure, its `played` telling how many
    cases it took."""
    played = 0
    with Bench(seed, nfc, heap or os.environ.get('HEAP') or '384k') as bench:
        try:
            for case in drawn:
                played += 1
                bench.play(case)
                if played % HONEST_EVERY == 0:
                    bench.check_honest()
            bench.finish()
            if totals:
                totals.drifts.append(bench.drift)
            return bench
        except (Failure, RuntimeError) as error:        # RuntimeError: MicroPython ended, or hangs
            failure = Failure(f'{type(error).__name__}: {error}')
            failure.played = played
            raise failure from None
        finally:
            if totals:
                totals.add(bench)


def batch(seed, totals):
    """One batch; a failure is kept and noted in `totals`."""
    rng = random.Random(f'{seed}/cases')
    drawn = [cases.draw(rng) for _ in range(BATCH)]
    nfc = ('spi', 'i2c')[seed % 2]
    try:
        play(drawn, seed, nfc, totals)
    except Failure as failure:
        keep(seed, nfc, _smaller(drawn[:failure.played], seed, nfc), str(failure), totals)
    totals.codecs += codecs.run(random.Random(f'{seed}/codecs'), CODEC_CASES)


def _smaller(drawn, seed, nfc):
    """The last case alone, without what it does not need to fail; all of them where it takes them all."""
    if not fails(drawn[-1:], seed, nfc):
        return drawn
    case = drawn[-1]
    part = next(name for name in ('do', 'answers', 'edits') if name in case)
    index = len(case[part]) - 1
    while index >= 0 and len(case[part]) > 1:
        less = {**case, part: case[part][:index] + case[part][index + 1:]}
        if fails([less], seed, nfc):
            case = less
        index -= 1
    return [case]


def fails(drawn, seed, nfc):
    try:
        play(drawn, seed, nfc)
    except Failure:
        return True
    return False


def keep(seed, nfc, drawn, text, totals):
    """Write a failing batch to a file that `python -m tests.fuzz FILE` plays again."""
    KEPT.mkdir(parents=True, exist_ok=True)
    path = KEPT / f'seed{seed}.json'
    path.write_text(json.dumps({'seed': seed, 'nfc': nfc, 'why': text, 'cases': drawn}, indent=1) + '\n')
    totals.failures.append(f'seed {seed}: {text[:600]}\n    kept in {path}, {len(drawn)} case(s)')
    print(totals.failures[-1], flush=True)


def replay(path, heap=None):
    """Play a kept file; returns the Bench. Raises Failure."""
    kept = json.loads(pathlib.Path(path).read_text())
    return play(kept['cases'], kept['seed'], kept['nfc'], heap=heap)


def main():
    if len(sys.argv) > 1:
        for path in sys.argv[1:]:
            replay(path)
            print(f'{path} holds now')
        return 0
    try:
        seed, limit = int(os.environ.get('SEED') or 1), int(os.environ.get('CASES') or 0)
        seconds = float(os.environ.get('SECONDS') or (1e9 if limit else 120))
    except ValueError as problem:
        print(f'SEED and CASES are whole numbers and SECONDS is a number: {problem}', file=sys.stderr)
        return 1
    totals, end = Totals(), time.monotonic() + seconds
    while time.monotonic() < end and not (limit and totals.cases >= limit):
        batch(seed, totals)
        seed += 1
    print(totals.text())
    return 1 if totals.failures else 0


if __name__ == '__main__':
    sys.exit(main())
