"""vCard 3.0 (RFC 2426): a contact as bytes, and bytes as a contact, with limits that a small device can keep.

Owns the syntax: lines, folding at 75 octets, escaping, UTF-8. Used by whoever shows or exchanges contacts. A contact is a
dict with these keys, all but 'fn' optional:

    'fn'      formatted name                'tel', 'email', 'url'   lists of texts
    'title'   job                           'social'                list of (service, value), from X-SOCIALPROFILE and IMPP
    'org'     organisation

Other properties are read over. What is refused raises VCardError with a sentence.
"""
from micropython import const

MAX_BYTES = const(4096)                         # of a whole vCard
MAX_NAME = const(100)                           # characters
MAX_VALUE = const(300)                          # characters of any other value
MAX_LIST = const(16)                            # entries of a list
_NOT_UTF8 = 'The text is not UTF-8.'
_FOLD = const(75)                               # octets of a line without its end, RFC 2426 section 2.6

# (property, key, how it is written); tuples, because MicroPython's dicts keep no order
_SINGLE = (('FN', 'fn'), ('TITLE', 'title'), ('ORG', 'org'))
_LISTS = (('TEL', 'tel', 'TEL;TYPE=CELL'), ('EMAIL', 'email', 'EMAIL;TYPE=INTERNET'), ('URL', 'url', 'URL'))


class VCardError(ValueError):
    """This is no vCard that can be taken, or no contact that can be written; the text says why."""


# -- UTF-8

def utf8(data):
    """The text that `data` (bytes) holds. Raises VCardError unless it is well-formed UTF-8 (Unicode, table 3-7).

    MicroPython's own decoder lets overlong forms and surrogates pass.
    """
    try:
        text = str(data, 'utf-8')
    except UnicodeError:
        raise VCardError(_NOT_UTF8) from None
    _check_forms(data)
    return text


def _check_forms(data):
    """The part of the table that MicroPython does not check. Raises VCardError."""
    if data and (max(data) > 0xF4 or b'\xc0' in data or b'\xc1' in data):
        raise VCardError(_NOT_UTF8)
    for lead, lowest, highest in ((0xE0, 0xA0, 0xBF), (0xED, 0x80, 0x9F), (0xF0, 0x90, 0xBF), (0xF4, 0x80, 0x8F)):
        at = data.find(bytes([lead]))
        while at >= 0:
            if not lowest <= data[at + 1] <= highest:
                raise VCardError(_NOT_UTF8)
            at = data.find(bytes([lead]), at + 1)


def check_text(text, longest, what):
    """Raises VCardError if `text` is longer than `longest` characters, holds control characters or half a character."""
    if len(text) > longest:
        raise VCardError('%s has %d characters; at most %d are taken.' % (what, len(text), longest))
    try:
        data = text.encode()
    except UnicodeError:                        # CPython; MicroPython encodes a surrogate like any character
        raise VCardError(_NOT_UTF8) from None
    _check_forms(data)
    if _has_control(data):
        raise VCardError('%s holds a control character.' % what)


def _has_control(data):
    """Whether UTF-8 text holds U+0000..1F or 7F..9F; the search runs in C."""
    if data and (min(data) < 0x20 or b'\x7f' in data):
        return True
    at = data.find(b'\xc2')
    while at >= 0:
        if data[at + 1] < 0xA0:
            return True
        at = data.find(b'\xc2', at + 1)
    return False


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


def _structured_name(name):
    """N from FN: the last word is taken for the family name."""
    given, _, family = name.strip().rpartition(' ')
    return '%s;%s;;;' % (_escape(family), _escape(given))


def encode(contact):
    """The vCard 3.0 of a contact, as bytes. Raises VCardError."""
    name = contact.get('fn', '')
    if not name.strip():
        raise VCardError('A contact needs a name.')
    lines = ['BEGIN:VCARD', 'VERSION:3.0', 'N:' + _structured_name(name)]
    for prop, key in _SINGLE:
        value = contact.get(key)
        if value:
            check_text(value, MAX_NAME if key == 'fn' else MAX_VALUE, prop)
            lines.append('%s:%s' % (prop, _escape(value)))
    for prop, key, written in _LISTS:
        for value in contact.get(key, ()):
            check_text(value, MAX_VALUE, prop)
            lines.append('%s:%s' % (written, value if key == 'url' else _escape(value)))
    for service, value in contact.get('social', ()):
        check_text(service + value, MAX_VALUE, 'X-SOCIALPROFILE')
        lines.append('X-SOCIALPROFILE;TYPE=%s:%s' % (_parameter(service), _escape(value)))
    lines.append('END:VCARD')
    data = b''.join(_fold(line) for line in lines)
    if len(data) > MAX_BYTES:
        raise VCardError('The vCard would have %d bytes; at most %d are taken.' % (len(data), MAX_BYTES))
    return data


def _parameter(text):
    """A parameter's value, in quotes where it must be."""
    if '"' in text:
        raise VCardError('A service name cannot hold a quotation mark.')
    return '"%s"' % text if any(sign in text for sign in ':;,') else text


# -- reading

def decode(data):
    """The contact in `data` (bytes): one vCard 3.0 and nothing else. Raises VCardError."""
    if len(data) > MAX_BYTES:
        raise VCardError('The vCard has %d bytes; at most %d are taken.' % (len(data), MAX_BYTES))
    data = bytes(data).replace(b'\r\n', b'\n').replace(b'\n ', b'').replace(b'\n\t', b'')
    lines = utf8(data).rstrip('\n').split('\n')
    if len(lines) < 3 or lines[0].upper() != 'BEGIN:VCARD' or lines[-1].upper() != 'END:VCARD':
        raise VCardError('This is not one whole vCard.')
    contact = {'version': ''}
    for line in lines[1:-1]:
        _take(contact, line)
    if contact.pop('version') != '3.0':
        raise VCardError('The vCard is not of version 3.0.')
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
    elif name in ('X-SOCIALPROFILE', 'IMPP'):
        _add(contact, 'social', (_service(head[1:], value), _text(name, value)))
    for prop, key in _SINGLE:
        if name == prop and key not in contact:
            contact[key] = _text(name, value)
    for prop, key, _ in _LISTS:
        if name == prop:
            _add(contact, key, _text(name, value))


def _text(name, value):
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


def _service(parameters, value):
    """The network that a profile or an IMPP address belongs to."""
    for parameter in parameters:
        name, _, text = parameter.partition('=')
        if name.upper() in ('TYPE', 'X-SERVICE-TYPE'):
            text = text.strip('"')
            check_text(text, MAX_NAME, 'TYPE')
            return text
    return value.partition(':')[0] if ':' in value else ''


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
