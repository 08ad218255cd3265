"""NFC-DEP between two PN532 models: activation, chaining, recovery of lost frames, more time, release."""
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.simulator.chips.pn532 import timings
from tests.unit.rigs.pn532_model import GENERAL, MS, NFCID3, RELEASED, Bench, jump, serve

TG = b'\x01'
OK = b'\x00'
RWT_NS = timings.RWT_UNIT_NS << 9


@pytest.fixture
def bench():
    bench = Bench('spi', 'spi')
    yield bench
    assert bench.complaints == []


def test_golden_jump_and_activation(bench):
    response = bench.link()
    assert response.hex() == '000101fe11223344556600000000000932' + GENERAL.hex()
    activation = next(frame for frame in bench.hosts[1].frames if frame and frame[0] == 0x8D)
    nfcid3i = activation[5:15]
    assert activation.hex() == '8d0422d400' + nfcid3i.hex() + '00000032' + GENERAL.hex()
    assert activation[19:] == GENERAL                       # Gi at index 18, counting Mode as 0
    assert bench.frames() == [
        'a 106A 26', 'b 106A 0400', 'a 106A 9320', 'b 106A 0812345678', 'a 106A 93700812345678', 'b 106A 60',
        f'a 106A f022d400{nfcid3i.hex()}00000032{GENERAL.hex()}',
        f'b 106A f023d501{NFCID3.hex()}0000000932{GENERAL.hex()}']


def test_polling_takes_the_time_of_guard_and_frames(bench):
    bench.link()
    log = list(bench.air.log)
    field_on_ns = log[0].at_ns - timings.GUARD_NS
    assert field_on_ns >= timings.RFCA_WAIT_NS
    assert log[1].at_ns - log[0].end_ns == timings.NFC_A_ANSWER_NS
    assert log[-1].end_ns - log[0].at_ns < 15 * MS


def test_symm_ping_pong_and_release(bench):
    bench.link()
    bench.forget_frames()
    for _ in range(5):
        assert bench.hosts[0].command(0x40, TG + b'\x00\x00') == OK + b'\x00\x00'
    assert bench.frames()[::2] == [f'a 106A f006d4060{n % 4}0000' for n in range(5)]
    assert bench.frames()[1::2] == [f'b 106A f006d5070{n % 4}0000' for n in range(5)]
    bench.forget_frames()
    assert bench.hosts[0].command(0x52, b'\x00') == OK
    assert bench.frames() == ['a 106A f003d40a', 'b 106A f003d50b']
    bench.advance_ms(5)
    assert bench.hosts[1].result[-1] == RELEASED
    assert bench.hosts[1].command(0x86) == RELEASED and bench.hosts[1].command(0x8A) == b'\x00\x00'
    assert bench.hosts[0].command(0x40, TG) == b'\x27'


@pytest.mark.parametrize('receive', [0, 1, 2])
@pytest.mark.parametrize('send', [0, 1, 2])
def test_psl_changes_the_bit_rate_each_way(bench, send, receive):
    bench.link()
    assert bench.hosts[0].command(0x4E, bytes((1, send, receive))) == OK
    bench.forget_frames()
    assert bench.hosts[0].command(0x40, TG + b'\x00\x00') == OK + b'\x00\x00'
    names = ('106A f0', '212F ', '424F ')
    assert bench.frames() == [f'a {names[send]}06d406000000', f'b {names[receive]}06d507000000']
    assert bench.hosts[0].command(0x04) == bytes((0, 0, 1, 1, receive, send, 0 if send == 0 else 0x10, 0))
    bench.advance_ms(5)
    assert bench.hosts[1].command(0x8A) == bytes((1, send << 4 | receive))


@given(request=st.binary(min_size=1, max_size=262), answer=st.binary(min_size=1, max_size=262))
def test_up_to_262_bytes_go_each_way_in_one_command(request, answer):
    bench = Bench('spi', 'spi')
    bench.link(lambda response: serve(response, lambda data: answer))
    assert bench.hosts[0].command(0x40, TG + request) == OK + answer
    bench.advance_ms(5)
    assert bench.hosts[1].frames.count(b'\x87\x00' + request) == 1


