"""What a name tag does not need of a board: motion sensor, NFC chip, touch panel, the inputs that end a light sleep.

Owns their drivers, buses and rates. Borrowed by `board` once the name is to be seen, and dropped then.
"""
import esp32
from machine import I2C, SPI, Pin

from firmware.system.overlay import borrow
from pn532.chip import PN532

NFC_BAUDRATE = 2_000_000                        # the PN532 allows 5 MHz; 1-2 MHz is safe on wires
LAST_RTC_GPIO = 21                              # pads up to it can end a deep sleep
NFC_UART = 1
NFC_UART_BAUDRATE = 460_800                     # what the PN532 is asked to change to; its limit is 1,288,000
NFC_UART_BUFFER = 512                           # the longest frame has 275 bytes


def fit(board, pins, link, imu):
    """Give `board` the rest of its parts: `pins` is its table, `link` the NFC chip's, `imu` the sensor's kind."""
    i2c = I2C(pins['i2c'], scl=Pin(pins['i2c_scl']), sda=Pin(pins['i2c_sda']), freq=400_000, timeout=50_000)
    board.imu_interrupt = Pin(pins['imu_int1'], Pin.IN)
    board.wakes = _wakes(pins, board.imu_interrupt, board.button)      # before the inputs' owners set their own handlers
    board.motion_wakes = pins['imu_int1'] <= LAST_RTC_GPIO
    board.problem = board.problem or borrow('firmware.boards.detection').doubt(board.name, i2c)
    board.imu, board.touch = _imu(imu, i2c), _touch(pins, i2c)
    board.nfc = PN532(_nfc_link(pins, link, i2c))


def _wakes(pins, imu_interrupt, button):
    """The inputs that end a light sleep, set up to do so: the sensor's line, which is high then and on one board no RTC pin,
    and those that are low. None where the port is too old."""
    if not hasattr(esp32, 'wake_on_gpio'):
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
    irq = Pin(pins['nfc_irq'], Pin.IN, Pin.PULL_UP)
    if kind == 'uart':
        from machine import UART

        from pn532.uart import UARTLink
        # timeout_char: one interrupt for each piece of 120 bytes or silent line, where 0 would mean one for each byte
        uart = UART(NFC_UART, 115_200, tx=Pin(pins['nfc_sck']), rx=Pin(pins['nfc_mosi']), txbuf=NFC_UART_BUFFER,
                    rxbuf=NFC_UART_BUFFER, timeout_char=2)
        return UARTLink(uart, reset, NFC_UART_BAUDRATE, irq)
    if kind == 'i2c':
        from pn532.i2c import I2CLink
        return I2CLink(i2c, irq, reset)
    from pn532.spi import SPILink
    spi = SPI(pins['nfc_spi'], NFC_BAUDRATE, firstbit=SPI.LSB, sck=Pin(pins['nfc_sck']), mosi=Pin(pins['nfc_mosi']),
              miso=Pin(pins['nfc_miso']))
    return SPILink(spi, Pin(pins['nfc_cs'], Pin.OUT, value=1), irq, reset)
