"""vCard 3.0 (RFC 2426) and 4.0 (RFC 6350): a contact as bytes and back, with limits that a small device can keep.

Owns the syntax: lines, folding at 75 octets, escaping. Used by whoever shows or exchanges contacts. A contact is a dict with
these keys, all but 'fn' optional:

    'fn'      formatted name                'tel', 'email', 'url'   lists of texts
    'title'   job                           'social'                list of (service, value), from X-SOCIALPROFILE,
    'org'     organisation                                          SOCIALPROFILE (RFC 9554) and IMPP

Other properties are read over. What is refused raises VCardError with a sentence, a kept property in quoted-printable or in
another charset than UTF-8 among it, since either is a leftover of vCard 2.1. VCardError is plain_text's TextError.
"""
from micropython import const

from plain_text import TextError as VCardError
from plain_text import check_text, utf8

MAX_BYTES = const(4096)                         # of a whole vCard
MAX_NAME = const(100)                           # characters
MAX_VALUE = const(300)                          # characters of any other value
MAX_LIST = const(16)                            # entries of a list
_FOLD = const(75)                               # octets of a line without its end, RFC 2426 section 2.6

# (property, key, how it is written in 3.0); tuples, because MicroPython's dicts keep no order
_SINGLE = (('FN', 'fn'), ('TITLE', 'title'), ('ORG', 'org'))
_LISTS = (('TEL', 'tel', 'TEL;TYPE=CELL'), ('EMAIL', 'email', 'EMAIL;TYPE=INTERNET'), ('URL', 'url', 'URL'))
_SOCIAL = ('X-SOCIALPROFILE', 'SOCIALPROFILE', 'IMPP')


# -- writing

def _escape(text):
    return text.replace('\\', '\\\\').replace(';', '\\;').replace(',', '\\,').replace('\n', '\\n')


def _fold(line):
    """A content line as bytes with its CRLF, folded between characters."""
    data = line.encode()
    parts = []
    room = _FOLD
    while len(data) > room:
        cut = room
        while data[cut] & 0xC0 == 0x80:         # never within a character: not every reader unfolds before it decodes
            cut -= 1
        parts.append(data[:cut])
        data = data[cut:]
        room = _FOLD - 1                        # the space that marks a continuation counts
    parts.append(data)
    return b'\r\n '.join(parts) + b'\r\n'


def line(prop, text):
    """A content line that says `text` for a property, as bytes; for what `encode` does not know."""
    return _fold('%s:%s' % (prop, _escape(text)))


def _structured_name(name):
    """N from FN: the last word is taken for the family name."""
    given, _, family = name.strip().rpartition(' ')
    return '%s;%s;;;' % (_escape(family), _escape(given))


def encode(contact, version='3.0'):
    """The vCard of a contact, '3.0' or '4.0', as bytes. Raises VCardError."""
    name = contact.get('fn', '')
    if not name.strip():
        raise VCardError('A contact needs a name.')
    old = version == '3.0'
    lines = ['BEGIN:VCARD', 'VERSION:' + version, 'N:' + _structured_name(name)]
    for prop, key in _SINGLE:
        value = contact.get(key)
        if value:
            check_text(value, MAX_NAME if key == 'fn' else MAX_VALUE, prop)
            lines.append('%s:%s' % (prop, _escape(value)))
    for prop, key, written in _LISTS:
        for value in contact.get(key, ()):
            check_text(value, MAX_VALUE, prop)
            lines.append('%s:%s' % (written if old else prop, value if key == 'url' else _escape(value)))
    for service, value in contact.get('social', ()):
        check_text(service + value, MAX_VALUE, 'X-SOCIALPROFILE')
        lines.append(('X-SOCIALPROFILE;TYPE=%s:%s' if old else 'SOCIALPROFILE;SERVICE-TYPE=%s;VALUE=TEXT:%s')
                     % (_parameter(service, old), _escape(value)))
    lines.append('END:VCARD')
    data = b''.join(_fold(line) for line in lines)
    if len(data) > MAX_BYTES:
        raise VCardError('The vCard would have %d bytes; at most %d are taken.' % (len(data), MAX_BYTES))
    return data


def _parameter(text, old):
    """A parameter's value, in quotes where it must be; 4.0 writes three signs with a caret (RFC 6868)."""
    if not old:
        text = text.replace('^', '^^').replace('"', "^'")
    if '"' in text:
        raise VCardError('A service name cannot hold a quotation mark.')
    return '"%s"' % text if any(sign in text for sign in ':;,') else text


# -- reading

