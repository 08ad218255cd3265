"""What the NFC unit tests share: MACs without a chip, and a scripted SPI chip that says exactly what a test tells it.

Owns no rules of the protocols. Used by test_llcp_*.py, test_snep.py and test_pn532_driver*.py.
"""
import asyncio

from llcp.link import LLCP
from pn532 import PN532
from pn532.i2c import I2CLink
from pn532.spi import SPILink
from pn532.uart import UARTLink
from tests.simulator.host import Host
from tests.simulator.wires import I2CBus, Line, Nack, SerialWire, SPIBus

GENERAL_BYTES = bytes.fromhex('46666d 010111 02020078 03020013 04011e')


class PeerGone(OSError):
    """What the test MACs raise where a real one raises LinkLost."""


async def _next_of(inbound, timeout_ms):
    """The next PDU in a queue, in which None says that the field is gone."""
    try:
        data = await asyncio.wait_for(inbound.get(), timeout_ms / 1000)
    except TimeoutError:
        raise PeerGone('The peer fell silent.') from None
    if data is None:
        raise PeerGone('The field is gone.')
    return data


class ScriptedMAC:
    """The target end of a link whose other end is the test: `ask` plays the initiator with bytes."""

    role = 'target'

    def __init__(self, peer_general_bytes=GENERAL_BYTES):
        self.peer_general_bytes = peer_general_bytes
        self.closed = False
        self._inbound, self._outbound = asyncio.Queue(), asyncio.Queue()

    async def receive(self, timeout_ms):
        return await _next_of(self._inbound, timeout_ms)

    async def send(self, pdu):
        await self._outbound.put(bytes(pdu))

    async def close(self):
        self.closed = True

    async def ask(self, data):
        """Send PDU `data` (hex or bytes); returns the answer as hex. Applications get their turns first, since CPython 3.12
        and later run an awaited coroutine at once where 3.11 made a task of it."""
        for _ in range(3):
            await asyncio.sleep(0)
        await self._inbound.put(bytes.fromhex(data) if isinstance(data, str) else data)
        return (await asyncio.wait_for(self._outbound.get(), 1)).hex()

    async def talk(self, *script):
        """`ask` each of `script`; returns the answers."""
        return [await self.ask(data) for data in script]

    def leave(self):
        """The field goes."""
        self._inbound.put_nowait(None)


def with_link(test, **options):
    """Run `async test(mac, link)` on a link whose peer is the test."""
    async def run():
        mac = ScriptedMAC()
        mac.link = link = LLCP(mac, **options)
        link.start()
        return await test(mac, link)
    return Host().run(run())


class PairedMAC:
    """One of two ends that are wired to each other; an exchange takes `latency_ms` each way. Counts what passes."""

    def __init__(self, role, latency_ms=2):
        self.role = role
        self.peer_general_bytes = GENERAL_BYTES
        self.latency_ms = latency_ms
        self.sent = []
        self.other = None
        self.gone_after = None                  # this end breaks after so many PDUs
        self._inbound = asyncio.Queue()
        self._pending = b''

    async def send(self, pdu):
        self._pending = bytes(pdu)
        if self.role == 'target':
            await self._transmit()

    async def _transmit(self):
        await asyncio.sleep(self.latency_ms / 1000)
        if self.gone_after is not None and len(self.sent) >= self.gone_after:
            self._inbound.put_nowait(None)
            self.other._inbound.put_nowait(None)
        self.sent.append(self._pending)
        self.other._inbound.put_nowait(self._pending)

    async def receive(self, timeout_ms):
        if self.role == 'initiator':
            await self._transmit()
        return await _next_of(self._inbound, timeout_ms)

    async def close(self):
        await asyncio.sleep(0)


def pair(latency_ms=2):
    """(initiator MAC, target MAC), wired to each other."""
    initiator, target = PairedMAC('initiator', latency_ms), PairedMAC('target', latency_ms)
    initiator.other, target.other = target, initiator
    return initiator, target


def frame(*data):
    """The frame of chip-to-host `data` (D5 included), by the formula of the user manual; extended where it must be."""
    body = bytes.fromhex(''.join(data)) if data and isinstance(data[0], str) else bytes(data[0])
    length = len(body)
    head = bytes([length, -length & 0xFF]) if length < 256 else bytes(
        [0xFF, 0xFF, length >> 8, length & 0xFF, -((length >> 8) + length) & 0xFF])
    return b'\x00\x00\xff' + head + body + bytes([-sum(body) & 0xFF, 0])


