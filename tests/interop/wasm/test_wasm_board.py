"""The real mpremote, and our commands on top of it, on MicroPython of the board's version with its own prompt.

tests/device has the same commands on the simulated board, whose MicroPython is another version and whose prompt is ours.
"""
import hashlib
import os
import pty
import random
import select
import socket
import subprocess
import sys
import time
import tty

import pytest

from tests.device import deploy as command
from tests.device.card import _parsed as parsed
from tests.device.card import card, card_of
from tests.device.deploy import deploy
from tests.device.errors import DeviceError, report
from tests.device.remote import mpremote
from tests.device.test_deploy import small_product
from tests.interop.wasm.board import BLOCKS, LIMIT_S

pytestmark = pytest.mark.interop
RUNS_ON = b'import time\nwhile True:\n    time.sleep_ms(10)\n'
BOOT = b"""
from machine import RTC, SOFT_RESET, WDT, Timer, reset_cause
if reset_cause() == SOFT_RESET:
    watchdog = WDT(timeout=60_000)
    Timer(0, mode=Timer.ONE_SHOT, period=10, callback=lambda _: print('fed', watchdog.feed()))
RTC().memory(RTC().memory() + b'x')
print('start', len(RTC().memory()))
"""


@pytest.fixture
def product(micropython, monkeypatch):
    """`choose(version)`: what the command deploys, as {path: bytes}; its program runs on until Ctrl-C."""
    def choose(version):
        files = small_product(version)
        files['/main.py'] += RUNS_ON
        monkeypatch.setattr(command, 'firmware_files', lambda processor: files)
        return files
    monkeypatch.setitem(command.PROCESSORS, 0, 'bytecode')      # WebAssembly has no native code
    return choose


def test_files_go_over_the_cable_and_back(board, tmp_path, capfd):
    data = random.Random(1).randbytes(700)
    (tmp_path / 'tree/inner').mkdir(parents=True)
    (tmp_path / 'tree/a.txt').write_text('a\n')
    (tmp_path / 'tree/inner/b.bin').write_bytes(data)
    board.start({'/boot.py': b"print('booted')\n", '/data/old': b''})
    said = mpremote(board.url, 'exec', 'import sys; print(sys.implementation[1][:3], 6 * 7)', '+',
                    'fs', 'cp', '-r', tmp_path / 'tree', ':/', '+', 'fs', 'ls', ':tree/inner', '+', 'fs', 'sha256sum',
                    ':tree/inner/b.bin', '+', 'fs', 'cp', ':tree/inner/b.bin', tmp_path / 'back', '+',
                    'fs', 'rm', ':tree/a.txt')
    assert '(1, 27, 0) 42' in said and '700 b.bin' in said and hashlib.sha256(data).hexdigest() in said
    assert (tmp_path / 'back').read_bytes() == data
    seen = board.look()
    assert seen['files'] == {'/boot.py': b"print('booted')\n", '/data/old': b'', '/tree/inner/b.bin': data}
    assert sorted(seen['folders']) == ['/data', '/tree', '/tree/inner'] and seen['resets'] == [1]


FILL = f"""
file = open('/data/big', 'wb')
try:
    for _ in range({BLOCKS}):
        file.write(bytes(4096))
finally:
    file.close()
"""


@pytest.mark.parametrize('words, sentence', [
    (('exec', "raise ValueError('no such luck')"), 'stopped at an error; ValueError: no such luck'),
    (('exec', FILL), 'The flash of the board on {url} is full.'),
    (('fs', 'cp', __file__, ':/data/'), 'The flash of the board on {url} is full.'),
    (('fs', 'cat', ':nothing'), 'broke off; mpremote: cat: nothing: No such file or directory.'),
])
def test_what_goes_wrong_on_the_board_is_a_sentence(board, words, sentence):
    board.start({'/data/x': b'1', '/data/most': bytes((BLOCKS - 6) * 4096)})
    with pytest.raises(DeviceError) as problem:
        mpremote(board.url, *words)
    assert sentence.format(url=board.url) in str(problem.value)
    assert board.look()['files']['/data/x'] == b'1'


def test_a_deploy_then_one_that_is_cut_off_then_one_that_mends_it(board, product, capfd):
    board.start({})
    one = product('one')
    assert report(deploy, ['--port', board.url]) == 0
    said = capfd.readouterr()
    assert 'The pin says: up, Cloud Pin oneoneone' in said.out and 'was tried with' not in said.out
    assert board.look()['files'] == one and '/next' not in board.look()['folders']

    two = product('two')
    board.cut('/next/lib/text.py')
    assert report(deploy, ['--port', board.url]) == 1
    assert 'broke off' in capfd.readouterr().err
    assert board.look()['pulled'] and board.look()['files'].items() >= one.items()
    board.start()
    board.hear('up, Cloud Pin oneoneone')

    assert report(deploy, ['--port', board.url]) == 0
    assert 'up, Cloud Pin twotwotwo' in capfd.readouterr().out
    assert board.look()['files'] == two


