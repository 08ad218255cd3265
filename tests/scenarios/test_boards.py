"""The boards of a pin with many friends: counted aside, so that every input is taken meanwhile; and counted once."""
import re

from tests.scenarios.test_navigation import LONG_PRESS_MS, press, shown
from tests.scenarios.test_wandering import latest, main_that_listens

FRIENDS = 400
AT_ONCE_S = .3                                  # a change of screens


def hold(world, pin):
    pin.press(LONG_PRESS_MS)
    world.run(LONG_PRESS_MS / 1000 + AT_ONCE_S)


def test_hundreds_of_friends_are_counted_while_the_pin_does_what_it_is_asked(world):
    pin = world.add_pin('Ada Lovelace', friends=FRIENDS, files={'/main.py': main_that_listens()})
    world.run(3)
    while shown(pin) != 'boards':
        press(world, pin)
    hold(world, pin)
    assert world.run_until(lambda: 0 < counted(latest(pin)[1]) < FRIENDS, timeout_s=1), latest(pin)
    press(world, pin)                                   # out again, while it counts on
    assert latest(pin) == ('boards', ['Boards', 'Hold the button to open'])
    world.run(4)
    hold(world, pin)
    assert latest(pin)[1][0] == 'Steps'
    press(world, pin, 3)
    assert latest(pin)[1][0] == 'Steps'
    press(world, pin)
    assert latest(pin)[1][0] == 'Friends'
    assert [entry for entry in pin.console.entries() if entry.level == 'E'] == [] and world.complaints == []


def counted(lines):
    """How many friends a screen says that it has counted."""
    title, far = lines
    done, count = re.fullmatch(r'(\d+) of (\d+) friends', far).groups()
    assert (title, count) == ('Counting', str(FRIENDS))
    return int(done)
