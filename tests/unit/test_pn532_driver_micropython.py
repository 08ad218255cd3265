"""The NFC libraries on real MicroPython: that they import and work there, and what they take of the heap."""
import pathlib
import re

import pytest

from tests.simulator.runtime import run_script

SELFCHECK = pathlib.Path(__file__).with_name('rigs') / 'nfc_on_micropython.py'
HEAP_BYTES = {'pn532': 26_000, 'llcp.link': 19_000, 'snep': 4_000, 'ndef_message': 5_000}     # imported as sources, 32 bit


@pytest.mark.micropython
def test_driver_link_and_messages_work_on_micropython(micropython):
    said = run_script(SELFCHECK)
    assert re.findall(r'^ok (\w+)', said, re.M) == ['driver', 'exchange', 'micropython']
    heap = {name: int(count) for name, count in re.findall(r'^heap ([\w.]+) (\d+)', said, re.M)}
    for name, limit in HEAP_BYTES.items():
        assert heap[name] < limit * micropython.bits // 32
