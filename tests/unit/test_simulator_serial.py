"""The simulator's serial wire: what a UART's receive buffer can't hold and what comes at a wrong rate."""
import random

from tests.simulator.chips.pn532 import PN532
from tests.simulator.clock import Clock
from tests.simulator.wires import SerialWire

WAKE = b'\x55\x55' + bytes(14)
SAM = bytes.fromhex('0000ff05fbd4140100011600')
ANSWER = bytes.fromhex('0000ff00ff00 0000ff02fed5151600')


def wired(size=300):
    clock = Clock()
    chip = PN532(clock, random.Random(1), interface='hsu')
    wire = SerialWire()
    wire.configure(115_200, size)
    wire.attach(chip, chip.front)
    wire.write(WAKE)
    clock.advance(5_000_000)
    return clock, wire


def test_bytes_take_their_time_and_tell_of_themselves():
    clock, wire = wired()
    told = []
    wire.on_receive = lambda: told.append(clock.now_ns)
    wire.write(SAM)
    clock.advance(1_000_000)
    assert (wire.waiting, told) == (0, [])
    clock.advance(10_000_000)
    assert len(told) == 2                       # ACK and answer
    assert wire.read(100) == ANSWER and wire.waiting == 0


def test_what_the_buffer_cannot_hold_is_lost_and_counted():
    clock, wire = wired(size=8)
    wire.write(SAM)
    clock.advance(10_000_000)
    assert wire.read(100) == ANSWER[:8]
    assert wire.overruns == len(ANSWER) - 8
    assert wire.complaints == ['the UART had no room for 7 bytes']


def test_bytes_at_a_wrong_rate_are_noise():
    clock, wire = wired()
    wire.write(SAM)
    clock.advance(1_000_000)
    wire.configure(9_600, 300)                  # while the chip is about to speak
    clock.advance(10_000_000)
    assert wire.read(100) == SerialWire.NOISE * len(ANSWER)


def test_nobody_at_the_far_end():
    wire = SerialWire()
    wire.write(SAM)
    assert (wire.waiting, wire.read(5)) == (0, b'')
