"""What the frames on the air are, in the words of their standards: a line a frame for the page's instrument.

Owns no more than names. NFC-A activation from ISO/IEC 14443-3, NFC-DEP from ISO/IEC 18092 (NFC Forum Digital Protocol 14),
LLCP PDUs from NFC Forum LLCP 1.3 table 3, SNEP from SNEP 1.0. Used by `play`.
"""
ACTIVATION = {b'\x26': 'SENS_REQ', b'\x52': 'ALL_REQ', b'\x93\x20': 'SDD_REQ', b'\x50\x00': 'SLP_REQ'}
DEP = {0xD400: 'ATR_REQ', 0xD501: 'ATR_RES', 0xD404: 'PSL_REQ', 0xD505: 'PSL_RES', 0xD406: 'DEP_REQ', 0xD507: 'DEP_RES',
       0xD408: 'DSL_REQ', 0xD509: 'DSL_RES', 0xD40A: 'RLS_REQ', 0xD50B: 'RLS_RES'}
PDUS = ('SYMM', 'PAX', 'AGF', 'UI', 'CONNECT', 'DISC', 'CC', 'DM', 'FRMR', 'SNL', '1010', '1011', 'I', 'RR', 'RNR', '1111')
AGF, UI, CONNECT, CC, I_PDU, RR, RNR = 2, 3, 4, 6, 12, 13, 14
SNEP = {0x00: 'Continue', 0x01: 'GET', 0x02: 'PUT', 0x80: 'Continue', 0x81: 'Success', 0xC0: 'Not Found', 0xFF: 'Reject'}
START = 0xF0                                    # before NFC-DEP at 106 kbit/s


def name_of(frame):
    """`frame`: an air.Frame. Never raises: what is cut short is named as far as it goes."""
    data = frame.data
    if frame.technology == 'A' and frame.bitrate == 106:
        if data[:1] != bytes([START]):
            return activation(data)
        data = data[1:]
    code = int.from_bytes(data[1:3], 'big')
    if code not in DEP:
        return f'{len(data)} bytes'
    return DEP[code] + (depacked(data[3:]) if DEP[code].startswith('DEP') else '')


def activation(data):
    """The frames by which a reader finds and selects a card; answers are known by their lengths."""
    if data in ACTIVATION:
        return ACTIVATION[data]
    if data[:2] == b'\x93\x70':
        return 'SEL_REQ ' + data[2:6].hex()
    return {1: 'SEL_RES', 2: 'SENS_RES', 5: 'SDD_RES ' + data[:4].hex()}.get(len(data), f'{len(data)} bytes')


def depacked(data):
    """The part of a DEP_REQ or DEP_RES behind its code."""
    if not data:
        return ''
    kind, number = data[0] >> 5, data[0] & 3
    if kind == 0:
        return f' {number} · {pdu(data[1:])}'
    return {2: f' ACK {number}', 4: ' RTOX' if data[0] & 0x10 else ' ATN'}.get(kind, '')


def pdu(data):
    """An LLCP PDU with its sockets: from which to which."""
    if len(data) < 2:
        return f'{len(data)} bytes'
    to, kind, sender = data[0] >> 2, (data[0] & 3) << 2 | data[1] >> 6, data[1] & 63
    if kind == AGF:
        return 'AGF [' + ', '.join(pdu(part) for part in parts(data[2:])) + ']'
    if not to and not sender:
        return PDUS[kind]
    text = f'{PDUS[kind]} {sender}→{to}'
    if kind == I_PDU:
        inner = data[3:]
        text += f' SNEP {SNEP[inner[1]]} {len(inner) - 6} B' if is_snep(inner) else f' {len(inner)} B'
    return text


def is_snep(data):
    return len(data) >= 6 and data[0] == 0x10 and data[1] in SNEP


def parts(data):
    """The PDUs that an AGF carries, each behind two bytes of length."""
    while len(data) >= 2:
        length = int.from_bytes(data[:2], 'big')
        yield data[2:2 + length]
        data = data[2 + length:]
