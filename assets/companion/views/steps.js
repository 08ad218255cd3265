/* Steps: today as a ring and by hour, the last days as bars; a day that is opened shows its hours. */
import { choices, h, icon } from '../dom.js';
import { bars, ring } from '../plots.js';
import { count, hour, letterOf, number, shortDay } from '../words.js';

const HOURLY = 7; // days whose hours the pin keeps
const SPANS = { 7: 'Week', 30: 'Month' };

function todayRing(steps) {
    const reached = steps.steps >= steps.goal;
    return h(
        'section',
        { class: 'card ring-card' },
        ring(
            steps.steps / steps.goal,
            `Today ${number(steps.steps)} of ${count(steps.goal, 'step')}.`,
            icon('steps'),
            h('strong', {}, number(steps.steps)),
            h('span', {}, reached ? 'goal reached' : `of ${number(steps.goal)}`),
        ),
        h(
            'p',
            { class: 'hint' },
            [reached ? '' : `${number(steps.goal - steps.steps)} to go`, steps.distance].filter(Boolean).join(', '),
        ),
    );
}

function days(history, span, onOpen) {
    const values = history.steps.slice(-span),
        first = history.day - values.length + 1;
    const wordsOf = (at) =>
        `${at === values.length - 1 ? 'Today' : shortDay(first + at)}: ${count(values[at], 'step')}` +
        (values[at] >= history.goal ? ', goal reached' : '');
    const sum = values.reduce((all, value) => all + value, 0),
        known = values.filter(Boolean).length || 1;
    return [
        bars({
            name: `Steps of ${values.length} days, the goal is ${number(history.goal)}.`,
            values,
            words: wordsOf,
            goal: history.goal,
            wide: 440,
            marks: (at) =>
                span === 7
                    ? letterOf(first + at)
                    : (values.length - 1 - at) % 7
                      ? ''
                      : shortDay(first + at).replace(/^\w+,? /, ''),
            onChoose: (at) => onOpen(first + at),
        }),
        h(
            'dl',
            { class: 'sums' },
            [
                ['Together', number(sum)],
                ['A day', number(Math.round(sum / known))],
                ['Goals', `${values.filter((value) => value >= history.goal).length} of ${values.length}`],
            ].map(([label, value]) => h('div', {}, h('dt', {}, label), h('dd', {}, value))),
        ),
        span === 7 ? h('p', { class: 'hint plot-hint' }, 'Choose a day to see its hours below.') : null,
    ];
}

function hours(day, label) {
    const busiest = day.hours.indexOf(Math.max(...day.hours));
    return [
        h('h2', {}, label),
        day.steps
            ? bars({
                  name: `Steps by hour, ${label}.`,
                  values: day.hours,
                  chosen: busiest,
                  words: (at) => `${hour(at)} to ${hour(at + 1)}: ${count(day.hours[at], 'step')}`,
                  marks: (at) => (at % 6 ? '' : hour(at)),
              })
            : h('p', { class: 'hint' }, 'Nobody walked.'),
    ];
}

function draw(app, scope) {
    const { store } = app,
        place = h('div', { class: 'steps-cards' });
    const plot = h('div', {}),
        byHour = h('section', { 'class': 'card whole', 'aria-live': 'polite' });
    let span = 7;
    const choice = choices('Days to show', SPANS, (value) => {
        span = Number(value);
        drawDays();
    });
    const open = async (day) => {
        const today = store.get('history').day;
        if (day > today - HOURLY)
            await app.act(null, async () =>
                byHour.replaceChildren(
                    ...hours(
                        day === today ? store.get('steps') : await app.session.stepsOf(day),
                        day === today ? 'Today by the hour' : `${shortDay(day)} by the hour`,
                    ),
                ),
            );
        else app.say(`The pin keeps the hours of ${HOURLY} days.`);
    };
    const drawDays = () =>
        store.get('history') && plot.replaceChildren(...days(store.get('history'), span, open).filter(Boolean));
    store.watch(scope, ['steps', 'history'], () => {
        const steps = store.get('steps'),
            history = store.get('history');
        if (!steps || !history) return place.replaceChildren(h('p', { class: 'hint' }, 'Asking the pin …'));
        if (!steps.counting)
            return place.replaceChildren(
                h('p', {}, 'The step counter is switched off. ', h('a', { href: '#/settings' }, 'Settings')),
            );
        if (!place.contains(plot)) {
            const days = h(
                'section',
                { class: 'card' },
                h('div', { class: 'card-head' }, h('h2', {}, 'Days'), choice),
                plot,
            );
            place.replaceChildren(h('div', { class: 'cards two' }, h('div', { class: 'ring-place' }), days, byHour));
            drawDays();
            byHour.replaceChildren(...hours(steps, 'Today by the hour'));
        }
        place.querySelector('.ring-place').replaceChildren(todayRing(steps));
        return plot.contains(document.activeElement) || drawDays(); // not under somebody's fingers
    });
    if (store.get('link') === 'on') app.session.loadSteps().catch((problem) => app.say(problem.message, 'trouble'));
    return h('section', { class: 'steps' }, h('h1', {}, 'Steps'), place);
}

export default { draw };
