"""SNEP 1.0: NDEF messages from one device to another over LLCP.

Owns the protocol's headers and the reassembly of fragments, bounded. Used by the tap: `Client` or `put` to send,
`serve` to receive. Source: NFC Forum SNEP 1.0. Messages are opaque bytes here; `ndef_message` takes them apart.

    10 code length(4, big endian) information..
"""
import struct

from micropython import const

from llcp.errors import ConnectionClosed, TimedOut
from llcp.link import SNEP_SAP

NAME = b'urn:nfc:sn:snep'
CONTINUE = const(0x80)
SUCCESS = const(0x81)
NOT_FOUND = const(0xC0)
EXCESS_DATA = const(0xC1)
BAD_REQUEST = const(0xC2)
NOT_IMPLEMENTED = const(0xE0)
UNSUPPORTED_VERSION = const(0xE1)
REJECT = const(0xFF)

_GET = const(0x01)
_PUT = const(0x02)
_VERSION = const(0x10)
_HEADER = const(6)
_LIMIT = const(4096)
_TIMEOUT_MS = const(2000)

# One string instead of a table of strings, which would take several times the heap.
_CODES = b'\xc0\xc1\xc2\xe0\xe1\xff'
_MEANINGS = ('it found nothing|the message is too long for it|it did not understand the request|it cannot do this|'
             'it speaks another version of SNEP|it cannot take the rest of the message')


class SNEPError(Exception):
    """The peer did not take the message; `code` is its response, 0 where that was no SNEP response at all."""

    def __init__(self, code, sentence=None):
        at = _CODES.find(bytes((code,)))
        meaning = 'response %02X' % code if at < 0 else _MEANINGS.split('|')[at]
        super().__init__(sentence or 'The peer refused the message: %s.' % meaning)
        self.code = code


class Client:
    """Sends messages to the peer's SNEP server over one connection, opened by the first `put`.

    `service`: a SAP (the default server's, unless told otherwise) or a name.
    """

    def __init__(self, llcp, service=SNEP_SAP):
        self._llcp = llcp
        self._service = service
        self._connection = None

    async def put(self, message, timeout_ms=_TIMEOUT_MS):
        """PUT `message` (bytes): returns once the peer's server has answered Success, so its application has it.

        `timeout_ms` limits each single wait. Raises SNEPError, and LLCPError where the connection failed.
        """
        if self._connection is None:
            self._connection = await self._llcp.connect(self._service, timeout_ms)
        connection = self._connection
        size = connection.fragment
        at = size - _HEADER
        await connection.send(_header(_PUT, len(message)) + message[:at], timeout_ms)
        if at < len(message):
            _check(await connection.recv(timeout_ms), CONTINUE)
            while at < len(message):
                await connection.send(message[at:at + size], timeout_ms)
                at += size
        _check(await connection.recv(timeout_ms), SUCCESS)

    async def close(self):
        """Disconnect. Not needed where the link is taken down anyway."""
        if self._connection:
            await self._connection.close()
            self._connection = None


async def put(llcp, message, timeout_ms=_TIMEOUT_MS):
    """Send one `message` over a connection of its own. See Client.put."""
    client = Client(llcp)
    try:
        await client.put(message, timeout_ms)
    finally:
        await client.close()


def serve(llcp, handler, limit=_LIMIT):
    """Offer the default SNEP server on `llcp`, at once; the coroutine returned does the work until the link ends.

    `async handler(message) -> response code` gets each complete message (bytes, at most `limit`) and is awaited
    before its code goes to the peer: whatever must be safe before the peer hears SUCCESS is safe. It should take well
    under a second. What it raises ends the serving, after the connection is closed, so that the peer does not wait for an
    answer that never comes; the caller should then take the link down. One connection is served after the other.
    """
    return _serve(llcp.listen(SNEP_SAP, NAME), handler, limit)


async def _serve(listener, handler, limit):
    while True:
        try:
            connection = await listener.accept()
        except ConnectionClosed:
            return
        try:
            while await _serve_request(connection, handler, limit):
                pass
        except ConnectionClosed:
            continue                    # the peer's usual way to finish
        except TimedOut:
            await connection.close()    # a message begun and never finished
        except Exception:
            await connection.close()
            raise


async def _serve_request(connection, handler, limit):
    """One request. False where the peer speaks no SNEP and the connection was closed for it."""
    first = await connection.recv()
    if len(first) < _HEADER:
        await connection.close()
        return False
    version, request, length = struct.unpack('>BBI', first[:_HEADER])
    refusal = _refusal(version, request, length, len(first) - _HEADER, limit)
    if refusal is None:
        message = await _reassemble(connection, first, length)
        refusal = BAD_REQUEST if message is None else await handler(message)
    await connection.send(_header(refusal, 0))
    return True


def _refusal(version, request, length, there, limit):
    """The response code to a request that is not even read to its end, or None. `there`: bytes of it in the first PDU."""
    if version >> 4 != _VERSION >> 4:
        return UNSUPPORTED_VERSION
    if request == _GET:
        return NOT_IMPLEMENTED
    if request != _PUT or there > length:
        return BAD_REQUEST
    if length > limit:
        return EXCESS_DATA if there == length else REJECT
    return None


async def _reassemble(connection, first, length):
    """The message of `length` bytes (within the limit) that begins in `first`; None where a fragment runs over it."""
    at = len(first) - _HEADER
    if at == length:
        return first[_HEADER:]
    parts = [first[_HEADER:]]           # put together at the end: a length that is only announced takes no memory
    await connection.send(_header(CONTINUE, 0))
    while at < length:
        fragment = await connection.recv(_TIMEOUT_MS)
        at += len(fragment)
        if at > length or not fragment:
            return None
        parts.append(fragment)
    return b''.join(parts)


def _header(code, length):
    return struct.pack('>BBI', _VERSION, code, length)


def _check(response, expected):
    """Raise SNEPError unless `response` is the expected one."""
    if len(response) < _HEADER or response[0] >> 4 != _VERSION >> 4:
        raise SNEPError(0, 'The peer answered with something that is not SNEP.')
    if response[1] != expected:
        raise SNEPError(response[1])
