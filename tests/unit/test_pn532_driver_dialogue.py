"""lib/pn532's dialogue over SPI, I2C and UART against a scripted chip: the faults of a real line, one by one."""
import asyncio
import time

import pytest

from pn532 import (
    PN532,
    BadResponse,
    ChipMute,
    CommandRefused,
    NotIdle,
    ResponseTimeout,
    WrongChip,
)
from pn532.power import power_down
from pn532.spi import SPILink
from tests.simulator.host import Host
from tests.simulator.wires import SPIBus
from tests.unit.rigs.nfc import ACK, NACK, frame, on_bus

VERSION = frame('d503 32010607')
VERSION_DATA = bytes.fromhex('32010607')
OK = [ACK, (3, VERSION)]
ERROR = bytes.fromhex('0000ff01ff7f8100')
LONG = bytes(range(250))


def version(script, **options):
    """(data of GetFirmwareVersion, fake) where the chip follows `script`."""
    async def test(chip, fake):
        return await chip.command(0x02, timeout_ms=100)
    return on_bus(test, script, **options)


def fails(error, script, **options):
    """The sentence of `error` that GetFirmwareVersion ends with, and the fake."""
    async def test(chip, fake):
        with pytest.raises(error) as failure:
            await chip.command(0x02, timeout_ms=100)
        return str(failure.value)
    return on_bus(test, script, **options)


buses = pytest.mark.parametrize(('bus', 'irq'), [(bus, irq) for bus in ('spi', 'i2c', 'uart') for irq in (True, False)])


@buses
def test_a_command_and_its_answer(bus, irq):
    data, fake = version([OK], bus=bus, irq=irq)
    assert data == VERSION_DATA
    assert fake.received == [bytes.fromhex('0000ff02fed4022a00')]


@buses
@pytest.mark.parametrize('length', [0, 3, 4, 17, 18, 19, 249, 250, 253, 254, 263])
def test_answers_of_any_length(bus, irq, length):
    data = (LONG * 2)[:length]
    answer = frame(b'\xd5\x03' + data)
    script = [[ACK, (3, answer)], [answer]]             # I2C asks for a long one again, with a NACK
    found, fake = version(script, bus=bus, irq=irq)
    assert found == data
    assert fake.received[1:] == ([NACK] if bus == 'i2c' and length > 15 else [])


def test_an_answer_takes_few_bus_calls():
    _, fake = version([OK])
    assert fake.bus.calls == 4                          # command, ACK, answer and the rest of it
    _, fake = version([[ACK, (3, frame('d503'))]])
    assert fake.bus.calls == 3


@buses
@pytest.mark.parametrize('damaged', [
    bytes.fromhex('0000ff06fbd50332010607e800'),        # length checksum
    bytes.fromhex('0000ff06fad50332010607e900'),        # data checksum
    bytes.fromhex('0000ff06fad50332010617e800'),        # data
    bytes.fromhex('0000ff0000'),                        # no length at all
    bytes.fromhex('0000ffffff010af5'),                  # longer than a frame may be
    VERSION[:9],                                        # cut off; the line idles at 00 after it
])
def test_a_damaged_answer_is_asked_for_again(bus, irq, damaged):
    data, fake = version([[ACK, (3, damaged)], [damaged], [VERSION]], bus=bus, irq=irq)
    assert data == VERSION_DATA
    assert fake.received[1:] == [NACK, NACK]


@buses
def test_an_answer_that_stays_damaged_is_an_error(bus, irq):
    damaged = bytes.fromhex('0000ff06fad50332010607e900')
    sentence, fake = fails(BadResponse, [[ACK, (3, damaged)], [damaged], [damaged]], bus=bus, irq=irq)
    assert fake.received[1:] == [NACK, NACK, ACK]
    assert 'stayed damaged' in sentence


@buses
def test_garbage_ahead_of_an_answer_is_skipped(bus, irq):
    data, _ = version([[ACK, (3, b'\x55\xaa\x00\x12' + VERSION)]], bus=bus, irq=irq)
    assert data == VERSION_DATA


