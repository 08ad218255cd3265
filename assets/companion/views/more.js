/* On a phone: the places that the bar has no room for. */
import { h, icon } from '../dom.js';

const WORDS = {
    boards: 'You among your friends',
    designs: '33 sports to wear',
    medals: 'What you earned, what is next',
    settings: 'Screen, steps, this phone',
    log: 'What the pin wrote down',
};

function draw(app) {
    return h(
        'section',
        {},
        h('h1', {}, 'More'),
        h(
            'ul',
            { class: 'more' },
            app.places
                .filter(({ place }) => WORDS[place])
                .map(({ place, title, sign }) =>
                    h(
                        'li',
                        {},
                        h(
                            'a',
                            { href: `#/${place}` },
                            icon(sign),
                            h('span', {}, h('strong', {}, title), h('small', {}, WORDS[place])),
                        ),
                    ),
                ),
        ),
    );
}

export default { draw };
