"""Real nfcpy as the peer of the whole firmware on real MicroPython: both roles, every bit rate, and a stranger that is no pin.

Below the Cloud Pin messages the peer is another stack: nfcpy's SNEP, LLCP and NFC-DEP in software; the messages are made and
judged by the same rules here. What the combinations of role and rate mean:

* nfcpy is initiator. Found at 106A, it stays there or goes on to 212 or 424 by PSL (`brs`), which the armed chip follows.
  In active mode it begins at 106 and goes on likewise. At 212F and 424F the armed pin answers too, as one listen answers all;
  but its NFCID2 begins with 02FE, as a Type 3 Tag's, so that nfcpy by itself takes it for a tag, as the NFC Forum has it.
  ISO 18092 lets an initiator send ATR_REQ all the same; `nfcpy_peer.InitiatorAtF` does.
* nfcpy is target, in one listen at 106A, 212F and 424F. The firmware looks at 106A and asks for 424 by PSL; a pin that is told
  in main.py to look elsewhere or to ask for another rate shows that the drivers and the protocols above can do all of them.
"""
import hashlib
import os
import textwrap

import ndef
import pytest

from firmware.social.card import Card
from firmware.social.friend import Figures
from firmware.social.friends import SCHEMA, FriendBook
from firmware.social.handshake import BAD_REQUEST, Handshake, Own
from firmware.system.journal import Journal
from firmware.system.log import Log
from tests.interop.nfcpy_peer import Peer, Wearer
from tests.interop.rig import Rig
from tests.simulator.data import friends_of
from tests.simulator.image import ROOT, compiled_text
from tests.simulator.memory_storage import MemoryFiles
from tests.simulator.world import World

pytestmark = [pytest.mark.interop, pytest.mark.micropython]

TODAY = 9820                        # days since 2000-01-01
ADA = {'name': 'Ada Lovelace', 'title': 'Analyst', 'organisation': 'Engine Works', 'web': 'https://example.org/ada',
       'email': 'ada@example.org', 'handles': [(f'service {n}', 'ada.lovelace' * 4) for n in range(5)]}   # 3 fragments
RUN_LINE = '        from firmware.pin import run\n'
RATES_CHOSEN = '''
    from pn532 import PN532, InitiatorMAC
    jump_for_dep, speed_up = PN532.jump_for_dep, InitiatorMAC.speed_up

    async def speed_up_to_that(mac):
        if {look_at} != {speak_at}:
            await speed_up(mac, {speak_at})
    PN532.jump_for_dep = lambda chip, general_bytes: jump_for_dep(chip, general_bytes, {look_at})
    InitiatorMAC.speed_up = speed_up_to_that
'''


def main_with(look_at, speak_at):
    """Files for a pin that as initiator looks at one rate and goes on at another, both in kbit/s."""
    text = (ROOT / 'firmware/boards/__init__.py').read_text()
    assert RUN_LINE in text
    chosen = textwrap.indent(RATES_CHOSEN.format(look_at=look_at, speak_at=speak_at), '    ')
    return {'/firmware/boards/__init__.mpy': compiled_text(text.replace(RUN_LINE, chosen + RUN_LINE))}


class Nia:
    """A wearer who lives in CPython: a card, a secret and a friend book in memory."""

    def __init__(self):
        self.device_id = hashlib.sha256(b'nia').digest()[:16]
        self.vcard = Card('Nia Nfcpy', organisation='Interop').to_vcard()
        self.figures = Figures(4321, 1, 2, 1)
        log = Log(write_line=lambda line: None)
        self.book = FriendBook(Journal(MemoryFiles().storage(), 'friends', SCHEMA, log), log)

    def handshake(self):
        return Handshake(Own(self.device_id, bytes(32), self.vcard, self.figures), self.book, os.urandom, TODAY)

    def friends(self):
        return self.book.page(0, self.book.count)


@pytest.fixture
def rig(micropython):
    with World(seed=4) as world:
        yield Rig(world, ADA)


def tap(rig, role, **options):
    """Nia, whose nfcpy is `role` (`options` as in nfcpy_peer.Meeting.connect), and Ada become friends; each has the other
    on flash, whole, and both name the same tap."""
    nia = Nia()
    peer = Wearer(nia.handshake())
    rig.run(lambda port: peer.connect(port, role, **options))
    hers, = friends_of(rig.ada)
    theirs, = nia.friends()
    assert (hers.name, hers.id, hers.vcard, hers.figures) == ('Nia Nfcpy', nia.device_id, nia.vcard, nia.figures)
    assert (theirs.name, theirs.vcard) == ('Ada Lovelace', Card(**ADA).to_vcard())
    assert hers.session == theirs.session
    assert theirs.share != hers.share != bytes(16)
    assert [outcome.new for outcome in peer.outcomes if outcome.friend] == [True]
    assert rig.logged('friends with Nia Nfcpy')
    rig.check_quiet()


def rates(rig):
    """(of ATR_REQ, of DEP_REQ, of DEP_RES): the sets of bit rates at which each was on the air."""
    return tuple({frame.bitrate for frame in rig.world.air.log if code in frame.data[1:4]}
                 for code in (b'\xd4\x00', b'\xd4\x06', b'\xd5\x07'))


@pytest.mark.parametrize('look_at, brs, found, spoken', [
    ('106A', 0, 106, 106), ('106A', 1, 106, 212), ('106A', 2, 106, 424), ('212F', 1, 212, 212), ('424F', 2, 424, 424)])
def test_nfcpy_as_initiator_finds_the_armed_pin(rig, look_at, brs, found, spoken):
    tap(rig, 'initiator', look_at=look_at, brs=brs)
    assert rig.logged('link up as target')
    assert rates(rig) == ({found}, {spoken}, {spoken})


def test_nfcpy_as_initiator_finds_the_armed_pin_in_active_mode(rig):
    tap(rig, 'initiator', acm=True)
    assert rates(rig) == ({106}, {424}, {424})
    assert all(frame.active for frame in rig.world.air.log)


@pytest.mark.parametrize('found, spoken', [(106, 106), (106, 212), (106, 424), (212, 212), (424, 424)])
def test_the_pin_as_initiator_finds_nfcpy(micropython, found, spoken):
    with World(seed=4) as world:
        rig = Rig(world, ADA, files=main_with(found, spoken))
        rig.look()
        tap(rig, 'target')
        assert rig.logged('link up as initiator')
        assert rates(rig) == ({found}, {spoken}, {spoken})


def test_a_burst_of_the_pin_as_it_is_finds_nfcpy(rig):
    rig.look()
    tap(rig, 'target')
    assert rig.logged('link up as initiator')
    assert rates(rig)[0] == {106}


def test_a_stranger_is_refused_and_the_pin_goes_on(rig):
    before = rig.ada.flash.image()
    stranger = Peer([[ndef.TextRecord('Hello, I am no pin.')]])
    rig.run(lambda port: stranger.connect(port, 'initiator'))
    assert stranger.refusals == [BAD_REQUEST]
    hello, = stranger.messages                  # what any LLCP peer is told: who this is
    assert [record.type for record in hello] == ['urn:nfc:ext:cloudpin.example:pin', 'text/vcard']
    assert rig.ada.flash.image() == before
    assert rig.logged('The message is not from a Cloud Pin.')
    rig.check_quiet()
