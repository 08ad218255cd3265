"""ESP32-S3-DevKitC-1 with a GC9A01 module, a QMI8658 module and a PN532 module on jumper wires.

The LCD is on the pads that reach SPI2 without the GPIO matrix (SCK 12, MOSI 11); 33-37 belong to octal PSRAM and 38/48 to
the RGB LED, so the PN532's chip select is 47. Read by `firmware.boards`.
"""
PINS = {
    'lcd_spi': 1, 'lcd_sck': 12, 'lcd_mosi': 11, 'lcd_cs': 10, 'lcd_dc': 9, 'lcd_reset': 14, 'backlight': 2,
    'i2c': 0, 'i2c_scl': 7, 'i2c_sda': 6, 'imu_int1': 4,
    'nfc_spi': 2, 'nfc_sck': 17, 'nfc_mosi': 18, 'nfc_miso': 16, 'nfc_cs': 47, 'nfc_irq': 15, 'nfc_reset': 21,
    'button': 0, 'battery': 1, 'battery_divider': 3,
}
