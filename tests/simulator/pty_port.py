"""A simulated chip behind a pseudo-terminal, so that foreign programs (nfcpy, libnfc) open it as a serial port.

Owns the pty and the run in real time; the chip (HSU front) and the clock are the caller's. A port never blocks: bytes
move when it is pumped. Foreign programs block and keep real time, so they belong in a thread or a child process,
while `run_realtime` in the main thread moves the virtual clock on with real time and pumps:

    clock, rng = Clock(), random.Random(1)
    air = Air(clock, rng)
    chip = PN532(clock, rng, air, interface='hsu', name='reader')
    with PtyPort(chip) as port:
        def foreign():
            with open_nfcpy(port) as clf:               # tests/interop/nfcpy_peer.py
                ...
        run_realtime(clock, [port], foreign, limit_s=5)

The chip may as well live in a world's clock and air, held to a pin (tests/interop/rig.py).

Virtual time never runs ahead of real time. On a busy machine it falls behind, instead of leaping over what a foreign program
would have said in time: by LONGEST_STEP_NS at most between two looks at the ports, and hardly on while a program that tells
what it is about has thought for THINK_NS. So it is about as fast in the world as on an idle machine. No run is exact to the
bit: assert outcomes there, and everything finer in virtual time.
"""
import errno
import fcntl
import os
import select
import termios
import threading
import time
import tty

STEP_S = 0.0005                     # longest sleep between two pumps: below nfcpy's shortest pause (1 ms)
LONGEST_STEP_NS = 1_000_000         # between two looks at the ports
THINK_NS = 5_000_000                # nfcpy takes about 10 ms for an answer on a machine that does nothing else
SLOWED = 100                        # times slower than real time, from then on
READ_BYTES = 4096


class PtyPort:
    """A chip on a pty. `path` is what a serial program opens; `received` and `sent` count bytes.

    A program in this process may tell what it is about: `waits`, whether it waits for what the chip says, and `taken`, how
    many of the bytes `sent` it has fetched or thrown away, which it does under `lock`. Baud rates are not enforced: a pty has
    none, and a program that changes speed reopens it at an uncertain moment.
    """

    def __init__(self, chip):
        self.chip = chip
        self.received = self.sent = 0
        self.waits, self.taken = True, None         # the program does not tell
        self.lock = threading.Lock()
        self._thought_ns = 0
        self._master, self._slave = os.openpty()    # our own end of the slave keeps the pty alive between programs
        tty.setraw(self._slave)
        os.set_blocking(self._master, False)
        self.path = os.ttyname(self._slave)
        chip.front.on_serial = self._send

    def granted(self, step_ns):
        """How much of `step_ns` of real time goes by in the world, for what this program is about."""
        if self.waits and self._all_fetched():
            self._thought_ns = 0
        elif self._thought_ns > THINK_NS:
            step_ns //= SLOWED
        self._thought_ns += step_ns
        return step_ns

    def _all_fetched(self):
        """Whether the program has all that the chip said; what is still on its way through the kernel only `taken` tells."""
        if self.taken is None:
            return not any(fcntl.ioctl(self._slave, termios.FIONREAD, bytes(4)))
        return self.taken >= self.sent

    def pump(self):
        """Hand the chip what a program has written; True where there was something. Never blocks."""
        try:
            data = os.read(self._master, READ_BYTES)
        except BlockingIOError:
            return False
        except OSError as error:
            if error.errno == errno.EIO:            # no program has it open
                return False
            raise
        self.received += len(data)
        self.chip.serial_write(data)
        return True

    def fileno(self):
        return self._master

    def _send(self, data):
        try:
            with self.lock:
                self.sent += os.write(self._master, data)
        except BlockingIOError:                     # nobody reads: a UART would lose the bytes as well
            return

    def close(self):
        self.chip.front.on_serial = None
        os.close(self._master)
        os.close(self._slave)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class RealTimeLimit(AssertionError):
    """The foreign program has not ended in time."""


class Foreign:
    """A blocking function in a thread of its own; `value()` gives its result or raises what it raised."""

    def __init__(self, function):
        self._function = function
        self._value = self._error = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self):
        try:
            self._value = self._function()
        except (Exception, SystemExit) as error:    # noqa: BLE001 - handed on to whoever asks for the value
            self._error = error

    @property
    def running(self):
        return self._thread.is_alive()

    def value(self):
        if self._error:
            raise self._error
        return self._value


def run_realtime(clock, ports, *functions, limit_s):
    """Run blocking `functions` in threads while `clock` follows real time; return the list of their values.

    It ends when every function has. A function's exception is raised here; RealTimeLimit after `limit_s` seconds.
    """
    foreigners = [Foreign(function) for function in functions]
    begin = seen = time.monotonic()
    while any(foreign.running for foreign in foreigners):
        now = time.monotonic()
        if now - begin > limit_s:
            raise RealTimeLimit(f'{limit_s} s of real time have passed and the foreign program still runs')
        step_ns = min(int((now - seen) * 1e9), LONGEST_STEP_NS)
        seen = now
        clock.advance(min(port.granted(step_ns) for port in ports))
        if not sum(port.pump() for port in ports):
            select.select(ports, [], [], STEP_S)
    return [foreign.value() for foreign in foreigners]
