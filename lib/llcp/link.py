"""The LLCP link: symmetric exchange over an NFC-DEP endpoint, and the routing of PDUs to connections and services.

Owns the one task that talks, the connections, and the link's end. Used by the tap; `snep` speaks over its connections.
Source: LLCP 1.1 section 5. One link is one session: it is never reopened.

    link = LLCP(mac)
    link.start()
    connection = await link.connect(4)
    ...
    await link.close()

Speed is what the loop is built for. A round trip over the air costs far more than all of its computing, so after
each PDU the application gets a few turns to react before the answer is made up, and everything that can go out goes
out in one frame: acknowledgements ride on data, both directions run at once.
"""
import asyncio
import time

from micropython import const

from llcp import pdu as pdus
from llcp.connection import MIU, Connection
from llcp.errors import BadPDU, LinkClosed, LLCPError, NotLLCP
from llcp.pdu import PDU, Parameters

_MAGIC = b'Ffm'
_SYMM = b'\x00\x00'
_DISC = b'\x01\x40'
_VERSION = const(0x11)
SDP_SAP = const(1)
SNEP_SAP = const(4)
_FIRST_CLIENT_SAP = const(0x20)
_LAST_SAP = const(0x3F)
_LTO_MS = const(300)
_SESSION_MS = const(3000)       # nobody may hold the link longer
_PATIENCE_MS = const(1500)      # the chip notices much sooner where the peer left; losses on the air it repairs itself
_LAST_WAIT_MS = const(200)      # for the answer to the last frame of a session
_FLUSH_MS = const(500)          # what is left to be sent when the link is closed may take
_TURNS = const(8)               # task switches granted to applications that have something to react to
_IDLE_ROUNDS = const(3)         # so many empty rounds at full speed, then ever slower
_IDLE_MS = const(8)

_MAX_CONTROL = const(8)         # DMs and SDP answers waiting; beyond that a peer is flooding
_MAX_CONNECTIONS = const(6)
_MAX_DISCOVERIES = const(8)     # answers in one SNL
_NO_CONNECTION = const(0x01)
_NO_SERVICE = const(0x02)
_NO_NAME = const(0x10)
_BUSY = const(0x20)


def general_bytes(services=(0, SDP_SAP, SNEP_SAP)):
    """The offer of an LLCP link for ATR_REQ and ATR_RES: version 1.1, MIU 248, the SAPs in `services`, LTO 300 ms."""
    offer = Parameters()
    offer.version = _VERSION
    offer.miu = MIU
    offer.lto_ms = _LTO_MS
    for sap in services:
        offer.services |= 1 << sap
    return _MAGIC + offer.encode()


class Listener:
    """A service: connections that peers open to `sap` (or to `name`) come out of `accept`."""

    def __init__(self, sap, name):
        self.sap = sap
        self.name = name
        self._arrived = []
        self._changed = asyncio.Event()
        self.closed = None

    async def accept(self):
        """The next Connection, already open. Raises LinkClosed once the link is over."""
        while not self._arrived:
            if self.closed:
                raise LinkClosed(self.closed)
            self._changed.clear()
            await self._changed.wait()
        return self._arrived.pop(0)

    def arrive(self, connection):
        """The link's: a peer has connected."""
        self._arrived.append(connection)
        self._changed.set()

    def end(self, reason):
        """The link's: it is over."""
        self.closed = reason
        self._changed.set()