def test_more_information_from_the_initiator_reaches_the_target_in_pieces(bench):
    bench.link(lambda response: serve(response, lambda data: b'done'))
    data = bytes(i & 0xFF for i in range(600))
    assert bench.hosts[0].command(0x40, b'\x41' + data[:262]) == OK
    assert bench.hosts[0].command(0x40, b'\x41' + data[262:524]) == OK
    assert bench.hosts[0].command(0x40, b'\x01' + data[524:]) == OK + b'done'
    pieces = [frame[1:] for frame in bench.hosts[1].frames if frame and frame[0] == 0x87]
    assert b''.join(piece[1:] for piece in pieces) == data
    assert [piece[0] for piece in pieces] == [0x40] * (len(pieces) - 1) + [0]


def test_more_information_from_the_target_reaches_the_initiator_in_pieces(bench):
    def chain(response):
        yield 0x86, b''
        for i in range(3):
            yield 0x94, bytes([i]) * 262
        yield 0x8E, b'end'
        yield 0x86, b''
    bench.link(chain)
    received, response = b'', bench.hosts[0].command(0x40, TG + b'?')
    while response[0] == 0x40:
        received += response[1:]
        response = bench.hosts[0].command(0x40, TG)
    assert received + response[1:] == bytes(262) + b'\x01' * 262 + b'\x02' * 262 + b'end' and response[0] == 0


# -- recovery -----------------------------------------------------------------------------------------------------------

def exchange_all(bench, count=6):
    """A few exchanges of 300 bytes, chained each way; the responses."""
    return [bench.hosts[0].command(0x40, TG + bytes([i]) * 260, timeout_ns=20_000 * MS) for i in range(count)]


@pytest.mark.parametrize('kind', ['lose', 'corrupt'])
@pytest.mark.parametrize('nth', range(1, 11))
def test_any_one_frame_lost_or_damaged_is_made_good(bench, nth, kind):
    bench.link(lambda response: serve(response, lambda data: data[::-1]))
    getattr(bench.air, kind)(nth=nth)
    assert exchange_all(bench, 2) == [OK + bytes([i]) * 260 for i in range(2)]
    data = [frame[2:] for frame in bench.hosts[1].frames if frame and frame[0] == 0x87]
    assert data == [bytes([i]) * 260 for i in range(2)]                    # nothing twice, nothing missing


def test_a_lost_request_costs_one_waiting_time_and_an_attention(bench):
    bench.link()
    bench.forget_frames()
    bench.air.lose(nth=1)
    start_ns = bench.clock.now_ns
    assert bench.hosts[0].command(0x40, TG + b'\x00\x00') == OK + b'\x00\x00'
    assert bench.frames() == ['a 106A f006d406000000', 'a 106A f004d40680', 'b 106A f004d50780',
                              'a 106A f006d406000000', 'b 106A f006d507000000']
    assert RWT_NS < bench.clock.now_ns - start_ns < RWT_NS + 20 * MS


def test_a_damaged_answer_is_asked_for_again_at_once(bench):
    bench.link()
    bench.forget_frames()
    bench.air.corrupt(lambda frame: frame.sender is bench.chips[1], nth=1)
    start_ns = bench.clock.now_ns
    assert bench.hosts[0].command(0x40, TG + b'\x00\x00') == OK + b'\x00\x00'
    assert bench.frames()[2:] == ['a 106A f004d40650', 'b 106A f006d507000000']
    assert bench.clock.now_ns - start_ns < 20 * MS


