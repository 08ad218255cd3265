"""What each module of the product takes of the heap when it is imported. Runs on the real MicroPython: `tests.bench.heap`
starts it with the folder of the compiled product and the modules to import, which bring the others.

Prints JSON: {module: bytes that stay, without those of what it imports}, '' for all. The table of names grows by leaps, which
count for whoever happens to need one.
"""
import asyncio  # noqa: F401  frozen, and with imports that this could not follow
import builtins
import gc
import json
import sys

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
    own[name] = own.get(name, 0) + taken - nested.pop()
    if nested:
        nested[-1] += taken
    return module


folder = sys.argv[1]
sys.path[:] = ['', '.frozen', folder + '/lib', folder]
start = live()
builtins.__import__ = measured_import
for name in sys.argv[2:]:
    measured_import(name)
own[''] = live() - start
sys.stdout.write(json.dumps(own))
