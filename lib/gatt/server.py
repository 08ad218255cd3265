"""The server: takes the stack's events without ever throwing at it, keeps a record of each link, and says nothing to a link
that is not encrypted and authenticated.

Owns `bluetooth.BLE` and its handler. The handler copies and flags; who the phones are, and whether one may pair, it asks the
keeper. What MicroPython's `bluetooth` does, and what it does not do, is as measured with its NimBLE host: an exception would
remove the handler for good; notifications are not protected by the flags of a characteristic; error numbers differ between
ports, so they are never looked at.

A keeper has, all called from the handler, so short and without files:

    secret(kind, index, key) -> bytes or None       GET_SECRET; `key` None: the index-th record of the kind
    keep_secret(kind, key, value) -> bool           SET_SECRET; `value` None: delete, and False where there was none
    known(link) -> bool                             whether it is bound, and so not the first to make room
    passkey(link, action) -> int or None            what a phone must type; None: it may not pair, and is disconnected
    encrypted(link) -> bool                         the link's state has changed; False: it is disconnected
    gone(link)                                      it has ended
"""
import asyncio
from time import ticks_add, ticks_diff, ticks_ms

from micropython import const

CONNECTED, DISCONNECTED, ENCRYPTED, PASSKEY, WRITTEN = 'connected', 'disconnected', 'encrypted', 'passkey', 'written'

_CENTRAL_CONNECT, _CENTRAL_DISCONNECT, _GATTS_WRITE = const(1), const(2), const(3)
_MTU_EXCHANGED, _ENCRYPTION_UPDATE = const(21), const(28)
_GET_SECRET, _SET_SECRET, _PASSKEY_ACTION = const(29), const(30), const(31)
_LEAST_MTU = const(23)
_HEAD = const(3)                                # bytes of a notification's MTU that are not its value
_MOST_EVENTS = const(16)                        # that wait, before writes are passed over
_PIECE_COSTS = const(32)                        # heap of a piece beside its bytes
_RETRY_MS = const(15)                           # the stack's buffers empty with the connection's interval, 7.5 ms to 4 s
_PATIENCE_MS = const(8_000)


class LinkGone(OSError):
    """The link has ended, or is not safe to say this on."""


class Link:
    """A connection.

    `identity`: type and address of the phone, 7 bytes, the address least significant first, as bonds are filed; `secure`:
    whether its last ENCRYPTION_UPDATE said encrypted and authenticated; `since_ms`: when that or the connection was, by
    time.ticks_ms.
    """

    def __init__(self, conn, identity):
        self.conn, self.identity = conn, identity
        self.since_ms = ticks_ms()
        self.mtu = _LEAST_MTU
        self.encrypted = self.authenticated = self.bonded = False
        self.key_size = 0
        self.open = True
        self.waiting = 0                        # what the pieces that wait cost in heap
        self._pieces = []                       # None where some were lost

    @property
    def secure(self):
        return self.open and self.encrypted and self.authenticated

    def put(self, piece, most):
        """From the handler: keep `piece` unless that makes more than `most` bytes of heap."""
        if self.waiting + len(piece) + _PIECE_COSTS <= most:
            self.waiting += len(piece) + _PIECE_COSTS
            self._pieces.append(piece)
        elif not self._pieces or self._pieces[-1] is not None:
            self._pieces.append(None)

    def any(self):
        """Whether a piece waits."""
        return bool(self._pieces)

    def take(self):
        """The oldest piece that waits: bytes, or None where pieces were lost."""
        piece = self._pieces.pop(0)
        if piece is not None:
            self.waiting -= len(piece) + _PIECE_COSTS
        return piece


