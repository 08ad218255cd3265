"""Which board this is, where no file says so, and whether a file may be wrong: by the chips that answer on I2C.

All three boards have it on SCL 7 and SDA 6. A touch panel answers at 0x15 for a few seconds after its reset, which is GPIO 13
on the only board that has one and free on the others; a motion sensor at 0x6B is on both Waveshare boards. The plain board
and a DevKit with that sensor can't be told apart. Borrowed by `assembly`.
"""
import time

from machine import I2C, Pin

TOUCH_BOARD, PLAIN_BOARD, DEVKIT = 'waveshare_touch_lcd_128', 'waveshare_lcd_128', 'devkit'
_SCL, _SDA, _TOUCH_RESET = 7, 6, 13
_TOUCH, _IMU = 0x15, 0x6B
_RESET_MS, _READY_MS = 6, 51                    # CST816S: 5 and 50, and one each because a count may be almost one short


def detected():
    """The name of the board that this seems to be."""
    reset = Pin(_TOUCH_RESET, Pin.OUT, value=0)
    time.sleep_ms(_RESET_MS)
    reset.value(1)
    time.sleep_ms(_READY_MS)
    i2c = I2C(0, scl=Pin(_SCL), sda=Pin(_SDA), freq=400_000)
    if _answers(i2c, _TOUCH):
        return TOUCH_BOARD
    return PLAIN_BOARD if _answers(i2c, _IMU) else DEVKIT


def doubt(name, i2c):
    """A sentence where the board called `name` is probably another one, else ''."""
    if name != TOUCH_BOARD and _answers(i2c, _TOUCH):
        return 'board.json says %s, but a touch panel answers: is it %s?' % (name, TOUCH_BOARD)
    return ''


def _answers(i2c, address):
    try:
        i2c.writeto(address, b'')
        return True
    except OSError:
        return False
