/* The instruments of the chosen pin, a second apart. Only the heap is asked for: to measure it wakes the pin. */
import { h } from '../companion/dom.js';

export class Figures {
    constructor(sim) {
        this.sim = sim;
        this.title = h('h2', {});
        this.groups = h('div', { class: 'figures' });
        const measure = () => sim.wish('measure_heap', { pin: sim.chosen });
        const button = h('button', { class: 'quiet small', onclick: measure }, 'Measure the heap');
        this.element = h('div', {}, this.title, this.groups, button);
    }

    open() {
        this.choose();
    }

    choose() {
        this.groups.replaceChildren();
        this.title.textContent = this.sim.chosen ? `${this.sim.chosen}’s pin` : '';
        this.sim.wish('watch', { pin: this.sim.chosen });
    }

    hide() {
        this.sim.wish('watch', { pin: null });
    }

    show({ pin, groups }) {
        if (pin !== this.sim.chosen) return;
        const row = ([name, value]) => h('div', {}, h('dt', {}, name), h('dd', {}, value));
        const drawn = Object.entries(groups).filter(([, rows]) => rows.length).map(([title, rows]) =>
            h('section', {}, h('h3', {}, title), h('dl', {}, rows.map(row))));
        this.groups.replaceChildren(...drawn);
    }
}
