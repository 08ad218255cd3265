"""lib/pn532's UART link: what a stream does that SPI and I2C do not. The rest is test_pn532_driver_dialogue's."""
import asyncio
import random

import pytest

from pn532 import DEP, PN532, ChipMute, ResponseTimeout
from pn532.power import power_down
from pn532.uart import UARTLink
from tests.simulator.chips.pn532 import PN532 as Model
from tests.simulator.host import Host, HostUART
from tests.simulator.wires import SerialWire
from tests.unit.rigs.nfc import ACK, NACK, frame, on_bus
from tests.unit.test_pn532_driver_dialogue import ACTIVATED, BEGIN, OK, VERSION, VERSION_DATA

PREAMBLE = b'\x55\x55' + bytes(14)
SWITCH = [ACK, (2, frame('d511'))]
HOUR_NS = 3_600_000_000_000


class CountingUART(HostUART):
    """Counts how often somebody asks it for bytes, and keeps what is written."""

    looks = 0

    def __init__(self, wire):
        self.written = []
        super().__init__(wire)

    def any(self):
        self.looks += 1
        return super().any()

    def write(self, buffer):
        self.written.append(bytes(buffer))
        return super().write(buffer)


class Rig:
    """A driver on the chip model, which loses what wakes it."""

    def __init__(self, baudrate=115_200, reset=True, irq=False):
        self.host = Host()
        self.model = Model(self.host.clock, random.Random(1), interface='hsu')
        self.wire = SerialWire()
        self.wire.attach(self.model, self.model.front)
        self.uart = CountingUART(self.wire)
        self.link = UARTLink(self.uart, self.host.pin(self.model.reset) if reset else None, baudrate,
                             self.host.pin(self.model.irq) if irq else None)
        self.chip = PN532(self.link)

    def run(self, coroutine):
        return self.host.run(coroutine)


def version(script, **options):
    async def test(chip, fake):
        fake.pieces = options.get('pieces', 1000)
        return await chip.command(0x02, timeout_ms=100)
    return on_bus(test, script, bus='uart')


# --- waking

def test_a_sleeping_chip_gets_a_preamble_and_time():
    rig = Rig()
    rig.run(rig.chip.begin())
    assert rig.uart.written[0] == PREAMBLE
    assert rig.uart.written.count(PREAMBLE) == 1
    assert rig.model.complaints == []
    assert rig.model.dialogue.history[:2] == [0x14, 0x02], 'nothing was sent twice'


def test_an_abort_wakes_first_and_the_next_command_is_not_lost():
    """A bare ACK would only wake the chip, and the command behind it would be lost."""
    rig = Rig()

    async def test():
        await rig.chip.begin()
        await rig.chip.arm(b'')
        assert await rig.chip.wait_activation(50) is None
        assert rig.model.power.asleep
        before, sent = rig.model.counters['commands'], len(rig.uart.written)
        assert await rig.chip.abort() is None
        assert await rig.chip.firmware_version() == (1, 6)
        return rig.model.counters['commands'] - before, rig.uart.written[sent:]
    commands, written = rig.run(test())
    assert commands == 1
    assert written[:2] == [PREAMBLE, ACK]
    assert rig.model.counters['aborts'] == 1


def test_a_chip_that_was_put_to_sleep_wakes_for_a_command():
    rig = Rig()

    async def test():
        await rig.chip.begin()
        await power_down(rig.chip)
        assert rig.model.power.asleep
        return await rig.chip.firmware_version()
    assert rig.run(test()) == (1, 6)
    assert rig.model.complaints == []


@pytest.mark.parametrize('field', [True, False], ids=['a field', 'called off'])
def test_with_its_line_wired_the_processor_may_sleep_until_a_field_comes(field):
    rig = Rig(irq=True)

    async def test():
        await rig.chip.begin()
        waiting = asyncio.create_task(rig.chip.until_field())
        await asyncio.sleep_ms(100)
        assert rig.model.power.asleep and rig.link.quiet and not waiting.done()
        if field:
            rig.model.air_field(True)
        else:
            rig.chip.end_wait()
        patience_ms = await waiting
        assert not rig.link.quiet and bool(patience_ms) == field
        await rig.chip.arm(b'')                 # what woke it is no activation
        assert await rig.chip.wait_activation(patience_ms) is None and await rig.chip.abort() is None
        return await rig.chip.firmware_version()
    assert rig.run(test()) == (1, 6) and rig.model.complaints == []


def test_without_that_line_it_may_not():
    rig = Rig()
    rig.run(rig.chip.begin())
    assert rig.run(rig.chip.until_field()) is None and not rig.link.quiet


def test_an_armed_chip_costs_no_look_at_the_uart():
    async def test(chip, fake):
        await chip.arm(b'')
        uart = chip.link._uart
        uart.__class__ = CountingUART
        fake.clock.call_later(HOUR_NS, fake.offer, ACTIVATED)
        activation = await chip.wait_activation()
        return activation.kind, uart.looks
    (kind, looks), _ = on_bus(test, [[ACK]], bus='uart')
    assert kind == DEP
    assert looks < 20


# --- frames in a stream

@pytest.mark.parametrize('pieces', [1, 2, 3, 5, 8])
@pytest.mark.parametrize('length', [0, 4, 100, 254])
def test_frames_in_pieces(pieces, length):
    data = bytes(range(250)) + bytes(13)
    found, fake = version([[ACK, (20, frame(b'\xd5\x03' + data[:length]))]], pieces=pieces)
    assert found == data[:length]
    assert len(fake.received) == 1


def test_an_answer_right_behind_its_ack_is_not_read_with_it():
    data, fake = version([[ACK + VERSION]])
    assert data == VERSION_DATA
    assert len(fake.received) == 1


