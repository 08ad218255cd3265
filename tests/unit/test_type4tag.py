"""Type 4 Tag: what phones send, byte by byte, and anything else that may come."""
import ndef
import pytest
from hypothesis import given
from hypothesis import strategies as st

from type4tag import MAX_MESSAGE, MAX_READ, Type4Tag

MESSAGE = b''.join(ndef.message_encoder([ndef.UriRecord('https://example.com/u/ada'),
                                         ndef.Record('text/vcard', '', b'BEGIN:VCARD\r\n' + b'x' * 400)]))
FILE = len(MESSAGE).to_bytes(2, 'big') + MESSAGE
CAPABILITIES = '000f2000f000340406e104' + len(FILE).to_bytes(2, 'big').hex() + '00ff'
APPLICATION = '00a4040007d276000085010100'
CC_FILE, NDEF_FILE = '00a4000c02e103', '00a4000c02e104'
IPHONE = '00a4040010a00000039656434153' + '00' * 8               # an application of its own that it looks for
DESFIRE = '9060000000'


def say(tag, *commands):
    """The answers to hex `commands`, as hex."""
    return [tag.respond(bytes.fromhex(command)).hex() for command in commands]


def at_ndef(message=MESSAGE):
    """A tag whose NDEF file is selected."""
    tag = Type4Tag(message)
    assert say(tag, APPLICATION, NDEF_FILE) == ['9000', '9000']
    return tag


def read_whole(tag, step=MAX_READ):
    """The message as a reader takes it: NLEN, then pieces that fit."""
    length = int.from_bytes(tag.respond(bytes.fromhex('00b0000002'))[:2], 'big')
    data = b''
    while len(data) < length:
        part = tag.respond(b'\x00\xb0' + (2 + len(data)).to_bytes(2, 'big') + bytes([min(step, length - len(data))]))
        assert part[-2:] == b'\x90\x00'
        data += part[:-2]
    return data


def test_the_order_of_an_iphone():
    """It asks for what it knows first, and reads NLEN and message apart."""
    tag = Type4Tag(MESSAGE)
    assert say(tag, DESFIRE, IPHONE, APPLICATION, CC_FILE, '00b000000f') == ['6e00', '6a82', '9000', '9000',
                                                                             CAPABILITIES + '9000']
    assert say(tag, NDEF_FILE) == ['9000']
    assert list(ndef.message_decoder(read_whole(tag))) == list(ndef.message_decoder(MESSAGE))


def test_the_order_of_android():
    """The version 2 application, its CC in one piece, the NDEF file, NLEN, then pieces of at most MLe."""
    tag = Type4Tag(MESSAGE)
    assert say(tag, APPLICATION, '00a4000c02e10300', '00b000000f', '00a4000c02e10400') == [
        '9000', '9000', CAPABILITIES + '9000', '9000']
    assert read_whole(tag) == MESSAGE


@given(message=st.binary(max_size=700), step=st.integers(1, 255))
def test_whatever_the_step_the_message_comes_out_whole(message, step):
    assert read_whole(at_ndef(message), min(step, MAX_READ)) == message


@pytest.mark.parametrize('command, answer', [
    ('00b0000000', FILE[:MAX_READ].hex() + '9000'),             # Le 0: as many as there are, up to MLe
    ('00b00000ff', FILE[:MAX_READ].hex() + '9000'),             # Le > MLe
    ('00b0000001', FILE[:1].hex() + '9000'),
    ('00b001c0ff', FILE[0x1c0:].hex() + '6282'),                # the file ends before Le
    ('00b001c000', FILE[0x1c0:].hex() + '9000'),
    (f'00b0{len(FILE) - 1:04x}01', FILE[-1:].hex() + '9000'),
    (f'00b0{len(FILE):04x}01', '6b00'),                         # offset past the end
    ('00b07fff00', '6b00'), ('00b0ffff01', '6b00'), ('00b0810001', '6b00'),
    ('00b00000', '6700'), ('00b000000000', '6700'), ('00b00000000002', '6700')])
def test_reading_at_the_edges(command, answer):
    assert len(FILE) == 453
    assert say(at_ndef(), command) == [answer]


@pytest.mark.parametrize('command', ['00d6000002ffff', '00d0000002ffff', '000e0000', '00d7000003540100', '00d60000'])
def test_nothing_can_be_written(command):
    assert say(Type4Tag(MESSAGE), command) == ['6a82']
    tag = at_ndef()
    assert say(tag, command) == ['6982']
    assert read_whole(tag) == MESSAGE


