"""ISO-DEP (ISO 14443-4), both ends: the reader's exchange with its recovery, the emulated card's session.

Owns block numbers and repeats. Used by `finder` and `target`. Rule numbers are those of ISO 14443-4, 7.5.
"""
from tests.simulator.chips.pn532 import timings
from tests.simulator.chips.pn532.session import HOST_MAX, Session
from tests.simulator.chips.pn532.status import RF_PROTOCOL, RFCorrupt, RFTimeout, StatusError

RATS = 0xE0
RATS_REQUEST = bytes((RATS, 0x80))                  # FSDI 8 (256 bytes), CID 0
PICC_FWI = 9                                        # of the ATS below
PICC_ATS = bytes((0x75, 0x33, 0x92, 0x03))          # T0 (FSC 64, TA TB TC follow), TA, TB, TC; historical bytes after
SIZES = (16, 24, 32, 40, 48, 64, 96, 128, 256)      # FSCI, FSDI
I_BLOCK, R_ACK, R_NAK = 0x02, 0xA2, 0xB2
S_DESELECT, S_WTX = 0xC2, 0xF2
CHAINED, WITH_CID, NUMBER = 0x10, 0x08, 0x01
OVERHEAD = 3                                        # PCB and CRC count in FSC and FSD
EXTENSION = 1                                       # WTXM the card asks for; guess


def ats(historical):
    """ATS of a PN532 that emulates a card."""
    body = PICC_ATS + historical
    return bytes([len(body) + 1]) + body


def size_of(code):
    return SIZES[min(code, len(SIZES) - 1)]


def parse_ats(data):
    """(FSC in bytes, FWI) of an ATS; defaults where its interface bytes are left out."""
    if len(data) < 2:
        return 32, 4
    t0, at, fwi = data[1], 2, 4
    at += bool(t0 & 0x10)
    if t0 & 0x20 and at < len(data):
        fwi = data[at] >> 4
    return size_of(t0 & 0x0F), min(fwi, 14)


class ISODEPReader:
    """The reader's end after the ATS. Its methods are procedures."""

    kind = 'isodep'

    def __init__(self, chip, link, ats_data):
        self.chip = chip
        self.radio = chip.radio
        self.link = link
        self.ats = ats_data
        size, fwi = parse_ats(ats_data)
        self.chunk_bytes = size - OVERHEAD
        self.fwt_ns = timings.RWT_UNIT_NS << fwi
        self._number = 0
        self._rest = b''
        self._open = False

    def exchange(self, data, more):
        """InDataExchange; returns (data, whether more is to come). Raises StatusError."""
        if self._rest or self._open:
            return (yield from self._collect(None))
        pieces = [data[i:i + self.chunk_bytes] for i in range(0, len(data), self.chunk_bytes)] or [b'']
        for i, piece in enumerate(pieces):
            chained = more or i < len(pieces) - 1
            block = yield from self._transceive(bytes([I_BLOCK | chained * CHAINED | self._number]) + piece)
            if chained != (block[0] & 0xF6 == R_ACK):
                raise StatusError(RF_PROTOCOL)
        if more:
            return b'', False
        return (yield from self._collect(block))

    def _collect(self, block):
        data = bytearray(self._rest)
        while block or (self._open and len(data) <= HOST_MAX):
            block = block or (yield from self._transceive(bytes([R_ACK | self._number])))
            if block[0] & 0xE2 != I_BLOCK:
                raise StatusError(RF_PROTOCOL)
            data += block[1:]
            self._open = bool(block[0] & CHAINED)
            block = None
        self._rest = bytes(data[HOST_MAX:])
        return bytes(data[:HOST_MAX]), bool(self._rest or self._open)

    def _transceive(self, request):
        """One block and its answer (rules 3 to 8), repeated as often as the chip's `dep_retries` say."""
        outgoing, wait_ns, failures = request, self.fwt_ns, 0
        while True:
            try:
                block = (yield from self.radio.exchange(outgoing, self.link, wait_ns)).data
            except (RFTimeout, RFCorrupt):
                failures += 1
                if failures > self.chip.dep_retries:
                    raise
                chaining_in = request[0] & 0xF6 == R_ACK
                outgoing, wait_ns = (request if chaining_in else bytes([R_NAK | self._number])), self.fwt_ns
                continue
            wait_ns = self.fwt_ns
            if block[:1] == bytes([S_WTX]) and len(block) > 1:
                outgoing, wait_ns = block[:2], self.fwt_ns * (block[1] & 0x3F)
            elif block[:1] and block[0] & 0xF6 == R_ACK and block[0] & NUMBER != self._number:
                failures += 1
                if failures > self.chip.dep_retries:
                    raise RFTimeout
                outgoing = request                              # rule 6: it has not had our block
            elif block[:1] and block[0] & NUMBER == self._number:
                self._number ^= 1                               # rule B
                return block
            else:
                raise StatusError(RF_PROTOCOL)

    def attention(self):
        """Diagnose 6: R(NAK) and any answer."""
        yield from self.radio.exchange(bytes([R_NAK | self._number]), self.link, self.fwt_ns)

    def leave(self, deselect):
        """S(DESELECT). Raises RFTimeout where the card does not answer."""
        yield from self.radio.exchange(bytes([S_DESELECT]), self.link, timings.RELEASE_TIMEOUT_NS)


