"""Putting a board together: from /board.json and the board's table of pin numbers to a Board. The composition root.

Owns which drivers, buses and rates a board gets. Loaded by `firmware.boards` at a start and dropped after it.
"""
import json
import os

import esp32
import machine
from machine import ADC, I2C, SPI, Pin

from firmware.boards.board import Backlight, Board
from firmware.system.lane import BLOCK, BLOCKS
from firmware.system.overlay import borrow
from gc9a01 import GC9A01
from pn532.chip import PN532

START_HZ = 240_000_000                          # a start computes for seconds; `system.power` slows it down later
BOARDS = ('waveshare_touch_lcd_128', 'waveshare_lcd_128', 'devkit')
NFC_LINKS = ('spi', 'i2c', 'uart')
IMUS = ('qmi8658', 'lsm6dso')
LCD_BAUDRATE = 80_000_000                       # 80 MHz through the GPIO matrix is what shipping firmware uses
NFC_BAUDRATE = 2_000_000                        # the PN532 allows 5 MHz; 1-2 MHz is safe on wires
NFC_UART = 1
NFC_UART_BAUDRATE = 460_800                     # what the PN532 is asked to change to; its limit is 1,288,000
NFC_UART_BUFFER = 512                           # the longest frame has 275 bytes
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
    name, link, imu, problem = read_choice(path)
    table = 'firmware.boards.' + name
    pins = __import__(table, None, None, ('PINS',)).PINS
    i2c = I2C(pins['i2c'], scl=Pin(pins['i2c_scl']), sda=Pin(pins['i2c_sda']), freq=400_000, timeout=50_000)
    lcd_spi = SPI(pins['lcd_spi'], LCD_BAUDRATE, sck=Pin(pins['lcd_sck']), mosi=Pin(pins['lcd_mosi']), miso=None)
    imu_interrupt, button = Pin(pins['imu_int1'], Pin.IN), Pin(pins['button'], Pin.IN, Pin.PULL_UP)
    wakes = _wakes(pins, link, imu_interrupt, button)       # before the inputs' owners, who set their own handlers
    problem = problem or borrow('firmware.boards.detection').doubt(name, i2c)
    parts = {
        'display': GC9A01(lcd_spi, cs=Pin(pins['lcd_cs'], Pin.OUT, value=1), dc=Pin(pins['lcd_dc'], Pin.OUT, value=1),
                          reset=Pin(pins['lcd_reset'], Pin.OUT, value=1)),
        'backlight': Backlight(pins['backlight']),
        'imu': _imu(imu, i2c), 'imu_interrupt': imu_interrupt,
        'nfc': PN532(_nfc_link(pins, link, i2c)),
        'button': button, 'wakes': wakes,
        'lane': _lane(), 'touch': _touch(pins, i2c),
        'unique_id': machine.unique_id(), 'random_bytes': os.urandom,
    }
    adc = ADC(Pin(pins['battery']), atten=ADC.ATTN_11DB)
    return Board(name, problem, adc, pins['battery_divider'], parts), table


def _wakes(pins, link, imu_interrupt, button):
    """The inputs that end a light sleep, set up to do so: the sensor's line, which is high then and on one board no RTC pin,
    and those that are low. None where the NFC chip is on a UART, whose bytes would be lost, or the port is too old."""
    if link == 'uart' or not hasattr(esp32, 'wake_on_gpio'):
        return ()
    low = [button, Pin(pins['nfc_irq'], Pin.IN, Pin.PULL_UP)]
    if 'touch_interrupt' in pins:
        low.append(Pin(pins['touch_interrupt'], Pin.IN, Pin.PULL_UP))
    esp32.wake_on_ext1(low, esp32.WAKEUP_ALL_LOW)           # on this chip: any of them
    esp32.wake_on_gpio([imu_interrupt], esp32.WAKEUP_ANY_HIGH)
    wakes = (imu_interrupt,) + tuple(low)
    for pin in wakes:
        pin.irq(_nothing)                       # until its owner comes; the handler is called after each sleep
    return wakes


def _nothing(_pin):
    pass


def _imu(kind, i2c):
    """The motion sensor's driver; only the module of the one that is fitted is loaded."""
    if kind == 'lsm6dso':
        from lsm6dso import LSM6DSO
        return LSM6DSO(i2c)
    from qmi8658 import QMI8658
    return QMI8658(i2c)


def _touch(pins, i2c):
    """The driver of the touch panel, None where the board has none."""
    if 'touch_interrupt' not in pins:
        return None
    from cst816s import CST816S
    return CST816S(i2c, Pin(pins['touch_interrupt'], Pin.IN, Pin.PULL_UP), Pin(pins['touch_reset'], Pin.OUT, value=1))


def _nfc_link(pins, kind, i2c):
    """The link to the NFC chip; only the module of the one that is wired is loaded."""
    reset = Pin(pins['nfc_reset'], Pin.OUT, value=1)
    if kind == 'uart':
        from machine import UART

        from pn532.uart import UARTLink
        # timeout_char: one interrupt for each piece of 120 bytes or silent line, where 0 would mean one for each byte
        uart = UART(NFC_UART, 115_200, tx=Pin(pins['nfc_sck']), rx=Pin(pins['nfc_mosi']), txbuf=NFC_UART_BUFFER,
                    rxbuf=NFC_UART_BUFFER, timeout_char=2)
        return UARTLink(uart, reset, NFC_UART_BAUDRATE)
    irq = Pin(pins['nfc_irq'], Pin.IN, Pin.PULL_UP)
    if kind == 'i2c':
        from pn532.i2c import I2CLink
        return I2CLink(i2c, irq, reset)
    from pn532.spi import SPILink
    spi = SPI(pins['nfc_spi'], NFC_BAUDRATE, firstbit=SPI.LSB, sck=Pin(pins['nfc_sck']), mosi=Pin(pins['nfc_mosi']),
              miso=Pin(pins['nfc_miso']))
    return SPILink(spi, Pin(pins['nfc_cs'], Pin.OUT, value=1), irq, reset)


def _lane():
    """The partition for the tails of journals, or None where the flash was partitioned without one."""
    for partition in esp32.Partition.find(esp32.Partition.TYPE_DATA, label=LANE):
        if partition.info()[3] >= BLOCKS * BLOCK:
            return partition
    return None
