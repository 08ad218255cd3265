/* What can go wrong, at will: on the air between all pins; in the wires, chips, flash and supply of the chosen one.
 *
 * Each says what it does; `troubles` are the words under a pin that has some.
 */
import { choices, field, h, toggle } from '../companion/dom.js';
import { show } from './rows.js';

const BUSES = {
    nfc: ['NFC bus', 0.02, 'The firmware sees bad checksums, asks again, then resets the chip.'],
    i2c: ['I²C bus', 0.1, 'Motion sensor and touch lose answers and settings; the pin sets them up anew.'],
    display: ['Display bus', 0.01, 'Nothing comes back from a panel, so the pin can’t know: wrong dots or commands.'],
};
const CHIPS = { imu: 'Motion sensor', nfc: 'NFC controller', touch: 'Touch', panel: 'Display' };
const STATES = { there: 'Works', silent: 'Hangs', absent: 'Not fitted' };
export const TOUCH_BOARD = 'waveshare_touch_lcd_128';

/* In a few words each. */
export function troubles(seat) {
    return [
        ...Object.keys(BUSES).filter((bus) => seat.garbled[bus]).map((bus) => `${BUSES[bus][0]} garbled`),
        ...seat.absent.map((chip) => `no ${lower(CHIPS[chip])}`),
        ...seat.hung.map((chip) => `${lower(CHIPS[chip])} hangs`),
        ...(seat.full ? ['flash full'] : []),
    ];
}

const lower = (words) => (words.startsWith('NFC') ? words : words.toLowerCase());

export class Faults {
    constructor(sim) {
        this.sim = sim;
        this.element = h('div', { class: 'faults' });
    }

    open() {
        this.choose();
    }

    choose() {
        const { sim } = this;
        const air = { lose: sim.state.lose, corrupt: sim.state.corrupt };
        const onAir = (key) => (value) => {
            air[key] = value;
            sim.wish('air', air);
        };
        this.element.replaceChildren(h('div', {},
            h('h2', {}, 'On the air'),
            share('Frames that are lost', air.lose, 0.5, onAir('lose'),
                'Their waves turn red. Taps take longer, and still end well.'),
            share('Frames that come damaged', air.corrupt, 0.5, onAir('corrupt'), 'The chips notice, and send them again.'),
            sim.seat ? this.#pin(sim.seat) : null,
        ));
    }

    #pin(seat) {
        const wish = (what, fields = {}) => this.sim.wish(what, { pin: seat.name, ...fields });
        const danger = (words, id, does) => h('button', { class: 'danger small', id, onclick: does }, words);
        return [
            h('h2', {}, `In ${seat.name}’s pin`),
            Object.entries(BUSES).map(([bus, [words, most, says]]) =>
                share(`${words}, bytes garbled`, seat.garbled[bus], most,
                    (value) => wish('garble', { bus, share: value }), says)),
            Object.entries(CHIPS).map(([chip, words]) =>
                (chip !== 'touch' || seat.board === TOUCH_BOARD) && this.#chip(seat, chip, words, wish)),
            h('p', { class: 'hint' }, 'To fit a chip or to take it out switches the pin off and on.'),
            toggle('The flash is full', seat.full, (full) => wish('fill', { full }),
                'Switches the pin off and on. The next friend can’t be kept, and the pin says so.'),
            h('h3', {}, 'The power fails'),
            h('div', { class: 'row' },
                danger('Now', 'fail-now', () => wish('power', { on: false })),
                danger('In the middle of the next write', 'fail-in-write', () => wish('cut_at_next_write'))),
            h('p', { class: 'hint' }, 'Press Switch on in the Pin tab afterwards: whoever was promised is still a friend.'),
        ];
    }

    /* Of what a display does not say, nobody can tell that it hangs. */
    #chip(seat, chip, words, wish) {
        const now = seat.absent.includes(chip) ? 'absent' : seat.hung.includes(chip) ? 'silent' : 'there';
        const options = chip === 'panel' ? { there: STATES.there, absent: STATES.absent } : STATES;
        let before = now;
        const row = choices(words, options, (state) => {
            if ((state === 'absent') !== (before === 'absent')) wish('fit', { chip, there: state !== 'absent' });
            if (chip !== 'panel' && state !== 'absent') wish('answers', { chip, answers: state === 'there' });
            before = state;
        });
        show(row, STATES[now]);
        return h('div', { 'class': 'chip', 'data-chip': chip }, h('span', {}, words), row);
    }
}

/* A slider from nothing to `most`, in per cent. */
function share(words, value, most, onChange, hint) {
    const said = h('output', {}, percent(value));
    const range = h('input', {
        type: 'range', min: 0, max: 100, value: Math.round((100 * value) / most), id: words.split(',')[0].replace(/\W+/g, '-'),
        oninput: (event) => {
            const now = (Number(event.target.value) / 100) * most;
            said.textContent = percent(now);
            onChange(Number(now.toFixed(5)));
        },
    });
    const whole = field(`${words} `, range, hint);
    whole.querySelector('label').append(said);
    return whole;
}

const percent = (value) => `${(100 * value).toFixed(value && value < 0.05 ? (value < 0.01 ? 2 : 1) : 0)} %`;
