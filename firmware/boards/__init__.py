"""Which board this is: reads /board.json and builds that board. The only folder that knows hardware modules.

`main.py` calls `load()`; the rest of the firmware sees a `Board` and never a pin number.
"""
import json
import sys

from firmware.system import crash_loop

DEFAULT = 'waveshare_touch_lcd_128'
BOARDS = ('waveshare_touch_lcd_128', 'waveshare_lcd_128', 'devkit')
NFC_LINKS = ('spi', 'i2c', 'uart')


def read_choice(path='/board.json'):
    """(board name, NFC link, sentence or '') from the pin's board file; a missing file means the default board."""
    try:
        with open(path) as file:
            choice = json.load(file)
    except OSError:
        return DEFAULT, NFC_LINKS[0], ''
    except ValueError:
        return DEFAULT, NFC_LINKS[0], 'board.json is not JSON; assuming ' + DEFAULT
    name = choice.get('board', DEFAULT) if isinstance(choice, dict) else None
    link = choice.get('nfc', NFC_LINKS[0]) if isinstance(choice, dict) else None
    if name not in BOARDS:
        return DEFAULT, NFC_LINKS[0], 'board.json names no known board; assuming ' + DEFAULT
    if link not in NFC_LINKS:
        return name, NFC_LINKS[0], 'board.json: nfc is spi, i2c or uart; assuming spi'
    return name, link, ''


def load(path='/board.json'):
    """Build the board that the pin's board file names and return the `Board`; its `problem` says what was wrong."""
    name, link, problem = read_choice(path)
    module = __import__('firmware.boards.' + name, None, None, ('PINS',))
    from firmware.boards.board import Board
    return Board(name, module.PINS, link, problem)


def start_again(error):
    """The pin stopped with `error`: show it on the console and reset. After a crash loop stay at the prompt instead, where a
    cable can put things right."""
    from machine import RTC, reset
    sys.print_exception(error)
    if not crash_loop.is_hopeless(RTC().memory()):
        reset()
