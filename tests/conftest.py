"""What every test stands on: MicroPython's names on CPython, repeatable property tests, and what may be skipped.

Owns the hypothesis profile, the PATH of the interop tools and the fixtures below. Used by pytest.
"""
import gc
import os
import pathlib

import hypothesis
import pytest

from tests.simulator import host

ROOT = pathlib.Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / 'shared'

host.install()
hypothesis.settings.register_profile('project', derandomize=True, deadline=None, max_examples=30, database=None)
hypothesis.settings.load_profile('project')
os.environ['PATH'] = f'{ROOT / "build/libnfc/bin"}{os.pathsep}{os.environ["PATH"]}'


@pytest.fixture(scope='session')
def shared_data():
    """Returns `find(name)`: the Path of recorded data beside the project, or the test is skipped with a plain line."""
    def find(name):
        path = SHARED / 'data' / name
        if not path.exists():
            pytest.skip(f'no recorded data here (../shared/data/{name} is absent)')
        return path
    return find


@pytest.fixture(scope='session')
def micropython():
    """The MicroPython of `tests.simulator.runtime`; where there is none a skip with the reason, in CI a failure."""
    from tests.simulator import runtime
    try:
        return runtime.micropython()
    except runtime.RuntimeMissing as problem:
        if runtime.may_skip():
            pytest.skip(str(problem))
        raise


def pytest_addoption(parser):
    parser.addoption('--real-time-only', action='store_true', help='refuse to begin where another test would run, too')


def pytest_collection_finish(session):
    """Modules and tests stay to the end, so no collection, of which the firmware asks for many, need look at them."""
    if session.config.option.real_time_only:
        others = [item.nodeid for item in session.items if not item.get_closest_marker('real_time')]
        if others or not session.items:
            raise pytest.UsageError('Nothing is run again, for these do not keep real time: ' + ', '.join(others))
    gc.freeze()


def pytest_terminal_summary(terminalreporter):
    """Says which MicroPython the run stood on: figures of a 64-bit one are not the board's."""
    from tests.simulator import runtime
    try:
        terminalreporter.write_line(str(runtime.micropython()))
    except runtime.RuntimeMissing as problem:
        terminalreporter.write_line(str(problem))
