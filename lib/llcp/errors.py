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
        super().__init__('The peer refused the connection: %s.' % _REFUSALS.get(reason, 'reason %02X' % reason))
        self.reason = reason


class TimedOut(LLCPError):
    """The peer keeps the link alive, but did not do in time what was waited for."""


_REFUSALS = {
    0x00: 'it is disconnected',
    0x01: 'it knows of no such connection',
    0x02: 'it has no such service',
    0x03: 'it rejected it',
    0x10: 'it will never serve this',
    0x11: 'it will never serve anybody',
    0x20: 'it cannot serve this now',
    0x21: 'it cannot serve anybody now',
}
