"""The product's sources as they are compiled: the same program with less to remember in it.

Every name that a module keeps costs heap on the pin: about 20 bytes for each different one in the whole product, kept for
ever in a table that doubles when it is full, and 8 more for each global. So before compiling

* a constant with one plain value is put in wherever it is named, in other modules too, and is no global any more;
* names become short, the same ones in every class, as far as no two meet in one object or module; names of exceptions
  and modules stay, and so do those that the port has itself, which cost nothing, or that stand in a string, as for getattr;
* names of arguments that nobody passes by keyword become letters.

Nothing else changes. Owns no file; `image` compiles what comes out here; all that `explain` needs to give a crash report its
names back is the sources alone.
"""
import ast
import builtins
import copy
import itertools
import re
import string

from tests.simulator.keywords import handed_on

LONGEST_STRING = 10                             # MicroPython keeps one copy of strings up to this length, and many of others
LARGEST_INT = 1 << 30                           # beyond it an int is an object
CONSTANT = re.compile(r'_?[A-Z][A-Z0-9_]*$')
PRIVATE = re.compile(r'_(?!_)\w+$')
PLACE = re.compile(r'File "([^"]+)", line \d+, in (\w+)')
NAMING = ('id', 'attr', 'name', 'asname', 'arg')
NAMING_SCOPES = (ast.Global, ast.Nonlocal)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
NOT_CONSTANT = object()


def module_name(path):
    """What a module is imported as on the pin."""
    return path.removesuffix('.py').removesuffix('/__init__').removeprefix('lib/').replace('/', '.')


def arguments(function):
    """Every ast.arg of a function or lambda."""
    args = function.args
    return [arg for arg in (*args.posonlyargs, *args.args, *args.kwonlyargs, args.vararg, args.kwarg) if arg]


def names_of(node):
    """The identifiers, of whatever kind, that stand in a node itself."""
    found = [getattr(node, field, None) for field in NAMING]
    return [name for name in found if isinstance(name, str)] + (node.names if isinstance(node, NAMING_SCOPES) else [])


def names_in(tree):
    """Those of a whole tree."""
    return [name for node in ast.walk(tree) for name in names_of(node)]


def _is_all(node):
    """Whether a statement gives the module its __all__, which nobody reads on the pin."""
    return isinstance(node, ast.Assign) and getattr(node.targets[0], 'id', '') == '__all__'


class Program:
    """What must be known of all modules to shorten one. `constants`: {module: {name: value}}; `short`: {name: short one};
    `arguments`: the names that become letters; `strings`: what stands in strings."""

    def __init__(self, constants, short, arguments, strings):
        self.constants, self.short, self.arguments, self.strings = constants, short, arguments, strings

    @classmethod
    def of(cls, texts, others=(), kept=(), port=None):
        """Study `texts`, {path: text}. `others`: texts that use those and are not shortened; `kept`: names that must stay;
        `port`: the bytes of the interpreter, in which the names are that it has. Without them private names alone change."""
        study = _Study(texts, others, set(kept), port)
        words = {word for word in study.strings if len(word) < 40 and word.isidentifier()}
        return cls(study.constants, study.short, sorted(study.arguments), sorted(words))

    def shorten(self, text):
        """The text of one module, shortened."""
        tree = ast.parse(text)
        known = imported(tree, self.constants)
        own = own_constants(tree, known, self.strings)
        tree = _Inserting({**known, **own}).visit(tree)
        tree = _Dropping(self.constants, own).visit(tree)
        if not any(isinstance(node, ast.Name) and node.id == 'const' for node in ast.walk(tree)):
            tree.body = [node for node in tree.body if not (isinstance(node, ast.ImportFrom) and node.module == 'micropython'
                                                            and [alias.name for alias in node.names] == ['const'])]
        _Lettering(self.arguments).visit(tree)
        _Renaming(self.short).visit(tree)
        _Formats().visit(tree)
        _Opening().visit(tree)
        return ast.unparse(ast.fix_missing_locations(tree)) + '\n'


def own_constants(tree, known, strings):
    """{name: value} of the constants that a module defines, but for those in `strings`; `known`: as from `imported`."""
    bound = [node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)]
    found = {}
    for node in tree.body:
        for name, expression in _assignments(node):
            if CONSTANT.match(name) and bound.count(name) == 1 and name not in strings:
                value = _value(expression, {**known, **found})
                if value is not NOT_CONSTANT:
                    found[name] = value
    return found


