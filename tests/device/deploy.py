"""`make deploy PORT=... [BOARD=...] [NFC=...] [IMU=...]`: Cloud Pin onto a board that runs MicroPython, over its USB cable.

Compiles for the board's processor, asks the board what it has, copies only what differs below /next, modules one by one, and
lets the board put the pack together and all in place at once (lib/update.py): a cable that is pulled leaves the old firmware
running, and the next deploy goes on where this one was. Ends when the pin says that it is up. Run as
`python -m tests.device.deploy`.
"""
import argparse
import hashlib
import json
import sys
import tempfile
from pathlib import Path

from assets import pack
from tests.device.errors import DeviceError, report
from tests.device.firmware_file import VERSION, WHY
from tests.device.remote import mpremote, reset_and_listen
from tests.simulator.flash import BLOCK
from tests.simulator.image import PACK, firmware_files
from tests.simulator.runtime import ROOT
from tests.simulator.wiring import BOARDS

DIGEST, INVENTORY, COMMIT = (Path(__file__).parent / 'on_board' / f'{name}.py' for name in ('digest', 'inventory', 'commit'))
UPDATE = ROOT / 'lib/update.py'
FINISHER = '/lib/update.mpy'                    # of an older pin, whose modules lie loose, it is another
PROCESSORS = {10: 'esp32s3', 1: 'i386', 2: 'amd64'}         # numbers in sys.implementation._mpy; the last two are simulated
MPY_VERSION = 6
OLDEST = (1, 23)                                # before, nothing can be bound over Bluetooth
NFC, IMU = ('spi', 'i2c', 'uart'), ('qmi8658', 'lsm6dso')
STAGE = '/next'
MODULES, HEAD = '/code', '/code.head'           # below it
KEPT = '/board.json'                            # belongs to the board, not to the product
UP, SAFE, STOPPED = 'up, Cloud Pin', 'showing safe_mode', 'Traceback'


def arguments_of(words):
    parser = argparse.ArgumentParser(prog='make deploy', description='Cloud Pin onto a board, over USB.')
    parser.add_argument('--port', default='')
    for name, choices in (('board', tuple(BOARDS)), ('nfc', NFC), ('imu', IMU)):
        parser.add_argument(f'--{name}', default='', help=f'one of {", ".join(choices)}; default: as the board says')
    options = parser.parse_args(words)
    for name, choices in (('board', tuple(BOARDS)), ('nfc', NFC), ('imu', IMU)):
        if getattr(options, name) not in ('', *choices):
            raise DeviceError(f'{name.upper()} is one of {", ".join(choices)}; "{getattr(options, name)}" is not.')
    return options


class OnBoard:
    """What a board says of itself: `facts` of its MicroPython, `have` {path: SHA-256 in hex}."""

    def __init__(self, port):
        with tempfile.TemporaryDirectory() as folder:
            said = mpremote(port, 'run', _script(folder, INVENTORY)).splitlines()
        try:
            self.facts, *found = [json.loads(line) for line in said if line.strip()]
            self.have = dict(found)
        except (ValueError, TypeError) as problem:
            raise DeviceError(f'The board on {port} answers with something else than asked: {said[-1:]}') from problem

    @classmethod
    def of(cls, files):
        """A board with these files, {path: bytes}, as it would answer."""
        board = cls.__new__(cls)
        board.facts, board.have = {}, _digests(files)
        if PACK in files:
            board.have.update(_digests({f'{PACK}/{key:08x}': module for key, module in pack.members(files[PACK]).items()}))
        return board

    @property
    def processor(self):
        """Our name of its processor. Raises DeviceError where the product does not run on it."""
        mpy, version = self.facts['mpy'], tuple(map(int, self.facts['version'].split('.')[:2]))
        name = PROCESSORS.get(mpy >> 10)
        if name is None:
            raise DeviceError(f'This board is no ESP32-S3 ({self.facts["machine"]}).')
        if version < OLDEST or mpy & 0xFF != MPY_VERSION:
            raise DeviceError(f'MicroPython {self.facts["version"]} is too old. {WHY}')
        return name


