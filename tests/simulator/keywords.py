"""Names of arguments that are data: keys of a dict that `**` hands to a function.

`shorten` gives an argument a short name and each call of it the same one; a key that is made elsewhere, as by
`dict(name=...)`, by `'name title'.split()` or by JSON, would be left behind. So the names found here stay. Used by `shorten`.
"""
import ast
import builtins


def handed_on(trees):
    """The names of arguments that must stay in `trees`, {module: syntax tree}: those of whatever is called with `**`, and all
    that is written as a keyword where `**` collects it. Raises ValueError, a sentence, where what is called cannot be told."""
    nodes = [node for tree in trees.values() for node in ast.walk(tree)]
    functions, collecting = {}, {'dict'}
    for node in nodes:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            functions.setdefault(node.name, []).append(node)
    for node in nodes:
        if isinstance(node, ast.ClassDef):
            functions.setdefault(node.name, []).extend(_constructors(node, nodes))
    collecting.update(name for name, found in functions.items() if any(function.args.kwarg for function in found))
    return {name for module, tree in trees.items() for node in ast.walk(tree) if isinstance(node, ast.Call)
            for name in _of_call(node, functions, collecting, module, tree)}


def _constructors(node, nodes):
    """The `__init__` that a class has, or else those of its bases in the program."""
    own = [part for part in node.body if isinstance(part, ast.FunctionDef) and part.name == '__init__']
    bases = {getattr(base, 'attr', getattr(base, 'id', None)) for base in node.bases}
    return own or [found for base in nodes if isinstance(base, ast.ClassDef) and base.name in bases
                   for found in _constructors(base, nodes)]


def _of_call(call, functions, collecting, module, tree):
    """The names that must stay because of one call."""
    callee = getattr(call.func, 'attr', getattr(call.func, 'id', None))
    if any(keyword.arg is None for keyword in call.keywords):
        for function in functions.get(callee, ()):
            arguments = function.args
            yield from (argument.arg for argument in (*arguments.args, *arguments.kwonlyargs))
        if not (callee in functions or isinstance(call.func, ast.Attribute) or _is_foreign(callee, tree)):
            raise ValueError(f'{module}, line {call.lineno}: what {ast.unparse(call.func)}(**...) calls cannot be told, so '
                             'its arguments would lose their names. Call a function or class by its own name there.')
    if callee in collecting:
        yield from (keyword.arg for keyword in call.keywords if keyword.arg)


def _is_foreign(name, tree):
    """Whether a bare name is Python's own, or imported from what is not shortened."""
    return hasattr(builtins, name or '') or any(isinstance(node, (ast.Import, ast.ImportFrom)) and
                                                any((alias.asname or alias.name) == name for alias in node.names)
                                                for node in ast.walk(tree))
