"""Driver for the NXP PN532 NFC controller, apart from the bus it hangs on.

    from pn532 import PN532
    from pn532.spi import SPILink                           # or i2c.I2CLink, uart.UARTLink; load only what is used
    chip = PN532(SPILink(spi, cs, irq, reset))
    await chip.begin()
    peer = await chip.jump_for_dep(general_bytes)           # somebody to talk to, or None
    await chip.arm(general_bytes)                           # or let others come
    activation = await chip.wait_activation(timeout_ms=100)
    mac = InitiatorMAC(chip, peer)                          # or TargetMAC(chip, activation), for llcp.LLCP

Modules: `frames` (bytes), `spi`, `i2c`, `uart` on `link` and `irq` (transport), `dialogue` (command and answer), `chip` (what
the commands mean), `target` (being activated), `mac` (NFC-DEP ends), `errors`; loaded where they are wanted: `raw`, `power`.
Nothing is touched at import.

The imports below go from the leaves up, because an import inside an import takes stack, and a board has little of it.
"""
# ruff: noqa: I001
from pn532.errors import (
    BadResponse,
    ChipMute,
    CommandRefused,
    LinkLost,
    NotIdle,
    PN532Error,
    ResponseTimeout,
    StatusError,
    WrongChip,
)
from pn532.target import DEP, ISO_DEP, OTHER, Activation
from pn532.chip import PN532, DEPTarget
from pn532.mac import InitiatorMAC, TargetMAC

__all__ = ('DEP', 'ISO_DEP', 'OTHER', 'PN532', 'Activation', 'BadResponse', 'ChipMute', 'CommandRefused', 'DEPTarget',
           'InitiatorMAC', 'LinkLost', 'NotIdle', 'PN532Error', 'ResponseTimeout', 'StatusError', 'TargetMAC', 'WrongChip')
