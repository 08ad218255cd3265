"""A wearer who tries everything, at random but always in the same way, on the whole firmware with ninety-nine friends: nothing
is ever logged as an error, every screen has a text, the heap holds, and rest leads home from wherever it was."""
import ast
import random
import re

from firmware.ui.screens import RING
from tests.scenarios.conftest import BOOT_S
from tests.simulator.runtime import ROOT

HOME = 'name_tag'
FRIENDS = 99                                    # the next one earns a design and a medal
INPUTS = 12                                     # in a visit, after the way there: 160 in all
LONG_MS = 700
HEAP_BYTES = 384 * 1024
REST_S = 130                                    # the longest that a wearer can have a screen stay, and some more
ERASES = 'Erase it all'
MARK = 'SCREEN: '
# What main.py does, with an ear at the screens: whenever one is asked what it depends on, its text goes to the console too.
LISTENING = """
from firmware.ui import screens
plain_load = screens.load

def load(name):
    screen = plain_load(name)
    state = screen.state
    def told(model):
        screen.state = state                    # which its lines may ask for
        print('SCREEN:', (name, [line for line in screen.lines(model) if line]))
        screen.state = told
        return state(model)
    screen.state = told
    return screen

screens.load = load
"""
START = 'start(frame)\n'


def main_that_listens():
    text = (ROOT / 'main.py').read_text()
    assert START in text
    return text.replace(START, LISTENING + START).encode()


def shown(pin):
    """(screen, lines) of each picture so far."""
    return map(ast.literal_eval, re.findall(f'^{MARK}(.*)', pin.console.text, re.MULTILINE))


def latest(pin):
    """Of the picture that shows."""
    return ast.literal_eval(pin.console.text.rpartition(MARK)[2].partition('\n')[0])


def fumble(world, pin, rng):
    """One input; never the one that would erase everything, for then there is nothing left to see."""
    act = rng.random()
    if act < .4 or ERASES in latest(pin)[1]:
        pin.press()
    elif act < .6:
        pin.press(LONG_MS)
    elif act < .75:
        pin.touch()
    elif act < .9:
        pin.swipe(rng.choice(('left', 'right', 'up', 'down')))
    elif act < .95:
        pin.source.add_bump(world.clock.now_ns)
    else:
        pin.battery_mv = rng.choice((3450, 3680, 4150))
    world.run(rng.choice((.2, .5, .9)))


def meet(world, pin, other):
    """A tap, and an input into each moment that comes of it: a touch, a swipe and so on, each ends it."""
    world.run(BOOT_S)
    inputs = [pin.touch, lambda: pin.swipe('up'), pin.press, lambda: pin.press(LONG_MS)]
    for moments in (('moment_friend', 'moment_unlock', 'moment_medal'), ('moment_friend',)):
        world.bump(pin, other)
        for moment in moments:
            assert world.run_until(lambda moment=moment: latest(pin)[0] == moment, 25), (moment, latest(pin))
            world.run(.4)                       # in the midst of its frames
            world.apart(pin, other)             # else a long press has them meet once more
            inputs.pop(0)()
            world.run(.9)                       # a long press takes .6 s, and the moment by itself 1.8
            assert latest(pin)[0] != moment
        world.run(12)                           # until a tap is taken again


def test_a_wearer_who_tries_everything(world):
    pin = world.add_pin('Ada Lovelace', friends=FRIENDS, files={'/main.py': main_that_listens()})
    world.run(BOOT_S)
    rng = random.Random(6)
    for way in range(len(RING) + 1):            # to each screen of the ring in turn, and from there wherever it leads
        for _ in range(way + 1 if way else 0):  # the first one wakes it
            pin.press()
            world.run(.5)
        pin.press(LONG_MS)
        for _ in range(INPUTS):
            world.run(.2)
            fumble(world, pin, rng)
        pin.measure_heap()
        assert world.run_until(lambda: latest(pin)[0] == HOME, REST_S, step_ms=500), latest(pin)
    meet(world, pin, world.add_pin('Ben'))
    assert [entry for entry in pin.console.entries() if entry.level == 'E'] == []
    assert pin.boots == 1 and world.complaints == []
    assert [name for name, lines in shown(pin) if not lines] == []
    assert {HOME, *RING} <= {name for name, _ in shown(pin)}
    assert 0 < pin.heap_peak < HEAP_BYTES
