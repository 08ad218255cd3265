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

MAX_PDU = const(251)            # one NFC-DEP frame; nothing is ever chained
_IN_DATA_EXCHANGE = const(0x40)
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
    """The end that asks: `send` keeps the PDU, `receive` puts it on the air and returns the answer."""

    role = 'initiator'

    def __init__(self, chip: "PN532", peer: "DEPTarget"):
        super().__init__(chip, peer.general_bytes)
        self._number = bytes((peer.number,))
        self._pdu = b''

    async def send(self, pdu):
        self._pdu = pdu

    async def receive(self, timeout_ms):
        return bytes(await self._checked('exchanging data', timeout_ms, _IN_DATA_EXCHANGE, self._number, self._pdu))

    async def close(self):
        """Release the target and switch the field off."""
        try:
            await self._chip.release()
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
