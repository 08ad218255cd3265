/* The boards: the wearer among friends, by steps today and by friends, each with the age of its figure. */
import { disc } from '../disc.js';
import { h } from '../dom.js';
import { meter } from '../plots.js';
import { number } from '../words.js';

const TITLES = { steps: ['Steps today', 'step'], friends: ['Friends', 'friend'] };

function when(name, age, hours) {
    if (!name) return '';
    if (age === null) return 'day unknown';
    if (age < 0) return 'dated ahead';
    if (age === 0) return hours === null ? 'today' : hours ? `${hours} h ago` : 'just now';
    return age === 1 ? 'yesterday' : `${age} days ago`;
}

function board({ measure, rows }, friends) {
    const [title] = TITLES[measure],
        most = Math.max(1, ...rows.filter(([place]) => place).map(([, , figure]) => figure));
    const known = new Map([...friends.values()].map((friend) => [friend.name, friend]));
    const line = ([place, name, figure, age, hours]) =>
        h(
            'li',
            { class: `${name ? '' : 'you'}${place ? '' : ' unranked'}` },
            h('span', { class: 'place' }, place ?? '–'),
            name ? disc(known.get(name) ?? { name, id: name }) : h('span', { class: 'disc mine' }, h('span', {}, '★')),
            h(
                'span',
                { class: 'who' },
                h('strong', {}, h('bdi', {}, name || 'You')),
                h('small', {}, when(name, age, hours)),
            ),
            h('span', { class: 'number' }, number(figure)),
            place ? meter(figure / most, name ? '' : 'mine') : null,
        );
    const ranked = rows.filter(([place]) => place),
        others = rows.filter(([place]) => !place);
    return h(
        'section',
        { class: 'card board' },
        h('h2', {}, title),
        h('ol', {}, ranked.map(line)),
        others.length ? [h('h3', {}, 'Of other days'), h('ul', {}, others.map(line))] : null,
    );
}

function draw(app, scope) {
    const place = h('div', { class: 'cards two' });
    app.store.watch(scope, ['boards', 'friends'], () => {
        const boards = app.store.get('boards');
        place.replaceChildren(
            ...(boards
                ? boards.map((one) => board(one, app.store.get('friends')))
                : [
                      h(
                          'p',
                          { class: 'hint' },
                          'The pin reads what your friends told it. With many friends that takes a few seconds.',
                      ),
                  ]),
        );
    });
    const load = () => app.session.loadBoards().catch((problem) => app.say(problem.message, 'trouble'));
    const again = h('button', { class: 'quiet small', onclick: () => app.act(again, load) }, 'Look again');
    if (app.store.get('link') === 'on') load();
    return h(
        'section',
        {},
        h('div', { class: 'card-head' }, h('h1', {}, 'Boards'), again),
        h('p', { class: 'lead' }, 'As your friends’ pins told it when you last met.'),
        place,
    );
}

export default { draw };
