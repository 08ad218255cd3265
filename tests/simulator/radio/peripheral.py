"""A pin's radio: a Bumble device that follows the pin's stack, and tells it what peers do.

Owns the device and its controller, from one activation of the stack to the next. The GATT server's values and every check of
access are the stack's; Bumble does ATT, SMP and the controller. Used by `ether`.
"""
import asyncio
import contextlib
import struct
from collections import deque
from types import SimpleNamespace

from bumble import att, gatt_server, hci
from bumble.core import UUID, BaseBumbleError
from bumble.device import AdvertisingType, Device, DeviceConfiguration
from bumble.gatt import GATT_CLIENT_CHARACTERISTIC_CONFIGURATION_DESCRIPTOR as CONFIGURATION
from bumble.gatt import Characteristic, Descriptor, Service
from bumble.host import Host
from bumble.pairing import PairingConfig
from bumble.smp import PairingMethod
from bumble.transport.common import AsyncPipeSink

from tests.simulator.radio import table as gatt
from tests.simulator.radio.events import Event
from tests.simulator.radio.pairing import Bonds, Session, Wearer, key_of, private_address, renew_key
from tests.simulator.radio.stack import PAIRING_ENCRYPTED_FIRST, Denied, Peer

SYSTEM_ATTRIBUTES = 9                           # of GAP and GATT
ANY = att.Attribute.Permissions.READABLE | att.Attribute.Permissions.WRITEABLE
COMMAND, ANSWER = 0x40, 0x01                    # bits of ATT's opcodes
MALFORMED = struct.error, IndexError, ValueError, KeyError, TypeError, AttributeError, AssertionError, BaseBumbleError
SHARED_SECRET_S = 0.2                           # key pair and P-256 on an ESP32-S3 at 160 MHz: a guess
NOT_CONFIRMED = 13                              # BLE_HS_ETIMEOUT, the status of GATTS_INDICATE_DONE
INTERVAL_MS, TIMEOUT_UNIT_MS = 1.25, 10


class Server(gatt_server.Server):
    """Counts handles as the stack's table does."""

    def next_handle(self):
        count = len(self.attributes)
        return count + 1 if count < SYSTEM_ATTRIBUTES else count - SYSTEM_ATTRIBUTES + gatt.FIRST_SERVICE

    def on_att_read_multiple_request(self, bearer, request):
        self.device.world_loop.spawn(self._read_several(bearer, request))

    on_att_read_multiple_variable_request = on_att_read_multiple_request

    async def _read_several(self, bearer, request):
        """Bumble sends no answer where one value is refused; the first that is ends it here."""
        values = []
        for handle in request.set_of_handles:
            attribute, code = self.get_attribute(handle), att.ATT_INVALID_HANDLE_ERROR
            try:
                if attribute is None:
                    raise att.ATT_Error(code)
                values.append(await attribute.read_value(bearer))
            except att.ATT_Error as error:
                self.send_response(bearer, att.ATT_Error_Response(
                    request_opcode_in_error=request.op_code, attribute_handle_in_error=handle, error_code=error.error_code))
                return
        if request.op_code == att.Opcode.ATT_READ_MULTIPLE_VARIABLE_REQUEST:
            values = [len(value).to_bytes(2, 'little') + value for value in values]
        said = bytes([request.op_code + 1]) + b''.join(values)
        self.send_gatt_pdu(bearer, said[:bearer.att_mtu])


async def not_permitted(bearer, value):
    """Attribute.write_value of what no peer may write."""
    raise att.ATT_Error(att.ATT_WRITE_NOT_PERMITTED_ERROR)


class PinDevice(Device):
    """A device that garbage does not upset."""

    def on_gatt_pdu(self, connection_handle, pdu):
        try:
            super().on_gatt_pdu(connection_handle, pdu)
        except MALFORMED:
            connection = self.connections.get(connection_handle)
            if connection and pdu and not pdu[0] & (COMMAND | ANSWER):
                self.gatt_server.send_response(connection, att.ATT_Error_Response(
                    request_opcode_in_error=pdu[0], attribute_handle_in_error=0, error_code=att.ATT_INVALID_PDU_ERROR))

    def on_smp_pdu(self, connection_handle, pdu):
        with contextlib.suppress(*MALFORMED):
            super().on_smp_pdu(connection_handle, pdu)


