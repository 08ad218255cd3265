"""The two ends of the pipe between a pin and the world must number their requests alike."""
import re

from tests.simulator.child import REPLY, REQUEST
from tests.simulator.operations import BLUETOOTH, MEASURE_HEAP, TIMER, UART_RECEIVED, WAKE, Op
from tests.simulator.runtime import ROOT

DEVICE = ROOT / 'tests/simulator/device'


def test_the_device_has_the_worlds_table():
    text = (DEVICE / '_wire.py').read_text()
    table = {}
    for names, values in re.findall(r'^([A-Z_0-9, ]+) = ([0-9, ]+)', text, re.M):
        table.update(zip(names.split(', '), map(int, values.split(', ')), strict=True))
    interrupts = [table.pop(name) for name in ('MEASURE_HEAP', 'UART_RECEIVED', 'BLUETOOTH', 'WAKE', 'TIMER')]
    assert interrupts == [MEASURE_HEAP, UART_RECEIVED, BLUETOOTH, WAKE, TIMER]
    assert table == {op.name: op.value for op in Op}


def test_the_c_layout_is_the_structs():
    text = (DEVICE / 'vtime.c').read_text()
    assert 'u32 kind, u32 length, i64 at_ns, i64 deadline_ns, u32 op, u32 arg' in text and REQUEST.size == 32
    assert 'i64 now_ns, i32 status, u32 interrupts, u32 length, u32 0' in text and REPLY.size == 24
