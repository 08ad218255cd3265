"""The command line companion: what is typed, what the pin is asked, what is said, what is written to a file."""
import asyncio
import contextlib
import json
import types

import pytest

from assets.companion.cli import files, radio, words
from assets.companion.cli.__main__ import run
from assets.companion.cli.client import Client, RequestError
from assets.companion.cli.description import Wrong
from firmware.social.card import Card
from firmware.social.friend import Figures, Friend
from tests.unit.rigs.friends import device, table, vcards
from tests.unit.rigs.served import TODAY, Served
from tests.unit.test_card import strip_of


class Near:
    """A Radio with `served` in reach, which answers at once; `gone_after`: so many requests, then the link is lost."""

    def __init__(self, served, gone_after=99, cut=7):
        self.served, self.left, self.cut = served, gone_after, cut

    async def pins(self):
        return [(types.SimpleNamespace(address='AA:BB'), 'Pin 4F2A', -60)]

    @contextlib.asynccontextmanager
    async def link(self, wanted, pair=False):
        client = Client(self._write)
        self.client = client
        yield types.SimpleNamespace(name='Pin 4F2A', client=client, info={'firmware': '0.1.0'}, unpair=self._unpair)

    async def _unpair(self):
        return False

    async def _write(self, data):
        """The pin's lines come in pieces, an event among them."""
        if not self.left:
            self.client.lost()
            return
        self.left -= 1
        assert data.endswith(b'\n')
        await self.served.answer(data[:-1])
        lines = [{'event': 'steps', 'today': 1}, *self.served.sent]
        answer = b''.join(json.dumps(line).encode() + b'\n' for line in lines)
        for at in range(0, len(answer), self.cut):
            self.client.received(answer[at:at + self.cut])


class Cli:
    """A terminal: `type` returns (exit code, lines of stdout, lines of stderr)."""

    def __init__(self, **facts):
        self.served = Served(friends=3, **facts)
        self.radio = Near(self.served)

    def type(self, *argv):
        said, complained = [], []
        code = self.served.host.run(run(argv, self.radio, said.append, complained.append))
        return code, said, complained

    def says(self, *argv):
        code, said, complained = self.type(*argv)
        assert (code, complained) == (0, [])
        return said

    def refuses(self, *argv):
        code, said, complained = self.type(*argv)
        assert code == 1 and said == [] and len(complained) == 1
        return complained[0]


@pytest.fixture
def cli():
    return Cli()


def test_a_card_is_set_and_shown(cli, tmp_path):
    assert cli.says('card') == ['There is no card on the pin yet.']
    strip = tmp_path / 'ada.cpn1'
    strip.write_bytes(strip_of(40, 20))
    said = cli.says('card', '--name', 'Ada 愛', '--email', 'ada@example.com', '--handle', 'mastodon=@ada=1',
                    '--public', 'name', 'handles', '--strip', str(strip))
    assert said == ['name                 Ada 愛', 'email                ada@example.com  (private)',
                    'mastodon             @ada=1', f'picture of the name  {strip.stat().st_size} bytes']
    assert cli.served.facts.wearer.card.strip == strip.read_bytes()
    said = cli.says('--json', 'card', '--no-handles', '--strip', '')
    assert json.loads(said[0])['card']['handles'] == [] and cli.served.facts.wearer.card.strip == b''


