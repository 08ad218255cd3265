"""Web Bluetooth of a headless Chromium, carried over to the phone in the simulated world.

Chromium emulates an adapter (DevTools, `BluetoothEmulation`) and asks for each operation what comes of it. Here the phone
does that very operation over the air and its outcome is the answer, so this is the part that an operating system plays:
scanning, discovery, and pairing when the pin says that it must be (as Android does, at ATT errors 0x05 and 0x0F). Facts about
the emulation: it lives on the browser, not on a page, and dies with the document; each prompt may be answered once.
"""
import base64
import uuid

from tests.simulator.radio.phone import LinkLost, Refused

EMULATION = 'BluetoothEmulation'
CLIENT_CONFIGURATION = '00002902-0000-1000-8000-00805f9b34fb'
PROPERTIES = ('broadcast', 'read', 'writeWithoutResponse', 'write', 'notify', 'indicate', 'authenticatedSignedWrites')
MUST_PAIR = (0x05, 0x0F)                        # insufficient authentication, insufficient encryption
UNLIKELY = 0x0E
CONNECTION_FAILED = 0x3E                        # HCI: connection failed to be established
UUIDS_OF_128_BITS = (0x06, 0x07)                # types of advertising data
# The emulation has no way to push a value. So the page's characteristics are remembered, and one that gets a value is told
# as the browser would tell it. It doesn't say either when a page hangs up.
SCRIPT = '''(() => {
    const known = new Map();
    const get = BluetoothRemoteGATTService.prototype.getCharacteristic;
    BluetoothRemoteGATTService.prototype.getCharacteristic = async function (uuid) {
        const found = await get.call(this, uuid);
        known.set(found.uuid, found);
        return found;
    };
    globalThis.emulatedNotification = (uuid, text) => {
        const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
        const characteristic = known.get(uuid);
        Object.defineProperty(characteristic, 'value', { value: new DataView(bytes.buffer), configurable: true });
        characteristic.dispatchEvent(new Event('characteristicvaluechanged', { bubbles: true }));
    };
    const hangUp = BluetoothRemoteGATTServer.prototype.disconnect;
    BluetoothRemoteGATTServer.prototype.disconnect = function () {
        emulatedHangUp(this.device.name ?? '');
        hangUp.call(this);
    };
})();'''



