"""Waveshare ESP32-S3-Touch-LCD-1.28 with a PN532 module on the header: the reference board.

Numbers from the vendor's schematic (Rev 3) and demo; the PN532 wiring is ours. Read by `firmware.boards`.
"""
PINS = {
    'lcd_spi': 1, 'lcd_sck': 10, 'lcd_mosi': 11, 'lcd_cs': 9, 'lcd_dc': 8, 'lcd_reset': 14, 'backlight': 2,
    'i2c': 0, 'i2c_scl': 7, 'i2c_sda': 6, 'imu_int1': 4,
    'nfc_spi': 2, 'nfc_sck': 17, 'nfc_mosi': 18, 'nfc_miso': 16, 'nfc_cs': 33, 'nfc_irq': 15, 'nfc_reset': 21,
    'touch_interrupt': 5, 'touch_reset': 13,
    'button': 0, 'battery': 1, 'battery_divider': 3,
}
