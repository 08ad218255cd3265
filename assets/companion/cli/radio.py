"""Pins in reach, and links to them, on bleak: Linux (BlueZ), macOS, Windows.

Owns the choice of the pin and the cutting of lines into writes. `Radio` takes other backends of bleak, as the tests do.
The six digits are asked for by the system, which does the pairing.
"""
import asyncio
import contextlib
import json
import sys

from bleak import BleakClient, BleakScanner
from bleak.exc import BleakError

from assets.companion.cli.client import Client
from assets.companion.cli.description import PROTOCOL, UUIDS, Wrong

NO_PIN = ('No pin is in reach. Its radio is on for a while after you have pressed its button, and for two minutes in binding '
          'mode (settings on the pin, Bind a phone).')
NOT_BOUND = 'The pin does not know this computer. Choose Bind a phone in the settings on the pin, and then here: bind'
LONGEST_WRITE = 512
SHORTEST_WRITE = 20
SCAN_S = 4                                      # a pin whose radio is on is heard ten times a second
CONNECT_S = 20
PAIR_S = 60                                     # a person reads six digits and types them


def is_called(pin, wanted):
    """Whether that is the name, its end or the address of a pin of `Radio.pins`."""
    device, name, _ = pin
    return wanted.lower() in (device.address.lower(), name.lower()) or name.lower().endswith(' ' + wanted.lower())


class Radio:
    """`scanner` and `client` are classes of a bleak backend, None: the platform's own. `scan_s`: for how long to look."""

    def __init__(self, scanner=None, client=None, scan_s=SCAN_S):
        self._scanner, self._client, self._scan_s = scanner, client, scan_s

    async def pins(self, wanted=''):
        """[(bleak device, name, signal strength in dBm)] of the pins in reach, the nearest first; looks no longer once it has
        found the one that is `wanted`. Raises Wrong."""
        found = {}

        async def listen():
            async with BleakScanner(service_uuids=[UUIDS['service']], backend=self._scanner) as scanner:
                async for device, advert in scanner.advertisement_data():
                    if UUIDS['service'] in advert.service_uuids:
                        pin = (device, advert.local_name or device.name or device.address, advert.rssi)
                        found[device.address] = pin
                        if wanted and is_called(pin, wanted):
                            return
        try:
            await asyncio.wait_for(listen(), self._scan_s)
        except TimeoutError:
            pass
        except (BleakError, OSError) as error:
            raise Wrong(f'This computer has no Bluetooth that works: {error}') from None
        return sorted(found.values(), key=lambda pin: -pin[2])

    async def choose(self, wanted):
        """(device, name) of the pin called `wanted`, by name, its end or address; of the only one in reach where that is ''.
        Raises Wrong."""
        pins = [pin for pin in await self.pins(wanted) if not wanted or is_called(pin, wanted)]
        if not pins:
            raise Wrong(f'No pin called {wanted} is in reach.' if wanted else NO_PIN)
        if len(pins) > 1:
            names = ', '.join(name for _, name, _ in pins)
            raise Wrong(f'Several pins are in reach: {names}. Say which one with --pin.')
        return pins[0][:2]

    @contextlib.asynccontextmanager
    async def link(self, wanted, pair=False):
        """A Link to a pin; `pair`: bind first, else the pin must know this computer. Raises Wrong."""
        device, name = await self.choose(wanted)
        link = Link(name)
        bleak = BleakClient(device, lambda _: link.client.lost(), timeout=CONNECT_S, backend=self._client)
        try:
            await bleak.connect()
        except (BleakError, OSError, TimeoutError) as error:
            raise Wrong(f'{name} does not let this computer connect: {error}') from None
        try:
            await link.begin(bleak, pair)
            yield link
        except (BleakError, OSError) as error:
            raise Wrong(f'{name} has stopped talking: {error}') from None
        finally:
            with contextlib.suppress(BleakError, OSError):
                await bleak.disconnect()


class Link:
    """A connection to the pin called `name`. `client`: client.Client; `info`: what anybody may know of the pin."""

    def __init__(self, name):
        self.name = name
        self.client = Client(self._write)
        self.info = {}
        self._bleak = None
        self._request = None

    async def begin(self, bleak, pair):
        """Learn what the pin is, pair if that is asked for, and listen. Raises Wrong or BleakError."""
        self._bleak = bleak
        self.info = json.loads(bytes(await bleak.read_gatt_char(UUIDS['info'])))
        if self.info.get('protocol') != PROTOCOL['protocol']:
            raise Wrong(f'{self.name} speaks version {self.info.get("protocol")} of the protocol, this program version '
                        f'{PROTOCOL["protocol"]}. Bring both up to date.')
        self._request = bleak.services.get_characteristic(UUIDS['request'])
        if pair and sys.platform != 'darwin':   # there the first request that needs it does
            await self._pair(bleak)
        await bleak.start_notify(UUIDS['reply'], lambda _, data: self.client.received(data))

    async def _pair(self, bleak):
        try:
            await asyncio.wait_for(bleak.pair(), PAIR_S)
        except (BleakError, TimeoutError) as error:
            raise Wrong(f'{self.name} was not bound: {error or "nobody typed the digits"}. Is it in binding mode, and were '
                        'the digits right?') from None

    async def unpair(self):
        """End the bond on this computer's side; False where that is for its user to do, as on macOS."""
        try:
            await self._bleak.unpair()
        except (BleakError, OSError, NotImplementedError):
            return False
        return True

    async def _write(self, data):
        size = min(LONGEST_WRITE, max(SHORTEST_WRITE, self._request.max_write_without_response_size))
        for at in range(0, len(data), size):
            try:
                await self._bleak.write_gatt_char(self._request, data[at:at + size], response=True)
            except BleakError as error:
                raise Wrong(NOT_BOUND if self._bleak.is_connected else f'The connection is lost: {error}') from None
