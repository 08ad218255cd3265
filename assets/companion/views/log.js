/* What the pin wrote down: the latest lines, or the warnings and errors that it kept. */
import { choices, h, icon, save } from '../dom.js';

const KINDS = { memory: 'Since it started', flash: 'Kept warnings' };
const LINE = /^\s*(\d+) ([IWE]) ([^:]+): (.*)$/;

function line(text) {
    const [, ms, level, source, words] = text.match(LINE) ?? [, '', 'I', '', text];
    return h(
        'li',
        { class: level },
        h('span', { class: 'at' }, ms ? `${(ms / 1000).toFixed(1)} s` : ''),
        h('span', { class: 'source' }, source),
        h('span', {}, words),
    );
}

function draw(app) {
    const list = h('ol', { 'class': 'log', 'tabindex': 0, 'aria-label': 'Lines of the log' }),
        said = h('p', { 'class': 'hint', 'aria-live': 'polite' });
    let lines = [];
    const load = (of) =>
        app.act(null, async () => {
            said.textContent = 'Asking the pin …';
            lines = await app.session.log(of);
            list.replaceChildren(...lines.map(line));
            said.textContent = lines.length ? '' : 'Nothing was written down.';
            list.scrollTop = list.scrollHeight;
        });
    const choice = choices('Which lines', KINDS, load);
    load('memory');
    return h(
        'section',
        { class: 'log-view' },
        h('p', { class: 'back' }, h('a', { href: '#/settings' }, '← Settings')),
        h('div', { class: 'card-head' }, h('h1', {}, 'Log'), choice),
        said,
        list,
        h(
            'div',
            { class: 'actions' },
            h(
                'button',
                { class: 'quiet', onclick: () => save('pin-log.txt', 'text/plain', [lines.join('\n')]) },
                icon('save'),
                'Save as a file',
            ),
        ),
    );
}

export default { draw };
