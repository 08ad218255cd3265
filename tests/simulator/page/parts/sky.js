/* Where the pins hang: their places, the ribbons they hang by, who touches whom, and the waves of their fields. */
import { s } from '../companion/dom.js';
import { RADIUS } from './pin.js';

const RIBBONS = ['#EE4E3F', '#FFC23D', '#35D6A4', '#F2719F', '#A9CC3A', '#7FD6F0', '#FF9D42', '#C9B6F5'];
const KNOCK = 0.9, APART = 1.12;        // of the distance at which two cases touch
const ROOM = { top: 128, side: 12, bottom: 190 };
const SPACE = 330;                      // of a pin with its name
const SMALLEST = 0.25;
const WAVE_MS = 700, WAVE_GAP_MS = 70;
const TELL_GAP_MS = 60;                 // between two places of a pin on its way
const CONFETTI = 34;
const STRANDS = [-15, 15];
const calm = matchMedia('(prefers-reduced-motion: reduce)');

export class Sky {
    #ribbons = new Map();
    #waved = new Map();
    #swinging = false;
    #told = 0;

    constructor(sim) {
        this.sim = sim;
        this.element = document.querySelector('#sky');
        this.svg = this.element.querySelector('.weather');
        this.scale = 1;
        this.#clouds();
        new ResizeObserver(() => {
            this.#clouds();
            this.arrange(true);
        }).observe(this.element);
    }

    get width() {
        return this.element.clientWidth;
    }

    get height() {
        return this.element.clientHeight;
    }

