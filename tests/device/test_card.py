"""`make card` and `make fleet`, with the real mpremote on simulated boards."""
import subprocess
import sys

import pytest

from tests.device import fleet as fleet_command
from tests.device.card import PLACE, card, card_of
from tests.device.card import _parsed as parsed
from tests.device.errors import report
from tests.device.fleet import fleet
from tests.simulator.pty_port import run_realtime
from tests.simulator.runtime import ROOT
from tests.simulator.usb import Cable

LIMIT_S = 100


@pytest.mark.interop
@pytest.mark.micropython
def test_a_pin_gets_its_card_over_the_cable(world, capfd):
    pin = world.add_pin('Nobody', card=False)
    world.run(1)
    words = ['--name', 'Ada Lovelace', '--title', 'Analyst', '--web', 'ada.example', '--private', 'web']
    with Cable(pin) as cable:
        code, = run_realtime(world.clock, [cable], lambda: report(card, ['--port', cable.url, *words]), limit_s=LIMIT_S)
    assert code == 0
    assert 'belongs to Ada Lovelace now. Others get: name, title, organisation' in capfd.readouterr().out
    assert 'taken over from the cable: Ada Lovelace' in pin.console
    assert 'card.new' not in pin.files().listdir('/data') and PLACE.endswith('/data/card.new')
    world.run(1)
    assert world.complaints == []


@pytest.mark.micropython
def test_a_card_that_cannot_be_read_changes_nothing(world):
    pin = world.add_pin('Ada', files={'/data/card.new': b'\0\5{"nam'})
    world.run(1)
    assert 'from the cable: The stored card cannot be read.' in pin.console and 'up, Cloud Pin' in pin.console
    assert 'card.new' not in pin.files().listdir('/data')


def test_a_name_that_a_pin_cannot_shape_gets_its_picture():
    assert card_of(parsed(['--name', 'अदा लवलेस'])).strip.startswith(b'CPN1')
    assert card_of(parsed(['--name', 'Ada', '--handle', 'chess=ada'])).handles == (('chess', 'ada'),)
    assert card_of(parsed(['--name', 'エイダ'])).strip == b''


@pytest.mark.parametrize('words, sentence', [
    (['--port', 'x'], 'A card needs a name.'),
    (['--port', 'x', '--name', 'Ada', '--email', 'nowhere'], 'The email address is not like name@example.com.'),
    (['--port', 'x', '--name', 'Ada', '--private', 'age'], 'A card has no field called age'),
    (['--name', 'Ada'], 'No board was given'),
    (['--port', '/dev/no-such-port', '--name', 'Ada'], '/dev/no-such-port cannot be opened'),
])
def test_wrong_cards_are_sentences(capsys, words, sentence):
    assert report(card, words) == 1
    assert sentence in capsys.readouterr().err


def test_the_command_runs_outside_of_pytest():
    done = subprocess.run([sys.executable, '-m', 'tests.device.card', '--port', 'x'], cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (1, 'A card needs a name.\n')


def test_a_fleet_reports_each_pin(capsys, tmp_path, monkeypatch):
    monkeypatch.setattr(fleet_command, 'deploy_to', lambda port, options: (port, port != 'b', f'{port} {options}'))
    assert report(fleet, ['a', 'b', 'c', 'a', '--board', 'devkit']) == 1
    said = capsys.readouterr()
    assert "done    a: a ['--board', 'devkit']\nFAILED  b: b" in said.out
    assert '2 of 3 pins' in said.out and said.err.startswith('b:')
    assert report(fleet, []) == 1


@pytest.mark.interop
def test_a_fleet_of_nothing_fails_one_by_one(capsys):
    assert report(fleet, ['/dev/no-such-port', '/dev/neither']) == 1
    said = capsys.readouterr()
    assert 'FAILED  /dev/neither: /dev/neither cannot be opened' in said.out and '0 of 2 pins' in said.out
