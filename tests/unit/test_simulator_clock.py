"""The virtual clock and the wires: order, cancellation, levels, bit order, addresses."""
import pytest

from tests.simulator.clock import Clock
from tests.simulator.wires import BusStuck, I2CBus, Line, Nack, SPIBus


def test_calls_run_in_order_of_time_then_of_asking():
    clock, seen = Clock(), []
    clock.call_at(20, seen.append, 'late')
    clock.call_at(10, seen.append, 'first')
    clock.call_at(10, seen.append, 'second')
    clock.call_at(15, seen.append, 'never').cancel()
    clock.advance_to(30)
    assert seen == ['first', 'second', 'late']
    assert clock.now_ns == 30


def test_a_call_made_by_a_call_runs_in_the_same_sweep():
    clock, seen = Clock(), []
    clock.call_at(10, lambda: clock.call_later(5, lambda: seen.append(clock.now_ns)))
    clock.advance_to(20)
    assert seen == [15]


def test_the_past_cannot_be_asked_for():
    clock = Clock(start_ns=100)
    assert clock.call_at(50, print).at_ns == 100


def test_a_line_tells_its_watchers_of_changes_only():
    line, seen = Line(level=1), []
    line.watch(seen.append)
    for level in (1, 0, 0, 1):
        line.set(level)
    assert seen == [0, 1]
    assert line.edges == 2


class Echo:
    """Answers with what it hears."""
    lsb_first = True

    def __init__(self):
        self.heard = b''

    def transfer(self, data):
        self.heard += data
        return data


def test_spi_turns_bits_round_where_host_and_chip_disagree():
    bus, chip, select = SPIBus(), Echo(), Line(level=0)
    bus.attach(chip, select)
    assert bus.transfer(b'\x01\x80', lsb_first=False) == b'\x01\x80'
    assert chip.heard == b'\x80\x01'
    assert bus.transfer(b'\x03', lsb_first=True) == b'\x03'
    assert chip.heard[-1:] == b'\x03'


def test_spi_without_a_selected_chip_reads_ones_and_is_counted():
    bus = SPIBus()
    bus.attach(Echo(), Line(level=1))
    assert bus.transfer(b'abc') == b'\xff\xff\xff'
    assert bus.unheard == 3


def test_i2c_without_a_chip_is_not_acknowledged_and_a_stuck_bus_says_so():
    bus = I2CBus()
    with pytest.raises(Nack):
        bus.write(0x24, b'x')
    bus.stuck = True
    with pytest.raises(BusStuck):
        bus.read(0x24, 1)


def test_wire_times():
    assert SPIBus.wire_ns(5, 1_000_000) == 40_000
    assert I2CBus.wire_ns(1, 400_000) == 50_000
