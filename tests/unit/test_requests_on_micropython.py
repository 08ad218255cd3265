"""Requests of a phone on the interpreter that they are made for: its lenient parser, its heap."""
import json
import pathlib

import pytest

from tests.simulator import runtime

SCRIPT = pathlib.Path(__file__).with_name('rigs') / 'requests_on_micropython.py'


@pytest.mark.micropython
def test_requests_on_micropython(micropython):
    found = json.loads(runtime.run_script(SCRIPT, heap='2m').strip().split('\n')[-1])
    assert found['refused'] == ['not_json', 'not_json', 'too_deep', 'not_json', 'unknown_request', 'bad_value',
                                'unknown_request', 'bad_value', 'bad_value', 'too_deep', 'unknown_field']
    assert found['name']['ok']['card']['name'] == '愛田 🚀'
    assert found['settings'] and 'failed' not in found
    assert found['friends'] == 100
    dear = {name: size for name, size in found['heap'].items() if size > 16_000 * micropython.bits // 32}
    assert dear == {}
