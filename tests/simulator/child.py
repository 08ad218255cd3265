"""One MicroPython process on the world's clock.

Owns the process, its two pipes and its place in the clock: a request is served when the world's time has come to the
moment at which the processor made it, so that pins act in the order of modelled time, however fast they really run.
Used by `pin`.
"""
import ctypes
import os
import select
import signal
import struct
from collections import Counter

from tests.simulator.image import START, compiled_shims
from tests.simulator.operations import FOREVER_NS, Kind, Op
from tests.simulator.runtime import micropython

REQUEST = struct.Struct('<IIqqII')
REPLY = struct.Struct('<qiIII')
WAIT, CALL, POST = Kind                         # as plain names: they are looked at for each request
BUS = (Op.SPI_WRITE, Op.SPI_TRANSFER, Op.I2C_WRITE, Op.I2C_READ)     # the processor idles while DMA or the bus works
READ_BYTES = 1 << 18
SHIMS_KB = 14                                   # of heap that the shims take, which on a board are C; a test measures it
RUNAWAY_S = 60                                  # real seconds without a wait or a call: the program hangs
_NO_RANDOM_ADDRESSES = 0x0040000                # ADDR_NO_RANDOMIZE: the same heap pictures at every run


class Runaway(RuntimeError):
    """The firmware computes for ever without waiting or touching its hardware."""


def _personality(value):
    """Set this thread's execution domain and return the one before; what is started next inherits it."""
    return ctypes.CDLL(None).personality(value)


def _spawn(command, descriptors):
    """Start `command` with {number in the child: descriptor here} and fixed addresses; returns its process id."""
    free = max(descriptors.values()) + 1        # above all that are still to be copied
    spare = {number: free + index for index, number in enumerate(descriptors)}
    actions = [(os.POSIX_SPAWN_DUP2, source, spare[number]) for number, source in descriptors.items()]
    actions += [(os.POSIX_SPAWN_DUP2, spare[number], number) for number in descriptors]
    actions += [(os.POSIX_SPAWN_CLOSE, number) for number in spare.values()]
    before = _personality(_NO_RANDOM_ADDRESSES)
    try:
        return os.posix_spawn(command[0], command, {}, file_actions=actions)
    finally:
        _personality(before if before >= 0 else 0)


def beside_shims(heap):
    """The limit of the process whose firmware may have `heap` ('384k'): the simulator's own part does not count."""
    return f'{int(heap[:-1]) + SHIMS_KB}k' if heap[-1] == 'k' else heap


