"""A simulated chip behind a pseudo-terminal, so that foreign programs (nfcpy, libnfc) open it as a serial port.

Owns the pty and the run in real time; the chip (HSU front) and the clock are the caller's. A port never blocks: bytes
move when it is pumped. Foreign programs block and keep real time, so they belong in a thread or a child process,
while `run_realtime` in the main thread moves the virtual clock on with real time and pumps:

    clock, rng = Clock(), random.Random(1)
    air = Air(clock, rng)
    chip = PN532(clock, rng, air, interface='hsu', name='reader')
    with PtyPort(chip) as port:
        def foreign():
            with open_nfcpy(port.path) as clf:          # tests/interop/nfcpy_peer.py
                ...
        run_realtime(clock.advance_to, [port], foreign, limit_s=5)

With the whole firmware as the other side, the chip behind the port lives in the world's clock and air:

    chip = PN532(world.clock, random.Random(2), world.air, interface='hsu', name='nfcpy')
    world.air.couple(pin.nfc, chip)
    with PtyPort(chip) as port:
        peer, = run_realtime(world.clock.advance_to, [port],
                             lambda: Peer([[record]]).connect(port.path, 'initiator'),      # nfcpy_peer.Peer
                             limit_s=10, start_ns=world.clock.now_ns)
The virtual clock never runs ahead of real time and catches up at once where the simulation took longer; the two differ
by a few ms, so no real-time run is exact to the bit. Assert outcomes there, and everything finer in virtual time.
"""
import errno
import os
import select
import threading
import time
import tty

STEP_S = 0.0005                     # longest sleep between two pumps: below nfcpy's shortest pause (1 ms)
LONGEST_STEP_NS = 1_000_000                     # between two looks at the ports
READ_BYTES = 4096


class PtyPort:
    """A chip on a pty. `path` is what a serial program opens; `received` and `sent` count bytes.

    Baud rates are not enforced: a pty has none, and a program that changes speed reopens it at an uncertain moment.
    """

    def __init__(self, chip):
        self.chip = chip
        self.received = self.sent = 0
        self._master, self._slave = os.openpty()    # our own end of the slave keeps the pty alive between programs
        tty.setraw(self._slave)
        os.set_blocking(self._master, False)
        self.path = os.ttyname(self._slave)
        chip.front.on_serial = self._send

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


def run_realtime(advance_to, ports, *functions, limit_s, start_ns=0, stop=None):
    """Run blocking `functions` in threads while virtual time follows real time; return the list of their values.

    `advance_to(ns)` moves the virtual clock (`Clock.advance_to`, or a world's), beginning at `start_ns`. It ends when
    every function has, or earlier when `stop()` is true (values of functions that still run are None then). A
    function's exception is raised here; RealTimeLimit after `limit_s` seconds. On a busy machine virtual time falls behind
    instead of leaping over what a foreign program would have said in time.
    """
    foreigners = [Foreign(function) for function in functions]
    begin = seen = time.monotonic()
    now_ns = start_ns
    while any(foreign.running for foreign in foreigners):
        if stop and stop():
            break
        now = time.monotonic()
        if now - begin > limit_s:
            raise RealTimeLimit(f'{limit_s} s of real time have passed and the foreign program still runs')
        now_ns += min(int((now - seen) * 1e9), LONGEST_STEP_NS)
        seen = now
        advance_to(now_ns)
        if not sum(port.pump() for port in ports):
            select.select([port.fileno() for port in ports], [], [], STEP_S)
    return [foreign.value() for foreign in foreigners]
