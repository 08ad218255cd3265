"""Binding, bonds in use and the radio's windows, on a scripted stack."""
import json

import pytest

from firmware.companion import bond_file, counter, desk, services, wishes
from firmware.companion.bonds import Bonds
from tests.unit.rigs.ble import Phone, Refused
from tests.unit.rigs.companion import BATTERY, REQUEST, TIME, ZONE, Pin, bound, phones
from tests.unit.rigs.screens import ROOT


def kept(pin):
    """The addresses of the bonds on flash."""
    bonds = Bonds()
    assert bond_file.load(pin.storage, bonds) == ''
    return [row[0] for row in bonds.kept]


# ---- binding

@pytest.mark.parametrize('esp', [True, False])
def test_a_phone_that_types_the_digits_is_bound_and_on_flash_before_anybody_is_told(esp):
    pin, (ada,) = Pin(esp=esp), phones(1)
    seen = []
    pin.events.subscribe(seen, 'notice', lambda _: seen.append(kept(pin)))
    pin.play(pin.bind, 1.5, lambda: pin.come(ada), lambda: pin.ble.pair(ada.conn), 1)
    assert pin.said == ['Your phone is bound.'] and seen == [[ada.identity]]
    assert [len(one) for one in pin.digits if one] == [6] and pin.digits[-1] == ''
    assert pin.facts.phones == 1 and not pin.binding and pin.phone == [True, False]
    assert pin.info == {'protocol': 1, 'firmware': '0.1.0', 'board': 'devkit', 'bound': True}
    assert pin.ble.settings == {'gap_name': 'Pin 4F2A', 'mtu': 247, 'bond': True, 'mitm': True, 'le_secure': True, 'io': 0}


def test_three_wrong_tries_end_it_each_with_digits_of_its_own():
    pin, (eve,) = Pin(), phones(1)
    shown = []
    pin.play(pin.bind, 1.5, lambda: pin.come(eve),
             *[lambda: (pin.ble.pair(eve.conn, digits=-1), shown.append(pin.ble.passkeys[eve.conn]))] * 3, 1,
             lambda: pin.come(eve), lambda: pin.ble.pair(eve.conn))
    assert len(set(shown)) == 3 and pin.said == ['Three wrong tries. No phone was bound.']
    assert not pin.binding and kept(pin) == [] and eve.key is None


def test_the_right_digits_at_the_third_try_are_in_time():
    pin, (ada,) = Pin(), phones(1)
    pin.play(pin.bind, 1.5, lambda: pin.come(ada), *[lambda: pin.ble.pair(ada.conn, digits=-1)] * 2, 0.5,
             lambda: pin.ble.pair(ada.conn), 1)
    assert kept(pin) == [ada.identity]


@pytest.mark.parametrize('esp', [True, False])
@pytest.mark.parametrize('how, sentence', [({'digits': None}, 'That phone did not ask for the digits. It was not bound.'),
                                           ({'legacy': True}, 'That phone pairs in an old way, which others can overhear. '
                                                              'It was not bound.'),
                                           ({'bonding': False}, 'That phone did not ask for the digits. It was not bound.')])
def test_an_unsafe_pairing_is_undone_and_ends_binding_mode(esp, how, sentence):
    pin, (eve,) = Pin(esp=esp), phones(1)
    pin.play(pin.bind, 1.5, lambda: pin.come(eve), lambda: pin.ble.pair(eve.conn, **how), 0.5)
    assert pin.said == [sentence] and not pin.binding and pin.facts.phones == 0
    assert kept(pin) == [] and pin.links == [] and pin.ble.notified == []


def test_outside_binding_mode_nobody_can_pair():
    ada, eve = phones(2)
    pin = bound(ada)
    for digits in ('right', None):
        pin.play(pin.press, 1.5, lambda: pin.come(eve), lambda digits=digits: pin.ble.pair(eve.conn, digits), 0.5)
        assert pin.links == [] and kept(pin) == [ada.identity] and pin.said == []
        assert not any(pin.digits) and pin.advertising


