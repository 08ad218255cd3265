"""What each module of the product takes of the heap when it is imported. Runs on the real MicroPython: `tests.bench.heap`
starts it with a folder and the modules to import, which bring the others; the folder holds the compiled product, or the file
`image` as a ROMFS of it, to be run in place.

Prints JSON: {module: bytes that stay, without those of what it imports}, '' for all that the given ones bring, names included.
Modules behind an argument '--' are measured after that, as far as they need no board. Everything is imported twice: the table
of names grows by leaps, which would count for whoever happens to need one, so it is full when modules are measured.
"""
import asyncio  # noqa: F401  frozen, and with imports that this could not follow
import builtins
import gc
import json
import os
import sys

import ffi
import uctypes
import vfs

libc = ffi.open(None)
own = {}
nested = []
port_import = builtins.__import__


def live():
    gc.collect()
    gc.collect()
    return gc.mem_alloc()


def measured_import(name, globals=None, locals=None, fromlist=(), level=0):
    if name in sys.modules and not fromlist:
        return port_import(name, globals, locals, fromlist, level)
    before = live()
    nested.append(0)
    module = port_import(name, globals, locals, fromlist, level)
    taken = live() - before
    own[name] = max(own.get(name, 0), taken - nested.pop())     # more than once, where one is borrowed again
    if nested:
        nested[-1] += taken
    return module


def import_all():
    """Returns what those take that must be there."""
    before = live()
    for name in given:
        __import__(name)
    taken = live() - before
    for name in rest:
        try:
            __import__(name)
        except ImportError:                     # it needs a board
            nested.clear()
    return taken


folder, given = sys.argv[1], sys.argv[2:]
rest = []
if '--' in given:
    at = given.index('--')
    given, rest = given[:at], given[at + 1:]
size = os.stat(folder + '/image')[6]
if size:
    mapping = libc.func('p', 'mmap', 'Piiiii')(0, size, 1, 2, libc.func('i', 'open', 'si')(folder + '/image', 0), 0)
    vfs.mount(vfs.VfsRom(uctypes.bytearray_at(mapping, size)), '/rom')
    folder = '/rom'
sys.path[:] = ['', '.frozen', folder + '/lib', folder]
there = set(sys.modules)
whole = import_all()
for name in set(sys.modules) - there:
    del sys.modules[name]
builtins.__import__ = measured_import
import_all()
own[''] = whole
sys.stdout.write(json.dumps(own))
