"""`make crowd PINS=500 HOURS=8`: an event on all cores, and what came of it in build/crowd: report.json and pictures.

The same seed gives the same event, meeting by meeting, whatever the number of workers: report.json and the pictures are equal
to the byte. What the run has cost is in cost.json, and for 500 pins and 8 hours in build/bench.json. Ends with 1 where a
friendship is one-sided, a chip's rules were broken, or flash, log and phone tell different stories. Ctrl-C ends an event early
and reports what was played; ended so it comes out as 130. `--check` has a small event played a second time with all pins
running all the time (`whole`), `--growth` measures what more pins and fuller books cost.
"""
import argparse
import hashlib
import json
import os
import signal
import sys
import time
from concurrent.futures.process import BrokenProcessPool

from tests.bench import record
from tests.crowd import energy, growth, model, report, whole
from tests.crowd.between import cpu_s
from tests.crowd.pool import play, pool_of
from tests.simulator import host
from tests.simulator.runtime import ROOT, RuntimeMissing

OUT = ROOT / 'build' / 'crowd'
CHECK = {'pins': 6, 'hours': 1, 'scale': 3.0}
STANDARD = {'pins': 500, 'hours': 8, 'scale': 1.0}      # whose figures go to build/bench.json
BAR = 30
WRONG, BAD_ARGUMENT, INTERRUPTED = 1, 2, 130
LIMITS = {'pins': (2, 80_000, 'a whole number'), 'hours': (0.01, 24, 'a number'), 'seed': (0, 10 ** 9, 'a whole number'),
          'scale': (0.01, 100, 'a number'), 'workers': (1, 256, 'a whole number')}


