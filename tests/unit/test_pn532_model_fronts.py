"""The PN532 model's host interfaces: SPI, I2C and HSU rules, sleep and waking, reset, the energy ledger."""
import random

import pytest

from tests.simulator.chips.pn532 import PN532, frames, timings
from tests.simulator.clock import Clock
from tests.simulator.nfc_host import NFCHost, NoAnswer
from tests.simulator.wires import REVERSED, BusStuck, I2CBus, Nack, SPIBus
from tests.unit.rigs.pn532_model import MS, Bench, arming, jump

VERSION = bytes.fromhex('0000ff02fed4022a00')
VERSION_RESPONSE = bytes.fromhex('0000ff06fad50332010607e800')
DIAGNOSE = frames.encode(b'\x00\x00' + bytes(range(1, 30)), frames.HOST_TO_CHIP)


def silent(bench, index=0):
    """The chip, with nobody who reads by himself."""
    chip = bench.chips[index]
    chip.irq._watchers.clear()
    return chip


def spi(chip, *pieces):
    """One NSS-low phase of `pieces`; the answers joined."""
    chip.select.set(0)
    answer = b''.join(chip.transfer(piece) for piece in pieces)
    chip.select.set(1)
    return answer


# -- SPI ----------------------------------------------------------------------------------------------------------------

def test_spi_bits_come_least_significant_first():
    bench = Bench('spi')
    chip, bus = silent(bench), SPIBus()
    bus.attach(chip, chip.select)
    chip.select.set(0)
    bus.transfer((b'\x01' + VERSION).translate(REVERSED))
    chip.select.set(1)
    bench.advance_ms(0.5)
    chip.select.set(0)
    assert bus.transfer(b'\x03' + bytes(6), lsb_first=True)[1:] == frames.ACK
    chip.select.set(1)
    assert bench.complaints == []
    chip.select.set(0)
    bus.transfer(b'\x02\x00')
    chip.select.set(1)
    assert bench.complaints == ['a: SPI opcode 40 is unknown (bits in the wrong order?)']


def test_spi_operations_need_nss_between_them():
    bench = Bench('spi')
    chip = silent(bench)
    spi(chip, b'\x01', VERSION[:4], VERSION[4:])
    bench.advance_ms(5)
    assert spi(chip, b'\x03', bytes(6), b'\x03', bytes(13))[1:7] == frames.ACK
    assert spi(chip, b'\x02', b'\x00')[1] == 1
    assert spi(chip, b'\x03', bytes(13))[1:] == VERSION_RESPONSE


def test_a_frame_written_over_two_nss_phases_is_lost():
    bench = Bench('spi')
    chip = silent(bench)
    spi(chip, b'\x01' + VERSION[:4])
    spi(chip, b'\x01' + VERSION[4:])
    bench.advance_ms(20)
    assert chip.irq.level == 1


def test_spi_reads_in_pieces_keep_the_byte_under_the_opcode():
    bench = Bench('spi')
    chip = silent(bench)
    spi(chip, b'\x01' + VERSION)
    bench.advance_ms(0.5)
    spi(chip, b'\x03' + bytes(6))
    bench.advance_ms(1)
    first = spi(chip, b'\x03' + bytes(5))[1:]
    second = spi(chip, b'\x03' + bytes(7))
    assert first + second == VERSION_RESPONSE


def test_spi_over_reading_shows_what_lay_there_before():
    bench = Bench('spi')
    chip = silent(bench)
    for command, length in ((DIAGNOSE, 40), (VERSION, 13)):
        spi(chip, b'\x01' + command)
        bench.advance_ms(0.5)
        spi(chip, b'\x03' + bytes(6))
        bench.advance_ms(1)
        answer = spi(chip, b'\x03' + bytes(length + 10))[1:]
    assert answer[:13] == VERSION_RESPONSE and answer[13:23] == bytes(range(6, 16))


def test_the_bus_that_is_not_strapped_reaches_nothing():
    bench = Bench('spi')
    with pytest.raises(Nack, match='strapped'):
        bench.chips[0].i2c_read(1)
    assert Bench('i2c').chips[0].transfer(b'\x02\x00') == b'\xff\xff'


# -- I2C ----------------------------------------------------------------------------------------------------------------

def test_i2c_reads_begin_with_the_status_byte_in_the_same_transaction():
    bench = Bench('i2c')
    chip, bus = silent(bench), I2CBus()
    bus.attach(chip, 0x24)
    bus.write(0x24, VERSION)
    assert bus.read(0x24, 7)[0] == 0
    bench.advance_ms(0.5)
    assert bus.read(0x24, 7) == b'\x01' + frames.ACK
    assert bus.read(0x24, 1) == b'\x00'
    bench.advance_ms(1)
    assert bus.read(0x24, 14) == b'\x01' + VERSION_RESPONSE