@pytest.mark.parametrize('seed', range(5))
def test_with_one_frame_in_five_lost_everything_still_arrives_once(seed):
    bench = Bench('spi', 'spi', seed=seed)
    bench.link()
    bench.air.lose(probability=0.2)
    assert exchange_all(bench) == [OK + bytes([i]) * 260 for i in range(6)]
    data = [frame[2:] for frame in bench.hosts[1].frames if frame and frame[0] == 0x87]
    assert data == [bytes([i]) * 260 for i in range(6)]


def test_a_peer_that_is_gone_ends_in_a_time_out_for_both(bench):
    bench.link()
    bench.chips[0].dep_retries = 2
    bench.air.cut_at(2)
    assert bench.hosts[0].command(0x40, TG + b'\x00\x00')[0] in (1, 2)
    bench.advance_ms(5)
    assert bench.hosts[1].result[-1] == RELEASED


def test_a_lost_atr_res_is_answered_again(bench):
    bench.arm(script=serve)
    bench.hosts[0].command(0x32, b'\x05\x02\x01\x00')
    bench.air.lose(lambda frame: b'\xd5\x01' in frame.data, nth=1)
    assert bench.hosts[0].command(0x56, jump())[0] == 0
    assert bench.hosts[0].command(0x40, TG + b'\x00\x00') == OK + b'\x00\x00'


# -- more time ----------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize('delay_ms, requests', [(50, 0), (150, 1), (500, 4)])
def test_a_target_whose_host_thinks_asks_for_more_time(bench, delay_ms, requests):
    bench.arm()
    assert bench.hosts[0].command(0x56, jump())[0] == 0
    host = bench.hosts[1]
    bench.advance_ms(1)
    host.send(0x86)
    bench.forget_frames()
    bench.clock.call_later(delay_ms * MS, host.send, 0x8E, b'slow')
    assert bench.hosts[0].command(0x40, TG + b'?', timeout_ns=3000 * MS) == OK + b'slow'
    extensions = [line for line in bench.frames() if 'd50790' in line]
    assert len(extensions) == requests and len([line for line in bench.frames() if 'd40690' in line]) == requests


@pytest.mark.parametrize('what', ['d40690', 'd50790'])
def test_a_lost_request_for_more_time_is_made_good(bench, what):
    bench.arm()
    bench.hosts[0].command(0x56, jump())
    bench.advance_ms(1)
    bench.hosts[1].send(0x86)
    bench.air.lose(lambda frame: bytes.fromhex(what) in frame.data, nth=1)
    bench.clock.call_later(700 * MS, bench.hosts[1].send, 0x8E, b'slow')
    assert bench.hosts[0].command(0x40, TG + b'?', timeout_ns=5000 * MS) == OK + b'slow'


def test_without_extension_a_silent_host_ends_the_exchange(bench):
    bench.chips[1].auto_extension = False
    bench.chips[0].dep_retries = 2
    bench.arm()
    bench.hosts[0].command(0x56, jump())
    assert bench.hosts[0].command(0x40, TG + b'?', timeout_ns=5000 * MS) == b'\x01'


# -- the end, and what is out of turn -----------------------------------------------------------------------------------

def test_field_off_releases_the_target(bench):
    bench.link()
    assert bench.hosts[0].command(0x32, b'\x01\x02') == b''
    bench.advance_ms(2)
    assert bench.hosts[1].result == [RELEASED]
    assert bench.hosts[1].command(0x8E, b'x') == RELEASED


def test_deselect_differs_from_release_in_the_status(bench):
    bench.link()
    bench.hosts[0].command(0x44, b'\x01')
    bench.advance_ms(5)
    assert bench.hosts[1].command(0x8A)[0] == 2 and bench.hosts[1].command(0x86) == RELEASED


def test_deselect_of_a_target_that_is_gone_times_out(bench):
    bench.link()
    bench.air.uncouple()
    assert bench.hosts[0].command(0x44, b'\x01') == b'\x01'
    assert bench.hosts[0].command(0x52, b'\x01') == b'\x01'
    assert bench.hosts[0].command(0x52, b'\x01') == b'\x27'


