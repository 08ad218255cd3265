"""Real nfcpy as the peer of the whole firmware on real MicroPython, in both roles, and as a stranger that is no pin.

nfcpy sits behind a pty on a second PN532 in the world's clock and air. Below the Cloud Pin messages the peer is another
stack: nfcpy's SNEP, LLCP and (as target) NFC-DEP in software; the messages are made and judged by the same rules here.
"""
import hashlib
import os
import random

import ndef
import pytest

from firmware.social.card import Card
from firmware.social.friend import Figures
from firmware.social.friends import SCHEMA, FriendBook
from firmware.social.handshake import BAD_REQUEST, Handshake, Own
from firmware.system.journal import Journal
from firmware.system.log import Log
from tests.interop.nfcpy_peer import Pace, Peer, Wearer
from tests.simulator.chips.pn532 import PN532
from tests.simulator.data import friends_of
from tests.simulator.memory_storage import MemoryFiles
from tests.simulator.pty_port import PtyPort, run_realtime
from tests.simulator.world import World

pytestmark = [pytest.mark.interop, pytest.mark.micropython]

BOOT_S = 2
LIMIT_S = 8
LONG_PRESS_MS = 700                 # asks for a burst on purpose
TODAY = 9820                        # days since 2000-01-01
ADA = {'name': 'Ada Lovelace', 'title': 'Analyst', 'organisation': 'Engine Works', 'web': 'https://example.org/ada',
       'email': 'ada@example.org', 'handles': [(f'service {n}', 'ada.lovelace' * 4) for n in range(5)]}   # 3 fragments


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


class Bench:
    """Ada's pin, booted, with an nfcpy on `port` held to its back."""

    def __init__(self, world):
        self.world = world
        self.ada = world.add_pin('Ada', ADA)
        self.chip = PN532(world.clock, random.Random(2), world.air, interface='hsu', name='nfcpy')
        world.run(BOOT_S)
        world.air.couple(self.ada.nfc, self.chip)

    def meet(self, peer, role):
        """Run `peer` (nfcpy_peer.Meeting) in `role` to its end, and the world half a second longer."""
        with PtyPort(self.chip) as port:
            pace = Pace(self.world.clock, self.chip)
            run_realtime(pace.advance_to, [port], lambda: peer.connect(port.path, role, pace), limit_s=LIMIT_S)
        self.world.run(0.5)
        return peer

    def logged(self, text):
        return any(text in entry.text for entry in self.ada.console.entries('tap'))

    def check_quiet(self):
        """Nobody and nothing has found a fault."""
        assert [entry for entry in self.ada.console.entries() if entry.level != 'I'] == []
        assert 'Traceback' not in self.ada.console
        assert self.world.complaints == self.chip.complaints == []


@pytest.fixture
def bench(micropython):
    with World(seed=4) as world:
        yield Bench(world)


def check_friends(ada, nia):
    """Each has the other on its flash, whole, and both name the same tap."""
    hers, = friends_of(ada)
    theirs, = nia.friends()
    assert (hers.name, hers.id, hers.vcard, hers.figures) == ('Nia Nfcpy', nia.device_id, nia.vcard, nia.figures)
    assert (theirs.name, theirs.vcard) == ('Ada Lovelace', Card(**ADA).to_vcard())
    assert hers.session == theirs.session
    assert theirs.share != hers.share != bytes(16)


def test_nfcpy_as_initiator_finds_the_armed_pin(bench):
    nia = Nia()
    peer = bench.meet(Wearer(nia.handshake()), 'initiator')
    check_friends(bench.ada, nia)
    assert [outcome.new for outcome in peer.outcomes if outcome.friend] == [True]
    assert bench.logged('link up as target') and bench.logged('friends with Nia Nfcpy')
    bench.check_quiet()


def test_a_burst_of_the_pin_finds_nfcpy_as_target(bench):
    nia = Nia()
    bench.ada.press(ms=LONG_PRESS_MS)
    peer = bench.meet(Wearer(nia.handshake()), 'target')
    check_friends(bench.ada, nia)
    assert [outcome.new for outcome in peer.outcomes if outcome.friend] == [True]
    assert bench.logged('link up as initiator') and bench.logged('friends with Nia Nfcpy')
    bench.check_quiet()


def test_a_stranger_is_refused_and_the_pin_goes_on(bench):
    before = bench.ada.flash.image()
    stranger = bench.meet(Peer([[ndef.TextRecord('Hello, I am no pin.')]]), 'initiator')
    assert stranger.refusals == [BAD_REQUEST]
    hello, = stranger.messages                  # what any LLCP peer is told: who this is
    assert [record.type for record in hello] == ['urn:nfc:ext:cloudpin.example:pin', 'text/vcard']
    assert bench.ada.flash.image() == before
    assert bench.logged('The message is not from a Cloud Pin.')
    assert bench.ada.nfc.target.state == 'armed'
    bench.check_quiet()