def decode(data):
    """The contact in `data` (bytes): one vCard 3.0 or 4.0 and nothing else. Raises VCardError."""
    if len(data) > MAX_BYTES:
        raise VCardError('The vCard has %d bytes; at most %d are taken.' % (len(data), MAX_BYTES))
    data = bytes(data).replace(b'\r\n', b'\n').replace(b'\n ', b'').replace(b'\n\t', b'')
    lines = utf8(data).rstrip('\n').split('\n')
    if len(lines) < 3 or lines[0].upper() != 'BEGIN:VCARD' or lines[-1].upper() != 'END:VCARD':
        raise VCardError('This is not one whole vCard.')
    contact = {'version': ''}
    for line in lines[1:-1]:
        _take(contact, line)
    if contact.pop('version') not in ('3.0', '4.0'):
        raise VCardError('The vCard is not of version 3.0 or 4.0.')
    if not contact.get('fn', '').strip():
        raise VCardError('The vCard has no name (FN).')
    return contact


def _take(contact, line):
    """Put one content line into the contact if it is of a kind that is kept."""
    head, value = _split(line)
    name = head[0].upper().rpartition('.')[2]   # a group, as in 'item1.TEL', says nothing here
    if name in ('BEGIN', 'END'):
        raise VCardError('There is a vCard within the vCard.')
    if name == 'VERSION':
        contact['version'] = value
    elif name in _SOCIAL:
        text = _text(name, head, value)
        _add(contact, 'social', (_service(name, head, value), text))
    for prop, key in _SINGLE:
        if name == prop and key not in contact:
            contact[key] = _text(name, head, value)
    for prop, key, _ in _LISTS:
        if name == prop:
            _add(contact, key, _text(name, head, value))


def _text(name, head, value):
    for parameter, text in _values(head):
        if (parameter == 'QUOTED-PRINTABLE' or parameter == 'ENCODING' and text.upper() != '8BIT'
                or parameter == 'CHARSET' and text.upper() != 'UTF-8'):
            raise VCardError('The vCard is in an encoding that is not read: %s' % (text or parameter)[:20])
    if name == 'TEL' and value[:4].lower() == 'tel:':
        value = value[4:]                       # a URI, as 4.0 likes them
    text = _unescape(value, ', ' if name == 'ORG' else ';')
    check_text(text, MAX_NAME if name == 'FN' else MAX_VALUE, name)
    return text


def _add(contact, key, value):
    values = contact.setdefault(key, [])
    if len(values) >= MAX_LIST:
        raise VCardError('The vCard has more than %d entries of one kind.' % MAX_LIST)
    values.append(value)


def _split(line):
    """([name, parameter, ...], value) of a content line; quotation marks protect ';' and ':' in parameters."""
    colon = line.find(':')
    if colon >= 0 and line.find('"', 0, colon) < 0:             # as most are, and ten times as fast
        return line[:colon].split(';'), line[colon + 1:]
    parts, start, quoted = [], 0, False
    for at, sign in enumerate(line):
        if sign == '"':
            quoted = not quoted
        elif not quoted and sign in ';:':
            parts.append(line[start:at])
            start = at + 1
            if sign == ':':
                return parts, line[start:]
    raise VCardError('A line of the vCard has no value: %s' % line[:20])


def _values(head):
    """Yield (name in capitals, value) of the parameters behind a property's name; 2.1 has some that are a name alone."""
    for parameter in head[1:]:
        name, _, text = parameter.partition('=')
        yield name.upper(), text.strip('"')


def _service(prop, head, value):
    """The network that a profile or an IMPP address belongs to; TYPE names it on X-SOCIALPROFILE only."""
    service = ''
    for name, text in _values(head):
        if name in ('SERVICE-TYPE', 'X-SERVICE-TYPE'):
            service = text
            break
        if name == 'TYPE' and prop[0] == 'X':
            service = service or text
    if not service and prop == 'IMPP':
        service = value.partition(':')[0] if ':' in value else ''
    check_text(service, MAX_NAME, 'TYPE')
    if prop[0] != 'X':                          # RFC 6868; a tab stands for the caret meanwhile
        service = service.replace('^^', '\t').replace("^'", '"').replace('\t', '^')
    return service


def _unescape(value, separator):
    """The text of a value in one line; `separator` stands for each ';' that was not escaped (between units of ORG)."""
    if '\\' not in value and ';' not in value:
        return value
    out = []
    escaped = False
    for sign in value:
        if escaped:
            out.append(' ' if sign in 'nN' else sign)
            escaped = False
        elif sign == '\\':
            escaped = True
        else:
            out.append(separator if sign == ';' else sign)
    return ''.join(out)
