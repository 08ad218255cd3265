"""NFC-DEP, both ends: frames, the initiator's exchange with its recovery, the target's session.

Source: ISO 18092 chapter 12 and the NFC Forum's Digital Protocol. Owns packet numbers and repeats. Used by `initiator`
and `target`. A command is what the golden trace shows without F0 and length: `d4 06 pfb data`.
"""
from tests.simulator.chips.pn532 import timings
from tests.simulator.chips.pn532.session import HOST_MAX, Session
from tests.simulator.chips.pn532.status import RF_PROTOCOL, RFCorrupt, RFTimeout, StatusError

REQUEST, RESPONSE = 0xD4, 0xD5
ATR_REQ, PSL_REQ, DEP_REQ, DSL_REQ, RLS_REQ = 0x00, 0x04, 0x06, 0x08, 0x0A     # responses are one more
SYNC = 0xF0                                         # in front of the length at 106 kbit/s
INFORMATION, MORE, ACK, NAK, ATN, RTOX = 0x00, 0x10, 0x40, 0x50, 0x80, 0x90    # PFB, upper half
PFB_NAD, PFB_DID, PFB_PNI = 0x08, 0x04, 0x03
LENGTHS = (64, 128, 192, 254)                       # LR: how long a frame's data from CMD0 on may be
HEAD_BYTES = 3                                      # CMD0, CMD1, PFB
GENERAL_PRESENT = 0x02
TARGET_WT = 9                                       # a PN532 target asks for WT 9 (libnfc's prints vary)
EXTENSION = 1                                       # RTOX it asks for; guess
RATES = (106, 212, 424)


def wrap(command, bitrate):
    """The frame on the air for `command`."""
    return (bytes([SYNC]) if bitrate == 106 else b'') + bytes([len(command) + 1]) + command


def unwrap(data, bitrate):
    """The command in a frame, b'' where it is none."""
    if bitrate == 106:
        if data[:1] != bytes([SYNC]):
            return b''
        data = data[1:]
    return data[1:] if len(data) >= 3 and data[0] == len(data) else b''


def atr_request(nfcid3, general):
    """ATR_REQ without DID, bit rates of 106 only as the chip claims, LR 254."""
    return bytes([REQUEST, ATR_REQ]) + nfcid3 + bytes([0, 0, 0, 0x30 | (GENERAL_PRESENT if general else 0)]) + general


def atr_response(nfcid3, did, general):
    parameters = 0x30 | (GENERAL_PRESENT if general else 0)
    return bytes([RESPONSE, ATR_REQ + 1]) + nfcid3 + bytes([did, 0, 0, TARGET_WT, parameters]) + general


def is_atr_request(command):
    return len(command) >= 16 and command[0] == REQUEST and command[1] == ATR_REQ


def length_of(parameters):
    """LR of an ATR's PP byte."""
    return LENGTHS[parameters >> 4 & 3]


