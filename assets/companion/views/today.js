/* The day at a glance: steps, friends, what comes next. */
import { disc } from '../disc.js';
import { h, icon } from '../dom.js';
import { meter, ring, spark } from '../plots.js';
import { ago, count, number } from '../words.js';

const MOST = 5;
const CALL = 'Your name is what the pin shows, and what friends take home. Until there is one, it makes no friends.';

const greeting = (hour) =>
    hour < 5 ? 'Good night' : hour < 12 ? 'Good morning' : hour < 18 ? 'Good afternoon' : 'Good evening';

function stepsCard(store) {
    const steps = store.get('steps');
    if (!steps)
        return h(
            'a',
            { class: 'card waiting', href: '#/steps' },
            h('h2', {}, 'Steps'),
            h('p', { class: 'hint' }, 'Asking the pin …'),
        );
    if (!steps.counting)
        return h(
            'a',
            { class: 'card', href: '#/settings' },
            h('h2', {}, 'Steps'),
            h('p', {}, 'The step counter is switched off.'),
        );
    const reached = steps.steps >= steps.goal;
    return h(
        'a',
        { class: 'card steps-card', href: '#/steps' },
        ring(
            steps.steps / steps.goal,
            `${number(steps.steps)} of ${count(steps.goal, 'step')}`,
            icon('steps'),
            h('strong', {}, number(steps.steps)),
            h('span', {}, reached ? 'goal reached' : `of ${number(steps.goal)}`),
        ),
        h(
            'div',
            {},
            h('h2', {}, 'Steps'),
            h('p', { class: 'figure' }, reached ? 'Goal reached' : `${number(steps.goal - steps.steps)} to go`),
            steps.distance ? h('p', { class: 'hint' }, steps.distance) : null,
        ),
        spark(store.get('history')),
    );
}

function friendsCard(store) {
    const friends = [...store.get('friends').values()].sort(
        (one, other) => other.met[1] - one.met[1] || (other.met[3] ?? -1) - (one.met[3] ?? -1),
    );
    const today = store.get('today'),
        met = friends.filter((friend) => friend.met[0] === today).length;
    return h(
        'section',
        { class: 'card friends-card' },
        h('h2', {}, h('a', { href: '#/friends' }, 'Friends')),
        h(
            'p',
            { class: 'figure' },
            number(store.get('counted') || friends.length),
            h('small', {}, met ? `${met} new today` : ''),
        ),
        friends.length
            ? h(
                  'ul',
                  { class: 'latest' },
                  friends
                      .slice(0, MOST)
                      .map((friend) =>
                          h(
                              'li',
                              {},
                              h(
                                  'a',
                                  { href: `#/friends/${friend.id}` },
                                  disc(friend),
                                  h('span', {}, h('bdi', {}, friend.name)),
                                  h('small', {}, ago(friend.met[1], today)),
                              ),
                          ),
                      ),
              )
            : h('p', { class: 'hint' }, 'Hold two pins back to back: that makes a friend.'),
    );
}

function nextCard(app) {
    const { store } = app,
        errands = store.get('errands'),
        designs = store.get('designs');
    if (!errands) return null;
    const left = errands.errands.filter(([, done]) => !done).slice(0, 3);
    return h(
        'section',
        { class: 'card next-card' },
        h('h2', {}, 'What comes next'),
        h(
            'ul',
            { class: 'goals' },
            h(
                'li',
                {},
                icon('designs'),
                h('span', {}, errands.next_design),
                h('small', {}, `${designs?.unlocked ?? 0} of 33`),
            ),
            h('li', {}, icon('medal'), h('span', {}, errands.next_medal)),
            left.map(([title, , far]) =>
                h(
                    'li',
                    {},
                    h('span', { 'class': 'open', 'aria-hidden': 'true' }),
                    h('span', {}, title),
                    h('small', {}, far),
                    meter(shareOf(far)),
                ),
            ),
        ),
    );
}

/* '7,312 of 10,000 steps' as a share. */
export function shareOf(far) {
    const [done, all] = (far.match(/[\d,]+/g) ?? []).map((digits) => Number(digits.replaceAll(',', '')));
    return all ? done / all : 0;
}

function draw(app, scope) {
    const cards = h('div', { class: 'cards' }),
        title = h('h1', {}, 'Today'),
        call = h('div', {});
    app.store.watch(scope, ['card'], () => {
        const first = app.store.get('card')?.name;
        title.textContent = `${greeting(new Date().getHours())}${first ? '' : ', and welcome'}`;
        call.replaceChildren(
            ...(first
                ? []
                : [h('a', { class: 'card call', href: '#/card' }, h('h2', {}, 'Make your card'), h('p', {}, CALL))]),
        );
    });
    app.store.watch(scope, ['steps', 'history', 'friends', 'errands', 'designs', 'counted'], () =>
        cards.replaceChildren(...[stepsCard(app.store), friendsCard(app.store), nextCard(app)].filter(Boolean)),
    );
    return h('section', { class: 'today' }, title, call, cards);
}

export default { draw };
