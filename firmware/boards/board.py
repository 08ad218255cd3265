"""A board's parts, built from its table of pin numbers: the composition root.

Owns every `machine` object of the pin. The services get drivers, plain callables and pins from here and nothing else, so
that one firmware serves every board and the simulator.
"""
import os
import sys

import machine
from machine import ADC, I2C, PWM, RTC, SPI, WDT, Pin, Timer

from gc9a01 import GC9A01
from pn532.chip import PN532
from qmi8658 import QMI8658

LCD_BAUDRATE = 80_000_000                       # 80 MHz through the GPIO matrix is what shipping firmware uses
NFC_BAUDRATE = 2_000_000                        # the PN532 allows 5 MHz; 1-2 MHz is safe on wires
NFC_UART = 1
NFC_UART_BAUDRATE = 460_800                     # what the PN532 is asked to change to; its limit is 1,288,000
NFC_UART_BUFFER = 512                           # the longest frame has 275 bytes
BACKLIGHT_HZ = 5_000
GAMMA = 2.2                                     # perceived brightness is roughly duty ** (1 / 2.2)
WATCHDOG_MS = 20_000
BATTERY_SAMPLES = 16                            # the divider's source is 67 kOhm, so one reading is noisy


class Backlight:
    """The display's light: `set(level)` with level 0..1 as the eye sees it."""

    def __init__(self, gpio):
        self._pwm = PWM(Pin(gpio, Pin.OUT), freq=BACKLIGHT_HZ, duty_u16=0)

    def set(self, level):
        self._pwm.duty_u16(int(max(0.0, min(1.0, level)) ** GAMMA * 65535))


class Board:
    """`pins` is a table as in the board files, `nfc_link` 'spi', 'i2c' or 'uart'; `problem` is a sentence about the board
    file."""

    def __init__(self, name, pins, nfc_link, problem=''):
        self.name, self.problem = name, problem
        self._pins = pins
        i2c = I2C(pins['i2c'], scl=Pin(pins['i2c_scl']), sda=Pin(pins['i2c_sda']), freq=400_000, timeout=50_000)
        lcd_spi = SPI(pins['lcd_spi'], LCD_BAUDRATE, sck=Pin(pins['lcd_sck']), mosi=Pin(pins['lcd_mosi']), miso=None)
        self.display = GC9A01(lcd_spi, cs=Pin(pins['lcd_cs'], Pin.OUT, value=1), dc=Pin(pins['lcd_dc'], Pin.OUT, value=1),
                              reset=Pin(pins['lcd_reset'], Pin.OUT, value=1))
        self.backlight = Backlight(pins['backlight'])
        self.imu = QMI8658(i2c)
        self.imu_interrupt = Pin(pins['imu_int1'], Pin.IN)
        self.nfc = PN532(self._nfc_link(pins, nfc_link, i2c))
        self.button = Pin(pins['button'], Pin.IN, Pin.PULL_UP)
        self.rtc = RTC()
        self.unique_id = machine.unique_id()
        self.random_bytes = os.urandom
        self._adc = ADC(Pin(pins['battery']), atten=ADC.ATTN_11DB)
        self._watchdog = None

    def _nfc_link(self, pins, kind, i2c):
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

    def battery_mv(self):
        """The cell's voltage in mV, averaged."""
        total_uv = 0
        for _ in range(BATTERY_SAMPLES):
            total_uv += self._adc.read_uv()
        return total_uv * self._pins['battery_divider'] // (BATTERY_SAMPLES * 1000)

    def feed_watchdog(self):
        """Keep the pin from being reset; the first call starts the watchdog, which can't be stopped again."""
        if self._watchdog is None:
            self._watchdog = WDT(timeout=WATCHDOG_MS)
        self._watchdog.feed()

    def hold_watchdog(self):
        """Keep a started watchdog fed from a timer: for the prompt, where nobody else does."""
        if self._watchdog:
            Timer(0, period=WATCHDOG_MS // 4, mode=Timer.PERIODIC, callback=lambda _: self.feed_watchdog())

    def crash_memory(self, data=None):
        """The RTC's memory, which survives a reset but not power loss: read it, or write `data`."""
        return self.rtc.memory() if data is None else self.rtc.memory(data)

    def write_line(self, line):
        """One line to the console."""
        sys.stdout.write(line + '\n')

    def reset(self):
        machine.reset()
