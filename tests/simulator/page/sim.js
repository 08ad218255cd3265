/* The page of `make sim`: what the simulator says goes to the pins, the tap and the panel; what a hand does goes back to it.
 *
 * Owns the WebSocket and the chosen pin. Messages are those of tests/simulator/sim/play.py.
 */
import { h } from './companion/dom.js';
import { askForPin } from './parts/dialogs.js';
import { Keep } from './parts/keep.js';
import { Panel } from './parts/panel.js';
import { decoded } from './parts/picture.js';
import { Pin } from './parts/pin.js';
import { Sky } from './parts/sky.js';
import { Tap } from './parts/tap.js';

const SPEEDS = [[0, 'Pause'], [0.1, '0.1×'], [1, '1×'], [10, '10×']];
const PICTURE = 1, FILM = 2;
const LATE = 0.9;                       // of the speed that is wanted, below which the page tells what is reached
const STEP_MS = 20;
const SAID_MS = 6000;
const KNOCK_MS = 2000;

class Sim {
    constructor() {
        this.pins = new Map();
        this.choices = null;
        this.state = { pins: [], held: [], lose: 0, corrupt: 0 };
        this.chosen = null;
        this.sky = new Sky(this);
        this.tap = new Tap(document.querySelector('#tap'), this);
        this.panel = new Panel(document.querySelector('#panel'), this);
        this.keep = new Keep(this);
        this.#timeButtons();
        document.querySelector('#add').addEventListener('click', () => askForPin(this));
        this.#connect();
    }

    #connect() {
        this.socket = new WebSocket(`ws://${location.host}/sim`);
        this.socket.binaryType = 'arraybuffer';
        this.socket.addEventListener('message', ({ data }) => this.#take(data));
        this.socket.addEventListener('close', () => {
            this.say('The simulator has stopped. Start it again, and this page goes on.', true);
            setTimeout(() => this.#knock(), KNOCK_MS);
        });
    }

    /* Begin anew once somebody answers. */
    #knock() {
        const door = new WebSocket(`ws://${location.host}/sim`);
        door.addEventListener('open', () => location.reload());
        door.addEventListener('error', () => setTimeout(() => this.#knock(), KNOCK_MS));
    }

    /* Ask the simulator for something. */
    wish(what, fields = {}) {
        if (this.socket.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify({ do: what, ...fields }));
    }

    say(sentence, stays = false) {
        const box = document.querySelector('#said');
        const toast = h('p', { class: 'toast' }, sentence);
        box.replaceChildren(toast);
        if (!stays) setTimeout(() => toast.remove(), SAID_MS);
    }

    #take(data) {
        if (data instanceof ArrayBuffer) {
            this.#takeBytes(data);
            return;
        }
        const message = JSON.parse(data);
        this[`on_${message.type}`]?.(message);
    }

    #takeBytes(data) {
        const [kind] = new Uint8Array(data, 0, 1);
        if (kind === PICTURE) {
            const picture = decoded(data);
            [...this.pins.values()].find((pin) => pin.number === picture.number)?.show(picture);
        } else if (kind === FILM) this.keep.developed(data.slice(1));
        else this.keep.show(data.slice(1));
    }

    /* ---- what the simulator says */
    on_choices(message) {
        this.choices = message;
    }

    on_table(state) {
        this.state = state;
        const names = new Set(state.pins.map((pin) => pin.name));
        for (const [name, pin] of this.pins)
            if (!names.has(name)) {
                pin.remove();
                this.pins.delete(name);
            }
        for (const seat of state.pins) {
            if (!this.pins.has(seat.name)) this.pins.set(seat.name, new Pin(this, seat));
            this.pins.get(seat.name).update(seat);
        }
        if (!this.pins.has(this.chosen)) this.choose(state.pins[0]?.name ?? null);
        this.sky.arrange();
        this.panel.update();
    }

    on_log({ pin, line }) {
        this.tap.hear(pin, line);
        this.panel.events.hear(pin, line);
    }

    on_frames({ frames }) {
        for (const [, sender, , , , , fate] of frames) this.sky.wave(sender, fate);
        this.panel.air.hear(frames);
        this.panel.events.timeline.air(frames);
    }

    on_figures(message) {
        this.panel.figures.show(message);
    }

    on_time({ ms, speed, reached }) {
        const late = reached < LATE * speed ? ` at ${reached.toFixed(1)}×` : '';
        document.querySelector('#clock').textContent = `${(ms / 1000).toFixed(1)} s${late}`;
        this.keep.tick();
        this.panel.events.timeline.tick(ms, speed && reached);
        for (const button of document.querySelectorAll('#speed [data-speed]'))
            button.setAttribute('aria-pressed', String(Number(button.dataset.speed) === speed));
    }

    on_error({ reason }) {
        this.say(reason);
    }

    /* ---- what the person does */
    choose(name) {
        this.chosen = name;
        for (const pin of this.pins.values()) pin.mark(pin.name === name);
        this.panel.choose();
    }

    get seat() {
        return this.state.pins.find((pin) => pin.name === this.chosen);
    }

    held(one, other) {
        return this.state.held.some((pair) => pair.includes(one) && pair.includes(other));
    }

    #timeButtons() {
        const buttons = SPEEDS.map(([speed, words]) =>
            h('button', { 'data-speed': speed, 'onclick': () => this.wish('speed', { speed }) }, words),
        );
        const step = h('button', { onclick: () => this.wish('step', { ms: STEP_MS }), title: `${STEP_MS} ms on` }, 'Step');
        document.querySelector('#speed').append(buttons[0], step, ...buttons.slice(1));
    }
}

globalThis.sim = new Sim();