    /* Clouds along the bottom, as on the plain design; the sun stands top right. */
    #clouds() {
        const [width, height] = [this.width, this.height];
        const puffs = [];
        for (let x = -40, at = 0; x < width + 80; x += 118, at++)
            puffs.push(s('circle', { cx: x, cy: height - 66 + (at % 3) * 14, r: 78 + ((at * 7) % 4) * 13 }));
        this.svg.querySelector('.clouds').replaceChildren(...puffs);
        this.svg.querySelector('.sun').setAttribute('transform', `translate(${width - 120} 132)`);
    }

    /* ---- places */
    /* Everything where the simulator says that it is; `all`: also what this page has placed itself. */
    arrange(all = false) {
        const pins = [...this.sim.pins.values()];
        const room = Math.max(1, Math.floor(this.width / SPACE)) * Math.max(1, Math.floor((this.height - 200) / SPACE));
        this.scale = pins.length > room ? Math.max(SMALLEST, Math.sqrt(room / pins.length)) : 1;
        this.element.classList.toggle('small', this.scale !== 1);
        this.element.style.setProperty('--scale', this.scale);
        pins.forEach((pin) => {
            const place = pin.seat.place;
            const known = JSON.stringify(place);
            if (pin.dragged || (!all && pin.placed && known === pin.known)) return;
            pin.known = known;
            const [x, y] = place ?? this.#free(pins.length);
            this.#put(pin, x * this.width, y * this.height);
            if (!place) this.#tell(pin);
        });
        for (const [one, other] of this.sim.state.held) {
            const [a, b] = [this.sim.pins.get(one), this.sim.pins.get(other)];
            if (a && b && !a.dragged && !b.dragged && Math.abs(a.distance(b) - this.touching) > 2) this.#snap(b, a);
        }
        this.#swing();
    }

    /* Two cases at this distance touch. */
    get touching() {
        return 2 * RADIUS * this.scale;
    }

    /* A place of a grid for `count` pins, the one that is farthest from all that lie there already. */
    #free(count) {
        const columns = Math.max(1, Math.min(count, Math.floor(this.width / (SPACE * this.scale))));
        const rows = Math.ceil(count / columns);
        const placed = [...this.sim.pins.values()].filter((pin) => pin.placed);
        const places = Array.from({ length: rows * columns }, (_, at) =>
            [((at % columns) + 0.5) / columns, 0.2 + 0.6 * ((Math.floor(at / columns) + 0.5) / rows)]);
        const far = ([x, y]) => Math.min(Infinity, ...placed.map((pin) =>
            Math.hypot(pin.x - x * this.width, pin.y - y * this.height)));
        return places.reduce((best, place) => (far(place) > far(best) ? place : best));
    }

    #put(pin, x, y) {
        const r = RADIUS * this.scale;
        const inside = (value, least, most) => Math.max(least, Math.min(value, Math.max(least, most)));
        pin.move(
            inside(x, r + ROOM.side, this.width - r - ROOM.side),
            inside(y, Math.min(ROOM.top, this.height / 4) + r, this.height - r - ROOM.bottom),
        );
    }

    drag(pin, x, y) {
        this.#put(pin, x, y);
        if (performance.now() - this.#told > TELL_GAP_MS) this.#tell(pin);
        for (const other of this.sim.pins.values()) {
            if (other === pin) continue;
            const share = pin.distance(other) / this.touching;
            const held = this.sim.held(pin.name, other.name);
            if (share < KNOCK && !held) this.#meet(pin, other);
            else if (share > APART && held) this.#part(pin, other);
        }
        this.#swing();
    }

    drop(pin) {
        const near = [...this.sim.pins.values()].find((other) => other !== pin && this.sim.held(pin.name, other.name));
        if (near) this.#snap(pin, near);
        this.#tell(pin);
        this.#swing();
    }

    /* Bump two pins, wherever they are. */
    bump(pin, other) {
        if (this.sim.held(pin.name, other.name)) this.#part(pin, other);
        this.#snap(pin, other);
        this.#meet(pin, other);
        this.#tell(pin);
        this.#swing();
    }

    #meet(pin, other) {
        this.sim.state.held.push([pin.name, other.name]);
        this.sim.wish('together', { pin: pin.name, other: other.name, knock: true });
        this.sim.tap.begin(pin.name, other.name);
        for (const one of [pin, other]) one.element.classList.add('knocked');
        setTimeout(() => [pin, other].forEach((one) => one.element.classList.remove('knocked')), 400);
    }

    #part(pin, other) {
        this.sim.state.held = this.sim.state.held.filter((pair) => !(pair.includes(pin.name) && pair.includes(other.name)));
        this.sim.wish('apart', { pin: pin.name, other: other.name });
    }

    #tell(pin) {
        const place = [pin.x / this.width, pin.y / this.height].map((value) => Number(value.toFixed(4)));
        pin.known = JSON.stringify(place);
        this.#told = performance.now();
        this.sim.wish('place', { pin: pin.name, place });
    }

    /* Beside each other, so that both can be seen; a real one would be held back to back. */
    #snap(pin, other) {
        const way = pin.x < other.x ? -1 : 1;
        const lean = Math.max(-0.35, Math.min(0.35, (pin.y - other.y) / this.touching));
        const across = Math.sqrt(1 - lean * lean) * this.touching;
        const r = RADIUS * this.scale, there = other.x + way * across;
        const fits = there > r && there < this.width - r;
        this.#put(pin, fits ? there : other.x - way * across, other.y + lean * this.touching);
    }

    /* ---- ribbons */
    forget(pin) {
        this.#ribbons.get(pin)?.group.remove();
        this.#ribbons.delete(pin);
    }

    /* Each hangs from above; its upper end comes after the pin a little later. Nothing moves once all hang straight. */
    #swing() {
        if (this.#swinging) return;
        this.#swinging = true;
        const frame = () => {
            let moves = false;
            for (const pin of this.sim.pins.values()) moves = this.#hang(pin) || moves;
            this.#swinging = moves;
            if (moves) requestAnimationFrame(frame);
        };
        frame();
    }

    #hang(pin) {
        let ribbon = this.#ribbons.get(pin);
        if (!ribbon) {
            const colour = RIBBONS[pin.number % RIBBONS.length];
            const strands = STRANDS.map(() => s('path', { stroke: colour }));
            const buckle = s('rect', { x: -9, y: -22, width: 18, height: 15, rx: 4 });
            const clip = s('g', { class: 'clip' }, buckle, s('circle', { r: 8 }));
            ribbon = { group: s('g', {}, ...strands, clip), strands, clip, x: pin.x };
            this.svg.querySelector('.ribbons').append(ribbon.group);
            this.#ribbons.set(pin, ribbon);
        }
        const rest = Math.abs(pin.x - ribbon.x) < 0.5 || calm.matches;
        ribbon.x = rest ? pin.x : ribbon.x + (pin.x - ribbon.x) * 0.12;
        const small = this.scale;
        const [x, y] = [pin.x, pin.y - (RADIUS + 12) * small];
        ribbon.strands.forEach((strand, at) => {
            const aside = STRANDS[at] * small;
            const d = `M${ribbon.x + aside * 2.2} -20Q${ribbon.x + aside * 1.2} ${y * 0.55} ${x} ${y - 14 * small}`;
            strand.setAttribute('d', d);
        });
        ribbon.clip.setAttribute('transform', `translate(${x} ${y + 4 * small}) scale(${small})`);
        return !rest;
    }

    /* ---- fields and joy */
    wave(name, fate) {
        const pin = this.sim.pins.get(name);
        const now = performance.now();
        if (!pin || calm.matches || now - (this.#waved.get(name) ?? 0) < WAVE_GAP_MS) return;
        this.#waved.set(name, now);
        const ring = s('circle', { 'cx': pin.x, 'cy': pin.y, 'r': RADIUS * this.scale, 'data-fate': fate });
        this.svg.querySelector('.waves').append(ring);
        const far = this.sim.state.held.some((pair) => pair.includes(name)) ? 1.55 : 1.25;
        const frames = [{ r: `${RADIUS * this.scale}px`, opacity: 0.9 }, { r: `${RADIUS * this.scale * far}px`, opacity: 0 }];
        ring.animate(frames, { duration: WAVE_MS, easing: 'ease-out' }).finished.then(() => ring.remove());
    }

    rejoice(one, other) {
        const [a, b] = [this.sim.pins.get(one), this.sim.pins.get(other)];
        this.element.classList.add('happy');
        clearTimeout(this.happy);
        this.happy = setTimeout(() => this.element.classList.remove('happy'), 5000);
        if (!a || !b || calm.matches) return;
        const [x, y] = [(a.x + b.x) / 2, (a.y + b.y) / 2 - 70 * this.scale];
        for (let at = 0; at < CONFETTI; at++) {
            const colour = RIBBONS[at % RIBBONS.length];
            const bit = s('circle', { cx: x, cy: y, r: 4 + (at % 4) * 1.6, class: 'bit', fill: colour });
            const angle = (at / CONFETTI) * 2 * Math.PI, far = 90 + ((at * 53) % 120);
            const to = `translate(${Math.cos(angle) * far}px, ${Math.sin(angle) * far * 0.8 - 40}px)`;
            const fall = `translate(${Math.cos(angle) * far * 1.15}px, ${Math.sin(angle) * far * 0.8 + 120}px)`;
            this.svg.querySelector('.waves').append(bit);
            const begin = { transform: 'none', opacity: 1 };
            const way = [begin, { transform: to, opacity: 1, offset: 0.35 }, { transform: fall, opacity: 0 }];
            bit.animate(way, { duration: 1900, easing: 'cubic-bezier(.15,.7,.3,1)' }).finished.then(() => bit.remove());
        }
    }
}