@pytest.mark.parametrize('argv, words', [
    ((), 'required: COMMAND'), (('dance',), "invalid choice: 'dance'"),
    (('card', '--name', 'Ada', '--email', 'x'), 'not like name@example.com'),
    (('card', '--handle', 'x'), 'x is not like name=value'), (('card', '--strip', 'no such file'), 'could not be read'),
    (('card', '--title', 'x' * 81), 'at most 80'), (('card', '--title', 'x' * 5000), 'more than the pin takes at once'),
    (('settings', 'bright=3'), 'There is no setting called bright'), (('settings', 'flip=maybe'), 'must be yes or no'),
    (('settings', 'brightness=3'), 'Brightness must be from 5 to 100.'),
    (('settings', 'brightness=x'), 'must be a whole number'),
    (('settings', 'distance=ft'), 'must be one of km, mi'), (('designs', 'chess'), 'There is no design called chess.'),
    (('designs', 'judo'), 'not yours yet'), (('export', '.'), 'is a folder'),
    (('export', 'no/such/folder.vcf'), 'There is no folder'), (('time', 'back'), 'invalid choice')])
def test_wrong_input_is_a_sentence_and_no_success(cli, argv, words):
    before = dict(cli.served.files.files)
    assert words in cli.refuses(*argv)
    assert cli.served.files.files == before


def test_friends_are_listed_and_searched(cli):
    card = Card('Zoë Ångström', 'Fotografin', 'Büro', handles=[('mastodon', '@zoe')])
    friend = Friend(device(9), card.name, card.to_vcard(), Figures(12345, 2, 51, 1), b'session1', TODAY)
    cli.served.facts.book.befriend(friend)
    cli.served.facts.book.note(device(9), 'tall')
    cli.served.facts.book.block(device(9))
    assert cli.says('friends', 'ångström', '@ZOE') == [
        'Zoë Ångström  Fotografin, Büro  met 2026-11-20  12,345 steps  51 friends, bronze  blocked  tall', '1 of 4 friends']
    assert cli.says('friends')[-1] == '4 of 4 friends'
    assert cli.says('friends', 'nobody') == ['0 of 4 friends']
    assert [entry['name'] for entry in json.loads(cli.says('--json', 'friends', 'friend')[0])] == [
        'Friend 0', 'Friend 1', 'Friend 2']


def test_an_export_is_the_book_and_overwrites_nothing_unasked(cli, tmp_path):
    book = cli.served.facts.book
    for name, whole in (('all.vcf', vcards), ('all.CSV', table)):
        path = tmp_path / name
        assert cli.says('export', str(path)) == [f'{path}: {path.stat().st_size:,} bytes']
        assert path.read_bytes() == whole(book)
    path.write_text('mine')
    assert 'add --overwrite' in cli.refuses('export', str(path)) and path.read_text() == 'mine'
    cli.radio.left = 0
    assert 'lost' in cli.refuses('export', str(path), '--overwrite') and path.read_text() == 'mine'
    cli.radio.left = 99
    cli.says('export', str(path), '--overwrite', '--format', 'vcard')
    assert path.read_bytes() == vcards(book)
    assert sorted(found.name for found in tmp_path.iterdir()) == ['all.CSV', 'all.vcf']


def test_a_file_that_appears_meanwhile_is_spared_and_no_draft_is_left(tmp_path, monkeypatch):
    path = tmp_path / 'all.vcf'
    monkeypatch.setattr(files, 'check_free', lambda *_: path.write_text('mine'))
    with pytest.raises(Wrong, match='could not be written'):
        files.write(path, b'theirs', overwrite=False)
    assert path.read_text() == 'mine' and list(tmp_path.iterdir()) == [path]


