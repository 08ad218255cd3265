// One start of the board: MicroPython in a realm of its own, which ends with the next reset. A worker of board.mjs.
//
// Owns what is between MicroPython and the outside: bytes typed and said, its clock (where Ctrl-C gets in), the numbers of
// its errors, and the flash, of which every change that a board would have on its flash is told to board.mjs at once.
import { readFileSync } from 'node:fs';
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';

const { module, files, folders, blocks, raw: startsRaw, cause, signal } = workerData;
const BLOCK = 4096, FLASH = '/flash', ROM = '/rom', SOFT_RESET = 5;
const CTRL_A = 1, CTRL_B = 2, CTRL_C = 3, CTRL_D = 4, CTRL_E = 5, CR = 13, LF = 10;
const WINDOW = 128;                                 // of raw paste, and one at once to go on with, as every port says
const IDLE_CALLS = 40;                              // of the clock without anything else: the program only waits
// Emscripten counts errors as WASI does, the board as Linux does
const ERRORS = { 2: 13, 8: 9, 20: 17, 28: 22, 29: 5, 31: 21, 33: 24, 37: 36, 44: 2, 48: 12, 51: 28, 52: 38, 54: 20, 55: 39,
    63: 1, 69: 30, 70: 29, 75: 18 };
const NO_SPACE = 51;
let rtc = workerData.rtc, raw = startsRaw, board = null, seen = 0, idle = 0, skip = 0, last = 0, answer = '';
const said = [], typed = [];

function post(message) {
    parentPort.postMessage(message);
}

function flush() {
    if (said.length) post({ said: Uint8Array.from(said.splice(0)) });
}

/** What MicroPython says, byte by byte; the boards put CR before LF. */
function say([byte]) {
    if (skip && skip--) return;
    if (byte === LF && last !== CR) said.push(CR);
    said.push(byte);
    last = byte;
    answer += String.fromCharCode(byte);
    idle = 0;
    if (byte === LF) {
        flush();
        if (answer.length > 1000) answer = '';
    }
}

/** Take what was typed; `wait_ms`: wait so long for it. */
function look(wait_ms = 0) {
    if (wait_ms) Atomics.wait(signal, 0, seen, wait_ms);
    seen = Atomics.load(signal, 0);
    const c = board._module;
    for (let received; (received = receiveMessageOnPort(parentPort));) {
        for (const byte of received.message) {
            if (byte === CTRL_C && c._mp_hal_get_interrupt_char() === CTRL_C) c._mp_sched_keyboard_interrupt();
            else typed.push(byte);
        }
    }
}

/** The next byte that is typed; timers fire meanwhile. */
function next() {
    look();
    while (!typed.length) {
        const due_ms = machine.run_timers();        // asks the clock, which may have taken in what is typed
        flush();
        if (!typed.length) look(due_ms < 0 ? Infinity : Math.max(1, due_ms));
    }
    return typed.shift();
}

function reset(why) {
    flush();
    post({ reset: why, raw });
    for (;;) Atomics.wait(signal, 0, Atomics.load(signal, 0));      // until board.mjs ends this worker
}

/** Between MicroPython and Emscripten. The clock is asked by whatever waits, so there Ctrl-C is seen, and a program that only
    waits does not heat the host. */
function onImports({ env }) {
    const ticks = env.mp_js_ticks_ms;
    env.mp_js_ticks_ms = () => {
        if (board) look(++idle > IDLE_CALLS ? 1 : 0);
        return ticks();
    };
    for (const [name, call] of Object.entries(env)) {
        if (name.startsWith('__syscall_')) {
            env[name] = (...words) => {
                const result = call(...words);
                return result < 0 ? -(ERRORS[-result] ?? -result) : result;
            };
        } else if (name.startsWith('fd_')) {
            env[name] = (...words) => {
                const error = call(...words);
                return ERRORS[error] ?? error;
            };
        }
    }
}

async function load() {
    const instantiate = WebAssembly.instantiate;
    WebAssembly.instantiate = (source, imports) => {
        onImports(imports);
        return instantiate(source, imports);
    };
    const { loadMicroPython } = await import(module);
    return loadMicroPython({ heapsize: 384 * 1024, linebuffer: false, stdin: () => null, stdout: say, stderr: say });
}

const blocksOf = (bytes) => Math.ceil(bytes / BLOCK);

function used(FS, folder = FLASH) {
    let sum = 2;                                    // a littlefs folder is a pair of blocks
    for (const name of FS.readdir(folder).slice(2)) {
        const { mode, size } = FS.stat(`${folder}/${name}`);
        sum += FS.isDir(mode) ? used(FS, `${folder}/${name}`) : blocksOf(size);
    }
    return sum;
}

