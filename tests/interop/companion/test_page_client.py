"""What the page asks of a pin: order, parts, time-outs, lost links, lines that nobody asked for; pieces of Web Bluetooth."""
from tests.interop.companion.page_rig import run

# A transport whose other end the test plays: what was sent is in `sent`, `say` puts a line in.
WIRE = """
    const { Client, RequestError } = await import('./client.js');
    const wire = { sent: [], onLine(take) { this.take = take; }, say(line) { this.take(JSON.stringify(line)); },
                   async sendLine(text) { this.sent.push(JSON.parse(text)); } };
    const outcome = (promise) => promise.catch((problem) => ({ code: problem.code, sentence: problem.message }));
    const soon = () => new Promise((done) => setTimeout(done));"""


def test_one_request_at_a_time_and_people_before_the_background(page):
    said = run(page, WIRE + """
        const client = new Client(wire), asked = [
            client.ask('battery', 'get'), client.ask('friends', 'page', {cursor: ''}, {background: true}),
            client.ask('designs', 'choose', {design: 3})].map(outcome);
        await soon();
        const first = wire.sent.length;
        for (const at of [0, 1, 2]) {
            const { id } = wire.sent[at];
            if (wire.sent[at].do === 'friends') {
                wire.say({ id, part: [1] });
                wire.say({ event: 'steps', today: 5 });
                wire.say({ id, part: [2] });
            }
            wire.say({ id, ok: { at } });
            await soon();
        }
        return [first, wire.sent, await Promise.all(asked), client.dropped];""")
    first, sent, outcomes, dropped = said
    assert first == 1 and dropped == 0
    assert [line['do'] for line in sent] == ['battery', 'designs', 'friends']
    assert sent[1] == {'id': 3, 'do': 'designs', 'act': 'choose', 'design': 3}
    assert outcomes == [{'ok': {'at': 0}, 'parts': []}, {'ok': {'at': 2}, 'parts': [[1], [2]]}, {'ok': {'at': 1}, 'parts': []}]


def test_what_goes_wrong_is_a_sentence_and_the_next_request_goes_on(page):
    outcomes, events, dropped = run(page, WIRE + """
        const client = new Client(wire, {timeoutMs: 30, longest: 200}), events = [];
        const end = client.on('steps', (said) => events.push(said.today));
        const late = await outcome(client.ask('log', 'page'));
        wire.say({ id: 1, ok: {} });
        wire.take('{"id": 1');
        wire.say({ event: 'steps', today: 7 });
        end();
        wire.say({ event: 'steps', today: 8 });
        const refused = outcome(client.ask('designs', 'choose', {design: 32}));
        await soon();
        wire.say({ id: 2, error: 'This design is locked.', code: 'locked' });
        const long = outcome(client.ask('friends', 'note', {text: 'ä'.repeat(100)}));
        const open = [outcome(client.ask('battery', 'get')), outcome(client.ask('log', 'page'))];
        await soon();
        client.end('The link broke off.');
        return [[late, await refused, await long, ...await Promise.all(open)], events, client.dropped];""")
    assert [outcome['code'] for outcome in outcomes] == ['time_out', 'locked', 'too_long', 'lost', 'lost']
    assert outcomes[0]['sentence'].startswith('The pin did not answer within 0.0') or '0.03' in outcomes[0]['sentence']
    assert outcomes[1]['sentence'] == 'This design is locked.' and outcomes[4]['sentence'] == 'The link broke off.'
    assert (events, dropped) == ([7], 2)


# navigator.bluetooth with one device whose request characteristic remembers writes and whose reply can speak.
RADIO = """
    const { BluetoothTransport } = await import('./transport.js');
    const target = (more) => Object.assign(new EventTarget(), more);
    const fault = (name) => Promise.reject(Object.assign(new Error(name), { name }));
    const writes = [], info = () => new DataView(new TextEncoder().encode('{"protocol":1,"board":"b"}').buffer);
    const reply = target({ startNotifications: async () => {}, say(bytes) {
        reply.value = new DataView(Uint8Array.from(bytes).buffer);
        reply.dispatchEvent(new Event('characteristicvaluechanged'));
    } });
    const request = { writeValueWithResponse: async (bytes) => { writes.push(Array.from(bytes)); } };
    const { uuids } = cloudPin.protocol;
    const known = { [uuids.info]: { readValue: async () => info() }, [uuids.request]: request, [uuids.reply]: reply };
    const service = { getCharacteristic: async (uuid) => known[uuid] };
    const server = { getPrimaryService: async () => service, disconnect() {} };
    const device = target({ gatt: { connect: async () => server, disconnect() {} } });
    const radio = { requestDevice: async () => device, getAvailability: async () => true };
    const make = () => new BluetoothTransport(cloudPin.protocol, radio);
    const failure = (promise) => promise.then(() => '', (problem) => problem.message);"""


def test_lines_are_cut_into_writes_and_put_together_from_notifications(page):
    info, lines, writes, lost = run(page, RADIO + """
        const transport = make(), lines = [], lost = [];
        transport.onLine((line) => lines.push(line));
        transport.onDisconnect((sentence) => lost.push(sentence));
        await transport.connect();
        await Promise.all([transport.sendLine('ä'.repeat(100)), transport.sendLine('{}')]);
        const bytes = [...new TextEncoder().encode('{"name":"ليلى"}\\n\\n{"b":1}\\n{"torn')];
        for (let at = 0; at < bytes.length; at += 3)
            reply.say(bytes.slice(at, at + 3));
        device.dispatchEvent(new Event('gattserverdisconnected'));
        device.dispatchEvent(new Event('gattserverdisconnected'));
        return [transport.info(), lines, writes, lost];""")
    assert info == {'protocol': 1, 'board': 'b'}
    assert lines == ['{"name":"ليلى"}', '{"b":1}']
    assert max(map(len, writes)) <= 182 and bytes(sum(writes, [])).decode() == 'ä' * 100 + '\n{}\n'
    assert len(lost) == 1 and 'broke off' in lost[0]


def test_each_failure_of_web_bluetooth_has_its_sentence(page):
    sentences = run(page, RADIO + """
        const found = [];
        radio.requestDevice = () => fault('NotFoundError');
        found.push(await failure(make().connect()));
        radio.getAvailability = async () => false;
        found.push(await failure(make().connect()));
        radio.requestDevice = async () => device;
        device.gatt.connect = () => fault('NetworkError');
        found.push(await failure(make().connect()));
        device.gatt.connect = async () => server;
        server.getPrimaryService = () => fault('NotFoundError');
        found.push(await failure(make().connect()));
        server.getPrimaryService = async () => service;
        const transport = make();
        await transport.connect();
        request.writeValueWithResponse = () => fault('NotSupportedError');
        found.push(await failure(transport.sendLine('{}')));
        transport.disconnect();
        found.push(await failure(transport.sendLine('{}')));
        await transport.connect();
        reply.say([0x7B, 0x7D, 0x0A]);
        transport.disconnect();
        found.push(await failure(transport.sendLine('{}')));
        found.push(await failure(new BluetoothTransport(cloudPin.protocol, null).connect()));
        return found;""")
    beginnings = ('No pin was chosen', 'Bluetooth is switched off', 'The pin does not answer', 'This device is no Cloud Pin',
                  'The pin did not let this phone in', 'The pin did not let this phone in', 'The link to the pin broke off',
                  'This browser cannot use Bluetooth')
    for sentence, beginning in zip(sentences, beginnings, strict=True):
        assert sentence.startswith(beginning) and sentence.endswith('.')
