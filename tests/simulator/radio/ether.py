"""The ether between pins and phones: who hears whom, and when a packet gets through.

Owns the connections' timing. A connection has an event each interval; in it each side sends what was waiting when it began, a
few packets, one after the other. An answer therefore goes in the next event at the earliest. Out of reach nothing gets
through, and after the supervision time-out both sides know. An idle connection costs nothing: only events with something to
send are played. Starting encryption takes two events here, as Bumble's controllers do it, and some three in the air.
"""
from collections import deque

from bumble import hci, ll
from bumble.link import LocalLink

from tests.simulator.radio.controller import Controller

SLOT_NS, TIMEOUT_UNIT_NS = 1_250_000, 10_000_000
PACKETS_PER_EVENT = 4                           # each way; phones are reported to do four to seven: a guess
BYTE_NS = 8_000                                 # LE 1M: 8 us a byte
PACKET_NS = 17 * BYTE_NS + 150_000 + 10 * BYTE_NS + 150_000     # preamble to MIC, T_IFS, the other's empty packet, T_IFS
FIRST_EVENT_NS = 2_500_000                      # from CONNECT_IND: transmit window delay and offset (Core Vol 6 Part B 4.5.3)
CONTROL_BYTES = 12
FAILED_EVENTS = 6                               # without an answer to CONNECT_IND (Core Vol 6 Part B 4.5.2)


