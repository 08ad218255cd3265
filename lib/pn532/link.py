"""What every way to a PN532 has in common: the interrupt and reset lines, and what `dialogue` asks of each.

Owns nothing by itself. `spi.SPILink`, `i2c.I2CLink` and `uart.UARTLink` derive from it; each is no more than the methods that
raise NotImplementedError here.
"""
import asyncio

from micropython import const

from pn532.deadline import Deadline
from pn532.irq import Interrupt

_RESET_MS = const(2)            # RSTPD_N low
_START_MS = const(101)          # and the 100 ms of the chip's start, whose first tick of a clock in ms may be nearly over
POLL_MS = const(1)
_PATIENCE_POLLS = const(100)    # so often a wait without an interrupt looks each millisecond; an armed chip may lie for hours
_IDLE_POLL_MS = const(20)       # and so seldom from then on

TYPE_CHECKING = False
if TYPE_CHECKING:
    from machine import Pin


class Link:
    """Base of the links. `irq` and `reset` (machine.Pin) may each be None: then status is polled, then no reset."""

    WAKE_UP = 0
    quiet = True                        # whether the processor may sleep now: the chip wakes it before it says anything

    def __init__(self, irq: "Pin | None", reset: "Pin | None"):
        self._irq = Interrupt(irq) if irq else None
        self._reset = reset
        self.asleep = False             # the chip is, or may be, in power-down

    async def reset(self):
        """Pull RSTPD_N low and wait until the chip has started. Without a reset line only the pause remains."""
        if self._reset:
            self._reset.value(0)
            await asyncio.sleep_ms(_RESET_MS)
            self._reset.value(1)
        await asyncio.sleep_ms(_START_MS)
        self.asleep = True              # it starts in a state (LowVbat) that must be woken like power-down

    def pending(self):
        """True where the interrupt line says that something waits to be read."""
        return bool(self._irq) and self._irq.active()

    def look(self):
        """Have a wait in progress look at its `ended` now."""
        if self._irq:
            self._irq.look()

    async def wait(self, timeout_ms, ended=None):
        """Wait until something can be read; False after `timeout_ms` (None: no limit) or once `ended()` is true."""
        if self._irq:
            return await self._irq.wait(timeout_ms, ended)
        deadline = Deadline(timeout_ms)
        polls = 0
        while not self._poll():
            left = deadline.left()
            if left == 0 or (ended and ended()):
                return False
            polls += 1
            pause = POLL_MS if polls < _PATIENCE_POLLS else _IDLE_POLL_MS
            await asyncio.sleep_ms(pause if left is None else min(pause, left))
        return True

    async def until_field(self, chip, ended):
        """Ahead of arming `chip` without a limit: what the link needs for the processor to sleep meanwhile. How many ms it is
        to be armed then: None for no limit, 0 where `ended()`."""
        return None

    async def tune(self, dialogue):
        """Make the bus faster now that the chip is configured. False where that failed: begin again, without this."""
        return True

    async def send(self, buffer, length):
        """Write one frame: `length` bytes of the memoryview `buffer`, from SPARE on; first wake the chip if `asleep`.

        Raises OSError as the bus does.
        """
        raise NotImplementedError

    async def receive(self, buffer, parser, first, timeout_ms):
        """Wait for one frame, read it into `buffer` from SPARE on and have `parser` look at it; returns its kind.

        `first`: how many bytes to fetch to begin with, ACK_SIZE where no more than an ACK may be read. The kind is
        one of `frames`, TIMEOUT after `timeout_ms` (None: no limit). Raises OSError as the bus does.
        """
        raise NotImplementedError

    def _poll(self):
        """Ask the chip over the bus whether something can be read; for boards without the interrupt line."""
        raise NotImplementedError
