/* A new pin: whose it is and what is in it. */
import { choices, field, h, toggle } from '../companion/dom.js';

const NAMES = ['Chiara', 'Kofi', 'Layla', 'Minh', 'Søren', 'Akari', 'Olga', 'Jo', 'Dimitra', 'Amina'];
const LAST = {
    Chiara: 'Rossi', Kofi: 'Mensah', Layla: 'Mansour', Minh: 'Nguyễn', Søren: 'Åkesson', Akari: 'Sato', Olga: 'Petrova',
};
const BOARDS = {
    waveshare_touch_lcd_128: 'Waveshare with touch',
    waveshare_lcd_128: 'Waveshare without touch',
    devkit: 'DevKitC with modules',
};
const CHIPS = { imu: 'Motion sensor', nfc: 'NFC controller', touch: 'Touch', panel: 'Display' };

export function askForPin(sim) {
    const free = NAMES.find((name) => !sim.pins.has(name)) ?? `Pin ${sim.pins.size + 1}`;
    const name = h('input', { value: free, maxlength: 40, required: true, autofocus: true });
    const card = h('input', { value: [free, LAST[free]].filter(Boolean).join(' '), maxlength: 40 });
    const title = h('input', { maxlength: 40 });
    const options = Object.entries(BOARDS).map(([value, words]) => h('option', { value }, words));
    const board = h('select', {}, options);
    let nfc = 'spi';
    let bound = true;
    const absent = new Set();
    const dialog = h('dialog', { 'class': 'question', 'aria-label': 'Add a pin', 'onclose': () => dialog.remove() });
    const add = (event) => {
        event.preventDefault();
        sim.wish('add', {
            name: name.value, board: board.value, nfc, absent: [...absent],
            card: bound ? { name: card.value || name.value, title: title.value } : false,
        });
        dialog.close();
    };
    const chips = Object.entries(CHIPS).map(([chip, words]) =>
        toggle(words, true, (on) => absent[on ? 'delete' : 'add'](chip)));
    dialog.append(
        h('form', { method: 'dialog', onsubmit: add },
            h('h2', {}, 'Add a pin'),
            field('Whose pin', name),
            toggle('It has a card', true, (on) => (bound = on), 'Without one it waits to be bound to a phone.'),
            field('Name on the card', card),
            field('Title', title),
            h('details', {}, h('summary', {}, 'What is in it'),
                field('Board', board),
                h('p', { class: 'label' }, 'NFC over'),
                choices('NFC over', { spi: 'SPI', i2c: 'I²C', uart: 'UART' }, (value) => (nfc = value)),
                chips),
            h('div', { class: 'actions' },
                h('button', { type: 'button', class: 'quiet', onclick: () => dialog.close() }, 'Cancel'),
                h('button', { class: 'primary' }, 'Add'))),
    );
    document.body.append(dialog);
    dialog.showModal();
}
