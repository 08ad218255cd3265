"""The browser process and its DevTools protocol, over a pair of pipes: no port, and gone with the test.

One thread does it all: whoever waits for the browser also moves the simulated world on (`meanwhile`), so a test needs neither
locks nor sleeps. Messages are JSON texts with a zero byte behind each, as `--remote-debugging-pipe` has them.
https://chromedevtools.github.io/devtools-protocol
"""
import collections
import json
import os
import select
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from tests.setup.chromium import PROGRAM

LIMIT_S = 20                        # of real time, for anything that a page is asked for
LOOK_S = 0.002                      # between two looks at the world while the browser is silent
READ_BYTES = 1 << 20


class BrowserMissing(Exception):
    """No Chromium is set up; the text says so. A test may skip on it, but not in CI."""


class BrowserError(AssertionError):
    """The browser refused a command, died, or did not answer in time."""


def program():
    """The starter that set-up has made. Raises BrowserMissing with a sentence."""
    if not PROGRAM.exists():
        raise BrowserMissing("no Chromium is set up; 'make setup' fetches it or says why it can't")
    return PROGRAM


class Browser:
    """A running browser. `meanwhile()` is called whenever the browser has nothing to say; it returns whether it got on with
    something, in which case it is called again at once. `heard`: how many messages the browser has sent."""

    def __init__(self, meanwhile=lambda: False):
        self.meanwhile = meanwhile
        self._folder = Path(tempfile.mkdtemp(prefix='cloud-pin-browser-'))
        self._errors = self._folder / 'errors.txt'
        self.heard = 0
        self._rest = b''
        self._last_id = 0
        self._answers = {}
        self._awaited = set()
        self._events = collections.deque()
        self._handlers = {}
        self._handling = False
        self._start([program(), '--remote-debugging-pipe', f'--user-data-dir={self._folder / "profile"}',
                     '--enable-features=WebBluetooth', 'about:blank'])
        try:
            self.version = self.call('Browser.getVersion')['product']
        except BaseException:
            self.close()
            raise

    def _start(self, command):
        # it reads commands from its third descriptor and writes to its fourth
        shell = ['/bin/sh', '-c', 'exec "$0" "$@" 3<&0 4>&1 </dev/null >&2', *map(str, command)]
        with open(self._errors, 'w') as errors:
            self._process = subprocess.Popen(shell, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, bufsize=0)
        self._out, self._in = self._process.stdin.fileno(), self._process.stdout.fileno()

    # ---- commands and events ----
    def send(self, method, parameters=None, session=None):
        """Give a command without waiting for its answer, which is dropped; returns its number."""
        self._last_id += 1
        message = {'id': self._last_id, 'method': method, 'params': parameters or {}}
        if session:
            message['sessionId'] = session
        try:
            os.write(self._out, json.dumps(message).encode() + b'\0')
        except BrokenPipeError:
            raise self._died() from None
        return self._last_id

    def call(self, method, parameters=None, session=None, limit_s=LIMIT_S):
        """Give a command and return its result. Events that come meanwhile are handled, unless this is called by a handler.
        Raises BrowserError with the browser's words."""
        number = self.send(method, parameters, session)
        self._awaited.add(number)
        self.wait(lambda: number in self._answers, f'the answer to {method}', limit_s)
        self._awaited.discard(number)
        answer = self._answers.pop(number)
        if 'error' in answer:
            raise BrowserError(f'{method}: {answer["error"]["message"]}')
        return answer['result']

    def on(self, method, handler):
        """Have `handler(parameters, session)` called with each event of that name, one after the other."""
        self._handlers.setdefault(method, []).append(handler)

    def wait(self, condition, what, limit_s=LIMIT_S):
        """Handle messages and move the world on until `condition()`. Raises BrowserError that names `what`."""
        end = time.monotonic() + limit_s
        while not condition():
            if time.monotonic() > end:
                raise BrowserError(f'{what} did not come within {limit_s} s')
            self.pump()

    def pump(self):
        """One look at the browser, one at the world, which stands still while an event is handled."""
        got = self._receive(0)
        handled = self._handle_one()
        if not got and not handled and (self._handling or not self.meanwhile()):
            self._receive(LOOK_S)

    def _handle_one(self):
        if not self._events or self._handling:
            return False
        event = self._events.popleft()
        self._handling = True
        try:
            for handler in self._handlers.get(event['method'], ()):
                handler(event['params'], event.get('sessionId'))
        finally:
            self._handling = False
        return True

    def _receive(self, timeout_s):
        if not select.select([self._in], [], [], timeout_s)[0]:
            return False
        data = os.read(self._in, READ_BYTES)
        if not data:
            raise self._died()
        *texts, self._rest = (self._rest + data).split(b'\0')
        for text in texts:
            message = json.loads(text)
            self.heard += 1
            if 'id' not in message:
                if message['method'] in self._handlers:
                    self._events.append(message)
            elif message['id'] in self._awaited:
                self._answers[message['id']] = message
        return True

    def _died(self):
        return BrowserError(f'the browser is gone; its last words: {self._errors.read_text()[-500:]}')

    def close(self):
        """End the browser. Its profile goes too."""
        self._process.terminate()
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdin.close()
        self._process.stdout.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