def _assignments(node):
    """(name, expression) of each that a statement assigns, where that is plain to see."""
    if not isinstance(node, ast.Assign) or len(node.targets) != 1:
        return []
    target = node.targets[0]
    if isinstance(target, ast.Name):
        return [(target.id, node.value)]
    pairs = isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple)
    return [(one.id, value) for one, value in zip(target.elts, node.value.elts, strict=True)
            if isinstance(one, ast.Name)] if pairs else []


def imported(tree, constants):
    """{name as the module writes it, with a dot for those of a module that it imports: value}."""
    known = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and not node.level:
            for alias in node.names:
                name = alias.asname or alias.name
                if alias.name in constants.get(node.module, ()):
                    known[name] = constants[node.module][alias.name]
                known.update(_of_module(constants, f'{node.module}.{alias.name}', name))
        elif isinstance(node, ast.Import):
            for alias in node.names:
                known.update(_of_module(constants, alias.name, alias.asname or alias.name))
    for name, module in _borrowed(tree, constants).items():
        known.update(_of_module(constants, module, name))
    return known


def _borrowed(tree, constants):
    """{name: module} of `name = borrow('module')`, and of `name = other.part` where a borrowed `other` has a module beside
    it for a part."""
    found = {}
    for node in tree.body:
        for name, value in _assignments(node):
            if isinstance(value, ast.Call) and getattr(value.func, 'id', '') == 'borrow':
                found[name] = getattr(value.args[0], 'value', '')
            elif isinstance(value, ast.Attribute) and getattr(value.value, 'id', '') in found:
                beside = f'{found[value.value.id].rpartition(".")[0]}.{value.attr}'
                if beside in constants:
                    found[name] = beside
    return found


def _of_module(constants, module, name):
    return {f'{name}.{constant}': value for constant, value in constants.get(module, {}).items()}


