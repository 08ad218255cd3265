"""The whole NFC stack end to end: two drivers on one virtual clock, two chip models, the air between them, LLCP, SNEP.

Run with -s to see RF frames, bus calls and modelled milliseconds. Time is bus and RF time; the host's computing is free.
"""
import asyncio
import random
import time

import pytest

import snep
from llcp.errors import LLCPError
from llcp.link import LLCP, general_bytes
from ndef_message import EXTERNAL, MIME, Record, decode, encode
from pn532 import DEP, PN532, InitiatorMAC, LinkLost, TargetMAC
from pn532.i2c import I2CLink
from pn532.power import power_down
from pn532.spi import SPILink
from pn532.uart import UARTLink
from tests.simulator.air import Air
from tests.simulator.chips.pn532 import PN532 as Chip
from tests.simulator.host import Host
from tests.simulator.wires import I2CBus, SerialWire, SPIBus

CARD = 800
READY = encode([Record(EXTERNAL, b'example.com:pin', b'', bytes(17))])


def card(letter):
    """An NDEF message of 800 bytes, different for each letter."""
    head = Record(EXTERNAL, b'example.com:pin', b'', random.Random(letter).randbytes(64))
    used = len(encode([head, Record(MIME, b'text/vcard', b'', bytes(300))])) - 300
    message = encode([head, Record(MIME, b'text/vcard', b'', letter.encode() * (CARD - used))])
    assert len(message) == CARD
    return message


class Side:
    """One device: chip model, bus, driver; and what it received and when."""

    def __init__(self, bench, name, bus, irq):
        host = bench.host
        self.model = Chip(host.clock, random.Random(name), bench.air, interface='hsu' if bus == 'uart' else bus, name=name)
        line = host.pin(self.model.irq) if irq else None
        reset = host.pin(self.model.reset)
        if bus == 'uart':
            self.bus = SerialWire()
            self.bus.attach(self.model, self.model.front)
            link = UARTLink(host.uart(self.bus, irq), reset, 460_800)
        elif bus == 'spi':
            self.bus = SPIBus()
            self.bus.attach(self.model, self.model.select)
            link = SPILink(host.spi(self.bus, 4_000_000, firstbit=1), host.pin(self.model.select), line, reset)
        else:
            self.bus = I2CBus()
            self.bus.attach(self.model, 0x24)
            link = I2CLink(host.i2c(self.bus), line, reset)
        self.chip = PN532(link, host.random.randbytes)
        self.card = card(name)
        self.received = []
        self.done = asyncio.Event()
        self.link = None

    async def take(self, message):
        self.received.append(message)
        if len(self.received) == 2:
            self.done.set()
        return snep.SUCCESS

    async def exchange(self, mac):
        """Serve, and put the card and then READY; returns once both have gone and both of the peer's have come."""
        self.link = LLCP(mac)
        serving = asyncio.create_task(snep.serve(self.link, self.take))
        self.link.start()
        client = snep.Client(self.link)
        await client.put(self.card)
        await client.put(READY)
        await self.done.wait()
        await self.link.close()
        await serving


class Bench:
    """Two sides, configured; `b` is armed."""

    def __init__(self, bus='spi', irq=True, seed=1):
        self.host = Host(seed)
        self.air = Air(self.host.clock, random.Random(seed))
        self.a, self.b = Side(self, 'a', bus, irq), Side(self, 'b', bus, irq)

    async def meet(self, kbps=424):
        """Bring them together: (MAC of a as initiator, MAC of b as target)."""
        await asyncio.gather(self.a.chip.begin(), self.b.chip.begin())
        await self.b.chip.arm(general_bytes())
        self.air.couple(self.a.model, self.b.model)
        peer = await self.a.chip.jump_for_dep(general_bytes(), kbps)
        activation = await self.b.chip.wait_activation(100)
        assert activation.kind == DEP
        return InitiatorMAC(self.a.chip, peer), TargetMAC(self.b.chip, activation)

    def now_ms(self):
        return self.host.clock.now_ns / 1e6

    def complaints(self):
        return self.a.model.complaints + self.b.model.complaints


LIMIT_MS = {('spi', True): 100, ('spi', False): 120, ('i2c', True): 185, ('i2c', False): 200,
            ('uart', True): 160, ('uart', False): 180}