def test_binding_mode_takes_two_minutes_and_one_phone():
    pin, (ada, ben) = Pin(), phones(2)
    pin.play(pin.bind, 119, lambda: pin.come(ada), lambda: pin.ble.disconnect(ada.conn), 2)
    assert pin.said == ['No phone was bound. The settings begin again.'] and not pin.on and pin.companion is None
    pin.play(pin.bind, 2, lambda: pin.come(ada), lambda: pin.ble.pair(ada.conn), 1, lambda: pin.come(ben),
             lambda: pin.ble.pair(ben.conn), 1)
    assert kept(pin) == [ada.identity] and pin.links == [ada]


def test_while_one_phone_is_asked_for_digits_another_is_not():
    pin, (ada, eve) = Pin(), phones(2)
    pin.play(pin.bind, 1.5, lambda: pin.come(ada), lambda: pin.ble.tell(31, ada.conn, 3, 0), lambda: pin.come(eve),
             lambda: pin.ble.tell(31, eve.conn, 3, 0), 0.1)
    assert pin.links == [ada] and len([one for one in pin.digits if one]) == 1


def test_who_leaves_in_the_middle_has_used_up_a_try():
    pin, (eve,) = Pin(), phones(1)
    leave = [lambda: pin.come(eve), lambda: pin.ble.tell(31, eve.conn, 3, 0), lambda: pin.ble.disconnect(eve.conn), 0.1]
    pin.play(pin.bind, 1.5, *leave * 3)
    assert pin.said == ['Three wrong tries. No phone was bound.']


def test_the_first_start_begins_to_bind_and_a_pin_with_a_card_or_without_a_radio_does_not():
    for pin, begins in ((Pin(card=False), True), (Pin(), False), (Pin(card=False, radio=False), False)):
        pin.play(1.5)
        assert (pin.binding, pin.on) == (begins, begins)
    with pytest.raises(ValueError, match='no Bluetooth'):
        wishes.bind(Pin(radio=False))


def test_a_bond_that_does_not_reach_the_flash_is_none():
    pin, (ada,) = Pin(), phones(1)

    def fill():
        pin.files.fail_with = 28
    pin.play(pin.bind, 1.5, fill, lambda: pin.come(ada), lambda: pin.ble.pair(ada.conn), 0.5)
    assert 'not saved' in pin.said[0] and pin.facts.phones == 0 and pin.links == []


# ---- bonds

def test_the_fourth_phone_takes_the_place_of_the_first_which_is_sent_away():
    first, *others = phones(4)
    pin = bound(first, *others[:2])
    pin.play(pin.press, 1.5, lambda: pin.return_(first), 1, pin.bind, 0.1,
             lambda: pin.come(others[2]), lambda: pin.ble.pair(others[2].conn), 2)
    assert kept(pin) == [phone.identity for phone in others] and pin.links == [others[2]]
    assert pin.said == ['Your phone is bound. 3 phones can talk to this pin.']
    pin.play(pin.press, 1.5, lambda: pin.return_(first), 0.1)
    assert not first.welcome


@pytest.mark.parametrize('end', ['phone', 'pin', 'pin, radio off'])
def test_a_forgotten_phone_is_a_stranger_with_its_old_keys(end):
    ada, ben = phones(2)
    pin = bound(ada, ben)
    forget = {'phone': lambda: pin.ask(ada, id=1, do='forget'), 'pin': lambda: wishes.forget_all(pin)}.get(end)
    if forget:
        pin.play(pin.press, 1.5, lambda: pin.return_(ada), 0.1, forget, 2)
        assert pin.links == [] and (end == 'pin' or pin.answers(ada)[:1] == [{'id': 1, 'ok': {}}])
    else:
        wishes.forget_all(pin)
    left = [ben.identity] if end == 'phone' else []
    assert kept(pin) == left and pin.facts.phones == len(left)
    pin.play(pin.bind, 1.5, lambda: pin.return_(ada))
    assert not ada.welcome and pin.info['bound'] == bool(left)


def test_forgetting_all_phones_renews_the_pin_s_own_key():
    ada, = phones(1)
    pin = bound(ada)

    def irk():
        bonds = Bonds()
        bond_file.load(pin.storage, bonds)
        return bonds.irk
    before = irk()
    pin.play(pin.press, 1.5, lambda: wishes.forget_all(pin), 1, pin.bind, 2)
    assert before and irk() and irk() != before


