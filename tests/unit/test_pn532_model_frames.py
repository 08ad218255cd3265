"""The PN532 model's host frames: format, limits and hunting."""
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.simulator.chips.pn532 import frames
from tests.simulator.chips.pn532.frames import HOST_TO_CHIP, Parser, encode
from tests.simulator.nfc_host import decode

COMMAND = bytes.fromhex('0000ff02fed4022a00')


@pytest.mark.parametrize('data, head', [
    (254, '0000ffff01'), (255, '0000ffffff0100ff'), (264, '0000ffffff0109f6')])
def test_lengths_at_the_edge_of_the_extended_format(data, head):
    frame = encode(bytes(data))
    assert frame.hex().startswith(head)
    assert len(frame) == 1 + data + len(head) // 2 + 2
    assert decode(frame) == bytes(data)


def test_more_than_264_bytes_do_not_fit():
    with pytest.raises(ValueError, match='265 bytes'):
        encode(bytes(265))


def test_ack_nack_and_command_in_one_stream_with_noise_between():
    stream = b'\x55\x55\x00' + frames.ACK + b'\x01\x00\xfe' + COMMAND + frames.NACK + COMMAND
    found = Parser().feed(stream)
    assert found == [('ack', b''), ('command', b'\x02'), ('nack', b''), ('command', b'\x02')]


def test_a_frame_may_come_byte_by_byte():
    parser = Parser()
    found = [item for value in COMMAND for item in parser.feed(bytes([value]))]
    assert found == [('command', b'\x02')]


@pytest.mark.parametrize('frame', [
    '0000ff02ffd4022a00',                       # LCS
    '0000ff02fed4022b00',                       # DCS
    '0000ff02fed5022900',                       # from a chip
    '0000ff0000',                               # no length at all
    '0000ffffff0000000000',                     # extended, length 0
    '0000ffffff010af5d402',                     # extended, length 266
    '0000ffffff0100fed402'])                    # extended, LCS
def test_bad_frames_are_passed_over_and_the_next_is_found(frame):
    parser = Parser()
    assert parser.feed(bytes.fromhex(frame) + COMMAND) == [('command', b'\x02')]
    assert parser.bad >= 1


def test_a_frame_cut_short_does_not_swallow_the_next_one_for_ever():
    parser = Parser()
    assert parser.feed(encode(bytes(20), HOST_TO_CHIP)[:12]) == []
    assert parser.feed(COMMAND * 3) != []


@given(st.binary(max_size=40), st.binary(min_size=1, max_size=264), st.booleans())
def test_any_frame_is_found_behind_noise_that_holds_no_start(noise, data, bare):
    noise = noise.replace(b'\xff', b'\x11')
    found = Parser().feed(noise + encode(data, HOST_TO_CHIP, bare))
    assert found == [('command', data)]


@given(st.lists(st.binary(max_size=60), max_size=8))
def test_no_noise_breaks_the_parser(pieces):
    parser = Parser()
    for piece in pieces:
        for kind, data in parser.feed(piece):
            assert kind in ('ack', 'nack', 'command') and len(data) <= 264
