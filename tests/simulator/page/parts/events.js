/* What the pins said on their consoles, in the order of the world's time. */
import { choices, h } from '../companion/dom.js';

const MOST = 400;

export class Events {
    constructor(sim) {
        this.sim = sim;
        this.list = h('ol', { class: 'lines', tabindex: 0, 'aria-label': 'Events' });
        this.mine = false;
        const whose = choices('Whose', { all: 'All pins', mine: 'This pin' }, (value) => {
            this.mine = value === 'mine';
            this.update();
        });
        this.element = h('div', { class: 'events' }, whose, this.list);
    }

    hear(pin, [at, level, source, text]) {
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
    }

    update() {
        for (const line of this.list.children) line.hidden = this.mine && line.dataset.pin !== this.sim.chosen;
        this.list.scrollTop = this.list.scrollHeight;
    }
}
