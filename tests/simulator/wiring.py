"""Net lists of the boards: which GPIO goes to which chip's line.

A PN532 on its UART hangs on the pads of SPI: our TX on `nfc_sck`, our RX on `nfc_mosi` (the chip's HSU_TX is its MOSI pad).
Taken from the boards' schematics (see the board tables in README), not from firmware/boards, so that a wrong number
there shows as a chip that does not answer. Used by `pin`.
"""
from typing import NamedTuple


class Wiring(NamedTuple):
    """GPIO numbers; None where the board has no such line. SPI buses are named by their clock's GPIO."""
    lcd_sck: int
    lcd_mosi: int
    lcd_cs: int
    lcd_dc: int
    lcd_reset: int
    backlight: int
    i2c_scl: int
    i2c_sda: int
    imu_int1: int
    imu_int2: int
    nfc_sck: int
    nfc_mosi: int
    nfc_miso: int
    nfc_cs: int
    nfc_irq: int
    nfc_reset: int
    button: int
    battery: int
    battery_divider: int
    touch_irq: int | None = None
    touch_reset: int | None = None


BOARDS = {
    'waveshare_touch_lcd_128': Wiring(
        lcd_sck=10, lcd_mosi=11, lcd_cs=9, lcd_dc=8, lcd_reset=14, backlight=2, i2c_scl=7, i2c_sda=6, imu_int1=4,
        imu_int2=3, nfc_sck=17, nfc_mosi=18, nfc_miso=16, nfc_cs=33, nfc_irq=15, nfc_reset=21, button=0, battery=1,
        battery_divider=3, touch_irq=5, touch_reset=13),
    'waveshare_lcd_128': Wiring(
        lcd_sck=10, lcd_mosi=11, lcd_cs=9, lcd_dc=8, lcd_reset=12, backlight=40, i2c_scl=7, i2c_sda=6, imu_int1=47,
        imu_int2=48, nfc_sck=17, nfc_mosi=18, nfc_miso=16, nfc_cs=33, nfc_irq=15, nfc_reset=21, button=0, battery=1,
        battery_divider=3),
    'devkit': Wiring(
        lcd_sck=12, lcd_mosi=11, lcd_cs=10, lcd_dc=9, lcd_reset=14, backlight=2, i2c_scl=7, i2c_sda=6, imu_int1=4,
        imu_int2=5, nfc_sck=17, nfc_mosi=18, nfc_miso=16, nfc_cs=47, nfc_irq=15, nfc_reset=21, button=0, battery=1,
        battery_divider=3),
}
