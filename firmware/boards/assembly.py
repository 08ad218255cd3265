"""Putting a board together: from /board.json and the board's table of pin numbers to a Board. The composition root.

Owns which board this is, and what a name tag needs of it: all else is `peripherals`' matter, once the name is to be seen.
Loaded by `firmware.boards` at a start and dropped after it.
"""
import json
import os

import esp32
import machine
from machine import ADC, SPI, Pin

from firmware.boards.board import Backlight, Board
from firmware.system.lane import BLOCK, BLOCKS
from firmware.system.overlay import borrow
from gc9a01 import GC9A01

START_HZ = 240_000_000                          # a start computes for seconds; `system.power` slows it down later
BOARDS = ('waveshare_touch_lcd_128', 'waveshare_lcd_128', 'devkit')
NFC_LINKS = ('spi', 'i2c', 'uart')
IMUS = ('qmi8658', 'lsm6dso')
LCD_BAUDRATE = 80_000_000                       # 80 MHz through the GPIO matrix is what shipping firmware uses
# A line of the partition table, the last: what is behind it, up to the flash's end, MicroPython takes for the file system.
#   lane, data, undefined (0x06), 0x200000, 0x10000
LANE = 'lane'


def read_choice(path):
    """(board name, NFC link, motion sensor, sentence or '') from the pin's board file; where that names no board, the one that
    this seems to be."""
    choice, problem = {}, ''
    try:
        with open(path) as file:
            choice = json.load(file)
    except OSError:
        pass
    except ValueError:
        problem = 'board.json is not JSON'
    if not isinstance(choice, dict):
        choice = {'board': None}
    name, link, imu = choice.get('board', ''), choice.get('nfc', NFC_LINKS[0]), choice.get('imu', IMUS[0])
    if name and name not in BOARDS or name is None:
        problem, name = 'board.json names no known board', ''
    if not name:
        name = borrow('firmware.boards.detection').detected()
    if problem:
        return name, NFC_LINKS[0], IMUS[0], problem + '; assuming ' + name
    if link not in NFC_LINKS:
        return name, NFC_LINKS[0], IMUS[0], 'board.json: nfc is spi, i2c or uart; assuming spi'
    if imu not in IMUS:
        return name, link, IMUS[0], 'board.json: imu is qmi8658 or lsm6dso; assuming qmi8658'
    return name, link, imu, ''


def assemble(path):
    """The Board that the file at `path` names, and the name of its table's module."""
    machine.freq(START_HZ)
    if machine.reset_cause() == machine.DEEPSLEEP_RESET:
        borrow('firmware.boards.deep_sleep').end()
    name, link, imu, problem = read_choice(path)
    table = 'firmware.boards.' + name
    pins = __import__(table, None, None, ('PINS',)).PINS
    spi = SPI(pins['lcd_spi'], LCD_BAUDRATE, sck=Pin(pins['lcd_sck']), mosi=Pin(pins['lcd_mosi']), miso=None)
    display = GC9A01(spi, cs=Pin(pins['lcd_cs'], Pin.OUT, value=1), dc=Pin(pins['lcd_dc'], Pin.OUT, value=1),
                     reset=Pin(pins['lcd_reset'], Pin.OUT, value=1))
    display.advance()                           # it resets while others are loaded
    parts = {
        'display': display, 'backlight': Backlight(pins['backlight']),
        'button': Pin(pins['button'], Pin.IN, Pin.PULL_UP), 'lane': _lane(),
        'unique_id': machine.unique_id(), 'random_bytes': os.urandom,
        'wiring': (pins, link, imu),
    }
    adc = ADC(Pin(pins['battery']), atten=ADC.ATTN_11DB)
    return Board(name, problem, adc, pins['battery_divider'], parts), table


def _lane():
    """The partition for the tails of journals, or None where the flash was partitioned without one."""
    for partition in esp32.Partition.find(esp32.Partition.TYPE_DATA, label=LANE):
        if partition.info()[3] >= BLOCKS * BLOCK:
            return partition
    return None
