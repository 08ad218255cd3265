"""Runs drivers and protocols on CPython against the chip models, on a virtual clock.

Owns the few MicroPython names that CPython lacks (`time.ticks_*`, `asyncio.sleep_ms`, `asyncio.ThreadSafeFlag`,
`micropython.const`, `deflate`), an asyncio loop whose time is the clock's, and stand-ins for `machine.Pin`, `SPI`, `I2C` and
`UART` that speak to `wires`. For fast unit, property and fuzz tests of `lib/` and the rules in `firmware/`; the whole
firmware runs only on real MicroPython (see `world`).
"""
import asyncio
import importlib.machinery
import importlib.util
import random
import selectors
import sys
import time
import types
import zlib

from tests.simulator.clock import Clock
from tests.simulator.wires import BusStuck, I2CBus, Line, Nack, SPIBus

TICKS_PERIOD = 1 << 30                                  # as on the ESP32 and the 32-bit unix port
_current = types.SimpleNamespace(clock=Clock())


def _ticks_ms():
    return _current.clock.now_ns // 1_000_000 % TICKS_PERIOD


def _ticks_us():
    return _current.clock.now_ns // 1_000 % TICKS_PERIOD


def _ticks_add(ticks, delta):
    return (ticks + delta) % TICKS_PERIOD


