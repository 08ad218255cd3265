"""LLCP protocol data units and their parameters, to bytes and back, strictly.

Owns the formats of LLCP 1.1 sections 4.3 and 4.4. Used by `link` and `connection`. Everything that does not fit the
format raises BadPDU with a sentence; nothing is allocated for a length that is only announced.

    DSAP(6) PTYPE(4) SSAP(6) | N(S)(4) N(R)(4) in I, RR, RNR | payload
"""
from micropython import const

from llcp.errors import BadPDU

SYMM = const(0)
PAX = const(1)
AGF = const(2)
UI = const(3)
CONNECT = const(4)
DISC = const(5)
CC = const(6)
DM = const(7)
FRMR = const(8)
SNL = const(9)
I = const(12)                   # noqa: E741  the PDU's name
RR = const(13)
RNR = const(14)

# The only sizes that these may have, header included.
_SIZES = {SYMM: 2, DISC: 2, DM: 3, FRMR: 6, RR: 3, RNR: 3}
_LINK_ONLY = (SYMM, PAX, AGF)   # these go from link to link: both addresses are 0
_DISCOVERY_SAP = const(1)

_VERSION = const(1)
_MIUX = const(2)
_WKS = const(3)
_LTO = const(4)
_RW = const(5)
_SN = const(6)
_OPT = const(7)
_SDREQ = const(8)
_SDRES = const(9)
_FIXED = {_VERSION: 1, _MIUX: 2, _WKS: 2, _LTO: 1, _RW: 1, _OPT: 1, _SDRES: 2}

DEFAULT_MIU = const(128)
DEFAULT_LTO_MS = const(100)


class PDU:
    """One PDU. `payload` is everything behind the header (and the sequence byte): bytes, or a memoryview of what was
    received. `ns` and `nr` count only in I, RR and RNR."""

    def __init__(self, dsap, ptype, ssap, payload=b'', ns=0, nr=0):
        self.dsap = dsap
        self.ptype = ptype
        self.ssap = ssap
        self.payload = payload
        self.ns = ns
        self.nr = nr

    def numbered(self):
        return I <= self.ptype <= RNR

    def __len__(self):
        return 2 + self.numbered() + len(self.payload)

    def encode(self):
        """The PDU as bytearray."""
        data = bytearray(len(self))
        data[0] = self.dsap << 2 | self.ptype >> 2
        data[1] = (self.ptype & 3) << 6 | self.ssap
        at = 2
        if self.numbered():
            data[2] = self.ns << 4 | self.nr
            at = 3
        data[at:] = self.payload
        return data

    def parts(self):
        """The PDUs of an AGF, as a list."""
        found = []
        at = 0
        while at < len(self.payload):
            if at + 2 > len(self.payload):
                raise BadPDU('An aggregated frame ends inside a length.')
            length = self.payload[at] << 8 | self.payload[at + 1]
            at += 2
            if at + length > len(self.payload):
                raise BadPDU('An aggregated frame announces %d bytes and holds %d.' % (length, len(self.payload) - at))
            part = decode(self.payload[at:at + length])
            if part.ptype == AGF:
                raise BadPDU('An aggregated frame is nested in another.')
            found.append(part)
            at += length
        return found


def decode(data):
    """The PDU in all of `data` (bytes-like)."""
    if len(data) < 2:
        raise BadPDU('%d byte(s) are no LLCP PDU.' % len(data))
    ptype = (data[0] & 3) << 2 | data[1] >> 6
    pdu = PDU(data[0] >> 2, ptype, data[1] & 0x3F)
    if len(data) != _SIZES.get(ptype, len(data)):
        raise BadPDU('A PDU of type %d has %d bytes.' % (ptype, len(data)))
    if ptype in _LINK_ONLY and (pdu.dsap or pdu.ssap):
        raise BadPDU('A PDU of type %d has an address.' % ptype)
    if ptype == SNL and not pdu.dsap == pdu.ssap == _DISCOVERY_SAP:
        raise BadPDU('A service name lookup goes to the wrong address.')
    at = 2
    if pdu.numbered():
        if len(data) < 3:
            raise BadPDU('A numbered PDU lacks its sequence byte.')
        pdu.ns, pdu.nr = data[2] >> 4, data[2] & 15
        at = 3
    pdu.payload = memoryview(data)[at:]
    return pdu


class Parameters:
    """The parameters (TLVs) of general bytes, CONNECT, CC and SNL, with LLCP's defaults where one is absent.

    `version` (major << 4 | minor, 0: absent), `miu`, `services` (bit n: SAP n), `lto_ms`, `window`, `name` (bytes or
    None), `options`, `requests` [(transaction, name)], `answers` [(transaction, sap)].
    """

    def __init__(self, data=b''):
        """Take `data` apart. Unknown parameters are skipped. Raises BadPDU."""
        self.version = 0
        self.miu = DEFAULT_MIU
        self.services = 0
        self.lto_ms = DEFAULT_LTO_MS
        self.window = 1
        self.name = None
        self.options = 0
        self.requests = []
        self.answers = []
        at = 0
        while at < len(data):
            if at + 2 > len(data) or at + 2 + data[at + 1] > len(data):
                raise BadPDU('A parameter is longer than what holds it.')
            end = at + 2 + data[at + 1]
            self._take(data[at], data[at + 2:end])
            at = end

    def _take(self, kind, value):
        if len(value) != _FIXED.get(kind, len(value)):
            raise BadPDU('Parameter %d has %d bytes.' % (kind, len(value)))
        if kind == _VERSION:
            self.version = value[0]
        elif kind == _MIUX:
            self.miu = DEFAULT_MIU + ((value[0] << 8 | value[1]) & 0x7FF)
        elif kind == _WKS:
            self.services = value[0] << 8 | value[1]
        elif kind == _LTO:
            self.lto_ms = value[0] * 10
        elif kind == _RW:
            self.window = value[0] & 15
        elif kind == _OPT:
            self.options = value[0] & 7
        else:
            self._take_name(kind, value)

    def _take_name(self, kind, value):
        if kind == _SN:
            self.name = bytes(value)
        elif kind == _SDREQ:
            if not len(value):
                raise BadPDU('A service discovery request has no transaction number.')
            self.requests.append((value[0], bytes(value[1:])))
        elif kind == _SDRES:
            self.answers.append((value[0], value[1] & 0x3F))

    def encode(self):
        """As bytes, in the order of their numbers; what has its default is left out."""
        data = bytearray()
        if self.version:
            data.extend(bytes((_VERSION, 1, self.version)))
        if self.miu > DEFAULT_MIU:
            data.extend(bytes((_MIUX, 2, (self.miu - DEFAULT_MIU) >> 8, (self.miu - DEFAULT_MIU) & 0xFF)))
        if self.services:
            data.extend(bytes((_WKS, 2, self.services >> 8, self.services & 0xFF)))
        if self.lto_ms != DEFAULT_LTO_MS:
            data.extend(bytes((_LTO, 1, self.lto_ms // 10)))
        if self.window != 1:
            data.extend(bytes((_RW, 1, self.window)))
        if self.name is not None:
            data.extend(bytes((_SN, len(self.name))) + self.name)
        if self.options:
            data.extend(bytes((_OPT, 1, self.options)))
        for transaction, name in self.requests:
            data.extend(bytes((_SDREQ, 1 + len(name), transaction)) + name)
        for transaction, sap in self.answers:
            data.extend(bytes((_SDRES, 2, transaction, sap)))
        return bytes(data)
