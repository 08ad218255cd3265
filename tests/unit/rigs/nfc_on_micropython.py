"""Runs on real MicroPython (test_pn532_driver_micropython.py starts it): the NFC libraries against small stand-ins.

Owns a chip that acknowledges and answers on a fake SPI, and a pair of MACs in memory. Prints 'heap NAME bytes' for
what importing each package costs, and 'ok NAME' for each check; any exception ends it.
"""
import asyncio
import gc
import sys
import time

FRAMES = {                                              # command code: what the chip answers, D5 included
    0x14: b'\xd5\x15', 0x02: b'\xd5\x03\x32\x01\x06\x07', 0x12: b'\xd5\x13', 0x32: b'\xd5\x33',
    0x40: b'\xd5\x41\x00' + bytes(range(250)), 0x86: b'\xd5\x87\x29', 0x8C: b'\xd5\x8d\x08\xe0\x80',
}
ACK = b'\x00\x00\xff\x00\xff\x00'


def imported(name):
    """Import `name` and say what that took of the heap."""
    gc.collect()
    before = gc.mem_free()
    __import__(name)
    gc.collect()
    print('heap', name, before - gc.mem_free())


class Pin:
    """machine.Pin: a level, and the handler of a falling edge."""

    IRQ_FALLING = 2

    def __init__(self, level=1, changed=None):
        self.level = level
        self.handler = None
        self.changed = changed

    def irq(self, handler, trigger):
        self.handler = handler

    def value(self, level=None):
        if level is None:
            return self.level
        fell = self.level and not level
        self.level = level
        if self.changed:
            self.changed(level)
        if fell and self.handler:
            self.handler(self)


class Chip:
    """machine.SPI with a PN532 behind it: acknowledges every command and answers from FRAMES."""

    def __init__(self):
        self.irq = Pin()
        self.cs = Pin(changed=self._selected)
        self.waiting = []
        self.reading = b''

    def _selected(self, level):
        self.reading = b''

    def write(self, data):
        code = data[10] if data[4:6] == b'\xff\xff' else data[7]
        if bytes(data[1:]) != ACK:
            self.waiting.append(ACK)
            if code in FRAMES:
                self.waiting.append(frame(FRAMES[code]))
            self.irq.value(0)

    def _take(self, buffer, at):
        for index in range(at, len(buffer)):
            buffer[index] = self.reading[0] if self.reading else 0
            self.reading = self.reading[1:]

    def readinto(self, buffer):
        self._take(buffer, 0)

    def write_readinto(self, out, buffer):
        self.reading = self.waiting.pop(0) if self.waiting else b''
        self.irq.value(1)
        self._take(buffer, 1)
        if self.waiting:
            asyncio.create_task(self._later())

    async def _later(self):
        await asyncio.sleep_ms(1)
        self.irq.value(0)


def frame(data):
    return b'\x00\x00\xff' + bytes((len(data), -len(data) & 0xFF)) + data + bytes((-sum(data) & 0xFF, 0))


class MAC:
    """One end of a link in memory."""

    def __init__(self, role):
        self.role = role
        self.peer_general_bytes = bytes.fromhex('46666d01011102020078') + b'\x03\x02\x00\x13\x04\x01\x1e'
        self.other = None
        self.inbound = []
        self.arrived = asyncio.Event()
        self.pending = b''
        self.frames = 0

    async def send(self, pdu):
        self.pending = pdu
        if self.role == 'target':
            self.transmit()

    def transmit(self):
        self.frames += 1
        self.other.inbound.append(bytes(self.pending))
        self.other.arrived.set()

    async def receive(self, timeout_ms):
        if self.role == 'initiator':
            self.transmit()
        while not self.inbound:
            self.arrived.clear()
            await self.arrived.wait()
        return self.inbound.pop(0)

    async def close(self):
        pass


async def check_driver():
    from pn532 import ISO_DEP, PN532, LinkLost, TargetMAC
    from pn532.i2c import I2CLink
    from pn532.spi import SPILink
    fake = Chip()
    chip = PN532(SPILink(fake, fake.cs, fake.irq, Pin()))
    await chip.begin()
    assert chip.version == '1.6'
    assert await chip.command(0x40, b'\x01') == FRAMES[0x40][2:]
    await chip.arm(b'Ffm')
    activation = await chip.wait_activation(100)
    assert activation.kind == ISO_DEP
    try:
        await TargetMAC(chip, activation).receive(100)
    except LinkLost as error:
        assert str(error).endswith('.')
    else:
        raise AssertionError('29 is a lost link')
    try:
        await PN532(I2CLink(Absent())).command(0x02)
    except OSError as error:
        assert 'does not answer' in str(error)
    print('ok driver')


class Absent:
    """machine.I2C where nobody answers."""

    def writeto(self, address, data):
        raise OSError(19)

    readfrom_into = writeto


async def side(mac, messages, received):
    import snep
    from llcp.link import LLCP

    async def take(message):
        received.append(message)
        return snep.SUCCESS
    link = LLCP(mac)
    serving = asyncio.create_task(snep.serve(link, take))
    link.start()
    client = snep.Client(link)
    for message in messages:
        await client.put(message)
    while len(received) < len(messages):
        await asyncio.sleep_ms(1)
    await link.close()
    await serving


async def check_exchange():
    from ndef_message import EXTERNAL, MIME, Record, decode, encode
    card = encode([Record(EXTERNAL, b'example.com:pin', b'', bytes(64)), Record(MIME, b'text/vcard', b'', bytes(660))])
    ends = MAC('initiator'), MAC('target')
    ends[0].other, ends[1].other = ends[1], ends[0]
    received = [], []
    gc.collect()
    before = gc.mem_free()
    start = time.ticks_us()
    await asyncio.gather(*[side(ends[index], (card, b'ready'), received[index]) for index in (0, 1)])
    took = time.ticks_diff(time.ticks_us(), start)
    print('exchange', ends[0].frames + ends[1].frames, 'frames', took, 'us of both sides', before - gc.mem_free(),
          'bytes allocated')
    assert received == ([card, b'ready'], [card, b'ready'])
    assert decode(card)[1].type == b'text/vcard'
    print('ok exchange')


def main():
    for name in ('asyncio', 'pn532', 'llcp.link', 'snep', 'ndef_message'):
        imported(name)
    asyncio.run(check_driver())
    asyncio.run(check_exchange())
    print('ok', sys.implementation.name)


main()
