"""The pin as a tag: what it shows, to whom, and the count of reads; without a chip."""
import asyncio

import ndef
import pytest

import ndef_message
from firmware.social.burst_budget import CAPACITY, BurstBudget
from firmware.social.card import Card
from firmware.social.tag import SCHEMA, Tag
from firmware.social.tag_session import COMPANION, MOST_COMMANDS, content, personality, serve
from firmware.system.journal import Journal
from firmware.system.log import Log
from firmware.system.storage import ENOSPC
from pn532 import Activation, LinkLost
from tests.simulator.host import Host
from tests.simulator.memory_storage import MemoryFiles
from type4tag import Type4Tag

APPLICATION, NDEF_FILE, NLEN, MESSAGE = (bytes.fromhex(command) for command in (
    '00a4040007d276000085010100', '00a4000c02e104', '00b0000002', '00b0000200'))
READ_THROUGH = (APPLICATION, NDEF_FILE, NLEN, MESSAGE)
PAUSE_S = 10


def show(**fields):
    """(address, vCard) as ndeflib finds them in the message of a card."""
    uri, card = ndef.message_decoder(content(Card('Ada', **fields)))
    assert (uri.type, card.type) == ('urn:nfc:wkt:U', 'text/vcard')
    return uri.iri, bytes(card.data)


@pytest.mark.parametrize('web, address', [
    ('example.org', 'https://example.org'), ('https://example.org/a?b=c', 'https://example.org/a?b=c'),
    ('http://example.org', 'http://example.org'), ('HTTPS://Example.org', 'https://Example.org'),
    ('https://www.example.org', 'https://www.example.org'), ('https://例え.テスト', 'https://例え.テスト'),
    ('ftp://example.org', COMPANION), ('', COMPANION)])
def test_the_address_comes_first_and_is_one_for_a_browser(web, address):
    assert show(web=web)[0] == address


def test_private_fields_are_not_shown():
    address, vcard = show(web='https://example.org', email='a@example.org', title='Analyst', public=('title',))
    assert address == COMPANION
    assert vcard == Card('Ada', title='Analyst').to_vcard()


def test_without_a_card_there_is_nothing_to_read():
    assert content(None) == b''


def test_https_takes_one_byte():
    record = ndef_message.decode(content(Card('Ada', web='https://example.com/u/ada')))[0]
    assert record.payload == b'\x04example.com/u/ada'


@pytest.mark.parametrize('answer, kind', [
    ('08e080', 'Type4Tag'), ('12 10 06 02fec0c1c2c3c4c5 01 0b00 01 8000', 'Type3Tag'),
    ('22 06 02fec0c1c2c3c4c5 01 0b00 01 8000', 'Type3Tag'),     # 424 kbit/s, no length byte
    ('12', 'Type3Tag'), ('003000', None), ('00e080', None), ('0830', None), ('260102', None), ('', None), ('00', None)])
def test_who_gets_which_tag(answer, kind):
    activation = Activation(bytes.fromhex(answer))
    found = personality(None, activation, None)
    assert (found and type(found[1]).__name__) == kind
    if kind == 'Type3Tag':
        assert (found[1].respond(activation.command) != b'') == (len(activation.command) > 10)


class Reader:
    """A link whose reader says `commands` and leaves; `lost_at`: the answer that no longer reaches it."""

    def __init__(self, commands, lost_at=None):
        self.commands, self.lost_at, self.sent = list(commands), lost_at, 0

    async def receive(self, timeout_ms):
        await asyncio.sleep(0)
        if not self.commands:
            raise LinkLost('The reader has gone.')
        return self.commands.pop(0)

    async def send(self, answer):
        if self.sent == self.lost_at:
            raise LinkLost('The reader has gone.')
        self.sent += 1


@pytest.mark.parametrize('commands, lost_at, read', [
    (READ_THROUGH, None, True), (READ_THROUGH, 3, False), (READ_THROUGH[:3], None, False), ((), None, False),
    ((NLEN,) * (MOST_COMMANDS - 3) + READ_THROUGH, None, False)])
def test_a_visit_reads_once_the_message_was_sent(commands, lost_at, read):
    reader = Reader(commands, lost_at)
    assert Host().run(serve(reader, Type4Tag(content(Card('Ada'))))) is read
    assert reader.sent <= MOST_COMMANDS


class Shelf:
    """A Tag whose visits are made up: `visit()` by a phone that reads, and then a pause."""

    def __init__(self):
        self.files, self.lines = MemoryFiles(), []
        self.restart()

    def restart(self):
        log = Log(write_line=self.lines.append)
        self.tag = Tag(None, Journal(self.files.storage(), 'reads', SCHEMA, log), log)

        async def visit(chip, activation):
            return activation
        self.tag._visit = visit

    async def visit(self, read=True, pause_s=PAUSE_S):
        await self.tag.serve(None, read)
        await asyncio.sleep(pause_s)


def test_reads_are_counted_once_a_phone_and_kept():
    shelf = Shelf()

    async def run():
        assert shelf.tag.reads() == 0
        for read, pause_s in ((True, 1), (True, 4), (True, PAUSE_S), (False, 1), (True, PAUSE_S)):
            await shelf.visit(read, pause_s)
        assert shelf.tag.reads() == 2
        shelf.restart()
        assert shelf.tag.reads() == 2
        for _ in range(60):
            await shelf.visit()
        assert shelf.tag.reads() == 62
        shelf.restart()
        assert shelf.tag.reads() == 62
    Host().run(run())
    assert sum(len(data) for data in shelf.files.files.values()) < 2048


def test_a_full_flash_costs_a_count_and_a_line():
    shelf = Shelf()

    async def run():
        await shelf.visit()
        shelf.files.fail_with = ENOSPC
        await shelf.visit()
        assert shelf.tag.reads() == 1
        shelf.files.fail_with = None
        await shelf.visit()
        assert shelf.tag.reads() == 2
    Host().run(run())
    assert [line for line in shelf.lines if 'A read of the card was not counted.' in line]


def test_a_burst_that_brought_a_phone_costs_no_token_and_no_back_off():
    budget = BurstBudget(0)
    for _ in range(3 * CAPACITY):
        assert budget.take(0)
        budget.ended(0, met=False, by_phone=True)
    for _ in range(CAPACITY):
        assert budget.take(0, deliberate=True)
        budget.ended(0, met=True, by_phone=True)                # a pin came as well
    assert not budget.take(0, deliberate=True)
