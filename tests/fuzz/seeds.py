"""Bytes that are valid, or would be but for a little: what a structure-aware fuzzer begins with.

Owns no rules of the protocols: the layouts are written down here once more, by hand, so that a seed can break any of them.
Used by `cases` and `codecs`.
"""
import struct

from tests.fuzz.mutation import NUMBERS, mutated, some_bytes

GENERAL = bytes.fromhex('46666d 010111 02020078 03020013 04011e')
SNEP_NAME = b'urn:nfc:sn:snep'
SAPS = (0, 1, 4, 4, 4, 0x10, 0x20, 0x20, 0x21, 0x3F)
LENGTHS = (0, 1, 6, 10, 242, 243, 300, 4096, 4097, 65535, 65536, 0x7FFFFFFF, 0xFFFFFFFF)
AID = bytes.fromhex('d2760000850101')


def general(rng):
    """General bytes of ATR_REQ or ATR_RES: right ones mostly."""
    return rng.choice((GENERAL, GENERAL, GENERAL, b'', GENERAL[:3], GENERAL + bytes(47 - len(GENERAL)), rng.randbytes(47),
                       mutated(rng, GENERAL)[:47], GENERAL[:3] + tlvs(rng)[:40], b'Ffm\x01\x01\x20', b'Ffm\x04\x01\x00'))


def tlvs(rng):
    """LLCP parameters."""
    data = b''
    for _ in range(rng.randrange(5)):
        kind = rng.choice((1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 0xFF))
        value = rng.choice((b'', b'\x11', b'\x00\x78', b'\xff\xff', b'\x01' + SNEP_NAME, SNEP_NAME, rng.randbytes(5)))
        data += bytes([kind, rng.choice((len(value), len(value), len(value), rng.choice(NUMBERS)))]) + value
    return data


def pdu(rng, depth=0):
    """An LLCP PDU of any type."""
    ptype = rng.choice((0, 1, 2, 3, 4, 4, 5, 6, 7, 8, 9, 10, 11, 12, 12, 12, 13, 14, 15))
    dsap, ssap = rng.choice(SAPS), rng.choice(SAPS)
    if ptype in (0, 1, 2) and rng.random() < 0.8:
        dsap = ssap = 0
    elif ptype == 9 and rng.random() < 0.8:
        dsap = ssap = 1
    header = bytes([dsap << 2 | ptype >> 2, (ptype & 3) << 6 | ssap])
    data = header + _pdu_body(rng, ptype, depth)
    return (mutated(rng, data, 2) if rng.random() < 0.15 else data)[:262]


def _pdu_body(rng, ptype, depth):
    if ptype == 2:
        return aggregate([pdu(rng, depth + 1) for _ in range(rng.randrange(5))] if depth < 3 else [b'\0\0'], rng)
    if ptype in (1, 4, 6, 9):
        return tlvs(rng)
    if ptype == 12:
        return rng.choice((b'\x00', b'\x11', rng.randbytes(1))) + snep(rng)[:rng.choice((0, 5, 6, 128, 240, 248, 249, 255))]
    sizes = {0: 0, 5: 0, 7: 1, 8: 4, 13: 1, 14: 1}
    return rng.randbytes(sizes.get(ptype, 3) if rng.random() < 0.9 else rng.randrange(8))


def aggregate(pdus, rng=None):
    """The body of an AGF; with `rng` a length is wrong at times."""
    data = b''
    for part in pdus:
        length = rng.choice((0, 1, 255, 65535)) if rng and rng.random() < 0.05 else len(part)
        data += struct.pack('>H', length) + part
    return data


def snep(rng):
    """A SNEP request or response, its length not always that of what follows."""
    body = rng.choice((b'', rng.randbytes(10), ndef(rng)))
    length = len(body) if rng.random() < 0.6 else rng.choice(LENGTHS)
    version = rng.choice((0x10, 0x10, 0x10, 0x15, 0x20, 0x00, 0xFF))
    code = rng.choice((2, 2, 2, 0, 1, 3, 0x7F, 0x80, 0x81, 0xC0, 0xE1, 0xFF))
    return struct.pack('>BBI', version, code, length) + body


def record(rng, flags, tnf=None):
    """An NDEF record with the MB, ME and CF of `flags`."""
    tnf = rng.choice((0, 1, 2, 4, 5, 6, 7)) if tnf is None else tnf
    kind = b'' if tnf in (0, 5, 6) else rng.choice((b'cloudpin.example:pin', b'text/vcard', b'U', bytes(255)))
    identity = rng.choice((b'', b'', b'id'))
    body = b'' if tnf == 0 else rng.choice((b'', rng.randbytes(30), vcard(rng), hello_head(rng)))
    short = len(body) < 256 and rng.random() < 0.8
    length = len(body) if short or rng.random() < 0.7 else rng.choice(LENGTHS)
    head = bytes([flags | tnf | (16 if short else 0) | (8 if identity else 0), len(kind)])
    head += bytes([length]) if short else struct.pack('>I', length)
    return head + (bytes([len(identity)]) if identity else b'') + kind + identity + body