def test_target_commands_out_of_turn(bench):
    host = bench.hosts[1]
    for code in (0x86, 0x8E, 0x94, 0x88, 0x90, 0x92):
        assert host.command(code) == b'\x25'
    bench.link(lambda response: iter(()))
    bench.advance_ms(2)
    assert host.command(0x8E, b'too early') == b'\x25'
    assert host.command(0x88) == b'\x25' and host.command(0x92, b'') == b'\x25'


def test_unknown_targets_are_not_acceptable(bench):
    for code, data in ((0x40, b'\x01'), (0x4E, b'\x01\x00\x00'), (0x44, b'\x01'), (0x52, b'\x02'), (0x54, b'\x01'),
                       (0x50, b'\x01\x00'), (0x00, b'\x06')):
        assert bench.hosts[0].command(code, data) == b'\x27'


def test_presence_is_an_attention(bench):
    bench.link()
    bench.forget_frames()
    assert bench.hosts[0].command(0x00, b'\x06') == OK
    assert bench.frames() == ['a 106A f004d40680', 'b 106A f004d50780']
    bench.air.uncouple()
    assert bench.hosts[0].command(0x00, b'\x06') == b'\x01'


def test_a_did_is_echoed_and_a_foreign_one_ignored():
    bench = Bench('spi', 'spi')
    bench.arm()
    host = bench.hosts[0]
    host.command(0x12, b'\x00')
    host.command(0x4A, b'\x01\x00')
    atr = b'\xd4\x00' + bytes(10) + b'\x05\x00\x00\x30'
    assert host.command(0x42, b'\xf0\x11' + atr)[15] == 5
    bench.advance_ms(2)
    bench.hosts[1].send(0x86)
    bench.advance_ms(2)
    assert host.command(0x42, b'\xf0\x06\xd4\x06\x04\x07x') == b'\x01'
    bench.hosts[0].send(0x42, b'\xf0\x06\xd4\x06\x04\x05x')
    bench.advance_ms(5)
    assert bench.hosts[1].frames[-1] == b'\x87\x00x'
    bench.hosts[1].send(0x8E, b'y')
    bench.advance_ms(10)
    assert host.frames[-1] == b'\x43\x00\xf0\x06\xd5\x07\x04\x05y'


# -- active mode --------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize('rate, mode', [(0, 0x05), (1, 0x15), (2, 0x25)])
def test_active_mode_takes_turns_with_the_field(rate, mode):
    bench = Bench('spi', 'spi')
    bench.arm(script=serve)
    bench.hosts[0].command(0x32, b'\x05\x00\x01\x00')
    assert bench.hosts[0].command(0x56, jump(active=1, rate=rate))[0] == 0
    assert next(frame for frame in bench.hosts[1].frames if frame and frame[0] == 0x8D)[1] == mode
    for _ in range(3):
        assert bench.hosts[0].command(0x40, TG + b'\x00\x00') == OK + b'\x00\x00'
    assert not bench.chips[0].radio.field_on and not bench.chips[1].radio.field_on
    assert all(frame.active for frame in bench.air.log) and bench.chips[1].target.state == 'active'
    assert bench.hosts[0].command(0x52, TG) == OK
    bench.advance_ms(5)
    assert bench.hosts[1].result[-1] == RELEASED


@pytest.mark.parametrize('mode', [1, 4, 5])
def test_passive_or_card_modes_do_not_answer_active_peers(mode):
    bench = Bench('spi', 'spi')
    bench.arm(mode=mode)
    bench.hosts[0].command(0x32, b'\x05\x00\x01\x00')
    assert bench.hosts[0].command(0x56, jump(active=1)) == b'\x0a'


# -- polling ------------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize('retries, tries', [(0, 1), (3, 4)])
def test_passive_activation_is_tried_once_more_than_the_retries(retries, tries):
    bench = Bench('spi')
    bench.hosts[0].command(0x32, bytes((5, 2, 1, retries)))
    assert bench.hosts[0].command(0x56, jump()) == b'\x01'
    assert bench.frames() == ['a 106A 26'] * tries


