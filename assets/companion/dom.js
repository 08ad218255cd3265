/* Elements in one call, and the icons. Text is always text: nothing here parses markup. */

const SVG = 'http://www.w3.org/2000/svg';

function made(element, attributes, children) {
    for (const [key, value] of Object.entries(attributes)) {
        if (value === null || value === undefined || value === false) continue;
        if (key.startsWith('on')) element.addEventListener(key.slice(2), value);
        else if (key === 'value' || key === 'checked' || key === 'selected') element[key] = value;
        else element.setAttribute(key, value === true ? '' : value);
    }
    element.append(...children.flat(9).filter((child) => child !== null && child !== undefined && child !== false));
    return element;
}

/* h('button', {class: 'quiet', onclick: go}, 'Go') */
export const h = (tag, attributes = {}, ...children) => made(document.createElement(tag), attributes, children);

/* The same for SVG. */
export const s = (tag, attributes = {}, ...children) => made(document.createElementNS(SVG, tag), attributes, children);

/* A sign of the pin's or the page's icon set, in the colour of the text; mute for who cannot see it. */
export const icon = (name) => h('span', { 'class': 'icon', 'data-icon': name, 'aria-hidden': 'true' });

let last = 0;
export const freshId = (prefix) => `${prefix}-${++last}`;

/* A labelled control: the label above, a hint and a complaint below, all tied to it. */
export function field(label, control, hint = '') {
    control.id ||= freshId('field');
    const note = h('p', { class: 'hint', id: `${control.id}-hint` }, hint);
    const complaint = h('p', { class: 'complaint', id: `${control.id}-complaint` });
    control.setAttribute('aria-describedby', `${note.id} ${complaint.id}`);
    const whole = h('div', { class: 'field' }, h('label', { for: control.id }, label), control, note, complaint);
    whole.complain = (sentence) => {
        complaint.textContent = sentence;
        control.setAttribute('aria-invalid', sentence ? 'true' : 'false');
    };
    return whole;
}

/* A switch with its words; `onchange` gets the new state. */
export function toggle(label, checked, onchange, hint = '') {
    const id = freshId('switch');
    return h(
        'div',
        { class: 'switch' },
        h('input', {
            'type': 'checkbox',
            'role': 'switch',
            id,
            checked,
            'aria-describedby': `${id}-hint`,
            'onchange': (event) => onchange(event.target.checked, event.target),
        }),
        h('label', { for: id }, label),
        h('p', { class: 'hint', id: `${id}-hint` }, hint),
    );
}

/* Buttons of which one is pressed; `options` is {value: its words}, the first counts at the start. */
export function choices(label, options, onChoose) {
    const buttons = Object.entries(options).map(([value, words], at) =>
        h('button', { 'aria-pressed': String(!at), 'onclick': (event) => press(event.currentTarget, value) }, words),
    );
    const press = (chosen, value) => {
        for (const button of buttons) button.setAttribute('aria-pressed', String(button === chosen));
        onChoose(value);
    };
    return h('div', { 'class': 'choice', 'role': 'group', 'aria-label': label }, buttons);
}

/* Ask before something that cannot be undone. Resolves with true or false; Escape is no. */
export function confirmed(question, detail, yes, no = 'Cancel') {
    return new Promise((resolve) => {
        const title = freshId('question');
        const dialog = h(
            'dialog',
            {
                'class': 'question',
                'aria-labelledby': title,
                'onclose': () => {
                    resolve(dialog.returnValue === 'yes');
                    dialog.remove();
                },
            },
            h(
                'form',
                { method: 'dialog' },
                h('h2', { id: title }, question),
                h('p', {}, detail),
                h(
                    'div',
                    { class: 'actions' },
                    h('button', { value: 'no', class: 'quiet', autofocus: true }, no),
                    h('button', { value: 'yes', class: 'danger' }, yes),
                ),
            ),
        );
        document.body.append(dialog);
        dialog.showModal();
    });
}

/* Have the browser save `parts` as a file. */
export function save(name, type, parts) {
    const link = h('a', { href: URL.createObjectURL(new Blob(parts, { type })), download: name });
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}
