"""`make crowd PINS=500 HOURS=8`: an event on all cores, and what came of it in build/crowd: report.json and pictures.

The same seed gives the same event, meeting by meeting, whatever the number of workers: the line "digest" is equal. Ends with 1
where a friendship is one-sided, a chip's rules were broken, or flash and log tell different stories. `--check` has a small
event played a second time with all pins running all the time (`whole`).
"""
import argparse
import hashlib
import heapq
import json
import multiprocessing
import os
import resource
import sys
import time
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait

from tests.crowd import between, energy, model, report, whole
from tests.simulator import host
from tests.simulator.runtime import ROOT

OUT = ROOT / 'build' / 'crowd'
QUEUED = 3                                      # meetings a worker, so that none waits for the next
CHECK = {'pins': 6, 'hours': 1, 'scale': 3.0}
BAR = 30


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
        left = f'{passed_s / done * (self._total - done) / 60:.1f} min left' if done else ''
        bar = '#' * (BAR * done // self._total)
        line = f'[{bar:.<{BAR}}] {100 * done // self._total:3} %  {text}  {left}'
        self._stream.write(f'\r{line:<110}' if self._terminal else line + '\n')
        self._stream.flush()

    def end(self):
        if self._terminal:
            self._stream.write('\n')


class Schedule:
    """Which meetings may be played: those that are the next one of both their wearers. `give(number)`: one is over."""

    def __init__(self, meetings):
        self._meetings = meetings
        self._rows = {}                         # wearer: numbers of the meetings to come, the next one last
        for meeting in reversed(meetings):
            for person in (meeting.one, meeting.other):
                self._rows.setdefault(person, []).append(meeting.number)
        self._ready = [meeting.number for meeting in meetings if self._is_next(meeting)]
        heapq.heapify(self._ready)

    def _is_next(self, meeting):
        return all(self._rows[person][-1] == meeting.number for person in (meeting.one, meeting.other))

    def take(self):
        """The earliest meeting that may be played, or None."""
        return self._meetings[heapq.heappop(self._ready)] if self._ready else None

    def give(self, number):
        meeting = self._meetings[number]
        for person in (meeting.one, meeting.other):
            self._rows[person].pop()
        follow = {self._rows[person][-1] for person in (meeting.one, meeting.other) if self._rows[person]}
        for coming in follow:
            if self._is_next(self._meetings[coming]):
                heapq.heappush(self._ready, coming)


def pool_of(workers):
    """Workers with what `between.prepare` has made."""
    between.prepare()
    return ProcessPoolExecutor(workers, multiprocessing.get_context('fork'))


def play(event, pool, workers, progress=lambda done, at_s: None):
    """({number of a wearer: Audit}, [Result in the order of the plan]) of an event."""
    schedule, states, running, results = Schedule(event.meetings), {}, {}, {}
    while len(results) < len(event.meetings):
        while len(running) < QUEUED * workers and (meeting := schedule.take()):
            pair = meeting.one, meeting.other
            job = pool.submit(between.play, event.seed, meeting, [event.wearers[person] for person in pair],
                              [states.get(person) for person in pair])
            running[job] = meeting
        for job in wait(running, return_when=FIRST_COMPLETED).done:
            meeting, result = running.pop(job), job.result()
            for person, side in zip((meeting.one, meeting.other), result.sides, strict=True):
                states[person] = side.kept
            results[meeting.number] = result._replace(sides=tuple(side._replace(kept=None) for side in result.sides))
            schedule.give(meeting.number)
            progress(len(results), meeting.at_s)
    people = sorted(states)
    audits = dict(zip(people, pool.map(between.audit, [states[person] for person in people], chunksize=8), strict=True))
    return audits, [results[number] for number in sorted(results)]


def digest(audits, results):
    """A hash of everything that a seed decides."""
    facts = [(result._replace(cpu_s=0)) for result in results], sorted(audits.items())
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:16]


def cpu_s():
    """Of this process and all that it has waited for."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def crowd(options, say=print):
    """Play the event of `options`; returns the report (a dict, see report.facts) after writing it and the pictures."""
    event = model.event(options.seed, options.pins, options.hours, options.scale)
    if not event.meetings:
        raise ValueError('Nobody meets in so small and short an event.')
    began_s, bar = time.monotonic(), Bar(len(event.meetings), sys.stderr)
    say(f'{options.pins} pins, {options.hours:g} h: {len(event.meetings)} meetings are planned; the real firmware plays each')
    with pool_of(options.workers) as pool:
        drawn = pool.submit(energy.measured, options.seed)
        audits, results = play(event, pool, options.workers,
                               lambda done, at_s: bar.show(done, f'{done} meetings, {report.clock_time(at_s)} at the event'))
        rates = drawn.result()
    bar.end()
    facts = report.facts(event, audits, results, rates)
    facts['digest'] = digest(audits, results)
    facts['cost'] = report.cost(event, results, cpu_s(), time.monotonic() - began_s, options.workers)
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / 'report.json').write_text(json.dumps(facts, indent=2) + '\n')
    report.draw(event, audits, results, rates, facts, OUT)
    for line in report.lines(facts):
        say(line)
    say(f'pictures and report.json: {OUT.relative_to(ROOT)}')
    return facts


def check(options, say=print):
    """Play a small event both ways; returns the sentences about what differs."""
    event = model.event(options.seed, **CHECK)
    say(f'check: {CHECK["pins"]} pins, {CHECK["hours"]} h, {len(event.meetings)} meetings, '
        'once around the meetings and once with all pins running all the time')
    with pool_of(options.workers) as pool:
        always = pool.submit(whole.play, event)
        audits, results = play(event, pool, options.workers)
        found = always.result()
    for line in whole.table(event, audits, results, found):
        say(line)
    return whole.differences(event, audits, results, found)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--pins', type=int, default=500)
    parser.add_argument('--hours', type=float, default=8)
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--scale', type=float, default=1.0, help='times the taps an hour of the mixing model')
    parser.add_argument('--workers', type=int, default=os.cpu_count())
    parser.add_argument('--check', action='store_true', help='a small event, also with all pins running all the time')
    options = parser.parse_args()
    host.install()
    try:
        if options.check:
            wrong = check(options)
        else:
            wrong = report.wrong(crowd(options))
    except ValueError as error:
        raise SystemExit(str(error)) from None
    for sentence in wrong:
        print('WRONG: ' + sentence)
    return 1 if wrong else 0


if __name__ == '__main__':
    raise SystemExit(main())
