"""Any bytes from the host, the air or a peer: the PN532 model never breaks, and answers its host again afterwards."""
import random

from hypothesis import given
from hypothesis import strategies as st

from tests.simulator.nfc_host import ErrorFrame
from tests.unit.rigs.pn532_model import GENERAL, Bench, jump, serve

CODES = st.sampled_from([0x00, 0x02, 0x04, 0x06, 0x08, 0x12, 0x14, 0x32, 0x40, 0x42, 0x44, 0x46, 0x4A, 0x4E, 0x50, 0x52,
                         0x54, 0x56, 0x60, 0x86, 0x88, 0x8A, 0x8C, 0x8E, 0x90, 0x92, 0x94, 0x99])
FRAME = st.one_of(
    st.binary(min_size=1, max_size=20),
    st.sampled_from([b'\x26', b'\x52', b'\x93\x20', bytes.fromhex('93700812345678'), b'\x50\x00', b'\xe0\x80', b'\xc2']),
    st.builds(lambda data: b'\xf0' + bytes([len(data) + 3]) + b'\xd4\x06' + data, st.binary(max_size=12)),
    st.builds(lambda data: bytes([len(data) + 3]) + b'\xd4' + data + b'\x00', st.binary(max_size=12)))
RATES = st.sampled_from([(106, 'A'), (212, 'F'), (424, 'F'), (106, 'B')])


class Stranger:
    """An endpoint that sends what it is given: as a reader with its field on, or as the answer to each frame heard."""

    name = 'stranger'

    def __init__(self, air, answers=()):
        self.air = air
        self.answers = list(answers)

    def air_field(self, present):
        """Not of interest."""

    def air_receive(self, frames, intact):
        if self.answers:
            data = self.answers.pop(0)
            self.air.clock.call_later(100_000, self.air.transmit, self, data, frames[0].bitrate, frames[0].technology)


def answers_again(host):
    host.wake()
    host.abort()
    host.clock.advance(1_000_000)
    return host.command(0x02) == b'\x32\x01\x06\x07'


@given(st.lists(st.tuples(CODES, st.binary(max_size=60)), min_size=1, max_size=8), st.sampled_from(['spi', 'i2c', 'hsu']))
def test_any_commands(commands, interface):
    bench = Bench(interface, 'spi')
    bench.arm(script=serve)
    host = bench.hosts[0]
    for code, data in commands:
        if not bench.chips[0].power.listening:
            host.wake()
        host.send(code, data)
        bench.advance_ms(30)
    assert answers_again(host)


@given(st.lists(st.binary(max_size=80), max_size=10), st.sampled_from(['spi', 'i2c', 'hsu']))
def test_any_bytes_on_the_bus(pieces, interface):
    bench = Bench(interface)
    host = bench.hosts[0]
    for piece in pieces:
        if bench.chips[0].power.listening:
            host.write(piece)
        bench.advance_ms(5)
    host.write(bytes(300))                          # a frame cut short ends somewhere
    bench.advance_ms(40)
    assert answers_again(host)


@given(st.lists(st.tuples(FRAME, RATES), max_size=25), st.sampled_from([0x34, 0x04, 0x00]))
def test_any_frames_at_an_armed_chip(frames, parameters):
    bench = Bench('spi', parameters=parameters)
    reader = Stranger(bench.air)
    bench.air.couple(reader, bench.chips[0])
    bench.arm(0, script=serve)
    bench.air.set_field(reader, True)
    bench.advance_ms(6)
    for data, (bitrate, technology) in frames:
        bench.air.transmit(reader, data, bitrate, technology)
        bench.advance_ms(10)
    bench.air.set_field(reader, False)
    bench.advance_ms(5)
    assert answers_again(bench.hosts[0])


@given(st.lists(st.binary(max_size=30), max_size=12), st.sampled_from([(0x4A, b'\x01\x00'), (0x56, jump()),
                                                                    (0x56, jump(rate=1, passive=b'\0\xff\xff\0\0'))]))
def test_any_answers_to_an_initiator(answers, command):
    bench = Bench('spi')
    bench.air.couple(Stranger(bench.air, answers), bench.chips[0])
    response = bench.hosts[0].command(*command)
    assert len(response) >= 1 and answers_again(bench.hosts[0])


@given(st.integers(0, 10_000), st.lists(st.sampled_from(['lose', 'corrupt', 'part', 'meet', 'wait']), max_size=6))
def test_any_mishaps_of_a_link_leave_both_chips_usable(seed, mishaps):
    rng = random.Random(seed)
    bench = Bench('spi', 'i2c', seed=seed)
    bench.link()
    for mishap in mishaps:
        if mishap in ('lose', 'corrupt'):
            getattr(bench.air, mishap)(nth=rng.randrange(1, 8))
        elif mishap == 'part':
            bench.air.cut_at(rng.randrange(1, 5))
        elif mishap == 'meet':
            bench.air.couple(*bench.chips)
        try:
            bench.hosts[0].command(0x40, b'\x01' + bytes(rng.randrange(300) % 263), timeout_ns=10_000_000_000)
        except ErrorFrame:
            raise AssertionError('a proper command got the error frame') from None
    assert all(answers_again(host) for host in bench.hosts)
    bench.air.clear_faults()
    bench.air.couple(*bench.chips)
    bench.hosts[0].command(0x32, b'\x01\x02')
    bench.advance_ms(5)
    assert bench.link()[-len(GENERAL):] == GENERAL
