"""What an armed PN532 model becomes (mode, parameters, SEL_RES), cards and raw targets, lists and polls."""
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.simulator.chips.pn532.isodep import parse_ats
from tests.unit.rigs.pn532_model import GENERAL, MS, NFC_F, NFCID3, RELEASED, UID, Bench, jump, nfc_a_only, serve

OK = b'\x00'
TG = b'\x01'
ATR = b'\xd4\x00' + bytes(range(10)) + b'\x00\x00\x00\x32' + GENERAL
ATR_FRAME = bytes([len(ATR) + 1]) + ATR
RATS = b'\xe0\x80'
READ = b'\x30\x00'
DEP, CARD, RAW_RATS, RAW_READ = b'\x04' + ATR_FRAME, b'\x08' + RATS, b'\x00' + RATS, b'\x00' + READ
RAW_ATR = b'\x00\xf0' + ATR_FRAME
ATS = bytes.fromhex('0575339203')


def reader(bench):
    """Host a as a reader that sends raw frames: no automatic RATS."""
    bench.hosts[0].command(0x12, b'\x00')
    return bench.hosts[0]


def card(parameters=0x34, interface='spi', **arming):
    """A bench with an armed card; `script` in `arming` plays its host."""
    bench = Bench('spi', interface, parameters=parameters)
    bench.arm(**arming)
    return bench


@pytest.mark.parametrize('mode, parameters, sel_res, command, becomes', [
    (0, 0x34, 0x60, ATR, DEP), (0, 0x34, 0x60, RATS, CARD), (0, 0x34, 0x60, READ, RAW_READ),
    (0, 0x34, 0x40, ATR, DEP), (0, 0x34, 0x40, RATS, RAW_RATS), (0, 0x34, 0x20, ATR, RAW_ATR),
    (0, 0x34, 0x20, RATS, CARD), (0, 0x34, 0x00, READ, RAW_READ), (0, 0x14, 0x60, RATS, RAW_RATS),
    (0, 0x30, 0x60, ATR, b'\x04\xf0' + ATR_FRAME), (1, 0x34, 0x60, ATR, DEP), (1, 0x34, 0x60, READ, RAW_READ),
    (2, 0x34, 0x60, ATR, DEP), (2, 0x34, 0x60, RATS, None), (2, 0x34, 0x60, READ, None),
    (4, 0x34, 0x60, ATR, None), (4, 0x34, 0x60, RATS, CARD), (4, 0x34, 0x60, READ, None), (5, 0x34, 0x20, RATS, CARD)])
def test_the_first_command_decides_within_mode_parameters_and_sel_res(mode, parameters, sel_res, command, becomes):
    bench = card(parameters, mode=mode, sel_res=sel_res)
    host = reader(bench)
    assert host.command(0x4A, b'\x01\x00') == b'\x01\x01\x00\x04' + bytes([sel_res]) + b'\x04' + UID
    host.command(0x42, b'\xf0' + ATR_FRAME if command is ATR else command)
    bench.advance_ms(5)
    assert bench.hosts[1].result == becomes
    assert bench.chips[1].target.state == ('active' if becomes else 'armed')


def test_an_armed_chip_sleeps_again_when_a_field_has_passed_without_activation():
    bench = card()
    host = reader(bench)
    host.command(0x4A, b'\x01\x00')
    assert not bench.chips[1].power.asleep
    host.command(0x32, b'\x01\x02')
    bench.advance_ms(5)
    assert bench.chips[1].power.asleep and bench.chips[1].target.state == 'armed'
    assert host.command(0x4A, b'\x01\x00')[0] == 1


def test_uid_always_begins_with_08_and_a_given_uid_is_looked_for():
    bench = card(nfc_a=bytes.fromhex('0400 deadbe'))
    host = reader(bench)
    assert host.command(0x4A, b'\x01\x00\x08\xde\xad\xbe')[6:] == b'\x08\xde\xad\xbe'
    host.command(0x32, b'\x01\x02')
    bench.advance_ms(5)
    assert host.command(0x4A, b'\x01\x00\x08\xde\xad\xbf') == b'\x00'


# -- NFC-A card (ISO-DEP) -----------------------------------------------------------------------------------------------

def test_golden_list_with_ats():
    bench = card()
    assert bench.hosts[0].command(0x4A, b'\x01\x00').hex() == '0101000460040812345605' + '75339203'
    assert bench.hosts[1].result == CARD
    assert bench.frames()[-2:] == ['a 106A e080', 'b 106A 0575339203']


def test_historical_bytes_are_part_of_the_ats():
    bench = card(historical=b'\x80hello')
    assert bench.hosts[0].command(0x4A, b'\x01\x00').endswith(b'\x0b' + ATS[1:] + b'\x80hello')


@given(request=st.binary(min_size=1, max_size=262), answer=st.binary(min_size=1, max_size=262))
def test_apdus_of_up_to_262_bytes_pass_both_ways(request, answer):
    bench = card(script=lambda response: serve(response, lambda data: answer))
    bench.hosts[0].command(0x4A, b'\x01\x00')
    assert bench.hosts[0].command(0x40, TG + request) == OK + answer
    bench.advance_ms(5)
    assert bench.hosts[1].frames.count(b'\x87\x00' + request) == 1


