"""A PN532 that was activated by neither NFC-DEP nor ISO-DEP, by a FeliCa reader say: frames as they are on the air.

Owns nothing but the first frame, which came with the activation. Loaded only where such a reader is served; to be used
like `mac.TargetMAC`.
"""
from micropython import const

from pn532 import errors

_TG_GET_INITIATOR_COMMAND = const(0x88)
_TG_RESPONSE_TO_INITIATOR = const(0x90)
_SEND_MS = const(1000)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pn532.chip import PN532
    from pn532.target import Activation


class RawTarget:
    """`receive` and `send` carry frames of at most 64 bytes, without CRC."""

    def __init__(self, chip: "PN532", activation: "Activation"):
        self._chip = chip
        self._first = activation.command

    async def receive(self, timeout_ms):
        """The next frame as bytes, b'' for a damaged one. Raises LinkLost, also after `timeout_ms`."""
        if self._first:
            first, self._first = self._first, b''
            return first
        try:
            return bytes(await self._chip.checked('waiting for a frame', timeout_ms, _TG_GET_INITIATOR_COMMAND))
        except errors.StatusError:              # a bad CRC: the reader will say it again
            return b''
        except (errors.ResponseTimeout, errors.BadResponse) as error:
            raise errors.LinkLost('The reader fell silent. ' + str(error))

    async def send(self, frame):
        """Answer. Raises LinkLost."""
        try:
            await self._chip.checked('answering', _SEND_MS, _TG_RESPONSE_TO_INITIATOR, frame)
        except (errors.StatusError, errors.ResponseTimeout, errors.BadResponse) as error:
            raise errors.LinkLost('The answer could not be sent. ' + str(error))
