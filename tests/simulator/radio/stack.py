"""What answers a pin's `bluetooth`: MicroPython's binding on NimBLE, with all that a program can see of it.

Owns configuration, GATT table, connections' security and the queue of events to the processor, which handles them one after
the other, as NimBLE's task does: the next thing that a peer wants waits until the handler has returned. Needs no Bumble; the
air is the `peripheral`'s, which is there while the world has phones. `log` lists the events as the recorded log does.
"""
import asyncio
import struct
from collections import Counter, deque

from tests.simulator.operations import BLUETOOTH, Op
from tests.simulator.radio import table as gatt
from tests.simulator.radio.binding import ENOMEM, Binding, Errno
from tests.simulator.radio.events import NO_CONNECTION, Action, Event, logged, packed
from tests.simulator.radio.table import Table

OURS, PEERS, OWN_IRK = 1, 2, 10                 # types of secrets
WELL_KNOWN_IRK = bytes.fromhex('ef8de2164fec430dbf5bdd34c0531eb8')      # where nobody keeps one: trackable
MOST_DELETIONS = 50
# the recorded build took 17 notifications of 200 bytes; ESP-IDF has 24 blocks of 320 bytes and 12 of 256
BUFFERS = {'esp32': 24, 'unix': 17}
PAIRING_ENCRYPTED_FIRST = 'unix'                # MicroPython's own NimBLE tells of encryption before it stores the bond


class Denied(Exception):
    """A peer's access is refused with this ATT error code."""

    def __init__(self, code):
        super().__init__(hex(code))
        self.code = code


class Faults:
    """To inject: `busy`: so many of the next GAP calls fail with EBUSY; `no_buffers`: so many notifications with ENOMEM."""

    def __init__(self):
        self.busy = self.no_buffers = 0

    def take(self, name):
        count = getattr(self, name)
        setattr(self, name, max(0, count - 1))
        return count > 0


class Peer:
    """A connection as the stack sees it. `key`: address type and address, least significant byte first."""

    def __init__(self, handle, key):
        self.handle, self.key = handle, key
        self.encrypted = self.authenticated = False
        self.mtu = 23
        self.passkey = None                     # (Action, future of the number) while one is asked for

    @property
    def shown(self):
        """(type, address most significant byte first), as events have it."""
        return self.key[0], self.key[:0:-1]


