"""`esp32` of the simulated board: the partitions of its flash, as MicroPython's block devices; nothing else of it.

Owns the partition table: "vfs" from block 0 of the image on, behind it "lane", where the pin has one. Costs of flash are spent
here. `power_on` mounts "vfs", as the port's frozen _boot does, and keeps this module for the firmware to import.
"""
import _wire

BLOCK = 4096
WAKEUP_ALL_LOW, WAKEUP_ANY_HIGH = False, True   # on the S3 the first means: any of them low
# W25Q128 (16 MB NOR flash, typical): 45 ms to erase a 4 KB sector, 0.4 ms to program a 256-byte page. From memory of the
# data sheet: a guess until measured on a board.
ERASE_US, PROGRAM_PAGE_US = 45_000, 400
_flash_read = _wire.flash_read
_table = []


class Partition:
    """A region of the flash."""
    TYPE_APP, TYPE_DATA = 0, 1

    def __init__(self, first, blocks, subtype, label):
        self._first, self._blocks, self._subtype, self._label = first, blocks, subtype, label

    @staticmethod
    def find(type=1, subtype=0xff, label=None, block_size=BLOCK):
        if block_size != BLOCK:
            raise NotImplementedError('simulated partitions have blocks of 4096 bytes')
        return [partition for partition in _table if type == Partition.TYPE_DATA
                and subtype in (0xff, partition._subtype) and label in (None, partition._label)]

    def info(self):
        return Partition.TYPE_DATA, self._subtype, self._first * BLOCK, self._blocks * BLOCK, self._label, False

    def readblocks(self, block, buffer, offset=0):
        return _flash_read((self._first + block) * BLOCK + offset, buffer, len(buffer))

    def writeblocks(self, block, buffer, offset=None):
        if offset is None:
            self.ioctl(6, block)
            offset = 0
        at = block * BLOCK + offset
        if at + len(buffer) > self._blocks * BLOCK:
            raise OSError(-258)                 # ESP_ERR_INVALID_SIZE
        _wire.spend(PROGRAM_PAGE_US * ((at + len(buffer) + 255) // 256 - at // 256), 0)
        return _wire.ask(_wire.FLASH_WRITE, self._first * BLOCK + at, buffer)

    def ioctl(self, command, argument):
        if command == 4:
            return self._blocks
        if command == 5:
            return BLOCK
        if command == 6:
            _wire.spend(ERASE_US, 0)
            return _wire.ask(_wire.FLASH_ERASE, self._first + argument)
        return 0


def fit(blocks, lane_blocks):
    """Solder the flash in: `blocks` for the file system, `lane_blocks` for the lane."""
    if _wire.flash_open((blocks + lane_blocks) * BLOCK):
        raise OSError('the flash image cannot be mapped')
    _table.append(Partition(0, blocks, 0x81, 'vfs'))
    if lane_blocks:
        _table.append(Partition(blocks, lane_blocks, 0x06, 'lane'))


def _wake_on(kind, pins, level):
    if pins is not None:
        _wire.tell(_wire.WAKE_SOURCES, kind, bytes([part for pin in pins for part in (pin.id, level)]))


def wake_on_ext0(pin, level):
    """An RTC pin whose level ends a light or a deep sleep, or None for no such pin."""
    _wake_on(2, () if pin is None else (pin,), level)


def wake_on_ext1(pins, level):
    """RTC pins whose level ends a light or a deep sleep; () for none, None for those of before."""
    _wake_on(1, pins, level)


def wake_on_gpio(pins, level):
    """Pins of any kind whose level ends a light sleep; MicroPython has it from 1.27 on. While there are any,
    machine.deepsleep() refuses."""
    _wake_on(0, pins, level)


def gpio_deep_sleep_hold(enable):
    """Whether holds of pads that are no RTC pads last in deep sleep."""
    _wire.tell(_wire.PIN_HOLD, 255, bytes([bool(enable)]))