@buses
def test_an_error_frame_is_a_refusal(bus, irq):
    sentence, fake = fails(CommandRefused, [[ACK, (3, ERROR)]], bus=bus, irq=irq)
    assert 'refused command 02' in sentence
    assert len(fake.received) == 1


@buses
def test_no_answer_is_a_timeout_and_the_command_is_aborted(bus, irq):
    async def test(chip, fake):
        start = time.ticks_ms()
        with pytest.raises(ResponseTimeout, match='command 02 in 100 ms'):
            await chip.command(0x02, timeout_ms=100)
        took = time.ticks_ms() - start
        return took, await chip.command(0x02)
    (took, data), fake = on_bus(test, [[ACK], None, OK], bus=bus, irq=irq)
    assert 100 <= took <= 115
    assert data == VERSION_DATA
    assert fake.received[1] == ACK


@buses
def test_a_command_that_is_not_acknowledged_is_sent_again(bus, irq):
    data, fake = version([None, None, None, OK], bus=bus, irq=irq)
    assert data == VERSION_DATA
    assert len(fake.received) == 4
    assert len(set(fake.received)) == 1
    assert fake.resets == 0


@buses
def test_a_mute_chip_is_reset_once_and_reported(bus, irq):
    async def test(chip, fake):
        chip.started = True
        with pytest.raises(ChipMute) as failure:
            await chip.command(0x02, timeout_ms=100)
        return str(failure.value), chip.started
    (sentence, started), fake = on_bus(test, [], bus=bus, irq=irq)
    assert (len(fake.received), fake.resets) == (4, 1)
    assert sentence == 'The NFC chip does not answer (command 02). It was reset.'
    assert not started


@buses
def test_the_answer_to_another_command_is_dropped(bus, irq):
    data, fake = version([[ACK, (3, frame('d58700')), (6, VERSION)]], bus=bus, irq=irq)
    assert data == VERSION_DATA
    assert len(fake.received) == 1


@buses
def test_a_stale_answer_ahead_of_the_ack_is_dropped(bus, irq):
    data, _ = version([[frame('d58700'), (2, ACK), (4, VERSION)]], bus=bus, irq=irq)
    assert data == VERSION_DATA


def test_an_answer_nobody_read_is_drained_first():
    async def test(chip, fake):
        fake.offer(VERSION)
        return await chip.command(0x04)
    data, fake = on_bus(test, [None, [ACK, (3, frame('d505 00010000'))]])
    assert data == bytes.fromhex('00010000')
    assert fake.received[0] == ACK


@buses
@pytest.mark.parametrize('damaged', ['0000ff00fe00', '0100ff00ff00', '0000ff01ff00'])
def test_a_damaged_ack_does_not_run_the_command_twice(bus, irq, damaged):
    data, fake = version([[bytes.fromhex(damaged), (3, VERSION)]], bus=bus, irq=irq)
    assert data == VERSION_DATA
    assert len(fake.received) == 1


@pytest.mark.parametrize('irq', [True, False])
def test_an_answer_without_an_ack_counts(irq):
    data, fake = version([[(4, VERSION)]], irq=irq)
    assert data == VERSION_DATA
    assert len(fake.received) == 1


@pytest.mark.parametrize('bus', ['spi', 'i2c'])
def test_a_line_that_is_low_without_a_frame_costs_no_busy_loop(bus):
    async def test(chip, fake):
        fake.irq.watch(lambda level: level and fake.irq.set(0))
        fake.irq.set(0)
        with pytest.raises(ResponseTimeout):
            await chip.command(0x02, timeout_ms=100)
        return fake.bus.calls
    calls, _ = on_bus(test, [None, [ACK]], bus=bus)
    assert calls < 130 * 3                              # one look a millisecond, of at most three bus calls


def test_a_sleeping_chip_on_i2c_is_asked_twice():
    async def test(chip, fake):
        fake.nack_addresses = 1
        start = time.ticks_ms()
        await chip.command(0x02)
        return time.ticks_ms() - start
    took, fake = on_bus(test, [OK], bus='i2c')
    assert 6 <= took <= 15
    assert len(fake.received) == 1