@pytest.mark.parametrize('command, answer', [
    ('', '6700'), ('00', '6700'), ('00b000', '6700'),
    (DESFIRE, '6e00'), ('80b0000002', '6e00'), ('04a4040007d276000085010100', '6e00'), ('ff000000', '6e00'),
    ('00c0000000', '6d00'), ('00000000', '6d00'), ('00ca000000', '6d00'),
    (IPHONE, '6a82'), ('00a4040007d276000085010000', '6a82'), ('00a4040006d27600008501', '6a82'),
    ('00a4000c02e105', '6a82'), ('00a4000c01e1', '6a82'), ('00a4000c00', '6700'),
    ('00a4020c02e103', '6a86'), ('00a4040c07d2760000850101', '6a86'),
    ('00a40400', '6700'), ('00a4040000', '6700'), ('00a40400ffd2', '6700'), ('00a4040007d2760000850101000000', '6700')])
def test_what_is_not_served_has_its_status_and_changes_nothing(command, answer):
    tag = at_ndef()
    assert say(tag, command, '00b0000002') == [answer, FILE[:2].hex() + '9000']


def test_files_need_the_application_and_a_selection():
    assert say(Type4Tag(MESSAGE), '00b0000002', CC_FILE, NDEF_FILE) == ['6a82'] * 3
    tag = at_ndef()
    assert say(tag, APPLICATION, '00b0000002') == ['9000', '6a82']          # a new application, and no file of it


def test_an_empty_tag_is_a_tag():
    tag = Type4Tag(b'')
    assert say(tag, APPLICATION, CC_FILE, '00b000000f', NDEF_FILE, '00b0000002', '00b0000201') == [
        '9000', '9000', '000f2000f000340406e104000500ff9000', '9000', '00009000', '6b00']
    tag.delivered()
    assert not tag.read


def test_it_is_read_once_bytes_of_the_message_were_delivered():
    tag = at_ndef()
    tag.delivered()
    say(tag, '00b0000002')
    tag.delivered()
    assert not tag.read, 'NLEN is not the message'
    say(tag, '00b000020a')
    assert not tag.read, 'answered, but not sent yet'
    say(tag, DESFIRE)
    tag.delivered()
    assert not tag.read, 'the answer that was sent was another one'
    say(tag, '00b000020a')
    tag.delivered()
    say(tag, DESFIRE)
    tag.delivered()
    assert tag.read


def test_a_message_that_offsets_do_not_reach_is_refused():
    with pytest.raises(ValueError, match='at most 32765 bytes'):
        Type4Tag(bytes(MAX_MESSAGE + 1))
    assert Type4Tag(bytes(MAX_MESSAGE)).respond(b'\x00\xb0\x00\x00\x00') == b'\x6a\x82'


KNOWN = [bytes.fromhex(command) for command in (APPLICATION, CC_FILE, NDEF_FILE, '00b0000002', '00b00002f0', IPHONE, DESFIRE,
                                                '00d6000002ffff')]


@st.composite
def mutated(draw):
    """A command of a phone with bytes changed, cut off or added; or anything."""
    apdu = bytearray(draw(st.sampled_from(KNOWN)))
    for _ in range(draw(st.integers(0, 3))):
        apdu[draw(st.integers(0, len(apdu) - 1))] = draw(st.integers(0, 255))
    return bytes(apdu[:draw(st.integers(0, len(apdu)))]) + draw(st.binary(max_size=4))


@given(commands=st.lists(st.one_of(mutated(), st.binary(max_size=300), st.sampled_from(KNOWN)), max_size=30))
def test_no_command_raises_or_gets_more_than_it_asked_for(commands):
    tag = Type4Tag(MESSAGE)
    for apdu in commands:
        answer = tag.respond(memoryview(apdu))
        tag.delivered()
        data, status = answer[:-2], answer[-2:]
        assert len(status) == 2 and status[0] in (0x90, 0x62, 0x67, 0x69, 0x6A, 0x6B, 0x6D, 0x6E)
        assert len(data) <= ((apdu[4] or MAX_READ) if len(apdu) == 5 and apdu[1] == 0xB0 else 0)
        assert len(data) <= MAX_READ
        assert data in FILE or data in bytes.fromhex(CAPABILITIES)