class DEPInitiator:
    """The initiator's end after ATR_RES (`attributes`: NFCID3 and all that follows). Its methods are procedures."""

    kind = 'dep'

    def __init__(self, chip, link, attributes):
        self.chip = chip
        self.radio = chip.radio
        self.link = link
        self.attributes = attributes
        self.rwt_ns = timings.RWT_UNIT_NS << min(attributes[13] & 0x0F, 14)
        self.chunk_bytes = length_of(attributes[14]) - HEAD_BYTES
        self._pni = 0
        self._rest = b''                            # came in the same chain, past what the host can take at once
        self._open = False                          # the target's chain goes on

    def exchange(self, data, more):
        """InDataExchange; returns (data, whether more is to come). Raises StatusError."""
        if self._rest or self._open:
            return (yield from self._collect(None))
        pieces = [data[i:i + self.chunk_bytes] for i in range(0, len(data), self.chunk_bytes)] or [b'']
        for i, piece in enumerate(pieces):
            chained = more or i < len(pieces) - 1
            kind, answer = yield from self._transceive(MORE if chained else INFORMATION, piece)
            if chained != (kind == ACK):
                raise StatusError(RF_PROTOCOL)
        if more:
            return b'', False
        return (yield from self._collect((kind, answer)))

    def _collect(self, answer):
        """Acknowledge a chain until it ends or the host's buffer is full."""
        data = bytearray(self._rest)
        while answer or (self._open and len(data) <= HOST_MAX):
            kind, piece = answer or (yield from self._transceive(ACK, b''))
            if kind not in (INFORMATION, MORE):
                raise StatusError(RF_PROTOCOL)
            data += piece
            self._open = kind == MORE
            answer = None
        self._rest = bytes(data[HOST_MAX:])
        return bytes(data[:HOST_MAX]), bool(self._rest or self._open)

    def _transceive(self, kind, data):
        """One packet and its answer, recovered as often as the chip's `dep_retries` say: (kind, data)."""
        request = self._request(kind | self._pni, data)
        outgoing, wait_ns = request, self.rwt_ns
        failures = repeats = 0
        while True:
            try:
                kind, data = self._parse((yield from self._send(outgoing, wait_ns)))
            except (RFTimeout, RFCorrupt) as error:
                failures += 1
                if failures > self.chip.dep_retries:
                    raise
                if isinstance(error, RFTimeout):
                    outgoing = self._request(ATN, b'')
                elif outgoing[2] != ATN:
                    outgoing = self._request(NAK | self._pni, b'')
                wait_ns = self.rwt_ns
                continue
            failures, wait_ns = 0, self.rwt_ns
            if kind == ATN:
                repeats += 1
                if repeats > self.chip.dep_retries:
                    raise RFTimeout
                outgoing = request
            elif kind == RTOX:
                outgoing, wait_ns = self._request(RTOX, data[:1]), self.rwt_ns * (data[0] & 0x3F)
            else:
                self._pni = self._pni + 1 & PFB_PNI
                return kind, data

    def _send(self, command, wait_ns):
        frame = yield from self.radio.exchange(wrap(command, self.link.send), self.link, wait_ns)
        return unwrap(frame.data, self.link.receive)

    @staticmethod
    def _request(pfb, data):
        return bytes([REQUEST, DEP_REQ, pfb]) + data

    def _parse(self, command):
        """(kind, data) of a DEP_RES. Raises StatusError where it is none or out of sequence."""
        if len(command) < HEAD_BYTES or command[0] != RESPONSE or command[1] != DEP_REQ + 1:
            raise StatusError(RF_PROTOCOL)
        pfb, at = command[2], HEAD_BYTES
        at += bool(pfb & PFB_DID) + bool(pfb & PFB_NAD)
        kind, data = pfb & 0xF0, command[at:]
        if kind == RTOX and not (data and 0 < data[0] & 0x3F < 60):
            raise StatusError(RF_PROTOCOL)
        if kind not in (ATN, RTOX) and (kind not in (INFORMATION, MORE, ACK) or pfb & PFB_PNI != self._pni):
            raise StatusError(RF_PROTOCOL)
        return kind, data

    def select_parameters(self, send_code, receive_code):
        """PSL: 0, 1, 2 are 106, 212, 424 kbit/s from initiator to target and back."""
        request = bytes([REQUEST, PSL_REQ, 0, send_code << 3 | receive_code, 3])
        command = yield from self._send(request, self.rwt_ns)
        if command[:2] != bytes([RESPONSE, PSL_REQ + 1]):
            raise StatusError(RF_PROTOCOL)
        self.link.send, self.link.receive = RATES[send_code], RATES[receive_code]
        self.link.technology = 'F' if send_code else 'A'
        return self.link

    def attention(self):
        """Diagnose 6: is the target still there?"""
        command = yield from self._send(self._request(ATN, b''), self.rwt_ns)
        if command[2:3] != bytes([ATN]):
            raise StatusError(RF_PROTOCOL)

    def leave(self, deselect):
        """DSL or RLS. Raises RFTimeout where the target does not answer (libnfc#272)."""
        request = bytes([REQUEST, DSL_REQ if deselect else RLS_REQ])
        yield from self._send(request, timings.RELEASE_TIMEOUT_NS)


