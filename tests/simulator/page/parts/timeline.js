/* The latest seconds of all pins, a lane each: what they said on their consoles and what they sent on the air, as marks that
 * wander to the left with the world's time. A mark under the pointer tells what it was.
 */
import { choices, h } from '../companion/dom.js';
import { show } from './rows.js';

const LANE = 30, TOP = 6, AXIS = 20, NAMES = 58;
const SPANS = { 1000: '1 s', 5000: '5 s', 20000: '20 s', 60000: '60 s' };
const KEPT_MS = 60000, MOST = 4000;
const NEAR = 7;
const HINT = 'Point at a mark to read it; it helps to pause.';
const KINDS = {
    motion: ['Felt', '#0B7F88'], tap: ['Tap', '#C93426'], ui: ['Shown', '#2667CF'], other: ['Other', '#8D95A6'],
    trouble: ['Trouble', '#A11744'], air: ['Frame', '#E2A100'],
};
const TICKS_MS = [100, 200, 500, 1000, 2000, 5000, 10000, 20000];
const TICK_PX = 56;
const calm = matchMedia('(prefers-reduced-motion: reduce)');

export class Timeline {
    #now = 0;
    #at = performance.now();
    #rate = 0;
    #frame = 0;
    #pointer = null;

    constructor(sim) {
        this.sim = sim;
        this.marks = [];
        this.span = 5000;
        this.canvas = h('canvas', { 'class': 'timeline', 'role': 'img', 'aria-label': 'Timeline of all pins' });
        this.brush = this.canvas.getContext('2d');
        this.says = h('p', { class: 'hint says' });
        this.spans = choices('How long', SPANS, (value) => {
            this.span = Number(value);
            this.draw();
        });
        show(this.spans, SPANS[this.span]);
        const legend = Object.entries(KINDS).map(([kind, [words]]) => h('li', { 'data-kind': kind }, words));
        this.element = h('div', { class: 'times' }, this.canvas, this.says, h('ul', { class: 'legend' }, legend));
        this.canvas.addEventListener('pointermove', (event) => this.#point(event.offsetX, event.offsetY));
        this.canvas.addEventListener('pointerleave', () => this.#point(null));
        new ResizeObserver(() => this.draw()).observe(this.canvas);
    }

    hear(pin, [at, level, source, text]) {
        const kind = level === 'E' || level === 'W' ? 'trouble' : source in KINDS ? source : 'other';
        this.#add({ at, pin, kind, text: `${source ? `${source}: ` : ''}${text}` });
    }

    air(frames) {
        for (const [at, pin, , name, , , fate] of frames)
            this.#add({ at, pin, kind: 'air', text: fate === 'heard' ? name : `${name} (${fate})`, lost: fate !== 'heard' });
    }

    #add(mark) {
        this.marks.push(mark);
        if (this.marks.length > MOST) this.marks.splice(0, MOST / 4);
        if (mark.at > this.#time()) this.#now = mark.at;
        this.#wake();
    }

    /* The world's time, and how fast it goes in one of our seconds. */
    tick(ms, rate) {
        this.#now = ms;
        this.#at = performance.now();
        this.#rate = rate;
        this.marks = this.marks.filter((mark) => mark.at > ms - KEPT_MS);
        this.#wake();
    }

    #time() {
        return this.#now + (calm.matches ? 0 : (performance.now() - this.#at) * this.#rate);
    }

    /* Draw with each frame while it is seen and the world goes on. */
    #wake() {
        if (this.#frame || !this.canvas.isConnected) return;
        this.#frame = requestAnimationFrame(() => {
            this.#frame = 0;
            this.draw();
            if (this.#rate && !calm.matches) this.#wake();
        });
    }

    draw() {
        const { canvas, brush } = this;
        const names = [...this.sim.pins.keys()], width = canvas.clientWidth;
        if (!width) return;
        const height = TOP + LANE * names.length + AXIS, sharp = devicePixelRatio;
        if (canvas.width !== Math.round(width * sharp) || canvas.height !== Math.round(height * sharp)) {
            canvas.width = Math.round(width * sharp);
            canvas.height = Math.round(height * sharp);
            canvas.style.height = `${height}px`;
        }
        brush.setTransform(sharp, 0, 0, sharp, 0, 0);
        brush.clearRect(0, 0, width, height);
        const now = this.#time();
        const place = (at) => width - 8 - ((now - at) / this.span) * (width - 8 - NAMES);
        this.#axis(place, now, width, height);
        names.forEach((name, lane) => this.#name(name, TOP + LANE * (lane + 0.5), width));
        for (const mark of this.marks) {
            const lane = names.indexOf(mark.pin);
            mark.x = place(mark.at);
            mark.y = lane < 0 || mark.x < NAMES ? null : TOP + LANE * (lane + 0.5);
            if (mark.y !== null) this.#mark(mark);
        }
        this.#tell();
    }

    #axis(place, now, width, height) {
        const { brush } = this;
        const step = TICKS_MS.find((ms) => ((width - NAMES) * ms) / this.span > TICK_PX) ?? TICKS_MS.at(-1);
        brush.font = '11px Inter, sans-serif';
        brush.textAlign = 'center';
        brush.textBaseline = 'alphabetic';
        for (let at = Math.max(0, Math.ceil((now - this.span) / step) * step); at <= now; at += step) {
            const x = Math.round(place(at)) + 0.5;
            brush.strokeStyle = '#E7DFCC';
            brush.beginPath();
            brush.moveTo(x, TOP);
            brush.lineTo(x, height - AXIS);
            brush.stroke();
            brush.fillStyle = '#4C5870';
            brush.fillText((at / 1000).toFixed(step < 1000 ? 1 : 0), Math.min(x, width - 14), height - 5);
        }
    }

    #name(name, y, width) {
        const { brush } = this;
        brush.strokeStyle = '#CFC6B0';
        brush.beginPath();
        brush.moveTo(NAMES, y);
        brush.lineTo(width, y);
        brush.stroke();
        brush.fillStyle = name === this.sim.chosen ? '#12203F' : '#4C5870';
        brush.font = `${name === this.sim.chosen ? 600 : 400} 12.5px Inter, sans-serif`;
        brush.textAlign = 'left';
        brush.textBaseline = 'middle';
        brush.fillText(name, 0, y, NAMES - 6);
    }

    #mark({ x, y, kind, lost }) {
        const { brush } = this;
        brush.fillStyle = lost ? KINDS.trouble[1] : KINDS[kind][1];
        if (kind === 'air') {
            brush.fillRect(x - 0.75, y + 3, 1.5, 10);
            return;
        }
        brush.beginPath();
        brush.arc(x, y - 3, kind === 'trouble' ? 5 : 4, 0, 2 * Math.PI);
        brush.fill();
    }

    #point(x, y) {
        this.#pointer = x === null ? null : [x, y];
        this.#tell();
    }

    /* What lies under the pointer, else what to do with all this. */
    #tell() {
        const [x, y] = this.#pointer ?? [];
        const near = (mark) => Math.hypot(mark.x - x, (mark.y - y) / 2);
        const seen = x === undefined ? [] : this.marks.filter((mark) => mark.y !== null && near(mark) < NEAR);
        const mark = seen.sort((one, other) => near(one) - near(other))[0];
        const words = mark ? `${(mark.at / 1000).toFixed(3)} ${mark.pin} · ${mark.text}` : HINT;
        if (this.says.textContent !== words) this.says.textContent = words;
    }
}
