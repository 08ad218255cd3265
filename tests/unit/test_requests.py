"""What a phone may ask: firmware/companion/requests on real services over files in memory."""
import base64
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.companion.requests import rows
from firmware.social.card import Card
from firmware.social.friend import Figures, Friend, squeeze
from firmware.system.storage import StorageError
from tests.unit.rigs.friends import device, finish, friend, table, vcards
from tests.unit.rigs.served import TODAY, Served
from tests.unit.test_card import CARDS, strip_of

ID = device(0).hex()


@pytest.fixture
def pin():
    return Served(friends=3)


# -- lines

@pytest.mark.parametrize('line, code, words', [
    (b'{"id":1,"do":"settings","act":"set","values":{"flip":true', 'not_json', 'no whole'),
    (b'{"id":1,"do":"battery"}}', 'not_json', 'no whole'),
    (b'{"id":1,"do":"battery"', 'not_json', 'no whole'),
    (b'{"id":1,"do":"batt', 'not_json', 'no whole'),
    (b'{"id":1,"do":"batt\\', 'not_json', 'no whole'),
    (b'[1]', 'not_json', 'no whole'),
    (b'', 'not_json', 'no whole'),
    (b'\xff\xfe', 'not_json', 'no whole'),
    (b'{"id":1,"do":"\xed\xa0\x80"}', 'not_json', 'no whole'),
    (b'{"id":true,"do":"battery"}', 'not_json', 'whole number'),
    (b'{"id":1e3,"do":"battery"}', 'not_json', 'whole number'),
    (b'{"do":"battery"}', 'not_json', 'whole number'),
    (b'[' * 500, 'too_deep', 'deeper than 4'),
    (b'{"id":1,"do":"profile","handles":[[[[1]]]]}', 'too_deep', 'deeper than 4'),
    (b' ' * 4097, 'too_long', '4097 bytes'),
    (b'{"id":1,"do":[' + b'"",' * 400 + b'""]}', 'too_long', '600 bytes outside of texts'),
    (b'{"id":1}', 'unknown_request', 'None'),
    (b'{"id":1,"do":["battery"]}', 'unknown_request', "['battery']"),
    (b'{"id":1,"do":"serving"}', 'unknown_request', 'serving'),
    (b'{"id":1,"do":"battery","act":"eat"}', 'unknown_act', 'eat'),
    (b'{"id":1,"do":"battery","volts":1}', 'unknown_field', 'volts'),
    (b'{"id":1,"do":"designs","act":"choose"}', 'missing_field', 'design'),
    (b'{"id":1,"do":"designs","act":"choose","design":"1"}', 'bad_value', 'design must be a whole number'),
    (b'{"id":1,"do":"designs","act":"choose","design":true}', 'bad_value', 'design must be a whole number'),
    (b'{"id":1,"do":"designs","act":"choose","design":33}', 'bad_value', 'design must be from -1 to 32'),
    (b'{"id":1,"do":"friends","act":"get","friend":"AB"}', 'bad_value', '32 hexadecimal digits'),
    (b'{"id":1,"do":"friends","act":"export","format":"xml"}', 'bad_value', 'format must be one of vcard, csv'),
    (b'{"id":1,"do":"profile","act":"set","strip":"a*b="}', 'bad_value', 'strip must be base64'),
    (b'{"id":1,"do":"profile","act":"set","name":"a\\u0000b"}', 'bad_value', 'control character'),
    (b'{"id":1,"do":"profile","act":"set","name":null}', 'bad_value', 'name must be a text'),
])
def test_a_line_that_is_refused_says_why_and_changes_nothing(pin, line, code, words):
    before = dict(pin.files.files)
    answer, = pin.serve(line)
    assert answer['code'] == code and words in answer['error']
    assert answer['id'] == (None if code in ('not_json', 'too_deep', 'too_long') else 1)
    assert pin.files.files == before
    assert not any(' E ' in line for line in pin.log.lines())


def test_brackets_in_texts_nest_nothing(pin):
    _, ok = pin.ask('profile', 'set', name='[[[[[["{{', title='a\\"[[[[[[\\')
    assert ok['card']['name'] == '[[[[[["{{' and ok['card']['title'] == 'a\\"[[[[[[\\'


JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
                    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
                    max_leaves=6)
