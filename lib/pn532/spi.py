"""PN532 on SPI: mode 0, **least significant bit first**, at most 5 MHz.

Owns the chip select while it talks. The board makes the bus (`machine.SPI(..., firstbit=SPI.LSB)`) and hands it over.
Each operation is one NSS-low phase that opens with its code: 01 data write, 02 status read, 03 data read (user manual,
section 6.2.5). A frame is read in one phase: its first bytes tell how many follow.
"""
import asyncio

from micropython import const

from pn532 import frames
from pn532.link import Link

_WRITE = const(0x01)
_STATUS = b'\x02\x00'
_READ = b'\x03' + bytes(15)
_WAKE_MS = const(3)             # NSS low for 2 ms at least

TYPE_CHECKING = False
if TYPE_CHECKING:
    from machine import SPI, Pin


class SPILink(Link):
    """`cs`, `irq`, `reset`: machine.Pin, `irq` as input with pull-up, the others as outputs that idle high."""

    WAKE_UP = 0x20

    def __init__(self, spi: "SPI", cs: "Pin", irq: "Pin | None" = None, reset: "Pin | None" = None):
        super().__init__(irq, reset)
        self._spi = spi
        self._cs = cs
        self._opening = memoryview(_READ)
        self._status = bytearray(2)
        cs.value(1)

    async def _wake(self):
        """Hold NSS low for long enough that a chip in power-down notices."""
        self._cs.value(0)
        try:
            await asyncio.sleep_ms(_WAKE_MS)
        finally:
            self._cs.value(1)
        self.asleep = False

    async def send(self, buffer, length):
        """As in Link."""
        if self.asleep:
            await self._wake()
        buffer[0] = _WRITE
        self._cs.value(0)
        self._spi.write(buffer[:frames.SPARE + length])
        self._cs.value(1)

    def _poll(self):
        self._cs.value(0)
        self._spi.write_readinto(_STATUS, self._status)
        self._cs.value(1)
        return self._status[1] & 1 and self._status[1] != 0xFF      # FF: nobody drives the line

    async def receive(self, buffer, parser, first, timeout_ms):
        """As in Link; one NSS-low phase for the first bytes and what these say is missing."""
        if not await self.wait(timeout_ms):
            return frames.TIMEOUT
        self.asleep = False
        end = frames.SPARE + first
        self._cs.value(0)
        self._spi.write_readinto(self._opening[:end], buffer[:end])
        kind = parser.parse(buffer, end)
        while kind == frames.PARTIAL:
            more = parser.missing
            self._spi.readinto(buffer[end:end + more])
            end += more
            kind = parser.parse(buffer, end)
        self._cs.value(1)
        return kind
