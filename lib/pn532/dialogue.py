"""The dialogue with a PN532: one command at a time, acknowledged, answered, and put right when it goes wrong.

Owns the two frame buffers and what is known of the command under way. PN532 (`chip`) derives from it and gives the
commands their meaning; the link below only carries frames. Rules: user manual section 6.2.1.5.

What can happen after a command was sent, and what is done:
    acknowledged, answered          the normal case
    not acknowledged                sent again, RESENDS times; then the chip is reset once and ChipMute raised
    answered with a bad checksum    NACK makes the chip repeat, NACKS times; then aborted and BadResponse raised
    answered with an error frame    CommandRefused
    answered to another command     a stale answer: dropped, and waited on
    not answered in time            aborted, ResponseTimeout
    caller cancelled while waiting  the next command aborts the one that nobody waits for
"""
import asyncio

from micropython import const

from pn532 import errors, frames
from pn532.deadline import Deadline
from pn532.link import POLL_MS

RESENDS = const(3)
NACKS = const(2)
_ACK_MS = const(20)             # the chip acknowledges within 15 ms
_FIRST = const(10)              # bytes of a response fetched at first: all of a short one, the header of a long one
_ABORT_MS = const(3)            # what the chip takes to drop a command; an answer already under way shows up by then
_STALE = const(4)               # more frames than this cannot be waiting

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pn532.link import Link


class Dialogue:
    """Runs commands over `link`. Not for two tasks at once: one owner gives one command after the other."""

    def __init__(self, link: "Link"):
        self.link = link
        self._tx = memoryview(bytearray(frames.SPARE + frames.LONGEST))
        self._rx = memoryview(bytearray(frames.RECEIVE_SIZE))
        self._parser = frames.Parser()
        self._outstanding = False       # the chip works on a command, or its answer was not read
        self._early = False             # the answer lies in the receive buffer already: it came in place of the ACK
        self.started = False            # the chip is configured; False again once it had to be reset

    async def command(self, code, data=b'', timeout_ms=1000):
        """Run command `code`; returns the data of the answer as bytes (without TFI and code). Raises PN532Error."""
        return bytes(await self.exchange(timeout_ms, code, data))

    async def exchange(self, timeout_ms, code, *parts):
        """Like `command`, with the data in pieces; returns a memoryview that holds until the next command."""
        await self._start(code, parts)
        answer = await self._answer(code, timeout_ms)
        if answer is None:
            await self.cancel()
            raise errors.ResponseTimeout('The NFC chip did not finish command %02X in %d ms.' % (code, timeout_ms))
        return answer

    async def _start(self, code, parts):
        """Send a command and see it acknowledged."""
        if self._outstanding or self.link.pending():
            await self.cancel()
        length = frames.build(self._tx, code, parts)
        self._outstanding = True
        for _ in range(1 + RESENDS):
            kind = await self._deliver(code, length)
            if kind != frames.TIMEOUT:
                self._early = kind == frames.RESPONSE
                return
        self._outstanding = self.started = False
        await self.link.reset()
        raise errors.ChipMute('The NFC chip does not answer (command %02X). It was reset.' % code)

    async def _deliver(self, code, length):
        """Send the frame and wait for its ACK. Returns ACK, RESPONSE (its answer, the ACK was lost) or TIMEOUT."""
        try:
            await self.link.send(self._tx, length)
        except OSError:                 # I2C: not even the address was acknowledged
            return frames.TIMEOUT
        deadline = Deadline(_ACK_MS)
        while True:
            kind = await self._receive(frames.ACK_SIZE, deadline.left())
            if kind in (frames.ACK, frames.BAD):    # damaged: surely the ACK, and a command must not run twice
                return frames.ACK
            if kind == frames.RESPONSE and self._parser.code == code + 1:
                return kind
            if kind == frames.TIMEOUT or deadline.over():
                return frames.TIMEOUT
            await asyncio.sleep_ms(POLL_MS)         # a stale answer, or noise: the ACK may still come

    def _data(self):
        self._outstanding = self._early = False
        return self._rx[self._parser.start:self._parser.end]

    async def _answer(self, code, timeout_ms):
        """The answer to `code` as a memoryview, or None after `timeout_ms` (None: no limit)."""
        if self._early:
            return self._data()
        deadline = Deadline(timeout_ms)
        nacks = 0
        while True:
            kind = await self._receive(_FIRST, deadline.left())
            if kind == frames.RESPONSE and self._parser.code == code + 1:
                return self._data()
            if kind == frames.ERROR:
                self._outstanding = False
                raise errors.CommandRefused('The NFC chip refused command %02X or its parameters.' % code)
            if kind == frames.BAD:
                nacks += 1
                if nacks > NACKS:
                    await self.cancel()
                    raise errors.BadResponse('The answer to command %02X stayed damaged.' % code)
                await self._say(frames.NACK_FRAME)
            elif kind == frames.TIMEOUT or deadline.over():
                return None
            else:
                await asyncio.sleep_ms(POLL_MS)     # a stale answer, or a line that is low without reason

    async def _receive(self, first, timeout_ms):
        """One frame into the receive buffer; returns its kind. A failing bus counts as silence."""
        try:
            return await self.link.receive(self._rx, self._parser, first, timeout_ms)
        except OSError:
            return frames.NOTHING

    async def _say(self, frame):
        """Send an ACK or NACK. A failing bus is left to the time-out of whoever waits for the effect."""
        length = len(frame)
        self._tx[frames.SPARE:frames.SPARE + length] = frame
        try:
            await self.link.send(self._tx, length)
        except OSError:
            return

    async def cancel(self, code=None):
        """Abort the command under way with an ACK and drop what still comes.

        An answer may have been faster than the abort: where it is the one to `code`, its data is returned as bytes,
        else None.
        """
        await self._say(frames.ACK_FRAME)
        await asyncio.sleep_ms(_ABORT_MS)
        late = None
        for _ in range(_STALE):
            kind = await self._receive(_FIRST, 0)
            if kind in (frames.TIMEOUT, frames.NOTHING):
                break
            if kind == frames.RESPONSE and code is not None and self._parser.code == code + 1:
                late = bytes(self._data())
        self._outstanding = False
        return late
