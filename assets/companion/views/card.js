/* The card editor: what the wearer shows, which of it is public, and the name as a picture where the pin has no type for it.
 * The pin beside it shows the draft at once.
 */
import { field, h, icon } from '../dom.js';
import { StripError, fromBase64, makeStrip, toBase64, unpacked, wantsStrip } from '../pin/strip.js';

const TEXTS = [
    ['name', 'Name', { autocomplete: 'name', dir: 'auto' }, 'What the pin shows, in any script.'],
    ['title', 'Title', { autocomplete: 'organization-title', dir: 'auto' }, ''],
    ['organisation', 'Organisation', { autocomplete: 'organization', dir: 'auto' }, ''],
    ['phone', 'Phone', { type: 'tel', autocomplete: 'tel' }, ''],
    ['email', 'Email', { type: 'email', autocomplete: 'email' }, ''],
    ['web', 'Web', { type: 'url', inputmode: 'url', autocomplete: 'url' }, ''],
];
const DRAW_AFTER_MS = 150;
const SERVICES = ['Mastodon', 'LinkedIn', 'Instagram', 'GitHub', 'Signal', 'WeChat', 'LINE', 'Telegram'];

/* What is wrong with a text, as the pin would say it; '' if nothing. The pin checks again. */
export function complaint(key, text, limits) {
    if (key === 'name' && !text) return 'A card needs a name.';
    if (Array.from(text).length > limits.max)
        return `That is ${Array.from(text).length} characters; ${limits.max} are the most.`;
    if (key === 'phone' && text && !(/\d/.test(text) && /^[\d +\-().\/#*x]*$/.test(text)))
        return 'A phone number has digits and + - ( ) . / # * x.';
    if (key === 'email' && text && !/^[^@\s]+@[^@\s]+$/.test(text)) return 'An email address is like name@example.com.';
    if (key === 'web' && text && (/[\s\\]/.test(text) || !text.includes('.')))
        return 'A web address is like https://example.com.';
    return '';
}

class Editor {
    #timer = 0;
    #turn = 0;

    constructor(app) {
        this.app = app;
        this.limits = app.protocol.card.fields;
        const card = app.store.get('card') ?? {};
        this.card = {
            name: '',
            title: '',
            organisation: '',
            phone: '',
            email: '',
            web: '',
            handles: [],
            public: Object.keys(this.limits).slice(0, 7),
            ...structuredClone(card),
        };
        this.before = structuredClone(this.card);
        this.stored = app.store.get('strip')?.text ?? '';
        this.strip = this.stored ? fromBase64(this.stored) : null; // as it would be sent
        this.way = this.strip && !wantsStrip(this.card.name) ? 'picture' : 'auto';
        this.fields = {};
        this.save = h('button', { class: 'primary', type: 'submit' }, 'Save to the pin');
        this.undo = h('button', { class: 'quiet', type: 'button', onclick: () => this.#restore() }, 'Undo changes');
        this.handles = h('div', { class: 'handles' });
        this.stripHint = h('p', { 'class': 'hint', 'aria-live': 'polite' });
        this.element = this.#form();
        if (!this.strip) this.#makeStrip();
        this.#changed();
    }

    #form() {
        return h(
            'form',
            {
                class: 'editor',
                novalidate: true,
                onsubmit: (event) => {
                    event.preventDefault();
                    this.#send();
                },
            },
            h(
                'fieldset',
                {},
                h('legend', {}, 'On the pin'),
                TEXTS.slice(0, 3).map((row) => this.#row(...row)),
                this.#ways(),
            ),
            h(
                'fieldset',
                {},
                h('legend', {}, 'How to reach you'),
                TEXTS.slice(3).map((row) => this.#row(...row)),
                this.#handleRows(),
            ),
            h('div', { class: 'actions sticky' }, this.undo, this.save),
        );
    }

    #row(key, label, attributes, hint) {
        const input = h('input', {
            id: `card-${key}`,
            name: key,
            value: this.card[key] ?? '',
            spellcheck: 'false',
            ...attributes,
            oninput: () => {
                this.card[key] = clean(input.value);
                this.#changed(key);
            },
        });
        const whole = (this.fields[key] = field(label, input, hint));
        whole.append(
            key === 'name' ? h('p', { class: 'public' }, icon('check'), 'Always public') : this.#publicSwitch(key, label),
        );
        return whole;
    }

    #publicSwitch(key, label) {
        const input = h('input', {
            'type': 'checkbox',
            'role': 'switch',
            'aria-label': `${label} is public`,
            'checked': this.card.public.includes(key),
            'onchange': () => {
                this.card.public = Object.keys(this.limits).filter((field) =>
                    field === key ? input.checked : field === 'name' || this.card.public.includes(field),
                );
                words();
                this.#changed();
            },
        });
        const said = h('span', { 'aria-hidden': 'true' });
        const words = () => {
            said.textContent = input.checked ? 'Friends get it' : 'Only you';
        };
        words();
        return h('label', { class: 'public' }, input, said);
    }

    // ---- the name as a picture

    #ways() {
        const ways = [
            ['auto', 'Automatic', 'a picture where a script needs it'],
            ['type', 'The pin’s own type', ''],
            ['picture', 'Picture from this phone', ''],
        ];
        return h(
            'fieldset',
            { class: 'ways-of-name' },
            h('legend', {}, 'How the name is drawn'),
            ways.map(([way, label, more]) =>
                h(
                    'label',
                    {},
                    h('input', {
                        type: 'radio',
                        name: 'way',
                        value: way,
                        checked: this.way === way,
                        onchange: () => {
                            this.way = way;
                            this.#changed('name');
                        },
                    }),
                    h('span', {}, label, more ? h('small', {}, more) : null),
                ),
            ),
            this.stripHint,
        );
    }

    #makeStrip() {
        this.strip = null;
        this.stripHint.textContent = '';
        const { name } = this.card;
        if (!name || this.way === 'type' || (this.way === 'auto' && !wantsStrip(name))) return;
        try {
            this.strip = makeStrip(name, Boolean(this.card.title));
            const [width, height] = this.strip.slice(4);
            this.stripHint.textContent = `Shaped here and sent as a picture of ${width} by ${height} pixels.`;
        } catch (problem) {
            if (!(problem instanceof StripError)) throw problem;
            this.stripHint.textContent = problem.message;
        }
    }

    // ---- handles

    #handleRows() {
        const most = this.limits.handles.max;
        const add = h(
            'button',
            {
                class: 'quiet small',
                type: 'button',
                onclick: () => {
                    this.card.handles.push(['', '']);
                    draw();
                    this.handles.querySelector('.handle:last-child input')?.focus();
                },
            },
            'Add a handle',
        );
        const draw = () => {
            this.handles.replaceChildren(...this.card.handles.map((pair, at) => this.#handle(pair, at, draw)));
            add.hidden = this.card.handles.length >= most;
            this.#changed();
        };
        const whole = h(
            'div',
            { class: 'field handle-field' },
            h('div', { class: 'label', id: 'handles' }, 'Handles'),
            this.handles,
            add,
            h(
                'datalist',
                { id: 'services' },
                SERVICES.map((value) => h('option', { value })),
            ),
            this.#publicSwitch('handles', 'Handles'),
            h('p', { class: 'complaint', role: 'alert' }),
        );
        whole.complain = (sentence) => {
            whole.querySelector('.complaint').textContent = sentence;
        };
        this.fields.handles = whole;
        queueMicrotask(draw);
        return whole;
    }

    #handle(pair, at, draw) {
        const part = (number, label, attributes) =>
            h('input', {
                'value': pair[number],
                'aria-label': `${label} ${at + 1}`,
                'placeholder': label,
                'oninput': (event) => {
                    pair[number] = clean(event.target.value);
                    this.#changed();
                },
                ...attributes,
            });
        return h(
            'div',
            { class: 'handle' },
            part(0, 'Service', { list: 'services', maxlength: 24 }),
            part(1, 'Name there', { maxlength: 120 }),
            h(
                'button',
                {
                    'class': 'quiet icon-only',
                    'type': 'button',
                    'aria-label': `Remove handle ${at + 1}`,
                    'onclick': () => {
                        this.card.handles.splice(at, 1);
                        draw();
                    },
                },
                '×',
            ),
        );
    }

    // ---- changes

    get clean() {
        return this.save.disabled;
    }

    /* The fields that are another than on the pin. A new name needs its strip said again, since the pin drops the old one. */
    #difference() {
        const change = Object.fromEntries(
            Object.entries(this.#tidy()).filter(
                ([key, value]) => JSON.stringify(value) !== JSON.stringify(this.before[key]),
            ),
        );
        const strip = this.strip ? toBase64(this.strip) : '';
        return strip !== this.stored || (strip && 'name' in change) ? { ...change, strip } : change;
    }

    #tidy() {
        return { ...this.card, handles: this.card.handles.filter(([service, handle]) => service || handle) };
    }

    #changed(key = '') {
        if (key === 'name' || (key === 'title' && this.strip)) this.#makeStrip();
        const dirty = Object.keys(this.#difference()).length > 0;
        this.element.classList.toggle('clean', !dirty);
        this.save.disabled = !dirty;
        this.fields[key]?.complain('');
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => this.#preview(dirty), DRAW_AFTER_MS);
    }

    async #preview(dirty) {
        const turn = ++this.#turn,
            strip = this.strip ? await unpacked(this.strip) : null;
        if (turn === this.#turn && this.element.isConnected)
            this.app.store.set({ draft: dirty ? { ...this.#tidy(), strip } : null });
    }

    #restore() {
        this.app.store.set({ draft: null });
        this.app.show(false);
    }

    #complaints() {
        let first = null;
        for (const [key, whole] of Object.entries(this.fields)) {
            const sentence =
                key === 'handles' ? this.#handleComplaint() : complaint(key, this.card[key] ?? '', this.limits[key]);
            whole.complain(sentence);
            first ??= sentence ? whole.querySelector('input') : null;
        }
        first?.focus();
        return first;
    }

    #handleComplaint() {
        const half = this.#tidy().handles.find(([service, handle]) => !service || !handle || service.includes('"'));
        return half ? 'A handle needs a service, without quotation marks, and a name there.' : '';
    }

    async #send() {
        if (this.#complaints()) return;
        await this.app.act(this.save, async () => {
            await this.app.session.saveCard(this.#difference());
            this.app.say('The card is on the pin.');
            this.app.show(false);
        });
    }

    end() {
        clearTimeout(this.#timer);
        this.#turn += 1;
        this.app.store.set({ draft: null });
    }
}

/* One line, whole characters, composed: what a card may hold. */
const clean = (text) =>
    text
        .toWellFormed()
        .normalize('NFC')
        .replace(/\p{Cc}/gu, ' ')
        .trim();

function draw(app, scope) {
    const editor = new Editor(app);
    scope.atEnd(() => editor.end());
    let first = true;
    app.store.watch(scope, ['card'], () => {
        const changed = !first && editor.clean && !editor.element.contains(document.activeElement);
        if (changed) app.show(false); // another phone has written it
        first = false;
    });
    return h(
        'section',
        {},
        h('h1', {}, 'Your card'),
        h('p', { class: 'lead' }, 'What your pin shows, and what friends take home.'),
        editor.element,
    );
}

export default { draw };