def _value(node, known):
    """The plain value of an expression, or NOT_CONSTANT."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == 'const':
        node = node.args[0]
    expression = ast.Expression(_Inserting(known).visit(copy.deepcopy(node)))
    kinds = (ast.Expression, ast.Constant, ast.BinOp, ast.UnaryOp, ast.operator, ast.unaryop)
    if not all(isinstance(part, kinds) for part in ast.walk(expression)):
        return NOT_CONSTANT
    value = eval(compile(ast.fix_missing_locations(expression), '', 'eval'), {})    # noqa: S307  arithmetic only
    if isinstance(value, str) and len(value) <= LONGEST_STRING or value in (None, True, False):
        return value
    return value if isinstance(value, int) and abs(value) < LARGEST_INT else NOT_CONSTANT


class _Study:
    """Finds out what must be known of all modules to shorten one."""

    def __init__(self, texts, others, kept, port):
        self._port = port
        self.trees = {module_name(path): ast.parse(text) for path, text in texts.items()}
        every = [*self.trees.values(), *map(ast.parse, others)]
        nodes = [node for tree in every for node in ast.walk(tree)]
        listed = {id(part) for tree in every for node in tree.body if _is_all(node) for part in ast.walk(node)}
        self.strings = kept | {word for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)
                               and id(node) not in listed and ' ' not in node.value for word in re.findall(r'\w+', node.value)}
        self.strings |= handed_on(self.trees)
        self.constants = {}
        for name in self.trees:
            self._find_constants(name)
        self.keywords = {node.arg for node in nodes if isinstance(node, ast.keyword)}
        self.arguments = self._only_arguments(nodes)
        self._exceptions = self._names_of_exceptions([node for node in nodes if isinstance(node, ast.ClassDef)])
        self._foreign = self._names_of_others(others)
        self.short = self._colour(self._families())

    def _find_constants(self, module):
        """Fill in `constants[module]`, and before it those of the modules that it takes some from."""
        if module in self.constants:
            return
        found = self.constants[module] = {}
        tree = self.trees[module]
        for node in tree.body:
            if isinstance(node, ast.ImportFrom) and node.module in self.trees:
                self._find_constants(node.module)
        known = imported(tree, self.constants)
        found.update(own_constants(tree, known, self.strings))
        found.update({name: value for name, value in known.items() if '.' not in name and name not in found})

    # ---- names
    def _names_of_others(self, others):
        """Names that must stay because something outside of the program has them, and those of modules."""
        found = {part for module in self.trees for part in module.split('.')}
        found.update(name for text in others for name in names_in(ast.parse(text)))
        for tree in self.trees.values():
            for node in ast.walk(tree):
                if isinstance(node, ast.Import) or isinstance(node, ast.ImportFrom) and node.module not in self.trees:
                    found.update(alias.name for alias in node.names)
        return found

    @staticmethod
    def _names_of_exceptions(classes):
        """Those of `classes` that derive from one of Python's exceptions: the log names them."""
        found = {name for name, thing in vars(builtins).items()
                 if isinstance(thing, type) and issubclass(thing, BaseException)}
        for _ in classes:                       # each round finds those that derive from one of the last
            found.update(node.name for node in classes if any(names_of(base)[:1] and names_of(base)[0] in found
                                                              for base in node.bases))
        return found

    def _may_change(self, name):
        if name in self.strings or name in self._foreign or name.startswith('__') or name in ('self', '_'):
            return False
        if PRIVATE.match(name):
            return True
        return (self._port is not None and name not in self._exceptions and name not in self.arguments
                and name.encode() + b'\0' not in self._port)

    def _families(self):
        """Lists of modules whose classes inherit from one another, so that an object may hold names of each."""
        homes = {}
        for module, tree in self.trees.items():
            for node in ast.walk(tree):
                if isinstance(node, ast.ClassDef):
                    homes.setdefault(node.name, set()).add(module)
        family = {module: {module} for module in self.trees}
        for module, tree in self.trees.items():
            for node in ast.walk(tree):
                for base in node.bases if isinstance(node, ast.ClassDef) else ():
                    for home in homes.get(base.attr if isinstance(base, ast.Attribute) else getattr(base, 'id', ''), ()):
                        joined = family[module] | family[home]
                        for member in joined:
                            family[member] = joined
        return list({id(members): members for members in family.values()}.values())

    def _colour(self, families):
        """{name: short name}: two that occur in the same family never get the same."""
        bound = {name for tree in self.trees.values() for name in self._bound(tree)}
        where = {}
        for number, members in enumerate(families):
            for module in members:
                for name in names_in(self.trees[module]):
                    if name in bound and name not in self.constants[module] and self._may_change(name):
                        where.setdefault(name, set()).add(number)
        taken, short = [set() for _ in families], {}
        for name in sorted(where, key=lambda name: (-len(where[name]), name)):
            short[name] = next(one for one in _short_names()
                               if one not in self.strings and not any(one in taken[number] for number in where[name]))
            for number in where[name]:
                taken[number].add(short[name])
        return short

    @staticmethod
    def _bound(tree):
        """The names that a module gives to something that is kept under its name: functions, arguments, attributes, globals;
        not public globals that are const(), which would vanish under a private name."""
        for node in ast.walk(tree):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                yield node.name
            elif isinstance(node, ast.arg):
                yield node.arg
            elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
                yield node.attr
        for scope in [tree, *(node for node in tree.body if isinstance(node, ast.ClassDef))]:
            for node in scope.body:
                if isinstance(node, ast.Assign) and not ast.unparse(node.value).startswith('const('):
                    yield from (part.id for target in node.targets for part in ast.walk(target) if isinstance(part, ast.Name))

    # ---- arguments
    def _only_arguments(self, nodes):
        """Names that arguments have and nothing else that is kept, and that nobody writes in a call."""
        args = {node.arg for node in nodes if isinstance(node, ast.arg)}
        other = {name for node in nodes if not isinstance(node, (ast.arg, ast.Name)) for name in self._kept_by(node)}
        module_level = {target.id for tree in self.trees.values() for node in tree.body for target in ast.walk(node)
                        if isinstance(node, ast.Assign) and isinstance(target, ast.Name) and isinstance(target.ctx, ast.Store)}
        return args - other - module_level - self.keywords - self.strings - {'self', '_'}

    @staticmethod
    def _kept_by(node):
        return [getattr(node, field) for field in ('attr', 'name', 'asname') if isinstance(getattr(node, field, None), str)]


def _literal(value):
    """The expression for a plain value; a minus is an operator of its own, lest -2 squared became -4."""
    if isinstance(value, int) and value < 0:
        return ast.UnaryOp(ast.USub(), ast.Constant(-value))
    return ast.Constant(value)


class _Inserting(ast.NodeTransformer):
    """Puts values where constants are named."""

    def __init__(self, known):
        self._known = known

    def visit_Name(self, node):
        found = isinstance(node.ctx, ast.Load) and node.id in self._known
        return _literal(self._known[node.id]) if found else node

    def visit_Attribute(self, node):
        if isinstance(node.ctx, ast.Load) and CONSTANT.match(node.attr):
            name = ast.unparse(node)
            if name in self._known:
                return _literal(self._known[name])
        return self.generic_visit(node)

    def visit_arg(self, node):
        return node                             # annotations are not kept anyway


