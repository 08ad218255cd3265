/* What a wearer does with a pin: its button, how it hangs, where it goes, its cell; and meeting somebody. */
import { choices, confirmed, field, h, toggle } from '../companion/dom.js';
import { TOUCH_BOARD } from './faults.js';
import { savePicture } from './picture.js';
import { show } from './rows.js';

const LONG_MS = 1200, SHORT_MS = 80, SWIPE_MS = 140;
const SWIPES = {
    '←': [160, 120, 80, 120], '→': [80, 120, 160, 120], '↑': [120, 160, 120, 80], '↓': [120, 80, 120, 160],
};
const SWIPE_NAMES = { '←': 'Swipe left', '→': 'Swipe right', '↑': 'Swipe up', '↓': 'Swipe down' };
const LIES = { 'worn': 'Worn', 'face up': 'Face up', 'face down': 'Face down' };
const PACES = { '': 'Stand', 'stroll': 'Stroll', 'walk': 'Walk', 'brisk': 'Brisk', 'run': 'Run' };

export class Hands {
    constructor(sim) {
        this.sim = sim;
        this.element = h('div', { class: 'hands' });
    }

    open() {
        this.choose();
    }

    wish(what, fields = {}) {
        this.sim.wish(what, { pin: this.sim.chosen, ...fields });
    }

    /* Drawn anew for another pin; `update` only changes what may have changed. */
    choose() {
        this.shown = null;
        this.others = null;
        this.update(this.sim.seat);
    }

    update(seat) {
        if (!seat) {
            this.element.replaceChildren(h('p', { class: 'lead' }, 'Add a pin to begin.'));
            this.shown = null;
            return;
        }
        if (this.shown !== seat.name) this.#draw(seat);
        this.shown = seat.name;
        const others = [...this.sim.pins.keys()].filter((name) => name !== seat.name);
        if (this.others !== others.join()) {
            this.others = others.join();
            this.meeting.replaceChildren(...others.map((name) => h('option', { value: name }, name)));
            this.meetButton.disabled = !others.length;
        }
        this.power.textContent = seat.on ? 'Cut the power' : 'Switch on';
        show(this.lies, LIES[seat.side]);
        show(this.paces, PACES[seat.walk]);
        if (this.recording) this.recording.value = seat.walk.includes('.') ? seat.walk : '';
        this.volts.textContent = `${(seat.battery_mv / 1000).toFixed(2)} V`;
    }

    #draw(seat) {
        const button = (words, does, attributes = {}) =>
            h('button', { class: 'quiet small', onclick: does, ...attributes }, words);
        this.#controls(seat, button);
        const touch = seat.board === TOUCH_BOARD;
        const swipes = Object.entries(SWIPES).map(([sign, [x, y, to_x, to_y]]) =>
            button(sign, () => this.wish('touch', { x, y, to_x, to_y, ms: SWIPE_MS }), { 'aria-label': SWIPE_NAMES[sign] }));
        this.element.replaceChildren(h('div', {},
            h('h2', {}, `${seat.name}’s pin`),
            group('Button', button('Press', () => this.wish('press', { ms: SHORT_MS }), { id: 'press' }),
                button('Long press', () => this.wish('press', { ms: LONG_MS }), { id: 'long-press' }),
                button('Double tap', () => this.wish('double_tap'))),
            touch && group('Glass', ...swipes,
                button('Tap', () => this.wish('touch', { x: 120, y: 120, to_x: 120, to_y: 120, ms: SHORT_MS }))),
            group('Meet', this.meeting, this.meetButton),
            group('Hangs or lies', button('↺', () => this.#turn(-45), { 'aria-label': 'Turn left by 45 degrees' }),
                button('↻', () => this.#turn(45), { 'aria-label': 'Turn right by 45 degrees' }), this.lies),
            h('div', { class: 'group' }, h('h3', {}, 'Walks'), this.paces, this.recording),
            h('div', { class: 'group' }, h('h3', {}, 'Cell'), this.cell,
                toggle('At the charger', seat.charging, (plugged) => this.wish('charge', { plugged }),
                    'The pin tells it from the voltage, within two minutes.'), this.power),
            h('div', { class: 'group row' },
                button('Picture', () => this.#picture(), { id: 'picture' }),
                button('Film', () => this.sim.keep.film(seat.name), { id: 'film-pin' }),
                button('Put away', () => this.#remove(seat.name), { class: 'danger small' })),
        ));
    }

    #controls(seat, button) {
        this.meeting = h('select', { 'aria-label': 'Whom' });
        this.meetButton = button('Bump', () => this.#meet(), { class: 'primary small', id: 'bump' });
        this.lies = choices('How it lies', LIES, (side) => this.wish('wear', { side }));
        this.power = button('', () => this.wish('power', { on: !this.sim.seat.on }), { id: 'power' });
        this.paces = choices('Pace', PACES, (walk) => this.wish('wear', { walk }));
        this.recording = this.#recordings();
        this.volts = h('output', {});
        const range = h('input', {
            type: 'range', min: 3400, max: 4180, step: 10, value: seat.battery_mv,
            oninput: (event) => this.wish('battery', { mv: Number(event.target.value) }),
        });
        this.cell = field('Voltage ', range);
        this.cell.querySelector('label').append(this.volts);
    }

    #recordings() {
        const known = Object.entries(this.sim.choices?.recordings ?? {});
        if (!known.length) return null;
        const options = known.map(([file, words]) => h('option', { value: file }, words));
        const chosen = (event) => this.wish('wear', { walk: event.target.value });
        return h('select', { 'aria-label': 'A recorded walk', 'onchange': chosen },
            h('option', { value: '' }, 'or a recorded walk'), options);
    }

    #turn(degrees) {
        this.wish('wear', { degrees: (this.sim.seat.degrees + degrees) % 360 });
    }

    #meet() {
        const [pin, other] = [this.sim.chosen, this.meeting.value].map((name) => this.sim.pins.get(name));
        if (pin && other) this.sim.sky.bump(pin, other);
    }

    #picture() {
        const pin = this.sim.pins.get(this.sim.chosen);
        savePicture(pin.name, pin.canvas, pin.light, pin.seat.degrees);
    }

    async #remove(name) {
        const sure = await confirmed(`Put ${name}’s pin away?`, 'What is on its flash goes with it.', 'Put away');
        if (sure) this.sim.wish('remove', { pin: name });
    }
}

function group(title, ...controls) {
    return h('div', { class: 'group' }, h('h3', {}, title), h('div', { class: 'row' }, controls));
}
