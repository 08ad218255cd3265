"""Phones reading the pin: real nfcpy as the reader of the whole firmware on real MicroPython.

The reader sits behind a pty on a second PN532 in the world's clock and air. nfcpy has NFC-A and NFC-F readers of its own
above raw frames; a phone's frames by the byte are in tests/unit/test_type4tag.py and test_type3tag.py.
"""
import pytest

from firmware.social.card import Card
from tests.interop.nfcpy_peer import open_nfcpy
from tests.interop.rig import BOOT_S, READABLE, Rig
from tests.simulator.data import friends_of, names_of_friends
from tests.simulator.world import World

pytestmark = [pytest.mark.interop, pytest.mark.micropython]


def read(rig, technology='106A'):
    """(tag type, records) as nfcpy reads them; records is None where there is nothing to read."""
    found = []

    def connected(tag):
        found.append((tag.type, tag.ndef and tag.ndef.records, tag.ndef and tag.ndef.is_writeable))
        return False

    def reader(port):
        with open_nfcpy(port) as frontend:
            frontend.connect(rdwr={'targets': [technology], 'on-discover': lambda target: True, 'on-connect': connected,
                                   'interval': 0.1})
    rig.run(reader)
    kind, records, writeable = found[0]
    assert not writeable
    return kind, records


def check_records(records):
    """The address first, then the vCard, of the public fields alone."""
    uri, card = records
    assert (uri.type, uri.uri) == ('urn:nfc:wkt:U', READABLE['web'])
    assert (card.type, card.data) == ('text/vcard', Card(**READABLE).to_vcard())
    assert b'ada@' not in card.data and b'7946' not in card.data


def test_nfcpy_reads_the_type_4_tag_and_a_tap_right_after_makes_friends(rig):
    world, ada = rig.world, rig.ada
    ben = world.add_pin('Ben')
    world.run(BOOT_S)
    kind, records = read(rig)
    assert kind == 'Type4Tag'
    check_records(records)
    assert rig.reads() == 1
    assert ada.nfc.target.state == 'armed'
    world.bump(ada, ben)
    assert world.run_until(lambda: friends_of(ada) and friends_of(ben), 3, step_ms=50)
    assert names_of_friends(ada) == ['Ben'] and names_of_friends(ben) == ['Ada Lovelace']
    world.run(1)
    rig.check_quiet()


@pytest.mark.parametrize('technology', ['212F', '424F'])
def test_nfcpy_reads_the_type_3_tag(rig, technology):
    kind, records = read(rig, technology)
    assert kind == 'Type3Tag'
    check_records(records)
    assert rig.reads() == 1
    rig.check_quiet()


def test_nfcpy_finds_an_empty_tag_where_there_is_no_card(micropython):
    with World(seed=4) as world:
        rig = Rig(world, False)
        assert read(rig) == ('Type4Tag', [])
        assert rig.reads() == 0
        rig.check_quiet()