class Server:
    """A GATT server on `ble` (bluetooth.BLE) for a `keeper`; `flag` is an asyncio.ThreadSafeFlag, which outlives it.

    `slots`: links that are kept at once; one more may come, and the oldest that is not secure makes room. `most_waiting`:
    bytes of heap that the pieces of one link may take. `broken` becomes True where an event was lost: begin anew.
    """

    def __init__(self, ble, keeper, flag, slots=3, most_waiting=6144):
        self._ble, self._keeper, self._flag = ble, keeper, flag
        self._slots, self._most_waiting = slots, most_waiting
        self.links = {}
        self.broken = False
        self._events = []
        self._interval_us = None
        self._stream = None                     # the handle whose pieces are kept for `Link.take`

    # ---- beginning and end

    def begin(self, services, config, stream=None):
        """Switch the radio on and register `services` as for gatts_register_services; returns the handles as that does.

        `config`: what goes to ble.config, by name. `stream` is (service, characteristic, buffer size): the number of the one
        whose writes are a stream of pieces. Raises OSError.
        """
        ble = self._ble
        ble.irq(self._irq)                      # first, because activation asks for bonds and for the own key
        if ble.active():
            ble.active(False)
        ble.active(True)
        ble.config(**config)
        handles = ble.gatts_register_services(services)
        if stream:
            service, characteristic, size = stream
            self._stream = handles[service][characteristic]
            ble.gatts_set_buffer(self._stream, size, True)
        return handles

    def end(self):
        """Switch the radio off, which drops every link without a word."""
        self._interval_us = None
        for link in self.links.values():
            link.open = False
        self.links.clear()
        try:
            self._ble.active(False)
            self._ble.irq(None)
        except OSError:                         # a radio that can't even be switched off: the next start tries anew
            self.broken = True

    def set(self, handle, value):
        """Have `value` read from the characteristic `handle`. Raises OSError."""
        self._ble.gatts_write(handle, value)

    def advertise(self, interval_us, data=None):
        """Advertise `data` from now on, and again after each connection; None: no more."""
        self._interval_us = interval_us
        self._ble.gap_advertise(interval_us, data)

    # ---- the handler

    def _irq(self, event, data):
        try:
            return self._take(event, data)
        except BaseException:                   # noqa: BLE001  one that escapes would be the last event ever
            self.broken = True
            return None
        finally:
            self._flag.set()

    def _take(self, event, data):
        if event == _GET_SECRET:
            kind, index, key = data
            return self._keeper.secret(kind, index, key and bytes(key))
        if event == _SET_SECRET:
            kind, key, value = data
            return self._keeper.keep_secret(kind, bytes(key), None if value is None else bytes(value))
        if event == _CENTRAL_CONNECT:
            self._connected(*data)
        elif event in (_CENTRAL_DISCONNECT, _GATTS_WRITE, _MTU_EXCHANGED, _ENCRYPTION_UPDATE, _PASSKEY_ACTION):
            link = self.links.get(data[0])
            if link:
                self._of_link(event, link, data)
        return None

    def _connected(self, conn, kind, address):
        link = self.links[conn] = Link(conn, bytes([kind]) + bytes(reversed(bytes(address))))
        self._events.append((CONNECTED, link, None))
        if len(self.links) > self._slots:
            self._make_room(link)
        self._advertise_again()

    def _make_room(self, new):
        """One too many: the stranger goes who came first, else who is bound and not encrypted yet, else the new one."""
        def rank(link):
            return self._keeper.known(link), ticks_diff(link.since_ms, new.since_ms)
        plain = [link for link in self.links.values() if not link.encrypted and link is not new]
        self.drop(min(plain, key=rank) if plain else new)

    def _of_link(self, event, link, data):
        if event == _GATTS_WRITE:
            self._written(link, data[1])
        elif event == _MTU_EXCHANGED:
            link.mtu = data[1]
        elif event == _ENCRYPTION_UPDATE:
            _, link.encrypted, link.authenticated, link.bonded, link.key_size = data
            link.since_ms = ticks_ms()
            good = self._keeper.encrypted(link)
            self._events.append((ENCRYPTED, link, good))
            if not good:
                self.drop(link)
        elif event == _PASSKEY_ACTION:
            number = self._keeper.passkey(link, data[1])
            if number is None:
                self.drop(link)
            else:
                self._ble.gap_passkey(link.conn, data[1], number)
                self._events.append((PASSKEY, link, number))
        else:
            del self.links[link.conn]
            link.open = False
            self._keeper.gone(link)
            self._events.append((DISCONNECTED, link, None))
            self._advertise_again()

    def _written(self, link, handle):
        value = self._ble.gatts_read(handle)    # now: a later write puts itself over it
        if not link.secure:
            return
        if handle == self._stream:
            link.put(value, self._most_waiting)
        elif len(self._events) < _MOST_EVENTS:
            self._events.append((WRITTEN, link, (handle, value)))

    def _advertise_again(self):
        """Advertising ends with each connection."""
        if self._interval_us is not None:
            try:
                self._ble.gap_advertise(self._interval_us)
            except OSError:                     # no slot is free: the next one that goes brings it back
                pass

    # ---- the program's side

    async def event(self, timeout_ms):
        """The next event: (kind, Link, value), or None after `timeout_ms` or where something else has happened, such as a
        piece that came.

        CONNECTED and DISCONNECTED; ENCRYPTED: what the keeper said; PASSKEY: the number; WRITTEN: (handle, bytes).
        """
        if not self._events:
            try:
                await asyncio.wait_for_ms(self._flag.wait(), max(0, timeout_ms))
            except asyncio.TimeoutError:
                pass
        return self._events.pop(0) if self._events else None

    def drop(self, link):
        """End the link. DISCONNECTED tells when that has happened; what it says until then is passed over."""
        link.encrypted = link.authenticated = False
        try:
            self._ble.gap_disconnect(link.conn)
        except OSError:                         # it has ended already
            pass

    async def notify(self, link, handle, data):
        """Send `data` (bytes of any length) in as many notifications as it takes. Raises LinkGone where the link has ended, is
        not secure or takes nothing any more."""
        view, at, since_ms = memoryview(data), 0, ticks_ms()
        while at < len(data):
            if not link.secure:
                raise LinkGone('The phone has gone.')
            size = link.mtu - _HEAD
            try:
                self._ble.gatts_notify(link.conn, handle, view[at:at + size])
                at, since_ms = at + size, ticks_ms()
            except OSError:                     # buffers full, or the link is gone and DISCONNECTED on its way
                if ticks_diff(ticks_add(since_ms, _PATIENCE_MS), ticks_ms()) < 0:
                    self.drop(link)
                    raise LinkGone('The phone takes nothing any more.')
                await asyncio.sleep_ms(_RETRY_MS)
