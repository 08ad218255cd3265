"""lib/ndef_message against ndeflib in both directions, and against every kind of malformed message."""
import ndef
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ndef_message import (
    ABSOLUTE_URI,
    EMPTY,
    EXTERNAL,
    MIME,
    UNKNOWN,
    WELL_KNOWN,
    NDEFError,
    Record,
    decode,
    encode,
)

URI = bytes.fromhex('d101125504') + b'example.com/u/ada'
PREFIX = {EMPTY: '', WELL_KNOWN: 'urn:nfc:wkt:', MIME: '', ABSOLUTE_URI: '', EXTERNAL: 'urn:nfc:ext:',
          UNKNOWN: 'unknown'}
TOKEN = st.text('abcdefghijklmnopqrstuvwxyz0123456789-', min_size=1, max_size=20)
PAYLOAD = st.binary(max_size=600)
IDENTITY = st.binary(max_size=255)

records = st.one_of(
    st.builds(Record, st.just(EMPTY)),
    st.builds(lambda t, i, p: Record(WELL_KNOWN, t.encode(), i, p), TOKEN, IDENTITY, PAYLOAD),
    st.builds(lambda a, b, i, p: Record(MIME, f'{a}/{b}'.encode(), i, p), TOKEN, TOKEN, IDENTITY, PAYLOAD),
    st.builds(lambda h, i, p: Record(ABSOLUTE_URI, f'https://{h}/'.encode(), i, p), TOKEN, IDENTITY, PAYLOAD),
    st.builds(lambda d, t, i, p: Record(EXTERNAL, f'{d}.com:{t}'.encode(), i, p), TOKEN, TOKEN, IDENTITY, PAYLOAD),
    st.builds(lambda i, p: Record(UNKNOWN, b'', i, p), IDENTITY, PAYLOAD),
)


def as_oracle(record):
    """The ndeflib record that says the same."""
    return ndef.Record(PREFIX[record.tnf] + record.type.decode(), record.id.decode('latin'), record.payload)


@given(st.lists(records, min_size=1, max_size=5))
def test_what_we_encode_the_oracle_decodes(message):
    decoded = list(ndef.message_decoder(encode(message), known_types={}))
    assert decoded == [as_oracle(record) for record in message]


@given(st.lists(records, min_size=1, max_size=5))
def test_what_the_oracle_encodes_we_decode(message):
    data = b''.join(ndef.message_encoder([as_oracle(record) for record in message]))
    assert decode(data) == message
    assert encode(message) == data


@given(st.binary(max_size=80))
@example(URI)
def test_any_bytes_are_refused_or_mean_the_same_to_the_oracle(data):
    try:
        message = decode(data)
    except NDEFError as error:
        assert str(error).endswith('.')
        return
    try:
        decoded = list(ndef.message_decoder(data, known_types={}))
    except (ndef.DecodeError, UnicodeDecodeError):
        return                                  # ndeflib looks into the type names, which are not framing
    # Joined, because ndeflib leaves chunks as records of their own.
    assert b''.join(bytes(record.data) for record in decoded) == b''.join(record.payload for record in message)


@given(st.binary(max_size=40), st.integers(0, 5), st.integers(1, 255))
def test_a_changed_byte_never_does_worse_than_an_error(payload, place, change):
    data = bytearray(encode([Record(MIME, b'text/vcard', b'x', payload)]))
    data[place % len(data)] ^= change
    try:
        message = decode(data)
    except NDEFError:
        return
    assert message and sum(len(record.payload) for record in message) <= len(data)


def test_golden_uri_record():
    message = [Record(WELL_KNOWN, b'U', b'', b'\x04example.com/u/ada')]
    assert encode(message) == URI
    assert len(URI) == 22
    assert decode(URI) == message


@pytest.mark.parametrize(('length', 'header'), [(255, 'd20a'), (256, 'c20a')])
def test_the_short_form_holds_255_bytes(length, header):
    data = encode([Record(MIME, b'text/vcard', b'', bytes(length))])
    assert data.startswith(bytes.fromhex(header))
    assert decode(data)[0].payload == bytes(length)


def test_chunks_are_put_together():
    first = bytes.fromhex('b4 01 02') + b't' + b'ab'        # MB CF SR external
    middle = bytes.fromhex('36 00 01') + b'c'
    last = bytes.fromhex('16 00 02') + b'de'
    closing = bytes.fromhex('50 00 00')
    assert decode(first + middle + last + closing) == [Record(EXTERNAL, b't', b'', b'abcde'), Record(EMPTY)]


@pytest.mark.parametrize(('data', 'words'), [
    ('', 'empty'),
    ('d1', 'record header'),
    ('d101', 'record header'),
    ('c101000000', 'record header'),
    ('d901', 'record header'),
    ('d10101', 'record type'),
    ('d9010001', 'record type'),
    ('d901000155', 'record id'),
    ('d1010155', 'payload'),
    ('c10155', 'record header'),
    ('c101ffffffff55', '4294967295 bytes needed, 0 there'),
    ('5101005501', 'lacks the message-begin'),
    ('91010055', 'message-end flag is missing'),
    ('91010055 d1010055', 'has the message-begin'),
    ('d1010055 00', '1 bytes follow'),
    ('d70000', 'reserved'),
    ('d00100', 'empty record must not'),
    ('d0000100', 'empty record must not'),
    ('d8000001 61', 'empty record must not'),
    ('d5010055', 'must not carry a type'),
    ('d10000', 'needs a type'),
    ('d20000', 'needs a type'),
    ('d60000', 'nobody began'),
    ('91010055 560000', 'nobody began'),
    ('f1010055', 'announces another'),
    ('b1010055', 'message-end flag is missing'),
    ('b1010055 51010055', 'interrupted'),
    ('b1010055 5e000001 61', 'interrupted'),
    ('b1010055 d60000', 'interrupted'),
    ('b1010055 56010055', 'must not carry a type'),
    ('b00000 560000', 'empty record cannot be chunked'),
])
def test_malformed_messages_are_refused_with_a_sentence(data, words):
    with pytest.raises(NDEFError) as refusal:
        decode(bytes.fromhex(data))
    assert words in str(refusal.value)


def test_a_type_of_64_kib_is_refused():
    with pytest.raises(NDEFError, match='at most 255 bytes'):
        encode([Record(EXTERNAL, b'x' * 65536)])


@pytest.mark.parametrize('record', [
    Record(6, b'', b'', b'x'), Record(7), Record(EMPTY, b'', b'', b'x'), Record(WELL_KNOWN), Record(UNKNOWN, b'x'),
])
def test_records_that_cannot_be_are_not_encoded(record):
    with pytest.raises(NDEFError):
        encode([record])


def test_a_message_without_records_is_not_encoded():
    with pytest.raises(NDEFError, match='at least one'):
        encode([])
