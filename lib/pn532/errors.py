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
    at = _CODES.find(bytes((status,)))
    return 'unknown reason' if at < 0 else _REASONS.split('|')[at]


# One string instead of a table of strings, which would take several times the heap.
_CODES = b'\x01\x02\x03\x04\x05\x06\x07\x09\x0a\x0b\x0d\x0e\x10\x12\x13\x25\x26\x27\x29\x2c\x2d'
_REASONS = (
    'no answer in time|bad CRC|bad parity|wrong bit count|bad framing|two tags answered at once|buffer too small|'
    'too much data on the air|the peer did not switch its field on|RF protocol violated|'
    'chip too hot, field switched off|internal buffer overflow|bad parameter|unsupported NFC-DEP command|'
    'malformed NFC-DEP frame|wrong state for this command|not allowed in this configuration|no such target|'
    'released by the initiator or out of its field|another initiator answered|too much current')
