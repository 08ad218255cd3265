"""PN532 on HSU, its UART: 115,200 baud 8N1 after reset, and faster once both have agreed.

Owns the baud rate and the hunt for frames in the stream. Unlike SPI and I2C the chip speaks up by itself: an ACK and the
answer behind it lie in one receive buffer, so nothing here reads a byte more than the frame it looks for has. Waits are
woken by the UART's receive interrupt; an armed chip costs nothing. Rules: user manual, sections 6.2.3 and 7.2.8; a chip
asleep loses what wakes it, and an ACK alone would only wake it, so a preamble goes ahead of whatever is sent then.

A processor in light sleep loses what an armed chip says, for its UART stands still. So with P70_IRQ wired the chip is not
armed for long: it is sent to sleep until a field comes, says so on that line (PowerDown's GenIRQ, which no host interface has
a part in), and is armed then, in time for the next time that whoever is there polls. Without that line it is armed, and the
processor must stay awake.
"""
import asyncio

from micropython import const

from pn532 import errors, frames
from pn532.deadline import Deadline
from pn532.irq import Interrupt
from pn532.link import Link
from pn532.power import power_down

DEFAULT_BAUDRATE = const(115_200)
BAUDRATES = (9600, 19200, 38400, 57600, 115200, 230400, 460800, 921600, 1288000)      # by SetSerialBaudRate's code
_SET_SERIAL_BAUDRATE = const(0x10)
_GET_FIRMWARE_VERSION = const(0x02)
_PREAMBLE = b'\x55\x55' + bytes(14)
_WAKE_MS = const(3)             # 2 ms at least from the first edge until the chip hears
_SWITCH_MS = const(2)           # for the ACK to be out before, and for the chip to have changed after it
_GAP_MS = const(15)             # within a frame; a UART hands over after 120 bytes (10.4 ms) or when the line falls silent
_FIELD_MS = const(1500)         # a phone polls again within a second, another pin ten times
_DRAINS = const(4)              # of at most 120 bytes each: more than the longest frame

TYPE_CHECKING = False
if TYPE_CHECKING:
    from machine import UART, Pin


class Arrived:
    """The UART's receive buffer as the interrupt line that it replaces: low while bytes wait."""

    def __init__(self, uart: "UART"):
        self._uart = uart
        self.IRQ_FALLING = uart.IRQ_RX

    def value(self):
        return not self._uart.any()

    def irq(self, handler, trigger):
        self._uart.irq(handler, trigger)


class UARTLink(Link):
    """`uart`: machine.UART at 115,200 baud with buffers of 300 bytes or more each way and `timeout=0`; `reset`: machine.Pin,
    output that idles high; `baudrate`: one of BAUDRATES to change to. Without `reset` the rate stays as it is, since nothing
    would bring a chip back that did not follow. `irq`: machine.Pin of P70_IRQ, where it is wired. On a port whose UART has no
    receive interrupt waits poll, seldom when long."""

    WAKE_UP = 0x10
    quiet = False

    def __init__(self, uart: "UART", reset: "Pin | None" = None, baudrate=DEFAULT_BAUDRATE, irq: "Pin | None" = None):
        super().__init__(None, reset)
        if baudrate not in BAUDRATES:
            raise ValueError('The PN532 knows no %d baud.' % baudrate)
        if hasattr(uart, 'irq'):
            self._irq = Interrupt(Arrived(uart))
        self._field = Interrupt(irq) if irq else None
        self._uart = uart
        self._baudrate = DEFAULT_BAUDRATE
        self._wanted_baudrate = baudrate if reset else DEFAULT_BAUDRATE

    async def reset(self):
        """As in Link; back to 115,200 baud, with nothing received."""
        self.quiet = False
        await super().reset()
        self._change(DEFAULT_BAUDRATE)

    def _change(self, baudrate):
        """Change the host's rate; what has not been read is dropped."""
        self._uart.init(baudrate)
        self._baudrate = baudrate

    def look(self):
        """As in Link."""
        super().look()
        if self._field:
            self._field.look()

    async def until_field(self, chip, ended):
        """As in Link."""
        if not self._field:
            return None
        await power_down(chip)
        self.quiet = True
        try:
            return _FIELD_MS if await self._field.wait(None, ended) else 0
        finally:
            self.quiet = False

    async def tune(self, dialogue):
        """As in Link: SetSerialBaudRate is answered at the old rate, and the host's ACK makes both change."""
        if self._wanted_baudrate == self._baudrate:
            return True
        code = BAUDRATES.index(self._wanted_baudrate)
        try:
            await dialogue.command(_SET_SERIAL_BAUDRATE, bytes((code,)))
            self._uart.write(frames.ACK_FRAME)
            await asyncio.sleep_ms(_SWITCH_MS)
            self._change(self._wanted_baudrate)
            await asyncio.sleep_ms(_SWITCH_MS)
            await dialogue.command(_GET_FIRMWARE_VERSION)
        except errors.PN532Error:
            self._wanted_baudrate = DEFAULT_BAUDRATE
            return False
        return True

    def pending(self):
        """True where something like a frame has come; the 00 that ends the one before may lie there unread."""
        return self._uart.any() >= frames.ACK_SIZE

    def _poll(self):
        return self._uart.any()

    async def send(self, buffer, length):
        """As in Link; returns when the bytes are on the wire, as `write` only queues them."""
        if self.asleep:
            self._uart.write(_PREAMBLE)
            await asyncio.sleep_ms(_WAKE_MS)
            self.asleep = False
        self._uart.write(buffer[frames.SPARE:frames.SPARE + length])
        await asyncio.sleep_ms(length * 10_000 // self._baudrate)

    async def receive(self, buffer, parser, first, timeout_ms):
        """As in Link. Noise ahead of a frame is dropped, one that breaks off is BAD; `first` is of no use here."""
        deadline = Deadline(timeout_ms)
        end, wanted, inside = frames.SPARE, frames.ACK_SIZE, False
        while await self.wait(_GAP_MS if inside else deadline.left()):
            end += self._uart.readinto(buffer[end:end + wanted]) or 0
            kind = parser.parse(buffer, end)
            inside = not parser.hunting
            if inside and kind != frames.PARTIAL:
                self.asleep = False
                if kind == frames.BAD and first != frames.ACK_SIZE:
                    await self._drain()         # what is left of it must not be taken for a frame
                return kind
            wanted = parser.missing
            if not inside:
                end, wanted = self._hunt(buffer, end)
        return frames.BAD if inside else frames.TIMEOUT

    @staticmethod
    def _hunt(buffer, end):
        """Forget all but a last 00, which may be half of the start code 00 FF: (new end, how many more any frame has)."""
        if end > frames.SPARE and not buffer[end - 1]:
            buffer[frames.SPARE] = 0
            return frames.SPARE + 1, 3
        return frames.SPARE, 4

    async def _drain(self):
        for _ in range(_DRAINS):
            if not await self.wait(_GAP_MS):
                return
            self._uart.read()
