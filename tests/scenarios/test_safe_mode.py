"""Safe mode: the name, phones and the cable work, nothing else does, and whatever is broken can't keep it from coming up."""
import json

import pytest

from tests.scenarios.test_binding import bind, bonds_of
from tests.simulator.image import compiled_text
from tests.simulator.radio.client import RequestError
from tests.simulator.runtime import ROOT

PROTOCOL = json.loads((ROOT / 'assets/companion/protocol.json').read_text())
ANSWERED = {'profile', 'settings', 'time', 'log', 'find', 'forget'}
BROKEN = compiled_text('raise ValueError("broken")\n')
SENTENCE_S, DARK_S = 7, 140                      # who may bind a phone sees it for two minutes


def shown(pin):
    """The screens since the last start."""
    last = pin.console.text.rpartition('=== boot')[2]
    return [line.split()[-1] for line in last.splitlines() if 'ui: showing' in line]


def started_with_the_button(world, name='Ada Lovelace', card=None, **options):
    pin = world.add_pin(name, card, on=False, **options)
    pin.press(ms=1500)
    pin.boot()
    world.run(3)
    return pin


def example(field):
    """A value that fits a field of the protocol."""
    kind = field['type']
    if kind == 'choice':
        return field['of'][0]
    return {'text': 'x', 'int': field.get('min', 0), 'bool': True, 'device': '0' * 32, 'base64': '', 'list': [],
            'object': {'brightness': 40}}[kind]


def test_the_sentence_comes_first_then_the_name_and_no_other_screen(world):
    pin = started_with_the_button(world, friends=3, settings={'brightness': 40})
    assert shown(pin) == ['safe_mode'] and 'You held the button' in pin.console
    world.run(SENTENCE_S)
    assert shown(pin) == ['safe_mode', 'name_tag']
    for _ in range(4):
        pin.press()
        world.run(1)
    assert shown(pin)[2:] == ['safe_mode', 'crash_report', 'name_tag', 'safe_mode']
    assert not any('motion:' in line or 'nfc:' in line for line in pin.console.text.splitlines())
    pin.press(ms=800)
    world.run(3)
    assert (pin.boots, shown(pin), world.complaints) == (2, ['name_tag'], [])


def test_a_new_phone_is_bound_and_gets_or_is_refused_every_request(world):
    pin = started_with_the_button(world, 'Ada', False)
    world.run(SENTENCE_S)
    assert shown(pin) == ['safe_mode', 'not_bound']
    phone = world.add_phone('Hers')
    client = bind(world, pin, phone)
    answered = set()
    for name, request in PROTOCOL['requests'].items():
        for act, described in request['acts'].items():
            if name == 'forget' or (name, act) == ('profile', 'set'):
                continue
            fields = {key: example(field) for key, field in described.get('fields', {}).items() if 'default' not in field}
            try:
                phone.do(client.ask({'do': name, 'act': act, **fields}))
                answered.add(name)
            except RequestError as error:
                if error.code != 'safe_mode':
                    assert name in ANSWERED and error.code == 'bad_value', (name, act, error.code, error)
                    answered.add(name)
    assert answered == ANSWERED - {'forget'}
    phone.do(client.ask({'do': 'profile', 'act': 'set', 'name': 'Grace Hopper'}))
    assert world.run_until(lambda: shown(pin)[-1] == 'name_tag', 2 * SENTENCE_S)        # after two notices
    assert bonds_of(pin) == 1 and 'E' not in [entry.level for entry in pin.console.entries()]
    pin.press(ms=800)
    world.run(3)
    assert shown(pin) == ['name_tag'] and world.complaints == []


@pytest.mark.parametrize('path, screens', [
    ('/firmware/social/friends.mpy', ['safe_mode', 'name_tag']),        # not of safe mode
    ('/firmware/system/settings.mpy', ['safe_mode']),                   # of safe mode: the sentence alone
    ('/firmware/companion/companion.mpy', ['safe_mode', 'name_tag']),
    ('/firmware/ui/screens/name_tag.mpy', ['safe_mode', 'safe_mode']),  # what crashes is not shown again
])
def test_what_is_broken_costs_no_more_than_itself(world, path, screens):
    pin = world.add_pin('Ada Lovelace', on=False, files={path: BROKEN})
    pin.press(ms=1500)                          # as if it had crashed three times
    pin.boot()
    world.run(3 + SENTENCE_S)
    assert shown(pin) == screens and pin.on and not pin.main_ended
    world.run(DARK_S)
    assert 'asleep' in pin.console


def test_three_crashes_in_a_row_then_safe_mode_which_lasts_and_can_be_left(world):
    """Safe mode stays what it is after a reset, and starts the pin on a long press."""
    pin = world.add_pin('Ada Lovelace', files={'/firmware/social/friends.mpy': BROKEN})
    assert world.run_until(lambda: 'showing safe_mode' in pin.console, 20, step_ms=200)
    assert pin.boots == 4 and 'stopped three times' in pin.console
    world.run(95)
    pin.restart(2)                              # the reset button
    world.run(3 + SENTENCE_S)
    assert shown(pin) == ['safe_mode', 'name_tag']
    pin.press()
    world.run(1)
    pin.press()
    world.run(1)
    assert shown(pin)[-2:] == ['safe_mode', 'crash_report']
    pin.press(ms=800)
    world.run(0.9)
    assert world.run_until(lambda: 'showing safe_mode' in pin.console.text.rpartition('boot 6')[2], 20, step_ms=200)
    assert pin.boots == 9                       # three more, counted from nothing


def test_safe_mode_that_crashes_itself_becomes_the_sentence(world):
    files = {'/firmware/social/friends.mpy': BROKEN, '/firmware/system/safe_mode.mpy': compiled_text(
        'from machine import reset\ndef build(pin):\n    reset()\n')}
    pin = world.add_pin('Ada Lovelace', files=files)
    world.run(20)
    assert (pin.boots, shown(pin), pin.main_ended) == (5, ['safe_mode'], False)


def test_somebody_at_the_cable_gets_the_prompt_and_the_next_start_is_an_ordinary_one(world):
    pin = started_with_the_button(world)
    pin.type(b'\x03')
    world.run(1)
    assert pin.main_ended
    pin.restart(2)
    world.run(3)
    assert shown(pin) == ['name_tag']
