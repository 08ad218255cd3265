"""Pins with more memory than a board has, for many runs of what other tests do on a board's heap.

MicroPython spends more than half of its time here on collecting every 8 kB of a heap that is nearly full, which a board
needs and which costs no modelled time. Used by tests that ask for the course of events alone.
"""
from tests.simulator.image import ROOT

COLLECTING = 'gc.threshold(8_192)'


def roomy():
    """Options of World.add_pin: a heap of 1 MB, and main.py so changed that it is collected when it is full."""
    text = (ROOT / 'main.py').read_text()
    if COLLECTING not in text:
        raise ValueError(f'main.py does not say {COLLECTING} any more')
    return {'heap': '1m', 'files': {'/main.py': text.replace(COLLECTING, 'gc.threshold(-1)').encode()}}