def test_an_i2c_read_that_stops_early_has_eaten_the_frame_and_nack_brings_it_back():
    bench = Bench('i2c')
    chip = silent(bench)
    chip.i2c_write(VERSION)
    bench.advance_ms(0.5)
    chip.i2c_read(7)
    bench.advance_ms(1)
    assert chip.i2c_read(6)[1:].hex() == '0000ff06fa'
    assert chip.i2c_read(14)[0] == 0
    chip.i2c_write(frames.NACK)
    assert chip.i2c_read(14) == b'\x01' + VERSION_RESPONSE


def test_a_sleeping_chip_does_not_acknowledge_its_i2c_address_and_wakes():
    bench = Bench('i2c')
    chip = silent(bench)
    chip.i2c_write(frames.encode(b'\x16\x80', frames.HOST_TO_CHIP))
    bench.advance_ms(0.5)
    chip.i2c_read(7)
    bench.advance_ms(1)
    assert chip.i2c_read(10)[6:9].hex() == 'd51700'
    bench.advance_ms(2)
    assert chip.power.ledger.state == 'soft_pd'
    with pytest.raises(Nack, match='sleeps'):
        chip.i2c_write(VERSION)
    bench.advance_ms(6)
    chip.i2c_write(VERSION)
    bench.advance_ms(5)
    assert chip.i2c_read(7)[1:] == frames.ACK and chip.counters['lost_accesses'] == 2    # this one, and begin()'s


def test_a_stuck_bus_comes_free_with_reset():
    bench = Bench('i2c')
    chip = silent(bench)
    chip.faults.stuck_scl = True
    for access in (lambda: chip.i2c_write(VERSION), lambda: chip.i2c_read(1)):
        with pytest.raises(BusStuck):
            access()
    chip.reset.set(0)
    chip.reset.set(1)
    bench.advance_ms(100)
    with pytest.raises(Nack):
        chip.i2c_read(1)
    bench.advance_ms(5)
    assert chip.i2c_read(1) == b'\x00'


# -- HSU ----------------------------------------------------------------------------------------------------------------

def test_serial_bytes_take_their_time_both_ways():
    bench = Bench('hsu')
    chip = silent(bench)
    chip.front.on_serial = None
    byte_ns = 10 * 1_000_000_000 // 115_200
    start_ns = bench.clock.now_ns
    chip.serial_write(VERSION)
    bench.clock.advance_to(start_ns + 9 * byte_ns + timings.ACK_NS + 6 * byte_ns - 1)
    assert chip.serial_read() == b''
    bench.clock.advance(1)
    assert chip.serial_read() == frames.ACK
    bench.advance_ms(10)
    assert chip.serial_read() == VERSION_RESPONSE and chip.irq.level == 1


def test_a_waking_uart_misses_the_first_bytes():
    clock = Clock()
    chip = PN532(clock, random.Random(1), interface='hsu')
    chip.serial_write(VERSION)
    clock.advance(20 * MS)
    assert chip.serial_read() == b'' and chip.counters['lost_bytes'] > 3
    chip.serial_write(VERSION)
    clock.advance(20 * MS)
    assert chip.serial_read() == frames.ACK + VERSION_RESPONSE


@pytest.mark.parametrize('preamble', ['00' * 10, '5555' + '00' * 14])
def test_a_preamble_wakes_in_time_for_the_command_behind_it(preamble):
    clock = Clock()
    chip = PN532(clock, random.Random(1), interface='hsu')
    chip.serial_write(bytes.fromhex(preamble) + VERSION)
    clock.advance(20 * MS)
    assert chip.serial_read() == frames.ACK + VERSION_RESPONSE


def test_baud_rate_changes_after_the_hosts_ack_and_the_wrong_one_is_noise():
    bench = Bench('hsu')
    chip, host = bench.chips[0], bench.hosts[0]
    host.command(0x10, b'\x07')
    bench.advance_ms(2)
    assert chip.front.baudrate == 115200
    chip.serial_write(frames.ACK, 115200)
    bench.advance_ms(1)
    assert chip.front.baudrate == 921600
    chip.serial_write(VERSION, 115200)
    bench.advance_ms(5)
    assert chip.front.noise == len(VERSION)
    assert host.command(0x02) == b'\x32\x01\x06\x07'
    chip.reset.set(0)
    assert chip.front.baudrate == 115200


def test_on_hsu_a_bare_ack_only_wakes_an_armed_chip():
    bench = Bench('hsu')
    bench.arm(0)
    chip = bench.chips[0]
    assert chip.power.asleep
    chip.serial_write(frames.ACK)
    bench.advance_ms(5)
    assert chip.power.listening and chip.target.state == 'armed'
    chip.serial_write(frames.ACK)
    bench.advance_ms(5)
    assert chip.target.state == 'off' and bench.hosts[0].command(0x02) == b'\x32\x01\x06\x07'


# -- sleep, waking, reset -----------------------------------------------------------------------------------------------

