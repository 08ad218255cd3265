/* Plots, drawn by hand in SVG: bars with a goal across them, a ring, a rank's bar.
 *
 * Each plot can be read without seeing it: its name says what it shows, arrow keys walk along its bars and the words of the
 * chosen one stand above it in an <output>.
 */
import { freshId, h, s } from './dom.js';
import { letterOf, number } from './words.js';

const HIGH = 200,
    FLOOR = 26,
    LEAST = 3,
    MARGIN = 52; // in units of the drawing; the scale stands in the margin

const SPARK_HIGH = 72;
const narrow = () => matchMedia('(width < 620px)').matches;

/* Round figures for the scale, at most three above 0. */
export function ticks(most) {
    const rough = Math.max(1, most) / 3,
        power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 2.5, 5, 10].map((times) => times * power).find((one) => one >= rough);
    return Array.from({ length: Math.floor(most / step) }, (_, at) => step * (at + 1));
}

/* Bars of `values`; `words(at)` says one, `marks(at)` is the sign below it or ''. `goal` is drawn across where it is not 0,
 * and bars that reach it have another colour; `chosen` is the bar whose words show first. `onChoose(at)`: it was opened.
 * `wide`: its width beside other things, in units of which type takes 14. */
export function bars({
    name,
    values,
    words,
    marks,
    goal = 0,
    chosen = values.length - 1,
    onChoose = null,
    wide: broad = 640,
}) {
    const whole = narrow() ? 340 : broad,
        room = whole - MARGIN;
    const most = Math.max(goal * 1.1, ...values, 1),
        step = room / values.length,
        wide = Math.min(34, step * 0.62);
    const y = (value) => HIGH - (value / most) * (HIGH - 12);
    const output = h('output', { class: 'plot-words', id: freshId('words') }, words(chosen));
    const columns = values.map((value, at) => {
        const top = Math.min(y(value), HIGH - LEAST),
            x = step * (at + 0.5);
        return s(
            'g',
            { class: `bar${goal && value >= goal ? ' reached' : ''}${value ? '' : ' none'}` },
            s('rect', { class: 'reach', x: step * at, y: 0, width: step, height: HIGH + FLOOR }),
            s('rect', { class: 'ink', x: x - wide / 2, y: top, width: wide, height: HIGH - top, rx: Math.min(wide / 2, 6) }),
            s('text', { x, 'y': HIGH + FLOOR - 5, 'text-anchor': 'middle' }, marks(at)),
        );
    });
    const lines = ticks(most).map((value) =>
        s(
            'g',
            { class: 'tick' },
            s('line', { x1: 0, x2: room, y1: y(value), y2: y(value) }),
            s('text', { 'x': whole, 'y': y(value) + 5, 'text-anchor': 'end' }, number(value)),
        ),
    );
    const drawing = s(
        'svg',
        {
            'viewBox': `0 0 ${whole} ${HIGH + FLOOR}`,
            'role': 'application',
            'tabindex': 0,
            'class': 'bars',
            'aria-label': `${name} Arrow keys move from bar to bar.`,
            'aria-describedby': output.id,
        },
        lines,
        columns,
        goal ? s('line', { class: 'goal', x1: 0, x2: room, y1: y(goal), y2: y(goal) }) : null,
    );
    let at = chosen;
    const show = (next) => {
        columns[at].classList.remove('chosen');
        at = Math.max(0, Math.min(values.length - 1, next));
        columns[at].classList.add('chosen');
        output.textContent = words(at);
    };
    show(at);
    columns.forEach((column, place) => {
        column.addEventListener('pointerenter', () => show(place));
        column.addEventListener('click', () => {
            show(place);
            onChoose?.(place);
        });
    });
    drawing.addEventListener('keydown', (event) => {
        const next = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: values.length - 1 }[event.key];
        if (next !== undefined) show(next);
        else if (['Enter', ' '].includes(event.key)) onChoose?.(at);
        else return;
        event.preventDefault();
    });
    return h('div', { class: 'plot' }, output, drawing);
}

/* A ring of which `share` (0 to 1) is done, around what stands in its middle. */
export function ring(share, label, ...middle) {
    const radius = 92,
        length = 2 * Math.PI * radius,
        cap = 7; // the round ends lie within the share
    const circle = (kind, dashes, turn = 0) =>
        s('circle', {
            'class': kind,
            'cx': 100,
            'cy': 100,
            'r': radius,
            'stroke-dasharray': dashes,
            'stroke-dashoffset': turn,
        });
    return h(
        'div',
        { 'class': 'ring', 'role': 'img', 'aria-label': label },
        s(
            'svg',
            { 'viewBox': '0 0 200 200', 'aria-hidden': 'true' },
            circle('track', `${length} 0`),
            share > 0
                ? circle(
                      'done',
                      ...(share >= 1 ? [`${length} 0`] : [`${Math.max(0.01, length * share - 2 * cap)} ${length}`, -cap]),
                  )
                : null,
        ),
        h('div', { 'class': 'middle', 'aria-hidden': 'true' }, middle),
    );
}

/* The last seven days of a history as small bars over the letters of their weekdays. The figures stand elsewhere. */
export function spark(history) {
    if (!history?.counting) return null;
    const values = history.steps.slice(-7),
        most = Math.max(history.goal, ...values);
    const bar = (value, at) => {
        const high = Math.max(LEAST, (value / most) * SPARK_HIGH);
        return s(
            'g',
            { class: `bar${value >= history.goal ? ' reached' : ''}${value ? '' : ' none'}` },
            s('rect', { class: 'ink', x: 40 * at + 8, y: SPARK_HIGH - high, width: 24, height: high, rx: 4 }),
            s('text', { 'x': 40 * at + 20, 'y': SPARK_HIGH + 18, 'text-anchor': 'middle' }, letterOf(history.day - 6 + at)),
        );
    };
    const box = `0 0 280 ${SPARK_HIGH + 22}`;
    return s('svg', { 'class': 'bars spark', 'viewBox': box, 'aria-hidden': 'true' }, values.map(bar));
}

/* A bar of `share` (0 to 1), for rows. */
export const meter = (share, kind = '') =>
    s(
        'svg',
        { 'class': `meter ${kind}`, 'viewBox': '0 0 100 6', 'preserveAspectRatio': 'none', 'aria-hidden': 'true' },
        s('rect', { class: 'track', width: 100, height: 6 }),
        s('rect', { class: 'done', width: Math.max(0, Math.min(1, share)) * 100, height: 6 }),
    );
