"""The rules of the house, as tests: they read the sources (nothing is run) and name each violation with its place.

Owns the limits below. A rule is a row of RULES with an example that breaks it, so that every rule is known to bite; a
new file is held to the rules by lying in one of the folders.
"""
import ast
import functools
import os
import pathlib
import re
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
FILE_LINES = 450
FUNCTION_LINES = 60
HARDWARE = {'machine', 'bluetooth', 'esp', 'esp32', 'network', 'neopixel', 'espnow', 'umachine', 'ubluetooth'}
NOT_ON_THE_BOARD = {'dataclasses', 'enum', 'typing', 'threading', 'logging', 'pathlib', 'functools', 'contextlib'}
LIBRARIES = {path.stem for path in (ROOT / 'lib').glob('[a-z]*') if path.suffix in ('', '.py')}
LOG_MODULE = 'firmware/system/log.py'
BOARD_CODE = ('firmware/', 'lib/', 'boot.py', 'main.py')
OWN_CODE = (*BOARD_CODE, 'tests/', 'assets/')
KNOWS_HARDWARE = ('firmware/boards/', 'boot.py', 'main.py')


class Module:
    """One source file: `name` is its path from the root, `tree` its syntax."""

    def __init__(self, name, text):
        self.name = name
        self.text = text
        self.tree = ast.parse(text, name)

    @functools.cached_property
    def _nodes(self):
        return list(ast.walk(self.tree))

    def nodes(self, *kinds):
        return [node for node in self._nodes if isinstance(node, kinds)]

    def functions(self):
        return self.nodes(ast.FunctionDef, ast.AsyncFunctionDef)

    def imports(self):
        """(line, top-level name) of every import that is run; those under TYPE_CHECKING are not."""
        for node in walk_what_runs(self.tree):
            if isinstance(node, ast.Import):
                yield from ((node.lineno, alias.name.partition('.')[0]) for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and not node.level:
                yield node.lineno, node.module.partition('.')[0]

    def calls(self, *names):
        return [(node.lineno, node.func.id) for node in self.nodes(ast.Call)
                if isinstance(node.func, ast.Name) and node.func.id in names]


def walk_what_runs(node):
    """ast.walk without the bodies of `if TYPE_CHECKING:`."""
    children = ast.iter_child_nodes(node)
    if isinstance(node, ast.If) and getattr(node.test, 'id', None) == 'TYPE_CHECKING':
        children = node.orelse
    yield node
    for child in children:
        yield from walk_what_runs(child)


def hardware(module):
    """firmware/ outside boards/ imports no hardware module, nor does lib/."""
    if not module.name.startswith(KNOWS_HARDWARE):
        yield from ((line, f'imports {name}; only a board knows hardware')
                    for line, name in module.imports() if name in HARDWARE)


def upward_import(module):
    """Imports go one way: tests -> main -> firmware -> lib."""
    above = {'tests', 'main', 'boot'} | ({'firmware'} if module.name.startswith('lib/') else set())
    yield from ((line, f'imports {name}, which stands above it') for line, name in module.imports() if name in above)


def absent_module(module):
    yield from ((line, f'imports {name}, which MicroPython does not have')
                for line, name in module.imports() if name in NOT_ON_THE_BOARD)


def shared_mistake(module):
    """A chip model that shares code with the driver shares its mistakes."""
    yield from ((line, f'imports {name}; a chip model shares no code with what it tests')
                for line, name in module.imports() if name in LIBRARIES | {'firmware'})


def no_docstring(module):
    if module.text.strip() and not ast.get_docstring(module.tree):
        yield 1, 'has no docstring: say what it is, what it owns, who uses it'


def long_file(module):
    lines = len(module.text.splitlines())
    if lines > FILE_LINES:
        yield lines, f'is {lines} lines long; {FILE_LINES} is the limit'


def long_function(module):
    for function in module.functions():
        lines = function.end_lineno - function.lineno + 1
        if lines > FUNCTION_LINES:
            yield function.lineno, f'{function.name} is {lines} lines long; {FUNCTION_LINES} is the limit'


def prints(module):
    if module.name != LOG_MODULE:
        yield from ((line, 'prints; the log module does that') for line, _ in module.calls('print'))


def bare_except(module):
    yield from ((node.lineno, 'has a bare except; name what is expected')
                for node in module.nodes(ast.ExceptHandler) if node.type is None)


def runs_text(module):
    yield from ((line, f'calls {name}') for line, name in module.calls('exec', 'eval', 'compile'))


def global_state(module):
    yield from ((node.lineno, 'uses global; state belongs to an object') for node in module.nodes(ast.Global))


def asserts(function, helpers):
    """Whether a function asserts: with assert, pytest.raises or fail, or by calling a function that does."""
    for node in ast.walk(function):
        if isinstance(node, ast.Assert):
            return True
        if isinstance(node, ast.Call):
            name = getattr(node.func, 'attr', None) or getattr(node.func, 'id', '')
            if name in helpers or name in ('raises', 'fail') or name.startswith(('assert', 'check', 'expect')):
                return True
    return False


def asserts_nothing(module):
    """Helpers of the same module that assert count, and helpers of theirs."""
    helpers, more = None, set()
    while more != helpers:
        helpers, more = more, {function.name for function in module.functions() if asserts(function, more)}
    yield from ((function.lineno, f'{function.name} asserts nothing') for function in module.functions()
                if function.name.startswith('test_') and function.name not in helpers)


RULES = [                               # rule, where it holds, a file that breaks it
    (hardware, BOARD_CODE, 'firmware/ui/a.py', 'def f():\n    from machine import Pin'),
    (upward_import, BOARD_CODE, 'lib/a.py', 'import firmware.pin'),
    (absent_module, BOARD_CODE, 'firmware/a.py', 'from typing import Any'),
    (shared_mistake, ('tests/simulator/chips/',), 'tests/simulator/chips/a.py', 'from firmware import pin'),
    (no_docstring, OWN_CODE, 'lib/a.py', 'a = 1'),
    (long_file, OWN_CODE, 'tests/a.py', 'a = 1\n' * (FILE_LINES + 1)),
    (long_function, OWN_CODE, 'lib/a.py', 'async def f():\n' + '    a = 1\n' * FUNCTION_LINES),
    (prints, BOARD_CODE, 'main.py', 'print(1)'),
    (bare_except, OWN_CODE, 'assets/a.py', 'try:\n    a = 1\nexcept:\n    a = 2'),
    (runs_text, BOARD_CODE, 'boot.py', 'exec("a = 1")'),
    (global_state, BOARD_CODE, 'lib/a.py', 'def f():\n    global a\n    a = 1'),
    (asserts_nothing, ('tests/',), 'tests/unit/test_a.py', 'def test_a():\n    help()\ndef help():\n    pass'),
]


def sources():
    """Every Python file of our own."""
    paths = [path for place in OWN_CODE for path in sorted(ROOT.glob(f'{place}**/*.py' if place[-1] == '/' else place))]
    return [Module(path.relative_to(ROOT).as_posix(), path.read_text()) for path in paths]


@pytest.fixture(scope='module')
def modules():
    found = sources()
    assert {'tests/unit/test_house.py', 'tests/conftest.py'} <= {module.name for module in found}
    return found


def report(violations):
    """Fail with one line a violation."""
    if violations:
        pytest.fail('\n'.join(['', *violations]), pytrace=False)


@pytest.mark.parametrize('rule, scope, name, bad', RULES, ids=[rule.__name__ for rule, *_ in RULES])
def test_the_house_rule(modules, rule, scope, name, bad):
    assert name.startswith(scope)
    assert len(list(rule(Module(name, bad)))) == 1, 'the rule does not find its own example'
    report([f'{module.name}:{line} {words}' for module in modules if module.name.startswith(scope)
            for line, words in rule(module)])


def test_an_import_for_the_type_checker_is_no_import():
    text = 'TYPE_CHECKING = False\nif TYPE_CHECKING:\n    from machine import Pin\nelse:\n    import gc'
    assert [name for _, name in Module('lib/a.py', text).imports()] == ['gc']


def project_files():
    """(name, text) of the files that git tracks or would track; of our own sources where this is no git folder."""
    listed = subprocess.run(['git', 'ls-files', '-z', '--cached', '--others', '--exclude-standard'], cwd=ROOT,
                            capture_output=True, text=True)
    names = listed.stdout.split('\0') if listed.returncode == 0 else [module.name for module in sources()]
    for name in filter(None, names):
        path = ROOT / name
        if path.is_file() and b'\0' not in (data := path.read_bytes()):
            yield name, data.decode(errors='replace')


NEWLINE = '\n'
MACHINE_PATH = re.compile(r'(?<![\w.})>])/(work|tmp|home|root|Users)/\w[\w/]*')
REGISTRY = re.compile(r'\b(debian|ubuntu|pypi|pythonhosted|npmjs)\.(org|com|net)\b')


def test_no_machine_and_no_registry_is_named():
    """Paths of one developer's machine, and hosts of package registries: set-up uses those that the host uses."""
    assert MACHINE_PATH.search("open('/" + "tmp/a')")
    assert not MACHINE_PATH.search('build/tmp/a')
    report([f'{name}:{text.count(NEWLINE, 0, match.start()) + 1} names {match.group()}' for name, text in project_files()
            for pattern in (MACHINE_PATH, REGISTRY) for match in pattern.finditer(text)])


WRONG_CALL = '''
from machine import SPI, Pin

def start():
    return SPI(1, baud=40_000_000, sck=Pin(10))
'''


@pytest.mark.skipif(not (ROOT / 'build/typings').exists(), reason="no type stubs here; 'make setup' fetches them")
def test_lint_knows_the_api_of_the_board(tmp_path):
    """mypy, as `make lint` runs it, on two snippets."""
    wrong, right = tmp_path / 'wrong.py', tmp_path / 'right.py'
    wrong.write_text(WRONG_CALL)
    right.write_text(WRONG_CALL.replace('baud=', 'baudrate='))
    done = subprocess.run([sys.executable, '-m', 'mypy', '--cache-dir', os.devnull, str(wrong), str(right)], cwd=ROOT,
                          capture_output=True, text=True)
    assert done.returncode == 1, done.stdout + done.stderr
    assert 'wrong.py' in done.stdout and 'Unexpected keyword argument "baud"' in done.stdout
    assert 'right.py' not in done.stdout
