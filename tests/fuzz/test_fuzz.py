"""A short sample of `make fuzz`: some seeded cases against the pin and its codecs, and every case that once failed."""
import json
import pathlib
import random

import pytest

import ndef_message
import vcard
from llcp import pdu
from llcp.errors import LLCPError
from llcp.link import LLCP
from tests.fuzz import cases, codecs, mutation, seeds
from tests.fuzz.__main__ import main, play, replay
from tests.unit.rigs.nfc import ScriptedMAC

SAMPLE = 24
HEAP = '384k'                       # a board's
KEPT = sorted((pathlib.Path(__file__).parent / 'cases').glob('*.json'))


@pytest.mark.micropython
@pytest.mark.parametrize('seed, nfc', [(1, 'spi'), (2, 'i2c')])
def test_hostile_peers_leave_the_pin_as_it_was(micropython, seed, nfc):
    rng = random.Random(seed)
    bench = play([cases.draw(rng) for _ in range(SAMPLE)], seed, nfc, heap=HEAP)
    assert bench.met > SAMPLE // 2


@pytest.mark.micropython
@pytest.mark.parametrize('path', KEPT, ids=[path.stem for path in KEPT])
def test_what_once_failed_holds(micropython, path):
    assert replay(path, HEAP).cases


def test_codecs_take_any_bytes():
    assert codecs.run(random.Random(3), 3000, 60) == 3060


@pytest.mark.parametrize('draw, taken', [
    (seeds.ndef, ndef_message.decode), (seeds.vcard, vcard.decode), (seeds.pdu, pdu.decode),
    (seeds.general, lambda data: LLCP(ScriptedMAC(data)))], ids=['ndef', 'vcard', 'pdu', 'general bytes'])
def test_seeds_are_taken_and_refused(draw, taken):
    """A fuzzer that is refused at the first byte finds nothing, nor does one that is always right."""
    rng, refused = random.Random(5), 0
    for _ in range(200):
        try:
            taken(draw(rng))
        except (ValueError, LLCPError):
            refused += 1
    assert 10 < refused < 190


def test_a_case_is_the_same_after_a_file():
    rng = random.Random(6)
    drawn = [cases.draw(rng) for _ in range(200)]
    assert json.loads(json.dumps(drawn)) == drawn
    assert {case['kind'] for case in drawn} == {'commands', 'answers', 'peer'}


@pytest.mark.parametrize('edit, after', [
    (['set', 1, 'ff'], b'a\xffcd'), (['set', 9, 'ff'], b'abcd\xff'), (['insert', 1, 'ff'], b'a\xffbcd'),
    (['delete', 1, 2], b'ad'),
    (['cut', 1], b'a'), (['whole', 'ff'], b'\xff')])
def test_edits_of_bytes(edit, after):
    assert mutation.edited(b'abcd', edit) == after


def test_edits_of_streams():
    tamper = mutation.Tamper([['pdu', 0, 'drop'], ['pdu', 1, 'double'], ['pdu', 2, 'before', '00'], ['pdu', 3, 'old', 0],
                              ['snep', 0, 'wait', 9]], [b'old'])
    assert [tamper.items('pdu', b'x') for _ in range(5)] == [[], [b'x', b'x'], [b'\0', b'x'], [b'old'], [b'x']]
    assert tamper.items('snep', b'y') == [b'y'] and tamper.wait_ms == 9


def test_a_time_that_is_none_is_a_sentence(monkeypatch, capsys):
    monkeypatch.setattr('sys.argv', ['fuzz'])
    monkeypatch.setenv('SECONDS', 'long')
    assert main() == 1 and "SECONDS is a number: could not convert string to float: 'long'" in capsys.readouterr().err
