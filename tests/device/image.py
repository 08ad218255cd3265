"""`make image [FIRMWARE=...] [FLASH_MB=16] [BOARD=...]`: what a pin's flash holds when it leaves the bench, as files.

Without a firmware file: the file system alone, to be written where a board's begins. With one: everything from address 0 on,
MicroPython, an empty lane and the file system. Run as `python -m tests.device.image`.
"""
import argparse
import json
import subprocess
import sys

from tests.device import partitions
from tests.device.errors import DeviceError, report
from tests.device.firmware_file import WHY, FirmwareFile
from tests.simulator.flash import BLOCK
from tests.simulator.image import BUILD, firmware_files, product_image
from tests.simulator.runtime import ROOT
from tests.simulator.wiring import BOARDS

PRODUCT = BUILD / 'image'
SIZES_MB = (8, 16, 32)
STANDARD_START = 0x210000                       # in MicroPython's plain build: program up to 0x200000, then the lane
BLANK = b'\xff' * BLOCK
NEAR = 16 * BLOCK                               # a gap that costs less than one more piece
PROCESSOR = 'esp32s3'


def file_system_image(size, board='', arch=PROCESSOR):
    """The bytes of a file system of `size` bytes with the product in it, as MicroPython formats and mounts it; `board` is the
    one that its board file names, '' for none."""
    named = {'/board.json': json.dumps({'board': board}).encode()} if board else {}
    return product_image({**firmware_files(arch), **named}, size // BLOCK)


def trimmed(image):
    """An image without the blocks at its end that nothing was written to: a blank flash has those already."""
    used = len(image)
    while image[used - BLOCK:used] == BLANK:
        used -= BLOCK
    return image[:used]


def used_runs(image):
    """{offset: bytes} of the blocks of an image that hold something, neighbours and near neighbours as one.

    What lies between may be anything: littlefs erases a block before it writes there.
    """
    used = [at for at in range(0, len(image), BLOCK) if image[at:at + BLOCK] != BLANK]
    runs = []
    for at in used:
        if runs and at - runs[-1][1] <= NEAR:
            runs[-1][1] = at + BLOCK
        else:
            runs.append([at, at + BLOCK])
    return {start: image[start:end] for start, end in runs}


def merge(pieces, path):
    """One file for address 0 of the flash from {offset: file}: the real esptool does it. Raises DeviceError."""
    words = [str(word) for at, part in pieces.items() for word in (hex(at), part)]
    done = subprocess.run([sys.executable, '-m', 'esptool', '--chip', 'esp32s3', 'merge-bin', '-o', str(path), *words],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, errors='replace')
    if done.returncode:
        raise DeviceError(f'esptool could not merge the image: {(done.stdout + done.stderr).strip().splitlines()[-1]}')


def _shown(path):
    """A path as it is typed from the project's folder."""
    return path.relative_to(ROOT) if path.is_relative_to(ROOT) else path


def image(arguments):
    """The command. Raises DeviceError."""
    parser = argparse.ArgumentParser(prog='make image', description="A pin's flash as files.")
    parser.add_argument('--firmware', default='', help="MicroPython's .bin file, to make one file of everything")
    parser.add_argument('--flash-mb', default='16', help='size of the flash in MB')
    parser.add_argument('--board', default='', help=f'the board, one of {", ".join(BOARDS)}')
    options = parser.parse_args(arguments)
    if options.board not in ('', *BOARDS):
        raise DeviceError(f'BOARD is one of {", ".join(BOARDS)}; "{options.board}" is not.')
    if options.flash_mb not in map(str, SIZES_MB):
        raise DeviceError(f'FLASH_MB is one of {", ".join(map(str, SIZES_MB))}; "{options.flash_mb}" is not.')
    flash_bytes = int(options.flash_mb) << 20
    file = FirmwareFile(options.firmware) if options.firmware else None
    start, size = STANDARD_START, flash_bytes - STANDARD_START
    if file:
        data, table = file.with_lane()
        start, size = partitions.file_system(table, flash_bytes)
    PRODUCT.mkdir(parents=True, exist_ok=True)
    alone = PRODUCT / f'file-system-{options.flash_mb}MB.bin'
    alone.write_bytes(trimmed(file_system_image(size, options.board)))
    print(f'{_shown(alone)}: the file system, {alone.stat().st_size >> 10} kB, for address {start:#x}')
    if not file:
        print(WHY + ' and there will be one file of everything.')
        return
    if file.warning:
        print(file.warning)
    patched = PRODUCT / 'micropython.bin'
    patched.write_bytes(data)
    whole = PRODUCT / f'cloud-pin-{options.flash_mb}MB.bin'
    merge({0: patched, start: alone}, whole)
    print(f'{_shown(whole)}: everything, {whole.stat().st_size >> 10} kB, for address 0:\n'
          f'  esptool --chip esp32s3 write-flash 0 {_shown(whole)}')


if __name__ == '__main__':
    sys.exit(report(image, sys.argv[1:]))
