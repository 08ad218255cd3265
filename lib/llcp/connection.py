"""One LLCP data link connection: numbered I PDUs in both directions, a window of one, acknowledged.

Owns the connection's state and its one outgoing and one incoming PDU. Made by `link`, whose task feeds it (`received`)
and empties it (`next_pdu`); everything else is for the application's task. Source: LLCP 1.1 section 5.6.
"""
import asyncio
import time

from micropython import const

from llcp import pdu as pdus
from llcp.errors import ConnectionClosed, ConnectionRefused, TimedOut
from llcp.pdu import PDU, Parameters

_CONNECTING = const(0)
_OPEN = const(1)
_CLOSING = const(2)             # DISC is under way, DM is expected
_CLOSED = const(3)

# FRMR's flags: what was wrong with the rejected PDU.
_BAD_CONTROL = const(8)
_BAD_INFORMATION = const(4)
_BAD_NR = const(2)
_BAD_NS = const(1)

MIU = const(248)                # an I PDU of this size fills one NFC-DEP frame of 251 bytes
DISCONNECTED = const(0x00)
_AGGREGATED = const(16)         # what an I PDU leaves free for its own headers, a short answer and an RR in one frame


class Connection:
    """`local` and `remote` are the SAPs. `send`, `recv` and `close` are for one task; all but `close` raise
    ConnectionClosed (LinkClosed among them) once the connection or the link is gone; its text tells why."""

    def __init__(self, local, remote, link_miu):
        self.local = local
        self.remote = remote
        self.reason = None              # an LLCPError once it is closed
        self.busy = False               # the application got something and has not reacted yet
        self._state = _CONNECTING
        self._link_miu = link_miu
        self._changed = asyncio.Event()
        self._control = []              # PDUs that go out ahead of any I PDU
        self._outgoing = None
        self._incoming = None
        self._deadline = None
        self._window = 1                # the peer's
        self._peer_ready = True
        self._vs = self._vsa = self._vr = self._vra = 0     # LLCP's V(S), V(SA), V(R), V(RA)
        self.send_miu = pdus.DEFAULT_MIU

    # --- for the application

    @property
    def fragment(self):
        """The size of I PDU to cut long messages into: as long as leaves room to travel with acknowledgements."""
        return min(self.send_miu, self._link_miu - _AGGREGATED)

    async def send(self, data, timeout_ms=2000):
        """Hand over one I PDU's `data`, at most `send_miu` bytes; waits while the one before has not left."""
        if len(data) > self.send_miu:
            raise ValueError('The peer takes %d bytes at once, not %d.' % (self.send_miu, len(data)))
        await self._until(self._can_send, timeout_ms)
        self._outgoing = data

    async def recv(self, timeout_ms=None):
        """The data of the next I PDU as bytes. Raises TimedOut after `timeout_ms` (None: the link's end is the limit)."""
        await self._until(self._has_received, timeout_ms)
        data, self._incoming = self._incoming, None
        return data

    async def close(self, timeout_ms=300):
        """Disconnect, once what was sent is acknowledged. Never raises LLCPError."""
        try:
            await self._until(self._all_acknowledged, timeout_ms)
            self._state = _CLOSING
            self._control.append(PDU(self.remote, pdus.DISC, self.local))
            await self._until(self._never, timeout_ms)
        except (ConnectionClosed, TimedOut):
            self.end(ConnectionClosed('The connection was closed here.'))

    async def opened(self, timeout_ms):
        """Wait for the peer's CC. Raises ConnectionRefused, TimedOut."""
        await self._until(self._is_open, timeout_ms)

    # What `_until` can wait for.

    def _can_send(self):
        return self._state == _OPEN and self._outgoing is None

    def _has_received(self):
        return self._incoming is not None

    def _all_acknowledged(self):
        return self._state == _OPEN and self._outgoing is None and self._vs == self._vsa

    def _is_open(self):
        return self._state == _OPEN

    def _never(self):
        return False

    async def _until(self, condition, timeout_ms):
        """Wait for `condition()`; the link's task is the clock, so that no timer is needed (`check_deadline`)."""
        if timeout_ms is not None:
            self._deadline = time.ticks_add(time.ticks_ms(), timeout_ms)
        try:
            while not condition():
                if self._state == _CLOSED:
                    raise self.reason
                if self._expired():
                    raise TimedOut('The peer did not answer within %d ms.' % timeout_ms)
                self.busy = False
                self._changed.clear()
                await self._changed.wait()
        finally:
            self._deadline = None

    def _expired(self):
        return self._deadline is not None and time.ticks_diff(self._deadline, time.ticks_ms()) <= 0

    # --- for the link

    def check_deadline(self):
        """Wake the application where its time is up. Called at every exchange of PDUs."""
        if self._expired():
            self._changed.set()

    def connect(self, name=None):
        """Ask the peer for this connection; by SAP, or by `name` where `remote` is the discovery SAP."""
        self._control.append(PDU(self.remote, pdus.CONNECT, self.local, _offer(name)))

    def accept(self, parameters):
        """The peer asked (CONNECT with `parameters`); the answer is CC."""
        self._open(parameters)
        self._control.append(PDU(self.remote, pdus.CC, self.local, _offer()))

    def _open(self, parameters):
        self.send_miu = min(parameters.miu, MIU, self._link_miu)
        self._window = parameters.window
        self._state = _OPEN

    def belongs(self, pdu):
        """Whether `pdu` is meant for this connection; to one that is being opened by name any service may answer."""
        if self._state == _CLOSED:
            return False
        return pdu.dsap == self.local and (pdu.ssap == self.remote or self._state == _CONNECTING)

    def gone(self):
        """Closed, and nothing is left to be sent."""
        return self._state == _CLOSED and not self._control

    def waiting(self):
        """Whether a PDU could go out now."""
        return bool(self._control) or self._sendable(MIU + 3)

    def end(self, reason, last=None):
        """Close at once; `reason` is the LLCPError of whoever waits, `last` a PDU that still goes out."""
        if self._state != _CLOSED:
            self._state = _CLOSED
            self.reason = reason
            self._outgoing = None
            self._control = [last] if last else []
            self._changed.set()

    def next_pdu(self, room):
        """The PDU to go out now, of at most `room` bytes, or None."""
        if self._control:
            return self._control.pop(0) if len(self._control[0]) <= room else None
        if self._sendable(room):
            pdu = PDU(self.remote, pdus.I, self.local, self._outgoing, self._vs, self._acknowledge())
            self._vs = self._vs + 1 & 15
            self._outgoing = None
            self._changed.set()
            return pdu
        if self._state == _OPEN and self._vra != self._vr and self._incoming is None and room >= 3:
            return PDU(self.remote, pdus.RR, self.local, b'', 0, self._acknowledge())
        return None

    def _sendable(self, room):
        return (self._outgoing is not None and self._state == _OPEN and self._vs == self._vsa and self._peer_ready
                and self._window and len(self._outgoing) + 3 <= room)

    def _acknowledge(self):
        """N(R): everything received so far, unless the application has not taken it yet."""
        if self._incoming is None:
            self._vra = self._vr
        return self._vra

    def received(self, pdu):
        """Take in a PDU of the peer's for this connection."""
        if pdu.ptype == pdus.I:
            self._received_data(pdu)
        elif pdu.ptype in (pdus.RR, pdus.RNR):
            if self._acknowledged(pdu):
                self._peer_ready = pdu.ptype == pdus.RR
        elif pdu.ptype == pdus.CC and self._state == _CONNECTING:
            self.remote = pdu.ssap
            self._open(Parameters(pdu.payload))
            self._react()
        elif pdu.ptype == pdus.DISC:
            self.end(ConnectionClosed('The peer closed the connection.'),
                     PDU(pdu.ssap, pdus.DM, pdu.dsap, bytes((DISCONNECTED,))))
        elif pdu.ptype == pdus.DM:
            self.end(ConnectionRefused(pdu.payload[0]) if self._state == _CONNECTING
                     else ConnectionClosed('The peer has closed the connection.'))
        elif pdu.ptype == pdus.FRMR:
            self.end(ConnectionClosed('The peer rejected a frame (%s).' % bytes(pdu.payload).hex()))
        else:
            self._reject(pdu, _BAD_CONTROL)

    def _received_data(self, pdu):
        if self._state == _CLOSING:
            return                      # on its way before our DISC arrived
        if self._state != _OPEN:
            self._reject(pdu, _BAD_CONTROL)
        elif len(pdu.payload) > MIU:
            self._reject(pdu, _BAD_INFORMATION)
        elif pdu.ns != self._vr or self._vr != self._vra:
            self._reject(pdu, _BAD_NS)  # out of turn, or ahead of our acknowledgement
        elif self._acknowledged(pdu):
            self._vr = self._vr + 1 & 15
            self._incoming = bytes(pdu.payload)
            self._react()

    def _acknowledged(self, pdu):
        """Take N(R); False where it acknowledges what was never sent."""
        if (pdu.nr - self._vsa & 15) > (self._vs - self._vsa & 15):
            self._reject(pdu, _BAD_NR)
            return False
        self._vsa = pdu.nr
        self._changed.set()
        return True

    def _react(self):
        self.busy = True
        self._changed.set()

    def _reject(self, pdu, flag):
        """FRMR says what was wrong, and in which state; the connection is over (LLCP 1.1 section 4.3.9)."""
        sequence = pdu.ns << 4 | pdu.nr if pdu.numbered() else 0
        information = bytes((flag << 4 | pdu.ptype, sequence, self._vs << 4 | self._vr, self._vsa << 4 | self._vra))
        self.end(ConnectionClosed('The peer broke the rules of the connection (FRMR %s).' % information.hex()),
                 PDU(pdu.ssap, pdus.FRMR, pdu.dsap, information))


def _offer(name=None):
    """Parameters of CONNECT and CC: our MIU, the default window of 1, and the service wanted."""
    parameters = Parameters()
    parameters.miu = MIU
    parameters.name = name
    return parameters.encode()
