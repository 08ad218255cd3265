"""A phone at the pin: what it reads, how it is counted, and that pins find each other all the same.

The phone is a plain host on a chip of its own, in modelled time; foreign readers are in tests/interop/test_phone_firmware.py.
"""
import random

import ndef
import pytest

from firmware.social.tag import SCHEMA, Tag
from firmware.social.tag_session import COMPANION, READING_MS, VISIT_MS
from firmware.system.journal import Journal
from firmware.system.log import Log
from tests.simulator.chips.pn532 import PN532
from tests.simulator.data import names_of_friends, storage_of
from tests.simulator.nfc_host import NFCHost

pytestmark = pytest.mark.micropython

BOOT_S = 2
LONG_PRESS_MS = 700                 # asks for a burst on purpose
FELICA_CHECK = '010b0001'           # one service, 000B, one block
PATIENCE_NS = 5_000_000_000         # for the phone's chip to give up a card that says nothing
SETTLED_S = 25                                  # by then the screen is dark and the code of a tap in memory
LEFT_BEHIND = 2048                  # bytes of heap that readers may leave in use for good


class Phone:
    """Somebody's phone, held to `pin` by `hold`. Its answers to `say` are data and status word as the pin gave them."""

    def __init__(self, world, pin):
        self.world, self.pin = world, pin
        self.chip = PN532(world.clock, random.Random(3), world.air, 'spi', 'phone')
        self.host = NFCHost(self.chip)
        self.host.begin()

    def hold(self):
        """Bring it near and find the pin as an ISO-DEP card; a phone polls again where a pin just looked itself."""
        self.world.air.couple(self.pin.nfc, self.chip)
        assert any(self.find() for _ in range(3))

    def find(self):
        """Whether the pin is there as a card; without its field for a moment before."""
        self.host.command(0x32, b'\x01\x02')
        self.world.run(0.02)
        return self.host.command(0x4A, b'\x01\x00')[:1] == b'\x01'

    def say(self, *commands):
        """Answers to hex commands; 'gone' where the card says nothing any more."""
        answers = [self.host.command(0x40, b'\x01' + bytes.fromhex(command), PATIENCE_NS) for command in commands]
        return [answer[1:].hex() if answer[0] == 0 else 'gone' for answer in answers]

    def select(self):
        assert self.say('00a4040007d276000085010100', '00a4000c02e104') == ['9000', '9000']

    def message(self):
        """Select and read the NDEF message."""
        self.select()
        length = int(self.say('00b0000002')[0][:4], 16)
        data = ''
        while len(data) < 2 * length:
            at = len(data) // 2
            data += self.say(f'00b0{2 + at:04x}{min(0xF0, length - at):02x}')[0][:-4]
        return list(ndef.message_decoder(bytes.fromhex(data)))

    def leave(self):
        self.host.command(0x32, b'\x01\x02')
        self.world.air.uncouple(self.chip)
        self.world.run(0.3)


def reads(pin):
    """The count on the pin's flash."""
    log = Log(write_line=lambda line: None)
    return Tag(None, Journal(storage_of(pin), 'reads', SCHEMA, log), log).reads()


@pytest.fixture
def ada(world):
    """Ada's pin, which has a card with an address."""
    pin = world.add_pin('Ada', {'name': 'Ada Lovelace', 'web': 'https://example.org/ada', 'email': 'ada@example.org',
                                'public': ('web',)})
    world.run(BOOT_S)
    return pin


@pytest.fixture
def phone(world, ada):
    phone = Phone(world, ada)
    yield phone
    assert world.complaints == phone.chip.complaints == []
    assert [entry.text for entry in ada.console.entries() if entry.level != 'I'] == []


def visits(pin):
    return [entry.text for entry in pin.console.entries('tag')]


def test_reads_are_counted_and_outlive_a_power_cut(world, ada, phone):
    for _ in range(2):
        phone.hold()
        uri, card = phone.message()
        assert (uri.uri, card.type) == ('https://example.org/ada', 'text/vcard')
        assert b'FN:Ada Lovelace' in card.data and b'ada@' not in card.data
        phone.leave()
        world.run(6)
    assert reads(ada) == 2
    ada.cut_power()
    ada.boot()
    world.run(BOOT_S)
    phone.hold()
    phone.message()
    phone.leave()
    assert reads(ada) == 3


def test_a_phone_that_stays_has_read_once_and_keeps_its_tag_while_it_does(world, ada, phone):
    phone.hold()
    phone.message()
    world.run(READING_MS / 1000 - 1)                # presence checks are between the chips; nothing is said
    assert phone.say('00b0000002')[0].endswith('9000')
    phone.find()
    phone.message()
    phone.leave()
    assert visits(ada) == ['a reader has read the card'] * 2
    assert reads(ada) == 1


def test_a_phone_that_asks_for_ever_gets_64_answers(world, ada, phone):
    phone.hold()
    phone.select()
    assert phone.say(*['9060000000'] * 62) == ['6e00'] * 62
    assert phone.say('00b0000002') == ['gone']
    world.run(0.2)
    assert ada.nfc.target.state == 'armed'
    phone.leave()
    assert visits(ada) == ['a reader came and read nothing'] and reads(ada) == 0


