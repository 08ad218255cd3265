"""What can go wrong with an LLCP link or a connection on it, each with a sentence that can be logged or shown.

Used by every module of the package, by `snep` and by their callers.
"""


class LLCPError(Exception):
    """Base of all; `str(error)` is the sentence."""


class NotLLCP(LLCPError):
    """The peer's general bytes are no offer of an LLCP link that this one can take up."""


class BadPDU(LLCPError):
    """The peer sent bytes that no PDU consists of. The link is taken down for it."""


class ConnectionClosed(LLCPError):
    """This one connection is over, the link may live on."""


class LinkClosed(ConnectionClosed):
    """The connection is over because the whole link is: closed by either side, out of the field, or out of time."""


class ConnectionRefused(LLCPError):
    """The peer answered CONNECT with DM; `reason` is its code."""

    def __init__(self, reason):
        at = _CODES.find(bytes((reason & 0xFF,)))
        why = 'reason %02X' % reason if at < 0 else _REFUSALS.split('|')[at]
        super().__init__('The peer refused the connection: %s.' % why)
        self.reason = reason


class TimedOut(LLCPError):
    """The peer keeps the link alive, but did not do in time what was waited for."""


# One string instead of a table of strings, which would take several times the heap.
_CODES = b'\x00\x01\x02\x03\x10\x11\x20\x21'
_REFUSALS = ('it is disconnected|it knows of no such connection|it has no such service|it rejected it|'
             'it will never serve this|it will never serve anybody|it cannot serve this now|it cannot serve anybody now')
