"""The rules on the interpreter and the file system that they are made for: MicroPython, littlefs, 12 bytes a friend."""
import json
import pathlib

import pytest

from tests.simulator import runtime

SCRIPT = pathlib.Path(__file__).with_name('rigs') / 'rules_on_micropython.py'


@pytest.fixture(scope='module')
def found(micropython):
    # what finalisers of files say that a power cut left open comes before the result
    return json.loads(runtime.run_script(SCRIPT, heap='3m').strip().split('\n')[-1])


@pytest.mark.micropython
def test_two_pins_tap_and_remember_it(found):
    assert found['tap'] == [1, 1]
    assert found['card']


@pytest.mark.micropython
def test_a_thousand_friends_stay_small(found, micropython):
    friends = found['friends']
    assert friends['count'] == 1000
    assert friends['found']
    assert friends['heap'] <= 16 * micropython.bits / 32
    assert friends['flash'] < 460                       # before outdated records are thrown out
    assert friends['erases'] < 0.5                      # a tap's own records none; moving ten taps to the log some


@pytest.mark.micropython
def test_power_cuts_at_every_flash_operation_of_a_busy_day(found):
    assert found['cuts'] > 100
    assert found['wrong'] == []


@pytest.mark.micropython
def test_malformed_utf8_that_the_port_would_take_is_refused(found):
    assert found['utf8'] == 0
