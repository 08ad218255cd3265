"""NDEF messages: a strict codec between bytes and records, for any transport.

Owns nothing; two functions and a value class. Used by whoever reads or writes cards (SNEP handlers, tags). It knows
the framing of the NFC Forum's NDEF 1.0 and nothing of what payloads mean. Every refusal is an NDEFError whose text
is a sentence that can be shown.
"""
import struct

from micropython import const

EMPTY = const(0)
WELL_KNOWN = const(1)
MIME = const(2)
ABSOLUTE_URI = const(3)
EXTERNAL = const(4)
UNKNOWN = const(5)
_UNCHANGED = const(6)

_MESSAGE_BEGIN = const(0x80)
_MESSAGE_END = const(0x40)
_CHUNK = const(0x20)
_SHORT = const(0x10)
_ID_LENGTH = const(0x08)
_TNF = const(0x07)


class NDEFError(ValueError):
    """The bytes are not an NDEF message, or the records cannot be one; the text says why."""


class Record:
    """One record: `tnf` (0..5, how `type` is to be read), and `type`, `id`, `payload` as bytes."""

    def __init__(self, tnf, type=b'', id=b'', payload=b''):
        self.tnf = tnf
        self.type = type
        self.id = id
        self.payload = payload

    def __eq__(self, other):
        return (isinstance(other, Record) and self.tnf == other.tnf and self.type == other.type
                and self.id == other.id and self.payload == other.payload)

    def __repr__(self):
        return 'Record(%d, %r, %r, %r)' % (self.tnf, self.type, self.id, self.payload)


def encode(records):
    """The message of `records` (at least one) as bytes. Raises NDEFError for a record that NDEF cannot express."""
    if not records:
        raise NDEFError('An NDEF message needs at least one record.')
    message = bytearray()
    last = len(records) - 1
    for index, record in enumerate(records):
        flags = (_MESSAGE_BEGIN if index == 0 else 0) | (_MESSAGE_END if index == last else 0)
        _append(message, flags, record)
    return bytes(message)


def _append(message, flags, record):
    if not EMPTY <= record.tnf <= UNKNOWN:
        raise NDEFError('A record cannot have type name format %d.' % record.tnf)
    if len(record.type) > 255 or len(record.id) > 255:
        raise NDEFError('The type and the id of a record hold at most 255 bytes each.')
    _check_lengths(record.tnf, len(record.type), len(record.id), len(record.payload))
    length = len(record.payload)
    flags |= record.tnf | (_SHORT if length < 256 else 0) | (_ID_LENGTH if record.id else 0)
    message.extend(struct.pack('>BBB' if length < 256 else '>BBI', flags, len(record.type), length))
    if record.id:
        message.append(len(record.id))
    for part in (record.type, record.id, record.payload):
        message.extend(part)


def decode(data):
    """The records of the one message that fills `data` (bytes-like). Chunked payloads are put together.

    Raises NDEFError. Allocates no more than `data` holds, whatever lengths it announces.
    """
    reader = _Reader(data)
    records = []
    while not reader.ended:
        records.append(reader.record(first=not records))
    if reader.left():
        raise NDEFError('%d bytes follow the last record.' % reader.left())
    return records


class _Reader:
    """Walks over a message; `ended` is set by the record that carries the message-end flag."""

    def __init__(self, data):
        self._data = memoryview(data)
        self._at = 0
        self.ended = False

    def left(self):
        return len(self._data) - self._at

    def _take(self, length, what):
        if length > self.left():
            raise NDEFError('The message ends inside %s: %d bytes needed, %d there.' % (what, length, self.left()))
        self._at += length
        return self._data[self._at - length:self._at]

    def record(self, first):
        """The next record; `first`: it opens the message."""
        flags, record = self._frame()
        if bool(flags & _MESSAGE_BEGIN) != first:
            raise NDEFError('The first record lacks the message-begin flag.' if first
                            else 'A record after the first has the message-begin flag.')
        if record.tnf == _UNCHANGED:
            raise NDEFError('A record continues a chunk that nobody began.')
        if flags & _CHUNK:
            self._continue(record)
        return record

    def _frame(self):
        """(flags, record) of the next frame: a whole record, or one chunk of it."""
        if not self.left():
            raise NDEFError('The message has no last record: the message-end flag is missing.' if self._at
                            else 'The message is empty.')
        flags, type_length = self._take(2, 'a record header')
        tnf = flags & _TNF
        if flags & _SHORT:
            length = self._take(1, 'a record header')[0]
        else:
            length = struct.unpack('>I', self._take(4, 'a record header'))[0]
        id_length = self._take(1, 'a record header')[0] if flags & _ID_LENGTH else 0
        _check_lengths(tnf, type_length, id_length, length)
        kind = bytes(self._take(type_length, 'a record type'))
        identity = bytes(self._take(id_length, 'a record id'))
        payload = bytes(self._take(length, 'a payload'))
        if flags & _MESSAGE_END:
            if flags & _CHUNK:
                raise NDEFError('The message ends with a chunk that announces another.')
            self.ended = True
        return flags, Record(tnf, kind, identity, payload)

    def _continue(self, record):
        """Add the remaining chunks to `record`, up to the one without the chunk flag."""
        if record.tnf == EMPTY:
            raise NDEFError('An empty record cannot be chunked.')
        payload = bytearray(record.payload)
        flags = _CHUNK
        while flags & _CHUNK:
            flags, chunk = self._frame()
            if chunk.tnf != _UNCHANGED or flags & (_MESSAGE_BEGIN | _ID_LENGTH):
                raise NDEFError('A chunked record is interrupted by another record.')
            payload.extend(chunk.payload)
        record.payload = bytes(payload)


def _check_lengths(tnf, type_length, id_length, length):
    """What NDEF 1.0 section 3.2.6 allows for a type name format. Raises NDEFError."""
    if tnf > _UNCHANGED:
        raise NDEFError('Type name format 7 is reserved.')
    if tnf == EMPTY and (type_length or id_length or length):
        raise NDEFError('An empty record must not carry a type, an id or a payload.')
    if tnf in (UNKNOWN, _UNCHANGED) and type_length:
        raise NDEFError('A record of unknown or unchanged type must not carry a type.')
    if WELL_KNOWN <= tnf <= EXTERNAL and not type_length:
        raise NDEFError('A record of type name format %d needs a type.' % tnf)
