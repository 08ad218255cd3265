"""A phone: a Bumble central with a wearer's thumb, for scenarios, benches and the gateway.

    phone = world.add_phone('Ben')
    link = phone.do(phone.connect(pin))
    phone.do(link.pair(lambda: digits.shown(pin)))       # asked again until the pin shows them
    phone.do(link.write('c10d0002-...', b'{}\\n'))

Owns the phone's bonds and its links. Each coroutine here takes modelled time; `do` lets the world run until it ends. What the
pin refuses raises Refused with the code; a link that goes meanwhile raises LinkLost.
"""
import asyncio
import inspect
import logging

from bumble import att, hci
from bumble.core import UUID, InvalidOperationError, ProtocolError
from bumble.device import ConnectionParametersPreferences, Device, DeviceConfiguration, Peer
from bumble.host import Host
from bumble.keys import MemoryKeyStore, PairingKeys
from bumble.pairing import PairingConfig, PairingDelegate
from bumble.transport.common import AsyncPipeSink

from tests.simulator.radio.client import Client
from tests.simulator.radio.pairing import Digits, Session, private_address, seed

INTERVAL_MS = 30                                # what iOS and Android commonly give; see bench-ble
SUPERVISION_MS = 5_000
SHARED_SECRET_S = 0.005                         # P-256 on a phone: a guess
LOOK_AGAIN_S = 0.1                              # how often a wearer who sees no digits yet looks at the pin
CONNECT_S = 20
IO = {'keyboard': PairingDelegate.KEYBOARD_INPUT_ONLY, 'display': PairingDelegate.DISPLAY_OUTPUT_ONLY,
      'yesno': PairingDelegate.DISPLAY_OUTPUT_AND_YES_NO_INPUT, 'full': PairingDelegate.DISPLAY_OUTPUT_AND_KEYBOARD_INPUT,
      'none': PairingDelegate.NO_OUTPUT_NO_INPUT}

logging.getLogger('bumble').setLevel(logging.CRITICAL)      # refusals are what is tested; it reports each as an error


class Refused(Exception):
    """The pin or its stack said no. `kind`: 'att', 'smp' or 'hci'; `code`: as that protocol numbers it."""

    def __init__(self, kind, code, name):
        super().__init__(f'{kind} {code:#04x} {name}')
        self.kind, self.code = kind, code


class LinkLost(Exception):
    """The connection is over; `reason` is an HCI error code (8: supervision time-out, 0x13: by the pin, 0x16: by us)."""

    def __init__(self, reason):
        super().__init__(f'link lost: {hci.HCI_Constant.error_name(reason)}')
        self.reason = reason


class Thumb(PairingDelegate):
    """What the phone's owner does in a pairing: `passkey` as in Link.pair."""

    def __init__(self, io, passkey):
        super().__init__(io)
        self.passkey = passkey

    async def _said(self, *arguments):
        """The number, once there is one."""
        while True:
            value = self.passkey(*arguments) if callable(self.passkey) else self.passkey
            if inspect.isawaitable(value):
                value = await value
            if value is not None:
                return value
            await asyncio.sleep(LOOK_AGAIN_S)

    async def get_number(self):
        return Digits(await self._said())

    async def compare_numbers(self, number, digits):
        return bool(await self._said(number) if callable(self.passkey) else self.passkey is not False)

    async def confirm(self, auto=False):
        return True


