/* The frames between NFC chips, named by their standards; the bytes of one at a touch of its line. */
import { h } from '../companion/dom.js';

const MOST = 300;

export class Air {
    constructor() {
        this.list = h('ol', { class: 'lines frames', tabindex: 0, 'aria-label': 'Frames on the air' });
        this.element = h('div', { class: 'events' },
            h('p', { class: 'hint' }, 'Each frame between the NFC controllers, decoded. Touch a line for its bytes.'),
            this.list, h('p', { class: 'lead none' }, 'Nothing yet. Drag one pin onto the other.'));
    }

    hear(frames) {
        for (const [at, sender, rate, name, length, hex, fate] of frames) {
            const bytes = hex.replace(/../g, '$& ') + (hex.length / 2 < length ? '…' : '');
            const summary = h('summary', {}, fate === 'heard' ? name : `${name} (${fate})`);
            this.list.append(h('li', { 'data-fate': fate },
                h('time', {}, (at / 1000).toFixed(4)), h('b', {}, sender), h('i', {}, rate),
                h('details', {}, summary, h('code', {}, `${length} bytes: ${bytes}`))));
        }
        while (this.list.children.length > MOST) this.list.firstChild.remove();
        this.list.scrollTop = this.list.scrollHeight;
    }

    open() {
        this.list.scrollTop = this.list.scrollHeight;
    }
}
