"""Runs drawing code on real MicroPython and brings the frame buffer back as an array of colours.

Owns nothing. Used by the tests of canvas and screens, which have no framebuf on CPython.
"""
import os
import pathlib

import numpy
import pytest

from tests.simulator import runtime

ROOT = pathlib.Path(__file__).resolve().parents[3]
ASSETS = ROOT / 'build/assets'

PRELUDE = """
import gc, hashlib
from canvas import Canvas
from rgb565 import rgb

class Display:
    'Counts what the driver would send: six writes a window whose pixels fit the gather memory.'
    def __init__(self):
        self.windows = []
    def show(self, buffer, x, y, w, h):
        self.windows.append((x, y, w, h))

def sum_of(canvas):
    return hashlib.sha256(canvas.buffer).digest()

def keep(canvas, name):
    with open({folder!r} + '/' + name, 'wb') as file:
        file.write(canvas.buffer)

def updated(done):
    'What came of an update: True, False, or drawn part by part as the stage does; then how many parts.'
    return done if done in (True, False) else 1 + len(list(done))

ASSETS = {assets!r}
"""


def compiled_assets():
    """The folder of compiled assets; where it is absent a skip with a plain line, in CI a failure."""
    if not (ASSETS / 'designs/plain.img').exists():
        assert runtime.may_skip(), "the assets are not compiled; 'make assets' does it"
        pytest.skip("the assets are not compiled here; 'make assets' does it")
    return ASSETS


def run(folder, source, heap='384k'):
    """Run `source` after PRELUDE and return what it printed; `keep(canvas, name)` leaves frames in `folder`."""
    script = pathlib.Path(folder) / 'drawing.py'
    script.write_text(PRELUDE.format(folder=str(folder), assets=os.fspath(ASSETS)) + source)
    return runtime.run_script(script, heap=heap)


def frame(folder, name):
    """A kept frame as an array (240, 240) of RGB565 words."""
    return numpy.frombuffer((pathlib.Path(folder) / name).read_bytes(), '>u2').reshape(240, 240).astype(int)


def word(value):
    """0xRRGGBB as an RGB565 word."""
    return value >> 8 & 0xF800 | value >> 5 & 0x07E0 | value >> 3 & 0x001F
