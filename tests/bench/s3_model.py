"""S3-modelled time: what a stretch of firmware that ran here would take on an ESP32-S3. Every figure of it is a model.

    modelled time = interpreter's time here x bytecode scale + C loops' time here x C scale + time of buses and flash

Owns the S3's known figures (MicroPython 1.27 on an ESP32-S3 at 240 MHz, instruction-counted at 4 ns each) and the margin for
caches and PSRAM. A scale is measured anew in each run, by device/micro.py on the same interpreter. Used by benches.
"""
import ast
from typing import NamedTuple

from tests.simulator.runtime import ROOT

DEVICE = ROOT / 'tests/bench/device'
MARGIN = 1.5                                    # a real board is 1.3-2 times slower than counted instructions
BYTECODE_US = {'loop': 1.18, 'call': 4.8, 'method': 6.6}
C_US = {'fill': 240, 'blit': 1800, 'gc': 7200}  # 240 x 60 pixels, 60 x 60 pixels, 123 kB live
_POWER_ON = ROOT / 'tests/simulator/device/esp32.py'


def _mean_ratio(known, measured):
    """The geometric mean of known / measured times."""
    product = 1.0
    for name, known_us in known.items():
        product *= known_us / measured[name]
    return product ** (1 / len(known))


class Scale(NamedTuple):
    """How much longer an S3 takes than this host: for bytecode, and for loops in C."""
    bytecode: float
    c: float

    def ms(self, python_us, c_us=0.0, bus_us=0.0):
        """Modelled milliseconds of what took `python_us` in the interpreter and `c_us` in C loops here, and `bus_us` (as the
        wire or the flash has it, not scaled)."""
        return (python_us * self.bytecode + c_us * self.c + bus_us) / 1000

    def __str__(self):
        return (f'S3-modelled: bytecode here x {self.bytecode:.0f}, C loops x {self.c:.0f} (measured in this run, margin '
                f'{MARGIN} included)')


def scale(measured):
    """The Scale from what device/micro.py measured: {name: us}."""
    return Scale(MARGIN * _mean_ratio(BYTECODE_US, measured), MARGIN * _mean_ratio(C_US, measured))


def quickest(measured):
    """The shortest time of each operation in several {name: us}."""
    return {name: min(one[name] for one in measured) for name in measured[0]}


def flash_costs():
    """(us of an erase, us of programming 256 bytes) that the simulator charges; they stand in its device code, which CPython
    cannot import."""
    for node in ast.parse(_POWER_ON.read_text()).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == '(ERASE_US, PROGRAM_PAGE_US)':
            return ast.literal_eval(node.value)
    raise LookupError('The simulator no longer says what its flash costs.')