class Bar:
    """A progress bar on `stream`, over itself on a terminal, else a line each tenth. `total` steps."""

    def __init__(self, total, stream):
        self._total, self._stream, self._terminal = max(1, total), stream, stream.isatty()
        self._began_s, self._last = time.monotonic(), -1

    def show(self, done, text):
        step = done * (1000 if self._terminal else 10) // self._total
        if step == self._last:
            return
        self._last = step
        passed_s = time.monotonic() - self._began_s
        left = f'{passed_s / done * (self._total - done) / 60:.1f} min left' if done > self._total // 50 else ''
        bar = '#' * (BAR * done // self._total)
        line = f'[{bar:.<{BAR}}] {100 * done // self._total:3} %  {text}  {left}'
        self._stream.write(f'\r{line:<110}' if self._terminal else line + '\n')
        self._stream.flush()

    def end(self):
        if self._terminal:
            self._stream.write('\n')


class Stop:
    """Ctrl-C: the first time `asked` is true from then on, the second time it is a KeyboardInterrupt."""

    def __init__(self, say):
        self.asked, self._say = False, say

    def __enter__(self):
        self._before = signal.signal(signal.SIGINT, self._hear)
        return self

    def __exit__(self, *_):
        signal.signal(signal.SIGINT, self._before)

    def _hear(self, *_):
        if self.asked:
            raise KeyboardInterrupt
        self.asked = True
        self._say('\nEnding early: what is being played is ended, then comes the report. Once more to do without.')


def crowd(options, out=OUT, say=print, measure=energy.measured):
    """Play the event of `options`; returns (the report, see report.facts, the cost, see report.cost, the Outcome) after
    writing them and the pictures to `out`. Raises ValueError, a sentence, where there is no such event."""
    event = model.event(options.seed, options.pins, options.hours, options.scale)
    if not event.meetings:
        raise ValueError('Nobody meets in so small and short an event.')
    began_s, total = time.monotonic(), len(event.happenings)
    say(f'{options.pins} pins, {options.hours:g} h: {len(event.meetings)} meetings and {len(event.visits)} visits of phones '
        'are planned; the real firmware plays each')
    bar = Bar(total, sys.stderr)
    with pool_of(options.workers) as pool, Stop(say) as stop:
        drawn = pool.submit(measure, options.seed)
        outcome = play(event, pool, options.workers, lambda done, at_s: bar.show(
            done, f'{done} of {total}, {report.clock_time(at_s)} at the event'), lambda: stop.asked)
        rates = drawn.result()
    bar.end()
    if not outcome.results:
        raise ValueError('It was ended before anybody had met: there is nothing to report.')
    event = event if outcome.whole else cut(event, outcome)
    facts = report.facts(event, outcome, rates)
    facts['digest'] = digest(outcome)
    cost = report.cost(event, outcome, cpu_s(), time.monotonic() - began_s, options.workers)
    write(event, outcome, rates, facts, cost, out)
    for line in report.lines(facts, cost):
        say(line)
    return facts, cost, outcome


def write(event, outcome, rates, facts, cost, out):
    """report.json, cost.json and the pictures."""
    out.mkdir(parents=True, exist_ok=True)
    for name, content in (('report', facts), ('cost', cost)):
        (out / f'{name}.json').write_text(json.dumps(content, indent=2) + '\n')
    report.draw(event, outcome, rates, facts, out)


def cut(event, outcome):
    """The event as far as it was played."""
    end_s = max(event.meetings[result.number].at_s for result in outcome.results)
    phases = tuple((kind, begin_s, min(until_s, end_s)) for kind, begin_s, until_s in event.phases if begin_s < end_s)
    return event._replace(hours=end_s / 3600, phases=phases)


def digest(outcome):
    """A hash of everything that a seed decides."""
    facts = [one._replace(cpu_s=0) for one in outcome.results + outcome.visits]
    return hashlib.sha256(repr((facts, sorted(outcome.audits.items()))).encode()).hexdigest()[:16]


def check(options, say=print):
    """Play a small event both ways; returns the sentences about what differs."""
    event = model.event(options.seed, **CHECK)
    say(f'check: {CHECK["pins"]} pins, {CHECK["hours"]} h, {len(event.meetings)} meetings, {len(event.visits)} visits of '
        'phones, once around them and once with all pins running all the time')
    with pool_of(options.workers) as pool:
        always = pool.submit(whole.play, event)
        outcome = play(event, pool, options.workers)
        found = always.result()
    for line in whole.table(event, outcome, found):
        say(line)
    return whole.differences(event, outcome, found)


def number(option, text):
    """The number in an option's text. Raises ValueError, a sentence."""
    least, most, what = LIMITS[option]
    try:
        value = float(text) if option in ('hours', 'scale') else int(text)
    except ValueError:
        value = None
    if value is None or not least <= value <= most:
        raise ValueError(f'{option.upper()} is {what} from {least:,} to {most:,}, not {text!r}.')
    return value


def chosen():
    """The options of the command line. Raises ValueError, a sentence."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for option, value in (('pins', 500), ('hours', 8), ('seed', 1), ('scale', 1), ('workers', os.cpu_count())):
        parser.add_argument(f'--{option}', default=str(value))
    parser.add_argument('--check', action='store_true', help='a small event, also with all pins running all the time')
    parser.add_argument('--growth', action='store_true', help='what more pins, and more friends on them, cost')
    options = parser.parse_args()
    for option in LIMITS:
        setattr(options, option, number(option, getattr(options, option)))
    return options


def main():
    try:
        options = chosen()
        host.install()
        if options.growth:
            return growth.measure(options)
        wrong = check(options) if options.check else play_and_record(options)
    except (ValueError, RuntimeMissing) as error:
        print(error, file=sys.stderr)
        return BAD_ARGUMENT
    except BrokenProcessPool:
        print('A worker was killed, perhaps for want of memory; fewer of them need less: --workers 1.', file=sys.stderr)
        return WRONG
    except KeyboardInterrupt:
        print('\nEnded; nothing is reported.', file=sys.stderr)
        return INTERRUPTED
    for sentence in wrong or ():
        print('WRONG: ' + sentence)
    return INTERRUPTED if wrong is None else WRONG if wrong else 0


def play_and_record(options):
    """Sentences about what must not be, None where the event was ended early."""
    facts, cost, _ = crowd(options)
    print(f'pictures, report.json and cost.json: {OUT.relative_to(ROOT)}')
    wrong = report.wrong(facts)
    if not facts['whole'] and not wrong:
        return None
    if facts['whole'] and all(getattr(options, name) == value for name, value in STANDARD.items()):
        record.merge(report.keys(facts, cost))
    return wrong


if __name__ == '__main__':
    raise SystemExit(main())
