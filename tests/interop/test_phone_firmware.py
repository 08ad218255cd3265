"""Phones reading the pin: real nfcpy and libnfc's tools as readers of the whole firmware on real MicroPython.

The reader sits behind a pty on a second PN532 in the world's clock and air. nfcpy has NFC-A and NFC-F readers of its own
above raw frames; a phone's frames by the byte are in tests/unit/test_type4tag.py and test_type3tag.py.
"""
import os
import random
import shutil
import subprocess

import pytest

from firmware.social.card import Card
from firmware.social.tag import SCHEMA, Tag
from firmware.system.journal import Journal
from firmware.system.log import Log
from tests.interop.nfcpy_peer import Pace, open_nfcpy
from tests.simulator.chips.pn532 import PN532
from tests.simulator.data import friends_of, names_of_friends, storage_of
from tests.simulator.pty_port import PtyPort, run_realtime
from tests.simulator.world import World

pytestmark = [pytest.mark.interop, pytest.mark.micropython]

BOOT_S = 2
LIMIT_S = 20                        # of real time, on a busy machine
STAY_NS = 500_000_000               # how long a reader stays once it has found the tag
LOOK_NS = 10_000_000
ADA = {'name': 'Ada Lovelace', 'title': 'Analyst', 'organisation': 'Engine Works', 'web': 'https://example.org/ada',
       'email': 'ada@example.org', 'phone': '+44 20 7946 0000', 'public': ('name', 'title', 'organisation', 'web', 'handles'),
       'handles': [(f'service {n}', 'ada.lovelace' * 4) for n in range(5)]}


class Bench:
    """Ada's pin, booted, and a reader's chip held to it."""

    def __init__(self, world, card=None):
        self.world = world
        self.ada = world.add_pin('Ada', card)
        self.chip = PN532(world.clock, random.Random(2), world.air, interface='hsu', name='reader')
        world.run(BOOT_S)
        world.air.couple(self.ada.nfc, self.chip)

    def run(self, function):
        """What `function(path)` returns, a reader's program at the pty `path`; then the reader is taken away."""
        clock = self.world.clock
        with PtyPort(self.chip) as port:
            result, = run_realtime(clock.advance_to, [port], lambda: function(port.path), limit_s=LIMIT_S,
                                   start_ns=clock.now_ns)
        return self._left(result)

    def run_nfcpy(self, function):
        """Likewise `function(path, pace)`, for nfcpy, which is slow on a busy machine."""
        with PtyPort(self.chip) as port:
            pace = Pace(self.world.clock, self.chip)
            result, = run_realtime(pace.advance_to, [port], lambda: function(port.path, pace), limit_s=LIMIT_S)
        return self._left(result)

    def _left(self, result):
        self.world.air.uncouple(self.chip)
        self.world.run(0.5)
        return result

    def leave_after_contact(self):
        """Take the reader away a while after it has activated the pin."""
        if self.ada.nfc.target.state == 'active':
            self.world.clock.call_later(STAY_NS, self.world.air.uncouple)
        else:
            self.world.clock.call_later(LOOK_NS, self.leave_after_contact)

    def read(self, technology='106A'):
        """(tag type, records) as nfcpy reads them; records is None where there is nothing to read."""
        def reader(path, pace):
            found = []

            def connected(tag):
                found.append((tag.type, tag.ndef and tag.ndef.records, tag.ndef and tag.ndef.is_writeable))
                return False

            with open_nfcpy(path, pace) as frontend:
                frontend.connect(rdwr={'targets': [technology], 'on-discover': lambda target: True, 'on-connect': connected,
                                       'interval': 0.1})
            return found[0]
        kind, records, writeable = self.run_nfcpy(reader)
        assert not writeable
        return kind, records

    def reads(self):
        """The count on the pin's flash."""
        log = Log(write_line=lambda line: None)
        return Tag(None, lambda: Journal(storage_of(self.ada), 'reads', SCHEMA, log), log).reads()

    def check_quiet(self):
        """Nobody and nothing has found a fault."""
        assert [entry for entry in self.ada.console.entries() if entry.level != 'I'] == []
        assert 'Traceback' not in self.ada.console
        assert self.world.complaints == self.chip.complaints == []


@pytest.fixture
def bench(micropython):
    with World(seed=4) as world:
        yield Bench(world, ADA)


def check_records(records):
    """The address first, then the vCard, of the public fields alone."""
    uri, card = records
    assert (uri.type, uri.uri) == ('urn:nfc:wkt:U', ADA['web'])
    assert (card.type, card.data) == ('text/vcard', Card(**ADA).to_vcard())
    assert b'ada@' not in card.data and b'7946' not in card.data


def test_nfcpy_reads_the_type_4_tag_and_a_tap_right_after_makes_friends(bench):
    world, ada = bench.world, bench.ada
    ben = world.add_pin('Ben')
    world.run(BOOT_S)
    kind, records = bench.read()
    assert kind == 'Type4Tag'
    check_records(records)
    assert bench.reads() == 1
    assert ada.nfc.target.state == 'armed'
    world.bump(ada, ben)
    assert world.run_until(lambda: friends_of(ada) and friends_of(ben), 3, step_ms=50)
    assert names_of_friends(ada) == ['Ben'] and names_of_friends(ben) == ['Ada Lovelace']
    bench.check_quiet()


@pytest.mark.parametrize('technology', ['212F', '424F'])
def test_nfcpy_reads_the_type_3_tag(bench, technology):
    kind, records = bench.read(technology)
    assert kind == 'Type3Tag'
    check_records(records)
    assert bench.reads() == 1
    bench.check_quiet()


def test_nfcpy_finds_an_empty_tag_where_there_is_no_card(micropython):
    with World(seed=4) as world:
        bench = Bench(world, False)
        assert bench.read() == ('Type4Tag', [])
        assert bench.reads() == 0
        bench.check_quiet()


@pytest.mark.parametrize('name, arguments, texts', [
    ('nfc-list', ('-t', '1'), ('ISO14443A passive target(s) found',     # many: the pin is new to it after each deselection
                               'ATQA (SENS_RES): 00 04', 'SAK (SEL_RES): 60', 'ATS: 75 33 92 03')),
    ('nfc-list', ('-t', '2'), ('1 Felica (212 kbps) passive target(s) found', 'ID (NFCID2): 02 fe')),
    ('nfc-poll', (), ('SAK (SEL_RES): 60', 'ATS: 75 33 92 03', 'Waiting for card removing', 'done.'))])
def test_libnfcs_tools_find_the_tag_and_the_pin_stays_armed(bench, name, arguments, texts):
    if not shutil.which(name):
        pytest.skip(f'libnfc is not complete here ({name} is absent)')
    if name == 'nfc-poll':                      # which waits for the card to go
        bench.leave_after_contact()

    def tool(path):
        environment = dict(os.environ, LIBNFC_DEFAULT_DEVICE=f'pn532_uart:{path}', LIBNFC_LOG_LEVEL='0')
        done = subprocess.run([name, *arguments], env=environment, timeout=LIMIT_S, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return ' '.join(done.stdout.split())
    printed = bench.run(tool)
    for text in texts:
        assert text in printed
    assert bench.reads() == 0
    bench.world.run(2)
    assert bench.ada.nfc.target.state == 'armed'
    bench.check_quiet()