class Bluetooth:
    """The adapter of one page. `phone` is the world's phone that acts for it; `digits()` reads the passkey off the pin, None
    while it shows none. `paired` counts pairings. Serves requests from the moment it is made; `find` first what is near."""

    def __init__(self, page, phone, digits):
        self._page, self._browser, self._phone, self._digits = page, page.browser, phone, digits
        self._pins, self._links, self._characteristics, self._prompts = {}, {}, {}, set()
        self.paired = 0
        for event, handler in (('gattOperationReceived', self._gatt), ('characteristicOperationReceived', self._operation),
                               ('descriptorOperationReceived', self._descriptor)):
            self._browser.on(f'{EMULATION}.{event}', handler)
        self._browser.on('DeviceAccess.deviceRequestPrompted', self._prompted)
        self._browser.on('Runtime.bindingCalled', self._hung_up)
        self._call('enable', state='powered-on', leSupported=True)
        page.call('DeviceAccess.enable')
        page.call('Runtime.addBinding', {'name': 'emulatedHangUp'})

    def _call(self, command, **parameters):
        return self._browser.call(f'{EMULATION}.{command}', parameters)

    def _answer(self, command, **parameters):
        self._browser.send(f'{EMULATION}.{command}', parameters)

    # ---- choosing a device ----
    def find(self, seconds=1):
        """Scan for so long and tell the browser what the phone hears; the names, in order."""
        heard = self._phone.do(self._phone.scan(seconds))
        pins = {address_of(pin): pin for pin in self._phone.world.pins if pin.radio.peripheral}
        for address, (name, *advertisements) in heard.items():
            address = address[:17]
            self._pins[address] = pins[address]
            self._call('simulatePreconnectedPeripheral', address=address, name=name, manufacturerData=[],
                       knownServiceUuids=services_in(b''.join(advertisements)))
        return sorted(name for name, *_ in heard.values())

    def _prompted(self, parameters, session):
        """The browser's chooser: its owner takes the first one there is."""
        if session == self._page.session and parameters['devices'] and parameters['id'] not in self._prompts:
            self._prompts.add(parameters['id'])
            self._browser.send('DeviceAccess.selectPrompt', {
                'id': parameters['id'], 'deviceId': parameters['devices'][0]['id']}, session)

    # ---- connections ----
    def _gatt(self, parameters, _session):
        address, code = parameters['address'], 0
        if parameters['type'] == 'connection':
            code = self._connect(address)
        else:
            self._describe(address)
        self._answer('simulateGATTOperationResponse', address=address, type=parameters['type'], code=code)

    def _connect(self, address):
        try:
            link = self._links[address] = self._phone.do(self._phone.connect(self._pins[address]), timeout_s=60)
        except (TimeoutError, LinkLost):
            return CONNECTION_FAILED
        link.lost.add_done_callback(lambda _: self._lost(address, link))
        return 0

    def _lost(self, address, link):
        if self._links.get(address) is link:
            del self._links[address]
            self._answer('simulateGATTDisconnection', address=address)

    def _hung_up(self, parameters, session):
        if session == self._page.session and parameters['name'] == 'emulatedHangUp':
            for link in list(self._links.values()):
                self._phone.do(link.disconnect())

    def _describe(self, address):
        """The pin's table, as the phone discovered it."""
        link = self._links[address]
        for service in link.peer.services:
            number = self._call('addService', address=address, serviceUuid=text_of(service.uuid))['serviceId']
            for characteristic in service.characteristics:
                properties = {name: bool(characteristic.properties & 1 << bit) for bit, name in enumerate(PROPERTIES)}
                key = self._call('addCharacteristic', serviceId=number, characteristicUuid=text_of(characteristic.uuid),
                                 properties=properties)['characteristicId']
                self._characteristics[key] = link, text_of(characteristic.uuid)
                if properties['notify'] or properties['indicate']:      # without one, subscribing is not supported
                    self._call('addDescriptor', characteristicId=key, descriptorUuid=CLIENT_CONFIGURATION)

    # ---- characteristics ----
    def _operation(self, parameters, _session):
        key, kind = parameters['characteristicId'], parameters['type']
        code, data = self._perform(kind, *self._characteristics[key], parameters)
        answer = {'data': base64.b64encode(data).decode()} if kind == 'read' and not code else {}
        self._answer('simulateCharacteristicOperationResponse', characteristicId=key, type=kind, code=code, **answer)

    def _perform(self, kind, link, name, parameters):
        """(ATT error or 0, value read). Pairs where the pin asks for it, and does it once more, as operating systems do."""
        for paired in (False, True):
            try:
                return 0, self._phone.do(self._attempt(kind, link, name, parameters))
            except Refused as refused:
                if paired or refused.code not in MUST_PAIR or not self._pair(link):
                    return refused.code, b''
            except (LinkLost, TimeoutError):
                break
        return UNLIKELY, b''

    async def _attempt(self, kind, link, name, parameters):
        if kind == 'read':
            return await link.read(name)
        if kind == 'write':
            response = parameters.get('writeType') != 'write-without-response'
            await link.write(name, base64.b64decode(parameters.get('data', '')), response)
        elif kind == 'subscribe-to-notifications':
            await link.subscribe(name, lambda data: self._notified(link, name, data))
        return b''

    def _pair(self, link):
        """Whether it came to an encrypted link: with the bond where there is one, else with the digits on the pin."""
        try:
            if self._phone.knows(link.pin):
                self._phone.do(link.encrypt())
            else:
                self._phone.do(link.pair(self._digits), timeout_s=60)
                self.paired += 1
        except (Refused, LinkLost, TimeoutError):
            return False
        return True

    def _notified(self, link, name, data):
        if link in self._links.values():
            text = base64.b64encode(data).decode()
            self._browser.send('Runtime.evaluate', {'expression': f'emulatedNotification("{name}", "{text}")'},
                               self._page.session)

    def _descriptor(self, parameters, _session):
        """Only the configuration that was added: subscribing is what counts, and comes as an operation of its own."""
        answer = {'data': ''} if parameters['type'] == 'read' else {}
        self._answer('simulateDescriptorOperationResponse', descriptorId=parameters['descriptorId'], type=parameters['type'],
                     code=0, **answer)


def address_of(pin):
    """Under which a pin is heard, as Chromium writes it."""
    return str(pin.radio.peripheral.controller.le_legacy_advertiser.address)[:17]


def services_in(data):
    """The 128-bit service UUIDs in advertising data, as text."""
    found, at = [], 0
    while at + 1 < len(data) and data[at]:
        value = data[at + 2:at + 1 + data[at]]
        if data[at + 1] in UUIDS_OF_128_BITS:
            found += [str(uuid.UUID(bytes=value[n:n + 16][::-1])) for n in range(0, len(value), 16)]
        at += 1 + data[at]
    return found


def text_of(name):
    """One of Bumble's UUIDs as Web Bluetooth writes it: in full."""
    return str(uuid.UUID(bytes=bytes(name.to_bytes(force_128=True))[::-1]))