def _ticks_diff(end, start):
    return (end - start + TICKS_PERIOD // 2) % TICKS_PERIOD - TICKS_PERIOD // 2


class DeflateIO:
    """deflate.DeflateIO as far as it reads raw streams."""

    def __init__(self, stream, _raw, window_bits):
        self._stream, self._inflate = stream, zlib.decompressobj(-window_bits)

    def readinto(self, buffer):
        try:
            data = self._inflate.decompress(self._stream.read(), len(buffer))
        except zlib.error as problem:
            raise OSError(22, str(problem)) from None
        buffer[:len(data)] = data
        return len(data)


class ThreadSafeFlag:
    """asyncio.ThreadSafeFlag as MicroPython has it: `wait()` returns at once if set, and clears the flag."""

    def __init__(self):
        self._set = False
        self._waiter = None

    def set(self):
        self._set = True
        if self._waiter and not self._waiter.done():
            self._waiter.set_result(None)

    def clear(self):
        self._set = False

    async def wait(self):
        while not self._set:
            self._waiter = asyncio.get_running_loop().create_future()
            await self._waiter
        self._set = False


class _Loader(importlib.machinery.SourceFileLoader):
    """Keeps a module's code: what is borrowed (firmware/system/overlay.py) is loaded thousands of times in a test."""

    def get_code(self, name):
        if name not in _codes:
            _codes[name] = super().get_code(name)
        return _codes[name]


class _Finder(importlib.machinery.PathFinder):
    """Finds a module of the firmware each time where it was the first time; only code is kept, never a module."""

    @classmethod
    def find_spec(cls, name, path=None, target=None):
        if not name.startswith('firmware.'):
            return None
        if name not in _places:
            spec = super().find_spec(name, path)
            _places[name] = spec and spec.has_location and (spec.origin, spec.submodule_search_locations)
        if not _places[name]:
            return None                                 # a namespace, or nothing
        origin, inside = _places[name]
        return importlib.util.spec_from_file_location(name, origin, loader=_Loader(name, origin),
                                                      submodule_search_locations=inside)


_codes, _places = {}, {}


def install():
    """Give CPython the MicroPython names. Idempotent; called by tests/conftest.py."""
    if _Finder not in sys.meta_path:
        sys.meta_path.insert(0, _Finder)
    time.ticks_ms, time.ticks_us = _ticks_ms, _ticks_us
    time.ticks_add, time.ticks_diff = _ticks_add, _ticks_diff
    time.sleep_ms = lambda ms: _current.clock.advance(ms * 1_000_000)
    time.sleep_us = lambda us: _current.clock.advance(us * 1_000)
    asyncio.sleep_ms = lambda ms: asyncio.sleep(max(0, ms) / 1000)
    asyncio.wait_for_ms = lambda awaitable, ms: asyncio.wait_for(awaitable, ms / 1000)
    asyncio.ThreadSafeFlag = ThreadSafeFlag
    if 'micropython' not in sys.modules:
        module = types.ModuleType('micropython')
        module.const = lambda value: value
        module.native = module.viper = lambda function: function
        module.schedule = lambda function, argument: function(argument)
        sys.modules['micropython'] = module
    if 'deflate' not in sys.modules:
        module = types.ModuleType('deflate')
        module.RAW, module.DeflateIO = 1, DeflateIO
        sys.modules['deflate'] = module


class Deadlock(RuntimeError):
    """Every task waits and nothing is due: the code under test would hang for ever."""


class _Selector(selectors.SelectSelector):
    def __init__(self, loop):
        super().__init__()
        self.loop = loop

    def select(self, timeout=None):
        clock, ready = self.loop.clock, self.loop._ready
        if timeout is None and not ready and clock.next_due_ns() is None:
            raise Deadlock('every task waits and nothing is due')
        end_ns = None if timeout is None else clock.now_ns + max(0, round(timeout * 1e9))
        while not ready:
            due = clock.next_due_ns()
            if due is None or (end_ns is not None and due > end_ns):
                break
            clock.run_next()
        if not ready and end_ns is not None:
            clock.advance_to(end_ns)
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """CPython's own asyncio loop on the virtual clock: a wait costs nothing and moves the clock on."""

    def __init__(self, clock):
        self.clock = clock
        selector = _Selector(self)
        super().__init__(selector)
        self._clock_resolution = 1e-9

    def time(self):
        return self.clock.now_ns / 1e9


class HostPin:
    """machine.Pin on a Line. Interrupt handlers run at once, in the clock call that moved the line."""

    IRQ_RISING, IRQ_FALLING = 1, 2

    def __init__(self, line):
        self.line = line
        self._handler, self._trigger = None, 0
        line.watch(self._edge)

    def _edge(self, level):
        if self._handler and self._trigger & (self.IRQ_RISING if level else self.IRQ_FALLING):
            self._handler(self)

    def value(self, level=None):
        if level is None:
            return self.line.level
        self.line.set(level)
        return None

    __call__ = value

    def on(self):
        self.line.set(1)

    def off(self):
        self.line.set(0)

    def irq(self, handler=None, trigger=IRQ_RISING | IRQ_FALLING):
        self._handler, self._trigger = handler, trigger


class HostSPI:
    """machine.SPI on an SPIBus; every call takes its wire time on the clock."""

    MSB, LSB = 0, 1

    def __init__(self, clock, bus, baudrate, firstbit=0):
        self.clock, self.bus, self.baudrate, self.firstbit = clock, bus, baudrate, firstbit

    def _transfer(self, data):
        self.clock.advance(self.bus.wire_ns(len(data), self.baudrate))
        return self.bus.transfer(bytes(data), self.firstbit == self.LSB)

    def write(self, buffer):
        self._transfer(buffer)

    def readinto(self, buffer, write=0):
        buffer[:] = self._transfer(bytes([write]) * len(buffer))

    def read(self, length, write=0):
        return self._transfer(bytes([write]) * length)

    def write_readinto(self, write_buffer, read_buffer):
        read_buffer[:] = self._transfer(write_buffer)


class HostI2C:
    """machine.I2C on an I2CBus; Nack and BusStuck become the OSErrors that MicroPython raises."""

    def __init__(self, clock, bus, frequency=400_000):
        self.clock, self.bus, self.frequency = clock, bus, frequency

    def _call(self, length, function, *arguments):
        try:
            answer = function(*arguments)
        except Nack:
            self.clock.advance(self.bus.wire_ns(0, self.frequency))
            raise OSError(19) from None                 # ENODEV
        except BusStuck:
            self.clock.advance(50_000_000)
            raise OSError(116) from None                # ETIMEDOUT as the ESP32 port numbers it
        self.clock.advance(self.bus.wire_ns(length, self.frequency))
        return answer

    def writeto(self, address, buffer, stop=True):
        self._call(len(buffer), self.bus.write, address, bytes(buffer))
        return len(buffer)

    def readfrom(self, address, length, stop=True):
        return self._call(length, self.bus.read, address, length)

    def readfrom_into(self, address, buffer, stop=True):
        buffer[:] = self.readfrom(address, len(buffer))

    def writeto_mem(self, address, register, buffer, addrsize=8):
        self.writeto(address, bytes([register]) + bytes(buffer))

    def readfrom_mem(self, address, register, length, addrsize=8):
        self.writeto(address, bytes([register]))
        return self.readfrom(address, length)

    def readfrom_mem_into(self, address, register, buffer, addrsize=8):
        view = memoryview(buffer).cast('B')
        view[:] = self.readfrom_mem(address, register, len(view))

    def scan(self):
        return self.bus.addresses()


class HostUART:
    """machine.UART on a SerialWire: writing queues, reading takes what is there, IRQ_RX tells of bytes."""

    IRQ_RX = 1

    def __init__(self, wire, rxbuf=512):
        self.wire, self._rxbuf = wire, rxbuf
        self.init(115_200)

    def init(self, baudrate):
        self.wire.configure(baudrate, self._rxbuf)

    def any(self):
        return self.wire.waiting

    def read(self, length=None):
        return self.wire.read(self.wire.waiting if length is None else length) or None

    def readinto(self, buffer):
        data = self.wire.read(len(buffer))
        buffer[:len(data)] = data
        return len(data) or None

    def write(self, buffer):
        self.wire.write(buffer)
        return len(buffer)

    def irq(self, handler=None, trigger=0, hard=False):
        self.wire.on_receive = (lambda: handler(self)) if handler and trigger & self.IRQ_RX else None


class SilentUART(HostUART):
    """A UART of a port without receive interrupts."""

    irq = property()                            # hasattr says no


class Host:
    """One processor's worth of CPython: a clock, a random source and makers of `machine` look-alikes.

    `host.run(coroutine)` runs it to its end in virtual time. Raises Deadlock where it would wait for ever.
    """

    def __init__(self, seed=0, clock=None):
        self.clock = clock or Clock()
        self.random = random.Random(seed)
        _current.clock = self.clock

    def pin(self, line=None):
        return HostPin(line or Line())

    def spi(self, bus=None, baudrate=2_000_000, firstbit=0):
        return HostSPI(self.clock, bus or SPIBus(), baudrate, firstbit)

    def i2c(self, bus=None, frequency=400_000):
        return HostI2C(self.clock, bus or I2CBus(), frequency)

    def uart(self, wire, irq=True):
        return (HostUART if irq else SilentUART)(wire)

    def run(self, coroutine):
        _current.clock = self.clock
        loop = VirtualLoop(self.clock)
        try:
            asyncio.set_event_loop(loop)
            return loop.run_until_complete(coroutine)
        finally:
            for task in asyncio.all_tasks(loop):
                task.cancel()
            loop.run_until_complete(asyncio.sleep(0))
            loop.close()
            asyncio.set_event_loop(None)
