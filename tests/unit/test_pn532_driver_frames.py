"""lib/pn532's frames: golden bytes, nfcpy's frame code as the oracle, and everything a damaged line can do to them."""
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nfc.clf import pn532 as oracle

from pn532 import frames
from tests.unit.rigs.nfc import ACK, NACK, frame

GOLDEN = [
    ('02', '', '00 00 ff 02 fe d4 02 2a 00'),
    ('14', '01 00 01', '00 00 ff 05 fb d4 14 01 00 01 16 00'),
    ('12', '34', '00 00 ff 03 fd d4 12 34 e6 00'),
    ('32', '01 02', '00 00 ff 04 fc d4 32 01 02 f7 00'),
    ('32', '05 02 01 00', '00 00 ff 06 fa d4 32 05 02 01 00 f2 00'),
    ('04', '', '00 00 ff 02 fe d4 04 28 00'),
    ('16', '88 01', '00 00 ff 04 fc d4 16 88 01 8d 00'),
    ('86', '', '00 00 ff 02 fe d4 86 a6 00'),
    ('8e', '00 00', '00 00 ff 04 fc d4 8e 00 00 9e 00'),
    ('40', '01 00 00', '00 00 ff 05 fb d4 40 01 00 00 eb 00'),
    ('52', '00', '00 00 ff 03 fd d4 52 00 da 00'),
]


def built(code, *parts):
    buffer = memoryview(bytearray(frames.SPARE + frames.LONGEST))
    length = frames.build(buffer, code, parts)
    return bytes(buffer[frames.SPARE:frames.SPARE + length])


def parsed(data, size=frames.RECEIVE_SIZE):
    """(kind, code, data) of the first frame in `data`."""
    buffer = bytearray(size)
    buffer[1:1 + len(data)] = data
    parser = frames.Parser()
    kind = parser.parse(memoryview(buffer), min(1 + len(data), size))
    if kind == frames.PARTIAL:
        return kind, parser.missing, None
    if kind != frames.RESPONSE:
        return kind, None, None
    return kind, parser.code, bytes(buffer[parser.start:parser.end])


class _Line:
    """A transport for nfcpy's chip set: keeps what is written, acknowledges, and answers with `answer`."""

    def __init__(self, answer):
        self.answers = [bytearray(ACK), bytearray(answer)]
        self.written = b''

    def write(self, data):
        self.written = bytes(data)

    def read(self, timeout):
        return self.answers.pop(0)


def oracle_command(code, data, answer):
    """(data that nfcpy reads from the frame `answer`, frame that it wrote)."""
    line = _Line(answer)
    chip = object.__new__(oracle.Chipset)
    chip.transport = line
    chip.log = oracle.log
    return chip.command(code, bytearray(data), 1), line.written


@pytest.mark.parametrize(('code', 'data', 'expected'), GOLDEN)
def test_golden_frames(code, data, expected):
    assert built(int(code, 16), bytes.fromhex(data)) == bytes.fromhex(expected)


@given(st.sampled_from(sorted(oracle.Chipset.CMD)), st.binary(max_size=263), st.binary(max_size=263))
def test_frames_are_those_of_nfcpy(code, data, answer):
    read, written = oracle_command(code, data, frame(bytes([0xD5, code + 1]) + answer))
    split = len(data) // 2
    assert len(written) <= frames.LONGEST
    assert built(code, data[:split], data[split:]) == written
    assert parsed(frame(bytes([0xD5, code + 1]) + answer)) == (frames.RESPONSE, code + 1, bytes(read))


@pytest.mark.parametrize(('length', 'head'), [
    (252, '0000ff fe 02'), (253, '0000ff ff 01'), (254, '0000ff ffff 0100 ff'), (263, '0000ff ffff 0109 f6'),
])
def test_the_edge_of_the_extended_form(length, head):
    data = built(0x40, bytes(length))
    assert data.startswith(bytes.fromhex(head))
    assert parsed(frame(bytes([0xD5, 0x41]) + bytes(length)))[:2] == (frames.RESPONSE, 0x41)


