"""A backend of bleak whose radio is a phone of the simulator: so programs on bleak speak with simulated pins as they are.

Owns no radio. `backend(phone, passkey)` makes the two classes that bleak is given. As operating systems do, it encrypts a link
to a pin that the phone has a bond with.
"""
import asyncio
import uuid

from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.backends.client import BaseBleakClient
from bleak.backends.scanner import AdvertisementData, BaseBleakScanner
from bleak.backends.service import BleakGATTService, BleakGATTServiceCollection
from bleak.exc import BleakDeviceNotFoundError, BleakError
from bleak.uuids import normalize_uuid_str
from bumble import hci

from tests.simulator.radio.phone import LinkLost, Refused

NO_MTU = 23
SERVICES_128 = (0x06, 0x07)                     # AD types, Core Specification Supplement, part A, 1.1
STRENGTH_DBM = -60                              # the simulator has no distances
SCAN_S = 1
PROPERTIES = ('broadcast', 'read', 'write-without-response', 'write', 'notify', 'indicate')    # bits from 0 on


def backend(phone, passkey=None):
    """(scanner class, client class) over a radio.phone.Phone; `passkey` is what its owner types, see Link.pair."""
    class Scanner(_Scanner):
        owner = phone

    class Client(_Client):
        owner, digits = phone, staticmethod(passkey) if callable(passkey) else passkey
    return Scanner, Client


def services_in(data):
    """The 128-bit service UUIDs in advertising data, as texts."""
    at, found = 0, []
    while at < len(data) and data[at]:
        value = data[at + 2:at + 1 + data[at]]
        if data[at + 1] in SERVICES_128:
            found += [str(uuid.UUID(bytes=bytes(value[first:first + 16][::-1]))) for first in range(0, len(value), 16)]
        at += 1 + data[at]
    return found


def pin_at(phone, address):
    """The simulated pin that advertises with this address, or has just done so with its own; None where there is none."""
    for pin in phone.world.pins:
        own = str(hci.Address(pin.radio.mac[::-1], hci.Address.PUBLIC_DEVICE_ADDRESS))
        peripheral = pin.radio.peripheral
        if address in (own, str(peripheral.controller.le_legacy_advertiser.address) if peripheral else own):
            return pin
    return None


class _Scanner(BaseBleakScanner):
    owner = None

    def __init__(self, detection_callback, service_uuids, scanning_mode='active', **kwargs):
        super().__init__(detection_callback, service_uuids)
        self._task, self._on = None, False

    async def start(self):
        self.seen_devices, self._on = {}, True
        self._task = asyncio.get_running_loop().create_task(self._listen())

    async def _listen(self):
        while self._on:
            for address, (name, data, answer) in (await self.owner.scan(SCAN_S)).items():
                advert = AdvertisementData(name, {}, {}, services_in(data) + services_in(answer), None, STRENGTH_DBM, ())
                if self.is_allowed_uuid(advert.service_uuids):
                    device = self.create_or_update_device(address, address, name, pin_at(self.owner, address), advert)
                    self.call_detection_callbacks(device, advert)

    async def stop(self):
        self._on = False
        await asyncio.wait([self._task])        # to its end, so that the phone's radio has stopped too


class _Client(BaseBleakClient):
    owner, digits = None, None

    def __init__(self, device, **kwargs):
        super().__init__(device, **kwargs)
        self._pin, self._link = device.details, None

    @property
    def name(self):
        return self.address

    @property
    def mtu_size(self):
        return self._link.mtu if self._link else NO_MTU

    @property
    def is_connected(self):
        return self._link is not None

    async def connect(self, pair, **kwargs):
        if self._pin is None:
            raise BleakDeviceNotFoundError(self.address)
        self._link = await _tried(self.owner.connect(self._pin, timeout_s=self._timeout))
        self._link.lost.add_done_callback(self._gone)
        if self.owner.knows(self._pin):
            await _tried(self._link.encrypt())
        self.services = BleakGATTServiceCollection()
        for service in self._link.peer.services:
            found = BleakGATTService(service, service.handle, _text(service.uuid))
            self.services.add_service(found)
            for one in service.characteristics:
                names = [name for bit, name in enumerate(PROPERTIES) if one.properties >> bit & 1]
                self.services.add_characteristic(BleakGATTCharacteristic(one, one.handle, _text(one.uuid), names,
                                                                         lambda: self.mtu_size - 3, found))

    def _gone(self, _):
        expected, self._link = self._link is None, None
        if self._disconnected_callback and not expected:
            self._disconnected_callback()

    async def disconnect(self):
        link, self._link = self._link, None
        if link:
            await link.disconnect()

    async def pair(self, *args, **kwargs):
        if not self.owner.knows(self._pin):
            await _tried(self._there.pair(self.digits))

    async def unpair(self):
        self.owner.forget(self._pin)

    @property
    def _there(self):
        if not self._link:
            raise BleakError('Not connected')
        return self._link

    async def read_gatt_char(self, characteristic, **kwargs):
        return bytearray(await _tried(self._there.read(characteristic.uuid)))

    async def write_gatt_char(self, characteristic, data, response):
        await _tried(self._there.write(characteristic.uuid, bytes(data), response))

    async def start_notify(self, characteristic, callback, **kwargs):
        await _tried(self._there.subscribe(characteristic.uuid, lambda data: callback(bytearray(data))))

    async def stop_notify(self, characteristic):
        raise NotImplementedError

    async def read_gatt_descriptor(self, descriptor, **kwargs):
        raise NotImplementedError

    async def write_gatt_descriptor(self, descriptor, data):
        raise NotImplementedError


def _text(bumble_uuid):
    return normalize_uuid_str(bumble_uuid.to_hex_str('-'))


async def _tried(awaitable):
    """What it gives; a refusal of the other side becomes bleak's error."""
    try:
        return await awaitable
    except (Refused, LinkLost) as error:
        raise BleakError(str(error)) from error