WORDS = st.sampled_from('profile designs friends settings get set page choose note values name strip handles public n cursor '
                        'friend text utc zone'.split())


@settings(max_examples=60)
@given(st.one_of(st.binary(max_size=40), st.builds(lambda value: json.dumps(value).encode(), JSON), st.builds(
    lambda do, act, more: json.dumps({'id': 1, 'do': do, 'act': act, **more}).encode(), WORDS, WORDS,
    st.dictionaries(WORDS, JSON, max_size=3))))
def test_no_line_stops_the_pin(line):
    pin = HOSTILE
    *_, last = pin.serve(line)
    assert ('ok' in last) != ('code' in last)
    assert last.get('code') != 'failed'


HOSTILE = Served(friends=2)


def test_a_crash_is_told_and_logged(pin):
    pin.facts.battery = None
    assert pin.ask('battery') == ('failed', 'The pin could not do it; its log says why.')
    assert 'AttributeError' in pin.log.lines()[-1]

    async def gone(line):
        raise OSError(107)
    with pytest.raises(OSError):
        pin.host.run(pin.requests.answer(b'{"id":1,"do":"log"}', gone, pin))


@pytest.mark.parametrize('lacks, heard, last', [(1, 1, 'ok'), (2, 1, 'no_memory')])
def test_a_pin_without_memory_makes_room_and_tries_again(pin, lacks, heard, last):
    battery = pin.facts.battery

    class Facts:
        @property
        def battery(self):
            nonlocal lacks
            lacks -= 1
            if lacks >= 0:
                raise MemoryError
            return battery
    pin.facts = Facts()
    answer, = pin.serve(b'{"id":7,"do":"battery"}')
    assert answer['id'] == 7 and last in (*answer, answer.get('code'))
    assert pin.heard == [('room', None)] * heard


# -- the card

def test_a_card_is_made_changed_and_read(pin):
    assert pin.ask('profile') == ([], {'card': None, 'strip': 0})
    assert pin.ask('profile', 'set', title='Analyst')[1] == 'A card needs a name.'
    strip = strip_of(40, 20)
    pin.ask('profile', 'set', name=' 愛田 🚀 ', web='example.com', handles=[['mastodon', '@ada@example.com']],
            strip=base64.b64encode(strip).decode())
    _, ok = pin.ask('profile', 'set', title='Analyst', public=['name', 'title'])
    assert ok == {'strip': len(strip), 'card': {
        'name': '愛田 🚀', 'title': 'Analyst', 'organisation': '', 'phone': '', 'email': '', 'web': 'https://example.com',
        'handles': [['mastodon', '@ada@example.com']], 'public': ['name', 'title']}}
    assert pin.heard == [('card', None)] * 2
    assert base64.b64decode(pin.ask('profile', 'strip')[1]['strip']) == strip
    again = Served(files=pin.files)
    assert again.ask('profile') == ([], ok) and again.facts.wearer.card.strip == strip


def test_a_new_name_takes_the_picture_of_the_old_one_away(pin):
    pin.ask('profile', 'set', name='Ada', strip=base64.b64encode(strip_of(40, 20)).decode())
    assert pin.ask('profile', 'set', name='Ada', title='x')[1]['strip'] > 0
    assert pin.ask('profile', 'set', name='Ben')[1]['strip'] == 0


@pytest.mark.parametrize('fields, words', [
    ({'email': 'nobody'}, 'not like name@example.com'), ({'handles': [['a', 'b', 'c']]}, 'pair of texts'),
    ({'handles': [['a', 1]]}, 'pair of texts'), ({'handles': ['ab']}, 'pair of texts'),
    ({'handles': [['', 'b']]}, 'A handle needs'),
    ({'public': ['secret']}, 'names of the card'), ({'public': [[]]}, 'names of the card'),
    ({'strip': base64.b64encode(b'CPN1 rubbish').decode()}, 'picture of the name'), ({'name': ' '}, 'needs a name'),
    ({'handles': [[str(at), '🚀' * 106] for at in range(8)], 'public': ['name']}, 'too long'),
])
def test_a_card_that_cannot_be_is_refused_and_the_old_one_stays(pin, fields, words):
    _, before = pin.ask('profile', 'set', name='Ada')
    code, sentence = pin.ask('profile', 'set', **fields)
    assert code == 'bad_value' and words in sentence
    assert pin.ask('profile') == ([], before)


