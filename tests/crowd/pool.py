"""Plays an event on all cores: which meetings and visits may be played next, the workers, and what is left in the end.

Owns the order. Each is played as soon as it is the next one of all who take part, so that any number of workers comes to the
same. Used by `run` and `growth`.
"""
import ctypes
import gc
import heapq
import multiprocessing
import os
import signal
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from typing import NamedTuple

from tests.crowd import between, phones
from tests.crowd.model import Visit

QUEUED = 3                                      # a worker, so that none waits for the next
AUDITED = 8                                     # pins that a worker looks into at a time
YOUNG = 20_000                                  # objects between two collections; 700 is Python's
PR_SET_PDEATHSIG = 1


class Outcome(NamedTuple):
    """`audits`: {number of a wearer: Audit}; `results`: [Result], `visits`: [Visited], both by number; `held`: {number of a
    wearer: Held} of phones; `busiest`: number of the wearer with the most friends, `portraits`: PNGs of that pin; `whole`:
    False where somebody has stopped it."""
    audits: dict
    results: list
    visits: list
    held: dict
    busiest: int
    portraits: list
    whole: bool


class Schedule:
    """Which of `happenings` (Meetings and Visits in the order of time) may be played: those that are the next one of all their
    people. `give(one)`: it is over."""

    def __init__(self, happenings):
        self._all = happenings
        self._rows = {}                         # wearer: places of what is to come, the next one last
        for place in reversed(range(len(happenings))):
            for person in happenings[place].people:
                self._rows.setdefault(person, []).append(place)
        self._ready = [place for place in range(len(happenings)) if self._is_next(place)]
        heapq.heapify(self._ready)

    def _is_next(self, place):
        return all(self._rows[person][-1] == place for person in self._all[place].people)

    def take(self):
        """The earliest that may be played, or None."""
        return self._all[heapq.heappop(self._ready)] if self._ready else None

    def give(self, one):
        for person in one.people:
            self._rows[person].pop()
        for coming in {self._rows[person][-1] for person in one.people if self._rows[person]}:
            if self._is_next(coming):
                heapq.heappush(self._ready, coming)


def pool_of(workers):
    """Workers with what `between.prepare` has made."""
    between.prepare()
    return ProcessPoolExecutor(workers, multiprocessing.get_context('fork'), _begin)


def _begin():
    """A worker: out of reach of the terminal's Ctrl-C, which is for the one who reports, and gone when that one is."""
    os.setpgrp()
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    gc.freeze()                                 # what all share is not looked through again, the rest more seldom
    gc.set_threshold(YOUNG)


class _Players:
    """What a worker is given of a happening, and what it leaves."""

    def __init__(self, event, pool):
        self._event, self._pool = event, pool
        self.states, self.held = {}, {}
        self.results, self.visits = {}, {}

    def submit(self, one):
        event, wearers = self._event, [self._event.wearers[person] for person in one.people]
        states = [self.states.get(person) for person in one.people]
        if isinstance(one, Visit):
            return self._pool.submit(phones.play, event.seed, one, *wearers, *states, self.held.get(one.person))
        return self._pool.submit(between.play, event.seed, one, wearers, states)

    def take(self, one, result):
        if isinstance(one, Visit):
            self.states[one.person], self.held[one.person] = result.kept, result.held
            self.visits[one.number] = result._replace(kept=None, held=None)
        else:
            self.states.update((person, side.kept) for person, side in zip(one.people, result.sides, strict=True))
            self.results[one.number] = result._replace(sides=tuple(side._replace(kept=None) for side in result.sides))

    def outcome(self, whole):
        event, pool, people = self._event, self._pool, sorted(self.states)
        audits = dict(zip(people, pool.map(between.audit, [self.states[person] for person in people], chunksize=AUDITED),
                          strict=True))
        most = max(audits, key=lambda person: (len(audits[person].friends), -person), default=None)
        end_s = event.hours * 3600 if whole else max((event.meetings[number].at_s for number in self.results), default=0)
        portraits = [] if most is None else pool.submit(
            between.portraits, event.seed, event.wearers[most], self.states[most], end_s).result()
        return Outcome(audits, [self.results[number] for number in sorted(self.results)],
                       [self.visits[number] for number in sorted(self.visits)], self.held, most, portraits, whole)


def play(event, pool, workers, progress=lambda done, at_s: None, stopped=lambda: False):
    """The Outcome of an event; once `stopped()` is true, of what has been begun by then."""
    happenings = event.happenings
    schedule, running, players, done = Schedule(happenings), {}, _Players(event, pool), 0
    while done < len(happenings):
        while not stopped() and len(running) < QUEUED * workers and (one := schedule.take()):
            running[players.submit(one)] = one
        if stopped():
            running = {job: one for job, one in running.items() if not job.cancel()}
        if not running:
            break
        for job in wait(running, return_when=FIRST_COMPLETED).done:
            one = running.pop(job)
            players.take(one, job.result())
            schedule.give(one)
            done += 1
            progress(done, one.at_s)
    return players.outcome(done == len(happenings))
