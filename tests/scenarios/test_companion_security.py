"""What strangers and hostile phones get: the whole firmware against Bumble's real ATT and SMP, and against raw packets."""
import json

import pytest

from tests.scenarios.test_binding import bind, bonds_of
from tests.simulator.radio import digits
from tests.simulator.radio.attacker import Attacker
from tests.simulator.radio.client import INFO, REQUEST, RequestError
from tests.simulator.radio.phone import LinkLost, Refused

BATTERY, TIME = 0x2A19, 0x2A2B
NOT_SAFE = {0x05, 0x0F}                         # insufficient authentication, insufficient encryption
HOSTILE = (
    (b'\xff\xfe{"id":1}\n', 'not_json'), (b'{"id":2,"do":"pro\n', 'not_json'), (b'[' * 500 + b'\n', 'too_deep'),
    (b'{"id":4,"do":' + b'[' * 9 + b']' * 9 + b'}\n', 'too_deep'), (b'null\n', 'not_json'),
    (b'{"id":6,"do":"__init__"}\n', 'unknown_request'), (b'{"id":7,"do":"profile","act":"steal"}\n', 'unknown_act'),
    (b'{"id":8,"do":"battery","x":1}\n', 'unknown_field'), (b'x' * 4200 + b'\n', 'too_long'),
)


def left(world, link, within_s):
    """Whether the pin closes the link in that time."""
    return world.run_until(lambda: not link.open, within_s)


def test_a_stranger_gets_info_for_two_seconds_and_not_one_byte_of_what_a_bound_phone_is_told(world):
    pin, phone, eve = world.add_pin('Ada', False), world.add_phone('Hers'), world.add_phone('Eve')
    client = bind(world, pin, phone)
    began_ms, link = world.now_ms, eve.do(eve.connect(pin))
    attacker = Attacker(link)
    eve.do(attacker.subscribe_all())                                    # nothing protects that
    for uuid in (REQUEST, TIME):
        with pytest.raises(Refused) as refused:
            eve.do(link.write(uuid, b'{"id":1,"do":"profile"}\n'))
        assert refused.value.code in NOT_SAFE
    eve.do(link.write(REQUEST, b'{"id":1,"do":"profile","act":"set","name":"Eve"}\n', response=False))
    assert phone.do(client.ask({'do': 'profile', 'act': 'set', 'name': 'Grace'}))['card']['name'] == 'Grace'
    with pytest.raises(LinkLost):
        while True:
            found = eve.do(attacker.read_all(), timeout_s=6)
            read = b' '.join(value for value in found.values() if isinstance(value, bytes))
            assert b'"bound": true' in read or b'"bound":true' in read
            assert b'Grace' not in read and {value for value in found.values() if not isinstance(value, bytes)} <= {2, 5, 15}
    assert world.now_ms - began_ms < 6000 and link.notified == []
    assert [event['event'] for event in client.events] == ['card'] and client.link.open


def test_hostile_lines_floods_and_garbage_leave_the_pin_at_work(world):
    pin, phone, eve = world.add_pin('Ada', False), world.add_phone('Hers'), world.add_phone('Eve')
    client = bind(world, pin, phone)
    for line, code in HOSTILE:
        client.lines.clear()
        phone.do(client.send(line))
        assert world.run_until(lambda: client.lines, 3)
        assert [json.loads(said)['code'] for said in client.lines] == [code], line[:40]
    for number in range(60):                                           # nobody waits for an answer
        phone.do(client.link.write(REQUEST, b'{"id":%d,"do":"battery"}\n' % number, response=False))
    world.run(3)
    assert phone.do(client.ask({'do': 'battery'}))['percent'] > 0
    garbage = Attacker(client.link)
    for pdu in (b'', b'\x12', b'\x52\xff\xff', b'\xff' * 100, b'\x1e', b'\x18\x07'):
        garbage.send(pdu)
        garbage.send_pairing(pdu)
    world.run(1)
    links = [eve.do(eve.connect(pin, discover=False)) for _ in range(4)]     # who hogs the slots is sent away ...
    assert left(world, links[0], 4) and sum(link.open for link in links) <= 3
    if not client.link.open:                                            # (the garbage may have cost it its link)
        world.run(4)
        client = phone.do(phone.open(pin))
    with pytest.raises(RequestError, match='no request called nothing'):
        phone.do(client.ask({'do': 'nothing'}))
    assert left(world, links[-1], 4)
    phone.do(client.link.disconnect())
    assert phone.do(phone.do(phone.connect(pin)).read(INFO))            # ... and advertising returned
    assert not [line for line in world.complaints if 'handler' in line or 'SET_SECRET' in line]


@pytest.mark.parametrize('offers, passkey', [
    ({}, lambda pin: lambda: (int(digits.shown(pin)) + 1) % 1_000_000 if digits.shown(pin) else None),
    ({'io': 'none', 'mitm': False}, lambda pin: None),
    ({'sc': False}, lambda pin: lambda: digits.shown(pin)),
], ids=['wrong digits', 'no keyboard', 'legacy'])
def test_who_can_t_prove_to_see_the_digits_is_not_bound_and_leaves(world, offers, passkey):
    pin, eve = world.add_pin('Ada', False), world.add_phone('Eve', **offers)
    link = eve.do(eve.connect(pin))
    for _ in range(3):
        try:
            eve.do(link.pair(passkey(pin)), timeout_s=40)
        except (Refused, LinkLost):
            pass
        if not link.open:
            break
    assert left(world, link, 2)
    with pytest.raises(LinkLost):
        eve.do(link.read(BATTERY))
    said = {'': 'Three wrong tries', 'none': 'did not ask for the digits'}.get(offers.get('io', ''), '')
    assert ('pairs in an old way' if 'sc' in offers else said) in pin.console.text
    assert bonds_of(pin) == 0 and world.complaints == []
    with pytest.raises(TimeoutError):                                   # binding mode is over, and with it the radio
        eve.do(eve.connect(pin, timeout_s=3))
