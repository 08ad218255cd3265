"""Pins with more memory than a board has, for many runs of what other tests do on a board's heap.

MicroPython spends more than half of its time here on collecting every 8 kB of a heap that is nearly full, which a board
needs and which costs no modelled time. Used by tests that ask for the course of events alone.
"""
from tests.simulator.image import ROOT, compiled_text

COLLECTING = 'gc.threshold(GARBAGE)'


def roomy():
    """Options of World.add_pin: a heap of 1 MB, and pin.py so changed that it is collected when it is full."""
    text = (ROOT / 'firmware/pin.py').read_text()
    if COLLECTING not in text:
        raise ValueError(f'pin.py does not say {COLLECTING} any more')
    return {'heap': '1m', 'files': {'/firmware/pin.mpy': compiled_text(text.replace(COLLECTING, 'gc.threshold(-1)'))}}
