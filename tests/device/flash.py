"""`make flash PORT=... FIRMWARE=... [BOARD=...]`: MicroPython onto a board, with the partition that journals want.

Looks before it writes: the file (chip, version, table), the chip, the size of its flash, and whether a pin's data lie where
they would be lost. A board that is new gets Cloud Pin in the same go, since over the prompt that takes ten times longer; a pin
keeps its file system as it is, for `make deploy`. Run as `python -m tests.device.flash`.
"""
import argparse
import sys

from tests.device import esp, partitions
from tests.device.errors import DeviceError, report
from tests.device.firmware_file import WHY, FirmwareFile
from tests.device.image import file_system_image, used_runs
from tests.simulator.wiring import BOARDS

LEAST_FLASH_MB = 8                              # 2 MB of program, 4 MB of Cloud Pin, and room for friends


def _parsed(arguments):
    parser = argparse.ArgumentParser(prog='make flash', description='Write MicroPython to a board over USB.')
    parser.add_argument('--port', default='', help='the board: /dev/ttyACM0, COM5, ...')
    parser.add_argument('--firmware', default='', help="MicroPython's .bin file")
    parser.add_argument('--forget', action='store_true', help='go on although the data on the pin are lost')
    parser.add_argument('--board', default='', help=f'the board, one of {", ".join(BOARDS)}')
    parser.add_argument('--baud', type=int, default=460_800)
    options = parser.parse_args(arguments)
    if options.board not in ('', *BOARDS):
        raise DeviceError(f'BOARD is one of {", ".join(BOARDS)}; "{options.board}" is not.')
    return options


def table_on(port, baud):
    """[Partition] on the board; [] where it is blank or holds something else."""
    try:
        return partitions.parse(esp.read(port, partitions.TABLE_AT, partitions.TABLE_BYTES, baud))
    except DeviceError as problem:
        if 'partition table' in str(problem):
            return []
        raise


def keeps_data(before, after, flash_bytes):
    """Whether the file system of a board with the table `before` lies at the same place with the table `after`."""
    return partitions.file_system(before, flash_bytes) == partitions.file_system(after, flash_bytes)


def flash(arguments):
    """The command. Raises DeviceError before anything is written, or where esptool fails."""
    options = _parsed(arguments)
    if not options.firmware:
        raise DeviceError(f'No file was given. {WHY}')
    if not options.port:
        raise DeviceError('No board was given; say PORT=/dev/ttyACM0 or what your board is called.')
    file = FirmwareFile(options.firmware)
    data, table = file.with_lane()
    size = esp.flash_bytes(options.port, options.baud)
    if size < LEAST_FLASH_MB << 20:
        raise DeviceError(f'The board has {size >> 20} MB of flash; Cloud Pin needs {LEAST_FLASH_MB}.')
    before = table_on(options.port, options.baud)
    if before and not keeps_data(before, table, size) and not options.forget:
        raise DeviceError('The file system on this board would move, and what is in it would be lost: card, friends, steps. '
                          'Say FORGET=yes if that is meant.')
    if file.warning:
        print(file.warning)
    new = not before or not keeps_data(before, table, size)
    pieces = {0: data, **(_new_pin(table, size, options.board) if new else {})}
    print(f'Writing MicroPython {file.version}{" and Cloud Pin" if new else ""} to the board on {options.port} '
          f'({sum(map(len, pieces.values())) >> 10} kB into {size >> 20} MB of flash).')
    esp.write(options.port, pieces, options.baud)
    if new:
        print('The pin starts now. A phone gives it a card, or: make card PORT=' + options.port + " NAME='Ada Lovelace'")
    else:
        print('Its data are as they were. Next: make deploy PORT=' + options.port)


def _new_pin(table, size, board):
    """{offset: bytes} of an empty lane, and of a file system with the product in it: the blocks that are in use."""
    start, length = partitions.file_system(table, size)
    used = used_runs(file_system_image(length, board))
    return {partitions.lane_of(table).offset: b'\xff' * partitions.LANE_BYTES, **{start + at: run for at, run in used.items()}}


if __name__ == '__main__':
    sys.exit(report(flash, sys.argv[1:]))
