"""What TgInitAsTarget is told, and what it tells when somebody arrives.

Owns the layout of both (user manual, section 7.3.14). Used by `chip`. Whatever an initiator sent is taken apart
without trusting a length in it.
"""
from micropython import const

DEP = const(0)              # NFC-DEP: another pin, or anything that speaks LLCP
ISO_DEP = const(1)          # ISO 14443-4: a phone reading a Type 4 Tag
OTHER = const(2)            # the first frame of something else, FeliCa say

_MODE_DEP = const(0x04)
_MODE_ISO_DEP = const(0x08)
_GENERAL_BYTES_AT = const(18)   # in the answer, the mode byte being 0
_RATS = const(0xE0)
_MAX_GENERAL_BYTES = const(48)

SENS_RES = b'\x04\x00'          # in the order of the air
SEL_RES_BOTH = const(0x60)      # NFC-DEP (40) and ISO-DEP (20)
_PAD = b'\xff' * 8              # FeliCa PMm
_SYSTEM_CODE = b'\x12\xfc'      # NDEF


def parameters(general_bytes, nfcid1, nfcid2, nfcid3, sel_res=SEL_RES_BOTH, historical=b''):
    """The data of TgInitAsTarget: NFC-A as a Type 4 Tag and DEP target, NFC-F as a Type 3 Tag, in any mode.

    `nfcid1` 3 bytes (the chip puts 08 ahead), `nfcid2` 8, `nfcid3` 10, `general_bytes` at most 47, `historical` at
    most 48. Raises ValueError.
    """
    if len(nfcid1) != 3 or len(nfcid2) != 8 or len(nfcid3) != 10:
        raise ValueError('NFCID1, NFCID2 and NFCID3 have 3, 8 and 10 bytes.')
    if len(general_bytes) > 47 or len(historical) > 48:
        raise ValueError('A target has at most 47 general bytes and 48 historical bytes.')
    return b''.join((b'\x00', SENS_RES, nfcid1, bytes((sel_res,)), nfcid2, _PAD, _SYSTEM_CODE, nfcid3,
                     bytes((len(general_bytes),)), general_bytes, bytes((len(historical),)), historical))


class Activation:
    """Who arrived: `kind` DEP, ISO_DEP or OTHER; `bit_rate_kbps`; `command`, its first frame as the chip gives it;
    `general_bytes` of an NFC-DEP initiator, empty where it sent none."""

    def __init__(self, data):
        """`data`: the answer to TgInitAsTarget as bytes, of any length."""
        mode = data[0] if data else 0
        self.mode = mode
        self.command = data[1:]
        self.bit_rate_kbps = 106 << (mode >> 4 & 3)
        self.general_bytes = b''
        self.kind = OTHER
        if mode & _MODE_DEP and self.command[1:3] == b'\xd4\x00':
            self.kind = DEP
            self.general_bytes = self._general_bytes(data)
        elif mode & _MODE_ISO_DEP and self.command[:1] == bytes((_RATS,)):
            self.kind = ISO_DEP

    @staticmethod
    def _general_bytes(data):
        """ATR_REQ: LEN D4 00 NFCID3(10) DID BS BR PP Gi, LEN counting itself and PP bit 1 announcing Gi."""
        end = 1 + data[1]
        if end > len(data) or end < _GENERAL_BYTES_AT or not data[_GENERAL_BYTES_AT - 1] & 0x02:
            return b''
        return data[_GENERAL_BYTES_AT:min(end, _GENERAL_BYTES_AT + _MAX_GENERAL_BYTES)]
