"""Type 3 Tag: what FeliCa readers send, byte by byte, and anything else that may come."""
import ndef
import pytest
from hypothesis import given
from hypothesis import strategies as st

from type3tag import Type3Tag, normalised

IDM = bytes.fromhex('02fec0c1c2c3c4c5')
MESSAGE = b''.join(ndef.message_encoder([ndef.UriRecord('https://example.com/u/ada'),
                                         ndef.Record('text/vcard', '', b'BEGIN:VCARD\r\n' + b'x' * 400)]))
BLOCKS = -(-len(MESSAGE) // 16)
ATTRIBUTES = bytes.fromhex('100301001d 00000000 00 00 0001c3 00f5')
SENSF_RES = b'\x12\x01' + IDM + b'\xff' * 8
NOT_READABLE = bytes.fromhex('0c07') + IDM + b'\x01\xa2'


def framed(body):
    return bytes([len(body) + 1]) + body


def check(*blocks, service='0b00', idm=IDM, count=None):
    """A Check of one service for `blocks`: numbers, or block list elements as bytes."""
    elements = b''.join(block if isinstance(block, bytes) else bytes([0x80, block]) for block in blocks)
    service = bytes.fromhex(service)
    return framed(b'\x06' + idm + bytes([len(service) // 2]) + service
                  + bytes([len(blocks) if count is None else count]) + elements)


def data_of(answer):
    """The blocks of a good answer."""
    assert answer[:1] == bytes([len(answer)]) and answer[1:12] == b'\x07' + IDM + b'\x00\x00'
    assert len(answer) == 13 + 16 * answer[12]
    return answer[13:]


def test_attributes_then_three_blocks_at_a_time():
    tag = Type3Tag(IDM, MESSAGE)
    assert len(MESSAGE) == 0x1c3 and BLOCKS == 0x1d
    assert data_of(tag.respond(check(0))) == ATTRIBUTES
    numbers = list(range(1, BLOCKS + 1))
    data = b''.join(data_of(tag.respond(check(*numbers[at:at + 3]))) for at in range(0, BLOCKS, 3))
    assert data == MESSAGE + bytes(-len(MESSAGE) % 16)


def test_blocks_come_in_the_order_asked_for():
    data = data_of(Type3Tag(IDM, MESSAGE).respond(check(2, 0, b'\x00\x01\x00')))       # the last one with a two-byte number
    assert data == MESSAGE[16:32] + ATTRIBUTES + MESSAGE[:16]


@pytest.mark.parametrize('frame', [
    check(1, 2, 3, 4), check(), check(BLOCKS + 1), check(0, 200), check(b'\x00\x01\x01'), check(b'\x81\x01'),
    check(1, service='0900') + b'x', check(1, service='4810'), check(1, service=''), check(1, count=2), check(1, 2, count=1),
    framed(b'\x06' + IDM), framed(b'\x06' + IDM + b'\x01'), framed(b'\x06' + IDM + b'\xff\x0b\x00\x01\x80\x00'),
    framed(b'\x06' + IDM + b'\x01\x0b\x00\x01\x80'), framed(b'\x06' + IDM + b'\x01\x0b\x00\x01\x00\x01')])
def test_a_check_that_cannot_be_has_status_01_a2(frame):
    tag = Type3Tag(IDM, MESSAGE)
    assert tag.respond(frame if frame[0] == len(frame) else framed(frame[1:])) == NOT_READABLE
    tag.delivered()
    assert not tag.read


def test_the_read_write_service_reads_too():
    assert data_of(Type3Tag(IDM, MESSAGE).respond(check(0, service='0900'))) == ATTRIBUTES


def test_nothing_can_be_written():
    update = framed(b'\x08' + IDM + b'\x01\x09\x00\x01\x80\x01' + bytes(16))
    tag = Type3Tag(IDM, MESSAGE)
    assert tag.respond(update) == bytes.fromhex('0c09') + IDM + b'\x01\xa6'
    assert data_of(tag.respond(check(1))) == MESSAGE[:16]


@pytest.mark.parametrize('frame', [
    b'', b'\x01', b'\x06', check(0, idm=bytes(8)), framed(b'\x08' + bytes(8)), framed(b'\x0c' + IDM),
    framed(b'\x06' + IDM[:5])])
def test_what_is_for_another_card_or_unknown_is_left_unanswered(frame):
    assert Type3Tag(IDM, MESSAGE).respond(frame) == b''


@pytest.mark.parametrize('request_, answer', [
    ('060012fc0000', SENSF_RES), ('0600ffff0000', SENSF_RES), ('060012ff0003', SENSF_RES),
    ('0600ffff0100', b'\x14' + SENSF_RES[1:] + b'\x12\xfc'), ('0600000301ff', b''), ('050012fc00', b'')])
def test_polling_after_activation_is_answered_here(request_, answer):
    assert Type3Tag(IDM, MESSAGE).respond(bytes.fromhex(request_)) == answer


@pytest.mark.parametrize('frame', [
    check(0), check(1, 2, 3), framed(bytes.fromhex('0012fc0000')), framed(b'\x08' + IDM + bytes(24))])
def test_a_length_byte_that_the_chip_left_out_is_put_back(frame):
    tag = Type3Tag(IDM, MESSAGE)
    assert normalised(frame) == normalised(frame[1:]) == frame
    assert tag.respond(frame[1:]) == tag.respond(frame) != b''


def test_it_is_read_once_blocks_of_the_message_were_delivered():
    tag = Type3Tag(IDM, MESSAGE)
    tag.respond(check(0))
    tag.delivered()
    assert not tag.read, 'attributes are not the message'
    tag.respond(check(1))
    assert not tag.read, 'answered, but not sent yet'
    tag.respond(check(1, 2, 3, 4))
    tag.delivered()
    assert not tag.read, 'the answer that was sent was an error'
    tag.respond(check(0, 1))
    tag.delivered()
    assert tag.read


def test_an_empty_tag_is_a_tag():
    tag = Type3Tag(IDM, b'')
    assert data_of(tag.respond(check(0))).hex() == '10030100000000000000000000000014'
    assert tag.respond(check(1)) == NOT_READABLE


@given(frame=st.one_of(st.binary(max_size=300).map(lambda data: framed(data[:254])), st.binary(max_size=300),
                       st.binary(max_size=60).map(lambda tail: framed(b'\x06' + IDM + tail)),
                       st.tuples(st.integers(0, 20), st.integers(0, 255)).map(
                           lambda change: check(1, 2, 3)[:change[0]] + bytes([change[1]]) + check(1, 2, 3)[change[0] + 1:])))
def test_no_frame_raises_and_no_answer_is_longer_than_the_chip_carries(frame):
    tag = Type3Tag(IDM, MESSAGE)
    answer = tag.respond(memoryview(frame))
    tag.delivered()
    assert len(answer) <= 64
    assert not answer or (answer[0] == len(answer) and answer[2:10] == IDM)