class _Dropping(ast.NodeTransformer):
    """Takes out the constants themselves, and what imports them."""

    def __init__(self, constants, own):
        self._constants, self._own = constants, own

    def visit_Assign(self, node):
        target = node.targets[0]
        if len(node.targets) > 1:
            return node
        if isinstance(target, ast.Name):
            return None if target.id in self._own or _is_all(node) else node
        if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
            left = [(one, value) for one, value in zip(target.elts, node.value.elts, strict=True)
                    if getattr(one, 'id', None) not in self._own]
            if len(left) < len(target.elts):
                return [ast.Assign([one], value) for one, value in left]
        return node

    def visit_ImportFrom(self, node):
        dropped = self._constants.get(node.module, ())
        node.names = [alias for alias in node.names if alias.name not in dropped]
        return node if node.names else None

    def visit_If(self, node):
        if isinstance(node.test, ast.Constant) and not node.test.value and not node.orelse:
            return None
        return self.generic_visit(node)

    def generic_visit(self, node):
        super().generic_visit(node)
        if getattr(node, 'body', None) == []:
            node.body = [ast.Pass()]
        return node


class _Lettering(ast.NodeVisitor):
    """Gives letters to arguments, function by function."""

    def __init__(self, names):
        self._names = names

    def visit_FunctionDef(self, node):
        inner = [part for part in ast.walk(node) if isinstance(part, FUNCTIONS) and part is not node]
        again = {arg.arg for part in inner for arg in arguments(part)}
        used = set(names_in(node))
        letters = (letter for letter in _letters() if letter not in used)
        new = {arg.arg: next(letters) for arg in arguments(node) if arg.arg in self._names and arg.arg not in again
               and not self._rebound(arg.arg, inner)}
        for arg in arguments(node):
            arg.arg = new.get(arg.arg, arg.arg)
        for part in ast.walk(node):
            if isinstance(part, ast.Name):
                part.id = new.get(part.id, part.id)
            elif isinstance(part, ast.Nonlocal):
                part.names = [new.get(name, name) for name in part.names]
        self.generic_visit(node)

    visit_AsyncFunctionDef = visit_Lambda = visit_FunctionDef

    @staticmethod
    def _rebound(name, inner):
        """Whether a function within the function has a variable of its own by that name."""
        return any(isinstance(part, ast.Name) and part.id == name and isinstance(part.ctx, ast.Store)
                   for function in inner for part in ast.walk(function))


class _Renaming(ast.NodeVisitor):
    """Gives private names their short ones."""

    def __init__(self, short):
        self._short = short

    def generic_visit(self, node):
        for field in NAMING:
            name = getattr(node, field, None)
            if isinstance(name, str) and name in self._short:
                setattr(node, field, self._short[name])
        if isinstance(node, NAMING_SCOPES):
            node.names = [self._short.get(name, name) for name in node.names]
        super().generic_visit(node)


class _Formats(ast.NodeTransformer):
    """Makes the formats of struct bytes: each different text of up to ten characters would be kept for ever."""

    def visit_Call(self, node):
        self.generic_visit(node)
        first = node.args[0] if node.args else None
        if ast.unparse(node.func).startswith('struct.') and isinstance(first, ast.Constant) and isinstance(first.value, str):
            first.value = first.value.encode()
        return node


class _Opening(ast.NodeTransformer):
    """Takes the brackets off what is given to several names: with them MicroPython makes a tuple, 32 bytes of heap each time,
    without them it makes none. Last of all, since what it leaves is text."""

    def visit_Assign(self, node):
        if isinstance(node.targets[0], ast.Tuple) and isinstance(node.value, ast.Tuple):
            node.value = ast.Name(ast.unparse(node.value)[1:-1], ast.Load())
        return node


def _short_names():
    for length in itertools.count(1):
        for letters in itertools.product(string.ascii_letters, repeat=length):
            yield '_' + ''.join(letters)


def _letters():
    for length in itertools.count(1):
        for letters in itertools.product(string.ascii_lowercase, repeat=length):
            yield ''.join(letters)


def explain(report, program, texts):
    """A crash report with the names that the sources have."""
    def long(match):
        path = match[1].removesuffix('.mpy').lstrip('/') + '.py'
        here = set(names_in(ast.parse(texts.get(path, ''))))
        names = [name for name, short in program.short.items() if short == match[2] and name in here]
        return match[0][:match.start(2) - match.start()] + ' or '.join(names or [match[2]])
    return PLACE.sub(long, report)
