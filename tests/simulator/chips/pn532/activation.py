"""Finding targets: NFC-A polling with anticollision and selection, NFC-F polling. All methods are procedures.

Owns the frames of ISO 14443-3 and JIS X 6319-4 from the reader's side. Used by `initiator`.
"""
from tests.simulator.chips.pn532 import timings
from tests.simulator.chips.pn532.autocoll import ALL_REQ, FULL_SELECT, HALT, SENS_REQ, with_check
from tests.simulator.chips.pn532.radio import Link
from tests.simulator.chips.pn532.status import COLLISION, RFCorrupt, RFTimeout, StatusError

SDD_ALL = 0x20                                      # NVB: nothing known yet
CASCADE = 0x88                                      # first UID byte where another level follows
LEVELS = (0x93, 0x95, 0x97)
UID_BYTES = 4
SDD_TRIES = 33                                      # one bit each at worst


class FoundA:
    """A selected NFC-A target. `sens_res` in air order."""

    def __init__(self, sens_res, uid, sel_res):
        self.sens_res = sens_res
        self.uid = uid
        self.sel_res = sel_res
        self.ats = b''


class FoundF:
    """An NFC-F target; `sensf_res` with its length byte."""

    def __init__(self, bitrate, sensf_res):
        self.bitrate = bitrate
        self.sensf_res = sensf_res

    @property
    def nfcid2(self):
        return self.sensf_res[2:10]


class Activation:
    """The poll protocols on one chip's radio."""

    def __init__(self, chip):
        self.chip = chip
        self.radio = chip.radio

    def nfc_a(self, uid=b'', wake=False):
        """One try: poll, resolve collisions (or take `uid`), select. FoundA, or None where nobody is there.

        `wake` polls with ALL_REQ, which halted targets answer too.
        """
        link = Link()
        try:
            request = ALL_REQ if wake or uid else SENS_REQ
            sens_res = yield from self._ask_sens(bytes([request]), link)
            found, sel_res = bytes(uid), 0
            for level, code in enumerate(LEVELS):
                part = yield from self._level_uid(code, uid, level, link)
                sel_res = yield from self._ask(bytes([code, FULL_SELECT]) + part, 1, link)
                if not uid:
                    found += part[1:4] if part[0] == CASCADE else part[:4]
                if part[0] != CASCADE:
                    break
        except (RFTimeout, RFCorrupt):
            return None
        self.chip.registers.set_link(106, 106, 'A')
        return FoundA(sens_res, found, sel_res[0])

    def _ask_sens(self, request, link):
        """SENS_RES; several that differ are still an answer."""
        self.chip.registers.fifo[:] = request                   # what nfcpy looks at after a poll in vain
        try:
            sens_res = yield from self._ask(request, 2, link)
        except RFCorrupt as error:
            if len(error.overlaid) < 2:
                raise
            sens_res = error.overlaid[0]
        self.chip.registers.fifo.clear()
        return sens_res

    def _level_uid(self, code, uid, level, link):
        """UID part and BCC of one cascade level: the host's, or found by anticollision."""
        if uid:
            return with_check(bytes(uid[4 * level:4 * level + 4]))
        known, bits = 0, 0
        for _ in range(SDD_TRIES):
            prefix = known.to_bytes((bits + 7) // 8, 'little')
            nvb = SDD_ALL + (bits // 8 << 4) + bits % 8
            try:
                answer = yield from self._ask(bytes([code, nvb]) + prefix, UID_BYTES + 1 - bits // 8, link)
            except RFCorrupt as error:
                if len(error.overlaid) < 2:
                    raise
                known, bits = _first_difference(error.overlaid, known, bits)
                continue
            whole = (known | int.from_bytes(answer, 'little') << bits // 8 * 8).to_bytes(UID_BYTES + 1, 'little')
            if whole != with_check(whole[:UID_BYTES]):
                raise RFCorrupt
            return whole
        raise RFTimeout

    def _ask(self, request, length, link):
        """One request; an answer that is not of `length` counts as damaged."""
        frame = yield from self.radio.exchange(request, link, timings.POLL_TIMEOUT_NS)
        if len(frame.data) != length:
            raise RFCorrupt
        return frame.data

    def halt(self):
        """HLTA: the selected target is silent until ALL_REQ."""
        yield from self.radio.send(bytes([HALT, 0]), Link())

    def nfc_f(self, bitrate, payload=b'\x00\xff\xff\x00\x00'):
        """One try at 212 or 424 kbit/s with a SENSF_REQ `payload` (code, system code, RC, TSN): FoundF or None."""
        link = Link(bitrate, bitrate)
        slots = payload[4] + 1 if len(payload) > 4 else 1
        timeout_ns = timings.POLL_F_TIMEOUT_NS + slots * timings.NFC_F_SLOT_NS
        try:
            frame = yield from self.radio.exchange(bytes([len(payload) + 1]) + payload, link, timeout_ns)
        except (RFTimeout, RFCorrupt):
            return None
        if len(frame.data) not in (18, 20) or frame.data[1] != 1:
            return None
        self.chip.registers.set_link(bitrate, bitrate, 'F')
        return FoundF(bitrate, frame.data)


def _first_difference(answers, known, bits):
    """Take the branch with a 1 at the first bit in which SDD answers differ: (known bits, how many)."""
    offset = bits // 8 * 8
    values = [known | int.from_bytes(answer, 'little') << offset for answer in answers]
    different = 0
    for value in values[1:]:
        different |= values[0] ^ value
    at = (different & -different).bit_length() - 1
    if not bits <= at < UID_BYTES * 8:
        raise StatusError(COLLISION)
    return (values[0] & (1 << at) - 1) | 1 << at, at + 1