@pytest.mark.parametrize(('bus', 'irq'), LIMIT_MS)
def test_two_cards_and_two_ready_both_ways(bus, irq, capsys):
    bench = Bench(bus, irq)

    async def run():
        macs = await bench.meet()
        frames, calls, start_ms = bench.air.frames, bench.a.bus.calls, bench.now_ms()
        await asyncio.gather(bench.a.exchange(macs[0]), bench.b.exchange(macs[1]))
        return bench.air.frames - frames, bench.a.bus.calls - calls, bench.now_ms() - start_ms
    frames, calls, took_ms = bench.host.run(run())
    print(f'{bus} irq={irq}: {frames} RF frames, {calls} bus calls of the initiator, {took_ms:.1f} ms modelled')
    assert bench.a.received == [bench.b.card, READY]
    assert bench.b.received == [bench.a.card, READY]
    assert decode(bench.a.received[0])[1].type == b'text/vcard'
    assert bench.complaints() == []
    assert frames <= 22
    assert took_ms < LIMIT_MS[bus, irq]
    assert {bench.a.link.reason, bench.b.link.reason} == {'The link was closed here.', 'The peer closed the link.'}
    assert max(len(frame.data) for frame in bench.air.log) <= 3 + 251


def test_three_bus_calls_a_command():
    """Command, ACK, answer; a fourth for what an answer of more than three bytes has left."""
    bench = Bench()

    async def run():
        macs = await bench.meet()
        counted = [(side.bus.calls, side.model.counters['commands']) for side in (bench.a, bench.b)]
        await asyncio.gather(bench.a.exchange(macs[0]), bench.b.exchange(macs[1]))
        return [(side.bus.calls - calls) / (side.model.counters['commands'] - commands)
                for side, (calls, commands) in zip((bench.a, bench.b), counted, strict=True)]
    assert all(3 <= calls <= 4 for calls in bench.host.run(run()))


def test_the_chips_are_usable_after_a_session_in_either_role():
    bench = Bench()

    async def run():
        for initiator, target in ((bench.a, bench.b), (bench.b, bench.a)):
            if initiator is bench.a:
                macs = await bench.meet()
            else:
                await target.chip.arm(general_bytes())
                peer = await initiator.chip.jump_for_dep(general_bytes(), 424)
                macs = InitiatorMAC(initiator.chip, peer), TargetMAC(target.chip, await target.chip.wait_activation(100))
            initiator.received, target.received = [], []
            initiator.done.clear()
            target.done.clear()
            await asyncio.gather(initiator.exchange(macs[0]), target.exchange(macs[1]))
            assert (initiator.received, target.received) == ([target.card, READY], [initiator.card, READY])
    bench.host.run(run())
    assert bench.complaints() == []


@pytest.mark.parametrize('nth', range(1, 26))
def test_parting_at_any_frame_ends_both_sides_with_a_sentence(nth):
    bench = Bench()

    async def side(one, mac):
        try:
            await one.exchange(mac)
        except (LLCPError, snep.SNEPError) as error:
            return str(error)
        return await one.link.closed()

    async def run():
        macs = await bench.meet()
        bench.air.cut_at(nth)
        ends = await asyncio.wait_for(asyncio.gather(side(bench.a, macs[0]), side(bench.b, macs[1])), 5)
        await asyncio.gather(bench.a.link.closed(), bench.b.link.closed())
        versions = await bench.a.chip.firmware_version(), await bench.b.chip.firmware_version()
        return ends, versions
    ends, versions = bench.host.run(run())
    assert all(end.endswith('.') for end in ends)
    assert versions == ((1, 6), (1, 6))
    assert set(bench.a.received) <= {bench.b.card, READY}
    assert set(bench.b.received) <= {bench.a.card, READY}


@pytest.mark.parametrize('kbps', [106, 424])
@pytest.mark.parametrize('nth', [2, 3, 6, 9, 14])
def test_one_lost_frame_is_repaired(nth, kbps):
    bench = Bench()

    async def run():
        macs = await bench.meet(kbps)
        bench.air.lose(nth=nth)
        await asyncio.gather(bench.a.exchange(macs[0]), bench.b.exchange(macs[1]))
    bench.host.run(run())
    assert bench.a.received == [bench.b.card, READY]
    assert bench.b.received == [bench.a.card, READY]


@pytest.mark.parametrize('lost', [(), (1,), (2,), (1, 2), (2, 3), (1, 2, 3)])
def test_whatever_is_lost_of_a_change_of_speed_both_go_on_at_424(lost):
    """The first frames are PSL_REQ and its answer, or ATN where that fails."""
    bench = Bench()

    async def run():
        macs = await bench.meet(106)
        rules = [bench.air.lose(nth=nth) for nth in lost]
        await macs[0].speed_up()
        assert sum(rule.hits for rule in rules) == len(lost)
        before = bench.air.frames
        await asyncio.gather(bench.a.exchange(macs[0]), bench.b.exchange(macs[1]))
        return [frame.bitrate for frame in bench.air.log if frame.number > before]
    assert set(bench.host.run(run())) == {424}
    assert bench.a.received == [bench.b.card, READY]
    assert bench.b.received == [bench.a.card, READY]
    assert bench.complaints() == []


