"""Makes a fresh machine ready: `python3 -m tests.setup.install [what]` with what = lint, assets, pins or all (the default).

Owns the order of the steps. Nothing is installed system-wide and no root is needed. Each step runs only if its product
is missing or its inputs changed; with everything in place nothing is read from the network. Used by the Makefile.
"""
import fcntl
import os
import sys

if sys.version_info < (3, 11):                         # noqa: UP036  before the imports below, which need tomllib
    sys.exit(f'Cloud Pin needs Python 3.11 or newer; {sys.executable} is {sys.version.split()[0]}. '
             "Name another one, for example 'make PYTHON=python3.12 test'.")

from tests.setup import assets, chromium, micropython, python_env, tools, wasm
from tests.setup.step import BUILD, VENV, SetupError, Step, perform, text_of


def lint_steps():
    return [Step('venv', 'Python packages (.venv)', VENV, python_env.venv_inputs(), python_env.make_venv),
            Step('typings', "type stubs of the board's port", python_env.TYPINGS, python_env.typings_inputs(),
                 python_env.make_typings)]


def assets_steps():
    return [Step('fonts', "Debian's fonts", assets.FONTS, assets.font_inputs(), assets.make_fonts),
            Step('assets', 'fonts and pictures for the pin', assets.PRODUCT, assets.inputs(), assets.make_assets)]


def simulator_steps():
    """Without MicroPython the other tests still run, so elsewhere than in CI these only say what is missing."""
    optional = os.environ.get('CI') != 'true'
    yield Step('micropython', "MicroPython's 32-bit unix port", micropython.WHICH, micropython.INPUTS,
               micropython.make_runtime, optional)
    yield Step('preload', "the simulator's clock", micropython.preload_product(),
               text_of(micropython.PRELOAD_SOURCE), micropython.make_preload, optional)


def tools_steps():
    """Foreign programs that some tests talk to. In CI a test that misses its browser fails and says so."""
    return [Step('libnfc', 'libnfc tools, an independent NFC reader', tools.LIBNFC, tools.INPUTS, tools.make_libnfc,
                 optional=True),
            Step('wasm', "the board's MicroPython in WebAssembly", wasm.MODULE, wasm.INPUTS, wasm.make_wasm, optional=True),
            Step('chromium', 'headless Chromium (119 MB), unless it is installed', chromium.PROGRAM, chromium.inputs(),
                 lambda _program: chromium.make_chromium(chromium.CHROMIUM), optional=True)]


def steps(what):
    """The steps of one goal, in order; a generator, for the inputs of one may be the product of another."""
    yield from lint_steps()
    if what in ('assets', 'pins', 'all'):
        yield from assets_steps()
    if what in ('pins', 'all'):
        yield from simulator_steps()
    if what == 'all':
        yield from tools_steps()


def main(arguments):
    """Perform the steps of a goal; returns the exit code."""
    what = arguments[0] if arguments else 'all'
    BUILD.mkdir(exist_ok=True)
    with open(BUILD / '.setup.lock', 'w') as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)               # 'make -j lint test' sets up once
        try:
            for step in steps(what):
                perform(step)
        except SetupError as problem:
            print(f'set-up stopped: {problem}', file=sys.stderr)
            return 1
    return 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
