"""Driver of the CST816S touch controller (also CST816T, CST816D, CST820) behind a round display, on I2C.

Owns the panel's interrupt and reset lines. One finger. The chip sleeps by itself and then answers no address until it is
touched, so it is read only behind its interrupt, and then until the finger is gone. Register numbers: the vendor's list,
confirmed by InfiniTime's and fbiego's drivers; the chip's own gesture codes are not used, since they depend on how the
panel is mounted and come late.
"""
import asyncio

from micropython import const

TYPE_CHECKING = False
if TYPE_CHECKING:
    from machine import I2C, Pin

ADDRESS = const(0x15)
TAP, LEFT, RIGHT, UP, DOWN = 'tap', 'left', 'right', 'up', 'down'

_FINGERS = const(0x02)                  # then x high (upper bits: event), x low, y high, y low
_IRQ_CTL = const(0xFA)
_ON_CHANGE = const(0x20)                # of IRQ_CTL: a pulse when a finger comes or goes
_RESET_MS = const(6)                    # 5 and 50, and one each because a count of ms may be almost one short
_READY_MS = const(51)
_LOOK_MS = const(20)                    # between two looks at a finger that is there
_LONGEST_MS = const(3000)               # what rests on the glass longer is no finger
_SWIPE = const(30)                      # pixels; 4 mm


class CST816S:
    """`interrupt` falls when a finger comes; `reset` (machine.Pin, output) is low for a reset."""

    def __init__(self, i2c: "I2C", interrupt: "Pin", reset: "Pin"):
        self._i2c, self._interrupt, self._reset = i2c, interrupt, reset
        self._report = bytearray(5)
        self._touched = asyncio.ThreadSafeFlag()

    async def begin(self):
        """Start the chip. Raises OSError where it does not answer."""
        self._reset.value(0)
        await asyncio.sleep_ms(_RESET_MS)
        self._reset.value(1)
        await asyncio.sleep_ms(_READY_MS)
        self._i2c.writeto(ADDRESS, bytes((_IRQ_CTL, _ON_CHANGE)))
        self._interrupt.irq(lambda _: self._touched.set(), trigger=self._interrupt.IRQ_FALLING)

    async def gesture(self):
        """Wait for a finger to come and go: TAP, LEFT, RIGHT, UP or DOWN as the finger went over the unturned picture."""
        while True:
            await self._touched.wait()
            kind = await self._follow()
            self._touched.clear()               # the pulse at its going
            if kind:
                return kind

    async def _follow(self):
        """From a touch to its end; None where it was none."""
        first = last = self._where()
        looks = _LONGEST_MS // _LOOK_MS
        while looks:
            await asyncio.sleep_ms(_LOOK_MS)
            now = self._where()
            if now is None:
                return first and _kind(last[0] - first[0], last[1] - first[1])
            first, last = first or now, now
            looks -= 1
        return None

    def _where(self):
        """(x, y) of the finger; None where there is none or the chip sleeps again. After an update some chips report all
        ones, which is no finger either."""
        report = self._report
        try:
            self._i2c.readfrom_mem_into(ADDRESS, _FINGERS, report)
        except OSError:
            return None
        if report[0] != 1:
            return None
        return (report[1] & 0x0F) << 8 | report[2], (report[3] & 0x0F) << 8 | report[4]


def _kind(x, y):
    """What a way of so many pixels is."""
    if max(abs(x), abs(y)) < _SWIPE:
        return TAP
    if abs(x) >= abs(y):
        return RIGHT if x > 0 else LEFT
    return DOWN if y > 0 else UP