class DEPTarget(Session):
    """The target's end from ATR_REQ on; answers it, and ATN, NAK, repeats, PSL, DSL and RLS by itself."""

    def __init__(self, engine, link, atr_req, nfcid3, general):
        super().__init__(engine, link)
        self._atr_res = atr_response(nfcid3, atr_req[12], general)
        self.waiting_ns = timings.RWT_UNIT_NS << TARGET_WT
        self.chunk_bytes = length_of(atr_req[15]) - HEAD_BYTES - bool(atr_req[12])
        self._did = bytes([atr_req[12]]) if atr_req[12] else b''
        self._begun = False                         # a packet has been exchanged
        self._expected = 0                          # packet number of the next new request
        self._last = b''                            # our last answer, to be sent again
        self._handlers = {ATR_REQ: self._attributes, PSL_REQ: self._select_parameters, DEP_REQ: self._exchange,
                          DSL_REQ: self._leave, RLS_REQ: self._leave}
        self._attributes()

    def frame(self, frame):
        if not self.link.hears(frame):
            return
        command = unwrap(frame.data, frame.bitrate)
        if len(command) >= 2 and command[0] == REQUEST and command[1] in self._handlers:
            self._handlers[command[1]](command)

    def _attributes(self, command=b''):
        """ATR_REQ: the first, or again because our answer was not heard."""
        if not self._begun:
            self._answer(self._atr_res)

    def _exchange(self, command):
        if len(command) < HEAD_BYTES:
            return
        self._begun = True
        pfb, rest = command[2], command[HEAD_BYTES:]
        if pfb & PFB_DID:
            if rest[:1] != self._did:
                return
            rest = rest[1:]
        if pfb & PFB_NAD:
            rest = rest[1:]
        kind, number = pfb & 0xF0, pfb & PFB_PNI
        if kind == ATN:
            self._answer(bytes([RESPONSE, DEP_REQ + 1, ATN]))
        elif kind == RTOX:
            self._granted(rest[0] & 0x3F if rest else 1)
        elif kind == NAK or number != self._expected:
            self._repeat(kind, number)
        elif kind in (INFORMATION, MORE):
            self._expected = number + 1 & PFB_PNI
            self._information(rest, kind == MORE)
        elif kind == ACK:
            self._expected = number + 1 & PFB_PNI
            self._continue()

    def _repeat(self, kind, number):
        """The initiator has not had our answer to packet `number`."""
        if number != self._expected - 1 & PFB_PNI:
            return
        if self._owed and kind != NAK:
            self._again()
        elif self._last:
            self._answer(self._last)

    def _send_chunk(self, chunk, more, then):
        self._reply(MORE if more else INFORMATION, chunk, then)

    def _send_ack(self):
        self._reply(ACK, b'')

    def _send_extension(self):
        self._last = self._response(RTOX, bytes([EXTENSION]))
        self._answer(self._last)

    def _reply(self, kind, data, then=None):
        self._last = self._response(kind | (self._expected - 1 & PFB_PNI), data)
        self._answer(self._last, then)

    def _response(self, pfb, data):
        return bytes([RESPONSE, DEP_REQ + 1, pfb | (PFB_DID if self._did else 0)]) + self._did + data

    def _answer(self, command, then=None):
        self.engine.radio.answer(wrap(command, self.link.send), self.link, timings.DEP_ANSWER_NS, then)

    def _select_parameters(self, command):
        """PSL_RES leaves at the old bit rate, then the new ones hold."""
        if len(command) < 5:
            return
        from_initiator, to_initiator = RATES[min(command[3] >> 3 & 7, 2)], RATES[min(command[3] & 7, 2)]
        self.chunk_bytes = length_of(command[4] << 4) - HEAD_BYTES - len(self._did)
        self._answer(bytes([RESPONSE, PSL_REQ + 1, command[2]]),
                     lambda: self.engine.set_rates(to_initiator, from_initiator))

    def _leave(self, command):
        response = bytes([RESPONSE, command[1] + 1]) + command[2:3]
        self._answer(response, lambda: self.engine.release(deselected=command[1] == DSL_REQ))
