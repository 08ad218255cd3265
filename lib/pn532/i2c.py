"""PN532 on I2C: address 24, 100 to 400 kHz; make the bus with `timeout=50000`, the chip stretches the clock.

Owns nothing but the address. Each read opens with a status byte (01: ready); a read that stops before the end of a
frame loses the rest, so a frame that turns out longer than the first read is asked for again with a NACK and read
whole. A chip in power-down leaves its address unacknowledged once; that access wakes it (user manual, section 6.2.4).
"""
import asyncio

from micropython import const

from pn532 import frames
from pn532.deadline import Deadline
from pn532.link import POLL_MS, Link

_ADDRESS = const(0x24)
_WAKE_MS = const(8)             # 6 to 10 ms between the access that wakes and its repetition
_REPEAT_MS = const(20)          # a frame asked for again is there at once, even where the caller's time is up
_LONG = const(64)               # bytes; 25 us each at 400 kHz
_GUESS = const(24)              # what a first read fetches; longer frames are few and cost one NACK

TYPE_CHECKING = False
if TYPE_CHECKING:
    from machine import I2C, Pin


class I2CLink(Link):
    """`i2c`: machine.I2C; `irq`: machine.Pin, input with pull-up; `reset`: machine.Pin, output that idles high."""

    WAKE_UP = 0x80

    def __init__(self, i2c: "I2C", irq: "Pin | None" = None, reset: "Pin | None" = None):
        super().__init__(irq, reset)
        self._i2c = i2c

    async def send(self, buffer, length):
        """As in Link; OSError where the address stays unacknowledged, or the bus is stuck."""
        frame = buffer[frames.SPARE:frames.SPARE + length]
        if length > _LONG:              # perhaps as long a one has just been read: 12 ms with nobody else's turn
            await asyncio.sleep_ms(POLL_MS)
        try:
            self._i2c.writeto(_ADDRESS, frame)
        except OSError:
            await asyncio.sleep_ms(_WAKE_MS)
            self._i2c.writeto(_ADDRESS, frame)
        self.asleep = False

    def _poll(self):
        return True                     # only a whole read can tell

    async def receive(self, buffer, parser, first, timeout_ms):
        """As in Link; a frame longer than the first read is asked for once more and read whole."""
        deadline = Deadline(timeout_ms)
        length = first if first == frames.ACK_SIZE else _GUESS
        asked_again = False
        while True:
            if not await self.wait(deadline.left()):
                return frames.TIMEOUT
            self._i2c.readfrom_into(_ADDRESS, buffer[:frames.SPARE + length])
            if buffer[0] & 1:
                self.asleep = False
                kind = parser.parse(buffer, frames.SPARE + length)
                if kind != frames.PARTIAL:
                    return kind
                length += parser.missing
                if asked_again or first == frames.ACK_SIZE:
                    return frames.BAD
                asked_again = True
                self._i2c.writeto(_ADDRESS, frames.NACK_FRAME)
                deadline = Deadline(_REPEAT_MS)
                continue
            if deadline.over():
                return frames.TIMEOUT
            await asyncio.sleep_ms(POLL_MS)