class ISODEPCard(Session):
    """The card's end after RATS; answers R and S blocks and PPS by itself."""

    def __init__(self, engine, link, rats):
        super().__init__(engine, link)
        self.waiting_ns = timings.RWT_UNIT_NS << PICC_FWI
        self.chunk_bytes = size_of(rats[1] >> 4) - OVERHEAD
        self._number = 1                            # rule C
        self._cid = b''
        self._last = b''

    def frame(self, frame):
        block = frame.data
        if not block or not self.link.hears(frame):
            return
        pcb, rest = block[0], block[1:]
        if pcb & 0xF0 == 0xD0:                                  # PPS: 106 both ways is all there is
            self._answer(block[:1])
            return
        self._cid = rest[:1] if pcb & WITH_CID else b''
        rest = rest[len(self._cid):]
        pcb &= ~WITH_CID
        if pcb & 0xE2 == I_BLOCK:
            self._number ^= 1                                   # rule D
            self._information(rest, bool(pcb & CHAINED))
        elif pcb & 0xE6 == R_ACK & 0xE6:
            self._receipt(pcb)
        elif pcb == S_WTX:
            self._granted(rest[0] & 0x3F if rest else 1)
        elif pcb == S_DESELECT:
            self._answer(self._block(S_DESELECT), lambda: self.engine.release(deselected=True))

    def _receipt(self, pcb):
        """R(ACK) or R(NAK): rules 11 to 13."""
        if pcb & NUMBER == self._number:
            if self._owed:
                self._again()
            elif self._last:
                self._answer(self._last)
        elif pcb & CHAINED:                                     # R(NAK) for a block we have not had
            self._answer(self._block(R_ACK | self._number))
        else:
            self._number ^= 1                                   # rule E
            self._continue()

    def _send_chunk(self, chunk, more, then):
        self._reply(self._block(I_BLOCK | more * CHAINED | self._number, chunk), then)

    def _send_ack(self):
        self._reply(self._block(R_ACK | self._number))

    def _send_extension(self):
        self._reply(self._block(S_WTX, bytes([EXTENSION])))

    def _block(self, pcb, data=b''):
        return bytes([pcb | (WITH_CID if self._cid else 0)]) + self._cid + data

    def _reply(self, block, then=None):
        self._last = block
        self._answer(block, then)

    def _answer(self, block, then=None):
        self.engine.radio.answer(block, self.link, timings.DEP_ANSWER_NS, then)
