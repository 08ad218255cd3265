/* Everybody whom the pin has met: search, order, and the book as a file for other programs. */
import { disc } from '../disc.js';
import { field, h, icon, s, save } from '../dom.js';
import { ago, count, plain } from '../words.js';

const ORDERS = {
    latest: ['Met latest', (one, other) => other.met[1] - one.met[1] || (other.met[3] ?? -1) - (one.met[3] ?? -1)],
    name: ['Name', (one, other) => one.name.localeCompare(other.name)],
    first: ['Met first', (one, other) => one.met[0] - other.met[0]],
    often: ['Met most often', (one, other) => other.met[2] - one.met[2]],
};
const STEP = 60; // rows that are drawn at once
const FILES = { vcard: ['friends.vcf', 'text/vcard', 'vCard'], csv: ['friends.csv', 'text/csv', 'CSV'] };

const words = (friend) =>
    plain(
        [
            friend.name,
            friend.title,
            friend.organisation,
            friend.note,
            ...(friend.email ?? []),
            ...(friend.handles ?? []).flat(),
        ]
            .filter(Boolean)
            .join(' '),
    );

function row(friend, today, blocked) {
    return h(
        'li',
        {},
        h(
            'a',
            { href: `#/friends/${friend.id}` },
            disc(friend),
            h(
                'span',
                { class: 'who' },
                h('strong', {}, h('bdi', {}, friend.name)),
                h('span', {}, [friend.title, friend.organisation].filter(Boolean).join(', ')),
            ),
            h(
                'span',
                { class: 'when' },
                blocked ? h('em', {}, 'blocked') : ago(friend.met[1], today),
                friend.met[2] > 1 ? h('small', {}, `met on ${count(friend.met[2], 'day')}`) : null,
            ),
        ),
    );
}

function exporter(app, format) {
    const [name, type, label] = FILES[format];
    const button = h(
        'button',
        {
            class: 'quiet',
            id: `export-${format}`,
            onclick: () =>
                app
                    .act(button, async () => {
                        const texts = await app.session.exportFriends(format, (done, all) => {
                            button.textContent = `${done} of ${all}`;
                        });
                        save(name, type, texts);
                        app.say(`${name} is among your downloads.`);
                    })
                    .finally(() => button.replaceChildren(icon('save'), label)),
        },
        icon('save'),
        label,
    );
    return button;
}

/* Two pins that meet, as the pin itself shows it. */
const nobody = () =>
    h(
        'div',
        { class: 'nobody' },
        s(
            'svg',
            { 'viewBox': '0 0 240 140', 'aria-hidden': 'true' },
            s('circle', { class: 'one', cx: 76, cy: 76, r: 44 }),
            s('circle', { class: 'other', cx: 164, cy: 76, r: 44 }),
            [
                [120, 20, 5],
                [96, 24, 3],
                [144, 24, 3],
                [60, 14, 3],
                [180, 14, 3],
                [14, 60, 4],
                [226, 60, 4],
            ].map(([cx, cy, r]) => s('circle', { class: 'spark', cx, cy, r })),
        ),
        h('h2', {}, 'Nobody yet'),
        h('p', {}, 'Hold two pins back to back until both light up: that makes a friend.'),
    );

function draw(app, scope) {
    const { store } = app,
        list = h('ul', { class: 'people' }),
        said = h('p', { 'class': 'hint', 'aria-live': 'polite' });
    const search = h('input', { type: 'search', id: 'search', placeholder: 'Name, title, note', oninput: () => show() });
    const order = h(
        'select',
        { id: 'order', onchange: () => show() },
        Object.entries(ORDERS).map(([value, [label]]) => h('option', { value }, label)),
    );
    const more = h(
        'button',
        {
            class: 'quiet wide',
            onclick: () => {
                most += STEP * 4;
                show(false);
            },
        },
        'Show more',
    );
    const empty = nobody(),
        tools = h(
            'div',
            { class: 'tools' },
            field('Search', search),
            field('Order', order),
            h(
                'div',
                { 'class': 'exports', 'role': 'group', 'aria-label': 'Save all friends as a file' },
                exporter(app, 'vcard'),
                exporter(app, 'csv'),
            ),
        );
    let most = STEP;
    const show = (anew = true) => {
        most = anew ? STEP : most;
        const asked = plain(search.value).split(/\s+/).filter(Boolean),
            today = store.get('today'),
            blocked = new Set(store.get('blocked'));
        const found = [...store.get('friends').values()]
            .filter((friend) => asked.every((word) => words(friend).includes(word)))
            .sort(ORDERS[order.value][1]);
        list.replaceChildren(...found.slice(0, most).map((friend) => row(friend, today, blocked.has(friend.id))));
        more.hidden = found.length <= most;
        const all = store.get('friends').size,
            counted = store.get('counted');
        said.textContent = !store.get('synced')
            ? `Reading the friend book: ${all} of ${counted || '…'}`
            : asked.length
              ? `${count(found.length, 'friend')} of ${all}`
              : all
                ? count(all, 'friend')
                : '';
        empty.hidden = all > 0 || !store.get('synced');
        tools.hidden = !empty.hidden;
    };
    store.watch(scope, ['friends', 'blocked', 'synced', 'today'], () => show(false));
    return h('section', { class: 'friends' }, h('h1', {}, 'Friends'), tools, said, empty, list, more);
}

export default { draw };
