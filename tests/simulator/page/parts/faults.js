/* What can go wrong, at will: on the air between all pins, in the wires and on the flash of the chosen one. */
import { field, h, toggle } from '../companion/dom.js';

const CHIPS = { imu: 'Motion sensor answers', nfc: 'NFC controller answers', touch: 'Touch answers' };

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
        const seat = sim.seat;
        const air = { lose: sim.state.lose, corrupt: sim.state.corrupt };
        const onAir = (key) => (value) => {
            air[key] = value;
            sim.wish('air', air);
        };
        const wish = (what, fields) => sim.wish(what, { pin: sim.chosen, ...fields });
        this.element.replaceChildren(h('div', {},
            h('h2', {}, 'On the air'),
            share('Frames that are lost', air.lose, 0.5, onAir('lose')),
            share('Frames that come damaged', air.corrupt, 0.5, onAir('corrupt')),
            seat && h('h2', {}, `In ${seat.name}’s pin`),
            seat && share('Bytes garbled on the NFC bus', seat.garbled, 0.02, (value) => wish('garble', { share: value })),
            seat && Object.entries(CHIPS).map(([chip, words]) =>
                !seat.absent.includes(chip) &&
                    toggle(words, !seat.hung.includes(chip), (answers) => wish('answers', { chip, answers }))),
            seat && toggle('The flash is full', seat.full, (full) => wish('fill', { full }), 'Switches the pin off and on.'),
            seat && h('div', { class: 'actions' },
                h('button', { class: 'danger small', onclick: () => wish('cut_at_next_write') },
                    'Power fails in the next write')),
        ));
    }
}

/* A slider from nothing to `most`, in per cent. */
function share(words, value, most, onChange) {
    const said = h('output', {}, percent(value));
    const range = h('input', {
        type: 'range', min: 0, max: 100, value: Math.round((100 * value) / most),
        oninput: (event) => {
            const now = (Number(event.target.value) / 100) * most;
            said.textContent = percent(now);
            onChange(Number(now.toFixed(4)));
        },
    });
    const whole = field(`${words} `, range);
    whole.querySelector('label').append(said);
    return whole;
}

const percent = (value) => `${(100 * value).toFixed(value && value < 0.05 ? 1 : 0)} %`;
