"""Initiator (reader) commands of the PN532: jump into NFC-DEP, exchange, release; `finder` has the lists.

Owns the list of known targets (Tg 1 and 2). Commands are procedures on the chip's radio. Source: PN532 manual; MxRty
semantics from there and from libnfc. Used by `chip`.
"""
from tests.simulator.air import UNPROTECTED
from tests.simulator.chips.pn532 import dep, registers, timings
from tests.simulator.chips.pn532.activation import Activation, FoundA
from tests.simulator.chips.pn532.autocoll import SEL_RES_DEP
from tests.simulator.chips.pn532.finder import TECHNOLOGY_F, Finder, Known
from tests.simulator.chips.pn532.radio import Link
from tests.simulator.chips.pn532.status import (
    MORE,
    NO_PEER_FIELD,
    NOT_IN_CONTEXT,
    OK,
    RF_PROTOCOL,
    TIMEOUT,
    RFCorrupt,
    RFTimeout,
    StatusError,
    SyntaxFault,
)
from tests.simulator.chips.pn532.system import FOR_EVER

MAX_TARGETS = 2
MI = 0x40                                           # in the Tg byte of InDataExchange
TG = 0x07
DATA_MAX = 262
TYPE_A, TYPE_F, TYPE_ACTIVE = 0x00, 0x10, 0x01      # GetGeneralStatus
ATR_RETRIES_ACTIVE, ATR_RETRIES_PASSIVE = FOR_EVER, 2
NFCID3_BYTES = 10
GENERAL_MAX = 48


class Jump:
    """InJumpForDEP's parameters taken apart. Raises SyntaxFault where lengths do not fit."""

    def __init__(self, data):
        if len(data) < 3 or data[0] > 1 or data[1] > 2:
            raise SyntaxFault
        self.active = bool(data[0])
        self.bitrate = dep.RATES[data[1]]
        flags, rest = data[2], data[3:]
        passive_bytes = (0 if self.active else 4 if self.bitrate == 106 else 5) if flags & 1 else 0
        nfcid3_bytes = NFCID3_BYTES if flags & 2 else 0
        self.passive = rest[:passive_bytes]
        self.nfcid3 = rest[passive_bytes:passive_bytes + nfcid3_bytes]
        self.general = rest[passive_bytes + nfcid3_bytes:]
        complete = len(self.passive) == passive_bytes and len(self.nfcid3) == nfcid3_bytes
        if not complete or bool(self.general) != bool(flags & 4) or len(self.general) > GENERAL_MAX:
            raise SyntaxFault
        if not self.active and self.bitrate != 106 and not self.passive:
            raise SyntaxFault


