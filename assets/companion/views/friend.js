/* One friend: the card, what the pins told each other, the wearer's note, and how to be rid of somebody. */
import { MEDALS, disc } from '../disc.js';
import { confirmed, field, h } from '../dom.js';
import { pictureOf } from '../pin/strip.js';
import { capital, count, fullDay, hour, number } from '../words.js';

const linked = (href, text) => h('a', { href, rel: 'noreferrer noopener', target: '_blank' }, text);
const safeWeb = (text) => (/^https?:\/\//i.test(text) ? linked(text, text.replace(/^https?:\/\//i, '')) : text);

function contact(friend) {
    const rows = [
        ...(friend.phone ?? []).map((text) => ['Phone', linked(`tel:${text.replace(/[^\d+#*]/g, '')}`, text)]),
        ...(friend.email ?? []).map((text) => [
            'Email',
            linked(`mailto:${encodeURIComponent(text).replace('%40', '@')}`, text),
        ]),
        ...(friend.web ?? []).map((text) => ['Web', safeWeb(text)]),
        ...(friend.handles ?? []).map(([service, handle]) => [service || 'Handle', safeWeb(handle)]),
    ];
    return rows.length
        ? h(
              'dl',
              { class: 'rows' },
              rows.map(([label, value]) => h('div', {}, h('dt', {}, label), h('dd', {}, value))),
          )
        : h('p', { class: 'hint' }, 'Nothing but the name was told.');
}

function figures(friend) {
    const [steps, today, friends, medal] = friend.told,
        [met, last, days, at] = friend.met;
    const rows = [
        ['Met', fullDay(met)],
        ['Last met', `${fullDay(last)}${at === null || at === undefined ? '' : `, ${hour(at)}`}`],
        ['Met on', count(days, 'day')],
        ['Steps that day', steps === null ? 'not told' : number(steps)],
        ['Friends', `${number(friends)}${today ? `, ${number(today)} that day` : ''}`],
        ['Medal', capital(MEDALS[medal])],
    ];
    return h(
        'dl',
        { class: 'rows figures' },
        rows.map(([label, value]) => h('div', {}, h('dt', {}, label), h('dd', {}, value))),
    );
}

function note(app, friend) {
    const most = app.protocol.friend.fields.note.max;
    const text = h('textarea', { rows: 3, dir: 'auto', maxlength: most, value: friend.note ?? '' });
    const keep = h('button', { class: 'quiet', disabled: true }, 'Keep the note');
    text.addEventListener('input', () => {
        keep.disabled = text.value.trim() === (friend.note ?? '');
    });
    return h(
        'form',
        {
            class: 'note',
            onsubmit: async (event) => {
                event.preventDefault();
                const said = text.value.toWellFormed().replace(/\s+/g, ' ').trim();
                if (await app.act(keep, () => app.session.note(friend, said))) app.say('The note is on the pin.');
            },
        },
        field('Your note', text, `Only you can read it. At most ${most} characters.`),
        keep,
    );
}

function farewell(app, friend) {
    const blocked = app.store.get('blocked').includes(friend.id);
    const block = h(
        'button',
        {
            class: 'quiet',
            onclick: () =>
                app.act(block, async () => {
                    if (
                        !blocked &&
                        !(await confirmed(
                            `Block ${friend.name}?`,
                            'Your pin will not exchange cards with theirs any more. They stay in your book and in your count.',
                            'Block',
                        ))
                    )
                        return;
                    await app.session.block(friend, !blocked);
                    app.say(blocked ? `${friend.name} can tap your pin again.` : `${friend.name} is blocked.`);
                }),
        },
        blocked ? 'Unblock' : 'Block',
    );
    const remove = h(
        'button',
        {
            class: 'danger',
            onclick: () =>
                app.act(remove, async () => {
                    if (
                        !(await confirmed(
                            `Delete ${friend.name}?`,
                            'The card and your note are gone from the pin for good. What you earned stays yours.',
                            'Delete',
                        ))
                    )
                        return;
                    await app.session.deleteFriend(friend);
                    app.say(`${friend.name} is no longer in your book.`);
                    app.go('friends');
                }),
        },
        'Delete',
    );
    return h('div', { class: 'actions' }, block, remove);
}

function head(friend, strip) {
    const lead = [friend.title, friend.organisation].filter(Boolean).join(', ');
    const words = h('div', {}, h('h1', {}, h('bdi', {}, friend.name)), strip, h('p', { class: 'lead' }, lead));
    return h('header', { class: 'person' }, disc(friend, 'huge'), words);
}

const nobody = (synced) => [
    h('h1', {}, 'Nobody here'),
    h('p', {}, synced ? 'This friend is not in the book any more.' : 'The friend book is still being read.'),
    h('p', {}, h('a', { href: '#/friends' }, 'All friends')),
];

function draw(app, scope, [id]) {
    const page = h('section', { class: 'friend' });
    let before = null;
    const show = () => {
        const friend = app.store.get('friends').get(id),
            state = JSON.stringify([friend, app.store.get('blocked').includes(id)]);
        if (state === before) return;
        before = state;
        if (!friend) return page.replaceChildren(...nobody(app.store.get('synced')));
        const strip = h('span', { class: 'strip' });
        page.replaceChildren(
            h('p', { class: 'back' }, h('a', { href: '#/friends' }, '← Friends')),
            head(friend, strip),
            h(
                'div',
                { class: 'cards two' },
                h('section', { class: 'card' }, h('h2', {}, 'Card'), contact(friend)),
                h('section', { class: 'card' }, h('h2', {}, 'When you met'), figures(friend)),
                h('section', { class: 'card whole' }, note(app, friend)),
            ),
            farewell(app, friend),
        );
        if (friend.strip)
            app.session.friendStrip(id).then(
                (picture) =>
                    picture &&
                    strip.replaceChildren(
                        h('img', {
                            src: pictureOf(picture, '#FFFFFF'),
                            alt: '',
                            width: picture.width,
                            height: picture.height,
                        }),
                    ),
                () => {},
            );
    };
    app.store.watch(scope, ['friends', 'blocked', 'synced'], show);
    return page;
}

export default { draw };