class Plan:
    """What is to be done: `send` {path: bytes} to stage, `files` {path: SHA-256} that the update consists of, `remove` [path],
    `stale` [path] below /next that belong to another update. Of the pack, which the board makes, what it lacks is sent."""

    def __init__(self, wanted, have):
        inside = PACK + '/'
        staged = {path.removeprefix(STAGE): digest for path, digest in have.items() if path.startswith(STAGE + '/')}
        self.files = {path: digest for path, digest in _digests(wanted).items() if have.get(path) != digest}
        missing = {path: wanted[path] for path, digest in self.files.items() if staged.get(path) != digest}
        self.made = len(missing.get(PACK, b''))
        needed = _parts(missing.pop(PACK)) if self.made else {}
        for path, digest in _digests(needed).items():
            if have.get(path.replace(MODULES + '/', inside)) != digest and staged.get(path) != digest:
                missing[path] = needed[path]
        self.send, needed = missing, {**self.files, **needed}
        self.remove = sorted(path for path in have if not path.startswith((STAGE + '/', inside)) and path not in wanted
                             and path != KEPT)
        self.stale = sorted(STAGE + path for path in staged if path not in needed)

    @property
    def blocks(self):
        """Flash blocks that the staged files take, and the pack that is made of them."""
        return sum(-(-size // BLOCK) for size in [self.made, *map(len, self.send.values())])


def _digests(files):
    return {path: hashlib.sha256(data).hexdigest() for path, data in files.items()}


def _parts(data):
    """{path below /next: bytes} that a pack is made of: its head, and its modules, named by their keys."""
    return {HEAD: pack.head_of(data), **{f'{MODULES}/{key:08x}': module for key, module in pack.members(data).items()}}


def board_file(options, have):
    """{path: bytes} with the board's file, where something was asked for that it may not say yet; `have` is what it says."""
    chosen = {name: value for name, value in vars(options).items() if name in ('board', 'nfc', 'imu') and value}
    if not chosen:
        return {}
    return {KEPT: json.dumps({**(have if isinstance(have, dict) else {}), **chosen}).encode()}


def _write_tree(root, files):
    for path, data in files.items():
        target = root / path.lstrip('/')
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)


def _script(folder, *parts, last=''):
    """A file in `folder` with these files' texts one after another, for mpremote to run."""
    path = Path(folder) / 'script.py'
    path.write_text('\n\n'.join([part.read_text() for part in (DIGEST, *parts)]) + last)
    return path


def _commit_script(folder, on_board):
    """What declares the update whole; where no firmware is that would finish it, it does that too."""
    if '/boot.py' in on_board.have and FINISHER in on_board.have:
        return _script(folder, COMMIT)
    return _script(folder, UPDATE, COMMIT, last='\n\nfinish()\n')


def send(port, plan, on_board):
    """Copy what is missing, the list last, have it checked and declared whole: one run of mpremote."""
    with tempfile.TemporaryDirectory() as folder:
        staged, listed = Path(folder) / STAGE.strip('/'), Path(folder) / 'list.json'
        staged.mkdir()
        _write_tree(staged, plan.send)
        listed.write_text(json.dumps({'files': plan.files, 'remove': plan.remove}))
        clear = ['exec', f'import os\nfor path in {plan.stale!r}:\n    os.remove(path)', '+'] if plan.stale else []
        mpremote(port, *clear, 'fs', 'cp', '-r', staged, ':/', '+', 'fs', 'cp', listed, f':{STAGE}/list.json', '+',
                 'run', _commit_script(folder, on_board), show=True)


def restart(port):
    """Reset the board and wait until the pin is up. Raises DeviceError with what it said instead."""
    sign, lines = reset_and_listen(port, (UP, SAFE, STOPPED))
    if sign == UP:
        return next(line for line in reversed(lines) if UP in line)
    last = ' / '.join(line for line in lines[-4:] if line)
    if sign == SAFE:
        raise DeviceError(f'The pin on {port} came up in safe mode: {last}')
    raise DeviceError(f'The pin on {port} did not say that it is up. Its last words: {last or "none"}')


def deploy(arguments, say=print):
    """The command. Raises DeviceError; whatever was done until then, the pin still starts."""
    options = arguments_of(arguments)
    on_board = OnBoard(options.port)
    processor = on_board.processor
    if on_board.facts['version'] != VERSION:
        say(f'The board runs MicroPython {on_board.facts["version"]}; Cloud Pin was tried with {VERSION}.')
    wanted = {**firmware_files(processor), **board_file(options, on_board.facts['board'])}
    plan = Plan(wanted, on_board.have)
    if not plan.files and not plan.remove:
        say(f'All {len(wanted)} files are on the pin already.')
    else:
        free = on_board.facts['free'] // BLOCK
        if plan.blocks + 8 > free:
            raise DeviceError(f'The update needs {plan.blocks * BLOCK >> 10} kB beside what is there; '
                              f'the flash has {free * BLOCK >> 10} kB left.')
        say(f'{len(plan.send)} files to copy ({sum(map(len, plan.send.values())) >> 10} kB), '
            f'{len(plan.remove)} to remove.')
        send(options.port, plan, on_board)
    say('The pin says: ' + restart(options.port))


if __name__ == '__main__':
    sys.exit(report(deploy, sys.argv[1:]))
