/* How the page reaches a pin: over Web Bluetooth, or in the simulator over a WebSocket to the world's gateway.
 *
 * Both offer the same: connect() (resolves with what the pin's `info` says), onLine(take), sendLine(text), disconnect(),
 * onDisconnect(take), info(). A line is one JSON text without its line end. Whatever goes wrong becomes a TransportError,
 * whose message is a sentence with the next step in it.
 */

export class TransportError extends Error {}

export const SENTENCES = {
    no_bluetooth: 'This browser cannot use Bluetooth. Open this page in Chrome or Edge, on Android or on a computer.',
    switched_off: 'Bluetooth is switched off here. Switch it on and try again.',
    not_secure: 'Browsers allow Bluetooth only on pages that come over https. Open the page with https in front.',
    none_chosen: 'No pin was chosen. Wake yours with its button and have it bind a phone: it says how. Then try again.',
    no_answer: 'The pin does not answer. Press its button to wake it, hold it within a metre and try again.',
    no_pin: 'This device is no Cloud Pin, or its firmware is too old for this page. Choose another one.',
    refused:
        'The pin did not let this phone in. Choose Bind a phone in its settings and type the six digits it shows. ' +
        'If this phone still lists the pin among its Bluetooth devices, remove it there first.',
    lost: 'The link to the pin broke off. It comes back when the pin is near and awake.',
    no_simulator: 'The simulator does not answer. Start it and load this page again.',
    other_protocol: 'The pin speaks another language than this page. Reload the page, or update the pin.',
};

const PROTOCOL = 1;
const CONNECT_MS = 40000;
const WRITE_BYTES = 180; // 185 less the three of an ATT header: iPhones' MTU; Android's is larger

/* The transport that the page's address asks for: `?pin=NAME` (and perhaps `&port=`) the simulator's pin of that name,
 * else Bluetooth. `askDigits(signal)` resolves with the six digits that the wearer typed,
 * or null; once `signal` is aborted nobody wants them any more. */
export function choose(address, protocol, askDigits) {
    const pin = address.searchParams.get('pin');
    if (!pin) return new BluetoothTransport(protocol);
    const host = address.searchParams.has('port') ? `127.0.0.1:${Number(address.searchParams.get('port'))}` : address.host;
    return new SimulatorTransport(`ws://${host}/phone?pin=${encodeURIComponent(pin)}`, askDigits);
}

/* What `work` comes to, if it does within `ms`. Some systems try for ever to reach a device that is out of reach. */
function within(ms, work) {
    let timer;
    const late = new Promise((_, reject) => {
        timer = setTimeout(() => reject(new TransportError(SENTENCES.no_answer)), ms);
    });
    return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

class Transport {
    #takeLine = () => {};
    #takeEnd = () => {};
    _info = null;

    onLine(take) {
        this.#takeLine = take;
    }

    onDisconnect(take) {
        this.#takeEnd = take;
    }

    info() {
        return this._info;
    }

    _line(text) {
        this.#takeLine(text);
    }

    _end(sentence) {
        this.#takeEnd(sentence);
    }

    _checked(info) {
        if (info?.protocol !== undefined && info.protocol !== PROTOCOL) throw new TransportError(SENTENCES.other_protocol);
        this._info = info;
        return info;
    }
}

/* `protocol`: what protocol.json says. Remembers the device it was given, so a second connect() needs no choice. */
export class BluetoothTransport extends Transport {
    #protocol;
    #device = null;
    #request = null;
    #pieces = '';
    #decoder = new TextDecoder();
    #writing = Promise.resolve();
    #wanted = false;
    #heard = false; // a line since the link is up: then the pin has let this phone in

    constructor(protocol, bluetooth = navigator.bluetooth) {
        super();
        this.#protocol = protocol;
        this.bluetooth = bluetooth;
    }

    async connect() {
        await this.#choose();
        this.#wanted = true;
        try {
            return await within(
                CONNECT_MS,
                this.#device.gatt.connect().then((server) => this.#open(server)),
            );
        } catch (problem) {
            this.#close();
            throw problem instanceof TransportError ? problem : new TransportError(sentenceFor(problem));
        }
    }

    async #choose() {
        if (this.#device) return;
        if (!globalThis.isSecureContext) throw new TransportError(SENTENCES.not_secure);
        if (!this.bluetooth) throw new TransportError(SENTENCES.no_bluetooth);
        const { service } = this.#protocol.uuids;
        try {
            this.#device = await this.bluetooth.requestDevice({ filters: [{ services: [service] }] });
        } catch (problem) {
            const off = await this.bluetooth.getAvailability?.().then(
                (there) => !there,
                () => false,
            );
            throw new TransportError(off ? SENTENCES.switched_off : SENTENCES.none_chosen, { cause: problem });
        }
        this.#device.addEventListener('gattserverdisconnected', () => this.#lost());
    }

    async #open(server) {
        const { service, info, request, reply } = this.#protocol.uuids;
        let found;
        try {
            found = await server.getPrimaryService(service);
        } catch (problem) {
            this.#device = null; // the next try may choose another one
            throw new TransportError(SENTENCES.no_pin, { cause: problem });
        }
        const told = await (await found.getCharacteristic(info)).readValue();
        this._checked(JSON.parse(new TextDecoder().decode(told)));
        this.#pieces = '';
        this.#heard = false;
        this.#decoder = new TextDecoder();
        const replies = await found.getCharacteristic(reply);
        replies.addEventListener('characteristicvaluechanged', (event) => this.#take(event.target.value));
        await replies.startNotifications();
        this.#request = await found.getCharacteristic(request);
        return this._info;
    }

    #take(value) {
        const lines = (this.#pieces + this.#decoder.decode(value, { stream: true })).split('\n');
        this.#pieces = lines.pop();
        this.#heard ||= lines.length > 0;
        for (const line of lines.filter(Boolean)) this._line(line);
    }

    /* Resolves when the pin has the line. Lines go one after the other, in writes that fit the MTU of any phone of today. */
    sendLine(text) {
        const sent = this.#writing.then(() => this.#write(new TextEncoder().encode(`${text}\n`)));
        this.#writing = sent.catch(() => {});
        return sent;
    }

    async #write(bytes) {
        for (let at = 0; at < bytes.length; at += WRITE_BYTES) {
            if (!this.#request) throw new TransportError(this.#why());
            try {
                await this.#request.writeValueWithResponse(bytes.slice(at, at + WRITE_BYTES));
            } catch (problem) {
                throw new TransportError(this.#request ? sentenceFor(problem) : this.#why(), { cause: problem });
            }
        }
    }

    /* Why the link is gone: a pin hangs up on a phone that it does not know. */
    #why() {
        return this.#heard ? SENTENCES.lost : SENTENCES.refused;
    }

    disconnect() {
        this.#wanted = false;
        this.#close();
    }

    /* Also lets go of the device, so that the next connect() asks which one. */
    forget() {
        this.disconnect();
        this.#device?.forget?.().catch(() => {});
        this.#device = null;
    }

    #close() {
        this.#request = null;
        this.#device?.gatt?.disconnect();
    }

    #lost() {
        const wanted = this.#wanted && this.#request;
        this.#request = null;
        if (wanted) this._end(this.#why());
    }
}

