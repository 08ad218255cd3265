"""The command line companion with a pin, as a laptop has it: bleak, over the simulator's radio, the pin's own Bluetooth."""
import csv

import pytest

from assets.companion.cli import radio
from assets.companion.cli.__main__ import run
from tests.simulator.bleak_backend import backend
from tests.simulator.data import friends_of, wearer_of
from tests.simulator.radio import digits

LONGEST_S = 60
REFUSED_S = 3                                   # a stranger is sent away after 2


class Laptop:
    """A terminal on a computer near a pin, whose user reads the digits from the pin's display."""

    def __init__(self, world, pin):
        self.pin = pin
        self.phone = world.add_phone('Laptop')
        self.radio = radio.Radio(*backend(self.phone, lambda: digits.shown(pin)), scan_s=2)

    def type(self, *argv):
        """(exit code, lines of stdout, lines of stderr)."""
        said, complained = [], []
        code = self.phone.do(run(argv, self.radio, said.append, complained.append), LONGEST_S)
        return code, said, complained

    def says(self, *argv):
        """What a command says that does what it is asked for."""
        code, said, complained = self.type(*argv)
        assert (code, complained) == (0, [])
        return said


def wake(world, pin):
    """Press its button: its radio is on for a minute, once the picture is drawn."""
    pin.press()
    world.run(REFUSED_S)


@pytest.mark.micropython
def test_a_laptop_binds_a_pin_and_speaks_with_it(world, tmp_path):
    pin = world.add_pin('Ada Lovelace', False, friends=6)
    world.run(3)                                # a pin without a card is in binding mode
    laptop = Laptop(world, pin)
    assert [line.split()[0] for line in laptop.says('pins')] == ['Pin']
    assert laptop.type('friends')[2] == [radio.NOT_BOUND]
    world.run(REFUSED_S)
    assert 'is bound to this computer, and has its time.' in laptop.says('bind')[-1]
    wake(world, pin)
    assert laptop.says('card', '--name', '愛田 🚀', '--handle', 'mastodon=@ada@example.com')[0].endswith('愛田 🚀')
    assert laptop.says('friends', 'friend', '6')[-1] == '1 of 6 friends'
    assert laptop.says('settings', 'brightness=40')[0].split()[:2] == ['brightness', '40']
    table = tmp_path / 'friends.csv'
    laptop.says('export', str(table))
    with table.open(newline='', encoding='utf-8') as file:
        assert [row['name'] for row in csv.DictReader(file)] == [friend.name for friend in reversed(friends_of(pin))]
    pin.cut_power()
    assert wearer_of(pin).card.name == '愛田 🚀'
    pin.boot()
    world.run(3)
    wake(world, pin)
    assert laptop.says('settings')[0].split()[:2] == ['brightness', '40']       # bound still, and set still
    assert 'has forgotten this computer, and this computer the pin' in laptop.says('forget')[0]
    assert not laptop.phone.knows(pin)
    wake(world, pin)
    code, _, (sentence,) = laptop.type('battery')
    assert (code, sentence) == (1, radio.NO_PIN)
    assert pin.complaints == []
