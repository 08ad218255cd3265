/* The latest tap as a row of five beads that light up: half for one pin, whole for both, with the ms since the two met.
 *
 * It knows only what the pins say on their consoles.
 */
import { h } from '../companion/dom.js';

const STAGES = [
    ['Bump felt', 'motion', /^bump$/],
    ['Link up', 'tap', /^link up/],
    ['Cards exchanged', 'tap', /^cards exchanged/],
    ['Saved on flash', 'tap', /^(friends with|met again)/],
    ['On screen', 'ui', /^showing moment_(friend|met)/],
];
const OVER_MS = 8000;
const PATIENCE_MS = 2500;

export class Tap {
    constructor(element, sim) {
        this.element = element;
        this.sim = sim;
        this.names = [];
        this.bumps = new Map();
        this.#draw();
    }

    /* Two pins have been put together by a hand on this page. */
    begin(one, other) {
        this.names = [one, other].sort();
        this.times = STAGES.map(() => [null, null]);
        this.start = null;
        this.friends = '';
        this.unfelt = false;
        this.#draw();
        clearTimeout(this.patience);
        this.patience = setTimeout(() => this.#unfelt(), PATIENCE_MS);
    }

    #unfelt() {
        this.unfelt = this.start === null;
        this.#draw();
    }

    hear(name, [at, , source, text]) {
        if (source === 'motion' && text === 'bump') this.#bumped(name, at);
        const which = this.names.indexOf(name);
        const stage = STAGES.findIndex(([, from, pattern]) => from === source && pattern.test(text));
        if (which < 0 || stage < 0 || this.start === null || at - this.start > OVER_MS) return;
        if (this.times[stage][which] === null) this.times[stage][which] = at - this.start;
        if (/^(friends with|met again)/.test(text)) this.friends ||= text.startsWith('friends') ? 'new' : 'again';
        const whole = this.times[stage].every((time) => time !== null);
        if (stage === 4 && whole) this.sim.sky.rejoice(...this.names);
        this.#draw();
    }

    /* The first bump of the two begins it; without a hand of ours, two bumps of pins that are held together do. */
    #bumped(name, at) {
        this.bumps.set(name, at);
        const held = this.sim.state.held.find((pair) => pair.includes(name));
        const begun = this.names.includes(name) && this.start !== null && at - this.start < OVER_MS;
        if (held && !begun) {
            if (!this.names.includes(name) || this.start !== null) this.begin(...held);
            this.start = at;
        }
    }

    #draw() {
        const beads = STAGES.map(([words], stage) => {
            const times = this.times?.[stage] ?? [null, null];
            const lit = times.filter((time) => time !== null).length;
            const said = lit ? times.map((time) => (time === null ? '–' : Math.round(time))).join(' · ') : '';
            const late = h('small', {}, stage && said ? `${said} ms` : '');
            return h('li', { 'data-lit': lit }, h('i', {}), h('span', {}, words), late);
        });
        this.element.replaceChildren(h('h2', {}, this.#title()), h('ol', { class: 'beads' }, beads));
    }

    #title() {
        if (!this.names.length) return 'Drag one pin onto the other';
        if (this.friends === 'new') return `${this.names.join(' and ')} are friends now`;
        if (this.friends) return `${this.names.join(' and ')} have met again`;
        if (this.unfelt && this.start === null) return 'No bump was felt. Part them and knock again, or hold a button.';
        return this.names.join(' meets ');
    }
}
