"""Status codes of PN532 responses, and the exceptions in which the engines carry them to the command layer.

Source: PN532 manual's error table as handed down by nfcpy and libnfc. Used by every engine of the package.
"""

OK = 0x00
TIMEOUT = 0x01
CRC = 0x02
COLLISION = 0x06
BUFFER_TOO_SMALL = 0x07
NO_PEER_FIELD = 0x0A
RF_PROTOCOL = 0x0B
OVERHEATED = 0x0D
BAD_PARAMETER = 0x10
DATA_FORMAT = 0x13
INVALID_STATE = 0x25
NOT_IN_CONTEXT = 0x27
RELEASED = 0x29

MORE = 0x40                         # bit 6 of a status byte: more information follows


class StatusError(Exception):
    """Ends a procedure; `code` becomes the status byte of the response."""

    def __init__(self, code):
        super().__init__(f'status {code:02x}')
        self.code = code


class RFTimeout(StatusError):
    def __init__(self):
        super().__init__(TIMEOUT)


class RFCorrupt(StatusError):
    """A frame came, but its CRC did not hold. `overlaid` are the data of frames that came on top of each other."""

    def __init__(self, overlaid=()):
        super().__init__(CRC)
        self.overlaid = overlaid


class SyntaxFault(Exception):
    """The host's command has the wrong form: it is answered by the error frame."""