class Phone:
    """Made by `World.add_phone`. `io`: a name of IO; `interval_ms`: of its connections; `mtu`: what it asks for; `sc`, `mitm`,
    `bonding`: what it offers in pairing; `private`: whether it shows random resolvable addresses, a new one for each
    connection, instead of its own; `identity`: its own, a random static one, as 12 hexadecimal digits."""

    def __init__(self, world, name, rng, options):
        self.world, self.name, self.rng = world, name, rng
        self.io, self.interval_ms, self.mtu, self.private = 'keyboard', INTERVAL_MS, 247, False
        self.sc = self.mitm = self.bonding = True
        self.supervision_ms = SUPERVISION_MS
        self.identity = None
        for option, value in options.items():
            if option.startswith('_') or not hasattr(self, option):
                raise TypeError(f'a phone has no {option!r}')
            setattr(self, option, value)
        self.links = []
        self.passkey = None                     # of the pairing that begins next
        identity = bytes.fromhex(self.identity)[::-1] if self.identity else rng.randbytes(5) + b'\xc0'
        self.address = hci.Address(identity, hci.Address.RANDOM_DEVICE_ADDRESS)
        self.controller = world.ether.controller(self, hci.Address(rng.randbytes(6), hci.Address.PUBLIC_DEVICE_ADDRESS))
        configuration = DeviceConfiguration(name=name, address=self.address)
        self.device = Device(config=configuration, host=Host(self.controller, AsyncPipeSink(self.controller)))
        self.device.world_loop, self.device.shared_secret_s = world.loop, SHARED_SECRET_S
        self.device.keystore = MemoryKeyStore()
        self.device.smp_manager.session_proxy = Session
        self.device.pairing_config_factory = self._pairing
        seed(self.device, rng)
        self._ready = world.loop.create_task(self.device.power_on())

    def do(self, coroutine, timeout_s=20):
        """Let the world run until a coroutine ends, and return its result. Raises TimeoutError with a sentence."""
        return self.world.loop.run_until_complete(coroutine, timeout_s)

    def _pairing(self, connection):
        kinds = PairingConfig.AddressType
        return PairingConfig(sc=self.sc, mitm=self.mitm, bonding=self.bonding, delegate=Thumb(IO[self.io], self.passkey),
                             identity_address_type=kinds.RANDOM)

    # ---- finding pins ----
    async def scan(self, seconds=2):
        """What is heard: {address as text: (the name in it or '', advertisement, scan response)}."""
        heard = {}

        def on_report(report):
            name, data, answer = heard.get(str(report.address), ('', b'', b''))
            if report.event_type == hci.HCI_LE_Advertising_Report_Event.EventType.SCAN_RSP:
                answer = bytes(report.data)
            else:
                data = bytes(report.data)
            heard[str(report.address)] = (name_in(answer) or name_in(data) or name, data, answer)

        await self._ready
        self.device.host.on('advertising_report', on_report)
        await self.device.start_scanning(legacy=True, active=True, filter_duplicates=False)
        await asyncio.sleep(seconds)
        await self.device.stop_scanning(legacy=True)
        self.device.host.remove_listener('advertising_report', on_report)
        return heard

    async def connect(self, pin, discover=True, timeout_s=CONNECT_S):
        """A Link to a pin, as soon as it advertises; with `discover` the MTU is agreed on and its table read, as phones do.
        Raises TimeoutError where it does not advertise."""
        await self._ready
        address = await self._address_of(pin, timeout_s)
        if self.private:
            await self.change_address()
        wanted = ConnectionParametersPreferences(self.interval_ms, self.interval_ms, 0, self.supervision_ms)
        try:
            connection = await self.device.connect_le(address, {hci.HCI_LE_1M_PHY: wanted}, hci.OwnAddressType.RANDOM, None) \
                if timeout_s is None else await asyncio.wait_for(self.device.connect_le(
                    address, {hci.HCI_LE_1M_PHY: wanted}, hci.OwnAddressType.RANDOM, timeout_s), timeout_s + 1)
        except (TimeoutError, ProtocolError) as error:
            raise TimeoutError(f'{pin.name} does not answer {self.name}') from error
        link = Link(self, pin, connection)
        if discover:
            await link.discover()
        return link

    async def _address_of(self, pin, timeout_s):
        """Where a pin is heard; phones know that from a scan."""
        for _ in range(int((timeout_s or CONNECT_S) / LOOK_AGAIN_S)):
            peripheral = pin.radio.peripheral
            if peripheral and peripheral.controller.le_legacy_advertiser.enabled:
                return peripheral.controller.le_legacy_advertiser.address
            await asyncio.sleep(LOOK_AGAIN_S)
        raise TimeoutError(f'{pin.name} does not advertise')

    async def change_address(self):
        """A new resolvable private address, or the own one again."""
        address = private_address(self.device.irk, self.rng) if self.private else self.address
        self.device.random_address = address
        await self.device.send_sync_command(hci.HCI_LE_Set_Random_Address_Command(random_address=address))

    async def open(self, pin, passkey=None):
        """A Client of a pin: connected, encrypted (paired with `passkey` where there is no bond) and subscribed."""
        link = await self.connect(pin)
        if self.knows(pin):
            await link.encrypt()
        else:
            await link.pair(passkey)
        client = Client(link)
        await client.start()
        return client

    # ---- bonds and reach ----
    def _name(self, pin):
        return str(hci.Address(pin.radio.mac[::-1], hci.Address.PUBLIC_DEVICE_ADDRESS))

    def knows(self, pin):
        """Whether it has a bond with a pin."""
        return self._name(pin) in self.device.keystore.all_keys

    def forget(self, pin):
        """Drop the bond with a pin, as a user does in the phone's settings."""
        self.device.keystore.all_keys.pop(self._name(pin), None)

    def bond(self, pin):
        """The keys of the bond with a pin, a dict that another Phone can `remember`. Raises KeyError where there is none."""
        return self.device.keystore.all_keys[self._name(pin)].to_dict()

    def remember(self, pin, keys):
        """Have this bond with a pin."""
        self.device.keystore.all_keys[self._name(pin)] = PairingKeys.from_dict(keys)

    def leave(self, pin):
        """Go out of the pin's reach; a link ends by its supervision time-out."""
        self._reach(pin, False)

    def return_to(self, pin):
        self._reach(pin, True)

    def cut(self, pin):
        """The link to a pin is lost in this instant, on both sides."""
        self.world.loop.enter(self.world.ether.cut, self, pin)

    def _reach(self, pin, near):
        self.world.loop.enter(self.world.ether.set_reach, self, pin, near)


