"""Text that may be shown and passed on: well-formed UTF-8 without control characters.

Owns these rules. Used by whatever takes text from outside: `vcard`, the wearer's card, the lines of a phone.
"""
_NOT_UTF8 = 'The text is not UTF-8.'


class TextError(ValueError):
    """This is no text that can be taken; the sentence says why."""


def utf8(data):
    """The text that `data` (bytes) holds. Raises TextError unless it is well-formed UTF-8 (Unicode, table 3-7).

    MicroPython's own decoder lets overlong forms and surrogates pass.
    """
    try:
        text = str(data, 'utf-8')
    except UnicodeError:
        raise TextError(_NOT_UTF8) from None
    _check_forms(data)
    return text


def _check_forms(data):
    """The part of the table that MicroPython does not check. Raises TextError."""
    if data and (max(data) > 0xF4 or b'\xc0' in data or b'\xc1' in data):
        raise TextError(_NOT_UTF8)
    for lead, lowest, highest in ((0xE0, 0xA0, 0xBF), (0xED, 0x80, 0x9F), (0xF0, 0x90, 0xBF), (0xF4, 0x80, 0x8F)):
        at = data.find(bytes([lead]))
        while at >= 0:
            if not lowest <= data[at + 1] <= highest:
                raise TextError(_NOT_UTF8)
            at = data.find(bytes([lead]), at + 1)


def check_text(text, longest, what):
    """Raises TextError if `text` is longer than `longest` characters, holds control characters or half a character."""
    if len(text) > longest:
        raise TextError('%s has %d characters; at most %d are taken.' % (what, len(text), longest))
    try:
        data = text.encode()
    except UnicodeError:                        # CPython; MicroPython encodes a surrogate like any character
        raise TextError(_NOT_UTF8) from None
    _check_forms(data)
    if _has_control(data):
        raise TextError('%s holds a control character.' % what)


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
