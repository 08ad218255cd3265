"""Which board this is: builds the one that /board.json names. The only folder that knows hardware modules.

`main.py` calls `start()`; the rest of the firmware sees a `Board` and never a pin number. What builds it
leaves the heap again. The board comes before the rest, because each import inside an import takes stack, of which the ESP32-S3
has 15 kB, and the drivers' imports nest deepest.
"""
import gc
import sys

from firmware.system import crash_loop

START_GARBAGE = 32_768                          # a collection takes as long as loading five modules; see also firmware/pin.py


def start(frame):
    """Pick the board, build the pin, run it; where that fails, say why and start again, but not for ever. `frame`: the
    display's frame buffer."""
    gc.threshold(START_GARBAGE)
    try:
        board = load()
        from firmware.pin import run
        run(board, frame)
    except Exception as error:                  # noqa: BLE001  whatever it was, a dead pin helps nobody
        start_again(error)


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