class Gate:
    """Between controller and host: what comes in waits while the program handles an event, as it does where one task runs the
    whole host and calls the handler."""

    def __init__(self, host, stack):
        self._host, self._stack = host, stack
        self._waiting = deque()

    def on_packet(self, packet):
        self._waiting.append(packet)
        self.go_on()

    def go_on(self):
        """The program may have become idle."""
        if self._waiting and not self._stack.handling:
            self._host.on_packet(self._waiting.popleft())
            self._stack.loop.call_soon(self.go_on)


class Peripheral:
    """Made when the stack is active and the world has an ether."""

    def __init__(self, stack, ether):
        self.stack, self.ether, self.loop = stack, ether, stack.loop
        self._order = asyncio.Lock()
        self._outstanding = []
        address = hci.Address(stack.mac[::-1], hci.Address.PUBLIC_DEVICE_ADDRESS)
        self.controller = ether.controller(stack.pin, address)
        self.random = hci.Address(stack.rng.randbytes(5) + b'\xc0', hci.Address.RANDOM_DEVICE_ADDRESS)
        configuration = DeviceConfiguration(name=stack.pin.name, address=self.random, gap_service_enabled=False,
                                            gatt_service_enabled=False)
        self.device = PinDevice(config=configuration, host=Host(self.controller, AsyncPipeSink(self.controller)))
        self.controller.host = self.gate = Gate(self.device.host, stack)
        self.device.world_loop, self.device.shared_secret_s = self.loop, SHARED_SECRET_S
        self.device.gatt_server = Server(self.device)
        self.device.irk = stack.irk
        renew_key(self.device, stack.rng)
        self.bonds = self.device.keystore = Bonds(stack)
        self.device.smp_manager.session_proxy = Session
        self.device.pairing_config_factory = self._pairing
        self.device.on('connection', self._connected)
        self.registered()
        self.configured('mtu')
        self._do(self.device.power_on)
        self.configured('addr_mode')
        if stack.advertising:
            self.advertise()

    def _do(self, function, *arguments):
        """One thing after the other, in the order in which it was asked for."""
        async def turn():
            async with self._order:
                await function(*arguments)
        self.stack.spawn(turn())

    # ---- what the stack asks for ----
    def vanish(self):
        self.ether.silence(self.controller)

    def stop(self):
        """The stack is switched off: links end in order, nobody here hears of it."""
        self.controller.le_legacy_advertiser.stop()
        self.controller.host = None
        for connection in list(self.ether.connections):
            if connection.ends[1][0] is self.controller:
                connection.put(1, self.ether.goodbye())
        self.ether.controllers.remove(self.controller)

    def configured(self, name):
        if name == 'mtu':
            self.device.gatt_server.max_mtu = self.stack.settings['mtu']
        elif self.stack.settings['addr_mode']:
            self._do(self._new_address, self.stack.settings['addr_mode'])

    async def _new_address(self, mode):
        top = {1: 0xc0, 2: 0x40, 3: 0x00}[mode]
        if mode == 2:
            self.random = private_address(self.stack.irk, self.stack.rng)
        else:
            draw = self.stack.rng.randbytes(6)
            self.random = hci.Address(draw[:5] + bytes([draw[5] & 0x3f | top]), hci.Address.RANDOM_DEVICE_ADDRESS)
        self.device.random_address = self.random
        await self.device.send_sync_command(hci.HCI_LE_Set_Random_Address_Command(random_address=self.random))

    def own_address(self):
        return bytes(self.random)[::-1]

    def advertise(self):
        if self.stack.advertising is None:
            self._do(self.device.stop_advertising)
        else:
            self._do(self._advertise, *self.stack.advertising, *self.stack.payloads)

    async def _advertise(self, interval_us, connectable, data, answer):
        kind = AdvertisingType.UNDIRECTED_CONNECTABLE_SCANNABLE if connectable else AdvertisingType.UNDIRECTED_SCANNABLE
        own = hci.OwnAddressType.RANDOM if self.stack.settings['addr_mode'] else hci.OwnAddressType.PUBLIC
        await self.device.start_advertising(
            advertising_type=kind, own_address_type=own, advertising_data=data, scan_response_data=answer,
            advertising_interval_min=interval_us / 1000, advertising_interval_max=interval_us / 1000)

    def disconnect(self, peer):
        connection = self.device.connections.get(peer.handle)
        if connection:
            self.loop.spawn(connection.disconnect())

    def request_security(self, peer):
        self.device.request_pairing(self.device.connections[peer.handle])

    def subscription(self, peer, handle):
        """0, 1 for notifications or 2 for indications."""
        subscribers = self.device.gatt_server.subscribers.get(self.device.connections.get(peer.handle)) or {}
        value = subscribers.get(handle) or b'\0'
        return 1 if value[0] & 1 else value[0] & 2

    def pending(self):
        """Notifications that have not left yet."""
        queue = self.device.host.le_acl_packet_queue
        self._outstanding = [place for place in self._outstanding if place > queue.completed] if queue else []
        return len(self._outstanding)

    def send(self, peer, handle, data, indicate):
        connection = self.device.connections.get(peer.handle)
        if connection is None:
            return
        data = data[:connection.att_mtu - 3]
        if indicate:
            self.stack.spawn(self._indicate(connection, handle, data))
        else:
            self.device.gatt_server.send_gatt_pdu(connection, bytes(att.ATT_Handle_Value_Notification(
                attribute_handle=handle, attribute_value=data)))
        self._outstanding.append(self.device.host.le_acl_packet_queue.queued)

    async def _indicate(self, connection, handle, data):
        attribute, status = SimpleNamespace(handle=handle, encode_value=lambda value: value), 0
        try:
            await self.device.gatt_server._indicate_single_bearer(connection, attribute, data, True)
        except (TimeoutError, asyncio.CancelledError):
            status = NOT_CONFIRMED
        self.stack.post(Event.GATTS_INDICATE_DONE, connection.handle, handle, status)

    # ---- the GATT server ----
    def registered(self):
        """Build what peers see from the stack's table."""
        server = self.device.gatt_server
        for part in (server.attributes, server.services, server.attributes_by_handle, server.subscribers):
            part.clear()
        for service in self._system_services():
            server.add_service(service)
        for uuid, characteristics in self.stack.table.services:
            server.add_service(Service(UUID.from_bytes(uuid), [self._characteristic(*one) for one in characteristics]))
        for attribute in server.attributes:     # Bumble would have a peer overwrite declarations
            if attribute.handle not in self.stack.table.values and attribute.type != CONFIGURATION:
                attribute.write_value = not_permitted
        built = [attribute.handle for attribute in server.attributes if isinstance(attribute.value, att.AttributeValue)]
        if set(built) & set(self.stack.table.values) != set(self.stack.table.values):
            raise RuntimeError('Bumble counts handles otherwise than the table')

    def _system_services(self):
        readable, kinds = att.Attribute.Permissions.READABLE, Characteristic.Properties
        name = att.AttributeValueV2(read=lambda _: self.stack.settings['gap_name'])
        yield Service(UUID.from_16_bits(0x1800), [
            Characteristic(UUID.from_16_bits(0x2a00), kinds.READ, readable, name),
            Characteristic(UUID.from_16_bits(0x2a01), kinds.READ, readable, bytes(2))])
        yield Service(UUID.from_16_bits(0x1801), [
            Characteristic(UUID.from_16_bits(0x2a05), kinds.INDICATE, att.Attribute.Permissions(0), b'')])

    def _characteristic(self, value, descriptors):
        made = Characteristic(UUID.from_bytes(value.uuid), Characteristic.Properties(value.flags & 0x7f), ANY,
                              self._access(value))
        own = [Descriptor(UUID.from_bytes(one.uuid), ANY, self._access(one)) for one in descriptors]
        if value.flags & (gatt.NOTIFY | gatt.INDICATE):     # open to everybody, whatever protects the value
            own.insert(0, Descriptor(CONFIGURATION, ANY, self.device.gatt_server.make_descriptor_value(made)))
        made.descriptors = own
        return made

    def _access(self, value):
        async def attempt(function, connection, *arguments):
            peer = self.stack.peers.get(connection.handle)
            if peer is None:
                raise att.ATT_Error(att.ATT_UNLIKELY_ERROR_ERROR)
            try:
                return await function(peer, value, *arguments)
            except Denied as denied:
                raise att.ATT_Error(denied.code) from denied
        return att.AttributeValue(read=lambda connection: attempt(self.stack.read_by, connection),
                                  write=lambda connection, data: attempt(self.stack.write_by, connection, bytes(data)))

    # ---- links ----
    def _connected(self, connection):
        peer = Peer(connection.handle, key_of(connection.peer_address))
        self.stack.advertising = None
        self.stack.peers[connection.handle] = peer
        connection.on('disconnection', lambda reason: self._disconnected(peer))
        connection.on('connection_att_mtu_update', lambda: self._mtu(connection, peer))
        connection.on('connection_parameters_update', lambda: self._updated(connection, peer))
        connection.on('connection_encryption_change', lambda: self._encrypted(connection, peer))
        connection.on('pairing', lambda keys: self.stack.spawn(self._paired(connection, peer)))
        connection.on('pairing_failure', lambda reason: self._pairing_failed(peer))
        self.stack.post(Event.CENTRAL_CONNECT, peer.handle, *peer.shown)

    def _disconnected(self, peer):
        if self.stack.peers.pop(peer.handle, None):
            if peer.passkey:
                peer.passkey[1].cancel()
            self.stack.post(Event.CENTRAL_DISCONNECT, peer.handle, *peer.shown)

    def _mtu(self, connection, peer):
        peer.mtu = connection.att_mtu
        self.stack.post(Event.MTU_EXCHANGED, peer.handle, peer.mtu)

    def _updated(self, connection, peer):
        now = connection.parameters
        self.stack.post(Event.CONNECTION_UPDATE, peer.handle, round(now.connection_interval / INTERVAL_MS),
                        now.peripheral_latency, round(now.supervision_timeout / TIMEOUT_UNIT_MS), 0)

    # ---- security ----
    def _pairing(self, connection):
        settings, peer = self.stack.settings, self.stack.peers[connection.handle]
        return PairingConfig(sc=bool(settings['le_secure']), mitm=bool(settings['mitm']), bonding=bool(settings['bond']),
                             delegate=Wearer(self.stack, peer), identity_address_type=PairingConfig.AddressType.PUBLIC)

    def _encrypted(self, connection, peer):
        session = self.device.smp_manager.sessions.get(connection.handle)
        peer.encrypted = bool(connection.encryption)
        if session:                             # a fresh pairing is told of when its keys are there
            peer.authenticated = session.pairing_method != PairingMethod.JUST_WORKS
            peer.bonding = session.bonding
            return
        peer.authenticated = self.bonds.authenticated.get(peer.key, False)
        self.stack.post(Event.ENCRYPTION_UPDATE, peer.handle, 1, peer.authenticated, 1, 16)

    async def _paired(self, connection, peer):
        bonded = bool(self.stack.settings['bond'] and peer.bonding)
        if not bonded:
            self.bonds.drop()
        peer.key = key_of(connection.peer_address)          # the identity, where the peer gave one
        update = peer.handle, 1, peer.authenticated, bonded, 16
        if self.stack.port == PAIRING_ENCRYPTED_FIRST:
            await self.stack.post(Event.ENCRYPTION_UPDATE, *update)
        await self.bonds.offer()
        if self.stack.port != PAIRING_ENCRYPTED_FIRST:
            await self.stack.post(Event.ENCRYPTION_UPDATE, *update)
        await self.device.refresh_resolving_list()

    def _pairing_failed(self, peer):
        if peer.passkey:
            peer.passkey[1].cancel()
        self.stack.post(Event.ENCRYPTION_UPDATE, peer.handle, 0, 0, 0, 0)