/* The sentence for what a Web Bluetooth call threw. All refusals of a characteristic look alike to a page. */
function sentenceFor(problem) {
    if (['SecurityError', 'NotSupportedError', 'NotAllowedError'].includes(problem?.name)) return SENTENCES.refused;
    if (problem instanceof SyntaxError) return SENTENCES.no_pin;
    return SENTENCES.no_answer;
}

/* Messages are JSON texts: up connect, passkey, line; down need_passkey, connected, line, closed, error. */
export class SimulatorTransport extends Transport {
    #address;
    #askDigits;
    #asking = null;
    #socket = null;
    #settle = null;

    constructor(address, askDigits) {
        super();
        this.#address = address;
        this.#askDigits = askDigits;
    }

    connect() {
        this.disconnect();
        return new Promise((resolve, reject) => {
            this.#settle = { resolve, reject: (sentence) => reject(new TransportError(sentence)) };
            const socket = (this.#socket = new WebSocket(this.#address));
            socket.addEventListener('open', () => this.#send({ type: 'connect' }));
            socket.addEventListener('message', (event) => this.#socket === socket && this.#take(JSON.parse(event.data)));
            socket.addEventListener(
                'close',
                () => this.#socket === socket && this.#over(this.#settle ? SENTENCES.no_simulator : SENTENCES.lost),
            );
        });
    }

    #take(message) {
        switch (message.type) {
            case 'need_passkey':
                this.#passkey();
                break;
            case 'connected':
                try {
                    this.#settle?.resolve(this._checked(message.info));
                    this.#settle = null;
                } catch (problem) {
                    this.#over(problem.message);
                }
                break;
            case 'line':
                this._line(message.text);
                break;
            case 'closed':
            case 'error':
                this.#over(message.reason || SENTENCES.lost);
        }
    }

    async #passkey() {
        const asking = (this.#asking = new AbortController());
        const digits = await this.#askDigits(asking.signal);
        if (asking.signal.aborted) return;
        if (digits === null)
            this.#over('No digits were typed, so the pin was not bound. Try again when you have it before you.');
        else this.#send({ type: 'passkey', digits });
    }

    #over(sentence) {
        const settle = this.#settle;
        this.disconnect();
        if (settle) settle.reject(sentence);
        else this._end(sentence);
    }

    async sendLine(text) {
        if (this.#socket?.readyState !== WebSocket.OPEN) throw new TransportError(SENTENCES.lost);
        this.#send({ type: 'line', text });
    }

    #send(message) {
        this.#socket?.send(JSON.stringify(message));
    }

    disconnect() {
        const socket = this.#socket;
        this.#socket = this.#settle = null;
        this.#asking?.abort();
        socket?.close();
    }

    forget() {
        this.disconnect();
    }
}