def test_a_phone_that_lost_its_bond_is_bound_anew_only_in_binding_mode():
    ada, = phones(1)
    pin, old = bound(ada), ada.key
    pin.play(pin.press, 1.5, lambda: pin.come(ada), lambda: pin.ble.pair(ada.conn), 0.5)
    assert kept(pin) == [ada.identity] and ada.key == old       # the old bond is as good as ever
    pin.play(pin.bind, 1.5, lambda: pin.come(ada), lambda: pin.ble.pair(ada.conn), 1)
    assert kept(pin) == [ada.identity] and ada.key != old and pin.facts.phones == 1


def test_bonds_of_another_firmware_are_dropped_and_told_of(monkeypatch):
    ada, = phones(1)
    pin = bound(ada)
    data = bytearray(pin.files.files['/data/bonds'])
    pin.files.files['/data/bonds'] = bytes(data[:20])
    pin.play(1)
    assert pin.said == ['The list of phones was damaged. Bind your phone again.'] and pin.facts.phones == 0


# ---- windows and time-outs

def test_without_a_bond_the_radio_is_never_on():
    pin = Pin()
    pin.play(pin.press, 3, lambda: pin.events.publish('worn', True), 3600)
    assert pin.companion is None and not pin.on


def test_the_radio_is_on_for_a_minute_after_a_press_and_ten_seconds_in_fifteen_minutes_while_worn():
    pin, on = bound(*phones(1)), []

    def look():
        on.append(pin.ble.on)
    pin.play(1, look, pin.press, 2, look, 56, look, 4, look, 1800, look,
             lambda: pin.events.publish('worn', True), 895, look, *[2, look] * 10)
    assert on[:5] == [False, True, True, False, False] and 4 <= sum(on[5:]) <= 6
    pin.facts.settings.set('radio_wake_s', 0)
    pin.facts.settings.set('radio_every_min', 0)
    del on[:]
    pin.play(pin.press, *[10, look] * 200)
    assert not any(on)


def test_no_window_opens_or_stays_open_during_a_tap_but_a_phone_may_stay():
    ada, = phones(1)
    pin, on = bound(ada), []

    def look():
        on.append(bool(pin.ble.on))

    def tap(busy):
        pin.rendezvous.busy = busy
    pin.play(pin.press, 1.5, look, lambda: tap(True), 1.2, look, 3, look, lambda: tap(False), 1.5, look,
             lambda: pin.return_(ada), 0.1, lambda: tap(True), 0.1,
             lambda: pin.ask(ada, id=5, do='battery'), 2, look)
    assert on == [True, False, False, True, True] and pin.answers(ada) == []
    del on[:]
    pin.play(pin.press, 5, look)
    assert on == [False]


def test_a_line_that_came_during_a_tap_is_served_after_it():
    ada, = phones(1)
    pin = bound(ada)

    def tap(busy):
        pin.rendezvous.busy = busy
    pin.play(pin.press, 1.5, lambda: pin.return_(ada), 0.1, lambda: tap(True),
             lambda: pin.ask(ada, id=5, do='battery'), 1, lambda: tap(False), 1)
    assert pin.answers(ada) == [{'id': 5, 'ok': {'percent': 74, 'charging': False, 'millivolts': 3900}}]


def test_strangers_leave_after_two_seconds_and_advertising_goes_on_while_a_bound_phone_may_take_its_time():
    ada, *strangers = phones(5)
    pin = bound(ada)
    crowd = [step for eve in strangers for step in (lambda eve=eve: pin.come(eve), 0.1)]
    pin.play(pin.press, 1.5, lambda: pin.come(ada), *crowd)
    assert pin.advertising and len(pin.links) == 3 and ada in pin.links
    pin.play(pin.press, 1.5, lambda: pin.come(ada), lambda: pin.come(strangers[0]), 3.1)
    assert pin.links == [ada] and pin.advertising


# ---- what a phone finds

def test_the_table_is_the_protocol_s():
    protocol = json.loads((ROOT / 'assets/companion/protocol.json').read_text())
    names = ['device_information', 'maker', 'model', 'firmware', 'hardware', 'battery', 'battery_level',
             'current_time_service', 'current_time', 'local_time_information', 'service', 'info', 'request', 'reply']
    table = [uuid for service, rows in services.TABLE for uuid in (service, *[uuid for uuid, _ in rows])]
    whole = [uuid if isinstance(uuid, str) else f'0000{uuid:04x}-0000-1000-8000-00805f9b34fb' for uuid in table]
    assert dict(zip(names, whole)) == protocol['uuids'] and protocol['limits']['line_bytes'] == counter.LINE_BYTES + 1
    assert {counter.LOST['code'], counter.TOO_LONG['code']} <= set(protocol['errors'])
    assert set(desk.TOPICS) == set(protocol['events'])


