/* The phone beside the pins: the companion page, bound to the chosen pin over the simulator's Bluetooth. */
import { h } from '../companion/dom.js';

export class Phone {
    constructor(sim) {
        this.sim = sim;
        this.element = h('div', { class: 'phone' });
    }

    open() {
        this.choose();
    }

    choose() {
        const name = this.sim.chosen;
        if (!name) {
            this.element.replaceChildren(h('p', {}, 'Add a pin, then bind a phone to it here.'));
            return;
        }
        const address = `/companion/?pin=${encodeURIComponent(name)}`;
        const window = h('a', { href: address, target: '_blank' }, 'in a window of its own');
        this.element.replaceChildren(
            h('p', { class: 'hint' }, `The companion page of ${name}’s pin, also `, window,
                '. A pin without a card lets a phone in while it is new; any other once its wearer chooses Bind a phone in ',
                'its settings.'),
            h('iframe', { src: address, title: `${name}’s companion` }),
        );
    }

    hide() {
        this.element.replaceChildren();
    }
}
