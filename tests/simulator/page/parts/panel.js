/* The panel at the side: the chosen pin in a wearer's hands, and behind tabs what an engineer looks at. */
import { h } from '../companion/dom.js';
import { Air } from './air.js';
import { Events } from './events.js';
import { Faults } from './faults.js';
import { Figures } from './figures.js';
import { Hands } from './hands.js';
import { Phone } from './phone.js';

const TABS = { hands: 'Pin', phone: 'Phone', events: 'Events', air: 'Air', figures: 'Figures', faults: 'Faults' };

export class Panel {
    constructor(element, sim) {
        this.sim = sim;
        this.hands = new Hands(sim);
        this.phone = new Phone(sim);
        this.events = new Events(sim);
        this.air = new Air(sim);
        this.figures = new Figures(sim);
        this.faults = new Faults(sim);
        this.tabs = Object.entries(TABS).map(([tab, words]) =>
            h('button', {
                'role': 'tab', 'id': `tab-${tab}`, 'aria-controls': 'sheet', 'data-tab': tab, 'onclick': () => this.open(tab),
            }, words),
        );
        const list = h('div', { class: 'tabs', role: 'tablist', onkeydown: (event) => this.#key(event) }, this.tabs);
        this.sheet = h('div', { id: 'sheet', class: 'sheet', role: 'tabpanel' });
        element.append(list, this.sheet);
        this.open('hands');
    }

    open(tab) {
        this[this.tab]?.hide?.();
        this.tab = tab;
        for (const button of this.tabs) {
            const mine = button.dataset.tab === tab;
            button.setAttribute('aria-selected', String(mine));
            button.tabIndex = mine ? 0 : -1;
        }
        this.sheet.setAttribute('aria-labelledby', `tab-${tab}`);
        this.sheet.replaceChildren(this[tab].element);
        this[tab].open?.();
        this.update();
    }

    #key(event) {
        const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
        if (!step) return;
        const at = this.tabs.findIndex((button) => button.dataset.tab === this.tab);
        const next = this.tabs.at((at + step) % this.tabs.length);
        this.open(next.dataset.tab);
        next.focus();
    }

    choose() {
        this[this.tab].choose?.();
        this.update();
    }

    update() {
        this[this.tab].update?.(this.sim.seat);
    }
}