def test_an_armed_chip_sleeps_schedules_nothing_and_loses_the_first_access():
    bench = Bench('spi')
    bench.arm(0)
    chip = silent(bench)
    assert chip.power.ledger.state == 'soft_pd' and bench.clock.next_due_ns() is None
    assert spi(chip, b'\x02\x00') == b'\xff\xff'
    spi(chip, b'\x01' + frames.ACK)
    bench.clock.advance(timings.WAKE_BUS_NS)
    assert chip.target.state == 'armed' and spi(chip, b'\x02\x00')[1] == 0
    spi(chip, b'\x01' + frames.ACK)
    assert chip.target.state == 'off'
    assert bench.clock.next_due_ns() is None


def test_an_armed_chip_does_not_fall_asleep_before_its_ack_is_read():
    bench = Bench('spi')
    chip = silent(bench)
    spi(chip, b'\x01' + frames.encode(b'\x8c' + arming(), frames.HOST_TO_CHIP))
    bench.advance_ms(50)
    assert chip.irq.level == 0 and not chip.power.asleep
    assert spi(chip, b'\x03' + bytes(6))[1:] == frames.ACK
    bench.advance_ms(5)
    assert chip.power.asleep


def test_an_armed_chip_woken_by_its_host_still_answers_the_air():
    bench = Bench('spi', 'spi')
    bench.arm(1)
    bench.hosts[1].wake()
    assert not bench.chips[1].power.asleep
    assert bench.hosts[0].command(0x56, jump())[0] == 0


@pytest.mark.parametrize('sources, field, awake', [(0x20, True, False), (0x28, True, True), (0x28, False, False)])
def test_power_down_wakes_for_the_sources_it_was_given(sources, field, awake):
    bench = Bench('spi', 'spi')
    chip = silent(bench, 1)
    spi(chip, b'\x01' + frames.encode(bytes((0x16, sources, 1)), frames.HOST_TO_CHIP))
    bench.advance_ms(0.5)
    spi(chip, b'\x03' + bytes(6))
    bench.advance_ms(1)
    spi(chip, b'\x03' + bytes(10))
    bench.advance_ms(5)
    assert chip.power.asleep
    if field:
        bench.hosts[0].command(0x32, b'\x01\x01')
    bench.advance_ms(5)
    assert chip.power.listening == awake
    assert chip.irq.level == (0 if awake else 1)                           # GenIRQ


def test_power_down_by_the_wrong_source_is_ended_by_reset_only():
    bench = Bench('spi')
    host, chip = bench.hosts[0], bench.chips[0]
    host.command(0x16, b'\x80')
    bench.advance_ms(5)
    host.wake()
    with pytest.raises(NoAnswer):
        host.command(0x02)
    chip.reset.set(0)
    assert chip.power.ledger.state == 'hard_pd'
    chip.reset.set(1)
    bench.advance_ms(100)
    host.begin()
    assert host.command(0x02) == b'\x32\x01\x06\x07'


def test_reset_forgets_everything_and_a_hasty_host_is_complained_of():
    bench = Bench('spi', 'spi')
    host, chip = bench.hosts[1], bench.chips[1]
    host.command(0x32, b'\x01\x01')
    assert bench.air.field_at(bench.chips[0])
    host.send(0x02)
    bench.advance_ms(0.4)
    chip.reset.set(0)
    assert chip.irq.level == 1 and not bench.air.field_at(bench.chips[0])
    assert chip.settings.sam_mode is None and not chip.dialogue.waiting
    chip.reset.set(1)
    bench.advance_ms(60)
    host.wake()
    assert bench.complaints == ['b: the host spoke 60.0 ms after reset was released, 100 ms are needed']


def test_power_off_and_on():
    bench = Bench('spi')
    chip, host = bench.chips[0], bench.hosts[0]
    chip.power_off()
    assert chip.power.ledger.state == 'off'
    host.wake()
    with pytest.raises(NoAnswer):
        host.command(0x02)
    chip.power_on()
    bench.advance_ms(100)
    host.begin()
    assert host.command(0x02) == b'\x32\x01\x06\x07' and bench.complaints == []


def test_the_ledger_adds_up():
    bench = Bench('spi', 'spi')
    chip, ledger = bench.chips[0], bench.chips[0].power.ledger
    bench.advance_ms(10)
    bench.hosts[0].command(0x32, b'\x01\x01')
    bench.advance_ms(20)
    bench.hosts[0].command(0x32, b'\x01\x02')
    bench.arm(0)
    bench.advance_ms(95)
    chip.reset.set(0)
    bench.advance_ms(30)
    times = ledger.times_ns()
    assert sum(times.values()) == bench.clock.now_ns
    assert times['hard_pd'] == 30 * MS and times['off'] == 0
    assert 20 * MS < times['rf_on'] < 30 * MS and 104 * MS < times['soft_pd'] < 107 * MS
    assert ledger.entries['rf_on'] == 1 and ledger.state == 'hard_pd'


def test_a_plain_host_begins_on_a_fresh_chip_of_every_interface():
    for interface in ('spi', 'i2c', 'hsu'):
        chip = PN532(Clock(), random.Random(1), interface=interface)
        host = NFCHost(chip)
        host.begin()
        assert host.command(0x02) == b'\x32\x01\x06\x07' and chip.complaints == []
