"""A file that looks like MicroPython for an ESP32-S3: headers, partition table, description; the program itself is noise."""
import random
import struct

from tests.device import partitions
from tests.device.partitions import Partition

STOCK = [Partition('nvs', 1, 0x02, 0x9000, 0x6000), Partition('phy_init', 1, 0x01, 0xF000, 0x1000),
         Partition('factory', 0, 0x00, 0x10000, 0x1F0000)]


def firmware_bytes(chip=9, version='v1.27.0', project='micropython', table=STOCK, length=0x12000):
    """The bytes of such a file, 72 kB by default, the same each time."""
    data = bytearray(random.Random(7).randbytes(length))
    for at in (0, 0x10000):
        data[at] = 0xE9
        struct.pack_into('<H', data, at + 12, chip)
    data[partitions.TABLE_AT:partitions.TABLE_AT + partitions.TABLE_BYTES] = partitions.pack(table)
    description = 0x10020
    struct.pack_into('<I', data, description, 0xABCD5432)
    for start, text in ((0x10, version), (0x30, project), (0x70, 'v5.5.1')):
        data[description + start:description + start + 32] = text.encode().ljust(32, b'\0')
    return bytes(data)
