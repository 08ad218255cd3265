"""Soft power-down of a PN532 that is not armed; an armed one sleeps by itself. Loaded only where it is wanted.

Owns nothing. Source: user manual, section 7.2.11.
"""
import asyncio

from micropython import const

_POWER_DOWN = const(0x16)
_WAKE_BY_RF = const(0x08)
_FALLING_ASLEEP_MS = const(2)       # about 1 ms after the answer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pn532.chip import PN532


async def power_down(chip: "PN532", wake_by_rf=True):
    """Sleep until the next command, or an RF field where `wake_by_rf`; the chip then pulls IRQ."""
    wake_up = chip.link.WAKE_UP | (_WAKE_BY_RF if wake_by_rf else 0)
    await chip.checked('going to sleep', 200, _POWER_DOWN, bytes((wake_up, 1)))
    await asyncio.sleep_ms(_FALLING_ASLEEP_MS)
    chip.link.asleep = True