def test_wrong_words_leave_the_board_alone(board, capfd):
    board.start({})
    board.hear('>>> ')
    before = board.look()
    assert report(deploy, ['--port', board.url, '--nfc', 'usb']) == 1
    assert report(card, ['--port', board.url, '--name', '']) == 1
    assert report(deploy, ['--port', board.url]) == 1
    said = capfd.readouterr().err
    assert 'NFC is one of spi, i2c, uart' in said and 'A card needs a name.' in said
    assert 'This board is no ESP32-S3 (JS with Emscripten).' in said
    assert board.look()['files'] == before['files'] == {} and board.look()['resets'] == [1]


def test_a_card_over_the_cable(board, capfd):
    board.start({'/data/steps': b'1', '/main.py': b"print('up, Cloud Pin')\n" + RUNS_ON})
    board.hear('up, Cloud Pin')
    words = ['--name', 'Ada Lovelace', '--email', 'ada@example.com', '--private', 'email']
    assert report(card, ['--port', board.url, *words]) == 0
    assert 'The pin belongs to Ada Lovelace now.' in capfd.readouterr().out
    seen = board.look()
    assert seen['files']['/data/card.new'] == card_of(parsed(words)).to_bytes() and seen['resets'] == [1, 2]


class Console:
    """`make console` in a terminal, on a port of the kind that mpremote's prompt wants: with a file number, as a tty has."""

    def __init__(self, url):
        self._line = socket.create_connection(url.removeprefix('socket://').split(':'))
        self._terminal, inside = pty.openpty()
        self._port, port = pty.openpty()
        tty.setraw(port)
        self._process = subprocess.Popen([sys.executable, '-m', 'mpremote', 'connect', os.ttyname(port), 'resume', 'repl'],
                                         stdin=inside, stdout=inside, stderr=inside)
        os.close(inside)
        self._kept = port                       # open, or the port would be gone before mpremote comes
        self.shown = ''

    def _pump(self):
        """Move what there is: from and to the board, and onto the terminal."""
        for ready in select.select([self._terminal, self._port, self._line], [], [], 0.2)[0]:
            if ready == self._terminal:
                self.shown += os.read(self._terminal, 4096).decode(errors='replace')
            elif ready == self._port:
                self._line.sendall(os.read(self._port, 4096))
            else:
                os.write(self._port, self._line.recv(1024))

    def type(self, text, until):
        """Type a text, and wait until `until` is shown."""
        os.write(self._terminal, text.encode())
        at, end = len(self.shown), time.monotonic() + LIMIT_S
        while until not in self.shown[at:] and time.monotonic() < end and self._process.poll() is None:
            self._pump()
        assert until in self.shown[at:], self.shown

    def __enter__(self):
        return self

    def __exit__(self, *_):
        """Ctrl-]; `code` is what it then ends with."""
        os.write(self._terminal, b'\x1d')
        try:
            self.code = self._process.wait(LIMIT_S)
        finally:
            self._process.kill()
            self._line.close()
            for number in (self._terminal, self._port, self._kept):
                os.close(number)


def test_the_console_shows_a_running_pin_and_resets_it_softly(board):
    board.start({'/boot.py': BOOT, '/main.py': b"import time\nwhile True:\n    print('tick')\n    time.sleep_ms(100)\n"})
    with Console(board.url) as console:
        console.type('', until='tick\r\ntick\r\n')
        assert 'KeyboardInterrupt' not in console.shown
        console.type('\x03', until='KeyboardInterrupt')
        console.type('print(6 * 7)\r', until='42\r\n>>> ')
        console.type('\x04', until='MPY: soft reboot\r\nstart 2\r\ntick')
        console.type('\x03', until='fed')
    assert console.code == 0
    assert board.look()['resets'] == [1, 5] and board.look()['feeds'] > 1


def test_a_starved_watchdog_resets_the_board_and_an_open_file_is_lost(board):
    board.start({'/main.py': b"""
import machine
print('cause', machine.reset_cause())
if machine.reset_cause() == machine.PWRON_RESET:
    open('/closed', 'w').close()
    file = open('/open', 'w')
    file.write('lost')
    machine.WDT(timeout=30)
    while True:
        pass
"""})
    board.hear('cause 3')
    seen = board.look()
    assert seen['resets'] == [1, 3] and '/closed' in seen['files'] and '/open' not in seen['files']
