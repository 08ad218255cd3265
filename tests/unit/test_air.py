"""The air: who hears whom, collisions, time on the air, the log and the faults."""
import random

import pytest

from tests.simulator.air import Air, airtime_ns
from tests.simulator.clock import Clock


class Ear:
    """An endpoint that keeps what it is told."""

    def __init__(self, name):
        self.name = name
        self.fields = []
        self.heard = []

    def air_field(self, present):
        self.fields.append(present)

    def air_receive(self, frames, intact):
        self.heard.append(([frame.data.hex() for frame in frames], intact))


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def air(clock):
    return Air(clock, random.Random(1))


@pytest.fixture
def ears(air):
    """reader (field on) with two cards in it, and another reader that is near the first card."""
    reader, card, card2, other = Ear('reader'), Ear('card'), Ear('card2'), Ear('other')
    air.couple(reader, card)
    air.couple(reader, card2)
    air.couple(other, card)
    air.set_field(reader, True)
    return reader, card, card2, other


def test_time_on_the_air_is_that_of_the_bytes_crc_and_preamble():
    assert airtime_ns(b'\x26', 106) == pytest.approx(85e3, rel=0.01)
    assert airtime_ns(bytes(10), 106) == pytest.approx(12 * 85e3, rel=0.01)
    assert airtime_ns(bytes(10), 212) == pytest.approx(20 * 37.8e3, rel=0.01)
    assert airtime_ns(bytes(10), 424) == pytest.approx(20 * 18.9e3, rel=0.01)


def test_fields_are_told_to_neighbours_once_and_when_they_part(air, ears):
    reader, card, card2, other = ears
    assert card.fields == card2.fields == [True] and other.fields == []
    air.set_field(other, True)
    assert card.fields == [True]
    air.set_field(reader, False)
    assert card.fields == [True] and card2.fields == [True, False]
    air.uncouple(other, card)
    assert card.fields == [True, False]
    assert air.neighbours(card) == [reader]


def test_uncouple_parts_one_from_all_or_everybody(air, ears):
    reader, card, card2, other = ears
    air.uncouple(card)
    assert not air.coupled(reader, card) and not air.coupled(other, card) and air.coupled(card2, reader)
    air.uncouple()
    assert air.neighbours(reader) == []


def test_a_reader_is_heard_by_all_cards_when_the_last_bit_has_come(air, clock, ears):
    reader, card, card2, other = ears
    frame = air.transmit(reader, b'\x26', 106)
    clock.advance_to(frame.end_ns - 1)
    assert card.heard == [] and air.receiving(card) and not air.receiving(reader)
    clock.advance_to(frame.end_ns)
    assert card.heard == card2.heard == [(['26'], True)] and other.heard == reader.heard == []
    assert frame.fate == 'heard'


def test_a_card_is_heard_by_the_owner_of_the_field_alone(air, clock, ears):
    reader, card, card2, other = ears
    air.couple(card, card2)
    air.transmit(card, b'\x04\x00', 106)
    clock.advance(1_000_000)
    assert reader.heard == [(['0400'], True)] and card2.heard == other.heard == []


def test_without_a_field_nobody_is_heard(air, clock, ears):
    reader, card, card2, _ = ears
    air.set_field(reader, False)
    frame = air.transmit(card2, b'\x04\x00', 106)
    clock.advance(1_000_000)
    assert reader.heard == [] and frame.fate == 'unheard'


def test_two_fields_spoil_each_others_frames_where_both_are(air, clock, ears):
    reader, card, card2, other = ears
    air.set_field(other, True)
    air.transmit(reader, b'\x26', 106)
    clock.advance(1_000_000)
    assert card.heard == [(['26'], False)] and card2.heard == [(['26'], True)]


def test_a_field_that_comes_up_during_a_frame_spoils_it(air, clock, ears):
    reader, card, _, other = ears
    air.transmit(reader, bytes(20), 106)
    clock.advance(500_000)
    air.set_field(other, True)
    clock.advance(5_000_000)
    assert card.heard == [([bytes(20).hex()], False)]


def test_cards_that_answer_at_once_are_heard_as_one_if_they_agree(air, clock, ears):
    reader, card, card2, _ = ears
    air.transmit(card, b'\x04\x00', 106)
    air.transmit(card2, b'\x04\x00', 106)
    clock.advance(1_000_000)
    air.transmit(card, b'\x08\x01', 106)
    air.transmit(card2, b'\x08\x02\x03', 106)
    clock.advance(1_000_000)
    assert reader.heard == [(['0400', '0400'], True), (['0801', '080203'], False)]


def test_parting_in_the_middle_of_a_frame_spoils_it(air, clock, ears):
    reader, card, card2, _ = ears
    air.transmit(reader, bytes(20), 106)
    clock.advance(500_000)
    air.uncouple(reader, card)
    clock.advance(5_000_000)
    assert [intact for _, intact in card.heard] == [False] and [intact for _, intact in card2.heard] == [True]


def test_faults_strike_the_nth_or_what_a_predicate_says(air, clock, ears):
    reader, card, _, _ = ears
    lost = air.lose(lambda frame: frame.data == b'\x02', nth=2)
    air.corrupt(lambda frame: frame.data == b'\x03')
    for value in (1, 2, 2, 2, 3):
        air.transmit(reader, bytes([value]), 106)
        clock.advance(1_000_000)
    assert card.heard == [(['01'], True), (['02'], True), (['02'], True), (['03'], False)]
    assert lost.hits == 1 and [frame.fate for frame in air.log] == ['heard', 'heard', 'lost', 'heard', 'corrupted']


def test_random_loss_is_the_given_share_and_ends_with_cancel(air, clock, ears):
    reader, card, _, _ = ears
    rule = air.lose(probability=0.2)
    for _ in range(500):
        air.transmit(reader, b'\x26', 106)
        clock.advance(1_000_000)
    assert 70 < rule.hits < 130 and len(card.heard) == 500 - rule.hits
    rule.cancel()
    air.transmit(reader, b'\x26', 106)
    clock.advance(1_000_000)
    assert len(card.heard) == 501 - rule.hits


def test_a_delayed_frame_comes_later(air, clock, ears):
    reader, card, _, _ = ears
    air.delay(3_000_000, nth=1)
    frame = air.transmit(reader, b'\x26', 106)
    clock.advance(2_900_000)
    assert card.heard == []
    clock.advance_to(frame.end_ns)
    assert frame.at_ns == 3_000_000 and card.heard == [(['26'], True)]


def test_cut_parts_them_as_the_nth_frame_begins(air, clock, ears):
    reader, card, card2, _ = ears
    air.cut_at(2, reader, card)
    for value in (1, 2, 3):
        air.transmit(reader, bytes([value]), 106)
        clock.advance(1_000_000)
    assert card.heard == [(['01'], True), (['02'], False)] and len(card2.heard) == 3
    assert not air.coupled(reader, card) and card.fields == [True, False]


def test_the_log_and_the_counts(air, clock, ears):
    reader, card, _, _ = ears
    clock.advance(7_000)
    air.transmit(reader, b'\x06\x00\xff\xff\x00\x00', 212, 'F')
    frame = air.log[0]
    assert (frame.at_ns, frame.sender, frame.bitrate, frame.data.hex()) == (7_000, reader, 212, '0600ffff0000')
    assert air.frames == 1 and air.bytes['reader'] == 6
    assert repr(frame) == '0.007 ms reader 212F 0600ffff0000 unheard'


def test_coupling_with_itself_is_refused(air):
    ear = Ear('ear')
    with pytest.raises(ValueError, match='itself'):
        air.couple(ear, ear)
