"""Where the firmware is struck: the places in its sources at which `make bench-crashes` raises, and how.

Owns the choice. A Point lies in a function: at its beginning (ValueError, as of a defect), before a statement that takes a
larger piece of heap or loads code (MemoryError), before one that works on a file (OSError). A module's text with all of its
points calls `hit(number)` there, of a module that is given to the pin beside it and knows which one is to be struck, and when.
"""
import ast
from typing import NamedTuple

from tests.simulator.image import LOOSE, compiled_text, sources

DEFECT, MEMORY, FLASH = 'ValueError', 'MemoryError', 'OSError'
TAKERS = ('bytearray', 'bytes', 'borrow', 'list', 'dict')
FILES = ('open', 'read', 'readinto', 'write', 'seek', 'truncate', 'rename', 'remove', 'stat', 'ilistdir', 'listdir',
         'readblocks', 'writeblocks', 'ioctl', 'mkdir', 'statvfs', 'flush')
FLASH_ERROR = 5                                 # EIO
COMPREHENSIONS = (ast.ListComp, ast.DictComp, ast.SetComp)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
HOOK, STRIKER = '_hit', '/lib/strike.mpy'
BOOTS = '/strikes'                              # as long as the pin has crashed in so many starts

# PLAN: ((from ms after the start, point, kind), ...); TIMES: in so many starts at most, 0: in any; without a plan it tells the
# points that it comes by
TEXT = '''
import os
from time import ticks_ms
PLAN = {plan}
TIMES = {times}
SLOT_MS = {slot}
_told = bytearray({count})
_state = [-1, -1]

def _due():
    now = ticks_ms()
    while _state[0] + 1 < len(PLAN) and PLAN[_state[0] + 1][0] <= now:
        _state[0] += 1
        _state[1] = PLAN[_state[0]][1]

def _again():
    try:
        past = os.stat('{boots}')[6]
    except OSError:
        past = 0
    if past >= TIMES:
        return False
    with open('{boots}', 'ab') as file:
        file.write(b'.')
    return True

def hit(point):
    if PLAN is None:
        slot = ticks_ms() // SLOT_MS
        if _told[point] != slot + 1:
            _told[point] = slot + 1
            print('HIT', slot, point)
        return
    _due()
    if point == _state[1]:
        _state[1] = -1
        if not TIMES or _again():
            print('STRUCK', point)
            kind = PLAN[_state[0]][2]
            raise kind(5, 'struck') if kind is OSError else kind('struck')
'''


class Point(NamedTuple):
    """`path` of the source, `place` (function and line), `kind` of the exception, `number` in its module."""
    path: str
    place: str
    kind: str
    number: int

    def __str__(self):
        return f'{self.path} {self.place} {self.kind}'


class _Marker:
    """Puts calls into a tree and notes the points."""

    def __init__(self, path, first):
        self.path, self.first, self.points = path, first, []

    def _call(self, place, line, kind):
        self.points.append(Point(self.path, f'{place}:{line}', kind, self.first + len(self.points)))
        return ast.parse(f'{HOOK}({self.points[-1].number})').body[0]

    def function(self, node, outer):
        place = f'{outer}{node.name}'
        told = bool(ast.get_docstring(node, False))
        first = self._call(place, node.lineno, DEFECT)
        body = self.block(node.body[told:], place)
        if body and isinstance(body[0], ast.Try):       # there is nothing before it that could fail
            body[0].body.insert(0, first)
        else:
            body.insert(0, first)
        node.body = node.body[:told] + body

    def block(self, statements, place):
        """The statements of a function with calls in between."""
        found = []
        for statement in statements:
            found += [self._call(place, statement.lineno, kind) for kind in kinds(statement)] + [statement]
            self.inside(statement, place)
        return found

    def inside(self, statement, place):
        if isinstance(statement, FUNCTIONS):
            if not _is_machine_code(statement):
                self.function(statement, place + '.')
            return
        for field in ('body', 'orelse', 'finalbody'):
            inner = getattr(statement, field, None)
            if inner and isinstance(statement, ast.stmt):
                setattr(statement, field, self.block(inner, place))
        for handler in getattr(statement, 'handlers', ()):
            handler.body = self.block(handler.body, place)

    def scope(self, node, outer=''):
        """A module or class: what it defines."""
        for statement in node.body:
            if isinstance(statement, FUNCTIONS) and not _is_machine_code(statement):
                self.function(statement, outer)
            elif isinstance(statement, ast.ClassDef):
                self.scope(statement, f'{outer}{statement.name}.')


def _is_machine_code(function):
    return any('micropython' in ast.unparse(decorator) for decorator in function.decorator_list)


def kinds(statement):
    """What may go wrong in a statement itself, not in those inside it."""
    heads = [value for field, value in ast.iter_fields(statement)
             if field not in ('body', 'orelse', 'finalbody', 'handlers', 'decorator_list', 'args')]
    nodes = [node for head in heads for part in (head if isinstance(head, list) else [head]) if isinstance(part, ast.AST)
             for node in ast.walk(part)]
    calls = [node.func for node in nodes if isinstance(node, ast.Call)]
    called = [getattr(function, 'id', None) or getattr(function, 'attr', None) for function in calls]
    if isinstance(statement, FUNCTIONS):
        return []
    takes = isinstance(statement, (ast.Import, ast.ImportFrom)) or any(isinstance(node, COMPREHENSIONS) for node in nodes)
    takes = takes or any(name in TAKERS for name in called)
    return [MEMORY] * takes + [FLASH] * any(name in FILES for name in called)


def marked(path, text, first=0):
    """(text with its calls, [Point]) of a module; the numbers begin with `first`."""
    tree, marker = ast.parse(text), _Marker(path, first)
    marker.scope(tree)
    told = bool(ast.get_docstring(tree, False))
    tree.body.insert(told, ast.parse(f'from strike import hit as {HOOK}').body[0])
    return ast.unparse(ast.fix_missing_locations(tree)), marker.points


def struck():
    """{path: text} of what a pin runs, but for what opens the pack, in which the striker lies; deploy's tests damage that."""
    return {path: text for path, text in sources().items() if on_pin(path) not in LOOSE}


def on_pin(path):
    """Where the module of a source lies on a pin."""
    return f'/{path[:-3]}.mpy'


def struck_at(path, plan, times=0):
    """{path on the pin: bytes} of the module at `path`, struck by `plan`, [(from ms after the start, Point), ...], and in so
    many starts at most where `times` are given."""
    rows = ''.join(f'({int(at_ms)}, {point.number}, {point.kind}), ' for at_ms, point in plan)
    return {on_pin(path): compiled_text(marked(path, sources()[path])[0]),
            STRIKER: compiled_text(_striker(plan=f'({rows})', times=times))}


def telling(slot_ms):
    """({path on the pin: bytes} of the whole product that tells by which points it comes in each slot, [Point] by number)."""
    files, points = {}, []
    for path, text in struck().items():
        changed, own = marked(path, text, len(points))
        if own:
            files[on_pin(path)] = compiled_text(changed)
            points += own
    files[STRIKER] = compiled_text(_striker(slot=slot_ms, count=len(points)))
    return files, points


def _striker(plan=None, times=0, slot=1, count=0):
    text = TEXT
    for key, value in (('plan', plan), ('times', times), ('slot', slot), ('count', count), ('boots', BOOTS)):
        text = text.replace('{' + key + '}', str(value))
    return text
