/* Medals and errands: what was earned, and how far the rest is. */
import { MEDALS } from '../disc.js';
import { h, icon } from '../dom.js';
import { meter } from '../plots.js';
import { capital, count } from '../words.js';
import { shareOf } from './today.js';

const FROM = {
    rookie: 'from the first',
    bronze: 'from 50 friends',
    silver: 'from 100 friends',
    gold: 'more than 150 friends',
};

function draw(app, scope) {
    const place = h('div', {});
    app.store.watch(scope, ['errands'], () => {
        const known = app.store.get('errands');
        if (!known) return place.replaceChildren(h('p', { class: 'hint' }, 'Asking the pin …'));
        const rank = MEDALS.indexOf(known.medal),
            done = known.errands.filter(([, over]) => over).length;
        return place.replaceChildren(
            h('p', { class: 'lead' }, `${count(known.friends, 'friend')}. ${known.next_medal}.`),
            h(
                'ul',
                { class: 'medals' },
                MEDALS.map((medal, at) =>
                    h(
                        'li',
                        { class: at > rank ? 'ahead' : at === rank ? 'worn' : '' },
                        h('img', { src: `medals/${medal}.svg`, alt: '', width: 120, height: 140 }),
                        h('strong', {}, capital(medal)),
                        h('small', {}, at === rank ? 'yours now' : at < rank ? 'earned' : FROM[medal]),
                    ),
                ),
            ),
            h('h2', {}, 'Errands'),
            h('p', { class: 'hint' }, `${done} of ${known.errands.length} done. Each opens a design.`),
            h(
                'ul',
                { class: 'errands' },
                known.errands.map(([title, over, far]) =>
                    h(
                        'li',
                        { class: over ? 'done' : '' },
                        h('span', { 'class': 'check', 'aria-hidden': 'true' }, over ? icon('check') : null),
                        h('span', {}, title),
                        h('small', {}, far),
                        over || !shareOf(far) ? null : meter(shareOf(far)),
                    ),
                ),
            ),
        );
    });
    if (app.store.get('link') === 'on') app.session.loadErrands().catch((problem) => app.say(problem.message, 'trouble'));
    return h('section', { class: 'medals-view' }, h('h1', {}, 'Medals and errands'), place);
}

export default { draw };