def test_a_stranger_reads_info_and_nothing_else():
    ada, eve = phones(2)
    pin, refused = bound(ada), []

    def read_all():
        for handle in list(pin.ble.values):
            try:
                if pin.ble.read(eve.conn, handle):
                    refused.append(handle)
            except Refused:
                pass
    pin.play(pin.press, 1.5, lambda: pin.come(eve), read_all)
    assert refused == [36]


def test_the_current_time_service_sets_clock_and_zone_and_refuses_what_is_none():
    ada, = phones(1)
    pin, moved = bound(ada), []
    pin.events.subscribe(pin, 'time', moved.append)
    write = pin.ble.write
    pin.play(pin.press, 1.5, lambda: pin.return_(ada), 0.1,
             lambda: write(ada.conn, ZONE, bytes([4, 4])), 0.1,
             lambda: write(ada.conn, TIME, bytes.fromhex('ea07 0b 14 0f 1e 00 05 00 00')), 0.1,
             *[lambda data=data: write(ada.conn, TIME, data) for data in (b'', b'x', bytes(10), b'\xff' * 10)],
             *[lambda data=data: write(ada.conn, ZONE, data) for data in (b'', b'\x80\x00', b'\x04\x07', b'\x7f\x08')], 0.5)
    clock = pin.facts.clock
    assert clock.local()[:5] == (2026, 11, 20, 15, 30) and clock.hour() == 15 and pin.facts.settings.get('zone_minutes') == 120
    assert moved == [None] and pin.on


def test_a_change_of_the_cell_is_told_by_the_battery_service_too():
    ada, eve = phones(2)
    pin = bound(ada)
    pin.play(pin.press, 1.5, lambda: pin.return_(ada), lambda: pin.come(eve), 0.1,
             lambda: pin.events.publish('battery', 73), 0.5)
    assert (ada.conn, BATTERY, b'\x49') in pin.ble.notified
    assert {conn for conn, *_ in pin.ble.notified} == {ada.conn}


def test_steps_are_told_at_most_once_in_five_seconds_and_the_latest_counts():
    ada, = phones(1)
    pin = bound(ada)
    walk = [step for count in range(1, 41) for step in (lambda count=count: pin.events.publish('steps', count), 0.5)]
    pin.play(pin.press, 1.5, lambda: pin.return_(ada), 0.1, *walk, 6)
    told = [line['today'] for line in pin.answers(ada) if line.get('event') == 'steps']
    assert 4 <= len(told) <= 6 and told == sorted(told) and told[-1] == 40


def test_a_flood_is_told_of_and_served_as_far_as_it_fits():
    ada, = phones(1)
    pin = bound(ada)

    def flood():
        for number in range(300):
            pin.ask(ada, id=number, do='battery')

    def say(data):
        return lambda: pin.ble.write(ada.conn, REQUEST, data)
    pin.play(pin.press, 1.5, lambda: pin.return_(ada), 0.1, flood, 2, say(b'\n'), *[say(b'x' * 500)] * 9, 1, say(b'\n'),
             lambda: [pin.ble.write(ada.conn, REQUEST, b'x' * 512) for _ in range(2048)], 1, say(b'\n'),       # a megabyte
             lambda: pin.ask(ada, id=999, do='battery'), 1)
    answers = pin.answers(ada)
    assert [line['code'] for line in answers if 'code' in line] == ['lost', 'too_long', 'too_long', 'lost']
    assert answers[-1]['id'] == 999 and 50 < len(answers) < 300


def test_the_phone_s_own_address_may_be_another_than_the_one_on_the_air():
    pin, ada = Pin(), Phone(1, identity=bytes([0xD0, 1, 2, 3, 4, 5]))
    pin.play(pin.bind, 1.5, lambda: pin.come(ada), lambda: pin.ble.pair(ada.conn), 1,
             lambda: pin.ask(ada, id=1, do='forget'), 1)
    assert pin.answers(ada)[:1] == [{'id': 1, 'ok': {}}] and kept(pin) == []
