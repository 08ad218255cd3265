"""InListPassiveTarget and InAutoPoll: which targets are there, and what each of them speaks.

Owns the shape in which targets are shown to the host. Used by `initiator`, whose list the finds go to; `activation`
has the poll protocols. Source: PN532 manual.
"""
from tests.simulator.chips.pn532 import dep, isodep, timings
from tests.simulator.chips.pn532.activation import FoundF
from tests.simulator.chips.pn532.autocoll import SEL_RES_ISO_DEP
from tests.simulator.chips.pn532.procedure import pause
from tests.simulator.chips.pn532.radio import Link
from tests.simulator.chips.pn532.status import NOT_IN_CONTEXT, RFCorrupt, RFTimeout, StatusError
from tests.simulator.chips.pn532.system import FOR_EVER, PARAMETER_AUTO_RATS

ANY_SYSTEM = b'\x00\xff\xff\x00\x00'                # SENSF_REQ: code, system code, request code, time slots
TECHNOLOGY_A, TECHNOLOGY_F = (0,), (1, 2)           # InListPassiveTarget's BrTy; 3 and 4 are NFC-B and Jewel
ATS_TIMEOUT = 0x0A
AUTO_A = {0x00: lambda found: True,                 # InAutoPoll's types: generic, MIFARE, ISO-DEP
          0x10: lambda found: not found.sel_res & SEL_RES_ISO_DEP,
          0x20: lambda found: found.sel_res & SEL_RES_ISO_DEP}
AUTO_F = {0x01: 212, 0x02: 424, 0x11: 212, 0x12: 424}
AUTO_DEP = (0x40, 0x41, 0x42, 0x80, 0x81, 0x82)     # passive and active, low bits the rate


class RawPeer:
    """A target without block protocol: its frames are the host's."""

    kind = 'raw'

    def __init__(self, chip, link):
        self.chip = chip
        self.link = link

    def exchange(self, data, more):
        return (yield from self.chip.initiator.raw_exchange(data, self.link)), False

    def attention(self):
        raise StatusError(NOT_IN_CONTEXT)

    def leave(self, deselect):
        if self.link.technology == 'A':
            yield from self.chip.initiator.activation.halt()


class Known:
    """A target of the list: what was found and who speaks with it. `parked` ones must be selected again."""

    def __init__(self, found, peer):
        self.found = found
        self.peer = peer
        self.parked = False

    def show(self):
        """As InListPassiveTarget shows it, without Tg. SENS_RES is swapped relative to the air."""
        found = self.found
        if isinstance(found, FoundF):
            return found.sensf_res
        return found.sens_res[::-1] + bytes([found.sel_res, len(found.uid)]) + found.uid + found.ats


class Finder:
    """All methods are procedures."""

    def __init__(self, chip, activation):
        self.chip = chip
        self.radio = chip.radio
        self.activation = activation

    def retry(self, attempt, retries=None):
        """`attempt()` until it finds something, MxRtyPassiveActivation (or `retries`) times more than once."""
        retries = self.chip.settings.activation_retries if retries is None else retries
        count = 0
        while True:
            found = yield from attempt()
            if found or (retries != FOR_EVER and count >= retries):
                return found
            count += 1
            yield pause(self.chip.clock, timings.POLL_PERIOD_NS)

    def nfc_a(self, uid=b'', wake=False, wanted=None):
        """One try for an NFC-A target, with ATS where it has one and automatic RATS is on: Known or None.

        One that is not `wanted(found)` loses the field, so that the next poll finds it as if for the first time.
        """
        found = yield from self.activation.nfc_a(uid, wake)
        if found and wanted and not wanted(found):
            self.radio.set_field(False)
            found = None
        if not found:
            return None
        link = Link()
        if not (found.sel_res & SEL_RES_ISO_DEP and self.chip.settings.has(PARAMETER_AUTO_RATS)):
            return Known(found, RawPeer(self.chip, link))
        try:
            frame = yield from self.radio.exchange(isodep.RATS_REQUEST, link, timings.timeout_ns(ATS_TIMEOUT))
        except (RFTimeout, RFCorrupt):
            return None
        if frame.data[:1] != bytes([len(frame.data)]):
            return None
        found.ats = frame.data
        return Known(found, isodep.ISODEPReader(self.chip, link, frame.data))

    def nfc_f(self, bitrate, payload=ANY_SYSTEM):
        """One try for an NFC-F target: Known or None."""
        found = yield from self.activation.nfc_f(bitrate, payload)
        return found and Known(found, RawPeer(self.chip, Link(bitrate, bitrate)))

    def nothing(self):
        """NFC-B and Jewel: polled for, but nobody here answers."""
        try:
            yield from self.radio.exchange(b'\x05\x00\x00', Link(technology='B'), timings.POLL_TIMEOUT_NS)
        except (RFTimeout, RFCorrupt):
            return None

    def list(self, targets, wanted, technology, initiator_data):
        """InListPassiveTarget: fills `targets` and returns the response, which has no status to tell errors in."""
        try:
            yield from self._list(targets, wanted, technology, initiator_data)
        except StatusError as error:
            self.chip.last_error = error.code
        return bytes([len(targets)]) + b''.join(bytes([tg]) + known.show() for tg, known in targets.items())

    def _list(self, targets, wanted, technology, initiator_data):
        for tg in range(1, wanted + 1):
            known = yield from self.retry(lambda: self._attempt(technology, initiator_data), None if tg == 1 else 0)
            if not known:
                return
            targets[tg] = known
            if tg < wanted:
                yield from known.peer.leave(True)
                known.parked = True

    def _attempt(self, technology, initiator_data):
        if technology in TECHNOLOGY_A:
            return self.nfc_a(initiator_data)
        if technology in TECHNOLOGY_F:
            return self.nfc_f(dep.RATES[technology], initiator_data)
        return self.nothing()

    def auto_poll(self, targets, rounds, period, types):
        """InAutoPoll: fills `targets` and returns the response."""
        count = 0
        while rounds == FOR_EVER or count < rounds:
            count += 1
            for kind in types:
                try:
                    entry = yield from self._auto_type(targets, kind)
                except StatusError as error:
                    self.chip.last_error = error.code
                    continue
                if entry:
                    return bytes([1, kind, len(entry)]) + entry
            yield pause(self.chip.clock, period * timings.AUTO_POLL_UNIT_NS)
        return b'\x00'

    def _auto_type(self, targets, kind):
        """One try for one of InAutoPoll's target types; the entry's data, or b''."""
        if kind in AUTO_DEP:
            return (yield from self._auto_dep(kind))
        if kind in AUTO_A:
            known = yield from self.nfc_a(wanted=AUTO_A[kind])
        elif kind in AUTO_F:
            known = yield from self.nfc_f(AUTO_F[kind])
        else:
            known = yield from self.nothing()
        if not known:
            return b''
        targets[1] = known
        return b'\x01' + known.show()

    def _auto_dep(self, kind):
        active, rate = kind >> 7, kind & 3
        passive = ANY_SYSTEM if rate and not active else b''
        response = yield from self.chip.initiator.jump(bytes([active, rate, bool(passive)]) + passive)
        return response[1:]