def test_an_absent_chip_on_i2c_is_mute():
    async def test(chip, fake):
        fake.nack_addresses = 1000
        with pytest.raises(ChipMute):
            await chip.command(0x02)
        return True
    assert on_bus(test, [], bus='i2c')[0]


def test_a_stuck_i2c_bus_is_mute_and_reset():
    async def test(chip, fake):
        fake.bus.stuck = True
        with pytest.raises(ChipMute):
            await chip.command(0x02)
        return fake.resets
    assert on_bus(test, [], bus='i2c')[0] == 1


def test_an_absent_chip_on_spi_is_mute():
    async def run(host):
        link = SPILink(host.spi(SPIBus(), firstbit=1), host.pin(), None, None)
        with pytest.raises(ChipMute):
            await PN532(link).command(0x02)
        return True
    host = Host()
    assert host.run(run(host))


def test_a_cancelled_command_is_aborted_before_the_next():
    async def test(chip, fake):
        task = asyncio.create_task(chip.command(0x86, timeout_ms=5000))
        await asyncio.sleep(0.02)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return await chip.command(0x02)
    data, fake = on_bus(test, [[ACK], None, OK])
    assert data == VERSION_DATA
    assert fake.received[1] == ACK


def test_a_timeout_is_in_time_whatever_was_waited_for_before():
    """One task looks after all deadlines: a short one after a long one must not be seen late."""
    async def test(chip, fake):
        await chip.command(0x02, timeout_ms=60_000)
        start = time.ticks_ms()
        with pytest.raises(ResponseTimeout):
            await chip.command(0x02, timeout_ms=23)
        return time.ticks_ms() - start
    took, _ = on_bus(test, [OK, [ACK]])
    assert 23 <= took <= 23 + 4 + 4                     # the abort takes 3


# --- begin, and what it sends

BEGIN = [
    [ACK, (2, frame('d515'))], OK, [ACK, (2, frame('d513'))], *[[ACK, (2, frame('d533'))]] * 3,
]


@buses
def test_begin_configures_the_chip(bus, irq):
    async def test(chip, fake):
        await chip.begin()
        return chip.version, chip.started
    found, fake = on_bus(test, BEGIN, bus=bus, irq=irq)
    assert found == ('1.6', True)
    assert [data.hex() for data in fake.received] == [
        '0000ff05fbd4140100011600', '0000ff02fed4022a00', '0000ff03fdd41234e600',
        '0000ff06fad43205020100f200', frame('d432 02000909').hex(), '0000ff04fcd4320102f700']
    assert fake.resets == 1
    assert fake.wakes == (bus != 'i2c')


@pytest.mark.parametrize(('answer', 'words'), [
    ('d503 33020707', '33020707'), ('d503 3201', '3201'), ('d503', 'no PN532'), ('d503 32010603', 'support byte 03'),
])
def test_begin_refuses_other_chips(answer, words):
    async def test(chip, fake):
        with pytest.raises(WrongChip, match=words):
            await chip.begin()
        return chip.started
    started, _ = on_bus(test, [BEGIN[0], [ACK, (2, frame(answer))]])
    assert not started


# --- armed as a target

ACTIVATED = bytes.fromhex('0000ff25dbd58d0422d4000102030405060708090a0000003246666d010111020200780302001304011e5800')


@buses
def test_an_activation_that_races_the_abort_is_served(bus, irq):
    async def test(chip, fake):
        await chip.arm(b'')
        assert await chip.wait_activation(30) is None
        fake.clock.call_later(1_000_000, fake.offer, ACTIVATED)      # while the abort is on its way
        activation = await chip.abort()
        return activation.general_bytes, await chip.command(0x02)
    again = [[ACTIVATED]] if bus == 'i2c' else []       # too long for the first read
    (general_bytes, data), fake = on_bus(test, [[ACK], None, *again, OK], bus=bus, irq=irq)
    assert general_bytes[:3] == b'Ffm'
    assert data == VERSION_DATA
    assert fake.received[1] == ACK


