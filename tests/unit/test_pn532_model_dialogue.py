"""The PN532 model and its host: golden frames, ACK and response, abort, NACK, stale answers, faults."""
import pytest

from tests.simulator.chips.pn532 import frames, timings
from tests.simulator.nfc_host import ErrorFrame, NoAnswer
from tests.unit.rigs.pn532_model import GENERAL, MS, Bench, arming, jump, nfc_a_only

GOLDEN = [
    ('0000ff02fed4022a00', '0000ff06fad50332010607e800'),                     # GetFirmwareVersion
    ('0000ff05fbd4140100011600', '0000ff02fed5151600'),                       # SAMConfiguration
    ('0000ff03fdd41234e600', '0000ff02fed5131800'),                           # SetParameters 34
    ('0000ff04fcd4320102f700', '0000ff02fed533f800'),                         # RF off, RFCA
    ('0000ff06fad43205020100f200', '0000ff02fed533f800'),                     # retries
    ('0000ff05fbd40863013f8100', '0000ff02fed5092200'),                       # CIU_Mode = 3F
    ('0000ff04fcd41688018d00', '0000ff03fdd517001400'),                  # PowerDown
    ('0000ff04fcd44a0100e100', '0000ff03fdd54b00e000'),                       # InListPassiveTarget, nobody there
    ('0000ff03fdd45200da00', '0000ff03fdd55300d800'),                         # InRelease all
    ('0000ff16ead45600000446666d010111020200780302001304011eef00', '0000ff03fdd55701d300'),    # InJumpForDEP
]


class Wire:
    """A host at the level of SPI bytes, with nothing remembered."""

    def __init__(self, bench):
        self.bench = bench
        self.chip = bench.chips[0]

    def operation(self, data):
        self.chip.select.set(0)
        answer = self.chip.transfer(data)
        self.chip.select.set(1)
        return answer

    def write(self, frame):
        self.operation(b'\x01' + frame)

    def ready(self):
        return self.operation(b'\x02\x00')[1] & 1

    def read(self, length):
        return self.operation(b'\x03' + bytes(length))[1:]

    def wait(self, limit_ms=1000):
        """Until IRQ is low; False where it never is."""
        for _ in range(limit_ms * 10):
            if self.chip.irq.level == 0:
                return True
            self.bench.advance_ms(0.1)
        return False

    def talk(self, frame, length):
        """Write, read the ACK, read `length` bytes of response."""
        self.write(frame)
        assert self.wait(15) and self.read(6) == frames.ACK
        assert self.wait()
        return self.read(length)


@pytest.fixture
def bench():
    bench = Bench('spi')
    bench.chips[0].irq._watchers.remove(bench.hosts[0]._irq)    # the wire below reads by itself
    return bench


@pytest.fixture
def wire(bench):
    return Wire(bench)