class Stack:
    """`pin`: whose it is. `port`: 'esp32', or 'unix' with the ways of the recorded build."""

    def __init__(self, pin, loop, rng, mac):
        self.pin, self.loop, self.rng, self.mac = pin, loop, rng, mac
        self.port = 'esp32'
        self.log = []
        self.bytes = Counter()                  # of values: 'received' and 'sent'
        self.faults = Faults()
        self.complaints = []
        self.binding = Binding(self)
        self._answer = b''                      # what the processor is to fetch
        self._operations = {Op.BLE_CALL: self._perform, Op.BLE_ANSWER: lambda arg, data: (0, self._answer),
                            Op.BLE_READ: self._read, Op.BLE_WRITE: self._write, Op.BLE_NOTIFY: self._notify,
                            Op.BLE_EVENT: self._next}
        self.peripheral = None
        self._forget()

    def _forget(self):
        """As it is at power-on."""
        self.active = False
        self.settings = {'gap_name': b'MPY ESP32', 'mtu': 256, 'addr_mode': 0, 'bond': 0, 'mitm': 0, 'io': 3, 'le_secure': 0}
        self.table, self.peers = Table(), {}
        self.irk, self.known = WELL_KNOWN_IRK, {}
        self.advertising = None                 # (interval_us, connectable) while it advertises
        self.payloads = [b'', b'']
        self.turn = asyncio.Lock()
        self._queue, self._current, self._called = deque(), None, False
        self._tasks = set()

    # ---- the processor's side ----
    def serve(self, op, arg, data):
        """(status, bytes) for a request; a status below 0 says how long the exception is that is to be fetched."""
        try:
            answer = self.loop.enter(self._operations[op], arg, data)
        except Errno as error:
            return self._raise(OSError(error.number))
        except (TypeError, ValueError) as error:
            return self._raise(error)
        return answer if isinstance(answer, tuple) else (int(answer or 0), b'')

    def _raise(self, error):
        self._answer = repr(error).encode()
        return -len(self._answer), b''

    def _perform(self, arg, data):
        self._answer = self.binding.perform(data).encode()
        return len(self._answer)

    def reset(self):
        """The processor starts again or has no power: peers hear nothing any more."""
        if self.peripheral:
            self.peripheral.vanish()
            self.peripheral = None
        for task in list(self._tasks):
            task.cancel()
        self._forget()
        self.loop.run_ready()

    def spawn(self, coroutine):
        """Start a coroutine that ends with the stack."""
        task = self.loop.spawn(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def post(self, event, *fields):
        """Queue an event; returns the future of what the handler answers."""
        future = self.loop.create_future()
        self._queue.append((event, fields, future))
        if not self._called:
            self._called = True
            self.pin.interrupt(BLUETOOTH)
        return future

    def _next(self, arg, data):
        """The handler has answered (arg 1: None, 2: a number, 3: bytes), and asks for the next event."""
        if arg and self._current:
            event, fields, future = self._current
            self._current = None
            answer = None if arg == 1 else data if arg == 3 else struct.unpack('<i', data)[0]
            self.log.append(logged(event, fields, answer))
            if not future.done():
                future.set_result(answer)
            self.loop.run_ready()
        if not self._queue:
            self._called = False
            if self.peripheral:
                self.loop.call_soon(self.peripheral.gate.go_on)
            return 0
        self._called, self._current = True, self._queue.popleft()
        message = packed(*self._current[:2])
        return len(message), message

    @property
    def handling(self):
        """Whether the program has an event to handle yet."""
        return bool(self._queue or self._current)

    # ---- secrets ----
    async def get_secret(self, kind, key, index=0):
        """The bytes that the program keeps, or None."""
        answer = await self.post(Event.GET_SECRET, kind, index, key)
        return answer if isinstance(answer, bytes) else None

    async def set_secret(self, kind, key, value):
        """Whether the program says that it did it."""
        if kind == PEERS:
            self.known.pop(key, None)
            if value is not None:
                self.known[key] = value
        return bool(await self.post(Event.SET_SECRET, kind, key, value))

    async def delete_bond(self, key):
        """NimBLE deletes each kind until it is told that there is none."""
        for kind in (OURS, PEERS):
            for _ in range(MOST_DELETIONS):
                if not await self.set_secret(kind, key, None):
                    break
            else:
                self.complaints.append('SET_SECRET with None was answered True for ever: this hangs a real device')

    async def _load_peers(self):
        self.known = {}
        index = 0
        while (value := await self.get_secret(PEERS, None, index)) is not None:
            self.known[value[:7]] = value
            index += 1

    # ---- on and off ----
    def switch(self, on):
        if self.active:
            self._stop()
        if on:
            self.active, self.table = True, Table()
            self.settings.update(addr_mode=0, mtu=256)
            self.spawn(self._start())

    async def _start(self):
        await self._load_peers()
        irk = await self.get_secret(OWN_IRK, b'irk')
        if irk is None or len(irk) != 16:
            irk = self.rng.randbytes(16)
            if not await self.set_secret(OWN_IRK, b'irk', irk):
                irk = WELL_KNOWN_IRK
        self.irk = irk
        await self._load_peers()
        self.plug()

    def plug(self):
        """On the air, if anybody is there to hear it."""
        ether = self.pin.world.ether
        if ether and self.active and not self.peripheral:
            self.peripheral = ether.plug(self)

    def _stop(self):
        """Links are dropped without any event."""
        self.active, self.advertising, self.peers = False, None, {}
        if self.peripheral:
            self.peripheral.stop()
            self.peripheral = None

    # ---- peers ----
    async def ask_passkey(self, peer, action, number=0):
        """What the program says to PASSKEY_ACTION; waits for ever, as pairing itself has a time limit."""
        future = self.loop.create_future()
        peer.passkey = (Action(action), future)
        self.post(Event.PASSKEY_ACTION, peer.handle, action, number)
        try:
            return await future
        finally:
            peer.passkey = None

    # ---- GATT ----
    def _read(self, arg, data):
        value = self.table.values.get(arg & 0xffff) if self.active else None
        if value is None:
            return 0
        if arg >> 16:
            return len(value.data)
        data = value.read()
        return len(data), data

    def _write(self, arg, data):
        value = self.binding.value(arg & 0xffff)
        value.write(data)
        if arg >> 16:
            for peer in list(self.peers.values()):
                mode = self.peripheral.subscription(peer, value.handle)
                if mode:
                    self.spawn(self._update(peer, value, mode == 2))
        return len(data)

    async def _update(self, peer, value, indicate):
        """Of a subscriber; one that finds no buffer is lost without a word."""
        if not await self.post(Event.GATTS_READ_REQUEST, NO_CONNECTION, value.handle) and self.buffers() > 0:
            self.peripheral.send(peer, value.handle, value.data, indicate)

    def buffers(self):
        """How many notifications can be queued yet."""
        return BUFFERS[self.port] - (self.peripheral.pending() if self.peripheral else 0)

    def _notify(self, arg, data):
        """arg: value handle; from bit 16 on indicate, ask only, the value is the table's; connection handle from bit 20 on."""
        peer, handle = self.binding.peer(arg >> 20), arg & 0xffff
        if arg >> 17 & 1:                       # whether it may: the program is called for the value before
            self.log.append(logged(Event.GATTS_READ_REQUEST, (NO_CONNECTION, handle), None))
            return
        if self.faults.take('no_buffers') or self.buffers() <= 0:
            raise Errno(ENOMEM)
        if arg >> 18 & 1:
            own = self.table.values.get(handle)
            data = own.data if own else b''
        self.bytes['sent'] += len(data)
        self.peripheral.send(peer, handle, data, bool(arg >> 16 & 1))

    # ---- what a peer does ----
    async def _check(self, peer, flags, reading):
        plain = gatt.READ if reading else gatt.WRITE | gatt.WRITE_NO_RESPONSE
        if not flags & plain:
            raise Denied(0x02 if reading else 0x03)
        encrypted = flags & (gatt.READ_ENCRYPTED if reading else gatt.WRITE_ENCRYPTED)
        authenticated = flags & (gatt.READ_AUTHENTICATED if reading else gatt.WRITE_AUTHENTICATED)
        if (encrypted or authenticated) and not peer.encrypted:
            raise Denied(0x0f if await self.get_secret(PEERS, peer.key) else 0x05)
        if authenticated and not peer.authenticated:
            raise Denied(0x05)

    async def read_by(self, peer, value):
        """A peer reads. Raises Denied."""
        async with self.turn:
            await self._check(peer, value.flags, True)
            code = await self.post(Event.GATTS_READ_REQUEST, peer.handle, value.handle)
            if code:
                raise Denied(code)
            return value.data

    async def write_by(self, peer, value, data):
        """A peer writes. Raises Denied."""
        async with self.turn:
            await self._check(peer, value.flags, False)
            value.written_by_peer(data)
            self.bytes['received'] += len(data)
            await self.post(Event.GATTS_WRITE, peer.handle, value.handle)