def test_a_phone_that_says_nothing_is_left_after_a_second_and_a_half(world, ada, phone):
    phone.hold()
    world.run(VISIT_MS / 1000 - 0.2)
    assert ada.nfc.target.state == 'active'
    world.run(0.4)
    assert ada.nfc.target.state == 'armed'
    phone.leave()


def test_a_torn_read_is_none_and_the_next_one_is(world, ada, phone):
    phone.hold()
    phone.select()
    phone.say('00b0000002')
    phone.leave()
    assert visits(ada) == ['a reader came and read nothing']
    phone.hold()
    phone.message()
    phone.leave()
    assert reads(ada) == 1


def test_a_read_over_a_bad_contact(world, ada, phone):
    phone.hold()
    world.air.lose(probability=0.1)
    assert phone.message()[0].uri == 'https://example.org/ada'
    world.air.clear_faults()
    phone.leave()
    assert reads(ada) == 1


def test_a_wearer_without_an_address_shows_the_companion(world):
    pin = world.add_pin('Ben', {'name': 'Ben Okafor', 'web': 'https://example.org/secret', 'public': ('title',)})
    world.run(BOOT_S)
    phone = Phone(world, pin)
    phone.hold()
    uri, card = phone.message()
    assert uri.uri == COMPANION
    assert b'secret' not in card.data


def test_a_pin_without_a_card_is_an_empty_tag(world):
    pin = world.add_pin('Ben', False)
    world.run(BOOT_S)
    phone = Phone(world, pin)
    phone.hold()
    phone.select()
    assert phone.say('00b0000000') == ['00009000']
    phone.leave()
    assert visits(pin) == ['a reader came and read nothing'] and reads(pin) == 0


@pytest.mark.parametrize('late', [False, True])
def test_what_a_phone_knocks_on_the_case_starts_no_burst(world, ada, phone, late):
    phone.hold()
    if not late:
        ada.source.add_bump(world.clock.now_ns, 1500)
        phone.select()
        world.run(0.2)
    phone.message()
    phone.leave()
    if late:
        ada.source.add_bump(world.clock.now_ns, 1500)
    world.run(1)
    assert reads(ada) == 1
    assert 'looking for another pin' not in ada.console
    world.run(2)
    ada.source.add_bump(world.clock.now_ns, 1500)
    world.run(1)
    assert 'looking for another pin' in ada.console


def test_a_burst_that_a_phone_comes_into_goes_on_and_does_not_count(world, ada, phone):
    ben = world.add_pin('Ben')
    world.run(BOOT_S)
    ada.press(LONG_PRESS_MS)
    assert world.run_until(lambda: 'looking for another pin' in ada.console, 2)
    phone.hold()
    phone.message()
    world.run(3)                                    # longer than a burst
    phone.leave()
    world.together(ada, ben)                        # nobody bumps anything: it is Ada's burst that finds Ben
    assert world.run_until(lambda: 'friends with Ada' in ben.console and 'friends with Ben' in ada.console, 2)
    assert names_of_friends(ada) == ['Ben']
    assert any(entry.text == 'link up as initiator' for entry in ada.console.entries('tap'))
    for _ in range(7):                              # more than the budget holds
        world.air.uncouple(ada.nfc)
        world.run(2)
        ada.press(LONG_PRESS_MS)
        seen = ada.console.text.count('looking for another pin')
        assert world.run_until(lambda seen=seen: ada.console.text.count('looking for another pin') > seen, 2)
        phone.hold()
        phone.leave()
        world.run(3)
    assert 'too many lately' not in ada.console


def test_a_felica_reader_that_holds_on_is_served_and_left(world, ada, phone):
    world.air.couple(ada.nfc, phone.chip)
    found = phone.host.command(0x4A, b'\x01\x01\x00\xff\xff\x01\x00')
    assert found[:1] == b'\x01' and found[-2:] == b'\x12\xfc'
    idm = found[4:12]
    through = [b'\x10\x06' + idm + bytes.fromhex(FELICA_CHECK) + bytes([0x80, block]) for block in (0, 1)]
    answers = [phone.host.command(0x42, frame) for frame in through]
    assert [answer[11:13] for answer in answers] == [b'\x00\x00'] * 2
    damaged = world.air.corrupt(lambda frame: frame.sender is phone.chip)
    assert phone.host.command(0x42, through[0]) == b'\x01'
    damaged.cancel()
    assert phone.host.command(0x42, through[0]) == answers[0]
    assert phone.host.command(0x42, b'\x06\x00\x12\xfc\x00\x00')[1:3] == b'\x12\x01'       # polled again
    world.run(READING_MS / 1000 + 1)
    assert ada.nfc.target.state == 'armed'
    phone.leave()
    assert reads(ada) == 1


def test_readers_leave_the_heap_as_it_was(world, ada, phone):
    def live():
        ada.measure_heap()
        world.run(0.1)
        return ada.heap_live
    world.run(SETTLED_S)
    before = live()
    for _ in range(5):
        phone.hold()
        phone.message()
        phone.leave()
        world.run(6)
    assert reads(ada) == 5
    assert live() - before < LEFT_BEHIND
