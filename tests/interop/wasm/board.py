"""The board in WebAssembly as tests see it: `url` for mpremote, its flash, its power, and a cable that can be pulled.

Owns the node process that runs board.mjs, which ends with it. Used by conftest.py.
"""
import base64
import json
import selectors
import subprocess
from pathlib import Path

from tests.setup.wasm import MODULE

PROGRAM = Path(__file__).parent / 'board.mjs'
BLOCKS = 128                                    # of 4 kB
LIMIT_S = 60                                    # for any answer, on a busy machine


class BoardError(AssertionError):
    """The board's process did not answer."""


class Board:
    """A board, switched off until `start`. A context manager."""

    def __init__(self):
        self._process = subprocess.Popen(['node', PROGRAM, MODULE, str(BLOCKS)], text=True,
                                         stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.url = f'socket://127.0.0.1:{self._answer()["port"]}'

    def _answer(self):
        with selectors.DefaultSelector() as waiting:
            waiting.register(self._process.stdout, selectors.EVENT_READ)
            line = self._process.stdout.readline() if waiting.select(LIMIT_S) else ''
        if not line:
            raise BoardError(f'the board did not answer within {LIMIT_S} s')
        return json.loads(line)

    def _do(self, name, **words):
        self._process.stdin.write(json.dumps({'do': name, **words}) + '\n')
        self._process.stdin.flush()
        return self._answer()

    def start(self, files=None):
        """Switch it off and on, and wait until MicroPython runs; with `files` ({path: bytes}) it has these and nothing else on
        its flash."""
        encoded = files and {path: base64.b64encode(data).decode() for path, data in files.items()}
        self._do('start', files=encoded)

    def cut(self, at):
        """Have the cable pulled when the text `at` goes to the board. The next program that connects plugs it in again."""
        self._do('cut', at=at)

    def hear(self, text):
        """Wait until it has said `text` since it was switched on. Raises BoardError if it does not."""
        self._do('hear', text=text)

    def look(self):
        """{'files': {path: bytes}, 'folders': [path], and since it was switched on: 'said': text, 'resets':
        [machine.reset_cause()], 'feeds': how often its watchdog was fed; 'pulled': whether no `cut` is awaited}."""
        seen = self._do('look')
        return {**seen, 'files': {path: base64.b64decode(data) for path, data in seen['files'].items()}}

    def close(self):
        self._process.stdin.close()
        try:
            self._process.wait(LIMIT_S)
        finally:
            self._process.kill()
            self._process.stdout.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
