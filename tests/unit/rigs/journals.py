"""Journals in memory for unit tests: opened as after a power-on, driven through slices.

Owns nothing; used by the tests of the journal and of the lane.
"""
import random

from hypothesis import strategies as st

from firmware.system.journal import Journal
from firmware.system.log import Log

# drawn as a length and a seed: hypothesis is slow at long random bytes
PAYLOADS = st.builds(lambda length, seed: random.Random(seed).randbytes(length),
                     st.one_of(st.integers(0, 60), st.integers(235, 260), st.integers(300, 900)), st.integers(0, 255))


def quiet_log():
    return Log(write_line=str)


def opened(files, log=None, version=1, migrate=None):
    files.power_on()
    return Journal(files.storage(), 'friends', version, log or quiet_log(), migrate)


def content(journal):
    return [(kind, payload) for kind, payload, _ in journal.replay()]


def driven(coroutine, journal, meanwhile=None):
    """Run a coroutine of `journal` to its end and return what it returns; `meanwhile(number)` is called between its slices."""
    passed = []

    async def pause():
        if meanwhile:
            meanwhile(len(passed))
        passed.append(1)

    journal.pause = pause
    try:
        coroutine.send(None)
    except StopIteration as done:
        return done.value
    raise AssertionError('it waited for something else')


def in_slices(journal, pairs, meanwhile=None):
    """`rewrite_in_slices`, with `meanwhile(slice number)` called between the slices; returns (placed offsets, shift)."""
    placed = []
    return placed, driven(journal.rewrite_in_slices(pairs, placed.append), journal, meanwhile)