class LLCP:
    """A link over `mac` (see `pn532.mac` for what that is). Raises NotLLCP where the peer does not offer one."""

    def __init__(self, mac, session_ms=_SESSION_MS):
        self.peer = _peer_parameters(mac.peer_general_bytes)
        self.reason = None                      # a sentence once the link is over
        self._mac = mac
        self._miu = min(self.peer.miu, MIU)     # of frames that we send
        self._connections = []
        self._listeners = []
        self._control = []
        self._session_ms = session_ms
        self._started_ms = time.ticks_ms()
        self._closing_ms = None
        self._idle = 0
        self._running = False
        self._over = asyncio.Event()

    # --- for the application

    def start(self):
        """Begin to talk, as a task of its own."""
        self._started_ms = time.ticks_ms()
        self._running = True
        asyncio.create_task(self._run())

    async def connect(self, service, timeout_ms=1000):
        """Open a Connection to `service`: a SAP (int), or a name (bytes), which costs no extra round trip.

        Raises ConnectionRefused, TimedOut, LinkClosed.
        """
        self._check_open()
        by_name = not isinstance(service, int)
        connection = Connection(self._free_sap(), SDP_SAP if by_name else service, self._miu)
        connection.connect(service if by_name else None)
        self._connections.append(connection)
        await connection.opened(timeout_ms)
        return connection

    @property
    def connected(self):
        """Whether a connection is open, or being opened, by either side."""
        return bool(self._connections)

    def listen(self, sap, name):
        """Offer a service at `sap` under `name` (bytes, like b'urn:nfc:sn:snep'): a Listener."""
        self._check_open()
        listener = Listener(sap, name)
        self._listeners.append(listener)
        return listener

    async def close(self):
        """Send what waits to be sent, take the link down and wait for its end. Never raises; may be called twice."""
        if self._closing_ms is None:
            self._closing_ms = time.ticks_ms()
            if not self._running:
                await self._finish('The link was closed before it began.')
        await self._over.wait()

    async def closed(self):
        """Wait for the end of the link, whoever brings it about; returns the reason, a sentence."""
        await self._over.wait()
        return self.reason

    def _check_open(self):
        if self.reason or self._closing_ms is not None:
            raise LinkClosed(self.reason or 'The link is being closed.')

    def _free_sap(self):
        taken = [connection.local for connection in self._connections]
        for sap in range(_FIRST_CLIENT_SAP, _LAST_SAP + 1):
            if sap not in taken and len(taken) < _MAX_CONNECTIONS:
                return sap
        raise LLCPError('Too many connections are open on this link.')

    # --- the conversation

    async def _run(self):
        try:
            await self._finish(await self._talk())
        finally:
            self._end('The link was cancelled.')
            self._over.set()

    async def _finish(self, reason):
        self._end(reason)
        await self._mac.close()
        self._over.set()

    async def _talk(self):
        """Converse to the end, orderly or not; returns why it ended."""
        try:
            return await self._converse()
        except BadPDU as error:
            return await self._hang_up('The peer sent nonsense. ' + str(error))
        except OSError as error:
            return str(error)

    async def _converse(self):
        """Exchange PDUs until one side ends it; returns why. The initiator speaks first."""
        if self._mac.role == 'initiator':
            await self._let_begin()
            await self._mac.send(self._next_frame() or _SYMM)
        while True:
            pdu = pdus.decode(await self._mac.receive(self._patience_ms()))
            if pdu.ptype == pdus.DISC and pdu.dsap == pdu.ssap == 0:
                return await self._farewell()
            self._dispatch(pdu)
            await self._let_react(pdu.ptype == pdus.SYMM)
            frame = self._next_frame()
            reason = self._reason_to_end(frame)
            if reason:
                return await self._hang_up(reason)
            await self._mac.send(frame or _SYMM)

    def _patience_ms(self):
        """How long to wait for the peer's next frame: not beyond the end of the session, or a slow peer would stretch it."""
        left_ms = self._session_ms - time.ticks_diff(time.ticks_ms(), self._started_ms)
        return max(_LAST_WAIT_MS, min(max(self.peer.lto_ms + 100, _PATIENCE_MS), left_ms))

    async def _let_begin(self):
        """Give applications their first turn, so that the first PDU is a CONNECT already."""
        for _ in range(_TURNS):
            if self._waiting():
                return
            await asyncio.sleep_ms(0)

    async def _farewell(self):
        """The peer has hung up; a target still owes an answer."""
        if self._mac.role == 'target':
            await self._hang_up('')
        return 'The peer closed the link.'

    async def _hang_up(self, reason):
        """Say DISC, and see that it gets out: an initiator's leaves with the wait for the answer. Returns `reason`."""
        try:
            await self._mac.send(_DISC)
            if self._mac.role == 'initiator':
                await self._mac.receive(_LAST_WAIT_MS)
        except OSError:
            return reason
        return reason

    def _reason_to_end(self, frame):
        """Why the link should be taken down now instead of sending `frame` (None: there is nothing to send), if so."""
        now = time.ticks_ms()
        if time.ticks_diff(now, self._started_ms) > self._session_ms:
            return 'The session took longer than %d ms.' % self._session_ms
        if self._closing_ms is None:
            return None
        if frame is None:
            return 'The link was closed here.'
        if time.ticks_diff(now, self._closing_ms) > _FLUSH_MS:
            return 'The link was closed here before all was sent.'
        return None

    async def _let_react(self, heard_nothing):
        """Give applications their turn, and slow down an exchange that carries nothing."""
        for _ in range(_TURNS):
            if not self._busy():
                break
            await asyncio.sleep_ms(0)
        for connection in self._connections:
            connection.busy = False
            connection.check_deadline()
        if not heard_nothing:
            self._idle = 0
            return
        self._idle += 1
        for _ in range(min(self._idle - _IDLE_ROUNDS, _IDLE_MS)):
            if self._closing_ms is not None or self._waiting():
                break
            await asyncio.sleep_ms(1)

    def _end(self, reason):
        if self.reason:
            return
        self.reason = reason
        for part in self._connections:
            part.end(LinkClosed(reason))
        for part in self._listeners:
            part.end(reason)

    # --- what goes out

    def _busy(self):
        for connection in self._connections:
            if connection.busy:
                return True
        return False

    def _waiting(self):
        for connection in self._connections:
            if connection.waiting():
                return True
        return False

    def _next_frame(self):
        """Everything that can go out now as one frame of bytes: a PDU, or several in an AGF. None: nothing can."""
        found = []
        room = self._miu + 3                    # alone, an I PDU may fill the link's MIU and has a header of 3
        used = 0
        while True:
            pdu = self._next_pdu(room)
            if pdu is None:
                break
            found.append(pdu)
            used += 2 + len(pdu)
            room = self._miu - used - 2
        if not found:
            return None
        self._idle = 0
        return _encode(found[0]) if len(found) == 1 else _aggregate(found)

    def _next_pdu(self, room):
        if self._control:
            return self._control.pop(0) if len(self._control[0]) <= room else None
        for index, connection in enumerate(self._connections):
            pdu = connection.next_pdu(room)
            if pdu:
                self._connections.append(self._connections.pop(index))      # the others first, next time
                return pdu
        self._connections = [connection for connection in self._connections if not connection.gone()]
        return None

    # --- what comes in

    def _dispatch(self, pdu):
        if pdu.ptype == pdus.AGF:
            for part in pdu.parts():
                self._dispatch(part)
        elif pdu.ptype == pdus.CONNECT:
            self._connected(pdu)
        elif pdu.ptype == pdus.SNL:
            self._discovered(Parameters(pdu.payload))
        elif pdu.dsap and pdu.ptype != pdus.UI:
            self._to_connection(pdu)

    def _to_connection(self, pdu):
        for connection in self._connections:
            if connection.belongs(pdu):
                connection.received(pdu)
                return
        if pdu.ptype in (pdus.I, pdus.RR, pdus.RNR, pdus.DISC):
            self._refuse(pdu, _NO_CONNECTION)

    def _connected(self, pdu):
        """CONNECT, to a SAP or by name to the discovery SAP."""
        parameters = Parameters(pdu.payload)
        by_name = pdu.dsap == SDP_SAP
        if by_name and parameters.name is None:
            self._refuse(pdu, _NO_NAME)
            return
        listener = self._find(parameters.name if by_name else pdu.dsap)
        if listener is None:
            self._refuse(pdu, _NO_SERVICE)
            return
        pdu.dsap = listener.sap
        for connection in self._connections:
            if connection.belongs(pdu):         # a second CONNECT between the same two SAPs
                connection.received(pdu)
                return
        if len(self._connections) >= _MAX_CONNECTIONS:
            self._refuse(pdu, _BUSY)
            return
        connection = Connection(listener.sap, pdu.ssap, self._miu)
        connection.accept(parameters)
        self._connections.append(connection)
        listener.arrive(connection)

    def _find(self, service):
        for listener in self._listeners:
            if service in (listener.sap, listener.name):
                return listener
        return None

    def _discovered(self, asked):
        """SDP: which SAP a name lives at, 0 where it is unknown."""
        answer = Parameters()
        for transaction, name in asked.requests[:_MAX_DISCOVERIES]:
            listener = self._find(name)
            answer.answers.append((transaction, listener.sap if listener else 0))
        if answer.answers:
            self._queue(PDU(SDP_SAP, pdus.SNL, SDP_SAP, answer.encode()))

    def _refuse(self, pdu, reason):
        self._queue(PDU(pdu.ssap, pdus.DM, pdu.dsap, bytes((reason,))))

    def _queue(self, pdu):
        if len(self._control) < _MAX_CONTROL:
            self._control.append(pdu)


def _encode(pdu):
    return bytes(pdu.encode())


def _aggregate(found):
    data = bytearray()
    for pdu in found:
        data.extend(len(pdu).to_bytes(2, 'big'))
        data.extend(pdu.encode())
    return _encode(PDU(0, pdus.AGF, 0, data))


def _peer_parameters(data):
    """The Parameters in the peer's general bytes. Raises NotLLCP."""
    if bytes(data[:3]) != _MAGIC:
        raise NotLLCP('The peer offers no LLCP link.' if data else 'The peer sent no general bytes.')
    try:
        peer = Parameters(data[3:])
    except BadPDU as error:
        raise NotLLCP('The peer offers a broken LLCP link. ' + str(error))
    if peer.version >> 4 != _VERSION >> 4:
        raise NotLLCP('The peer speaks LLCP %d.%d, not 1.x.' % (peer.version >> 4, peer.version & 15))
    return peer
