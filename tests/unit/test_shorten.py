"""tests/simulator/shorten: the shortened program does what the program did; what others need keeps its name."""
import ast
import sys
import types

import pytest

from tests.simulator import image, shorten

TEXTS = {
    'lib/base.py': '''
"""A base."""
from micropython import const

LIMIT = const(7)
_TWICE = const(LIMIT * 2)
WORDS = ('one', 'two')
DEBUG = False
if DEBUG:
    import nothing_of_the_kind

class BaseTrouble(ValueError):
    """The log says its name."""

class Base:
    def __init__(self, start, step=1):
        self._value = start
        self._step = step
        self.reported = None

    def _advance(self, count):
        self._value += self._step * count

    def run_far(self, times, *, loudly=False):
        self._advance(times)
        self.reported = (self._value, loudly, LIMIT, _TWICE, -LIMIT ** 2)
        return self.reported
''',
    'firmware/app.py': '''
import base
from base import LIMIT, WORDS, Base

class App(Base):
    def __init__(self, start):
        super().__init__(start, step=LIMIT)
        self._owner = 'app'
        self._named = 1

    def _advanced_by(self, offset):
        return [offset + number for number in range(base.LIMIT)]

    def all(self, offset):
        more = lambda offset: offset * 2
        return self._owner, getattr(self, '_named'), self._advanced_by(offset), more(3), WORDS[1]

def play(first, second):
    app = App(first)
    return app.run_far(second, loudly=True), app.all(second)
''',
    'firmware/other.py': '''
def _private(first):
    return first
''',
}


def played(texts, monkeypatch):
    """What `play` returns when `texts` are the modules."""
    monkeypatch.setitem(sys.modules, 'micropython', types.SimpleNamespace(const=int))
    for path, text in texts.items():
        module = types.ModuleType(shorten.module_name(path))
        monkeypatch.setitem(sys.modules, module.__name__, module)
        exec(compile(text, path, 'exec'), module.__dict__)      # noqa: S102
    return sys.modules['firmware.app'].play(5, 3)


@pytest.fixture
def program():
    return shorten.Program.of(TEXTS, ['import firmware.app\nfirmware.app.play(1, 2)'], port=b'run\0')


def test_the_shortened_program_does_the_same(program, monkeypatch):
    short = {path: program.shorten(text) for path, text in TEXTS.items()}
    did = played(TEXTS, monkeypatch)
    assert did == ((26, True, 7, 14, -49), ('app', 1, list(range(3, 10)), 6, 'two'))
    assert played(short, monkeypatch) == did


def test_constants_are_where_they_are_named_and_nowhere_else(program):
    base, app = (program.shorten(TEXTS[path]) for path in ('lib/base.py', 'firmware/app.py'))
    assert 'LIMIT' not in base and 'const' not in base and 'DEBUG' not in base
    assert 'range(7)' in app and 'from base import' in app and 'LIMIT' not in app


def test_names_that_meet_in_one_object_stay_apart_and_others_are_shared(program):
    object_s = {'_value', '_step', '_advance', '_owner', '_advanced_by', 'reported'}
    assert len({program.short[name] for name in object_s}) == len(object_s)
    assert program.short['_private'] in set(program.short.values()) - {None}
    assert len(set(program.short.values())) < len(program.short)


def test_what_is_needed_elsewhere_keeps_its_name(program):
    assert not {'play', '_named', 'BaseTrouble', 'base', '__init__', 'app', 'range'} & set(program.short)
    assert 'loudly' in program.short        # a keyword changes with the argument that it means


def test_keywords_that_go_through_stars_keep_their_names(monkeypatch):
    text = '''
from types import SimpleNamespace

class Card:
    def __init__(self, first_name, *, last_name, _own=0):
        self.first_name, self.last_name, self._own = first_name, last_name, _own

class Badge(Card):
    pass

def collected(**given_to_all):
    return sorted(given_to_all)

def play(*_):
    parts = {key: 'text of ' + key for key in 'first_name last_name'.split()}
    options = dict(whole_width=1)
    return vars(Badge(**parts))['last_name'], SimpleNamespace(**options).whole_width, collected(whole_height=2)

def other(whole_width, whole_height):
    return whole_width, whole_height
'''
    texts = {'firmware/app.py': text}
    program = shorten.Program.of(texts, ['import firmware.app\nfirmware.app.play(1, 2)'], port=b'vars\0')
    short = {'firmware/app.py': program.shorten(text)}
    assert played(short, monkeypatch) == played(texts, monkeypatch) == ('text of last_name', 1, ['whole_height'])
    assert 'given_to_all' not in short['firmware/app.py']
    with pytest.raises(ValueError, match=r'firmware.app, line 2: what table\[0\]\(\*\*...\) calls cannot be told'):
        shorten.Program.of({'firmware/app.py': 'def f(table, named):\n    return table[0](**named)\n'})


def test_a_crash_report_gets_its_names_back(program):
    report = 'File "firmware/app.mpy", line 1, in {}\nFile "asyncio/core.py", line 1, in _run'
    short = program.short['_advanced_by']
    assert shorten.explain(report.format(short), program, TEXTS) == report.format('_advanced_by')


def test_the_product_has_a_fraction_of_its_names_and_every_function():
    _, program = image._product()
    assert len(set(program.short.values())) < len(program.short) / 4
    for path, text in image.sources().items():
        if path.startswith('firmware/social/'):
            before, after = (sum(isinstance(node, shorten.FUNCTIONS) for node in ast.walk(ast.parse(one)))
                             for one in (text, program.shorten(text)))
            assert before == after, path


def test_several_names_are_given_values_without_a_tuple():
    program = shorten.Program.of({'lib/a.py': ''})
    text = 'def f(x, y):\n    a, b = (y, x)\n    c = (a, b)\n    (a, b, c) = (b, (a, 1), c)\n    return a, b, c\n'
    short = program.shorten(text)
    assert 'a, b = y, x\n' in short
    assert 'b, (a, 1), c\n' in short
    spaces = [{}, {}]
    for space, source in zip(spaces, (text, short), strict=True):
        exec(source, space)                             # noqa: S102  a test of what it does
    assert spaces[0]['f'](1, 2) == spaces[1]['f'](1, 2)
