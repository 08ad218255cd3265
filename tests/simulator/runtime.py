"""The MicroPython that set-up has put into `build/`, and how to start it.

Owns nothing but the knowledge of where things lie (`tests/setup/micropython.py` puts them there). Used by the world for
its child processes and by tests that try one script on the real interpreter.
"""
import functools
import json
import os
import pathlib
import subprocess

from tests.setup.debian import loader_command
from tests.setup.micropython import FOLDER, WHICH
from tests.setup.step import BUILD, ROOT, SetupError

RUN_TIMEOUT_S = 60


class RuntimeMissing(Exception):
    """No MicroPython is set up; the text says why. A caller may skip on it, see `may_skip`."""


class ScriptFailed(Exception):
    """A script ended with an error; the text holds all that it wrote."""


def may_skip():
    """Whether a test may be skipped for want of MicroPython: anywhere but in CI."""
    return os.environ.get('CI') != 'true'


class Runtime:
    """One MicroPython unix port. `arch` is Debian's name, `bits` the width of its objects, `version` such as '1.25.0'.

    `reason` is empty for the 32-bit build; else it says why this host runs another, whose heap figures are no board's.
    """

    def __init__(self, arch, version, bits, reason):
        self.arch = arch
        self.version = version
        self.bits = bits
        self.reason = reason
        self.root = FOLDER / arch
        self.executable = self.root / 'usr/bin/micropython'

    @property
    def preload(self):
        """The world's clock, compiled for this port."""
        return BUILD / f'vtime-{self.arch}.so'

    def command(self, heap='384k', preload=None):
        """argv up to where the script's name comes. `heap` is the limit of a 32-bit port ('384k', '2m'); a 64-bit one,
        whose objects are twice as wide, is given double. `preload` is a shared object to put below the port."""
        number, unit = int(heap[:-1]), heap[-1]
        start = loader_command(self.root, self.arch, preload)
        return [*start, str(self.executable), '-X', f'heapsize={number * self.bits // 32}{unit}']

    def __str__(self):
        width = f'{self.bits}-bit' + (f', because {self.reason}' if self.reason else '')
        return f'MicroPython {self.version} {self.arch} ({width})'


@functools.cache
def micropython(arch=None):
    """The port that set-up chose, or that for `arch` if it was fetched too. Raises RuntimeMissing with a sentence."""
    try:
        record = json.loads(WHICH.read_text())
    except FileNotFoundError:
        raise RuntimeMissing("MicroPython is not set up; 'make setup' does it") from None
    if not record['arch']:
        raise RuntimeMissing(f'MicroPython could not be set up: {record["reason"]}')
    if arch not in (None, record['arch']):
        raise RuntimeMissing(f'MicroPython is set up for {record["arch"]}, not for {arch}')
    return Runtime(record['arch'], record['version'], record['bits'], record['reason'])


def run_script(script, heap='384k', mpypath=(), preload=None, cwd=None):
    """Run a script in real time on real MicroPython and return what it printed.

    `script` is a pathlib.Path or the source itself. `mpypath` are the folders to import from (default: `lib` and the
    project's root). Raises RuntimeMissing, or ScriptFailed with stdout and stderr.
    """
    folders = mpypath or (ROOT / 'lib', ROOT)
    environment = {**os.environ, 'MICROPYPATH': ':'.join(['.frozen', *map(str, folders)])}
    what = [str(script)] if isinstance(script, pathlib.Path) else ['-c', script]
    try:
        done = subprocess.run([*micropython().command(heap, preload), *what], env=environment, cwd=cwd, text=True,
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=RUN_TIMEOUT_S, errors='replace')
    except subprocess.TimeoutExpired as problem:
        raise ScriptFailed(f'the script did not end within {RUN_TIMEOUT_S} s; it wrote {problem.stdout!r}') from None
    except SetupError as problem:
        raise RuntimeMissing(str(problem)) from problem
    if done.returncode:
        raise ScriptFailed(f'exit code {done.returncode}\n--- stdout\n{done.stdout}\n--- stderr\n{done.stderr}')
    return done.stdout
