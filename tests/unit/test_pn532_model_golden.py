"""The air trace of a whole 424 kbit/s SNEP session between two nfcpys, made by hosts that drive the chips as nfcpy does.

nfcpy speaks NFC-DEP itself and uses the chips raw: registers for bit rates, TgGetInitiatorCommand, InCommunicateThru.
"""
from tests.unit.rigs.pn532_model import Bench

GENERAL = '46666d0101130202007803020013040132070103'
CONNECT = '0520060f75726e3a6e66633a736e3a736e6570'
CC = '818402020078050102'
PUT = '1002 00000177' + 'c20a' + 'ab' * 373
DSL = '03d408', '03d509'
DIALOGUE = [                                        # at 424 kbit/s, initiator and target in turn
    ('17d40600' + CONNECT, '26d50700 0080 0009' + CC + '0013' + CONNECT),
    ('0dd40601' + CC, 'ffd50701 132000' + PUT.replace(' ', '')[:496]),
    ('0dd40602 830401 1080 00000000', '8cd50702 132011' + PUT.replace(' ', '')[496:]),
    ('0dd40603 830412 1081 00000000', '06d50703 1160'),
    ('07d40600 81c400', '06d50700 0000'),
    ('06d40601 0140', '06d50701 0140'),
    DSL,
]
TRACE = [
    'a 106A 26', 'b 106A 0101',
    'a 106A 9320', 'b 106A 08ccd8fce0',
    'a 106A 937008ccd8fce0', 'b 106A 40',
    f'a 106A f025d400b2976497ff041477601300000032{GENERAL}',
    'b 106A f026d50101fe5b91d9e78294535400000008' + f'32{GENERAL}',
    'a 106A f006d404001203', 'b 106A f004d50500',
    *(f'{who} 424F {frame.replace(" ", "")}' for pair in DIALOGUE for who, frame in zip('ab', pair)),
]
TX_MODE, RX_MODE, CIU_MODE = b'\x63\x02', b'\x63\x03', b'\x63\x01'
ATR_REQ = bytes.fromhex('d400b2976497ff041477601300000032' + GENERAL)
ATR_RES = bytes.fromhex('d50101fe5b91d9e7829453540000000832' + GENERAL)
NFC_F = bytes.fromhex('01fe5b91d9e78294 0000000000000000 ffff')


def raw(command):
    """LEN and command."""
    return bytes([len(command) + 1]) + command


def initiator():
    """nfcpy's sense, activate, exchange, deactivate."""
    seen = []
    found = yield 0x4A, b'\x01\x00'
    assert found[:2] == b'\x01\x01' and found[4] == 0x40
    yield 0x08, TX_MODE + b'\x80' + RX_MODE + b'\x80'
    for command in (ATR_REQ, bytes.fromhex('d404001203')):
        yield 0x32, b'\x02\x0a\x0b\x0f'
        seen.append((yield 0x42, b'\xf0' + raw(command)))
    yield 0x08, TX_MODE + b'\xa2' + RX_MODE + b'\xa2'
    for request, _ in DIALOGUE:
        seen.append((yield 0x42, bytes.fromhex(request)))
    return seen


def target():
    """nfcpy's listen_dep and exchanges; the first byte of each answer is the status, the length follows."""
    yield 0x12, b'\x00'
    yield 0x08, CIU_MODE + b'\x7b' + TX_MODE + b'\xb0' + RX_MODE + b'\xb0'
    nfcid3 = NFC_F[:8] + b'\x00\x00'
    activation = yield 0x8C, b'\x02' + bytes.fromhex('0101 ccd8fc 40') + NFC_F + nfcid3 + b'\x00\x00'
    seen = [activation]
    yield 0x90, raw(ATR_RES)
    seen.append((yield 0x88, b''))
    yield 0x08, RX_MODE + b'\xa2'
    yield 0x90, raw(bytes.fromhex('d50500'))
    yield 0x08, TX_MODE + b'\xa2'
    seen.append((yield 0x88, b''))
    yield 0x08, CIU_MODE + b'\x3b'
    for _, response in DIALOGUE[:-1]:
        assert (yield 0x90, bytes.fromhex(response)) == b'\x00'
        seen.append((yield 0x88, b''))
    yield 0x90, bytes.fromhex(DSL[1])
    return seen


def test_the_golden_session_of_nfcpy():
    bench = Bench('spi', 'i2c')
    bench.hosts[0].command(0x12, b'\x00')
    bench.hosts[1].play(target())
    bench.advance_ms(20)
    bench.hosts[0].play(initiator())
    bench.advance_ms(500)
    assert bench.frames() == TRACE
    answers = bench.hosts[0].result
    assert answers[0] == b'\x00\xf0' + raw(ATR_RES) and answers[1] == bytes.fromhex('00f004d50500')
    assert answers[2:] == [b'\x00' + bytes.fromhex(response) for _, response in DIALOGUE]
    heard = bench.hosts[1].result
    assert heard[0] == b'\x04' + raw(ATR_REQ) and heard[1] == b'\x00' + raw(bytes.fromhex('d404001203'))
    assert heard[2:] == [b'\x00' + bytes.fromhex(request) for request, _ in DIALOGUE]
    assert bench.complaints == []


def test_raw_receivers_hear_their_own_bit_rate_only():
    bench = Bench('spi', 'i2c')
    bench.hosts[0].command(0x12, b'\x00')
    bench.hosts[1].play(target())
    bench.advance_ms(20)
    host = bench.hosts[0]
    host.command(0x4A, b'\x01\x00')
    assert host.command(0x42, b'\xf0' + raw(ATR_REQ))[0] == 0
    host.command(0x08, TX_MODE + b'\xa2' + RX_MODE + b'\xa2')              # 424 without PSL
    assert host.command(0x42, bytes.fromhex(DIALOGUE[0][0])) == b'\x01'
    assert bench.air.log[-1].fate == 'heard' and bench.hosts[1].frames[-1] == b''   # the ACK: it waits