@pytest.mark.parametrize('kind', ['lose', 'corrupt'])
@pytest.mark.parametrize('nth', range(1, 15))
def test_any_one_block_lost_or_damaged_is_made_good(nth, kind):
    bench = card(script=lambda response: serve(response, lambda data: data[::-1]))
    bench.hosts[0].command(0x4A, b'\x01\x00')
    getattr(bench.air, kind)(nth=nth)
    data = bytes(range(200))
    for _ in range(2):
        assert bench.hosts[0].command(0x40, TG + data, timeout_ns=9000 * MS) == OK + data[::-1]
    bench.advance_ms(5)
    assert bench.hosts[1].frames.count(b'\x87\x00' + data) == 2


def test_a_slow_card_asks_for_more_time():
    bench = card()
    bench.hosts[0].command(0x4A, b'\x01\x00')
    bench.hosts[1].send(0x86)
    bench.clock.call_later(400 * MS, bench.hosts[1].send, 0x8E, b'\x90\x00')
    assert bench.hosts[0].command(0x40, TG + b'\x00\xa4', timeout_ns=2000 * MS) == OK + b'\x90\x00'
    assert bench.frames().count('b 106A f201') == bench.frames().count('a 106A f201') == 3


def test_deselect_and_field_loss_release_the_card():
    for leave in ((0x44, TG), (0x52, TG), (0x32, b'\x01\x00')):
        bench = card(script=serve)
        bench.hosts[0].command(0x4A, b'\x01\x00')
        bench.hosts[0].command(*leave)
        bench.advance_ms(5)
        assert bench.hosts[1].result == [RELEASED]


def test_presence_pps_and_blocks_with_cid():
    bench = card(script=serve)
    host = bench.hosts[0]
    host.command(0x4A, b'\x01\x00')
    assert host.command(0x00, b'\x06') == OK
    assert host.command(0x42, bytes.fromhex('d01100')) == OK + b'\xd0'
    host.send(0x42, bytes.fromhex('0a00 3456'))
    bench.advance_ms(20)
    assert host.frames[-1] == bytes.fromhex('43 00 0a00 3456')


@pytest.mark.parametrize('ats, expected', [
    ('0575339203', (64, 9)), ('0278', (256, 4)), ('01', (32, 4)), ('037800', (256, 4)), ('0478 80 b1', (256, 11))])
def test_frame_size_and_waiting_time_of_an_ats(ats, expected):
    assert parse_ats(bytes.fromhex(ats)) == expected


# -- NFC-F --------------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize('rate, mode', [(1, 0x10), (2, 0x20)])
def test_felica_polls_are_answered_and_commands_handed_to_the_host(rate, mode):
    bench = card()
    host = bench.hosts[0]
    response = host.command(0x4A, bytes((1, rate)) + bytes.fromhex('00ffff0100'))
    assert response == b'\x01\x01\x14\x01' + NFC_F
    check = b'\x10\x06' + NFC_F[:8] + bytes.fromhex('010b00018000')
    host.send(0x42, check)
    bench.advance_ms(20)
    assert bench.hosts[1].result == bytes([mode | 2]) + check
    answer = b'\x0d\x07' + NFC_F[:8] + b'\x00\x00\x00'
    assert bench.hosts[1].command(0x90, answer) == OK
    bench.advance_ms(5)
    assert host.frames[-1] == b'\x43\x00' + answer


@pytest.mark.parametrize('payload, answered', [
    ('00ffff0000', True), ('0012fc0000', True), ('0012ff0000', True), ('00abcd0000', False)])
def test_felica_polls_are_for_a_system_code(payload, answered):
    bench = card()
    response = bench.hosts[0].command(0x4A, b'\x01\x01' + bytes.fromhex(payload))
    assert response == (b'\x01\x01\x12\x01' + NFC_F[:16] if answered else b'\x00')


def test_with_the_mode_detector_off_nfc_f_and_active_peers_are_not_answered():
    bench = Bench('spi', 'spi')
    nfc_a_only(bench.hosts[1])
    bench.arm()
    host = bench.hosts[0]
    host.command(0x32, b'\x05\x00\x00\x00')
    assert host.command(0x4A, b'\x01\x01\x00\xff\xff\x00\x00') == b'\x00'
    assert host.command(0x56, jump(active=1, rate=2)) == b'\x0a'
    assert host.command(0x56, jump())[0] == 0


def test_felica_commands_for_another_card_are_not_ours():
    bench = card()
    host = bench.hosts[0]
    host.command(0x4A, b'\x01\x01\x00\xff\xff\x00\x00')
    assert host.command(0x42, b'\x10\x06' + bytes(8) + bytes.fromhex('010b00018000')) == b'\x01'
    assert bench.chips[1].target.state == 'armed'


