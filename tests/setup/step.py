"""One set-up step: what it makes, from what, and whether that is already there.

Owns the stamps in `build/stamps` and the progress line. A step is a record; `perform` runs it unless its product stands
and was made from the same inputs. Used by every module of `tests/setup`.
"""
import hashlib
import os
import pathlib
import shutil
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / 'build'
VENV = ROOT / '.venv'


class SetupError(Exception):
    """A step cannot be done; the text is a sentence for whoever typed `make`."""


class Step:
    """`make(product)` makes `product` (a Path) from `inputs` (anything with a stable repr, no addresses in it).

    `optional` steps only say that they failed. `make` may return a few words that are put on the progress line.
    """

    def __init__(self, name, says, product, inputs, make, optional=False):
        self.name = name
        self.says = says
        self.product = product
        self.digest = hashlib.sha256(repr(inputs).encode()).hexdigest()
        self.make = make
        self.optional = optional

    @property
    def stamp(self):
        return BUILD / 'stamps' / self.name

    def is_done(self):
        return self.product.exists() and self.stamp.is_file() and self.stamp.read_text() == self.digest


def perform(step):
    """Do one step if it is not done. Prints one line; raises SetupError unless the step is optional."""
    if step.is_done():
        return
    print(f'set-up: {step.says} ... ', end='', flush=True)
    started = time.monotonic()
    step.stamp.unlink(missing_ok=True)
    try:
        remark = step.make(step.product)
    except SetupError as problem:
        print('not possible' if step.optional else 'FAILED', flush=True)
        if not step.optional:
            raise
        print(f'        {problem}', flush=True)
        return
    step.stamp.parent.mkdir(parents=True, exist_ok=True)
    step.stamp.write_text(step.digest)
    print(f'{remark + ", " if remark else ""}{time.monotonic() - started:.1f} s', flush=True)


def run(command, failure, **keywords):
    """Run a command quietly and return its output. Raises SetupError with `failure` and the command's last words."""
    environment = {**os.environ, 'LC_ALL': 'C.UTF-8', **keywords.pop('env', {})}
    try:
        done = subprocess.run([str(word) for word in command], env=environment, stdin=subprocess.DEVNULL, text=True,
                              errors='replace', capture_output=True, **keywords)
    except (OSError, subprocess.TimeoutExpired) as problem:
        raise SetupError(f'{failure}: {problem}') from problem
    if done.returncode:
        said = done.stderr.strip() or done.stdout.strip() or f'it ended with code {done.returncode} and without a word'
        raise SetupError('\n        '.join([f'{failure}:', *last_words(said)]))
    return done.stdout


def last_words(text):
    """The lines of a failed program's output that say why: those marked as errors by apt or pip, else the last ones."""
    lines = text.splitlines()
    return [line for line in lines if line.startswith(('E: ', 'ERROR: '))][-3:] or lines[-6:]


def need_tool(name, for_what):
    """Raise SetupError where the program `name` is not on the PATH."""
    if not shutil.which(name):
        raise SetupError(f'{name} is not on this machine; it is needed for {for_what}')


def replace_tree(new, product):
    """Put the finished folder `new` in the place of `product`, so that a broken run leaves no half-made product."""
    shutil.rmtree(product, ignore_errors=True)
    product.parent.mkdir(parents=True, exist_ok=True)
    new.rename(product)


def text_of(*paths):
    """The contents of files, for a step's inputs; a missing file counts as empty."""
    return [path.read_bytes() if path.is_file() else b'' for path in paths]
