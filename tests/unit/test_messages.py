"""HELLO and READY on the wire: golden bytes, both ways, and whatever a hostile pin may send."""
import hashlib
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ndef_message
from firmware.social.friend import Figures
from firmware.social.messages import MAX_MESSAGE, ForeignVersion, Hello, MessageError, Ready, decode
from ndef_message import EXTERNAL, MIME, Record

VCARD = b'BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ada\r\nEND:VCARD\r\n'
FIGURES = st.builds(Figures, st.none() | st.integers(0, 0xFFFFFFFE), st.integers(0, 0xFFFF), st.integers(0, 0xFFFF),
                    st.integers(0, 3))
BYTES_8, BYTES_16 = st.binary(min_size=8, max_size=8), st.binary(min_size=16, max_size=16)
HELLOS = st.builds(Hello, BYTES_16, BYTES_8, FIGURES, st.integers(1, 1200).map(bytes), st.integers(0, 2048).map(bytes),
                   BYTES_8, st.none() | st.tuples(BYTES_8, st.integers(0, 2)))
READIES = st.builds(Ready, BYTES_8, BYTES_8, st.none() | BYTES_16, st.none() | BYTES_16)


def values(message):
    return {**vars(message), 'figures': message.figures.numbers()} if isinstance(message, Hello) else vars(message)


@given(HELLOS | READIES)
def test_both_ways(message):
    data = message.encode()
    assert len(data) <= MAX_MESSAGE
    again = decode(data)
    assert type(again) is type(message)
    assert values(again) == values(message)


def test_golden_hello():
    hello = Hello(bytes(range(16)), b'NONCE678', Figures(10_000, 3, 151, 3), VCARD, pending=b'PENDING8',
                  answer=(b'nonce678', 2))
    head = (b'\x01\x01' + bytes(range(16)) + b'NONCE678' + bytes.fromhex('00002710 0003 0097 03')
            + hashlib.sha256(VCARD).digest()[:8] + b'PENDING8' + b'\0' + b'\x01\x09nonce678\x02')
    assert hello.encode() == (b'\x94\x14' + bytes([len(head)]) + b'cloudpin.example:pin' + head
                              + b'\x52\x0a' + bytes([len(VCARD)]) + b'text/vcard' + VCARD)


def test_golden_ready():
    ready = Ready(b'SESSION8', b'HASHHASH', b'half of the key!', b'code under a key')
    assert ready.encode() == (b'\xd4\x14\x36cloudpin.example:pin\x02\x01SESSION8HASHHASH'
                              b'\x02\x10half of the key!\x03\x10code under a key')


def ready_with(tail=b'', head=b'\x02\x01SESSION8HASHHASH'):
    return ndef_message.encode([Record(EXTERNAL, b'cloudpin.example:pin', b'', head + tail)])


def test_unknown_fields_and_records_are_passed_over():
    assert decode(ready_with(b'\x63\x05later\x02\x10half of the key!')).share == b'half of the key!'
    records = ndef_message.decode(Hello(bytes(16), bytes(8), Figures(), VCARD).encode())
    records.insert(1, Record(EXTERNAL, b'cloudpin.example:later', b'', b'x'))
    assert decode(ndef_message.encode(records)).vcard == VCARD


def hello_with(change=lambda records: None):
    records = ndef_message.decode(Hello(bytes(16), bytes(8), Figures(), VCARD).encode())
    change(records)
    return ndef_message.encode(records)


def payload_at(position, value):
    def change(records):
        payload = records[0].payload
        records[0].payload = payload[:position] + value + payload[position + len(value):]
    return change


@pytest.mark.parametrize(('data', 'sentence'), [
    (b'', 'empty'),
    (bytes(MAX_MESSAGE + 1), 'at most 4096'),
    (ndef_message.encode([Record(MIME, b'text/vcard', b'', VCARD)]), 'not from a Cloud Pin'),
    (ready_with(head=b'\x02'), 'too short'),
    (ready_with(head=b'\x02\x01SESSION'), 'too short'),
    (ready_with(head=b'\x07\x01SESSION8HASHHASH'), 'kind 7'),
    (ready_with(b'\x02'), 'cut off'),
    (ready_with(b'\x02\x10half'), 'cut off'),
    (ready_with(b'\x02\x04half'), 'Field 2'),
    (ready_with(b'\x02\x10half of the key!' * 2), 'Field 2'),
    (hello_with(lambda records: records.pop()), 'no card'),
    (hello_with(lambda records: records.append(Record(MIME, b'Text/VCard', b'', VCARD))), '2 records of type text/vcard'),
    (hello_with(lambda records: setattr(records[1], 'payload', VCARD + b' ')), 'not the one'),
    (hello_with(lambda records: setattr(records[1], 'payload', b'x' * 1201)), 'too long'),
    (hello_with(lambda records: records.append(Record(EXTERNAL, b'cloudpin.example:strip', b'', bytes(2049)))), 'too long'),
    (hello_with(payload_at(34, b'\x04')), 'impossible'),
])
def test_refusals_are_sentences(data, sentence):
    with pytest.raises(MessageError, match=sentence):
        decode(data)


def test_a_foreign_version_is_told_apart():
    with pytest.raises(ForeignVersion, match='speaks version 2, this one 1'):
        decode(hello_with(payload_at(1, b'\x02')))


def test_what_is_too_long_is_not_sent():
    with pytest.raises(MessageError, match='too long'):
        Hello(bytes(16), bytes(8), Figures(), b'x' * 1201).encode()


@settings(max_examples=300)
@given(HELLOS | READIES, st.data())
def test_mutated_bytes_raise_nothing_else(message, data):
    mutated = bytearray(message.encode())
    for _ in range(data.draw(st.integers(1, 3))):
        position = data.draw(st.integers(0, min(120, len(mutated) - 1)))
        mutated[position:position + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    try:
        decode(bytes(mutated))
    except MessageError as error:
        assert str(error)


@given(st.binary(max_size=200))
def test_a_frame_around_any_payload(payload):
    """What passes for a message is one: encoded again it means the same."""
    data = ndef_message.encode([Record(EXTERNAL, b'cloudpin.example:pin', b'', b'\x02\x01' + payload)])
    try:
        message = decode(data)
    except MessageError:
        return
    assert struct.unpack('>8s8s', payload[:16]) == (message.session, message.hash)
    assert values(decode(message.encode())) == values(message)
