"""Waveshare ESP32-S3-LCD-1.28, the board without touch, with a PN532 module on the header.

RST 12 and BL 40 from the vendor's wiki; IMU INT1 47 from one source only, so a guess until measured (it cannot wake the
chip from deep sleep). Read by `firmware.boards`.
"""
PINS = {
    'lcd_spi': 1, 'lcd_sck': 10, 'lcd_mosi': 11, 'lcd_cs': 9, 'lcd_dc': 8, 'lcd_reset': 12, 'backlight': 40,
    'i2c': 0, 'i2c_scl': 7, 'i2c_sda': 6, 'imu_int1': 47,
    'nfc_spi': 2, 'nfc_sck': 17, 'nfc_mosi': 18, 'nfc_miso': 16, 'nfc_cs': 33, 'nfc_irq': 15, 'nfc_reset': 21,
    'button': 0, 'battery': 1, 'battery_divider': 3,
}
