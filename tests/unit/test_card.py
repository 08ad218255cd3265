"""The wearer's card and identity: what a card may hold, what travels, what a reboot finds."""
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import vcard
from firmware.social import card as card_module
from firmware.social.card import FIELDS, MAX_STRIP, Card, CardError, Wearer, from_bytes
from firmware.social.name_strip import StripError, pixels
from firmware.system.journal import Journal
from firmware.system.log import Log
from firmware.system.storage import StorageError
from tests.simulator.memory_storage import MemoryFiles, PowerCut


def strip_of(width, height, rows=None):
    """A name strip as the companion makes it, of `rows` or of a picture that deflates well."""
    deflate = zlib.compressobj(9, zlib.DEFLATED, -9)
    rows = bytes(at % 7 for at in range((width + 3) // 4 * height)) if rows is None else rows
    return b'CPN1' + bytes((width, height)) + deflate.compress(rows) + deflate.flush()


TEXT = st.text(st.characters(exclude_categories=('Cc', 'Cs')), max_size=30)
CARDS = st.builds(
    Card, TEXT.filter(str.strip), TEXT, TEXT, st.sampled_from(['', '+49 (30) 123-456', '110']),
    st.sampled_from(['', 'ada@example.com', 'ü@example.org']), st.sampled_from(['', 'example.com', 'http://example.com/a']),
    st.lists(st.tuples(st.sampled_from(['mastodon', 'skype', 'a:b;c']), TEXT.filter(str.strip)), max_size=3),
    st.sets(st.sampled_from(FIELDS)), st.sampled_from([b'', strip_of(40, 20), strip_of(216, 64)]))


def values(card):
    return vars(card)


@settings(max_examples=100)
@given(CARDS)
def test_stored_and_read_back(card):
    assert values(from_bytes(card.to_bytes())) == values(card)


@settings(max_examples=100)
@given(CARDS)
def test_only_public_fields_travel(card):
    contact = vcard.decode(card.to_vcard())
    assert contact['fn'] == card.name
    for field, key in (('title', 'title'), ('organisation', 'org'), ('phone', 'tel'), ('email', 'email'), ('web', 'url'),
                       ('handles', 'social')):
        value = getattr(card, field)
        shown = contact.get(key)
        if field not in card.public or not value:
            assert shown is None
        elif field == 'handles':
            assert shown == list(value)
        else:
            assert shown in (value, [value])


def test_a_web_address_gets_its_scheme():
    assert Card('Ada', web='example.com/ada').web == 'https://example.com/ada'
    assert Card('Ada', web='http://example.com').web == 'http://example.com'


def test_complete():
    whole = {'title': 'a', 'organisation': 'b', 'phone': '1', 'email': 'a@b.c', 'web': 'b.c', 'handles': [('x', 'y')]}
    assert Card('Ada', **whole).complete
    for field in whole:
        assert not Card('Ada', **{key: value for key, value in whole.items() if key != field}).complete


@pytest.mark.parametrize(('fields', 'sentence'), [
    ({'name': ' '}, 'needs a name'),
    ({'name': 'x' * 61}, 'The name has 61 characters; at most 60'),
    ({'name': 'a\x00b'}, 'The name holds a control character'),
    ({'title': 'x' * 81}, 'The title has 81'),
    ({'organisation': 'a\nb'}, 'The organisation holds a control'),
    ({'phone': 'call me'}, 'phone number'),
    ({'phone': '+-'}, 'phone number'),
    ({'email': 'ada'}, 'email address'),
    ({'email': '@example.com'}, 'email address'),
    ({'email': 'a b@example.com'}, 'email address'),
    ({'web': 'nowhere'}, 'web address'),
    ({'web': 'exa mple.com'}, 'web address'),
    ({'handles': [('x', 'y')] * 9}, 'at most 8 handles'),
    ({'handles': [('', 'y')]}, 'handle needs a service'),
    ({'handles': [('x', 'y' * 121)]}, 'The handle has 121'),
    ({'public': ('name', 'shoe size')}, 'no field called shoe size'),
    ({'strip': bytes(MAX_STRIP + 1)}, 'picture of the name has 2049 bytes; at most 2048'),
    ({'strip': b'PNG'}, 'not in a format'),
    ({'strip': b'CPN1\x04\x04'}, 'not in a format'),
    ({'strip': strip_of(216, 65)}, '216 x 65 pixels; at most 216 x 64'),
    ({'strip': strip_of(0, 8, b'')}, '0 x 8 pixels'),
    ({'strip': strip_of(40, 20)[:-2]}, 'name is damaged'),
    ({'strip': strip_of(40, 20, bytes(199))}, 'name is damaged'),
    ({'strip': strip_of(40, 20, bytes(201))}, 'name is damaged'),
    ({'strip': strip_of(40, 20, bytes(1 << 20))}, 'name is damaged'),               # a bomb
    ({'handles': [('a"b', 'y')]}, 'without quotation marks'),
    ({'email': 'a@b@c'}, 'email address'),
    ({'name': 'A\ud800'}, 'not UTF-8'),
    ({'handles': [('x', '😀' * 100)] * 4}, 'Shorten something'),
])
def test_refusals_are_sentences(fields, sentence):
    with pytest.raises(CardError, match=sentence):
        Card(**{'name': 'Ada', **fields})


@settings(max_examples=100)
@given(st.binary(max_size=80))
def test_rubbish_is_no_card(data):
    with pytest.raises(CardError):
        from_bytes(data)


@settings(max_examples=100)
@given(CARDS, st.data())
def test_mutated_bytes_are_a_card_or_refused(card, data):
    mutated = bytearray(card.to_bytes())
    mutated[data.draw(st.integers(0, len(mutated) - 1))] ^= data.draw(st.integers(1, 255))
    try:
        assert from_bytes(bytes(mutated)).to_vcard()
    except CardError as error:
        assert str(error)


def opened(files, log=None, random_bytes=lambda n: b'r' * n):
    files.power_on()
    log = log or Log(str)
    return Wearer(Journal(files.storage(), 'card', 1, log), log, random_bytes)


def test_identity_is_made_once_and_renewed_by_a_factory_reset():
    files = MemoryFiles()
    wearer = opened(files)
    assert (wearer.device_id, wearer.secret, wearer.card) == (b'r' * 16, b'r' * 32, None)
    wearer.save(Card('Ada'))
    assert opened(files, random_bytes=None).device_id == b'r' * 16
    wearer = opened(files, random_bytes=lambda n: b's' * n)
    wearer.reset()
    for pin in (wearer, opened(files)):
        assert (pin.device_id, pin.card) == (b's' * 16, None)


def test_cards_survive_and_old_ones_are_thrown_out():
    files = MemoryFiles()
    wearer = opened(files)
    for number in range(50):
        wearer.save(Card(f'Ada {number}', strip=strip_of(9, 9)))
    assert values(opened(files).card) == values(Card('Ada 49', strip=strip_of(9, 9)))
    assert opened(files)._journal.count <= 17
    wearer.save(None)
    assert opened(files).card is None


@pytest.mark.parametrize('torn', [False, True])
def test_power_cut_at_every_step_leaves_a_whole_card(torn):
    steps = 0
    while True:
        files, names = MemoryFiles(torn), [None]
        files.cut_after(steps)
        try:
            wearer = opened_without_power(files)
            for number in range(20):
                names = [names[-1], f'Ada {number}']
                wearer.save(Card(names[-1]))
            break
        except PowerCut:
            wearer = opened(files)
            assert (wearer.card and wearer.card.name) in names
            assert len(wearer.device_id) == 16
        steps += 17 if torn else 1
    assert steps > 20


def opened_without_power(files):
    """As `opened`, with the cut that is set still to come."""
    log = Log(str)
    return Wearer(Journal(files.storage(), 'card', 1, log), log, lambda n: b'r' * n)


def test_full_flash_keeps_the_old_card():
    files = MemoryFiles()
    wearer = opened(files)
    wearer.save(Card('Ada'))
    files.fail_with = 28
    with pytest.raises(StorageError, match='full'):
        wearer.save(Card('Bob'))
    assert wearer.card.name == 'Ada'


def test_a_card_that_cannot_be_read_is_reported_and_the_one_before_counts():
    files, log = MemoryFiles(), Log(str)
    wearer = opened(files)
    wearer.save(Card('Ada'))
    wearer._journal.append(card_module._CARD, b'\x00\x02{}')
    assert opened(files, log).card.name == 'Ada'
    assert 'cannot be read' in log.lines()[0]


@given(st.binary(max_size=60))
def test_a_strip_of_anything_is_a_picture_or_refused(data):
    for strip in (data, b'CPN1\x08\x04' + data):
        try:
            assert len(pixels(strip)[2]) == (strip[4] + 3) // 4 * strip[5]
        except StripError as error:
            assert str(error).endswith('.')
    assert pixels(strip_of(5, 2, b'\x1b\xc0\xff\x00')) == (5, 2, b'\x1b\xc0\xff\x00')