@pytest.mark.parametrize('command, response', GOLDEN)
def test_golden_frames(wire, bench, command, response):
    assert wire.talk(bytes.fromhex(command), len(response) // 2).hex() == response
    assert bench.complaints == []


def test_golden_status_with_a_field(bench, wire):
    reader = Bench('spi')
    bench.air.couple(bench.chips[0], reader.chips[0])
    bench.air.set_field(reader.chips[0], True)
    assert wire.talk(bytes.fromhex('0000ff02fed4042800'), 13).hex() == '0000ff06fad505000100002500'


def test_ack_comes_first_then_the_response_and_irq_and_status_tell(wire, bench):
    wire.write(bytes.fromhex(GOLDEN[0][0]))
    assert (wire.chip.irq.level, wire.ready()) == (1, 0)
    bench.clock.advance(timings.ACK_NS)
    assert (wire.chip.irq.level, wire.ready()) == (0, 1)
    assert wire.read(6) == frames.ACK
    assert (wire.chip.irq.level, wire.ready()) == (1, 0)
    bench.clock.advance(timings.COMMAND_NS)
    assert wire.chip.irq.level == 0
    assert wire.read(13).hex() == GOLDEN[0][1]
    assert wire.chip.irq.level == 1


def test_irq_stays_high_where_sam_configuration_says_so(wire, bench):
    assert wire.talk(frames.encode(b'\x14\x01\x00\x01', frames.HOST_TO_CHIP), 9)
    wire.write(frames.encode(b'\x14\x01\x00\x00', frames.HOST_TO_CHIP))
    assert wire.wait(15) and wire.read(6) == frames.ACK
    assert not wire.wait(20) and wire.ready()


@pytest.mark.parametrize('length', [1, 252, 253, 254, 262])
def test_echo_of_any_length(length):
    data = bytes(i & 0xFF for i in range(length))
    for interface in ('spi', 'i2c', 'hsu'):
        host = Bench(interface).hosts[0]
        assert host.command(0x00, b'\x00' + data) == b'\x00' + data


@pytest.mark.parametrize('code, data', [
    (0x99, b''), (0x02, b'\x01'), (0x12, b''), (0x06, b'\x63'), (0x08, b'\x63\x01'), (0x16, b''), (0x10, b'\x09'),
    (0x14, b'\x05'), (0x32, b'\x01'), (0x4A, b'\x03\x00'), (0x4A, b'\x01\x01'), (0x56, b'\x00\x03\x00'),
    (0x56, b'\x00\x01\x00'), (0x56, b'\x00\x00\x04'), (0x56, b'\x00\x00\x04' + bytes(49)), (0x4E, b'\x01\x03\x00'),
    (0x40, b''), (0x52, b''), (0x8C, arming()[:-1]), (0x8C, arming(general=bytes(48))), (0x8C, arming(mode=8)),
    (0x8C, arming(historical=bytes(49))), (0x86, b'\x00'), (0x8A, b'\x00'), (0x60, b'\x01\x00\x00')])
def test_wrong_commands_get_the_error_frame(code, data):
    host = Bench('spi').hosts[0]
    with pytest.raises(ErrorFrame):
        host.command(code, data)
    assert host.command(0x02) == b'\x32\x01\x06\x07'


def test_a_frame_without_command_gets_the_error_frame(wire):
    wire.write(frames.encode(b'', frames.HOST_TO_CHIP))
    assert wire.wait(15) and wire.read(6) == frames.ACK
    assert wire.wait() and wire.read(8) == frames.ERROR


@pytest.mark.parametrize('spoilt', ['0000ff02ffd4022a00', '0000ff02fed4022b00'])
def test_a_bad_checksum_gets_no_answer_at_all(wire, spoilt):
    wire.write(bytes.fromhex(spoilt))
    assert not wire.wait(50)
    assert wire.talk(bytes.fromhex(GOLDEN[0][0]), 13).hex() == GOLDEN[0][1]


def test_nack_brings_the_same_response_again(wire):
    command, response = GOLDEN[0]
    wire.talk(bytes.fromhex(command), 13)
    for _ in range(2):
        wire.write(frames.NACK)
        assert wire.wait() and wire.read(13).hex() == response


def test_the_hosts_ack_after_a_response_is_harmless(wire):
    wire.talk(bytes.fromhex(GOLDEN[0][0]), 13)
    wire.write(frames.ACK)
    assert not wire.wait(20)
    assert wire.talk(bytes.fromhex(GOLDEN[0][0]), 13).hex() == GOLDEN[0][1]


def test_ack_aborts_the_running_command_which_gives_no_response(wire, bench):
    wire.write(frames.encode(b'\x8c' + arming(), frames.HOST_TO_CHIP))
    assert wire.wait(15) and wire.read(6) == frames.ACK
    bench.advance_ms(5)
    bench.hosts[0].wake()
    wire.write(frames.ACK)
    assert not wire.wait(50)
    assert wire.chip.target.state == 'off' and wire.chip.counters['aborts'] == 1
    assert wire.talk(bytes.fromhex(GOLDEN[0][0]), 13).hex() == GOLDEN[0][1]


def test_an_activation_that_comes_before_the_abort_waits_for_the_host():
    bench = Bench('spi', 'spi')
    bench.arm()
    silent = Wire(bench)
    silent.chip = bench.chips[1]
    silent.chip.irq._watchers.clear()
    bench.hosts[0].command(0x56, jump())
    assert silent.chip.irq.level == 0
    silent.write(frames.ACK)
    assert silent.chip.irq.level == 0 and silent.read(9)[5:8].hex() == 'd58d04'
    assert silent.chip.target.state == 'active'


def test_a_new_command_aborts_the_running_one(bench, wire):
    wire.write(frames.encode(b'\x32\x05\xff\x01\xff', frames.HOST_TO_CHIP))      # poll for ever
    assert wire.wait(15) and wire.read(6) == frames.ACK and wire.wait() and wire.read(9)
    wire.write(frames.encode(b'\x4a\x01\x00', frames.HOST_TO_CHIP))
    assert wire.wait(15) and wire.read(6) == frames.ACK
    bench.advance_ms(500)
    polls = bench.air.frames
    assert polls > 10 and wire.chip.irq.level == 1
    assert wire.talk(bytes.fromhex(GOLDEN[0][0]), 13).hex() == GOLDEN[0][1]
    bench.advance_ms(100)
    assert bench.air.frames == polls and wire.chip.radio.field_on           # the field stays: trap 3


def test_a_response_left_unread_comes_instead_of_the_next_ack(wire, bench):
    wire.write(bytes.fromhex(GOLDEN[0][0]))
    assert wire.wait(15) and wire.read(6) == frames.ACK
    bench.advance_ms(5)
    wire.write(bytes.fromhex(GOLDEN[2][0]))
    bench.advance_ms(5)
    assert wire.read(13).hex() == GOLDEN[0][1]
    assert wire.read(6) == frames.ACK and wire.read(9).hex() == GOLDEN[2][1]


def test_parameter_40_leaves_preamble_and_postamble_out(wire):
    assert wire.talk(frames.encode(b'\x12\x40', frames.HOST_TO_CHIP), 7).hex() == '00ff02fed51318'
    assert wire.talk(bytes.fromhex(GOLDEN[0][0]), 11).hex() == '00ff06fad50332010607e8'


def test_before_sam_configuration_rf_commands_are_ignored():
    bench = Bench('spi')
    chip, host = bench.chips[0], bench.hosts[0]
    chip.reset.set(0)
    chip.reset.set(1)
    bench.advance_ms(100)
    host.wake()
    assert host.command(0x02) == b'\x32\x01\x06\x07'
    with pytest.raises(NoAnswer, match='0 frames'):
        host.command(0x4A, b'\x01\x00')
    assert bench.complaints == ['a: command 4a before SAMConfiguration']


# -- registers ----------------------------------------------------------------------------------------------------------

def test_registers_are_memory_except_field_and_fifo():
    bench = Bench('spi')
    host = bench.hosts[0]
    assert host.command(0x06, bytes.fromhex('6301 6304')) == b'\x3b\x80'
    assert host.command(0x08, bytes.fromhex('6308 55 0123 66')) == b''
    assert host.command(0x06, bytes.fromhex('6308 0123 7fff')) == b'\x55\x66\x00'
    host.command(0x32, b'\x01\x01')
    assert host.command(0x06, bytes.fromhex('6304'))[0] & 3 == 3
    host.command(0x08, bytes.fromhex('6304 80'))
    assert not bench.chips[0].radio.field_on
    host.command(0x08, bytes.fromhex('6304 83'))
    assert bench.chips[0].radio.field_on
    host.command(0x08, bytes.fromhex('6339 aa 6339 bb'))
    assert host.command(0x06, bytes.fromhex('633a 6339 6339 6339')) == b'\x02\xaa\xbb\x00'


def test_after_a_poll_in_vain_the_fifo_shows_sens_req():
    host = Bench('spi').hosts[0]
    host.command(0x4A, b'\x01\x00')
    assert host.command(0x06, bytes.fromhex('6339')) == b'\x26'


# -- faults -------------------------------------------------------------------------------------------------------------

def test_a_mute_chip_says_nothing():
    bench = Bench('spi')
    bench.chips[0].faults.mute = True
    with pytest.raises(NoAnswer, match='0 frames'):
        bench.hosts[0].command(0x02)


def test_another_chip_shows_in_its_version():
    bench = Bench('i2c')
    bench.chips[0].faults.firmware = bytes((0x33, 2, 7, 7))
    assert bench.hosts[0].command(0x02) == b'\x33\x02\x07\x07'


def test_a_replayed_response_is_that_of_the_command_before():
    bench = Bench('spi')
    host = bench.hosts[0]
    host.command(0x02)
    bench.chips[0].faults.replay = 1
    with pytest.raises(NoAnswer):
        host.command(0x04)
    assert host.frames[-1] == b'\x03\x32\x01\x06\x07'
    assert host.command(0x04) == bytes(4)


def test_lost_and_corrupted_host_bytes():
    bench = Bench('spi')
    host, faults = bench.hosts[0], bench.chips[0].faults
    faults.inbound.lose(nth=5)
    with pytest.raises(NoAnswer, match='0 frames'):
        host.command(0x02)
    faults.inbound.corrupt(nth=7)
    with pytest.raises(NoAnswer, match='0 frames'):
        host.command(0x02)
    faults.outbound.corrupt(nth=6 + 9)
    with pytest.raises(NoAnswer, match='1 frames'):
        host.command(0x02)
    assert faults.inbound.hits == 2 and faults.outbound.hits == 1
    assert host.command(0x02) == b'\x32\x01\x06\x07'


def test_a_late_frame_is_late_by_what_was_asked():
    bench = Bench('spi')
    start_ns = bench.clock.now_ns
    bench.hosts[0].command(0x02)
    usual_ns = bench.clock.now_ns - start_ns
    bench.chips[0].faults.delay(2, 30 * MS)
    start_ns = bench.clock.now_ns
    bench.hosts[0].command(0x02)
    assert bench.clock.now_ns - start_ns == usual_ns + 30 * MS


def test_an_overheated_chip_sends_nothing():
    bench = Bench('spi', 'spi')
    bench.arm()
    bench.chips[0].faults.overheated = True
    assert bench.hosts[0].command(0x56, jump()) == b'\x0d'
    assert bench.hosts[0].command(0x4A, b'\x01\x00') == b'\x00'
    assert bench.air.frames == 0 and bench.hosts[0].command(0x04)[0] == 0x0D


def test_the_same_seeds_give_the_same_run():
    def run():
        bench = Bench('spi', 'i2c', seed=7)
        nfc_a_only(bench.hosts[1])
        bench.air.lose(probability=0.1)
        response = bench.link()
        return response, bench.frames(), bench.clock.now_ns, [list(host.frames) for host in bench.hosts]
    first, second = run(), run()
    assert first == second and GENERAL in first[0]
