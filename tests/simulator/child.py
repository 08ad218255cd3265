"""One MicroPython process on the world's clock.

Owns the process, its two pipes and its place in the clock: a request is served when the world's time has come to the
moment at which the processor made it, so that pins act in the order of modelled time, however fast they really run.
Used by `board` only.
"""
import ctypes
import os
import select
import struct
import subprocess
from pathlib import Path

from tests.simulator.operations import FOREVER_NS, Kind
from tests.simulator.runtime import micropython

REQUEST = struct.Struct('<IIqqII')
REPLY = struct.Struct('<qiIII')
START = Path(__file__).parent / 'device' / 'start.py'
RUNAWAY_S = 60                                  # real seconds without a wait or a call: the program hangs
_NO_RANDOM_ADDRESSES = 0x0040000                # ADDR_NO_RANDOMIZE: the same heap pictures at every run


class Runaway(RuntimeError):
    """The firmware computes for ever without waiting or touching its hardware."""


def _prepare(request_write, reply_read, flash):
    """In the new process: the descriptors that vtime.c expects, and addresses that do not change from run to run."""
    for source, spare in ((request_write, 30), (reply_read, 31), (flash, 32)):
        os.dup2(source, spare)
    for spare, number in ((30, 3), (31, 4), (32, 6)):
        os.dup2(spare, number)
    os.closerange(7, 64)
    ctypes.CDLL(None).personality(_NO_RANDOM_ADDRESSES)


class Child:
    """Runs start.py. `serve(op, arg, data) -> (status, bytes)` answers calls, `accept(op, arg, data)` takes posts."""

    def __init__(self, clock, flash_fd, flash_blocks, heap, wake_ns, serve, accept, console_fd):
        self.clock, self._serve, self._accept = clock, serve, accept
        self._interrupts = []
        self._waiting = None                    # (at_ns, Timer or None) while the processor waits
        self._buffer = b''
        self._origin_ns = clock.now_ns
        self.alive = True
        self.wakes = 0
        request_read, request_write = os.pipe()
        reply_read, reply_write = os.pipe()
        runtime = micropython()
        command = [*runtime.command(heap, runtime.preload), str(START), str(runtime.preload), str(flash_blocks),
                   str(wake_ns)]
        self._process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=console_fd, stderr=console_fd, close_fds=False, env={},
            preexec_fn=lambda: _prepare(request_write, reply_read, flash_fd))
        os.close(request_write)
        os.close(reply_read)
        self._requests, self._replies = request_read, reply_write
        self._poll = select.poll()
        self._poll.register(request_read, select.POLLIN)
        self._collect()

    def stop(self):
        """The power goes: the process ends at once, whatever it was doing."""
        if not self.alive:
            return
        self.alive = False
        if self._waiting and self._waiting[1]:
            self._waiting[1].cancel()
        self._process.kill()
        self._process.wait()
        os.close(self._requests)
        os.close(self._replies)

    def interrupt(self, number):
        """Queue an interrupt; a waiting processor wakes for it."""
        if not self.alive:
            return
        self._interrupts.append(number)
        if self._waiting:
            at_ns, timer = self._waiting
            if timer:
                timer.cancel()
            self._waiting = (at_ns, self.clock.call_at(at_ns, self._wake))

    def _wake(self):
        if self.alive:
            self._waiting = None
            self.wakes += 1
            self._answer(0, b'')

    def _answer(self, status, data):
        interrupts, self._interrupts = self._interrupts, []
        reply = REPLY.pack(self.clock.now_ns - self._origin_ns, status, len(interrupts), len(data), 0)
        reply += struct.pack(f'<{len(interrupts)}I', *interrupts) + data
        try:
            os.write(self._replies, reply)
        except BrokenPipeError:
            self._ended()
            return
        self._collect()

    def _ended(self):
        self.stop()
        raise RuntimeError('MicroPython ended by itself; the console has its last words')

    def _read(self, length):
        while len(self._buffer) < length:
            if not self._poll.poll(RUNAWAY_S * 1000):
                self.stop()
                raise Runaway(f'no wait and no bus call for {RUNAWAY_S} s of real time')
            data = os.read(self._requests, 1 << 18)
            if not data:
                self._ended()
            self._buffer += data
        data, self._buffer = self._buffer[:length], self._buffer[length:]
        return data

    def _collect(self):
        """Take requests up to the one that the processor waits for, and put each at its time."""
        while True:
            kind, length, at_ns, deadline_ns, op, arg = REQUEST.unpack(self._read(REQUEST.size))
            data = self._read(length) if length else b''
            at_ns += self._origin_ns
            if kind == Kind.POST:
                self.clock.call_at(at_ns, self._post, op, arg, data)
                continue
            if kind == Kind.CALL:
                self.clock.call_at(at_ns, self._call, op, arg, data)
            elif self._interrupts:
                self._waiting = (at_ns, self.clock.call_at(at_ns, self._wake))
            elif deadline_ns == FOREVER_NS:
                self._waiting = (at_ns, None)
            else:
                self._waiting = (at_ns, self.clock.call_at(max(at_ns, deadline_ns + self._origin_ns), self._wake))
            return

    def _post(self, op, arg, data):
        if self.alive:
            self._accept(op, arg, data)

    def _call(self, op, arg, data):
        if self.alive:
            status, answer = self._serve(op, arg, data)
            if self.alive:                      # a reset or a power cut may be the answer
                self._answer(status, answer)
