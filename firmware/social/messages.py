"""HELLO and READY: the two messages of a tap, as values and as NDEF bytes.

Owns the wire format between pins. Used by `handshake`; the transport (SNEP) carries the bytes. Each message is an NDEF
message whose first record is of the external type 'cloudpin.example:pin', big-endian:

    HELLO  kind 1 | version | device id (16) | nonce (8) | steps today u32 (FFFFFFFF: not told) | friends today u16
           | friends u16 | rank u8 | start of the vCard's SHA-256 (8) | pending session (8, 0: none) | flags (0) | fields
           then a record text/vcard, and perhaps one of type 'cloudpin.example:strip', the name as a picture
    READY  kind 2 | version | session (8) | hash of both HELLOs (8) | fields

A field is tag u8, length u8, value; unknown ones are skipped, so that later versions can say more:

    1  answer   nonce of the HELLO that it answers (8), how I hold you u8 (0 nothing, 1 pending, 2 friend)
    2  share    my half of our pair key (16)
    3  code     HMAC-SHA-256 under our pair key, its first 16 bytes

`pending session` is that of a tap in doubt: the one with the receiver, or, while the sender does not know who that is,
its newest. It asks for an answer.
"""
import hashlib
import struct

from micropython import const

import ndef_message
from firmware.social.card import MAX_STRIP, MAX_VCARD
from firmware.social.friend import figures_of
from ndef_message import EXTERNAL, MIME, Record

VERSION = const(1)
MAX_MESSAGE = const(4096)                       # bytes of a whole NDEF message
NO_SESSION = bytes(8)

_PIN = b'cloudpin.example:pin'
_STRIP = b'cloudpin.example:strip'
_VCARD = b'text/vcard'
_HELLO = const(1)
_READY = const(2)
_HELLO_FORMAT = '>BB16s8sIHHB8s8sB'
_READY_FORMAT = '>BB8s8s'
_ANSWER = const(1)
_SHARE = const(2)
_CODE = const(3)
_LENGTHS = {_ANSWER: 9, _SHARE: 16, _CODE: 16}


class MessageError(ValueError):
    """These bytes are no message of ours; the text is a sentence."""


class ForeignVersion(MessageError):
    """The other pin speaks a version that this one does not."""


class Hello:
    """`device_id` (16), `nonce` (8), `figures`, `vcard` and `strip` as bytes, `pending` (8, NO_SESSION: none), `answer`:
    (nonce, state) or None."""

    def __init__(self, device_id, nonce, figures, vcard, strip=b'', pending=NO_SESSION, answer=None):
        self.device_id = device_id
        self.nonce = nonce
        self.figures = figures
        self.vcard = vcard
        self.strip = strip
        self.pending = pending
        self.answer = answer

    def encode(self):
        """The NDEF message as bytes. Raises MessageError where it would be too long."""
        if len(self.vcard) > MAX_VCARD or len(self.strip) > MAX_STRIP:
            raise MessageError('The card is too long to travel.')
        head = struct.pack(_HELLO_FORMAT, _HELLO, VERSION, self.device_id, self.nonce, *self.figures.numbers(),
                           _digest(self.vcard), self.pending, 0)
        if self.answer:
            head += _field(_ANSWER, self.answer[0] + bytes([self.answer[1]]))
        records = [Record(EXTERNAL, _PIN, b'', head), Record(MIME, _VCARD, b'', self.vcard)]
        if self.strip:
            records.append(Record(EXTERNAL, _STRIP, b'', self.strip))
        return ndef_message.encode(records)


class Ready:
    """`session` (8), `hash` (8), `share` and `code` (16 each, or None)."""

    def __init__(self, session, hash, share=None, code=None):
        self.session = session
        self.hash = hash
        self.share = share
        self.code = code

    def encode(self):
        """The NDEF message as bytes."""
        payload = struct.pack(_READY_FORMAT, _READY, VERSION, self.session, self.hash)
        if self.share:
            payload += _field(_SHARE, self.share)
        if self.code:
            payload += _field(_CODE, self.code)
        return ndef_message.encode([Record(EXTERNAL, _PIN, b'', payload)])


def _digest(data):
    return hashlib.sha256(data).digest()[:8]


def _field(tag, value):
    return bytes([tag, len(value)]) + value


def decode(data):
    """The Hello or Ready in `data` (bytes). Raises MessageError, and nothing else whatever the bytes."""
    if len(data) > MAX_MESSAGE:
        raise MessageError('The message has %d bytes; at most %d are taken.' % (len(data), MAX_MESSAGE))
    try:
        records = ndef_message.decode(data)
    except ndef_message.NDEFError as error:
        raise MessageError(str(error))
    if records[0].tnf != EXTERNAL or records[0].type != _PIN:
        raise MessageError('The message is not from a Cloud Pin.')
    payload = records[0].payload
    if len(payload) < 2:
        raise MessageError('The message is too short.')
    if payload[1] != VERSION:
        raise ForeignVersion('The other pin speaks version %d, this one %d.' % (payload[1], VERSION))
    if payload[0] == _HELLO:
        return _decode_hello(payload, records)
    if payload[0] == _READY:
        return _decode_ready(payload)
    raise MessageError('A message of kind %d is not known.' % payload[0])


def _unpack(layout, payload):
    """(values, fields) of a payload; fields is {tag: value} of those that are known."""
    at = struct.calcsize(layout)
    if len(payload) < at:
        raise MessageError('The message is too short.')
    fields = {}
    while at < len(payload):
        if at + 2 > len(payload) or at + 2 + payload[at + 1] > len(payload):
            raise MessageError('A field of the message is cut off.')
        tag, length = payload[at], payload[at + 1]
        if tag in _LENGTHS:
            if length != _LENGTHS[tag] or tag in fields:
                raise MessageError('Field %d of the message is wrong.' % tag)
            fields[tag] = payload[at + 2:at + 2 + length]
        at += 2 + length
    return struct.unpack_from(layout, payload), fields


def _one(records, tnf, type, longest):
    """The payload of the one record of this type, b'' where there is none."""
    found = [record.payload for record in records if record.tnf == tnf and record.type.lower() == type]
    if len(found) > 1:
        raise MessageError('The message holds %d records of type %s.' % (len(found), str(type, 'utf-8')))
    if found and len(found[0]) > longest:
        raise MessageError('A %s of %d bytes is too long.' % (str(type, 'utf-8'), len(found[0])))
    return found[0] if found else b''


def _decode_hello(payload, records):
    values, fields = _unpack(_HELLO_FORMAT, payload)
    _, _, device_id, nonce, steps, friends_today, friends, rank, digest, pending, _ = values
    vcard = _one(records, MIME, _VCARD, MAX_VCARD)
    if not vcard:
        raise MessageError('The message holds no card.')
    if _digest(vcard) != digest:
        raise MessageError('The card is not the one that the message announces.')
    answer = fields.get(_ANSWER)
    if rank > 3 or (answer and answer[8] > 2):
        raise MessageError('The message holds an impossible number.')
    return Hello(device_id, nonce, figures_of(steps, friends_today, friends, rank), vcard,
                 _one(records, EXTERNAL, _STRIP, MAX_STRIP), pending, answer and (answer[:8], answer[8]))


def _decode_ready(payload):
    values, fields = _unpack(_READY_FORMAT, payload)
    return Ready(values[2], values[3], fields.get(_SHARE), fields.get(_CODE))
