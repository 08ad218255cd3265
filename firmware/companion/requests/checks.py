"""What a line must be like before anything is done for it: whole, of UTF-8, not deep, and each field as its act's table says.

Owns the limits of a line. Borrowed by `serving` until the request begins, whose tables of fields it reads (see there).
"""
import binascii
import json

from micropython import const

import plain_text

LINE_BYTES = const(4096)
DEPTH = const(4)
BARE_BYTES = const(600)                         # outside of texts, quotation marks among them
LARGEST_ID = const(0x3FFFFFFF)
_ESCAPE = const(0x5C)
_QUOTES = const(2)                              # of a text


class Refused(Exception):
    """The line cannot be served: `code` of the protocol, and a sentence."""

    def __init__(self, code, sentence):
        super().__init__(sentence)
        self.code = code


# -- the line

def request_of(line):
    """The dict in a line (bytes). Raises Refused."""
    if len(line) > LINE_BYTES:
        raise Refused('too_long', 'The line has %d bytes; at most %d are taken.' % (len(line), LINE_BYTES))
    try:
        plain_text.utf8(line)
        _check_brackets(line)
        request = json.loads(line)
    except ValueError:                          # a TextError is one
        request = None
    if not isinstance(request, dict):
        raise Refused('not_json', 'The line is no whole JSON object.')
    return request


def _check_brackets(line):
    """MicroPython's parser takes an object without its end, and any depth. Raises Refused or ValueError."""
    at = depth = bare = 0
    while at < len(line):
        quote = line.find(b'"', at)
        between = line[at:quote] if quote >= 0 else line[at:]
        bare += len(between) + _QUOTES
        if bare > BARE_BYTES:                   # to look at more takes longer than others may wait
            raise Refused('too_long', 'The line has more than %d bytes outside of texts.' % BARE_BYTES)
        for sign in between:
            if sign in b'[{':
                depth += 1
                if depth > DEPTH:
                    raise Refused('too_deep', 'The line has brackets within brackets deeper than %d.' % DEPTH)
            elif sign in b']}':
                depth -= 1
        at = len(line) if quote < 0 else _end_of_string(line, quote)
    if depth:
        raise ValueError('torn')


def _end_of_string(line, at):
    """Behind the string that begins at the quotation mark `at`. Raises ValueError where it does not end."""
    while True:
        at = line.find(b'"', at + 1)
        if at < 0:
            raise ValueError('torn')
        before = at
        while line[before - 1] == _ESCAPE:
            before -= 1
        if (at - before) % 2 == 0:
            return at + 1


def id_of(request):
    """The number that the phone gave it. Raises Refused."""
    id = request.pop('id', None)
    if type(id) is not int or not 0 <= id <= LARGEST_ID:
        raise Refused('not_json', 'The id must be a whole number from 0 to %d.' % LARGEST_ID)
    return id


# -- its fields

def values_of(given, fields):
    """{key: value} for all `fields` of an act from what was given, bytes for a device and for base64. Raises Refused."""
    values = {}
    for field in fields:
        key = field[0]
        if key in given:
            values[key] = _value(given.pop(key), *field[:4])
        elif len(field) > 4:
            values[key] = field[4]
        else:
            raise Refused('missing_field', 'The field %s is missing.' % key)
    for key in given:
        raise Refused('unknown_field', 'There is no field called %s here.' % str(key)[:40])
    return values


def _value(value, key, kind, lowest, highest):
    if kind == 'choice':
        if value not in lowest:
            raise Refused('bad_value', '%s must be one of %s.' % (key, ', '.join(lowest)))
        return value
    wanted, words = _KINDS[kind]
    if type(value) is not wanted:
        raise Refused('bad_value', '%s must be %s.' % (key, words))
    if kind == 'text':
        _check_text(value, key, highest)
    elif kind in _BYTES:
        value = _bytes(value, key, kind)
    size = value if kind == 'int' else 0 if kind == 'bool' else len(value)
    if lowest is not None and size < lowest or highest is not None and size > highest:
        unit = ' ' + _UNITS[kind] if kind in _UNITS else ''
        raise Refused('bad_value', '%s must be from %d to %d%s.' % (key, lowest or 0, highest, unit))
    return value


def _check_text(value, key, longest):
    try:
        plain_text.check_text(value, longest, key)
    except plain_text.TextError as error:
        raise Refused('bad_value', str(error))


def _bytes(value, key, kind):
    """Those that a text stands for, which must be written in the one way in which it can be."""
    decode, encode = _BYTES[kind]
    try:
        data = decode(value)
        good = encode(data).strip() == value.encode()           # type: ignore[operator]
    except ValueError:
        good = False
    if not good or kind == 'device' and len(data) != 16:
        raise Refused('bad_value', '%s must be %s.' % (key, _KINDS[kind][1]))
    return data


_KINDS = {'text': (str, 'a text'), 'int': (int, 'a whole number'), 'bool': (bool, 'true or false'), 'list': (list, 'a list'),
          'object': (dict, 'an object'), 'device': (str, '32 hexadecimal digits in lower case'),
          'base64': (str, 'base64')}
_UNITS = {'text': 'characters', 'base64': 'bytes', 'list': 'entries', 'object': 'entries'}
_BYTES = {'device': (binascii.unhexlify, binascii.hexlify), 'base64': (binascii.a2b_base64, binascii.b2a_base64)}
