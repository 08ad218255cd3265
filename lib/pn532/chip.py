"""The PN532 itself: its commands as methods, for a host that is sometimes initiator and sometimes target.

Owns the knowledge of whether the chip is armed. Used by whoever runs the rendezvous, and by the MACs (`mac`). Command
codes and fields: user manual section 7. All methods raise PN532Error; every one of them waits with a time-out except
`wait_activation`, whose caller decides.
"""
import os

from micropython import const

from pn532 import errors, target
from pn532.deadline import Deadline
from pn532.dialogue import Dialogue

_GET_FIRMWARE_VERSION = const(0x02)
_GET_GENERAL_STATUS = const(0x04)
_SET_PARAMETERS = const(0x12)
_SAM_CONFIGURATION = const(0x14)
_RF_CONFIGURATION = const(0x32)
_IN_COMMUNICATE_THRU = const(0x42)
_READ_REGISTER = const(0x06)
_WRITE_REGISTER = const(0x08)
_IN_JUMP_FOR_DEP = const(0x56)
_TG_INIT_AS_TARGET = const(0x8C)

_NORMAL_MODE = b'\x01\x00\x01'      # SAM not used, no time-out, IRQ line driven
_AUTOMATIC = b'\x34'                # automatic ATR_RES, automatic RATS, ISO 14443-4 card emulation
_RETRIES = b'\x05\x02\x01\x00'      # ATR_REQ twice more, passive activation tried once
_TIMINGS = b'\x02\x00\x09'         # ATR_RES within 25.6 ms; then what InCommunicateThru allows: 0.1 ms << (code - 1)
_PATIENT = b'\x09'                  # 25.6 ms, for what the peer's host answers: over I2C within 20
_BRISK = b'\x08'                    # 12.8 ms, for what its chip answers by itself
_AT_106 = b'\x00\x00\x04'           # InJumpForDEP: passive, general bytes follow
_FOR_NFC_F = b'\x05\x00\xff\xff\x00\x00'    # after passive and the speed: the SENSF_REQ, any system code, one time slot
_SYNC_BY_HOST = b'\x63\x01\x3b'     # CIU_Mode as after a reset
_FIFO = b'\x63\x39'                # CIU_FIFOData
_SENS_REQ = b'\x26'
_SPEED = b'\x63\x02\x63\x03\x63\x05'    # CIU_TxMode, CIU_RxMode, CIU_TxAuto
_RF_OFF = b'\x01\x02'               # field off, collision avoidance on
_IC = const(0x32)
_SUPPORTS_ALL = const(0x07)
_JUMP_MS = const(400)               # three ATR_REQ of 26 ms each, and the activation
_ARRIVAL_MS = const(20)             # the line says that somebody arrived: to fetch who
_EMPTY_ARRIVALS = const(50)         # so often in a row the line may say so for nothing: a second of it
_STATUS = const(0x3F)               # the rest of a status byte: NAD, more information

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pn532.link import Link


class DEPTarget:
    """A target that answered ATR_REQ: `number` for the chip, `nfcid3` (10 bytes), `general_bytes`, `timeout_code` TO,
    `bit_rate_kbps`."""

    def __init__(self, data, bit_rate_kbps=106):
        if len(data) < 16:
            raise errors.BadResponse('The answer of the NFC-DEP target is too short.')
        self.bit_rate_kbps = bit_rate_kbps
        self.number = data[0]
        self.nfcid3 = bytes(data[1:11])
        self.timeout_code = data[14]
        self.general_bytes = bytes(data[16:64]) if data[15] & 0x02 else b''


