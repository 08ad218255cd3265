/* The gallery: the plain design and the 33 sports; which are the wearer's, and what the next one takes. A tap tries one on the
 * pin beside it, the button under it puts it there.
 */
import { h, icon } from '../dom.js';

const COUNT = 33;

function tile(app, number, unlocked, chosen, onTry) {
    const design = app.design(number),
        open = number < unlocked;
    const words = [design.name, chosen ? 'on the pin' : open ? '' : 'locked'].filter(Boolean).join(', ');
    return h(
        'li',
        {},
        h(
            'button',
            {
                'class': `tile${open ? '' : ' locked'}`,
                'data-design': number,
                'aria-label': words,
                'onclick': () => onTry(number),
            },
            h(
                'span',
                { class: 'art' },
                h('img', { src: design.address, alt: '', width: 120, height: 120, loading: 'lazy' }),
                open ? null : icon('lock'),
            ),
            h('span', { 'class': 'label', 'aria-hidden': 'true' }, design.name.replace('/', '/\u200b')),
        ),
    );
}

function draw(app, scope) {
    const { store } = app,
        grid = h('ul', { class: 'gallery' }),
        lead = h('p', { class: 'lead' });
    const bar = h('div', { 'class': 'actions sticky', 'aria-live': 'polite' });
    const tryOn = (number) => {
        store.set({ tried: number });
    };
    const choose = h('button', {
        class: 'primary',
        onclick: () =>
            app.act(choose, async () => {
                const number = store.get('tried');
                await app.session.chooseDesign(number);
                store.set({ tried: null });
                app.say(`${app.design(number).name} is on the pin.`);
            }),
    });
    const mark = () => {
        const designs = store.get('designs'),
            tried = store.get('tried') ?? designs.chosen;
        for (const button of grid.querySelectorAll('button')) {
            const number = Number(button.dataset.design);
            button.setAttribute('aria-pressed', String(number === tried));
            button.classList.toggle('chosen', number === designs.chosen);
        }
        const open = tried < designs.unlocked,
            name = app.design(tried).name;
        choose.textContent = `Put ${name} on the pin`;
        bar.replaceChildren(
            ...(tried === designs.chosen
                ? []
                : open
                  ? [h('button', { class: 'quiet', onclick: () => store.set({ tried: null }) }, 'Back'), choose]
                  : [h('p', {}, icon('lock'), `${name} is still locked. ${designs.next}.`)]),
        );
    };
    store.watch(scope, ['designs'], () => {
        const designs = store.get('designs');
        if (!designs) return lead.replaceChildren('Asking the pin …');
        lead.textContent = `${designs.unlocked} of ${COUNT} are yours. ${designs.next}.`;
        grid.replaceChildren(
            ...Array.from({ length: COUNT + 1 }, (_, at) =>
                tile(app, at - 1, designs.unlocked, at - 1 === designs.chosen, tryOn),
            ),
        );
        return mark();
    });
    store.watch(scope, ['tried'], () => store.get('designs') && mark());
    scope.atEnd(() => store.set({ tried: null }));
    return h('section', { class: 'designs' }, h('h1', {}, 'Designs'), lead, grid, bar);
}

export default { draw };