def test_by_default_polling_goes_on_for_ever_and_finds_who_comes():
    bench = Bench('spi', 'spi')
    bench.air.uncouple()
    bench.arm(script=serve)
    bench.hosts[0].command(0x32, b'\x05\xff\x01\xff')
    bench.hosts[0].send(0x56, jump())
    bench.advance_ms(700)
    assert bench.air.frames > 30 and bench.hosts[0].frames[-1] == b''
    bench.air.couple(*bench.chips)
    bench.advance_ms(60)
    assert bench.hosts[0].frames[-1][:3] == b'\x57\x00\x01'


def test_collision_avoidance_keeps_the_field_off_where_another_is():
    bench = Bench('spi', 'spi')
    bench.hosts[0].command(0x32, b'\x01\x03')
    assert bench.hosts[1].command(0x04)[1] == 1
    assert bench.hosts[1].command(0x56, jump()) == b'\x01'
    bench.hosts[1].command(0x32, b'\x01\x03')
    assert bench.air.frames == 0 and not bench.chips[1].radio.field_on
    bench.hosts[1].command(0x32, b'\x01\x01')                              # without RFCA it goes on regardless
    assert bench.chips[1].radio.field_on


def test_two_that_poll_at_once_never_hear_each_other_and_seeds_decide():
    outcomes = set()
    for seed in range(12):
        bench = Bench('spi', 'spi', seed=seed)
        for host in bench.hosts:
            host.send(0x56, jump())
        bench.advance_ms(60)
        assert [host.frames[-1] for host in bench.hosts] == [b'\x57\x01'] * 2
        outcomes.add(tuple(chip.radio.field_on for chip in bench.chips))
    assert outcomes == {(True, False), (False, True), (True, True)}


def test_three_pins_one_is_chosen_by_anticollision_and_the_third_stays_armed():
    bench = Bench('spi', 'spi', 'spi')
    bench.arm(1, script=serve, nfc_a=bytes.fromhex('0400 111111'))
    bench.arm(2, script=serve, nfc_a=bytes.fromhex('0400 111511'))
    response = bench.hosts[0].command(0x56, jump())
    assert response[0] == 0
    states = [chip.target.state for chip in bench.chips[1:]]
    assert sorted(states) == ['active', 'armed']
    assert [line for line in bench.frames() if ' 93' in line and line[0] == 'a'][1].startswith('a 106A 9343')
    assert bench.hosts[0].command(0x40, TG + b'\x00\x00') == OK + b'\x00\x00'


@pytest.mark.parametrize('seed', range(4))
def test_two_targets_are_listed_and_each_can_be_spoken_with(seed):
    bench = Bench('spi', 'spi', 'spi', seed=seed)
    uids = [random.Random(seed * 10 + i).randbytes(3) for i in range(2)]
    for i, uid in enumerate(uids):
        bench.arm(i + 1, nfc_a=b'\x04\x00' + uid, sel_res=0x00)
    response = bench.hosts[0].command(0x4A, b'\x02\x00')
    assert response[0] == 2
    found = {response[6:10][1:], response[15:19][1:]}
    assert found == set(uids)
    assert bench.hosts[0].command(0x04)[2] == 2
    assert bench.hosts[0].command(0x54, b'\x01') == OK and bench.hosts[0].command(0x54, b'\x02') == OK


def test_arming_ends_what_was_and_arming_again_works(bench):
    bench.link()
    bench.hosts[0].command(0x40, TG + b'\x00\x00')
    bench.hosts[0].command(0x32, b'\x01\x02')
    bench.advance_ms(5)
    bench.arm(0, script=serve)
    assert bench.hosts[1].command(0x56, jump())[0] == 0                    # roles changed
    assert bench.hosts[1].command(0x40, TG + b'\x00\x00') == OK + b'\x00\x00'
    assert bench.chips[0].initiator.targets == {}
