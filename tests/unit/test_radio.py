"""What a program and a phone can see of the simulated radio beyond the recorded log: time, faults, phones, an attacker."""
import asyncio
import random
import sys

import pytest
from bumble import att

from tests.simulator.radio.attacker import Attacker
from tests.simulator.radio.phone import LinkLost, Refused
from tests.simulator.world import World
from tests.unit.rigs.radio import ENCRYPTED, NAME, PASSKEY, RX, SECRET, Rig

pytestmark = pytest.mark.micropython
INTERVAL_MS = 30
OPCODES = 0x02, 0x04, 0x06, 0x08, 0x0a, 0x0c, 0x0e, 0x10, 0x12, 0x16, 0x18, 0x1e, 0x20, 0x52, 0xd2      # of ATT


@pytest.fixture
def rig(micropython):
    with World(seed=5) as world:
        rig = Rig(world)
        rig.ask('fw.start()')
        yield rig
        assert world.complaints == []


def connected(rig, phone=None):
    return rig.do((phone or rig.phone).connect(rig.pin))


def test_a_world_without_phones_does_without_bumble(micropython, monkeypatch):
    for name in [name for name in sys.modules if name.startswith(('bumble', 'tests.simulator.radio'))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, 'bumble', None)        # whoever imports it now fails
    program = b'import bluetooth\nble = bluetooth.BLE()\nble.active(True)\nble.gap_advertise(100_000)'
    with World(seed=1) as world:
        pin = world.add_pin('Ada', files={'/main.py': program, '/boot.py': b''})
        world.run(0.1)
        assert pin.radio.advertising == (100_000, True)
        assert pin.radio_log[0] == 'GET_SECRET 2 0 None None'
        with pytest.raises(ImportError):
            world.add_phone('Ben')


def test_a_request_takes_two_connection_events(rig):
    link = connected(rig)
    for interval_ms in (INTERVAL_MS, 15):
        before_ms = rig.world.now_ms
        for _ in range(10):
            rig.do(link.read(NAME))
        taken_ms = (rig.world.now_ms - before_ms) / 10
        assert 2 * interval_ms - 1 <= taken_ms <= 2 * interval_ms + 1
        if interval_ms == INTERVAL_MS:
            rig.do(link.update(15))
            rig.world.run(0.1)
    assert 'CONNECTION_UPDATE 1 12 0 500 0' in rig.pin.radio_log


def test_a_burst_of_notifications_fills_the_buffers_and_gets_through(rig):
    link = connected(rig)
    rig.do(link.subscribe(SECRET))
    assert rig.ask("[ble.gatts_notify(1, H['secret'], bytes(200)) for _ in range(25)]") == 'EXC OSError(12,)'
    rig.world.run(0.3)                          # four a connection event: 24 take six of them
    assert [len(data) for _, data in link.notified] == [200] * 24
    rig.pin.radio.faults.no_buffers = 1
    assert rig.ask("ble.gatts_notify(1, H['secret'], b'lost')") == 'EXC OSError(12,)'
    rig.pin.radio.faults.busy = 1
    assert rig.ask('ble.gap_advertise(100_000)') == 'EXC OSError(16,)'
    assert rig.ask('ble.gap_advertise(100_000)') == 'None'


def test_the_esp32_numbers_a_dead_connection_strangely(rig):
    assert rig.ask("ble.gatts_notify(7, H['name'], b'')") == 'EXC OSError(-128,)'
    assert rig.ask('ble.gap_disconnect(7)') == 'EXC OSError(-128,)'


def test_what_the_handler_is_given_is_gone_after_it(rig):
    rig.ask("state.update(keep=[])")
    connected(rig)
    assert rig.ask("bytes(state['keep'][0][2])") == repr(b'\xdd' * 6)


def test_an_exception_in_the_handler_is_its_end(rig):
    rig.ask("state.update(trap='caught nowhere')")
    link = connected(rig)
    rig.do(link.disconnect())
    rig.world.run(1)
    assert 'ValueError: caught nowhere' in rig.pin.console and rig.pin.radio.advertising is None
    with pytest.raises(TimeoutError, match='Ada does not advertise'):
        rig.do(rig.phone.connect(rig.pin, timeout_s=1))


def test_an_answer_to_a_read_request_is_what_the_phone_gets(rig):
    link = connected(rig)
    rig.ask('state.update(refuse=0x80)')
    with pytest.raises(Refused) as refused:
        rig.do(link.read(NAME))
    assert (refused.value.kind, refused.value.code) == ('att', 0x80)


def test_the_link_is_lost_with_the_power_the_reset_and_the_distance(rig):
    for lose in (lambda: rig.phone.leave(rig.pin), rig.pin.cut_power):
        link = connected(rig)
        rig.world.run(0.1)
        lose()
        before_ms = rig.world.now_ms
        with pytest.raises(LinkLost) as lost:
            rig.do(link.read(NAME))
        assert lost.value.reason == 8 and 4900 <= rig.world.now_ms - before_ms <= 5100
        rig.phone.return_to(rig.pin)
    assert sum(line.startswith('CENTRAL_DISCONNECT') for line in rig.said()) == 1      # the other time it had no power
    rig.pin.boot()
    rig.ask('fw.start()')
    link = connected(rig)
    rig.phone.cut(rig.pin)
    rig.world.run(0.1)
    assert not link.open and rig.said()[-1].startswith('CENTRAL_DISCONNECT')
    link = connected(rig)
    rig.pin.restart(2)
    rig.world.run(6)
    assert not link.open