def test_what_the_flash_refuses_is_not_told_as_done(pin):
    pin.ask('profile', 'set', name='Ada')
    pin.heard.clear()
    pin.files.fail_with = 28
    for request in (('profile', 'set', {'name': 'Ben'}), ('settings', 'set', {'values': {'flip': True}}),
                    ('friends', 'note', {'friend': ID, 'text': 'x'}), ('friends', 'delete', {'friend': ID})):
        assert pin.ask(request[0], request[1], **request[2])[0] == 'storage'
    assert pin.heard == []
    pin.files.fail_with = None
    assert pin.ask('profile')[1]['card']['name'] == 'Ada'
    assert pin.facts.book.count == 3 and not pin.facts.settings.get('flip')


# -- friends

def sync(pin, cursor='', n=2, meanwhile=str):
    """(friends by id as a phone has them in the end, the last answer, pages); `meanwhile` is called between pages."""
    known, pages = {}, 0
    while True:
        parts, ok = pin.ask('friends', 'page', cursor=cursor, n=n)
        if ok['fresh']:
            known = {}
        known.update((row['id'], row) for part in parts for row in part)
        cursor, pages = ok['cursor'], pages + 1
        if not ok['more']:
            return known, ok, pages
        meanwhile()


def test_a_friend_as_it_is_told(pin):
    card = Card('Zoë "Zed"', 'Fotografin', 'Büro', '+47 22', 'zoe@example.com', 'https://example.com', [('chat', 'zoe')])
    one = Friend(device(9), card.name, card.to_vcard(), Figures(12345, 2, 51, 1), b'session1', TODAY, strip=b'12345', hour=13)
    one.note = 'tall'
    pin.facts.book.befriend(one)
    parts, ok = pin.ask('friends', 'get', friend=device(9).hex())
    assert parts == [] and ok == {'blocked': False, 'friend': {
        'id': device(9).hex(), 'name': 'Zoë "Zed"', 'title': 'Fotografin', 'organisation': 'Büro', 'phone': ['+47 22'],
        'email': ['zoe@example.com'], 'web': ['https://example.com'], 'handles': [['chat', 'zoe']], 'note': 'tall', 'strip': 5,
        'met': [TODAY, TODAY, 1, 13], 'told': [12345, 2, 51, 1]}}
    assert pin.ask('friends', 'strip', friend=device(9).hex())[1] == {'strip': 'MTIzNDU='}
    assert pin.event('friend', device(9)) == {'event': 'friend', 'friend': ok['friend'], 'count': 4}
    assert pin.ask('friends', 'get', friend=device(1).hex())[1]['friend'] == {
        'id': device(1).hex(), 'name': 'Friend 1', 'met': [TODAY, TODAY, 1, None], 'told': [1000, 1, 2, 0]}


FOREIGN = st.sampled_from([
    b'BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Jo\r\nORG:Acme;Dept\r\nEND:VCARD\r\n', b'rubbish', b'',
    b'BEGIN:VCARD\r\nVERSION:3.0\r\nN:Jo;;;;\r\nFN:Jo\r\nTITLE:a;b\r\nORG:Acme;Dept\r\nEND:VCARD\r\n',
    b'BEGIN:VCARD\r\nVERSION:3.0\r\nN:;Jo;;;\r\nFN:Jo\r\nTITLE:a\r\nTITLE:b\r\nTEL;TYPE=CELL:tel:12\r\nEND:VCARD\r\n',
    b'BEGIN:VCARD\r\nVERSION:3.0\r\nN:;Jo;;;\r\nFN:Jo\r\nURL:http://a.b\r\nX-SOCIALPROFILE;TYPE=a;x=y:z\r\nEND:VCARD\r\n'])


