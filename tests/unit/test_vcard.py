"""vCard 3.0 and 4.0: what is written is read back, by us and by others' rules; what is bad gets a sentence."""
import pytest
import vobject
from hypothesis import given, settings
from hypothesis import strategies as st

import vcard

TEXT = st.text(st.characters(exclude_categories=('Cc', 'Cs')), min_size=1, max_size=60)
NAME = TEXT.filter(lambda text: text.strip())
URL = st.text('abcdefghijklmnopqrstuvwxyz0123456789/.:-_~?=&%', min_size=1, max_size=200)
SERVICE = st.text('abcdefghijklmnopqrstuvwxyz.:;, ', min_size=1, max_size=20)
CONTACT = st.fixed_dictionaries({'fn': NAME}, optional={
    'title': TEXT, 'org': TEXT, 'tel': st.lists(TEXT, min_size=1, max_size=3), 'email': st.lists(TEXT, min_size=1, max_size=3),
    'url': st.lists(URL, min_size=1, max_size=3), 'social': st.lists(st.tuples(SERVICE, TEXT), min_size=1, max_size=3)})


@settings(max_examples=150)
@given(CONTACT, st.sampled_from(['3.0', '4.0']))
def test_what_is_written_is_read_back(contact, version):
    data = vcard.encode(contact, version)
    assert vcard.decode(data) == contact
    assert data.startswith(b'BEGIN:VCARD\r\nVERSION:%s\r\n' % version.encode())
    assert vcard.decode(data.replace(b'\r\n', b'\n')) == contact
    lines = data.split(b'\r\n')
    assert max(map(len, lines)) <= 75
    for line in lines:
        line.decode()                                   # folded between characters, never within
    assert data.replace(b'\r\n', b'').count(b'\n') == 0


def test_golden():
    contact = {'fn': 'Ada Lovelace', 'title': 'Analyst, first; class', 'org': 'Engine\\Works', 'tel': ['+44 20 7946 0000'],
               'email': ['ada@example.com'], 'url': ['https://example.com/ada'], 'social': [('mastodon', '@ada@example.com')]}
    assert vcard.encode(contact) == (
        b'BEGIN:VCARD\r\nVERSION:3.0\r\nN:Lovelace;Ada;;;\r\nFN:Ada Lovelace\r\nTITLE:Analyst\\, first\\; class\r\n'
        b'ORG:Engine\\\\Works\r\nTEL;TYPE=CELL:+44 20 7946 0000\r\nEMAIL;TYPE=INTERNET:ada@example.com\r\n'
        b'URL:https://example.com/ada\r\nX-SOCIALPROFILE;TYPE=mastodon:@ada@example.com\r\nEND:VCARD\r\n')


def test_golden_4():
    contact = {'fn': 'Zoë "Zo" Ünal', 'org': 'A;B', 'tel': ['+1 555', '+1 556'], 'email': ['zoe@example.com'],
               'url': ['https://example.com/a;b,c'], 'social': [('my "net"^1', '@zoe'), ('a:b', 'c,d')]}
    assert vcard.encode(contact, '4.0').decode() == (
        'BEGIN:VCARD\r\nVERSION:4.0\r\nN:Ünal;Zoë "Zo";;;\r\nFN:Zoë "Zo" Ünal\r\nORG:A\\;B\r\nTEL:+1 555\r\nTEL:+1 556\r\n'
        'EMAIL:zoe@example.com\r\nURL:https://example.com/a;b,c\r\n'
        "SOCIALPROFILE;SERVICE-TYPE=my ^'net^'^^1;VALUE=TEXT:@zoe\r\n"
        'SOCIALPROFILE;SERVICE-TYPE="a:b";VALUE=TEXT:c\\,d\r\nEND:VCARD\r\n')
    assert vcard.decode(vcard.encode(contact, '4.0')) == contact


def test_reads_what_others_write_as_4():
    data = ('BEGIN:VCARD\r\nVERSION:4.0\r\nKIND:individual\r\nFN;LANGUAGE=tr;PREF=1:Zoë\r\n  Ünal\r\nFN:Zo\r\n'
            'N:Ünal;Zoë;;;\r\nORG;SORT-AS="Acme":Acme\\, Inc.;Rockets\r\nTITLE:One\\nTwo\\;Three\r\n'
            'w.TEL;VALUE=uri;PREF=1;TYPE="voice,home":tel:+1-555-555;ext=5\r\nTEL;TYPE=cell:+1 556\r\n'
            'EMAIL;TYPE=work:zoe@example.com\r\nURL;TYPE=home:https://example.com/a\\,b\r\n'
            'IMPP;TYPE=home;PREF=1:xmpp:zoe@example.com\r\nSOCIALPROFILE;TYPE=work;SERVICE-TYPE=Mastodon:https://example.com/@zoe'
            '\r\nSOCIALPROFILE:https://example.net/zoe\r\nPHOTO:data:image/jpeg;base64,AAAA\r\n AAAA\r\n'
            'X-SOCIALPROFILE;type=twitter;type=pref:zoe\r\nEND:VCARD\r\n').encode()
    data = data.replace('ë\r\n'.encode(), b'\xc3\r\n \xab\r\n', 1)      # folded within a character, as some do
    assert vcard.decode(data) == {
        'fn': 'Zoë Ünal', 'org': 'Acme, Inc., Rockets', 'title': 'One Two;Three', 'tel': ['+1-555-555;ext=5', '+1 556'],
        'email': ['zoe@example.com'], 'url': ['https://example.com/a,b'],
        'social': [('xmpp', 'xmpp:zoe@example.com'), ('Mastodon', 'https://example.com/@zoe'),
                   ('', 'https://example.net/zoe'), ('twitter', 'zoe')]}


