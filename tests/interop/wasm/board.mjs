// A board at the end of a cable: MicroPython in WebAssembly behind a serial line on 127.0.0.1.
//
//     node board.mjs <micropython.mjs> <blocks of flash>
//
// Owns what outlasts a reset (flash, the RTC's memory, the watchdog), the cable, and the worker that is the present start
// (boot.mjs). Commands come as lines of JSON on stdin, each answered by one on stdout; the first line says the port. Ends with
// stdin. Used by board.py.
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';

const POWER_ON = 1, HARD_RESET = 2, WATCHDOG = 3, SOFT_RESET = 5, REMEMBERED = 4096;
const [module, blocks] = [pathToFileURL(process.argv[2]).href, Number(process.argv[3])];
let files = new Map(), folders = new Set(), rtc = '';
let worker = null, signal = null, resets = [], sayings = [], feeds = 0;
let watchdog = null, line = null, cutAt = null, heard = Buffer.alloc(0);
let awaited = null, up = null;                      // { text, done }: of a `hear`; what answers a `start`

const answer = (object) => process.stdout.write(JSON.stringify(object) + '\n');

function boot(cause, raw = false) {
    resets.push(cause);
    if (cause !== SOFT_RESET) clearTimeout(watchdog);
    signal = new Int32Array(new SharedArrayBuffer(4));
    const started = new Worker(new URL('boot.mjs', import.meta.url),
        { workerData: { module, files, folders: [...folders].sort(), blocks, rtc, raw, cause, signal } });
    worker = started;
    started.on('message', (message) => started === worker && hear(message));
    started.on('error', (problem) => {
        process.stderr.write(String(problem?.stack ?? problem).slice(0, 2000) + '\n');
        process.exit(1);
    });
}

function off() {
    const old = worker;
    worker = null;
    return old?.terminate();
}

/** What a start tells of itself. */
function hear(message) {
    if (message.up) up?.({});
    if (message.said) say(message.said);
    if (message.file !== undefined) files.set(message.file, message.data);
    if (message.folder !== undefined) folders.add(message.folder);
    if (message.gone !== undefined) files.delete(message.gone) || folders.delete(message.gone);
    if (message.renamed) rename(...message.renamed);
    if (message.rtc !== undefined) rtc = message.rtc;
    if (message.feed !== undefined) feed(message.feed);
    if (message.reset !== undefined) again(message.reset, message.raw);
}

function say(bytes) {
    sayings.push(bytes);
    line?.write(bytes);
    if (awaited && console().includes(awaited.text)) {
        awaited.done({});
        awaited = null;
    }
}

const console = () => Buffer.concat(sayings).toString();

function feed(timeout_ms) {
    feeds += 1;
    clearTimeout(watchdog);
    watchdog = setTimeout(() => again(WATCHDOG), timeout_ms);
}

async function again(cause, raw) {
    const ended = worker;
    await ended?.terminate();
    if (!ended || ended !== worker) return;         // switched off meanwhile
    if (cause === SOFT_RESET) say(Buffer.from('MPY: soft reboot\r\n'));
    boot(cause, cause === SOFT_RESET && raw);
}

function rename(old, new_) {
    for (const path of [...files.keys(), ...folders]) {
        if (path !== old && !path.startsWith(old + '/')) continue;
        const now = new_ + path.slice(old.length), data = files.get(path);
        if (files.delete(path)) files.set(now, data);
        else if (folders.delete(path)) folders.add(now);
    }
}

/** Bytes on the line: to the board, unless they are what the cable is pulled at. */
function type(data) {
    heard = Buffer.concat([heard.subarray(-REMEMBERED), data]);
    if (cutAt !== null && heard.includes(cutAt)) {
        cutAt = null;
        line.destroy();
    } else if (worker) {
        worker.postMessage(new Uint8Array(data));
        Atomics.add(signal, 0, 1);
        Atomics.notify(signal, 0);
    }
}

function plug(socket) {
    line?.destroy();                                // one cable
    line = socket;
    heard = Buffer.alloc(0);
    socket.setNoDelay(true);
    socket.on('data', (data) => socket === line && type(data));
    socket.on('error', () => {});
    socket.on('close', () => {
        if (socket === line) line = null;
    });
}

const COMMANDS = {
    /** Power off and on; `files` ({path: base64}): with these on the flash and nothing else. Answered when MicroPython runs. */
    async start({ files: given }) {
        await off();
        if (given) {
            files = new Map(Object.entries(given).map(([path, data]) => [path, new Uint8Array(Buffer.from(data, 'base64'))]));
            folders = new Set();
            for (const path of files.keys()) {
                for (let at = path.indexOf('/', 1); at > 0; at = path.indexOf('/', at + 1)) folders.add(path.slice(0, at));
            }
        }
        [rtc, resets, sayings, feeds] = ['', [], [], 0];
        boot(POWER_ON);
        return new Promise((done) => { up = done; });
    },
    /** The cable is pulled when these bytes come over it. */
    cut({ at }) {
        cutAt = at;
        return {};
    },
    look() {
        return { resets, feeds, pulled: cutAt === null, said: console(), folders: [...folders],
            files: Object.fromEntries([...files].map(([path, data]) => [path, Buffer.from(data).toString('base64')])) };
    },
    /** Answered once it has said `text`. */
    hear({ text }) {
        return console().includes(text) ? {} : new Promise((done) => { awaited = { text, done }; });
    },
};

const server = createServer(plug).listen(0, '127.0.0.1', () => answer({ port: server.address().port }));
createInterface({ input: process.stdin }).on('line', async (text) => {
    const { do: name, ...rest } = JSON.parse(text);
    answer(await COMMANDS[name](rest));
}).on('close', () => process.exit(0));