@settings(max_examples=80)
@given(st.one_of(FOREIGN, CARDS.map(Card.to_vcard)), st.booleans(), st.sampled_from(['', 'tall 🚀']))
def test_a_record_is_told_as_the_friend_that_it_holds(vcard, newer, note):
    one = Friend(device(9), 'Jo', vcard, Figures(None, 2, 51, 1), b'session1', TODAY, strip=b'12345', hour=13)
    one.note = '' if newer else note
    full = one.pack()
    if newer:
        one.figures, one.hour, one.note, one.last_day, one.times_met = Figures(7, 1, 52, 2), None, note, TODAY + 3, 2
    row, size = rows.of_records(full, one.pack_newer(1) if newer else b'')
    assert json.dumps(row, sort_keys=True) == json.dumps(rows.of_friend(one), sort_keys=True)
    assert size >= 0.5 * len(json.dumps(row, ensure_ascii=False))


def test_our_own_cards_need_no_parser():
    card = Card('Maria Schneider', 'Photographer, free', 'Büro', '+34 600', 'm@example.com', 'https://example.com/' + 'm' * 90,
                [('mastodon', '@m'), ('chat', 'm')])
    assert rows.taken_apart(squeeze(card.to_vcard())) == {
        'title': 'Photographer, free', 'organisation': 'Büro', 'phone': ['+34 600'], 'email': ['m@example.com'],
        'web': ['https://example.com/' + 'm' * 90], 'handles': [['mastodon', '@m'], ['chat', 'm']]}
    assert rows.taken_apart(squeeze(Card('愛田').to_vcard())) == {}


def test_everybody_once_and_later_only_who_changed(pin):
    for number in range(3, 9):
        pin.facts.book.befriend(friend(number))
    known, ok, pages = sync(pin)
    assert list(known) == [device(number).hex() for number in range(9)] and pages == 5
    assert ok['count'] == 9 and ok['blocked'] == []
    assert sync(pin, ok['cursor'])[0] == {}
    pin.ask('friends', 'note', friend=device(4).hex(), text='tall')
    pin.ask('friends', 'block', friend=device(5).hex())
    pin.facts.book.befriend(friend(11))
    changed, ok, _ = sync(pin, ok['cursor'])
    assert list(changed) == [device(4).hex(), device(11).hex()] and changed[device(4).hex()]['note'] == 'tall'
    assert ok['blocked'] == [device(5).hex()] and not ok['fresh']


def test_who_comes_changes_or_goes_while_a_list_is_under_way_is_not_missed(pin):
    for number in range(3, 12):
        pin.facts.book.befriend(friend(number))
    happens = [lambda: pin.facts.book.forget(device(1)), lambda: pin.facts.book.note(device(0), 'early'),
               lambda: pin.facts.book.befriend(friend(20))]
    known, ok, _ = sync(pin, meanwhile=lambda: happens and happens.pop()())
    assert device(20).hex() in known
    later, ok, _ = sync(pin, ok['cursor'])
    assert later[device(0).hex()]['note'] == 'early'
    assert len({**known, **later}) > ok['count']            # by which a phone knows that somebody was forgotten
    assert len(sync(pin)[0]) == ok['count'] == 12


@pytest.mark.parametrize('during', ['page', 'pages'])
def test_a_list_begins_anew_when_the_book_is_compacted(pin, during):
    for number in range(3, 9):
        pin.facts.book.befriend(friend(number))
    book, done = pin.facts.book, []

    def compact():
        if not done:
            done.append(1)
            book.forget(device(0))
            book._known.waste = 1 << 30
            finish(book.keep())
    if during == 'page':
        stands = book.stands

        def standing(entry):
            if entry == 3:
                compact()
            return stands(entry)
        book.stands = standing
    known, ok, _ = sync(pin, meanwhile=compact if during == 'pages' else str)
    assert done and list(known) == [device(number).hex() for number in range(1, 9)]
    assert not sync(pin, ok['cursor'])[0]
    assert sync(pin, '1-2')[0] == known


def test_a_cursor_that_is_none_is_refused(pin):
    for cursor in ('x', '1-2-3', '1--3', '-', '1-2-3-x'):
        assert pin.ask('friends', cursor=cursor)[0] == 'bad_value'
    assert pin.ask('friends', cursor=f'{pin.facts.book.journal.position[0]}-0-999999-0')[1]['more'] is False


def test_one_who_cannot_be_read_costs_nobody_else():
    pin = Served(friends=5)
    path, = (name for name, data in pin.files.files.items() if device(2) in data)
    pin.files.files[path] = bytes(pin.files.files[path]).replace(b'Friend 2', b'Fiend 22')
    assert [row['name'] for row in sync(pin)[0].values()] == ['Friend 0', 'Friend 1', 'Friend 3', 'Friend 4']


