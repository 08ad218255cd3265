"""The two ends of an NFC-DEP connection with one interface, as the medium access layer of LLCP.

Own the activated peer for the length of a session. Made by the rendezvous from what `PN532.jump_for_dep` or
`PN532.wait_activation` returned, used by `llcp.LLCP`:

    mac.role                    'initiator' or 'target'
    mac.peer_general_bytes      what the peer sent in ATR_REQ or ATR_RES
    await mac.send(pdu)         hand over one PDU of at most 251 bytes
    await mac.receive(ms)       the peer's next PDU as bytes
    await mac.close()           release the peer; never raises

A link that is gone, for whatever reason, raises LinkLost.
"""
from micropython import const

from pn532 import errors
from pn532.deadline import Deadline

_REPEATS = const(4)             # of a request; then first ask whether the peer is there, which its chip answers by itself
_GIVE_UP = const(8)             # requests without an answer; at one frame in five lost 3 of 10,000 exchanges come to this
_ATTENTION = const(0x80)        # PFB: ATN, RTOX; that of information is the packet number
_MORE_TIME = const(0x90)
_ATN = b'\xd4\x06\x80'
_RLS_REQ = b'\x03\xd4\x0a'
_SPEED_TRIES = const(12)        # one frame in five lost: 1 change of speed in 1200 comes to this
_TG_GET_DATA = const(0x86)
_TG_SET_DATA = const(0x8E)
_SEND_MS = const(1000)          # the chip answers TgSetData once the data is on the air
_LINGER_MS = const(200)         # how long a target listens on, so that its last frame is not taken back

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pn532.chip import PN532, DEPTarget
    from pn532.target import Activation


class _MAC:
    """What both ends share."""

    def __init__(self, chip: "PN532", general_bytes):
        self._chip = chip
        self.peer_general_bytes = general_bytes

    async def _checked(self, doing, timeout_ms, code, *parts):
        """`PN532.checked` where every failure of the peer or the air is a lost link."""
        try:
            return await self._chip.checked(doing, timeout_ms, code, *parts)
        except (errors.StatusError, errors.ResponseTimeout, errors.BadResponse) as error:
            raise errors.LinkLost('The NFC link broke. ' + str(error))


class InitiatorMAC(_MAC):
    """The end that asks: `send` keeps the PDU, `receive` puts it on the air and returns the answer.

    The chip could do NFC-DEP by itself (InDataExchange), but for an answer that was lost it waits as long as the target may
    think at most, which is 155 ms, and then asks whether the target is there before it repeats. A pin answers within a few
    ms; so the frames are built here (nfcpy does so too, on InCommunicateThru), and one that stays unanswered for 26 ms is
    sent again with the same packet number: a target that has had it repeats its answer (ISO 18092).
    """

    role = 'initiator'

    def __init__(self, chip: "PN532", peer: "DEPTarget"):
        super().__init__(chip, peer.general_bytes)
        self._speak_at(peer.bit_rate_kbps)
        self._packet = 0
        self._pdu = b''

    def _speak_at(self, bit_rate_kbps):
        self.bit_rate_kbps = bit_rate_kbps
        self._start = b'\xf0' if bit_rate_kbps == 106 else b''

    async def speed_up(self, bit_rate_kbps=424):
        """Go on at 424 or 212 kbit/s, by PSL. Raises LinkLost.

        Where PSL_RES is lost, nobody knows at which speed the target listens from then on. So it is asked by turns, at the
        new speed whether it is there (ATN), at the old one for the change once more; its chip answers either by itself.
        """
        old_kbps, code = self.bit_rate_kbps, bit_rate_kbps // 212
        if bit_rate_kbps == old_kbps:
            return
        psl_req = bytes((0xD4, 0x04, 0, code << 3 | code, 3))
        brisk = False
        try:
            for _ in range(_SPEED_TRIES):
                waiting = self.bit_rate_kbps == old_kbps
                answer = await self._ask(psl_req if waiting else _ATN)
                if answer is None and not brisk:
                    brisk = True
                    await self._chip.be_brisk(True)
                if waiting or answer is None:
                    self._speak_at(bit_rate_kbps if waiting else old_kbps)
                    await self._chip.set_speed(self.bit_rate_kbps)
                if answer is not None:
                    return
        finally:
            if brisk:
                await self._chip.be_brisk(False)
        raise errors.LinkLost('The peer is at no speed that was asked for.')

    async def send(self, pdu):
        self._pdu = pdu

    async def receive(self, timeout_ms):
        deadline = Deadline(timeout_ms)
        kind, data, unanswered = self._packet, self._pdu, 0
        while unanswered < _GIVE_UP and not deadline.over():
            answer = await self._ask(bytes((0xD4, 0x06, kind)), data)
            kind, data = self._packet, self._pdu
            if answer and answer[0] == self._packet:
                self._packet = self._packet + 1 & 3
                return bytes(answer[1:])
            if answer and answer[0] == _ATTENTION:
                unanswered = 0                  # its chip is there, its host is slow
            elif answer and answer[0] == _MORE_TIME:
                kind, data, unanswered = _MORE_TIME, bytes(answer[1:2]), 0
            else:
                unanswered += 1
                if unanswered == _REPEATS:
                    kind, data = _ATTENTION, b''
        raise errors.LinkLost('The peer does not answer any more.')

    async def _ask(self, command, data=b''):
        """One request, `command` from D4 on; its response from behind the code on as a memoryview, None where no sound one
        came."""
        head = self._start + bytes((len(command) + len(data) + 1,)) + command
        try:
            status, answer = await self._chip.communicate(head, data)
        except (errors.ResponseTimeout, errors.BadResponse) as error:
            raise errors.LinkLost('The NFC link broke. ' + str(error))
        answer = answer[len(self._start):]
        if status or len(answer) < 3 or answer[0] != len(answer) or answer[1] != 0xD5 or answer[2] != command[1] + 1:
            return None
        return answer[3:]

    async def close(self):
        """Release the target (RLS_REQ, once: it notices the end of the field as well) and switch the field off."""
        try:
            await self._chip.communicate(self._start + _RLS_REQ)
            await self._chip.rf_off()
        except errors.PN532Error:
            return                      # the next `begin` or command puts the chip right


class TargetMAC(_MAC):
    """The end that is asked. Serves an NFC-DEP activation, and APDUs of an ISO-DEP one, as the commands are the same."""

    role = 'target'

    def __init__(self, chip: "PN532", activation: "Activation"):
        super().__init__(chip, activation.general_bytes)

    async def send(self, pdu):
        await self._checked('sending data', _SEND_MS, _TG_SET_DATA, pdu)

    async def receive(self, timeout_ms):
        return bytes(await self._checked('waiting for data', timeout_ms, _TG_GET_DATA))

    async def close(self):
        """Listen on until the initiator has released the link, so that it receives the last answer."""
        deadline = Deadline(_LINGER_MS)
        try:
            while not deadline.over():
                await self.receive(deadline.left())
        except errors.PN532Error:
            return                      # released, which is what this waits for
