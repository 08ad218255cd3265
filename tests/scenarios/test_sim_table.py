"""The table of `make sim` without its page: what a hand, an accident or a file does to a pin is felt by its firmware."""
import itertools
import json
import os
import re
import signal
import socket
import sys
from datetime import timedelta

import pytest

from tests.simulator.data import names_of_friends
from tests.simulator.gateway.realtime import RealTime
from tests.simulator.sim import figures, scene
from tests.simulator.sim.__main__ import main
from tests.simulator.sim.play import Play
from tests.simulator.sim.table import Table

ADA, BEN = {'name': 'Ada Lovelace'}, {'name': 'Ben Okafor'}


@pytest.fixture
def table(world):
    table = Table(world)
    table.add('Ada', ADA, friends=4, place=[0.3, 0.5])
    table.add('Ben', BEN, place=[0.7, 0.5])
    world.run(2)
    return table


def wish(table, do, seconds=1.0, pin='Ada', **fields):
    """Do it, let time pass, and return what the pin has said meanwhile."""
    console = table.pins[pin].console
    before = len(console.text)
    table.wish({'do': do, 'pin': pin, **fields})
    table.world.run(seconds)
    return console.text[before:]


def bump(table, seconds=2):
    table.wish({'do': 'apart', 'pin': 'Ada', 'other': 'Ben'})
    return wish(table, 'together', seconds, other='Ben', knock=True)


def test_what_a_wearer_does_is_felt(table):
    ada = table.pins['Ada']
    assert 'looking for another pin' in wish(table, 'press', 2, ms=1200)
    assert 'power' not in wish(table, 'button', 0.3, down=True)
    assert 'showing steps' in wish(table, 'button', down=False)
    assert 'showing week' in wish(table, 'touch', x=160, y=120, to_x=80, to_y=120, ms=140)
    assert 'double_tap' in wish(table, 'double_tap', 2)
    upright = ada.look().tobytes()
    assert 'upright' in wish(table, 'wear', 2, degrees=90) and ada.look().tobytes() != upright
    assert 'upright' in wish(table, 'wear', 2, degrees=0) and ada.look().tobytes() == upright
    wish(table, 'wear', 2, side='face up')
    assert 'motion: turn' in wish(table, 'wear', 2, side='face down')
    wish(table, 'wear', 9, walk='walk')
    assert table.seats['Ada'].side == 'worn'
    wish(table, 'wear', 1, walk='')
    wish(table, 'press', ms=80)
    assert ada.look().tobytes() != upright              # another number of steps
    wish(table, 'measure_heap')
    assert 200_000 < ada.heap_live < 384_000
    shown = json.loads(json.dumps(figures.of(ada)))
    assert {'Energy', 'Buses', 'Radio', 'Heap', 'Flash'} <= shown.keys() and shown['Complaints'] == []
    wish(table, 'power', on=False)
    assert not ada.on and not ada.panel.lit()
    wish(table, 'battery', 0, mv=3400)
    assert 'showing battery' in wish(table, 'power', 2, on=True)
    wish(table, 'charge', 0, plugged=True)
    assert ada.battery_mv == 3580


def test_a_recorded_walk_counts(table, shared_data):
    shared_data('steps/normalised/index.csv')
    ada, walk = table.pins['Ada'], table.choices()['recordings']
    assert walk
    wish(table, 'wear', 5, walk=next(iter(walk)))
    wish(table, 'press', 1, ms=80)
    before = ada.look().tobytes()
    wish(table, 'press', 1, ms=80)
    assert ada.look().tobytes() != before


# (wish, for how long, its undoing, what the firmware says meanwhile); those that start the pin anew come last
ACCIDENTS = (
    ({'do': 'garble', 'bus': 'nfc', 'share': 0.1}, 0, {'do': 'garble', 'bus': 'nfc'}, 'E nfc: '),
    ({'do': 'garble', 'bus': 'i2c', 'share': 0.1}, 1.5, {'do': 'garble', 'bus': 'i2c'}, 'E motion: '),
    ({'do': 'answers', 'chip': 'nfc'}, 2.5, {'do': 'answers', 'chip': 'nfc', 'answers': True}, 'The NFC chip does not answer'),
    ({'do': 'fit', 'chip': 'imu'}, 1.3, {'do': 'fit', 'chip': 'imu', 'there': True}, 'motion sensor at 0x6B does not answer'),
    ({'do': 'fill', 'full': True}, 1.5, {'do': 'fill', 'full': False}, 'The flash is full: friends.log was not saved'))