def test_the_longest_friend_finds_room_in_a_line(pin):
    """What `Served` asserts of every line: at most 4096 bytes."""
    quotes = Card('"' * 60, '"' * 80, '"' * 80, '', '', '', [('a', '"' * 120)] * 5).to_vcard()
    figures = Figures(1 << 31, 65535, 65535, 3)
    one = Friend(device(9), '"' * 100, quotes, figures, b'session1', 65535, strip=bytes(2048), hour=23)
    one.note = '🚀' * 200
    for number in (9, 10):
        one.id = device(number)
        pin.facts.book.befriend(one)
    parts, _ = pin.ask('friends')
    assert [len(part) for part in parts] == [3, 1, 1]
    pin.ask('friends', 'export')


def test_notes_blocks_and_deletions(pin):
    assert pin.ask('friends', 'note', friend=ID, text='a' * 201)[0] == 'bad_value'
    assert pin.ask('friends', 'note', friend=ID, text='tall') == ([], {})
    assert pin.facts.book.get(device(0)).note == 'tall'
    assert pin.ask('friends', 'block', friend=ID, blocked=True) == ([], {})
    assert pin.facts.book.blocked(device(0)) and pin.ask('friends', 'get', friend=ID)[1]['blocked']
    assert pin.ask('friends', 'block', friend=ID, blocked=False) == ([], {})
    assert not pin.facts.book.blocked(device(0))
    assert pin.ask('friends', 'delete', friend=ID) == ([], {'count': 2})
    for act, more in (('delete', {}), ('get', {}), ('strip', {}), ('note', {'text': ''})):
        assert pin.ask('friends', act, friend=ID, **more) == ('not_found', 'This friend is not in the book.')
    assert pin.event('met_again', device(0)) is None


@pytest.mark.parametrize('format, whole', [('csv', table), ('vcard', vcards)])
def test_the_export_in_pages_is_the_whole_file_but_for_whom_flash_does_not_give(pin, format, whole, monkeypatch):
    book = pin.facts.book
    book.note(device(1), '🚀, "x"' * 25)
    assert exported(pin, format) == whole(book)
    standing = book.standing

    def failing(*place):
        if (found := standing(*place)).id == device(2):
            raise StorageError('The flash is damaged.')
        return found
    monkeypatch.setattr(book, 'standing', failing)
    without = exported(pin, format)
    book.forget(device(2))
    assert without == whole(book)


def exported(pin, format):
    """The file that a phone gets, page by page."""
    text, cursor, more = '', '', True
    while more:
        parts, ok = pin.ask('friends', 'export', format=format, n=1, cursor=cursor)
        text = ''.join(parts) if ok['fresh'] else text + ''.join(parts)
        cursor, more = ok['cursor'], ok['more']
    return text.encode()


# -- the rest

def test_designs(pin):
    pin.facts.rewards.update(10, {})
    _, ok = pin.ask('designs')
    assert (ok['chosen'], ok['unlocked'], len(ok['names']), ok['names'][32]) == (-1, 2, 33, 'wrestling')
    assert ok['next'] == '12 friends to the next design'
    assert pin.ask('designs', 'choose', design=2) == (
        'bad_value', 'This design is not yours yet. Friends and errands unlock it.')
    assert pin.ask('designs', 'choose', design=1) == ([], {'chosen': 1})
    assert ('settings', 'design') in pin.heard and pin.facts.settings.get('design') == 1


def test_settings_are_all_kept_or_none(pin):
    before = pin.ask('settings')[1]['values']
    assert before['brightness'] == 70 and 'design' not in before
    for values, words in (({'brightness': 20, 'flip': 1}, 'Image upside down must be yes or no.'),
                          ({'brightness': 20, 'bright': 1}, 'no setting called bright'),
                          ({'brightness': 20, 'design': 3}, 'chosen with designs')):
        code, sentence = pin.ask('settings', 'set', values=values)
        assert code == 'bad_value' and words in sentence
    assert pin.ask('settings')[1]['values'] == before and pin.heard == []
    assert pin.ask('settings', 'set', values={'brightness': 20, 'flip': True, 'turn': True}) == (
        [], {'values': {'brightness': 20, 'flip': True, 'turn': True}})
    assert pin.heard == [('settings', 'brightness'), ('settings', 'flip')]
    assert Served(files=pin.files).ask('settings')[1]['values']['brightness'] == 20
    assert pin.event('settings', 'flip') == {'event': 'settings', 'key': 'flip', 'value': True}


