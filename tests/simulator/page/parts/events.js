/* What the pins said on their consoles: as a timeline, and below as a log in the order of the world's time. */
import { choices, h } from '../companion/dom.js';
import { Timeline } from './timeline.js';

const MOST = 400;

export class Events {
    constructor(sim) {
        this.sim = sim;
        this.timeline = new Timeline(sim);
        this.list = h('ol', { class: 'lines', tabindex: 0, 'aria-label': 'Log' });
        this.mine = false;
        const whose = choices('Whose log', { all: 'All pins', mine: 'This pin' }, (value) => {
            this.mine = value === 'mine';
            this.choose();
        });
        this.element = h('div', { class: 'events' }, this.timeline.element,
            h('div', { class: 'row spans' }, this.timeline.spans, whose), this.list);
    }

    hear(pin, entry) {
        const [at, level, source, text] = entry;
        this.timeline.hear(pin, entry);
        const follows = this.list.scrollHeight - this.list.scrollTop - this.list.clientHeight < 40;
        const line = h('li', { 'data-pin': pin, 'data-level': level },
            h('time', {}, (at / 1000).toFixed(3)), h('b', {}, pin), h('i', {}, source), h('span', {}, text));
        line.hidden = this.mine && pin !== this.sim.chosen;
        this.list.append(line);
        if (this.list.children.length > MOST) this.list.firstChild.remove();
        if (follows) this.list.scrollTop = this.list.scrollHeight;
    }

    open() {
        this.list.scrollTop = this.list.scrollHeight;
        this.timeline.draw();
    }

    choose() {
        for (const line of this.list.children) line.hidden = this.mine && line.dataset.pin !== this.sim.chosen;
        this.list.scrollTop = this.list.scrollHeight;
        this.timeline.draw();
    }
}