class Initiator:
    """`targets`: Tg -> Known. `commands()` is its share of the table."""

    def __init__(self, chip):
        self.chip = chip
        self.radio = chip.radio
        self.activation = Activation(chip)
        self.finder = Finder(chip, self.activation)
        self.targets = {}

    def commands(self):
        return {0x40: self.data_exchange, 0x42: self.communicate_thru, 0x44: self.deselect, 0x46: self.jump,
                0x4A: self.list_passive_target, 0x4E: self.psl, 0x50: self.atr, 0x52: self.release,
                0x54: self.select, 0x56: self.jump, 0x60: self.auto_poll}

    def reset(self):
        self.targets.clear()

    def status(self):
        """GetGeneralStatus' share: number of targets, then Tg, rates and type of each."""
        data = bytes([len(self.targets)])
        for tg, known in self.targets.items():
            link = known.peer.link
            kind = TYPE_ACTIVE if link.active else TYPE_A if link.send == 106 else TYPE_F
            data += bytes([tg, dep.RATES.index(link.receive), dep.RATES.index(link.send), kind])
        return data

    def _begin(self):
        """A command that makes this chip an initiator ends target mode and forgets earlier targets."""
        self.chip.target.reset()
        self.targets.clear()

    # -- finding ------------------------------------------------------------------------------------------------
    def list_passive_target(self, data):
        if len(data) < 2 or not 1 <= data[0] <= MAX_TARGETS or data[1] > 4:
            raise SyntaxFault
        if data[1] in TECHNOLOGY_F and len(data) != 7:
            raise SyntaxFault
        self._begin()
        return self.finder.list(self.targets, data[0], data[1], data[2:])

    def auto_poll(self, data):
        if len(data) < 3 or not 1 <= data[1] <= 15:
            raise SyntaxFault
        self._begin()
        return self.finder.auto_poll(self.targets, data[0], data[1], data[2:])

    # -- NFC-DEP ------------------------------------------------------------------------------------------------
    def jump(self, data):
        """InJumpForDEP and InJumpForPSL: checks the parameters at once, then is a procedure."""
        parameters = Jump(data)
        self._begin()
        return self._jump(parameters)

    def _jump(self, jump):
        peer = yield from (self._jump_active(jump) if jump.active else self._jump_passive(jump))
        self.targets[1] = Known(None, peer)
        return bytes([OK, 1]) + peer.attributes

    def _jump_active(self, jump):
        link = Link(jump.bitrate, jump.bitrate, active=True)
        self.chip.registers.set_link(jump.bitrate, jump.bitrate, 'ACTIVE')
        nfcid3 = jump.nfcid3 or self._random_nfcid3()
        try:
            return (yield from self._attributes(link, nfcid3, jump.general, ATR_RETRIES_ACTIVE))
        except RFTimeout:
            raise StatusError(NO_PEER_FIELD) from None

    def _jump_passive(self, jump):
        if jump.bitrate == 106:
            found = yield from self.finder.retry(lambda: self.activation.nfc_a(jump.passive))
        else:
            found = yield from self.finder.retry(lambda: self.activation.nfc_f(jump.bitrate, jump.passive))
        if not found or (jump.bitrate == 106 and not found.sel_res & SEL_RES_DEP):
            raise StatusError(TIMEOUT)
        nfcid3 = jump.nfcid3 or self._random_nfcid3() if jump.bitrate == 106 else found.nfcid2 + bytes(2)
        link = Link(jump.bitrate, jump.bitrate)
        return (yield from self._attributes(link, nfcid3, jump.general, ATR_RETRIES_PASSIVE))

    def _attributes(self, link, nfcid3, general, default_retries):
        """ATR_REQ until ATR_RES: a DEPInitiator. Raises StatusError."""
        retries = self.chip.settings.atr_retries
        retries = default_retries if retries is None else retries
        request = dep.wrap(dep.atr_request(nfcid3, general), link.send)
        timeout_ns = timings.timeout_ns(self.chip.settings.atr_timeout)
        frame = yield from self._repeat(lambda: self.radio.exchange(request, link, timeout_ns), retries)
        command = dep.unwrap(frame.data, link.receive)
        if len(command) < 17 or command[:2] != bytes([dep.RESPONSE, dep.ATR_REQ + 1]):
            raise StatusError(RF_PROTOCOL)
        return dep.DEPInitiator(self.chip, link, command[2:])

    def _random_nfcid3(self):
        return bytes(self.chip.rng.randrange(256) for _ in range(NFCID3_BYTES))

    def atr(self, data):
        """InATR: NFC-DEP with a target that InListPassiveTarget has found."""
        given = NFCID3_BYTES * (data[1] & 1) if len(data) > 1 else 0
        if len(data) < 2 + given:
            raise SyntaxFault
        return self._atr(self._known(data[0]), data[2:2 + given], data[2 + given:])

    def _atr(self, known, nfcid3, general):
        link = known.peer.link
        nfcid3 = nfcid3 or self._random_nfcid3() if link.technology == 'A' else known.found.nfcid2 + bytes(2)
        known.peer = yield from self._attributes(link, nfcid3, general, ATR_RETRIES_PASSIVE)
        return bytes([OK]) + known.peer.attributes

    def psl(self, data):
        if len(data) != 3 or max(data[1:]) > 2:
            raise SyntaxFault
        known = self._known(data[0])
        if known.peer.kind != 'dep':
            raise StatusError(NOT_IN_CONTEXT)
        return self._psl(known.peer, data[1], data[2])

    def _psl(self, peer, send_code, receive_code):
        link = yield from self._repeat(lambda: peer.select_parameters(send_code, receive_code),
                                       self.chip.settings.psl_retries)
        self.chip.registers.set_link(link.send, link.receive, 'ACTIVE' if link.active else link.technology)
        return bytes([OK])

    # -- exchange -----------------------------------------------------------------------------------------------
    def data_exchange(self, data):
        if not data or len(data) > 1 + DATA_MAX:
            raise SyntaxFault
        return self._data_exchange(self._known(data[0] & TG), data[1:], bool(data[0] & MI))

    def _data_exchange(self, known, data, more):
        yield from self._unpark(known)
        answer, to_come = yield from known.peer.exchange(data, more)
        return bytes([MORE if to_come else OK]) + answer

    def communicate_thru(self, data):
        """Raw frame at the bit rates and framing of CIU_TxMode and CIU_RxMode."""
        bitrate, technology, active = self.chip.registers.link(registers.CIU_TX_MODE)
        receive = self.chip.registers.link(registers.CIU_RX_MODE)[0]
        link = Link(bitrate, receive, technology, active)
        link.running = True
        return self._communicate(data, link)

    def _communicate(self, data, link):
        sync = bytes([dep.SYNC]) if self.chip.registers.detect_sync else b''
        set_up = len(data) <= 2 and data and data[0] in UNPROTECTED
        if not self.chip.registers.has_crc(registers.CIU_TX_MODE) and data[-2:] == crc_a(data[:-2]):
            data = data[:-2]                        # the host's own; the air shows frames without theirs
        answer = yield from self.raw_exchange((sync if link.send == 106 else b'') + data, link)
        if link.receive == 106 and sync and answer[:1] == sync:
            answer = answer[1:]
        if link.technology == 'A' and not set_up and not self.chip.registers.has_crc(registers.CIU_RX_MODE):
            answer += crc_a(answer)
        return bytes([OK]) + answer

    def raw_exchange(self, data, link):
        """Procedure: one frame, one answer, with RFConfiguration's retry time-out and MaxRtyCOM."""
        timeout_ns = timings.timeout_ns(self.chip.settings.retry_timeout)
        frame = yield from self._repeat(lambda: self.radio.exchange(data, link, timeout_ns),
                                        self.chip.settings.communication_retries)
        return frame.data

    def presence(self):
        """Diagnose 6: NFC-DEP attention or ISO-DEP R(NAK) to the one target."""
        if not self.targets:
            raise StatusError(NOT_IN_CONTEXT)
        return self._presence(next(iter(self.targets.values())).peer)

    @staticmethod
    def _presence(peer):
        yield from peer.attention()
        return bytes([OK])

    @staticmethod
    def _repeat(attempt, retries):
        """Procedure: `attempt()` again after RFTimeout and RFCorrupt, `retries` times; FF is for ever."""
        count = 0
        while True:
            try:
                return (yield from attempt())
            except (RFTimeout, RFCorrupt):
                if retries != FOR_EVER and count >= retries:
                    raise
                count += 1

    # -- release ------------------------------------------------------------------------------------------------
    def release(self, data):
        return self._leave(_one(data), False)

    def deselect(self, data):
        return self._leave(_one(data), True)

    def _leave(self, tg, deselect):
        if tg:
            self._known(tg)
        for number in [tg] if tg else list(self.targets):
            known = self.targets[number] if deselect else self.targets.pop(number)
            yield from self._park(known, deselect)
        return bytes([OK])

    def select(self, data):
        return self._select(self._known(_one(data)))

    def _select(self, known):
        yield from self._unpark(known)
        return bytes([OK])

    @staticmethod
    def _park(known, deselect=True):
        """Silence a target so that another can be spoken with."""
        if not known.parked:
            yield from known.peer.leave(deselect)
            known.parked = True

    def _unpark(self, known):
        """Select a parked target again (and park the others). Raises RFTimeout where it is gone."""
        if not known.parked:
            return
        for other in self.targets.values():
            if other is not known:
                yield from self._park(other)
        if not isinstance(known.found, FoundA):
            raise StatusError(NOT_IN_CONTEXT)
        again = yield from self.finder.nfc_a(known.found.uid, wake=True)
        if not again:
            raise RFTimeout
        known.peer, known.parked = again.peer, False

    def _known(self, tg):
        if tg not in self.targets:
            raise StatusError(NOT_IN_CONTEXT)
        return self.targets[tg]


def crc_a(data):
    """The two bytes of CRC_A (ISO 14443-3), as they follow `data` on the air."""
    crc = 0x6363
    for value in data:
        value = (value ^ crc) & 0xFF
        value ^= value << 4 & 0xFF
        crc = crc >> 8 ^ value << 8 ^ value << 3 ^ value >> 4
    return bytes([crc & 0xFF, crc >> 8 & 0xFF])


def _one(data):
    if len(data) != 1:
        raise SyntaxFault
    return data[0]