def test_time(pin):
    now = 1_795_176_000                         # 2026-11-20 12:00 UTC
    assert pin.ask('time') == ([], {'utc': now, 'zone': 0, 'day': TODAY})
    pin.events.subscribe(pin, 'settings', lambda key: setattr(pin.facts.clock, 'zone_minutes', pin.facts.settings.get(key)))
    assert pin.ask('time', 'set', utc=now + 60, zone=600) == ([], {'utc': now + 60, 'zone': 600, 'day': TODAY})
    assert pin.heard == [('settings', 'zone_minutes'), ('time', 60)]
    assert pin.rtc.now[:7] == (2026, 11, 20, 4, 12, 1, 0)
    assert pin.ask('time', 'set', utc=1)[0] == 'bad_value'
    assert pin.ask('time', 'set', utc=now, zone=900) == ('bad_value', 'zone must be from -720 to 840.')


def test_steps(pin):
    parts, ok = pin.ask('steps')
    assert (ok['day'], ok['steps'], ok['hours'][12], ok['goal'], ok['distance']) == (TODAY, 4321, 4321, 8000, '3.0 km')
    assert pin.ask('steps', 'day', day=TODAY - 1)[1]['steps'] == 0
    _, ok = pin.ask('steps', 'history', days=3)
    assert ok['steps'] == [0, 0, 4321] and ok['total'] == ok['best'] == 4321
    assert pin.event('steps', 99) == {'event': 'steps', 'today': 99}


def test_boards(pin):
    parts, ok = pin.ask('boards')
    assert ok == {} and [part['measure'] for part in parts] == ['steps', 'friends']
    assert parts[0]['rows'][0] == [1, '', 4321, 0, 0]
    assert parts[0]['rows'][1] == [2, 'Friend 0', 1000, 0, None]


def test_errands(pin):
    _, ok = pin.ask('errands')
    assert ok['errands'][0] == ['Walk 10,000 steps in a day', False, '4,321 of 10,000 steps']
    assert (ok['medal'], ok['friends'], ok['next_medal']) == ('rookie', 3, '47 friends to bronze')


def test_receipts(pin):
    _, ok = pin.ask('receipts', n=2)
    assert ok['next'] == 2 and [base64.b64decode(text)[16:32] for text in ok['receipts']] == [device(2), device(1)]
    assert pin.ask('receipts', start=2)[1]['next'] is None


def test_battery_forget_and_find(pin):
    assert pin.ask('battery')[1] == {'percent': None, 'charging': False, 'millivolts': None}
    pin.facts.battery.gauge.feed(3800)
    assert pin.ask('battery')[1] == {'percent': 46, 'charging': False, 'millivolts': 3800}
    assert pin.ask('forget') == ([], {}) and pin.forgotten == 1
    assert pin.ask('find') == ([], {})
    assert pin.heard == [('notice', 'Your phone is looking for this pin.')]


def test_the_log_of_this_start_and_the_one_on_flash(pin):
    for number in range(30):
        pin.log.warning('test', f'line {number} ' + 'ä' * 180)
    parts, ok = pin.ask('log')
    assert ok == {} and [line for part in parts for line in part] == pin.log.lines()
    parts, _ = pin.ask('log', 'page', of='flash')
    kept = [line for part in parts for line in part]
    assert '\n'.join(kept) + '\n' == pin.log.saved() and len(kept) >= 20
    assert 'W test: line 0 ä' in kept[0]


@pytest.mark.parametrize('topic, value, told', [
    ('unlock', 4, {'design': 4, 'name': 'baseball/softball'}), ('medal', 'gold', {'medal': 'gold'}), ('card', None, {}),
    ('time', None, {'moved_s': None}), ('battery', 9, {'percent': None, 'charging': False}), ('bound', 2, {'phones': 2})])
def test_events(pin, topic, value, told):
    assert pin.event(topic, value) == {'event': topic, **told}
