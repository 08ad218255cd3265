"""A file with MicroPython for the board: is it what it must be, and what is in it.

The file is the one that MicroPython publishes for ESP32_GENERIC_S3: bootloader at 0, partition table at 0x8000, the program
at 0x10000, each program with Espressif's image header (esptool's "Firmware Image Format": E9, ..., chip id at 12) and
application description (at 0x20: magic ABCD5432, version at 0x10, project at 0x30, ESP-IDF at 0x70 of it). Used by `flash`
and `image`.
"""
import re
import struct
from pathlib import Path

from tests.device import partitions
from tests.device.errors import DeviceError

# 1.27.0: what the stubs' calls and the measured figures hold for; its ESP-IDF 5.5.1 offers bonds to Python, which 5.5.3
# does not (MicroPython's pull request 19470). 1.23 to 1.26 lack wake_on_gpio, before 1.23 nothing can be bound.
VERSION, BUILD = '1.27.0', 'ESP32_GENERIC_S3'
WHY = (f'Cloud Pin wants MicroPython {VERSION} for {BUILD} (the plain build: it knows the quad PSRAM; SPIRAM_OCT does not). '
       'It is on the download page of micropython.org; give the .bin file as FIRMWARE=...')
IMAGE_MAGIC, ESP32_S3 = 0xE9, 9
DESCRIPTION_MAGIC = 0xABCD5432
PROGRAM_AT = 0x10000


class FirmwareFile:
    """`data` as it is in the file, `partitions` its table, `version` what the program calls itself, `idf` its ESP-IDF."""

    def __init__(self, path):
        """Read and check. Raises DeviceError with what is wrong and what would be right."""
        self.path = Path(path)
        try:
            self.data = self.path.read_bytes()
        except OSError as problem:
            raise DeviceError(f'{path} cannot be read ({problem.strerror}). {WHY}') from problem
        _check_image(self.data, 0, f'{path} does not begin with a bootloader')
        self.partitions = _table(self.data, path)
        _check_image(self.data, PROGRAM_AT, f'{path} has no program at 0x10000')
        self.version, self.idf = _description(self.data, path)

    @property
    def warning(self):
        """A sentence where another version than ours is in the file, else ''."""
        found = re.match(r'v?(\d+\.\d+\.\d+)', self.version)
        if found and found[1] == VERSION:
            return ''
        return f'This is MicroPython {self.version} (ESP-IDF {self.idf}); Cloud Pin was tried with {VERSION}.'

    def with_lane(self):
        """(bytes to write at 0, [Partition] that they hold): the file with the lane in its table."""
        table = partitions.with_lane(self.partitions)
        data = bytearray(self.data)
        data[partitions.TABLE_AT:partitions.TABLE_AT + partitions.TABLE_BYTES] = partitions.pack(table)
        if len(data) > partitions.lane_of(table).offset:
            raise DeviceError(f'{self.path} reaches into the place of the lane partition, so it is not a plain build. {WHY}')
        return bytes(data), table


def _check_image(data, at, sentence):
    if len(data) < at + 0x100 or data[at] != IMAGE_MAGIC:
        raise DeviceError(f'{sentence}. {WHY}')
    chip = struct.unpack_from('<H', data, at + 12)[0]
    if chip != ESP32_S3:
        raise DeviceError(f'The file is for another chip (id {chip}, an ESP32-S3 has {ESP32_S3}). {WHY}')


def _table(data, path):
    try:
        found = partitions.parse(data[partitions.TABLE_AT:partitions.TABLE_AT + partitions.TABLE_BYTES])
    except DeviceError as problem:
        raise DeviceError(f'In {path} {problem}. {WHY}') from problem
    if not found:
        raise DeviceError(f'In {path} the partition table is blank. {WHY}')
    return found


def _description(data, path):
    at = PROGRAM_AT + 0x20
    if struct.unpack_from('<I', data, at)[0] != DESCRIPTION_MAGIC:
        raise DeviceError(f'{path} does not say what program it holds. {WHY}')
    version, project, idf = (data[at + start:at + start + 32].split(b'\0')[0].decode('ascii', 'replace')
                             for start in (0x10, 0x30, 0x70))
    if 'micropython' not in project.lower():
        raise DeviceError(f'{path} holds "{project}", not MicroPython. {WHY}')
    return version, idf