@pytest.mark.parametrize(('near', 'lost', 'answered'), [(False, b'', False), (True, b'', True), (True, b'\x26', False),
                                                        (True, b'\x93', True), (True, b'\x60', True)])
def test_an_initiator_that_finds_nobody_knows_whether_somebody_answered(near, lost, answered):
    bench = Bench()

    async def run():
        await asyncio.gather(bench.a.chip.begin(), bench.b.chip.begin())
        await bench.b.chip.arm(general_bytes())
        if near:
            bench.air.couple(bench.a.model, bench.b.model)
        bench.air.lose(lambda frame: frame.data[:1] in (lost, b'\xf0'))         # F0: ATR_REQ
        assert await bench.a.chip.jump_for_dep(general_bytes()) is None
        return await bench.a.chip.somebody_answered()
    assert bench.host.run(run()) == answered


@pytest.mark.parametrize('seed', range(8))
def test_where_many_frames_are_lost_or_damaged_what_arrives_is_whole_and_in_order(seed):
    bench = Bench(seed=seed)

    async def run():
        macs = await bench.meet()
        bench.air.lose(probability=0.2)
        bench.air.corrupt(probability=0.2)
        return await asyncio.gather(bench.a.exchange(macs[0]), bench.b.exchange(macs[1]), return_exceptions=True)
    ends = bench.host.run(run())
    assert all(end is None or isinstance(end, LLCPError) for end in ends), ends
    assert bench.a.received == [bench.b.card, READY][:len(bench.a.received)]
    assert bench.b.received == [bench.a.card, READY][:len(bench.b.received)]
    assert bench.complaints() == []


@pytest.mark.parametrize('bus', ['spi', 'i2c', 'uart'])
@pytest.mark.parametrize('nth', [5, 60, 200, 333, 1000, 1234])
def test_a_damaged_byte_on_the_bus_is_repaired_or_ends_the_link(bus, nth):
    bench = Bench(bus)

    async def side(one, mac):
        try:
            await one.exchange(mac)
        except (LLCPError, snep.SNEPError) as error:
            return str(error)
        return one.link.reason

    async def run():
        macs = await bench.meet()
        bench.a.model.faults.outbound.corrupt(nth=nth)
        return await asyncio.wait_for(asyncio.gather(side(bench.a, macs[0]), side(bench.b, macs[1])), 5)
    for end in bench.host.run(run()):
        assert end.endswith('.')
    assert set(bench.a.received) <= {bench.b.card, READY}
    assert set(bench.b.received) <= {bench.a.card, READY}


@pytest.mark.parametrize('blocked_ms', [100, 300, 700])
def test_a_host_that_is_busy_writing_flash_loses_nothing(blocked_ms):
    """The chips extend their waiting time (RTOX) while a handler keeps the whole host busy."""
    bench = Bench()
    taken = bench.b.take

    async def take(message):
        time.sleep_ms(blocked_ms)
        return await taken(message)
    bench.b.take = take

    async def run():
        macs = await bench.meet()
        await asyncio.gather(bench.a.exchange(macs[0]), bench.b.exchange(macs[1]))
    bench.host.run(run())
    assert bench.a.received == [bench.b.card, READY]
    assert bench.b.received == [bench.a.card, READY]


def test_a_link_up_and_down_without_a_word():
    bench = Bench()

    async def run():
        links = [LLCP(mac) for mac in await bench.meet()]
        for link in links:
            link.start()
        await links[1].close()
        return await links[0].closed()
    assert bench.host.run(run()) == 'The peer closed the link.'


def test_armed_listening_is_asleep_and_abort_wakes():
    bench = Bench()

    async def run():
        await bench.b.chip.begin()
        await bench.b.chip.arm(general_bytes())
        assert await bench.b.chip.wait_activation(50) is None
        assert await bench.b.chip.abort() is None
        field = await bench.b.chip.field_there()
        await power_down(bench.b.chip)
        await asyncio.sleep(0.05)
        return field, await bench.b.chip.firmware_version()
    assert bench.host.run(run()) == (False, (1, 6))
    assert bench.complaints() == []


def test_an_initiator_that_vanishes_after_activation_is_a_lost_link():
    bench = Bench()

    async def run():
        _, mac = await bench.meet()
        bench.air.uncouple()
        with pytest.raises(LinkLost, match='left the field'):
            await mac.receive(1000)
    bench.host.run(run())
    assert bench.complaints() == []
