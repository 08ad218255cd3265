"""AutoColl: how an armed PN532 answers polls and anticollision by itself, at NFC-A and NFC-F.

Owns the parameters of TgInitAsTarget and the state of the two poll protocols; knows nothing of time or the air.
Source: ISO 14443-3 (NFC-A), JIS X 6319-4 (NFC-F). Used by `target`.
"""
from tests.simulator.chips.pn532.status import SyntaxFault

SENS_REQ, ALL_REQ, SEL_REQ, HALT = 0x26, 0x52, 0x93, 0x50
FULL_SELECT = 0x70
RANDOM_UID = 0x08                   # first byte of NFCID1 in target mode, forced by the chip
PASSIVE_ONLY, DEP_ONLY, PICC_ONLY = 1, 2, 4
SEL_RES_DEP, SEL_RES_ISO_DEP = 0x40, 0x20
GENERAL_MAX, HISTORICAL_MAX = 47, 48
FIXED_BYTES = 35                    # mode, NFC-A, NFC-F and NFCID3 parameters


class TargetParameters:
    """TgInitAsTarget's data taken apart. Raises SyntaxFault where lengths do not fit."""

    def __init__(self, data):
        if len(data) < FIXED_BYTES + 2:
            raise SyntaxFault
        self.mode = data[0]
        self.sens_res = data[1:3]
        self.uid = bytes([RANDOM_UID]) + data[3:6]
        self.sel_res = data[6]
        self.nfcid2 = data[7:15]
        self.pad = data[15:23]
        self.system = data[23:25]
        self.nfcid3 = data[25:35]
        general = data[FIXED_BYTES]
        self.general = data[36:36 + general]
        historical_at = 36 + general
        if general > GENERAL_MAX or historical_at >= len(data):
            raise SyntaxFault
        self.historical = data[historical_at + 1:]
        if self.mode & ~7 or len(self.historical) != data[historical_at] or len(self.historical) > HISTORICAL_MAX:
            raise SyntaxFault


def with_check(uid):
    """UID and its BCC."""
    check = 0
    for value in uid:
        check ^= value
    return uid + bytes([check])


class AutoColl:
    """Answers of one armed chip. Both methods return the answer, b'' for silence, or None where the frame is for the
    layer above (a selected target's first command)."""

    def __init__(self, parameters):
        self.parameters = parameters
        self.field_lost()

    def field_lost(self):
        self.state = 'idle'                         # NFC-A: idle, ready, active, halt
        self.polled = 0                             # NFC-F: bit rate of the last SENSF_REQ that was for us

    def refuse(self):
        """The layer above has no use for the frame."""
        self.state = 'idle'

    def nfc_a(self, data):
        if data == bytes([SENS_REQ]) or data == bytes([ALL_REQ]):
            return self._poll(data[0])
        if self.state == 'ready':
            return self._select(data)
        if self.state == 'active':
            if data == bytes([HALT, 0]):
                self.state = 'halt'
                return b''
            return None
        return b''

    def _poll(self, request):
        wakes = self.state == 'idle' or (self.state == 'halt' and request == ALL_REQ)
        if self.state != 'halt' or wakes:
            self.state = 'ready' if wakes else 'idle'
        return self.parameters.sens_res if wakes else b''

    def _select(self, data):
        """SDD_REQ with none, some or all bits of the UID."""
        full = with_check(self.parameters.uid)
        if len(data) >= 2 and data[0] == SEL_REQ:
            if data[1] == FULL_SELECT:
                self.state = 'active' if data[2:] == full else 'idle'
                return bytes([self.parameters.sel_res]) if self.state == 'active' else b''
            known_bits = ((data[1] >> 4) - 2) * 8 + (data[1] & 7)
            if _bits(data[2:], known_bits) == _bits(full, known_bits):
                return _without(full, known_bits)
        else:
            self.state = 'idle'
        return b''

    def nfc_f(self, data, bitrate):
        if len(data) == 6 and data[0] == 6 and data[1] == 0:
            return self._sensf(data, bitrate)
        if self.polled == bitrate and len(data) >= 2 and data[0] == len(data):
            return None if self._addressed(data) else b''
        return b''

    def _sensf(self, request, bitrate):
        system = self.parameters.system
        if any(wanted not in (0xFF, have) for wanted, have in zip(request[2:4], system)):
            return b''
        self.polled = bitrate
        body = b'\x01' + self.parameters.nfcid2 + self.parameters.pad + (system if request[4] == 1 else b'')
        return bytes([len(body) + 1]) + body

    def _addressed(self, data):
        """ATR_REQ carries our NFCID2 as NFCID3i, FeliCa commands as IDm."""
        at = 3 if data[1:3] == b'\xd4\x00' else 2
        return data[at:at + 8] == self.parameters.nfcid2


def _bits(data, count):
    """The first `count` bits in the order of the air (least significant first)."""
    return int.from_bytes(data, 'little') & (1 << count) - 1


def _without(data, known_bits):
    """What is left to be sent of `data`; bits of the first byte that are known already read 0."""
    first, bits = divmod(known_bits, 8)
    rest = bytearray(data[first:])
    rest[0] &= 0xFF << bits & 0xFF
    return bytes(rest)