def test_the_longest_frame_has_275_bytes():
    assert len(built(0x40, bytes(263))) == 275


def test_more_than_a_frame_holds_is_not_built():
    with pytest.raises(ValueError, match='at most 263 bytes, not 264'):
        built(0x40, bytes(264))


@given(st.binary(max_size=263), st.integers(0, 0x7F), st.binary(max_size=14).filter(lambda x: b'\x00\xff' not in x))
def test_garbage_ahead_is_skipped(data, code, garbage):
    garbage = garbage.rstrip(b'\x00') or b'\x55'        # a 00 at its end would only lengthen the preamble
    assert parsed(garbage + frame(bytes([0xD5, code]) + data)) == (frames.RESPONSE, code, data)


@given(st.binary(max_size=263), st.integers(0, 300))
def test_a_frame_in_pieces_says_how_much_is_missing(data, cut):
    whole = frame(bytes([0xD5, 0x41]) + data)
    needed = len(whole) - 1                             # the postamble is of no use
    have = cut % needed
    while have < needed:
        kind, missing, _ = parsed(whole[:have])
        assert kind == frames.PARTIAL
        assert 0 < missing <= max(needed - have, frames.ACK_SIZE)
        have += missing
    assert parsed(whole[:have]) == (frames.RESPONSE, 0x41, data)


@given(st.binary(max_size=100), st.integers(3, 105), st.integers(1, 255))
def test_a_changed_byte_is_noticed(data, place, change):
    whole = bytearray(frame(bytes([0xD5, 0x41]) + data))
    place = min(place, len(whole) - 2)
    whole[place] ^= change
    kind, code, found = parsed(bytes(whole))
    assert (kind, code, found) != (frames.RESPONSE, 0x41, data)
    assert kind != frames.RESPONSE or len(found) < len(data)


@given(st.binary(max_size=400))
def test_any_bytes_are_survived(noise):
    kind, _, found = parsed(noise[:frames.RECEIVE_SIZE - 1])
    assert frames.NOTHING <= kind <= frames.RESPONSE
    assert found is None or len(found) <= frames.MAX_DATA


@pytest.mark.parametrize(('data', 'kind'), [
    (ACK, frames.ACK),
    (NACK, frames.NACK),
    (bytes.fromhex('0000ff01ff7f8100'), frames.ERROR),
    (bytes.fromhex('00ff00ff00'), frames.ACK),                          # without preamble
    (b'\x00' * 15 + ACK, frames.ACK),
    (bytes.fromhex('0000ff 00 00 00'), frames.BAD),                     # LEN 0
    (bytes.fromhex('0000ff 03 fc d54100'), frames.BAD),                 # LCS wrong
    (bytes.fromhex('0000ff 03 fd d54100 eb 00'), frames.BAD),           # DCS wrong
    (bytes.fromhex('0000ff 03 fd d44100 eb 00'), frames.BAD),           # a frame to the chip
    (bytes.fromhex('0000ff 01 ff 55 ab 00'), frames.BAD),               # LEN 1 that is no error frame
    (bytes.fromhex('0000ff ffff 010a f5 d541'), frames.BAD),            # 266 bytes
    (bytes.fromhex('0000ff ffff ffff 02 d541'), frames.BAD),            # 65535 bytes
    (bytes.fromhex('0000ff ffff 0000 00 d541'), frames.BAD),
    (bytes.fromhex('0000ff ffff 0100 fe d541'), frames.BAD),            # checksum of the extended length
    (bytes(60), frames.NOTHING),
    (b'\xff' * 60, frames.NOTHING),
])
def test_kinds(data, kind):
    assert parsed(data)[0] == kind


def test_a_buffer_that_is_too_small_is_never_overrun():
    whole = frame(b'\xd5\x41' + bytes(100))
    assert parsed(whole[:50], size=60)[0] == frames.BAD
