"""assets/companion/protocol.json, the one description of what phone and pin say: the firmware's tables are the very same."""
import importlib
import json
import pathlib
import re

import pytest

from firmware.companion import desk, services
from firmware.companion.requests import checks, news, profile, rows, serving
from firmware.social import card, name_strip
from firmware.social.friends import MAX_NOTE
from firmware.system import safe_mode
from firmware.system.setting_rows import SETTINGS

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROTOCOL = json.loads((ROOT / 'assets/companion/protocol.json').read_text())
REQUESTS = PROTOCOL['requests']


def described(key, kind, lowest, highest, *default):
    """A field of the firmware's as the description has it."""
    field = {'type': kind}
    if kind == 'choice':
        field['of'] = list(lowest)
    else:
        field.update({name: bound for name, bound in (('min', lowest), ('max', highest)) if bound is not None})
    if not default:
        field['required'] = True
    elif default[0] not in (None, ''):
        field['default'] = default[0]
    return key, field


@pytest.mark.parametrize('name', REQUESTS)
def test_a_request_is_the_one_that_is_described(name):
    acts = importlib.import_module(f'firmware.companion.requests.{name}').ACTS
    assert REQUESTS[name]['default'] == acts[0][0]
    assert list(REQUESTS[name]['acts']) == [act for act, _, _ in acts]
    for act, _, fields in acts:
        told = {key: {what: value for what, value in field.items() if what != 'about'}
                for key, field in REQUESTS[name]['acts'][act]['fields'].items()}
        assert told == dict(described(*field) for field in fields), act


def test_the_requests_are_all_described():
    assert serving.TOPICS.split(',') == list(REQUESTS)
    assert set(checks._KINDS) | {'choice'} == set(PROTOCOL['types'])


def test_the_settings_are_those_of_the_firmware():
    rows = []
    for row in SETTINGS:
        if row.key == 'design':                 # has a request of its own
            continue
        kind = {bool: 'bool', int: 'int', str: 'choice'}[type(row.default)]
        told = {'key': row.key, 'title': row.title, 'type': kind, 'default': row.default}
        told.update({'min': row.allowed[0], 'max': row.allowed[1]} if kind == 'int'
                    else {'of': list(row.allowed)} if kind == 'choice' else {})
        rows.append(told)
    assert [{what: value for what, value in row.items() if what not in ('unit', 'about')}
            for row in PROTOCOL['settings']] == rows


def test_limits():
    limits, strip, fields = PROTOCOL['limits'], PROTOCOL['strip'], PROTOCOL['card']['fields']
    assert [limits[key] for key in ('line_bytes', 'bare_bytes', 'depth', 'id')] == [
        checks.LINE_BYTES, checks.BARE_BYTES, checks.DEPTH, checks.LARGEST_ID]
    assert (strip['bytes'], strip['width'], strip['height']) == (card.MAX_STRIP, name_strip.MAX_WIDTH, name_strip.MAX_HEIGHT)
    assert (strip['magic'].encode(), strip['window_bits']) == (name_strip._MAGIC, name_strip._WINDOW_BITS)
    assert list(fields) == [*card.FIELDS, 'public'] and PROTOCOL['card']['bytes'] == profile._MOST_BYTES
    assert {key: fields[key]['max'] for key, _ in card._LONGEST} == dict(card._LONGEST)
    assert fields['handles']['max'] == card.MAX_HANDLES
    assert PROTOCOL['friend']['fields']['note']['max'] == MAX_NOTE
    for key, field in REQUESTS['profile']['acts']['set']['fields'].items():
        assert field['max'] == (strip['bytes'] if key == 'strip' else fields[key]['max'])


def test_the_services_are_those_that_the_pin_offers():
    offered = [uuid if isinstance(uuid, str) else f'{uuid:08x}-0000-1000-8000-00805f9b34fb'
               for service, characteristics in services.TABLE for uuid in (service, *(one for one, _ in characteristics))]
    assert sorted(offered) == sorted(PROTOCOL['uuids'].values())
    assert services.PROTOCOL == PROTOCOL['protocol']


def test_the_parts_of_a_friend_are_those_that_are_told():
    source = pathlib.Path(rows.__file__).read_text()
    for key in PROTOCOL['friend']['fields']:
        assert f"'{key}'" in source, key


def test_events_and_errors():
    assert set(PROTOCOL['events']) == set(desk.TOPICS) == set(news._TOLD)
    source = pathlib.Path(serving.__file__).read_text() + pathlib.Path(checks.__file__).read_text()
    used = set(re.findall(r"(?:Refused\(|return |Error, |'code': )'([a-z_]+)'", source))
    used |= {'lost', safe_mode.NotNow.code}                      # the former the framing tells, in `companion.desk`
    assert used == set(PROTOCOL['errors'])
