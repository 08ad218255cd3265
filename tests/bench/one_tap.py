"""One tap of two pins with full cards in a world of its own, and when each stage of it was reached.

Owns how the pins come together: a third of the seeds bump both in the same millisecond, a third the second one 1-400 ms
after the first, a third one alone. Used by `tap`. Times are modelled milliseconds from contact, which is the first bump.
"""
import random
from typing import NamedTuple

from firmware.social.tap_stack import PARTS
from tests.simulator.image import compiled_text, modules
from tests.simulator.operations import Op
from tests.simulator.runtime import ROOT, micropython
from tests.simulator.world import MILLISECOND, World

BOOT_S = 25                                     # by then the display is dim, and the code of a tap in memory
BURST_S = 2                                     # how long the pins look for each other at most
LIMIT_S = 4
LOOKING_S = 2                                   # since the press of the button that took the code of a tap out of memory
LATEST_BUMP_MS = 400
HANDLES = [(f'service {number}', f'{letter}.{"abcdefghij" * 7}') for number, letter in enumerate('stuvwxy')]
STAGES = (('bump seen', 'nfc', 'looking'), ('link up', 'tap', 'link up'), ('cards exchanged', 'tap', 'cards exchanged'),
          ('committed', 'tap', 'friends with'), ('on screen', 'ui', 'showing moment_friend'))
MISSED = float('inf')
# Loading a module takes 5 us a byte of .mpy in the interpreter (measured here, scaled as in s3_model), and about as much again
# for littlefs and the flash: 90 reads of 300 bytes for 1 KB of code, mostly of folders, at a guess of 55 us each.
LOAD_US_PER_BYTE = 10
LOADS_A_PART = 'module = __import__('


class Way(NamedTuple):
    """A way to tap: the wire to the chips, the share of RF frames that are lost, and what their wearers did before."""
    nfc: str = 'spi'
    loss: float = 0
    cold: bool = False                          # both wearers have just pressed the button: the code of a tap is not in memory


class Result(NamedTuple):
    """`stages`: for each of STAGES (first pin, second pin) in ms, MISSED where it never came. `stalls`: {cause: ns}, the
    longest stretch without a wait of each kind, on either pin, until both have committed. `rf_ns`: field time of both."""
    seed: int
    stages: tuple
    stalls: dict
    rf_ns: int

    def committed(self):
        return max(self.stages[3])


def card(name):
    """A card whose vCard has about 800 bytes."""
    return {'name': name, 'title': 'Press photographer', 'organisation': 'Field Desk', 'handles': HANDLES}


def slow_to_load():
    """Files for a pin that takes a board's time for loading the code of a tap."""
    text = (ROOT / 'firmware/social/tap_stack.py').read_text()
    if text.count(LOADS_A_PART) != 1:
        raise ValueError('tap_stack.py does not say ' + LOADS_A_PART)
    files = modules(micropython().arch)
    costs = [LOAD_US_PER_BYTE * sum(len(files.get(f'{folder}/{name.replace(".", "/")}{end}', b'')) for folder in ('', '/lib')
                                    for end in ('.mpy', '/__init__.mpy')) for name in PARTS]
    spending = f'__import__("_wire").spend({costs!r}[PARTS.index(name)], 0); '
    return {'/firmware/social/tap_stack.mpy': compiled_text(text.replace(LOADS_A_PART, spending + LOADS_A_PART))}


def tap(seed, way):
    """Play it. Returns a Result."""
    with World(seed) as world:
        pins = [world.add_pin(name, card(name), nfc=way.nfc, files=slow_to_load()) for name in ('Ada Lovelace', 'Ben Okafor')]
        world.run(BOOT_S)
        if way.cold:
            for pin in pins:
                pin.press()
            world.run(LOOKING_S)
        for pin in pins:
            pin.processor.forget_stalls()
        field_ns = _field_ns(pins)
        if way.loss:
            world.air.lose(probability=way.loss)
        contact_ms = world.now_ms
        _bump(world, pins, seed)
        world.run_until(lambda: all('friends with' in pin.console for pin in pins), LIMIT_S)
        stalls = longest(pin.processor.stalls for pin in pins)
        rf_ns = _field_ns(pins) - field_ns
        world.run_until(lambda: all('showing moment_friend' in pin.console for pin in pins), 1)
        return Result(seed, tuple(tuple(_reached(pin, source, text, contact_ms) for pin in pins)
                                  for _, source, text in STAGES),
                      stalls, rf_ns)


def longest(stalls):
    """{cause: ns} of several Child.stalls."""
    found = {}
    for one in stalls:
        for op, (ns, _) in one.items():
            name = Op(op).name.lower().replace('_', ' ') if op else 'computing'
            found[name] = max(ns, found.get(name, 0))
    return found


def _bump(world, pins, seed):
    rng = random.Random(f'{seed}/bump')
    pins = rng.sample(pins, 2)
    now_ns = world.clock.now_ns
    world.together(*pins)
    pins[0].source.add_bump(now_ns)
    if seed % 3 == 0:
        pins[1].source.add_bump(now_ns)
    elif seed % 3 == 1:
        pins[1].source.add_bump(now_ns + rng.randint(1, LATEST_BUMP_MS) * MILLISECOND)


def _reached(pin, source, text, since_ms):
    return next((entry.at_ms - since_ms for entry in pin.console.entries(source)
                 if text in entry.text and entry.at_ms >= since_ms), MISSED)


def _field_ns(pins):
    return sum(pin.nfc.power.ledger.times_ns()['rf_on'] for pin in pins)
