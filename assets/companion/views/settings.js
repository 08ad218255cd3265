/* Everything that the wearer can set, from the table in protocol.json; the clock; this phone. A change is kept at once. */
import { confirmed, field, h, toggle } from '../dom.js';

const GROUPS = [
    ['Screen', ['brightness', 'screen_s', 'always_on', 'high_contrast', 'turn', 'flip']],
    ['Steps', ['count_steps', 'step_goal', 'distance', 'height_cm', 'step_cm', 'weight_kg', 'step_gain']],
    ['Day', ['day_start_hour']],
    ['Bluetooth', ['radio_wake_s', 'radio_every_min', 'radio_window_s', 'private_address']],
];
const HINTS = {
    always_on: 'At low light, instead of sleeping.',
    turn: 'Upright however the pin hangs.',
    flip: 'If the display is mounted the other way round.',
    count_steps: 'Without it, errands and boards that need steps do not show.',
    step_cm: '0 takes it from your height.',
    weight_kg: '0 shows no calories.',
    step_gain: '1000 is as it comes. 1050 counts five percent more.',
    radio_wake_s: 'How long the pin can be reached after you wake it. 0: not then.',
    radio_every_min: 'How often it opens a window while it is worn. 0: never.',
    radio_window_s: 'How long such a window is open.',
    private_address: 'Nobody can follow the pin by its address. Some phones lose it then.',
    day_start_hour: 'Until then it still is yesterday.',
};
const FAREWELL =
    'The pin will not let this phone in any more, until you bind it anew. Nothing on the pin is lost. ' +
    'Remove the pin from this phone’s Bluetooth devices too.';
const SLIDERS = ['brightness', 'screen_s'];

function inline(whole) {
    whole.classList.add('inline');
    return whole;
}

function control(app, row, value, put) {
    if (row.type === 'bool') return toggle(row.title, value, (now, input) => put(row.key, now, input), HINTS[row.key]);
    if (row.type === 'choice') {
        const select = h(
            'select',
            { onchange: () => put(row.key, select.value, select) },
            row.of.map((one) => h('option', { value: one, selected: one === value }, one)),
        );
        return inline(field(row.title, select, HINTS[row.key]));
    }
    return SLIDERS.includes(row.key) ? slider(row, value, put) : figure(row, value, put);
}

function slider(row, value, put) {
    const said = h('output', {}, `${value} ${row.unit}`);
    const input = h('input', {
        type: 'range',
        min: row.min,
        max: row.max,
        step: 5,
        value,
        oninput: () => {
            said.textContent = `${input.value} ${row.unit}`;
        },
        onchange: () => put(row.key, Number(input.value), input),
    });
    const whole = field(row.title, input, HINTS[row.key]);
    whole.querySelector('label').append(said);
    return whole;
}

function figure(row, value, put) {
    const input = h('input', {
        type: 'number',
        inputmode: 'numeric',
        min: row.min,
        max: row.max,
        step: 1,
        value,
        onchange: () => {
            const number = Number(input.value);
            const right = input.value !== '' && Number.isInteger(number) && number >= row.min && number <= row.max;
            whole.complain(right ? '' : `${row.title} must be a whole number from ${row.min} to ${row.max}.`);
            if (right) put(row.key, number, input);
        },
    });
    const whole = inline(field(row.unit ? `${row.title} (${row.unit})` : row.title, input, HINTS[row.key]));
    return whole;
}

function clock(app) {
    const said = h('p', {}),
        zone = new Intl.DateTimeFormat('en-GB', { timeZoneName: 'long' })
            .formatToParts(new Date())
            .find(({ type }) => type === 'timeZoneName').value;
    const words = () => {
        said.textContent = `Set by this phone when it connected, in ${zone}.`;
    };
    words();
    const again = h(
        'button',
        {
            class: 'quiet',
            onclick: () =>
                app.act(again, async () => {
                    await app.session.setTime();
                    app.say('The pin’s clock is set.');
                }),
        },
        'Set the clock now',
    );
    return h('section', { class: 'card' }, h('h2', {}, 'Clock'), said, again);
}

function phone(app) {
    const info = app.store.get('info') ?? {};
    const forget = h(
        'button',
        {
            class: 'danger',
            id: 'forget',
            onclick: () =>
                app.act(forget, async () => {
                    if (await confirmed('Forget this phone?', FAREWELL, 'Forget')) await app.session.forget();
                }),
        },
        'Forget this phone',
    );
    const leave = h('button', { class: 'quiet', onclick: () => app.session.leave() }, 'Disconnect');
    return h(
        'section',
        { class: 'card' },
        h('h2', {}, 'This phone and this pin'),
        h(
            'p',
            { class: 'hint' },
            `Firmware ${info.firmware ?? 'not known'}, ${info.board ?? ''}. `,
            h('a', { href: '#/log' }, 'The pin’s log'),
        ),
        h('div', { class: 'actions' }, leave, forget),
    );
}

function draw(app, scope) {
    const { store } = app,
        rows = new Map(app.protocol.settings.map((row) => [row.key, row]));
    const place = h('div', { class: 'cards two' });
    const put = async (key, value, input) => {
        if (!(await app.act(null, () => app.session.saveSetting(key, value))) && input.type === 'checkbox')
            input.checked = store.get('settings')[key];
    };
    const group = ([title, keys]) => {
        const values = store.get('settings'),
            shown = keys.filter((key) => rows.has(key) && key in values);
        const controls = shown.map((key) => control(app, rows.get(key), values[key], put));
        return controls.length ? h('section', { class: 'card' }, h('h2', {}, title), controls) : '';
    };
    store.watch(scope, ['settings'], () => {
        if (place.contains(document.activeElement) && document.activeElement !== document.body && place.children.length)
            return; // not under somebody's hands
        place.replaceChildren(...GROUPS.map(group), clock(app), phone(app));
    });
    return h(
        'section',
        { class: 'settings' },
        h('h1', {}, 'Settings'),
        h('p', { class: 'lead' }, 'A change is on the pin at once.'),
        place,
    );
}

export default { draw };
