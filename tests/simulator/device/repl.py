"""The prompt of a simulated board: MicroPython's raw REPL, for mpremote, and as much of the friendly one as it needs.

The unix port has none of its own that a program can talk to. Protocol as in MicroPython's "The MicroPython Interactive
Interpreter Mode": Ctrl-A raw, Ctrl-B friendly, Ctrl-C drops the line, Ctrl-D runs it, or resets softly where there is none;
05 'A' 01 asks for raw paste with its flow control. Loaded by `machine` where a program has ended.
"""
import sys
import time

import _wire
import machine

FRIENDLY, RAW = 1, 2
WINDOW = 128                                    # of raw paste: bytes between two 01; two windows are free at first
LOOK_MS = 5
RAW_BANNER = 'raw REPL; CTRL-B to exit\r\n>'


class Prompt:
    def __init__(self):
        self.mode = FRIENDLY
        self.names = {'__name__': '__main__'}
        self._buffer = bytearray(256)
        self._waiting = b''

    def _say(self, text):
        sys.stdout.write(text)

    def _reads(self, mode):
        """Tell the world who reads the console from now on; 0: a program that Ctrl-C may stop."""
        _wire.ask(_wire.SERIAL_PROMPT, 0, bytes([mode]))

    def _next(self):
        """The next byte that is typed."""
        while not self._waiting:
            count = _wire.ask(_wire.SERIAL_READ, len(self._buffer), b'', self._buffer)
            self._waiting = bytes(self._buffer[:count])
            if not count:
                time.sleep_ms(LOOK_MS)
        byte, self._waiting = self._waiting[0], self._waiting[1:]
        return byte

    def change(self, mode):
        self.mode = mode
        self._reads(mode)
        self._say(RAW_BANNER if mode == RAW else '\r\nMicroPython of a simulated board\r\n>>> ')

    def run(self):
        line = bytearray()
        while True:
            byte = self._next()
            if byte == 1:
                line = bytearray()
                self.change(RAW)
            elif byte == 2:
                line = bytearray()
                self.change(FRIENDLY)
            elif byte == 3:
                line = bytearray()
                self._say('' if self.mode == RAW else '\r\n>>> ')
            elif byte == 4:
                self._end_of_text(line)
                line = bytearray()
            elif byte == 5 and self.mode == RAW and not line:
                self._paste()
            elif byte == 13 and self.mode == FRIENDLY:
                self._say('\r\n')
                self._execute(line)
                line = bytearray()
                self._say('>>> ')
            else:
                line.append(byte)

    def _end_of_text(self, line):
        if not line:
            self._say('OK' if self.mode == RAW else '')
            self._say('\r\nMPY: soft reboot\r\n')
            machine.soft_reset()
        self._say('OK')
        self._run_raw(line)

    def _run_raw(self, line):
        self._execute(line, '\x04')
        self._say('\x04>')

    def _paste(self):
        """Raw paste as shared/runtime/pyexec.c does it: the window's size, 01 for each further one that may come, 04 at the
        end. A board compiles while it reads, so it ends a text with a mistake earlier than this does."""
        if self._next() != 65 or self._next() != 1:
            return
        sys.stdout.buffer.write(b'R\x01' + bytes([WINDOW & 255, WINDOW >> 8, 1]))
        text = bytearray()
        while (byte := self._next()) not in (3, 4):
            text.append(byte)
            if len(text) % WINDOW == 0:
                self._say('\x01')
        self._say('\x04')
        if byte == 3:
            self._say('\x04KeyboardInterrupt: \r\n\x04>')
        else:
            self._run_raw(text)

    def _execute(self, line, before_error=''):
        """Run a text; `before_error` stands between what it said and its traceback."""
        self._reads(0)
        said = False
        try:
            code = compile(str(line, 'utf-8'), '<stdin>', 'exec')
            exec(code, self.names)              # noqa: S102  what a prompt is for
        except SystemExit:
            self._reads(self.mode)
            machine.soft_reset()
        except BaseException as error:          # noqa: BLE001  whatever it is, it is shown
            self._reads(self.mode)
            self._say(before_error)
            said = True
            sys.print_exception(error)
        self._reads(self.mode)
        if not said:
            self._say(before_error)


def serve(raw):
    """Does not return."""
    prompt = Prompt()
    prompt.change(RAW if raw else FRIENDLY)
    while True:
        try:
            prompt.run()
        except KeyboardInterrupt:               # typed between the end of a program and the prompt
            prompt.change(prompt.mode)
