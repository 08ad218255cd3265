/* The way in: how to bind, the button, and what went wrong last time. Owns the dialog for the six digits. */
import { field, freshId, h } from '../dom.js';
import { COLOURS, Face } from '../pin/face.js';

const STEPS = [
    ['Hold its button', 'A new pin says Hello and waits for that. Later you find Bind a phone in its settings.'],
    ['Choose it here', 'Your browser lists the pins that are near. Yours is called as it says, such as Pin 4F2A.'],
    ['Type six digits', 'They stand on the pin, new ones each time. From then on nobody but you can read or change it.'],
];
const SOFT = '#535D71'; // the second voice on the plain design

function pictures(fonts) {
    const faces = STEPS.map(() => new Face(fonts, 'small'));
    const { night, paper, sky } = COLOURS;
    faces[0].showWords(
        'The pin says Hello: hold the button to bind a phone.',
        [
            ['Hello', 126, night, 44],
            ['Hold the button', 160, SOFT, 22],
            ['to bind a phone', 188, SOFT, 22],
        ],
        true,
    );
    faces[1].showWords(
        'The pin says: choose Pin 4F2A on your phone.',
        [
            ['choose', 130, SOFT, 23],
            ['Pin 4F2A', 174, night, 42],
        ],
        true,
    );
    faces[2].showWords('The pin shows six digits.', [
        ['Pairing', 80, sky, 24],
        ['403 971', 140, paper, 52],
    ]);
    return faces.map(({ element }) => element);
}

function draw(app, scope) {
    const trouble = h('div', { class: 'trouble-box', role: 'alert' });
    const button = h('button', {
        class: 'primary large',
        id: 'connect',
        onclick: () => app.session.connect().catch(() => {}),
    });
    app.store.watch(scope, ['link', 'trouble'], () => {
        const busy = app.store.get('link') === 'connecting',
            sentence = app.store.get('trouble');
        button.textContent = busy ? 'Connecting …' : sentence ? 'Try again' : 'Connect your pin';
        button.disabled = busy;
        button.setAttribute('aria-busy', String(busy));
        trouble.replaceChildren(...(sentence && !busy ? [h('p', {}, sentence)] : []));
    });
    const faces = pictures(app.fonts);
    return h(
        'section',
        { class: 'connect' },
        h('h1', {}, 'Meet your pin'),
        h('p', { class: 'lead' }, 'Write your card, see the friends you made and the way you walked.'),
        trouble,
        button,
        h(
            'ol',
            { class: 'ways' },
            STEPS.map(([title, text], at) => h('li', {}, faces[at], h('div', {}, h('h2', {}, title), h('p', {}, text)))),
        ),
        h(
            'p',
            { class: 'small' },
            'Everything stays between this device and your pin. The page sends nothing anywhere else.',
        ),
    );
}

/* Ask for the six digits until `signal` says that it is over; resolves with them, or with null. Where the browser pairs, the
 * phone asks by itself. */
function askDigits(signal) {
    return new Promise((resolve) => {
        const title = freshId('digits');
        const input = h('input', {
            name: 'digits',
            inputmode: 'numeric',
            autocomplete: 'one-time-code',
            maxlength: 7,
            required: true,
            class: 'digits',
            autofocus: true,
        });
        const whole = field('Digits', input, 'The pin shows them for 30 seconds.');
        const dialog = h(
            'dialog',
            {
                'class': 'question',
                'id': 'digits',
                'aria-labelledby': title,
                'onclose': () => {
                    resolve(dialog.returnValue || null);
                    dialog.remove();
                },
            },
            h(
                'form',
                {
                    method: 'dialog',
                    novalidate: true,
                    onsubmit: (event) => {
                        const digits = input.value.replace(/\s/g, '');
                        if (/^\d{6}$/.test(digits)) return dialog.close(digits);
                        event.preventDefault();
                        whole.complain('Six digits are needed, as the pin shows them.');
                        return input.focus();
                    },
                },
                h('h2', { id: title }, 'Type the six digits on the pin'),
                whole,
                h(
                    'div',
                    { class: 'actions' },
                    h('button', { type: 'button', class: 'quiet', onclick: () => dialog.close('') }, 'Cancel'),
                    h('button', { class: 'primary' }, 'Bind'),
                ),
            ),
        );
        document.body.append(dialog);
        dialog.showModal();
        signal.addEventListener('abort', () => dialog.close(''));
    });
}

export default { draw, askDigits };
