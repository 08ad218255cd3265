"""What can go wrong with a PN532, each with a sentence that can be logged or shown.

Used by every module of the package and by its callers. PN532Error is an OSError because that is what a failing bus
raises too: whoever carries bytes over the chip (LLCP) handles both alike, and needs no import of this package.
"""


class PN532Error(OSError):
    """Base of all; `str(error)` is the sentence."""

    def __str__(self):
        return self.args[0] if self.args else 'The NFC chip failed.'


class ChipMute(PN532Error):
    """The chip acknowledged nothing, not even after resending. It was reset; call `begin` before anything else."""


class WrongChip(PN532Error):
    """Something answers, but it is no PN532 that can do what this driver needs."""


class ResponseTimeout(PN532Error):
    """The chip took a command and did not answer it in time. The command was aborted; the chip is usable."""


class BadResponse(PN532Error):
    """The answer stayed damaged after asking again, or is too short to mean anything."""


class CommandRefused(PN532Error):
    """The chip answered with an error frame: it does not know the command or its parameters."""


class NotIdle(PN532Error):
    """A command was given while the chip is armed as a target: `abort` first, as a peer may just have arrived."""


class StatusError(PN532Error):
    """A command ended with a status other than 0; `status` is its low six bits (user manual, section 7.1)."""

    def __init__(self, status, doing):
        super().__init__('The NFC chip failed at %s: %s (status %02X).' % (doing, reason(status), status))
        self.status = status


class LinkLost(PN532Error):
    """The peer is gone: it left the field, released the link, or no longer follows NFC-DEP."""


def reason(status):
    """A few words for a status code."""
    return _REASONS.get(status, 'unknown reason')


_REASONS = {
    0x01: 'no answer in time',
    0x02: 'bad CRC',
    0x03: 'bad parity',
    0x04: 'wrong bit count',
    0x05: 'bad framing',
    0x06: 'two tags answered at once',
    0x07: 'buffer too small',
    0x09: 'too much data on the air',
    0x0A: 'the peer did not switch its field on',
    0x0B: 'RF protocol violated',
    0x0D: 'chip too hot, field switched off',
    0x0E: 'internal buffer overflow',
    0x10: 'bad parameter',
    0x12: 'unsupported NFC-DEP command',
    0x13: 'malformed NFC-DEP frame',
    0x25: 'wrong state for this command',
    0x26: 'not allowed in this configuration',
    0x27: 'no such target',
    0x29: 'released by the initiator or out of its field',
    0x2C: 'another initiator answered',
    0x2D: 'too much current',
}
