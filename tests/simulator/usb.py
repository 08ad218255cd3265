"""The USB cable of a simulated pin: its console as a serial port for real programs (mpremote), over socket://.

Owns the socket and the place up to which the console was sent. A port for `run_realtime`: never blocks, moves bytes when it
is pumped. Used by tests of `make deploy`.
"""
import re
import select
import socket

READ_BYTES = 4096
LONE_LINE_FEED = re.compile(rb'(?<!\r)\n')


class Cable:
    """`url` is what mpremote is given. `cut_at`: it is pulled when these bytes go to the pin; then `pulled` is true."""

    def __init__(self, pin, cut_at=None):
        self.pin, self.cut_at = pin, cut_at
        self._received = b''
        self.pulled = False
        self._server = socket.create_server(('127.0.0.1', 0))
        self._server.setblocking(False)
        self.url = f'socket://127.0.0.1:{self._server.getsockname()[1]}'
        self._line = None
        self._sent = len(pin.console.data)

    def granted(self, step_ns):
        """How much of `step_ns` of real time goes by in the world; see PtyPort."""
        return step_ns

    def fileno(self):
        return (self._line or self._server).fileno()

    def pump(self):
        """Move what there is, both ways; True where there was something. Never blocks."""
        if self.pulled:
            return False
        if self._line is None:
            try:
                self._line = self._server.accept()[0]
            except BlockingIOError:
                return False
            self._line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._line.setblocking(False)
            self._sent = len(self.pin.console.data)     # a serial port keeps nothing for who comes later
        return self._take() | self._give()

    def _take(self):
        try:
            data = self._line.recv(READ_BYTES)
        except BlockingIOError:
            return False
        except ConnectionError:
            data = b''
        if not data:
            self._hang_up()
            return False
        self._received = self._received[-READ_BYTES:] + data
        if self.cut_at is not None and self.cut_at in self._received:
            self.pulled = True
            self._hang_up()
            return False
        self.pin.type(data)
        return True

    def _give(self):
        if self._line is None or not select.select([], [self._line], [], 0)[1]:
            return False
        said = self.pin.console.data[self._sent:]
        self._sent += len(said)
        # MicroPython sends CR before each line feed of a text; what is typed as bytes has none
        if said:
            try:
                self._line.sendall(LONE_LINE_FEED.sub(b'\r\n', said))
            except (ConnectionError, BlockingIOError):
                return False
        return bool(said)

    def _hang_up(self):
        if self._line:
            self._line.close()
            self._line = None

    def close(self):
        self._hang_up()
        self._server.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
