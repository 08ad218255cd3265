"""The virtual environment with the pinned tools, and the type stubs of the board's MicroPython port.

Owns `.venv/` and `build/typings/`. Needs nothing but the system's python3: where Debian's python3-venv is not installed
pip comes out of the python3-pip-whl package, unpacked privately. Used by `install`.
"""
import importlib.util
import shutil
import sys
import tempfile
import tomllib
from pathlib import Path

from tests.setup.debian import fetch
from tests.setup.step import BUILD, ROOT, VENV, SetupError, replace_tree, run, text_of

PYPROJECT = ROOT / 'pyproject.toml'
CONSTRAINTS = ROOT / 'tests/setup/constraints.txt'
TYPINGS = BUILD / 'typings'
QUIET = '# mypy: ignore-errors\n'          # a few definitions in the stub files themselves are not to mypy's taste
PYTHON = VENV / 'bin/python'


def group(name):
    """The requirements of one `[dependency-groups]` entry of pyproject.toml."""
    return tomllib.loads(PYPROJECT.read_text())['dependency-groups'][name]


def venv_inputs():
    return [sys.version, sys.executable, group('dev'), text_of(CONSTRAINTS)]


def typings_inputs():
    return [group('stubs'), text_of(CONSTRAINTS), QUIET]


def make_venv(product):
    """Create the environment and install the pins. Raises SetupError with pip's last words."""
    if not (product / 'bin/python').exists() or _other_python(product):
        shutil.rmtree(product, ignore_errors=True)
        run([sys.executable, '-m', 'venv', '--without-pip', product], 'a virtual environment could not be made')
    if not list(product.glob('lib/python*/site-packages/pip')):
        _add_pip()
    pip('install', '--constraint', CONSTRAINTS, *group('dev'))


def _other_python(venv):
    lines = (venv / 'pyvenv.cfg').read_text().splitlines()
    version = '.'.join(map(str, sys.version_info[:3]))
    return not any(line.startswith('version') and line.endswith(version) for line in lines)


def _add_pip():
    if importlib.util.find_spec('ensurepip'):
        run([PYTHON, '-m', 'ensurepip'], 'pip could not be put into the virtual environment')
        return
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / 'pip'
        fetch(['python3-pip-whl'], root, with_dependencies=False)
        wheels = sorted(root.glob('usr/share/python-wheels/pip-*.whl'))
        if not wheels:
            raise SetupError("no pip was found; 'apt-get install python3-venv' as root brings one")
        run([PYTHON, wheels[0] / 'pip', 'install', '--no-index', wheels[0]], 'pip could not install itself')


def pip(*words):
    """Run the environment's pip. Raises SetupError with its last words."""
    run([PYTHON, '-m', 'pip', '--disable-pip-version-check', '--no-input', *words],
        'pip could not fetch the pinned Python packages')


def make_typings(product):
    """Put the stubs of the ESP32-S3 port into a folder apart; in the environment they would hide CPython's modules."""
    new = product.with_name(product.name + '.new')
    shutil.rmtree(new, ignore_errors=True)
    pip('install', '--constraint', CONSTRAINTS, '--target', new, *group('stubs'))
    for stub in new.rglob('*.pyi'):
        stub.write_text(QUIET + stub.read_text())
    replace_tree(new, product)