/** Puts the flash's files in, then limits it to `blocks` and tells each change: a file's bytes count once it is closed. */
function makeFlash(FS) {
    FS.mkdir(FLASH);
    for (const folder of folders) FS.mkdir(FLASH + folder);
    for (const [path, data] of files) FS.writeFile(FLASH + path, data);
    const { close, write, rename, unlink, mkdir, rmdir } = FS;
    const onFlash = (path) => path.startsWith(FLASH + '/');
    const below = (path) => path.slice(FLASH.length);
    const told = (act, name) => (path, ...rest) => {
        act(path, ...rest);
        if (onFlash(path)) post({ [name]: below(path) });
    };
    FS.unlink = told(unlink, 'gone');
    FS.rmdir = told(rmdir, 'gone');
    FS.mkdir = told(mkdir, 'folder');
    FS.rename = (old, new_) => {
        rename(old, new_);
        if (onFlash(old)) post({ renamed: [below(old), below(new_)] });
    };
    FS.close = (stream) => {
        const path = FS.getPath(stream.node), writes = stream.flags & 3;
        close(stream);
        if (writes && onFlash(path)) post({ file: below(path), data: FS.readFile(path) });
    };
    FS.write = (stream, buffer, offset, length, ...rest) => {
        if (onFlash(FS.getPath(stream.node))) {
            const size = stream.node.usedBytes, more = blocksOf(Math.max(size, stream.position + length)) - blocksOf(size);
            if (used(FS) + more > blocks) throw new FS.ErrnoError(NO_SPACE);
        }
        return write(stream, buffer, offset, length, ...rest);
    };
    FS.statfs = () => {
        const free = blocks - used(FS);
        return { bsize: BLOCK, blocks, bfree: free, bavail: free, files: 0, ffree: 0, fsid: 0, flags: 0, namelen: 255 };
    };
}

/** `machine` and the port's start are not on the flash: a board has them in its firmware. Returns both. */
function makeRom() {
    board.registerJsModule('_host', {
        rtc: () => rtc,
        keep_rtc: (hex) => post({ rtc: rtc = hex }),
        feed: (timeout_ms) => post({ feed: timeout_ms }),
        cause: () => cause,
        reset,
    });
    board.FS.mkdir(ROM);
    for (const name of ['machine', 'power_on']) {
        board.FS.writeFile(`${ROM}/${name}.py`, readFileSync(new URL(`rom/${name}.py`, import.meta.url)));
    }
    const path = board.pyimport('sys').path;
    path.insert(0, ROM);
    const made = [board.pyimport('machine'), board.pyimport('power_on')];
    path.pop(0);
    return made;
}

/** A byte for the prompt, which is MicroPython's own. */
function type(byte) {
    if (board.replProcessChar(byte)) reset(SOFT_RESET);
}

/** Ctrl-A and Ctrl-B: what the prompt answers says in which mode it is now. */
function change(byte) {
    answer = '';
    type(byte);
    if (answer.includes('raw REPL')) raw = true;
    else if (answer.includes('MicroPython v')) raw = false;
}

/** Raw paste: the only part of the prompt that this port lacks, for it cannot wait for a byte. The text, once it is here, is
    typed at the raw prompt, whose OK the protocol does not have. */
function paste() {
    said.push(...Buffer.from('R\x01'), WINDOW & 255, WINDOW >> 8, 1);
    const text = [];
    for (let byte; (byte = next()) !== CTRL_D;) {
        if (byte === CTRL_C) return said.push(CTRL_D, ...Buffer.from('\x04>'));
        if (text.push(byte) % WINDOW === 0) said.push(1);
    }
    said.push(CTRL_D);
    flush();                                        // mpremote waits for it no more than 10 s, and typing takes its time
    text.forEach(type);
    skip = 2;
    type(CTRL_D);
}

const made = await load();
makeFlash(made.FS);
board = made;
const [machine, powerOn] = makeRom();
powerOn.mount(FLASH);
post({ up: true });
if (powerOn.start(raw)) reset(SOFT_RESET);
skip = raw ? Infinity : 0;                          // the raw prompt comes without the friendly one's banner
board.replInit();
skip = 0;
if (raw) board.replProcessChar(CTRL_A);
flush();
let before = [];                                    // the last two bytes, as far as they may ask for raw paste
for (;;) {
    const byte = next();
    if (raw && byte === CTRL_A && before.join() === `${CTRL_E},65`) {
        type(CTRL_C);                               // off the prompt's line
        paste();
    } else if (byte === CTRL_A || byte === CTRL_B) {
        change(byte);
    } else {
        type(byte);
    }
    before = [...before, byte].slice(-2);
}
