"""Talks to a board in its boot loader: the real esptool in a process of its own, its last words as a sentence.

Owns nothing. A port may be a device, or socket://HOST:PORT, where no line resets the board. Used by `flash`.
"""
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.device.errors import DeviceError

CHIP = 'esp32s3'
TIMEOUT_S = 600                                 # 16 MB at 460,800 baud take six minutes
FAILURES = (
    ('no serial data received', 'Nothing answers on {port}. Hold BOOT, tap RESET, let go of BOOT, and try again.'),
    ('could not open', '{port} cannot be opened: is the cable in, is another program using it, and are you in its group?'),
    ('this chip is', 'The board on {port} is no ESP32-S3.'),
    ('failed to connect', 'The board on {port} does not answer. Hold BOOT, tap RESET, let go of BOOT, and try again.'),
)


def _arguments(port, baud):
    resets = ('no-reset', 'no-reset') if port.startswith('socket://') else ('default-reset', 'hard-reset')
    return [sys.executable, '-m', 'esptool', '--chip', CHIP, '--port', port, '--baud', str(baud),
            '--connect-attempts', '3', '--before', resets[0], '--after', resets[1]]


def esptool(port, *command, baud=460_800, stub=True, show=False):
    """Run one command of esptool; returns what it said. `show`: let it print its progress instead, and return ''.

    Raises DeviceError.
    """
    words = [*_arguments(port, baud), *([] if stub else ['--no-stub']), *map(str, command)]
    try:
        done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=not show, text=True, errors='replace',
                              timeout=TIMEOUT_S)
    except subprocess.TimeoutExpired as late:
        raise DeviceError(f'esptool did not come to an end in {TIMEOUT_S} s') from late
    if done.returncode:
        raise DeviceError(_sentence(port, (done.stdout or '') + (done.stderr or '')))
    return done.stdout or ''


def _sentence(port, said):
    for sign, sentence in FAILURES:
        if sign in said.lower():
            return sentence.format(port=port)
    lines = [line for line in said.splitlines() if line.strip() and not line.startswith('NOTE')]
    return f'esptool stopped on {port}: {lines[-1] if lines else "it did not say why"}'


def flash_bytes(port, baud=460_800):
    """The size of the board's flash. Raises DeviceError where there is no ESP32-S3, or it does not tell."""
    said = esptool(port, 'flash-id', baud=baud)
    found = re.search(r'flash size:\s*(\d+)MB', said)
    if not found:
        raise DeviceError('The board does not say how large its flash is.')
    return int(found[1]) << 20


def read(port, at, length, baud=460_800):
    """`length` bytes of the flash from `at` on."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / 'read.bin'
        esptool(port, 'read-flash', hex(at), hex(length), path, baud=baud)
        return path.read_bytes()


def write(port, pieces, baud=460_800, show=True):
    """Write {offset: bytes} and let esptool verify each piece."""
    with tempfile.TemporaryDirectory() as folder:
        words = []
        for at, data in pieces.items():
            path = Path(folder) / f'{at:x}.bin'
            path.write_bytes(data)
            words += [hex(at), path]
        esptool(port, 'write-flash', '--flash-size', 'keep', *words, baud=baud, show=show)
