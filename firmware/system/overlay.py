"""Code that is there only while somebody uses it: most of the firmware is needed seldom, and the heap is small.

Owns nothing. Used by everyone who loads screens, upkeep or reports for the moment: `borrow` what is used at once, `forget`
what was imported plainly and is held over a wait.
"""
import sys


def borrow(full):
    """The module of that full name, kept by nobody but the caller: with its last use its heap is given back."""
    module = __import__(full, None, None, ('borrowed',))        # any name: with one, the import returns the module itself
    forget(full)
    return module


def forget(full):
    """Let go of a module that was imported, if it was: whoever uses it still has it."""
    if sys.modules.pop(full, None):
        package, _, name = full.rpartition('.')
        if package and hasattr(sys.modules.get(package), name):
            delattr(sys.modules[package], name)                 # which the import has put there