def test_reads_what_others_write():
    data = ('begin:vcard\nVERSION:3.0\nN:Ünal;Zoë;;;\nFN;CHARSET=UTF-8:Zoë Ünal 🚀\nORG:Acme\\, Inc.;Rockets;Fuel\n'
            'item1.TEL;TYPE="cell;x:y",VOICE:+1 555\nitem1.X-ABLabel:mobile\nNOTE:a very\n  long\n\t note\n'
            'IMPP;X-SERVICE-TYPE=Skype:skype:zoe\nIMPP:xmpp:zoe@example.com\nURL:https\\://example.com\nend:vcard\n').encode()
    assert vcard.decode(data) == {
        'fn': 'Zoë Ünal 🚀', 'org': 'Acme, Inc., Rockets, Fuel', 'tel': ['+1 555'], 'url': ['https://example.com'],
        'social': [('Skype', 'skype:zoe'), ('xmpp', 'xmpp:zoe@example.com')]}


def card(*lines):
    return '\r\n'.join(['BEGIN:VCARD', 'VERSION:3.0', *lines, 'END:VCARD', '']).encode('utf-8', 'surrogatepass')


@pytest.mark.parametrize(('data', 'sentence'), [
    (b'', 'not one whole vCard'),
    (b'FN:Ada', 'not one whole vCard'),
    (card('FN:Ada')[:-13], 'not one whole vCard'),
    (card('FN:Ada') + card('FN:Bob'), 'within the vCard'),
    (card('TEL:1'), 'no name'),
    (card('FN: '), 'no name'),
    (card('FN:' + 'x' * 2000), '2000 characters'),
    (card('FN:A\x07da'), 'control character'),
    (card('FN:A\x9bda'), 'control character'),
    (card('FN:A\0da'), 'control character'),
    (card('FN:A\rda'), 'control character'),
    (card('FN:Ada', 'NOTE'), 'no value: NOTE'),
    (card('FN:Ada', 'TEL;TYPE="x:1'), 'no value'),
    (card('FN:Ada', *['TEL:1'] * 17), 'more than 16'),
    (card('FN:Ada', 'NOTE:' + 'x' * 5000), 'at most 4096'),
    (card('FN:Ada').replace(b'3.0', b'2.1'), 'version 3.0 or 4.0'),
    (card('FN:Ada').replace(b'VERSION:3.0\r\n', b''), 'version 3.0 or 4.0'),
    (card('FN;ENCODING=QUOTED-PRINTABLE:Zo=C3=AB'), 'not read: QUOTED-PRINTABLE'),
    (card('FN:Ada', 'TITLE;QUOTED-PRINTABLE:Zo=C3=AB'), 'not read: QUOTED-PRINTABLE'),
    (card('FN:Ada', 'ORG;ENCODING=b:QWRh'), 'not read: b'),
    (card('FN;CHARSET=ISO-8859-1:Ada'), 'not read: ISO-8859-1'),
    (card('FN:A\ud800'), 'not UTF-8'),
    (card('FN:A').replace(b'A\r', b'A\xff\r'), 'not UTF-8'),
])
def test_refusals_are_sentences(data, sentence):
    with pytest.raises(vcard.VCardError, match=sentence):
        vcard.decode(data)


@pytest.mark.parametrize(('contact', 'sentence'), [
    ({}, 'needs a name'),
    ({'fn': ' '}, 'needs a name'),
    ({'fn': 'x' * 101}, '101 characters'),
    ({'fn': 'Ada', 'title': 'a\nb'}, 'control character'),
    ({'fn': 'A\ud800'}, 'not UTF-8'),
    ({'fn': 'Ada', 'social': [('a"b', 'c')]}, 'quotation mark'),
    ({'fn': 'Ada', 'tel': ['😀' * 300] * 4}, 'at most 4096'),
])
def test_what_cannot_be_written_is_refused(contact, sentence):
    with pytest.raises(vcard.VCardError, match=sentence):
        vcard.encode(contact)


@settings(max_examples=200)
@given(CONTACT, st.data())
def test_mutated_bytes_raise_nothing_else(contact, data):
    mutated = bytearray(vcard.encode(contact))
    for _ in range(data.draw(st.integers(1, 4))):
        position = data.draw(st.integers(0, len(mutated) - 1))
        mutated[position:position + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    try:
        contact = vcard.decode(bytes(mutated))
    except vcard.VCardError as error:
        assert str(error).endswith(('.', '.)')) or ':' in str(error)
    else:
        assert contact['fn'].strip()


def test_another_library_reads_what_we_write_and_we_what_it_writes():
    """vobject knows 3.0 only."""
    @settings(max_examples=40)
    @given(CONTACT)
    def check(contact):
        theirs = vobject.readOne(vcard.encode(contact).decode())
        assert theirs.fn.value == contact['fn']
        assert ' '.join(part for part in (theirs.n.value.given, theirs.n.value.family) if part) == contact['fn'].strip()
        for name in ('title', 'tel', 'email', 'url'):
            said = contact.get(name, [])
            assert [line.value for line in theirs.contents.get(name, [])] == ([said] if isinstance(said, str) else said)
        assert [line.value for line in theirs.contents.get('org', [])] == ([[contact['org']]] if 'org' in contact else [])
        said = [(line.params['TYPE'][0], line.value) for line in theirs.contents.get('x-socialprofile', [])]
        assert said == contact.get('social', [])
        assert vcard.decode(theirs.serialize().encode()) == contact

    check()