class Child:
    """Runs start.py. `serve(op, arg, data) -> (status, bytes)` answers calls, `accept(op, arg, data)` takes posts.
    `flash_blocks`: those of the file system and those of the lane; `compute`: see World.add_pin, in 256ths."""

    def __init__(self, clock, flash_fd, flash_blocks, heap, wake_ns, serve, accept, console_fd, compute=0):
        self.clock, self._serve, self._accept = clock, serve, accept
        self._interrupts = []
        self._waiting = None                    # (at_ns, Timer or None) while the processor waits
        self._origin_ns = clock.now_ns
        self.alive = True
        self.wakes = 0
        self.on_wake = None                     # (busy since, has waited since, of the time between on a bus), in ns
        self.forget_stalls()
        request_read, request_write = os.pipe()
        reply_read, reply_write = os.pipe()
        runtime = micropython()
        command = [*runtime.command(beside_shims(heap), runtime.preload), str(START), str(runtime.preload),
                   str(compiled_shims(runtime.arch)), *map(str, (*flash_blocks, wake_ns, compute))]
        with open(os.devnull, 'rb') as nothing:
            self._process = _spawn(command, {0: nothing.fileno(), 1: console_fd, 2: console_fd, 3: request_write,
                                             4: reply_read, 6: flash_fd})
        os.close(request_write)
        os.close(reply_read)
        self._requests, self._replies = request_read, reply_write
        self._poll = select.poll()
        self._poll.register(request_read, select.POLLIN)
        self._collect()

    def computed_s(self):
        """Seconds of this host's processor that the program has taken, the system's left out."""
        with open(f'/proc/{self._process}/stat') as file:
            fields = file.read().rpartition(')')[2].split()
        return int(fields[11]) / os.sysconf('SC_CLK_TCK')

    def resident_bytes(self):
        """Memory of this host that the program has ever touched and holds."""
        with open(f'/proc/{self._process}/statm') as file:
            return int(file.read().split()[1]) * os.sysconf('SC_PAGE_SIZE')

    def stop(self):
        """The power goes: the process ends at once, whatever it was doing."""
        if not self.alive:
            return
        self.alive = False
        if self._waiting and self._waiting[1]:
            self._waiting[1].cancel()
        os.kill(self._process, signal.SIGKILL)
        os.waitpid(self._process, 0)
        os.close(self._requests)
        os.close(self._replies)

    @property
    def due_ns(self):
        """When the wait that the processor is in ends by itself; None where it would not, or there is none."""
        return self._waiting[1].at_ns if self._waiting and self._waiting[1] else None

    def interrupt(self, number):
        """Queue an interrupt; a waiting processor wakes for it."""
        if not self.alive:
            return
        self._interrupts.append(number)
        if self._waiting:
            self._rouse()

    def _rouse(self):
        at_ns, timer = self._waiting
        if timer:
            timer.cancel()
        self._waiting = (at_ns, self.clock.call_at(at_ns, self._wake))

    def interrupt_program(self):
        """Ctrl-C: a KeyboardInterrupt in the program, wherever it is."""
        if self.alive:
            os.kill(self._process, signal.SIGINT)
            if self._waiting:
                self._rouse()

    def forget_stalls(self):
        """Begin anew with `stalls`: {Op that took most of it: (ns, {Op: ns})}, the longest stretch without a wait of each
        kind. Op 0 is computing; time counts for the request that it ends with, as the processor spends it before it asks."""
        self.stalls = {}
        self._granted_ns, self._request_ns, self._spent = None, 0, Counter()

    def _account(self, kind, op, at_ns):
        """A request was made at `at_ns`."""
        if self._granted_ns is None:
            return
        self._spent[op] += at_ns - self._request_ns
        self._request_ns = at_ns
        if kind == WAIT:
            stall_ns, most = at_ns - self._granted_ns, max(self._spent, key=self._spent.get)
            if stall_ns > self.stalls.get(most, (0,))[0]:
                self.stalls[most] = stall_ns, dict(self._spent)

    def _wake(self):
        if self.alive:
            if self.on_wake:
                self.on_wake(self._granted_ns, self._waiting[0], sum(self._spent[op] for op in BUS))
            self._waiting = None
            self.wakes += 1
            self._granted_ns = self._request_ns = self.clock.now_ns
            self._spent.clear()
            self._answer(0, b'')

    def _answer(self, status, data):
        interrupts = self._interrupts
        reply = REPLY.pack(self.clock.now_ns - self._origin_ns, status, len(interrupts), len(data), 0)
        if interrupts:
            reply += struct.pack(f'<{len(interrupts)}I', *interrupts)
            self._interrupts = []
        try:
            os.write(self._replies, reply + data)
        except BrokenPipeError:
            self._ended()
            return
        self._collect()

    def _ended(self):
        self.stop()
        raise RuntimeError('MicroPython ended by itself; the console has its last words')

    def _receive(self):
        """What the processor says next, at least a byte."""
        if not self._poll.poll(RUNAWAY_S * 1000):
            self.stop()
            raise Runaway(f'no wait and no bus call for {RUNAWAY_S} s of real time')
        data = os.read(self._requests, READ_BYTES)
        if not data:
            self._ended()
        return data

    def _collect(self):
        """Take requests up to the one that the processor waits for, which is the last, and put each at its time."""
        said, at, origin_ns, call_at = self._receive(), 0, self._origin_ns, self.clock.call_at
        while True:
            while len(said) < at + REQUEST.size:
                said += self._receive()
            kind, length, at_ns, deadline_ns, op, arg = REQUEST.unpack_from(said, at)
            at += REQUEST.size + length
            while len(said) < at:
                said += self._receive()
            data = said[at - length:at]
            at_ns += origin_ns
            self._account(kind, op, at_ns)
            if kind == POST:
                call_at(at_ns, self._post, op, arg, data)
                continue
            if kind == CALL:
                call_at(at_ns, self._call, op, arg, data)
            elif self._interrupts:
                self._waiting = (at_ns, call_at(at_ns, self._wake))
            elif deadline_ns == FOREVER_NS:
                self._waiting = (at_ns, None)
            else:
                self._waiting = (at_ns, call_at(max(at_ns, deadline_ns + origin_ns), self._wake))
            return

    def _post(self, op, arg, data):
        if self.alive:
            self._accept(op, arg, data)

    def _call(self, op, arg, data):
        if self.alive:
            status, answer = self._serve(op, arg, data)
            if self.alive:                      # a reset or a power cut may be the answer
                self._answer(status, answer)