class PN532(Dialogue):
    """A PN532 behind `link`. `random_bytes(n)` gives the identities under which the chip is seen when armed."""

    def __init__(self, link: "Link", random_bytes=os.urandom):
        super().__init__(link)
        self._random_bytes = random_bytes
        self.change_identity()
        self._armed = False
        self._wait_ended = False
        self.version = ''

    async def begin(self):
        """Reset and configure the chip, from any state; field off. Raises ChipMute or WrongChip."""
        tuned = False
        while not tuned:                        # at most twice: a link that can't be tuned stays as it is
            self.started = self._armed = self._outstanding = False
            await self.link.reset()
            await self.configure()
            tuned = await self.link.tune(self)
        self.started = True

    async def configure(self):
        """Tell the chip all that it forgets when its supply dips; it need not have, and must not be armed."""
        await self.command(_SAM_CONFIGURATION, _NORMAL_MODE)
        await self.firmware_version()
        await self.command(_SET_PARAMETERS, _AUTOMATIC)
        await self.command(_RF_CONFIGURATION, _RETRIES)
        await self.be_brisk(False)
        await self.rf_off()
        self.change_identity()

    async def firmware_version(self):
        """(version, revision), (1, 6) in general. Raises WrongChip for anything but a PN532 that does NFC-DEP."""
        data = await self.command(_GET_FIRMWARE_VERSION)
        if len(data) != 4 or data[0] != _IC:
            raise errors.WrongChip('This is no PN532: its identification is %s.' % data.hex())
        if data[3] & _SUPPORTS_ALL != _SUPPORTS_ALL:
            raise errors.WrongChip('This PN532 lacks ISO 14443 or NFC-DEP (support byte %02X).' % data[3])
        self.version = '%d.%d' % (data[1], data[2])
        return data[1], data[2]

    async def field_there(self):
        """Whether somebody else's RF field is on, who polls right now (GetGeneralStatus)."""
        status = await self.exchange(200, _GET_GENERAL_STATUS)
        if len(status) < 2:
            raise errors.BadResponse('The general status of the NFC chip is too short.')
        return status[1] == 1

    async def rf_off(self):
        """Switch the own field off."""
        await self.exchange(200, _RF_CONFIGURATION, _RF_OFF)

    async def exchange(self, timeout_ms, code, *parts):
        """As in Dialogue. Raises NotIdle while armed, because any command would silently end that."""
        if self._armed:
            raise errors.NotIdle('The NFC chip is armed as a target: abort before command %02X.' % code)
        return await super().exchange(timeout_ms, code, *parts)

    # --- initiator

    async def jump_for_dep(self, general_bytes, bit_rate_kbps=106):
        """Look for an NFC-DEP target once, passive, at 106 (NFC-A), 212 or 424 kbit/s (NFC-F).

        Returns a DEPTarget, or None where nobody answered: after about 10 ms where nobody is there, after 100 and more
        where somebody answered the polling and then not ATR_REQ, as a pin does that stopped listening in between.
        The field stays on either way. Raises StatusError where something else went wrong.
        """
        how = _AT_106 if bit_rate_kbps == 106 else bytes((0, bit_rate_kbps // 212)) + _FOR_NFC_F
        answer = await self.exchange(_JUMP_MS, _IN_JUMP_FOR_DEP, how, general_bytes)
        status = answer[0] & _STATUS if len(answer) else _STATUS
        if status == 0x01:
            return None
        if status:
            raise errors.StatusError(status, 'activating a peer')
        peer = DEPTarget(answer[1:], bit_rate_kbps)
        if bit_rate_kbps == 106:        # F0 is the host's from now on: DetectSync off
            await self.exchange(200, _WRITE_REGISTER, _SYNC_BY_HOST)
        return peer

    async def somebody_answered(self):
        """After `jump_for_dep` gave None at 106 kbit/s: whether somebody answered SENS_REQ and fell silent only then. Where
        nobody did, SENS_REQ still lies in the chip's FIFO (nfcpy looks there too)."""
        return bytes(await self.exchange(200, _READ_REGISTER, _FIFO)) != _SENS_REQ

    async def be_brisk(self, brisk):
        """How long `communicate` waits: 12.8 ms, enough for what a target's chip answers by itself, or 25.6 ms."""
        await self.exchange(200, _RF_CONFIGURATION, _TIMINGS, _BRISK if brisk else _PATIENT)

    async def set_speed(self, bit_rate_kbps):
        """Have `communicate` talk at 106 kbit/s (NFC-A framing), 212 or 424 (NFC-F), by the registers that nfcpy uses."""
        code = bit_rate_kbps // 212
        framing = code << 4 | (0x02 if code else 0)
        modes = bytearray(await self.exchange(200, _READ_REGISTER, _SPEED))
        if len(modes) != 3:
            raise errors.BadResponse('The NFC chip did not tell three registers.')
        modes[0] = modes[0] & 0x8C | framing
        modes[1] = modes[1] & 0x8C | framing
        modes[2] = modes[2] & 0xBF | (0 if code else 0x40)      # 100 % amplitude modulation is for NFC-A
        await self.exchange(200, _WRITE_REGISTER, _SPEED[:2], modes[:1], _SPEED[2:4], modes[1:2], _SPEED[4:], modes[2:])

    async def communicate(self, *parts):
        """Put one raw frame on the air and wait 26 ms (`be_brisk`) for the answer: (status, answer), a memoryview.

        Speed and framing are those of the activation, or of `set_speed`; the chip adds and checks the CRC.
        """
        answer = await self.exchange(200, _IN_COMMUNICATE_THRU, *parts)
        if not len(answer):
            raise errors.BadResponse('The answer to a raw frame lacks its status.')
        return answer[0] & _STATUS, answer[1:]

    async def checked(self, doing, timeout_ms, code, *parts):
        """Run a command whose answer opens with a status; returns what follows as a memoryview.

        Raises StatusError, LinkLost where the status means just that; `doing` completes their sentences.
        """
        answer = await self.exchange(timeout_ms, code, *parts)
        status = answer[0] & _STATUS if len(answer) else _STATUS
        if status == 0x29:
            raise errors.LinkLost('The peer is gone: it released the link or left the field.')
        if status:
            raise errors.StatusError(status, doing)
        if answer[0] & 0x40:
            raise errors.LinkLost('The peer chains frames, which was not agreed.')
        return answer[1:]

    # --- target

    async def arm(self, general_bytes, sel_res=target.SEL_RES_BOTH, historical=b''):
        """Become a target for anybody; the chip then sleeps until a field comes. The random identities stay what they are
        until `configure` or `change_identity`: a reader would take each new one for a new tag."""
        identity = self._identity
        data = target.parameters(general_bytes, identity[:3], b'\x02\xfe' + identity[3:9],
                                 b'\x01\xfe' + identity[9:15] + b'\x00\x00', sel_res, historical)
        await self.arm_as(data)

    def change_identity(self):
        """Be another to whoever comes next: NFCID1, NFCID2 and NFCID3 are drawn anew."""
        self._identity = self._random_bytes(15)

    async def arm_as(self, data):
        """Like `arm`, with the whole data of TgInitAsTarget (`target.parameters`)."""
        if self._armed:
            raise errors.NotIdle('The NFC chip is armed already.')
        self._wait_ended = False
        await self._start(_TG_INIT_AS_TARGET, (data,))
        self._armed = True
        self.link.asleep = True

    async def until_field(self):
        """Before it is armed for long: wait for a field where the link wants that. How long to be armed, as in Link."""
        self._wait_ended = False
        return await self.link.until_field(self, self._is_wait_ended)

    async def wait_activation(self, timeout_ms=None):
        """The Activation of whoever arrives, or None after `timeout_ms` or `end_wait`; the chip then stays armed."""
        deadline = Deadline(timeout_ms)
        empty = 0
        while self._early or await self.link.wait(deadline.left(), self._is_wait_ended):
            try:
                answer = await self._answer(_TG_INIT_AS_TARGET, _ARRIVAL_MS)
            except errors.PN532Error:
                self._armed = False
                raise
            if answer is not None:
                self._armed = False
                return target.Activation(bytes(answer))
            if deadline.over() or self._wait_ended:
                break
            empty += self.link.pending()
            if empty > _EMPTY_ARRIVALS:
                raise errors.BadResponse('The NFC chip keeps saying that somebody has come, and never who.')
        return None

    def end_wait(self):
        """Let `wait_activation` return None now; also where it is about to begin, the chip being armed or on its way."""
        self._wait_ended = True
        self.link.look()

    def _is_wait_ended(self):
        return self._wait_ended

    async def abort(self):
        """Stop being armed. Returns None, or the Activation of a peer who was faster and now waits to be served."""
        if not self._armed:
            return None
        if self.link.pending():
            activation = await self.wait_activation(0)
            if activation:
                return activation
        late = await self.cancel(_TG_INIT_AS_TARGET)
        self._armed = False
        return None if late is None else target.Activation(late)
