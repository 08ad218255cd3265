/* One round pin: its glass, its case that can be turned and moved, its button, its name.
 *
 * A pointer on the rim moves the pin. On the glass it is a finger, where the board has touch, until it leaves the case: then
 * it has taken hold of the pin.
 */
import { h } from '../companion/dom.js';
import { TOUCH_BOARD, troubles } from './faults.js';
import { SIDE } from './picture.js';

export const RADIUS = 132;
const LIGHT_GAMMA = 0.25;               // a page's black is no dark room: dim is shown lighter than it is
const STILL_PX = 6;
const KEY_STEP = 24;

export class Pin {
    #latest = Promise.resolve();
    #drag = null;

    constructor(sim, seat) {
        this.sim = sim;
        this.name = seat.name;
        this.number = seat.number;
        this.seat = seat;
        this.x = this.y = 0;
        this.canvas = h('canvas', { width: SIDE, height: SIDE });
        this.brush = this.canvas.getContext('2d');
        this.glass = h('div', { class: 'glass' }, this.canvas);
        const nub = { 'class': 'nub', 'aria-label': `${this.name}'s button`, 'title': 'Its button: press, or hold' };
        this.nub = h('button', nub);
        const back = h('div', { 'class': 'back', 'aria-hidden': 'true' }, h('span', {}, 'Cloud Pin'));
        this.case = h('div', { class: 'case' }, this.nub, h('div', { class: 'front' }, this.glass), back);
        this.label = h('p', { class: 'label' }, h('strong', {}, this.name), h('span', {}), h('em', {}));
        const who = { 'aria-label': `${this.name}'s pin`, 'data-pin': this.name };
        this.element = h('div', { class: 'pin', tabindex: 0, role: 'group', ...who }, this.case, this.label);
        document.querySelector('#pins').append(this.element);
        this.#listen();
        this.placed = false;
    }

    remove() {
        this.element.remove();
        this.sim.sky.forget(this);
    }

    mark(chosen) {
        this.element.classList.toggle('chosen', chosen);
    }

    get dragged() {
        return this.#drag?.moves ?? false;
    }

    /* ---- what it shows */
    show({ x, y, pixels }) {
        this.#latest = this.#latest.then(async () => this.brush.putImageData(await pixels, x, y));
    }

    get light() {
        return this.seat.light ** LIGHT_GAMMA;
    }

    update(seat) {
        this.seat = seat;
        this.canvas.style.opacity = this.light;
        this.case.style.setProperty('--turn', `${seat.degrees}deg`);
        this.element.classList.toggle('aslant', seat.degrees % 90 !== 0);
        this.element.classList.toggle('over', seat.side === 'face down');
        this.element.dataset.walk = seat.walk.includes('.') ? 'walk' : seat.walk;
        const says = !seat.on ? 'off' : seat.walk ? 'on the way' : seat.side === 'worn' ? '' : `lies ${seat.side}`;
        const dark = seat.absent.includes('panel') ? '' : 'asleep';
        this.label.children[1].textContent = says || (seat.light ? '' : dark);
        this.label.lastChild.textContent = troubles(seat).join(', ');
        this.element.classList.toggle('off', !seat.on);
    }

    /* ---- where it is */
    move(x, y) {
        this.x = x;
        this.y = y;
        this.placed = true;
        this.element.style.translate = `${x}px ${y}px`;
    }

    distance(other) {
        return Math.hypot(this.x - other.x, this.y - other.y);
    }

    /* ---- hands */
    #listen() {
        const press = (down) => (event) => {
            event.stopPropagation();
            if (down && event.pointerId !== undefined) this.nub.setPointerCapture(event.pointerId);
            this.sim.wish('button', { pin: this.name, down });
        };
        this.nub.addEventListener('pointerdown', press(true));
        for (const end of ['pointerup', 'pointercancel']) this.nub.addEventListener(end, press(false));
        this.nub.addEventListener('keydown', (event) => {
            if (['Enter', ' '].includes(event.key) && !event.repeat) press(true)(event);
        });
        this.nub.addEventListener('keyup', (event) => {
            if (['Enter', ' '].includes(event.key)) press(false)(event);
        });
        this.case.addEventListener('pointerdown', (event) => this.#take(event));
        this.case.addEventListener('pointermove', (event) => this.#follow(event));
        for (const end of ['pointerup', 'pointercancel']) this.case.addEventListener(end, (event) => this.#leave(event));
        this.element.addEventListener('keydown', (event) => this.#key(event));
        this.element.addEventListener('focus', () => this.sim.choose(this.name));
    }

    #take(event) {
        if (event.button || this.#drag) return;
        this.sim.choose(this.name);
        this.case.setPointerCapture(event.pointerId);
        const finger = this.glass.contains(event.target) && this.seat.board === TOUCH_BOARD;
        this.#drag = {
            id: event.pointerId, finger, moves: false, from: [event.clientX, event.clientY], at: performance.now(),
            off: [event.clientX - this.x, event.clientY - this.y],
        };
    }

    #follow(event) {
        const drag = this.#drag;
        if (drag?.id !== event.pointerId) return;
        const way = Math.hypot(event.clientX - drag.from[0], event.clientY - drag.from[1]);
        const outside = Math.hypot(...this.#onCase(event)) > RADIUS * this.sim.sky.scale;
        if (drag.finger && outside) drag.finger = false;
        if (!drag.finger && !drag.moves && way > STILL_PX) {
            drag.moves = true;
            this.element.classList.add('dragged');
        }
        if (drag.moves) this.sim.sky.drag(this, event.clientX - drag.off[0], event.clientY - drag.off[1]);
    }

    #leave(event) {
        const drag = this.#drag;
        if (drag?.id !== event.pointerId) return;
        this.#drag = null;
        this.element.classList.remove('dragged');
        if (drag.moves) this.sim.sky.drop(this);
        else if (drag.finger && event.type === 'pointerup') this.#touch(drag, event);
    }

    #touch(drag, event) {
        const [x, y] = this.#onGlass({ clientX: drag.from[0], clientY: drag.from[1] });
        const [to_x, to_y] = this.#onGlass(event);
        const ms = Math.round(Math.min(600, Math.max(60, performance.now() - drag.at)));
        this.sim.wish('touch', { pin: this.name, x, y, to_x, to_y, ms });
    }

    /* From the middle of the case, in pixels of the page. */
    #onCase(event) {
        const box = this.case.getBoundingClientRect();
        return [event.clientX - box.x - box.width / 2, event.clientY - box.y - box.height / 2];
    }

    /* In pixels of the unturned picture. */
    #onGlass(event) {
        const turn = (-this.seat.degrees * Math.PI) / 180;
        const [x, y] = this.#onCase(event).map((value) => value / this.sim.sky.scale);
        const place = [x * Math.cos(turn) - y * Math.sin(turn), x * Math.sin(turn) + y * Math.cos(turn)];
        return place.map((value) => Math.round(Math.min(SIDE - 1, Math.max(0, value + SIDE / 2))));
    }

    #key(event) {
        const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
        const way = ways[event.key];
        if (!way || event.target !== this.element) return;
        event.preventDefault();
        this.sim.sky.drag(this, this.x + way[0] * KEY_STEP, this.y + way[1] * KEY_STEP);
        this.sim.sky.drop(this);
    }
}