def test_four_phones_and_no_fifth(rig):
    phones = [rig.phone] + [rig.world.add_phone(name) for name in 'CDE']
    links = []
    for phone in phones:
        links.append(connected(rig, phone))
        rig.ask('fw.adv()')
    assert sorted(rig.pin.radio.peers) == [1, 2, 3, 4] and rig.ask('fw.adv()') == 'EXC OSError(12,)'
    rig.do(links[1].pair(PASSKEY))
    assert rig.do(links[1].read(SECRET)) == b'top secret value'
    for link in links[:1] + links[2:]:
        with pytest.raises(Refused):
            rig.do(link.read(SECRET))
    assert rig.ask('ble.gap_disconnect(3)') == 'True'
    rig.world.run(0.2)
    assert links[2].lost.result() == 0x13 and links[3].open


def test_a_private_phone_is_known_by_its_identity(rig):
    phone = rig.world.add_phone('Eve', private=True, identity='c0ffee000001')
    link = connected(rig, phone)
    shown = rig.said()[-2]
    rig.do(link.pair('271828'))
    rig.do(link.disconnect())
    link = connected(rig, phone)
    rig.do(link.encrypt())
    heard = rig.said()
    assert r'\xc0\xff\xee\x00\x00\x01' not in shown
    assert r"CENTRAL_CONNECT 1 1 b'\xc0\xff\xee\x00\x00\x01'" in heard and 'ENCRYPTION_UPDATE 1 1 1 1 16' in heard
    assert rig.do(link.read(SECRET)) == b'top secret value'


def test_nobody_types_the_passkey(rig):
    link = connected(rig)
    before_ms = rig.world.now_ms
    with pytest.raises(Refused):
        rig.do(link.pair(None), timeout_s=60)
    assert 29_000 <= rig.world.now_ms - before_ms <= 32_000
    assert rig.pin.radio_log[-1] == 'ENCRYPTION_UPDATE 1 0 0 0 0'
    rig.ask('state.update(passkey=0)')          # which is one as good as any
    rig.do(link.pair('000000'))
    assert rig.do(link.read(SECRET)) == b'top secret value'


def test_an_attacker_finds_only_open_doors(rig):
    link = connected(rig)
    attacker = Attacker(link)
    found = rig.do(attacker.read_all(19, 40))
    secret, encrypted = (rig.pin.radio.table.values[handle].handle for handle in (23, 26))
    assert found[secret] == found[encrypted] == 0x05 and b'top secret value' not in found.values()
    for handles in ([21, secret], [secret]):
        with pytest.raises(Refused) as refused:
            rig.do(attacker.request(att.ATT_Read_Multiple_Request(set_of_handles=handles)))
        assert refused.value.code == 0x05
    rig.do(attacker.prepare(21, 0, b'ev'))
    rig.do(attacker.prepare(21, 2, b'il'))
    with pytest.raises(Refused) as refused:
        rig.do(attacker.execute())
    assert refused.value.code == 0x05
    rig.do(link.write(NAME, b'evil', response=False))
    rig.do(attacker.subscribe_all())
    rig.ask("ble.gatts_notify(1, H['secret'], b'to anybody')")
    rig.world.run(0.1)
    assert link.notified == [(SECRET, b'to anybody')]       # the stack does not protect it: a program has to
    assert rig.ask("ble.gatts_read(H['name'])") == "b'Ada'"


def test_a_flood_comes_one_by_one_and_garbage_harms_nothing(rig):
    link = connected(rig)
    attacker = Attacker(link)
    rig.do(attacker.flood(RX, b'line', 40))
    rig.world.run(1)
    assert rig.said().count("VALUE 28 b'line'") == 40
    rng = random.Random(1)
    for _ in range(60):
        attacker.send(bytes([rng.choice(OPCODES), rng.randrange(40), 0]) + rng.randbytes(rng.randrange(24)))
        attacker.send(rng.randbytes(rng.randrange(9)))
        attacker.send_pairing(bytes([rng.randrange(16)]) + rng.randbytes(rng.choice((0, 1, 6, 16, 64))))
        rig.world.run(0.05)
    if link.open:
        rig.do(link.disconnect())
    rig.world.run(0.2)
    link = connected(rig)
    rig.do(link.pair(PASSKEY))
    assert rig.do(link.read(SECRET)) == b'top secret value' and 'Unhandled' not in rig.pin.console


def test_the_world_can_be_stepped_from_within_another_loop(rig):
    async def gateway():
        link = connected(rig)
        await asyncio.sleep(0)
        return rig.do(link.read(NAME)), asyncio.current_task() is not None
    assert asyncio.run(gateway()) == (b'Ada', True)


def test_runs_repeat(micropython):
    def run():
        with World(seed=8) as world:
            rig = Rig(world, late=True)
            world.ether.loss = 0.2
            link = connected(rig)
            rig.do(link.pair(PASSKEY))
            keys = rig.ask('sorted(secrets.items())')
            return world.now_ms, keys, rig.pin.radio_log, rig.do(link.read(ENCRYPTED))
    assert run() == run()