@pytest.mark.parametrize('rate, mode', [(1, 0x16), (2, 0x26)])
def test_dep_over_nfc_f(rate, mode):
    bench = card(script=serve)
    host = bench.hosts[0]
    response = host.command(0x56, jump(rate=rate, passive=bytes.fromhex('00ffff0003')))
    assert response[:12] == b'\x00\x01' + NFCID3
    activation = next(frame for frame in bench.hosts[1].frames if frame and frame[0] == 0x8D)
    assert activation[1] == mode and activation[5:15] == NFC_F[:8] + bytes(2)
    assert host.command(0x40, TG + b'\x00\x00') == OK + b'\x00\x00'
    assert bench.frames()[-1] == f'b {212 * rate}F 06d507000000'


# -- raw targets --------------------------------------------------------------------------------------------------------

def test_general_bytes_of_the_host_answer_an_atr_that_is_not_automatic():
    bench = card(0x30)
    host = bench.hosts[0]
    host.send(0x56, jump())
    bench.advance_ms(60)
    assert bench.hosts[1].result[0] == 0x04
    assert bench.hosts[1].command(0x92, bytes(48)) == b'\x10'
    assert bench.hosts[1].command(0x92, b'Gt') == OK
    bench.advance_ms(20)
    assert host.frames[-1] == b'\x57\x00\x01' + NFCID3 + bytes.fromhex('0000000932') + b'Gt'
    bench.hosts[1].play(serve(None))
    assert host.command(0x40, TG + b'\x00\x00') == OK + b'\x00\x00'


def test_a_damaged_frame_is_status_02_for_a_raw_target():
    bench = card(sel_res=0)
    host = reader(bench)
    host.command(0x4A, b'\x01\x00')
    host.command(0x42, READ)
    bench.air.corrupt(lambda frame: frame.data == READ)
    bench.hosts[1].send(0x88)
    assert host.command(0x42, READ) == b'\x01'
    assert bench.hosts[1].frames[-1] == b'\x89\x02'


def test_a_raw_target_whose_field_goes_hears_29():
    bench = card(sel_res=0)
    host = reader(bench)
    host.command(0x4A, b'\x01\x00')
    host.command(0x42, READ)
    bench.hosts[1].send(0x88)
    bench.advance_ms(2)
    bench.air.uncouple()
    bench.advance_ms(2)
    assert bench.hosts[1].frames[-1] == b'\x89\x29'
    assert bench.hosts[1].command(0x90, b'late') == RELEASED


# -- lists and polls ----------------------------------------------------------------------------------------------------

def test_in_atr_turns_a_listed_target_into_a_dep_one():
    bench = card(script=serve)
    host = reader(bench)
    host.command(0x4A, b'\x01\x00')
    response = host.command(0x50, b'\x01\x01' + bytes(10) + b'Gi')
    assert response == OK + NFCID3 + bytes.fromhex('0000000932') + GENERAL
    assert host.command(0x40, TG + b'\x00\x00') == OK + b'\x00\x00'


@pytest.mark.parametrize('kind, found', [
    (0x00, True), (0x10, False), (0x20, True), (0x11, True), (0x12, True), (0x01, True), (0x23, False), (0x04, False),
    (0x40, True), (0x41, True), (0x42, True), (0x80, True), (0x82, True)])
def test_auto_poll_finds_by_type(kind, found):
    bench = card()
    bench.hosts[0].command(0x32, b'\x05\x00\x00\x00')
    response = bench.hosts[0].command(0x60, bytes((2, 1, kind)))
    if not found:
        assert response == b'\x00'
        return
    assert response[:2] == bytes((1, kind)) and response[2] == len(response) - 3 and response[3] == 1
    assert bench.hosts[0].command(0x04)[2] == 1


def test_auto_poll_waits_its_period_and_polls_for_ever_where_told():
    bench = Bench('spi', 'spi')
    bench.air.uncouple()
    start_ns = bench.clock.now_ns
    assert bench.hosts[0].command(0x60, b'\x02\x02\x00', timeout_ns=2000 * MS) == b'\x00'
    assert 600 * MS < bench.clock.now_ns - start_ns < 700 * MS
    bench.hosts[0].send(0x60, b'\xff\x01\x10\x20')
    bench.advance_ms(1000)
    bench.arm()
    bench.air.couple(*bench.chips)
    bench.advance_ms(200)
    assert bench.hosts[0].frames[-1][:3] == b'\x61\x01\x20'


def test_raw_commands_in_vain_take_the_configured_time():
    bench = Bench('spi')
    host = bench.hosts[0]
    host.command(0x32, b'\x01\x01')
    for code, timeout_ns in ((0x0A, 51.2 * MS), (0x0C, 204.8 * MS)):
        host.command(0x32, bytes((2, 0, 0x0B, code)))
        start_ns = bench.clock.now_ns
        assert host.command(0x42, b'\x30\x00') == b'\x01'
        assert timeout_ns < bench.clock.now_ns - start_ns < timeout_ns + 3 * MS
    host.command(0x32, b'\x04\x02')
    bench.forget_frames()
    host.command(0x42, b'\x30\x00')
    assert bench.frames() == ['a 106A 3000'] * 3                           # MaxRtyCOM