class Connection:
    """One link-layer connection. `ends`: [(controller, own address, peer's address)] of central and peripheral."""

    def __init__(self, ether, ends, packet):
        self.ether, self.ends = ether, ends
        self.queues = deque(), deque()
        self.packets_per_event = ether.packets_per_event
        self.interval_ns, self.timeout_ns = packet.interval * SLOT_NS, packet.timeout * TIMEOUT_UNIT_NS
        self.anchor_ns = ether.clock.now_ns + FIRST_EVENT_NS
        self.open = True
        self._event = self._supervision = None

    def put(self, side, item):
        """Queue a packet of side 0 (central) or 1."""
        if self.open:
            self.queues[side].append(item)
            self._plan()

    def in_reach(self):
        return self.ether.hear(self.ends[0][0], self.ends[1][0])

    def check(self):
        """Reach may have changed: the supervision time-out begins, or ends."""
        if self.in_reach():
            if self._supervision:
                self._supervision.cancel()
                self._supervision = None
            self._plan()
        elif not self._supervision:
            self._supervision = self.ether.loop.call_at_ns(self.ether.clock.now_ns + self.timeout_ns, self.close,
                                                           hci.HCI_ErrorCode.CONNECTION_TIMEOUT_ERROR)

    def _plan(self):
        now_ns = self.ether.clock.now_ns
        if self._event or not self.open or not any(self.queues) or not self.in_reach():
            return
        self._event = self.ether.loop.call_at_ns(self.next_event_ns(now_ns), self._play)

    def next_event_ns(self, after_ns):
        """When the first connection event after a moment is."""
        return self.anchor_ns + max(0, -(-(after_ns + 1 - self.anchor_ns) // self.interval_ns)) * self.interval_ns

    def _play(self):
        self._event = None
        if not self.open or not self.in_reach():
            return
        if self.ether.rng.random() >= self.ether.loss:
            end_ns = self.ether.clock.now_ns
            last_ns = end_ns + self.interval_ns
            waiting = [min(len(queue), self.packets_per_event) for queue in self.queues]
            for index in range(max(waiting)):
                for side in (0, 1):
                    if index < waiting[side]:
                        item = self.queues[side][0]
                        end_ns += PACKET_NS + BYTE_NS * (len(item[1]) if isinstance(item, tuple) else CONTROL_BYTES)
                        if end_ns > last_ns:
                            break
                        self.queues[side].popleft()
                        self.ether.loop.call_at_ns(end_ns, self._deliver, side, item)
        self._plan()

    def _deliver(self, side, item):
        sender, own, peer = self.ends[side]
        receiver = self.ends[1 - side][0]
        if not self.open:
            return
        if isinstance(item, tuple):
            sender.sent(peer)
            receiver.heard(own, *item)
        elif isinstance(item, ll.TerminateInd):
            self.close(hci.HCI_ErrorCode.CONNECTION_TERMINATED_BY_LOCAL_HOST_ERROR, item.error_code, side)
        else:
            if isinstance(item, ll.ConnectionUpdateInd):
                self.interval_ns, self.timeout_ns = item.interval * SLOT_NS, item.timeout * TIMEOUT_UNIT_NS
            receiver.on_ll_control_pdu(own, item)

    def close(self, reason, reason_there=None, side=0):
        """Over: `side` learns `reason`, the other `reason_there`, or the same."""
        if not self.open:
            return
        self.open = False
        for timer in (self._event, self._supervision):
            if timer:
                timer.cancel()
        self.ether.closed(self)
        for index, (controller, _, peer) in enumerate(self.ends):
            controller.lost(peer, reason if index == side or reason_there is None else reason_there)


class Ether(LocalLink):
    """`loss`: the share of connection events in which nothing gets through."""

    def __init__(self, loop, clock, rng):
        super().__init__()
        self.controllers = []                   # in order: sets of objects would make runs differ
        self.loop, self.clock, self.rng = loop, clock, rng
        self.loss = 0.0
        self.packets_per_event = PACKETS_PER_EVENT
        self.connections = []
        self._apart, self._silent = set(), set()

    def add_controller(self, controller):
        self.controllers.append(controller)

    def controller(self, owner, address):
        """A new controller on this ether, in a Pin or Phone."""
        return Controller(owner, self, address)

    def plug(self, stack):
        """The radio of a pin whose stack is active."""
        from tests.simulator.radio.peripheral import Peripheral  # it needs this module's controllers
        return Peripheral(stack, self)

    @staticmethod
    def goodbye():
        return ll.TerminateInd(hci.HCI_ErrorCode.REMOTE_USER_TERMINATED_CONNECTION_ERROR)

    # ---- reach ----
    def hear(self, one, other):
        """Whether two controllers hear each other."""
        return frozenset((one.owner, other.owner)) not in self._apart and not self._silent & {one, other}

    def set_reach(self, one, other, near):
        """A pin and a phone come within reach of each other, or leave it."""
        pair = frozenset((one, other))
        (self._apart.discard if near else self._apart.add)(pair)
        self._check()

    def silence(self, controller):
        """It has no power, or was reset: nothing comes from it any more."""
        controller.le_legacy_advertiser.stop()
        controller.pending_le_connection = None
        controller.le_scan_enable = False
        controller.host = None
        self._silent.add(controller)
        if controller in self.controllers:
            self.controllers.remove(controller)
        self._check()

    def cut(self, one, other):
        """Lose the connection of a pin and a phone in this instant, as if the supervision time-out had just ended."""
        for connection in list(self.connections):
            if {end.owner for end, _, _ in connection.ends} == {one, other}:
                connection.close(hci.HCI_ErrorCode.CONNECTION_TIMEOUT_ERROR)

    def _check(self):
        for connection in list(self.connections):
            connection.check()

    # ---- what Bumble's controllers call ----
    def _side(self, own, peer):
        """(Connection, side) of the link that has these addresses, or (None, 0)."""
        for connection in self.connections:
            for side, (_, mine, other) in enumerate(connection.ends):
                if mine == own and other == peer:
                    return connection, side
        return None, 0

    def send_data(self, end, more, data):
        connection, side = self._side(end.self_address, end.peer_address)
        if connection:
            connection.put(side, (more, data))

    def send_ll_control_pdu(self, sender_address, receiver_address, packet):
        connection, side = self._side(sender_address, receiver_address)
        if connection:
            connection.put(side, packet)

    def send_advertising_pdu(self, sender_controller, packet):
        if isinstance(packet, ll.ConnectInd):
            self._connect(sender_controller, packet)
            return
        for controller in self.controllers:
            if controller is not sender_controller and self.hear(controller, sender_controller):
                self.loop.call_soon(controller.on_ll_advertising_pdu, packet)

    def _advertiser(self, address):
        return next((controller for controller in self.controllers if controller.le_legacy_advertiser.enabled
                     and controller.le_legacy_advertiser.address == address), None)

    def _connect(self, central, packet):
        peripheral = self._advertiser(packet.advertiser_address)
        if peripheral is None or not self.hear(central, peripheral):
            self.loop.call_later(packet.interval * SLOT_NS * FAILED_EVENTS / 1e9, central.lost, packet.advertiser_address,
                                 hci.HCI_ErrorCode.CONNECTION_FAILED_TO_BE_ESTABLISHED_ERROR)
            return
        ends = [(central, packet.initiator_address, packet.advertiser_address),
                (peripheral, packet.advertiser_address, packet.initiator_address)]
        self.connections.append(Connection(self, ends, packet))
        self.loop.call_soon(peripheral.on_ll_advertising_pdu, packet)

    def scan_response(self, address):
        advertiser = self._advertiser(address)
        return advertiser.le_legacy_advertiser.scan_response_data if advertiser else None

    def closed(self, connection):
        self.connections.remove(connection)