def test_an_accident_is_said_and_can_be_undone(table):
    for accident, seconds, undoing, sentence in ACCIDENTS:
        said = wish(table, seconds=seconds, **accident)
        if sentence not in said:
            said += bump(table)
        assert sentence in said, (accident, said)
        wish(table, seconds=1.5 if accident['do'] == 'fill' else 0, **undoing)
    assert table.pins['Ada'].console.text.count('showing notice') >= 3
    assert 'cards exchanged' in bump(table) and names_of_friends(table.pins['Ada'])[0] == 'Ben Okafor'
    assert table.seats['Ada'].state() | {'place': None} == table.seats['Ben'].state() | {
        'name': 'Ada', 'number': 0, 'place': None, 'light': table.seats['Ada'].screen.light}
    wish(table, 'air', lose=1)
    assert 'cards exchanged' not in bump(table, 1)
    wish(table, 'air', 0)
    wish(table, 'cut_at_next_write')
    bump(table)
    assert not table.pins['Ada'].on
    assert 'showing name_tag' in wish(table, 'power', on=True)


def test_noise_on_the_way_to_the_panel_is_seen_and_is_the_same_each_time(world):
    table = Table(world)
    seen = []
    for name in ('Ada', 'Ada'):
        table.add(name, ADA)
        world.run(1.5)
        clean = table.pins[name].look()
        wish(table, 'garble', 0, bus='display', share=0.001)
        wish(table, 'press', ms=80)
        wish(table, 'press', ms=80)
        seen.append(table.pins[name].look().tobytes())
        assert seen[-1] != clean.tobytes()
        table.remove(name)
    assert seen[0] == seen[1]


def test_a_scene_is_kept_and_comes_back(table, world):
    assert 'friends with Ben' in bump(table)
    wish(table, 'wear', 1, degrees=90)
    wish(table, 'battery', 0, mv=3700)
    wish(table, 'garble', 0, pin='Ben', bus='nfc', share=0.01)
    wish(table, 'power', pin='Ben', on=False)
    kind, kept = scene.packed(table)
    table.remove('Ben')
    table.add('Chiara', False)
    at = world.now()
    world.start -= timedelta(minutes=10)                # as if it were opened in a simulator that has just started
    scene.unpack(table, json.loads(kept))
    assert kind == 'application/json' and world.now() == at
    assert sorted(table.seats) == ['Ada', 'Ben'] and not table.pins['Ben'].on
    assert names_of_friends(table.pins['Ada'])[0] == 'Ben Okafor'
    again = json.loads(scene.packed(table)[1])
    assert [{**pin, 'lane': '', 'files': ''} for pin in again['pins']] == [
        {**pin, 'lane': '', 'files': ''} for pin in json.loads(kept)['pins']]
    wish(table, 'power', pin='Ben', on=True)
    world.run(2)
    assert 'showing name_tag' in table.pins['Ada'].console and 'showing name_tag' in table.pins['Ben'].console


def test_the_command_says_where_it_is_who_reaches_it_and_what_is_wrong(micropython, monkeypatch, capsys):
    told = []

    def lose_a_program(play):
        """Somebody ends Ada's MicroPython; the others go on. Then Ctrl-C."""
        play.real_time = RealTime(play.world, now=itertools.count(0, 0.1).__next__)
        play.tell = told.append
        os.kill(play.table.pins['Ada'].processor._process, signal.SIGKILL)
        for _ in range(20):
            play.step()
        assert not play.table.pins['Ada'].on and 'showing name_tag' in play.table.pins['Ben'].console
        raise KeyboardInterrupt
    monkeypatch.setattr(Play, 'run', lose_a_program)
    for there in ('DISPLAY', 'WAYLAND_DISPLAY'):
        monkeypatch.delenv(there, raising=False)
    monkeypatch.setattr(sys, 'platform', 'linux')
    with socket.create_server(('127.0.0.1', 0)) as other:
        port = other.getsockname()[1]
        assert main(['--port', str(port)]) == 1
    assert re.fullmatch(rf"The simulator can't be shown: port {port} is in use by another program; name another one with "
                        rf'PORT={port + 1}\n', capsys.readouterr().err)
    assert main(['--port', str(port)]) == 0
    assert any('A pin has gone off: MicroPython ended by itself' in repr(message) for message in told)
    said = capsys.readouterr().out
    assert f'http://127.0.0.1:{port}/' in said and 'reached from this machine only' in said
    assert 'No browser window can be opened from here; open that address in one on this machine.' in said