def test_the_rest_of_what_can_be_asked(cli):
    cli.served.facts.rewards.update(10, {})
    assert cli.says('steps')[0] == '4,321 of 8,000 steps today, 3.0 km'
    assert cli.says('steps')[1].startswith('2026-11-20    4,321  ████')
    assert cli.says('boards')[:3] == ['Steps', '1.  You       4,321', '2.  Friend 0  1,000  today']
    assert cli.says('designs', 'Archery') == ['  plain', '  aquatics', '* archery', '12 friends to the next design.']
    assert 'brightness' in cli.says('settings')[0]
    assert cli.says('settings', 'brightness=40', 'flip=yes', 'distance=mi')[0].split()[:2] == ['brightness', '40']
    assert cli.served.facts.settings.get('flip') is True and cli.served.facts.settings.get('distance') == 'mi'
    assert cli.says('time') == ['2026-11-20 12:00:00 +0000']
    assert cli.says('battery') == ['not known yet']
    cli.served.log.warning('test', 'something')
    assert cli.says('log')[-1].endswith('W test: something') and cli.says('log', '--kept')[-1].endswith('something')
    assert 'Walk 10,000 steps in a day' in cli.says('errands')[0]
    assert cli.says('find') == ['Pin 4F2A lights its screen.']
    assert cli.says('forget')[0].startswith('Pin 4F2A has forgotten this computer.') and cli.served.forgotten == 1
    assert cli.says('pins') == ['Pin 4F2A  AA:BB  -60 dBm']


def test_binding_sets_the_clock(cli):
    assert cli.says('bind')[-1] == 'Pin 4F2A is bound to this computer, and has its time. Firmware 0.1.0.'
    assert cli.served.rtc.now[0] >= 2025 and ('time', None) not in cli.served.heard
    assert 'time' in [topic for topic, _ in cli.served.heard]


def test_the_pin_is_chosen_by_name_and_never_guessed():
    class Found(radio.Radio):
        async def pins(self, wanted=''):
            return [(types.SimpleNamespace(address=address), name, 0) for address, name in names]

    def choose(wanted):
        return asyncio.run(Found().choose(wanted))[1]
    names = [('AA:BB', 'Pin 4F2A'), ('CC:DD', 'Pin 0001')]
    assert [choose(wanted) for wanted in ('4f2a', 'pin 0001', 'cc:dd')] == ['Pin 4F2A', 'Pin 0001', 'Pin 0001']
    for wanted, sentence in (('', 'Several pins are in reach: Pin 4F2A, Pin 0001'), ('2A', 'No pin called 2A')):
        with pytest.raises(Wrong, match=sentence):
            choose(wanted)
    names = []
    with pytest.raises(Wrong, match='No pin is in reach'):
        choose('')


def test_a_pin_that_says_nothing_or_rubbish_ends_in_a_sentence(cli):
    async def silence():
        async def swallow(data):
            client.received(b'rubbish\n{"id":99,"ok":{}}\n[1]\n' + b'x' * 9000)
        client = Client(swallow)
        await client.ask('battery')
    with pytest.raises(Wrong, match='did not answer within 30 seconds'):
        cli.served.host.run(silence())


def test_a_pin_without_memory_is_asked_again(cli):
    asked = []

    async def answer(data):
        asked.append(json.loads(data)['id'])
        line = {'id': asked[-1], **({'ok': {'n': 1}} if len(asked) == 3 else {'code': 'no_memory', 'error': 'None left.'})}
        client.received(json.dumps(line).encode() + b'\n')
    client = None

    async def ask():
        nonlocal client
        client = Client(answer)
        return await client.ask('battery')
    assert cli.served.host.run(ask()) == ({'n': 1}, []) and asked == [1, 2, 3]
    with pytest.raises(RequestError, match='None left.'):
        cli.served.host.run(ask())


def test_days_and_hours_in_words():
    history = {'day': 0, 'steps': [0, 0, 5], 'goal': 8000, 'total': 5, 'best': 5}
    today = {'steps': 5, 'goal': 8000, 'distance': '', 'counting': False}
    assert words.steps(today, history)[:3] == ['5 of 8,000 steps today', 'The step counter is off.', '0 days ago        5  ']
    assert words.board('friends', [[None, 'Jo', 5, None, None], [1, 'Al', 6, 0, 3], [2, 'Bo', 4, 2, None]]) == [
        'Friends', '    Jo  5  on an unknown day', '1.  Al  6  3 h ago', '2.  Bo  4  2 days ago']
    assert words.moment(None, 0) == 'The pin does not know the time.' and words.date(0) == 'an unknown day'
