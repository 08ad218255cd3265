"""Which board this is: builds the one that /board.json names. The only folder that knows hardware modules.

`main.py` calls `load()`; the rest of the firmware sees a `Board` and never a pin number. What builds it leaves the heap again.
"""
import sys

from firmware.system import crash_loop


def load(path='/board.json'):
    """Build the board that the pin's board file names and return the `Board`; its `problem` says what was wrong."""
    from firmware.boards.assembly import assemble
    board, table = assemble(path)
    for name in (table, 'firmware.boards.assembly'):
        del sys.modules[name]
        delattr(sys.modules['firmware.boards'], name.rpartition('.')[2])
    return board


def start_again(error):
    """The pin stopped with `error`: show it on the console and reset. After a crash loop stay at the prompt instead, where a
    cable can put things right."""
    from machine import RTC, reset
    sys.print_exception(error)
    if not crash_loop.is_hopeless(RTC().memory()):
        reset()