def name_in(data):
    """The local name in advertising data, '' where there is none."""
    at = 0
    while at < len(data) and data[at]:
        if at + 1 < len(data) and data[at + 1] in (0x08, 0x09):
            return data[at + 2:at + 1 + data[at]].decode('utf-8', 'replace')
        at += 1 + data[at]
    return ''


class Link:
    """A connection to a pin. `lost`: a future of the reason, done when it is over; `notified`: [(UUID text, bytes)]."""

    def __init__(self, phone, pin, connection):
        self.phone, self.pin, self.connection = phone, pin, connection
        self.peer = Peer(connection)
        self.lost = phone.world.loop.create_future()
        self.characteristics, self.notified = {}, []
        self.security_requested = False
        phone.links.append(self)
        connection.on('disconnection', self._ended)
        connection.on('security_request', self._asked)

    def _ended(self, reason):
        if self in self.phone.links:
            self.phone.links.remove(self)
            self.lost.set_result(reason)

    def _asked(self, _):
        self.security_requested = True

    @property
    def open(self):
        return not self.lost.done()

    @property
    def mtu(self):
        """Bytes of an ATT packet."""
        return self.connection.att_mtu

    async def attempt(self, coroutine):
        """The result of a coroutine. Raises Refused, and LinkLost where the link goes first."""
        task = asyncio.ensure_future(coroutine)
        try:
            await asyncio.wait((task, self.lost), return_when=asyncio.FIRST_COMPLETED)
            if not task.done() or task.cancelled():
                task.cancel()
                raise LinkLost(self.lost.result() if self.lost.done() else 0)
            return task.result()
        except att.ATT_Error as error:
            raise Refused('att', error.error_code, error.error_name) from error
        except hci.HCI_Error as error:
            raise Refused('hci', error.error_code, error.error_name) from error
        except ProtocolError as error:
            raise Refused(error.error_namespace, error.error_code, error.error_name) from error
        finally:
            task.cancel()

    # ---- security ----
    async def pair(self, passkey=None):
        """Pair. `passkey`: the digits as int or text, a function that reads them (asked again while it returns None; it may be
        a coroutine function), or None: nobody types any. With io 'yesno': False or a function of the number, to say no."""
        self.phone.passkey = int(passkey) if isinstance(passkey, str) else passkey
        await self.attempt(self.connection.pair())

    async def encrypt(self):
        """Encrypt with the bond. Raises Refused: hci 6 where the pin has lost it, and where the phone has none."""
        try:
            await self.attempt(self.connection.encrypt())
        except InvalidOperationError as error:
            raise Refused('hci', hci.HCI_ErrorCode.PIN_OR_KEY_MISSING_ERROR, 'the phone has no bond') from error

    @property
    def encrypted(self):
        return bool(self.connection.encryption)

    # ---- GATT ----
    async def discover(self):
        """Agree on the MTU and read the pin's table."""
        if self.phone.mtu > att.ATT_DEFAULT_MTU:
            await self.attempt(self.peer.request_mtu(self.phone.mtu))
        await self.attempt(self.peer.discover_services())
        for service in self.peer.services:
            await self.attempt(service.discover_characteristics())
            self.characteristics.update({str(one.uuid.to_hex_str('-')).lower(): one for one in service.characteristics})

    def characteristic(self, uuid):
        """By its UUID as text or number. Raises KeyError where the pin has none."""
        uuid = UUID.from_16_bits(uuid) if isinstance(uuid, int) else UUID(uuid)
        return self.characteristics[uuid.to_hex_str('-').lower()]

    async def read(self, uuid):
        """The whole value, long ones piece by piece."""
        return bytes(await self.attempt(self.characteristic(uuid).read_value()))

    async def write(self, uuid, data, response=True):
        """With a response; a long value goes as prepared writes then. Without: nobody says whether it was taken."""
        await self.attempt(self.characteristic(uuid).write_value(bytes(data), response))

    async def subscribe(self, uuid, handler=None):
        """`handler(bytes)` is called for each notification; all are in `notified`."""
        def notified(data):
            self.notified.append((uuid, bytes(data)))
            if handler:
                handler(bytes(data))
        await self.attempt(self.characteristic(uuid).subscribe(notified))

    async def update(self, interval_ms, latency=0, supervision_ms=SUPERVISION_MS):
        """Other connection parameters, from the next event on."""
        await self.attempt(self.connection.update_parameters(interval_ms, interval_ms, latency, supervision_ms))

    async def disconnect(self):
        """Over, when this returns."""
        if self.open:
            self.phone.world.loop.spawn(self._hang_up())
            await asyncio.shield(self.lost)

    async def _hang_up(self):
        try:
            await self.connection.disconnect()
        except (asyncio.CancelledError, ProtocolError):
            pass                                # it was over before