def ndef(rng):
    """An NDEF message of up to five records, flags mostly right; now and then a deep one of many chunks."""
    if rng.random() < 0.05:
        return b'\xb5\x00\x01a' + b'\x36\x00\x01b' * rng.randrange(300) + rng.choice((b'\x56\x00\x00', b''))
    count = rng.randrange(1, 6)
    data = b''
    for index in range(count):
        flags = (0x80 if index == 0 else 0) | (0x40 if index == count - 1 else 0)
        if rng.random() < 0.1:
            flags ^= rng.choice((0x80, 0x40, 0x20))
        data += record(rng, flags)
    return data


def hello_head(rng):
    """The payload of a HELLO or READY, with fields that fit or do not."""
    body = bytes([rng.choice((1, 2, 3)), rng.choice((1, 1, 1, 2, 0))]) + rng.randbytes(rng.choice((16, 49, 56, 57)))
    for _ in range(rng.randrange(3)):
        size = rng.choice((9, 16, 0, 3))
        body += bytes([rng.choice((1, 2, 3, 9)), rng.choice((size, size, 255))]) + rng.randbytes(size)
    return body


def vcard(rng):
    """A vCard, strange in a place or two."""
    name = rng.choice(('Eve', 'Eve', 'Ë' * 100, 'x' * 101, 'x' * 2000, '', ' ', 'a\\nb', '\\', 'a\x07b', '\u202e'))
    lines = [b'BEGIN:VCARD', b'VERSION:3.0', b'FN:' + name.encode()]
    for _ in range(rng.randrange(6)):
        lines.append(rng.choice((
            b'TITLE:Listener', b'ORG:a;b\\;c', b'TEL;TYPE=CELL:+1', b'IMPP;X-SERVICE-TYPE="a:b;c":x:y', b'X-SOCIALPROFILE:',
            b'NOTE:' + bytes([rng.choice((0xC0, 0xFF, 0xE2))]), b'no colon', b'"', b'FN:again', b'BEGIN:VCARD', b':',
            b'URL:\xed\xa0\x80', b'EMAIL:' + b'e' * 299, b'TEL:1\r\nTEL:2\r\n' * 9 + b'TEL:3', b' folded',
            b'item1.TEL:5', b'X' * 500 + b':')))
    lines.append(b'END:VCARD')
    data = rng.choice((b'\r\n', b'\r\n', b'\r\n', b'\n')).join(lines) + b'\r\n'
    return (mutated(rng, data, 2) if rng.random() < 0.3 else data)[:3500]


def atr_req(rng):
    """An ATR_REQ with its length byte, as a reader sends it raw."""
    body = b'\xd4\x00' + rng.randbytes(10) + b'\x00\x00\x00\x32' + general(rng)
    return _dep_frame(rng, body)


def dep(rng):
    """An NFC-DEP request of any kind with its length byte."""
    pfb = rng.choice((0, 1, 2, 3, 0x10, 0x11, 0x40, 0x50, 0x51, 0x80, 0x90, 0x04, 0x08, 0xFF))
    body = rng.choice((b'\xd4\x06' + bytes([pfb]) + pdu(rng), b'\xd4\x06' + bytes([pfb]) + b'\x00\x00',
                       b'\xd4\x04\x00' + rng.choice((b'\x12', b'\x09', b'\xff')) + b'\x03', b'\xd4\x08', b'\xd4\x0a',
                       b'\xd4' + rng.randbytes(2), some_bytes(rng)))
    return _dep_frame(rng, body)


def _dep_frame(rng, body):
    length = len(body) + 1 if rng.random() < 0.85 else rng.choice(NUMBERS)
    return (bytes([length & 0xFF]) + body)[:262]


def apdu(rng):
    """What a reader of tags says over ISO-DEP."""
    command = rng.choice((
        b'\x00\xa4\x04\x00\x07' + AID + b'\x00', b'\x00\xa4\x04\x00\x07' + AID, b'\x00\xa4\x00\x0c\x02\xe1\x03',
        b'\x00\xa4\x00\x0c\x02\xe1\x04', b'\x00\xb0\x00\x00\x0f', b'\x00\xb0\x00\x00\x02', b'\x00\xb0\x00\x02\xf0',
        b'\x00\xb0\xff\xff\x00', b'\x00\xb0' + rng.randbytes(3), b'\x00\xd6\x00\x00\x02\x00\x00', b'\x90\x60\x00\x00\x00',
        b'\x00\xa4\x04\x00\x09\xa0\x00\x00\x03\x96\x56\x43\x41\x03', b'', rng.randbytes(1), rng.randbytes(5)))
    return mutated(rng, command, 2) if rng.random() < 0.3 else command


def felica(rng):
    """What a reader of Type 3 Tags says, with its length byte."""
    idm = bytes.fromhex('02fe') + rng.randbytes(6)
    blocks = rng.choice((1, 1, 3, 4, 15, 255))
    check = b'\x06' + idm + b'\x01\x0b\x00' + bytes([blocks])
    body = rng.choice((check + b'\x80\x00' * min(blocks, 15), check, b'\x06', b'\x00\xff\xff\x00\x00',
                       b'\x08' + idm + b'\x01\x09\x00\x01\x80\x00' + bytes(16), rng.randbytes(rng.randrange(1, 12))))
    return bytes([(len(body) + 1 if rng.random() < 0.85 else rng.choice(NUMBERS)) & 0xFF]) + body
