"""Debian's libnfc tools against the PN532 model over a pty: list and poll a card, be a DEP pair, be a Type 4 Tag.

libnfc's examples were written for and tried on the real chip, so what they print is a witness for the model. Where a
tool is absent its test is skipped with a plain line.
"""
import random
import time

import ndef
import nfc
import pytest

from tests.interop.nfcpy_peer import open_nfcpy
from tests.interop.rig import LIMIT_S, run_tool
from tests.simulator.air import Air
from tests.simulator.chips.pn532 import PN532
from tests.simulator.clock import Clock
from tests.simulator.nfc_host import NFCHost
from tests.simulator.pty_port import PtyPort, run_realtime
from tests.unit.rigs.pn532_model import arming, serve

pytestmark = pytest.mark.interop
START_S = 0.25                      # a target's program is armed by then


@pytest.fixture
def bench():
    """A reader's chip and another one (on SPI where `card` is called, else behind a pty), near each other."""
    return Pair()


class Pair:
    def __init__(self):
        self.clock = Clock()
        self.air = Air(self.clock, random.Random(1))
        self.reader = PN532(self.clock, random.Random(2), self.air, 'hsu', 'reader')

    def card(self):
        """A card that a plain host keeps armed, on SPI."""
        chip = PN532(self.clock, random.Random(3), self.air, 'spi', 'card')
        host = NFCHost(chip)
        host.begin()
        self.air.couple(self.reader, chip)

        def keep_armed():
            while True:
                response = yield 0x8C, arming()
                yield from serve(response)
        host.play(keep_armed())
        return chip

    def run(self, ports, *functions):
        return run_realtime(self.clock, ports, *functions, limit_s=LIMIT_S)


def test_nfc_list_shows_chip_and_card(bench, needs):
    needs('nfc-list')
    card = bench.card()
    with PtyPort(bench.reader) as port:
        text, = bench.run([port], lambda: run_tool(port, 'nfc-list', '-t', '1'))
    assert '1 ISO14443A passive target(s) found' in text
    for part in ('ATQA (SENS_RES): 00 04', '08 12 34 56', 'SAK (SEL_RES): 60', 'ATS: 75 33 92 03'):
        assert part in text
    assert bench.reader.complaints == card.complaints == []


def test_nfc_poll_meets_a_card_and_sees_it_go(bench, needs):
    needs('nfc-poll')
    card = bench.card()

    def leave_once_it_was_met():
        met = card.target.state == 'active'
        bench.clock.call_later(500_000_000, bench.air.uncouple if met else leave_once_it_was_met)
    leave_once_it_was_met()
    with PtyPort(bench.reader) as port:
        text, = bench.run([port], lambda: run_tool(port, 'nfc-poll'))
    assert 'ATS: 75 33 92 03' in text and 'Waiting for card removing' in text and text.endswith('done.')


def test_libnfcs_dep_pair_greets_each_other(bench, needs):
    needs('nfc-dep-initiator', 'nfc-dep-target')
    other = PN532(bench.clock, random.Random(4), bench.air, 'hsu', 'other')
    bench.air.couple(bench.reader, other)

    def initiator():
        time.sleep(START_S)
        return run_tool(one, 'nfc-dep-initiator')

    with PtyPort(bench.reader) as one, PtyPort(other) as two:
        initiator, target = bench.run([one, two], initiator, lambda: run_tool(two, 'nfc-dep-target'))
    assert 'NFCID3: 12 34 56 78 9a bc de ff 00 00' in initiator and initiator.endswith('Received: Hello Mars!')
    assert 'Received: Hello World!' in target


def test_nfcpy_reads_libnfcs_type_4_tag(bench, needs, tmp_path):
    needs('nfc-emulate-forum-tag4')
    message = [ndef.UriRecord('https://example.com/u/ada'), ndef.Record('text/vcard', '', b'BEGIN:VCARD' + bytes(200))]
    (tmp_path / 'card.ndef').write_bytes(b''.join(ndef.message_encoder(message)))
    other = PN532(bench.clock, random.Random(4), bench.air, 'hsu', 'other')
    bench.air.couple(bench.reader, other)

    def read():
        time.sleep(START_S)
        with open_nfcpy(one) as frontend:
            target = frontend.sense(nfc.clf.RemoteTarget('106A'), iterations=5, interval=0.1)
            tag = nfc.tag.activate(frontend, target)
            return tag.type, tag.ndef.records

    with PtyPort(bench.reader) as one, PtyPort(other) as two:
        (kind, records), text = bench.run(
            [one, two], read, lambda: run_tool(two, 'nfc-emulate-forum-tag4', str(tmp_path / 'card.ndef'), codes=(1,)))
    assert kind == 'Type4Tag' and records == message
    assert 'In: 00 a4 04 00 07 d2 76 00 00 85 01 01 00 Out: 90 00' in text      # it ends with 1: target released