def test_the_end_of_one_frame_is_no_reason_to_abort_the_next_command():
    async def test(chip, fake):
        return [await chip.command(0x02) for _ in range(3)]
    found, fake = on_bus(test, [OK] * 3, bus='uart')
    assert found == [VERSION_DATA] * 3
    assert len(fake.received) == 3


def test_an_answer_nobody_read_is_drained_first():
    async def test(chip, fake):
        fake.offer(VERSION)
        await asyncio.sleep(0.001)
        return await chip.command(0x04), await chip.command(0x02)
    (status, data), fake = on_bus(test, [None, [ACK, (3, frame('d505 00010000'))], OK], bus='uart')
    assert (status.hex(), data) == ('00010000', VERSION_DATA)
    assert fake.received[0] == ACK


@pytest.mark.parametrize('noise', [
    '55', '00', '0000000000', 'ff', 'ffffff00', '5500', '00aa00', 'aa' * 23 + '00', 'aa' * 60, '00' * 60, 'f800' * 40])
def test_noise_ahead_of_a_frame_is_dropped(noise):
    noise = bytes.fromhex(noise)
    data, fake = version([[noise + ACK, (3, noise + VERSION)], [VERSION]])
    assert data == VERSION_DATA
    # an FF behind the ACK's last 00 looks like the start of a frame, and costs a NACK
    assert fake.received[1:] == ([NACK] if noise[:1] == b'\xff' else [])


@pytest.mark.parametrize('lost', range(6))
def test_any_byte_of_the_ack_may_be_lost(lost):
    data, fake = version([[ACK[:lost] + ACK[lost + 1:], (3, VERSION)], OK])
    assert data == VERSION_DATA
    assert fake.resets == 0
    assert len(fake.received) <= 2


@pytest.mark.parametrize('lost', [index for index in range(len(VERSION)) if VERSION[index] != 0xFF])
def test_any_byte_of_an_answer_may_be_lost(lost):
    data, fake = version([[ACK, (3, VERSION[:lost] + VERSION[lost + 1:])], [VERSION], [VERSION]])
    assert data == VERSION_DATA
    assert set(fake.received[1:]) <= {NACK}


@pytest.mark.parametrize('length', range(3, len(VERSION) - 1))
def test_an_answer_that_breaks_off_is_asked_for_again(length):
    data, fake = version([[ACK, (3, VERSION[:length])], [VERSION]])
    assert data == VERSION_DATA
    assert fake.received[1:] == [NACK]


@pytest.mark.parametrize('said', [VERSION.replace(b'\xff', b''), VERSION[:2], b''])
def test_an_answer_without_a_start_is_a_timeout_and_the_chip_stays_usable(said):
    async def test(chip, fake):
        with pytest.raises(ResponseTimeout):
            await chip.command(0x02, timeout_ms=100)
        return await chip.command(0x02, timeout_ms=100)
    data, fake = on_bus(test, [[ACK, (3, said)], None, OK], bus='uart')
    assert data == VERSION_DATA
    assert fake.received[1] == ACK
    assert fake.resets == 0


@pytest.mark.parametrize('length', range(3))
def test_an_ack_that_breaks_off_before_its_start_is_none(length):
    data, fake = version([[ACK[:length]], OK])
    assert data == VERSION_DATA
    assert len(fake.received) == 2


def test_what_is_left_of_a_damaged_frame_is_not_taken_for_one():
    """The length is damaged, and the data holds a whole answer: hunting on from there would find it."""
    answer = bytearray(frame(b'\xd5\x03' + frame('d50366666666') * 9))
    answer[3] ^= 1
    data, fake = version([[ACK, (3, bytes(answer))], [VERSION]])
    assert data == VERSION_DATA
    assert fake.received[1:] == [NACK]


# --- speed

@pytest.mark.parametrize('baudrate', [9_600, 230_400, 460_800, 921_600, 1_288_000])
def test_both_change_to_another_rate(baudrate):
    rig = Rig(baudrate)

    async def test():
        await rig.chip.begin()
        return await rig.chip.firmware_version()
    assert rig.run(test()) == (1, 6)
    assert rig.wire.baudrate == rig.model.front.baudrate == baudrate
    assert rig.model.front.noise == 0
    assert rig.model.complaints == []


def test_a_reset_brings_both_back():
    rig = Rig(460_800)

    async def test():
        await rig.chip.begin()
        rig.model.faults.mute = True
        with pytest.raises(ChipMute):
            await rig.chip.firmware_version()
        rates = rig.wire.baudrate, rig.model.front.baudrate
        rig.model.faults.mute = False
        await rig.chip.begin()
        return rates
    assert rig.run(test()) == (115_200, 115_200)
    assert rig.wire.baudrate == rig.model.front.baudrate == 460_800


def test_a_chip_that_does_not_follow_is_begun_again_without():
    """The scripted chip says yes and stays at 115,200 baud."""
    async def test(chip, fake):
        await chip.begin()
        first = len(fake.received)
        await chip.begin()
        return first
    first, fake = on_bus(test, [*BEGIN, SWITCH, None, *BEGIN, *BEGIN], bus='uart', baudrate=921_600)
    assert fake.resets == 4                     # begin, the mute chip, begin again; and the second begin, which does not try
    assert len(fake.received) - first == len(BEGIN)
    assert fake.received[len(BEGIN)] == frame('d41007')


def test_without_a_reset_line_the_rate_stays():
    rig = Rig(460_800, reset=False)
    rig.run(rig.chip.begin())
    assert rig.wire.baudrate == rig.model.front.baudrate == 115_200


def test_a_rate_that_the_chip_does_not_know():
    with pytest.raises(ValueError, match='no 250000 baud'):
        Rig(250_000)