def test_an_activation_already_there_is_not_aborted():
    async def test(chip, fake):
        await chip.arm(b'')
        fake.offer(ACTIVATED)
        return await chip.abort()
    activation, fake = on_bus(test, [[ACK]])
    assert activation.general_bytes[:3] == b'Ffm'
    assert len(fake.received) == 1


@buses
def test_abort_without_activation(bus, irq):
    async def test(chip, fake):
        assert await chip.abort() is None               # not armed: nothing is sent
        await chip.arm(b'')
        return await chip.abort(), await chip.command(0x02)
    (activation, data), fake = on_bus(test, [[ACK], None, OK], bus=bus, irq=irq)
    assert activation is None
    assert data == VERSION_DATA
    assert len(fake.received) == 3
    assert fake.wakes == (bus != 'i2c')                 # armed is asleep: NSS low ahead of the ACK


def test_no_command_while_armed():
    async def test(chip, fake):
        await chip.arm(b'')
        for attempt in (chip.field_there(), chip.rf_off(), chip.arm(b'')):
            with pytest.raises(NotIdle, match='armed'):
                await attempt
        return True
    assert on_bus(test, [[ACK]])[0]


def test_waiting_for_an_activation_has_no_limit_unless_given():
    async def test(chip, fake):
        await chip.arm(b'')
        fake.clock.call_later(3_600_000_000_000, fake.offer, ACTIVATED)
        activation = await chip.wait_activation()
        return activation.kind, fake.clock.now_ns > 3_600_000_000_000
    assert on_bus(test, [[ACK]])[0] == (0, True)


@pytest.mark.parametrize('bus', ['spi', 'i2c'])
def test_a_line_that_stays_low_while_armed_is_an_error_in_the_end(bus):
    async def test(chip, fake):
        await chip.arm(b'')
        fake.irq.watch(lambda level: level and fake.irq.set(0))
        fake.irq.set(0)
        start = time.ticks_ms()
        with pytest.raises(BadResponse, match='never who'):
            await chip.wait_activation()
        return time.ticks_ms() - start
    took, _ = on_bus(test, [[ACK]], bus=bus)
    assert 500 < took < 3000


def test_without_an_interrupt_an_armed_chip_is_looked_at_seldom():
    async def test(chip, fake):
        await chip.arm(b'')
        calls = fake.bus.calls
        assert await chip.wait_activation(60_000) is None
        return fake.bus.calls - calls
    calls, _ = on_bus(test, [[ACK]], irq=False)
    assert 60_000 / 25 < calls < 60_000 / 15


@buses
def test_a_wait_for_an_activation_can_be_ended_from_outside(bus, irq):
    async def test(chip, fake):
        took = []
        for delay_s in (0.03, 0):               # in the midst of it, and while the chip is still being armed
            arming = asyncio.create_task(chip.arm(b''))
            await asyncio.sleep(0)
            if not delay_s:
                chip.end_wait()
            await arming
            start = time.ticks_ms()
            waiting = asyncio.create_task(chip.wait_activation())
            if delay_s:
                await asyncio.sleep(delay_s)
                chip.end_wait()
            assert await waiting is None
            took.append(time.ticks_ms() - start)
            assert await chip.abort() is None
        await chip.arm(b'')                     # and the next wait is not ended by that
        assert await chip.wait_activation(40) is None
        return took
    took, _ = on_bus(test, [[ACK], None, [ACK], None, [ACK]], bus=bus, irq=irq)
    assert 30 <= took[0] <= 55
    assert took[1] <= 25


def test_power_down_sleeps_until_the_next_command():
    async def test(chip, fake):
        await power_down(chip)
        return await chip.command(0x02)
    data, fake = on_bus(test, [[ACK, (2, frame('d51700'))], OK])
    assert fake.received[0].hex() == '0000ff04fcd4162801ed00'        # SPI and RF wake, IRQ on wake
    assert data == VERSION_DATA
    assert fake.wakes == 1