ACK = bytes.fromhex('0000ff00ff00')
NACK = bytes.fromhex('0000ffff0000')


class FakeChip:
    """A PN532 on SPI, I2C or UART that does what its script says, with all the bytes it was sent in `received`.

    `script`: per frame the host sends (ACKs and NACKs included) a list of frames to be offered, each bytes, or
    (delay_ms, bytes). None in place of the list: that frame gets no answer at all. A script that is used up means None.
    """

    lsb_first = True

    def __init__(self, clock, script):
        self.clock = clock
        self.script = list(script)
        self.received = []
        self.select, self.irq, self.reset = Line('select', 1), Line('irq', 1), Line('reset', 1)
        self.resets = self.wakes = self.nacks = self.reads = 0
        self.nack_addresses = 0                 # I2C: so many accesses are not acknowledged
        self.on_serial = None                   # UART: where offered bytes go at once
        self.pieces = 1000                      # UART: at most so many of them at a time, a millisecond apart
        self.baudrate = 115_200                 # UART
        self.waiting = []
        self._phase, self._offered = None, b''
        self._selected_ns = 0
        self.select.watch(self._selected)
        self.reset.watch(lambda level: self._reset() if not level else None)

    def _reset(self):
        self.resets += 1
        self.waiting.clear()
        self._update()

    def _selected(self, level):
        if level == 0:
            self._phase, self._selected_ns = bytearray(), self.clock.now_ns
            return
        if self.clock.now_ns - self._selected_ns >= 2_000_000 and not self._phase:
            self.wakes += 1
        if self._phase[:1] == b'\x01':
            self._frame(bytes(self._phase[1:]))

    def _frame(self, data):
        self.received.append(data)
        answers = self.script.pop(0) if self.script else None
        for answer in answers or ():
            delay_ms, data = answer if isinstance(answer, tuple) else (1, answer)
            self.clock.call_later(delay_ms * 1_000_000, self.offer, data)

    def offer(self, data):
        """Have `data` wait for the host; on the UART say it."""
        if not self.on_serial:
            self.waiting.append(data)
            self._update()
            return
        for at in range(0, len(data), self.pieces):
            self.clock.call_later(at // self.pieces * 1_000_000, self.on_serial, data[at:at + self.pieces])

    def _update(self):
        self.irq.set(0 if self.waiting else 1)

    def _next(self):
        self.reads += 1
        data = self.waiting.pop(0) if self.waiting else b''
        self._update()
        return data

    def transfer(self, data):
        answer = bytearray(len(data))
        for index, byte in enumerate(data):
            if not self._phase and byte == 0x03:
                self._offered = self._next()
            elif self._phase[:1] == b'\x03':
                answer[index] = self._offered[0] if self._offered else 0
                self._offered = self._offered[1:]
            elif self._phase[:1] == b'\x02':
                answer[index] = bool(self.waiting)
            self._phase.append(byte)
        return bytes(answer)

    def serial_write(self, data, baudrate):
        if baudrate != self.baudrate:
            return
        if data[:2] == b'\x55\x55':
            self.wakes += 1
        else:
            self._frame(data)

    def _address(self):
        if self.nack_addresses:
            self.nack_addresses -= 1
            raise Nack

    def i2c_write(self, data):
        self._address()
        self._frame(bytes(data))

    def i2c_read(self, length):
        self._address()
        if not self.waiting:
            return bytes(length)
        return (b'\x01' + self._next() + bytes(length))[:length]


def on_bus(test, script, bus='spi', irq=True, **options):
    """Run `async test(chip, fake)` with a PN532 driver on a FakeChip that follows `script`; (its result, fake).

    `irq`: an interrupt line, or for 'uart' an UART with a receive interrupt; `options`: of a UARTLink.
    """
    host = Host()
    fake = FakeChip(host.clock, script)
    line = host.pin(fake.irq) if irq else None
    if bus == 'uart':
        wires = SerialWire()
        wires.attach(fake, fake)
        link = UARTLink(host.uart(wires, irq), host.pin(fake.reset), **options)
    elif bus == 'spi':
        wires = SPIBus()
        wires.attach(fake, fake.select)
        link = SPILink(host.spi(wires, 2_000_000, firstbit=1), host.pin(fake.select), line, host.pin(fake.reset))
    else:
        wires = I2CBus()
        wires.attach(fake, 0x24)
        link = I2CLink(host.i2c(wires), line, host.pin(fake.reset))
    fake.bus = wires
    return host.run(test(PN532(link), fake)), fake
