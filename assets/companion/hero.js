/* The pin itself, beside or above every view: what it shows at this moment, or would show once the card is saved. Its ground
 * takes the colours of the design.
 */
import { h, icon } from './dom.js';
import { COLOURS, Face } from './pin/face.js';
import { known } from './session.js';
import { Scope } from './store.js';

const LINK_WORDS = {
    off: 'Not connected',
    connecting: 'Connecting',
    on: 'Connected',
    lost: 'Out of reach',
    returning: 'Connecting',
};
const MOMENT_MS = 4000;
const DEMO = { name: 'Amelia Q', title: 'Field Engineer', organisation: 'Northwind Labs' };

export class Hero {
    constructor(app, element) {
        this.app = app;
        this.element = element;
        this.face = new Face(app.fonts);
        this.link = h('p', { class: 'link' });
        this.hint = h('p', { class: 'face-hint' });
        const find = h(
            'button',
            {
                class: 'find',
                onclick: () =>
                    app.act(find, async () => {
                        await app.session.find();
                        app.say('Your pin is lit up now.');
                    }),
            },
            icon('find'),
            'Find my pin',
        );
        element.append(
            h('div', { class: 'brand' }, h('a', { href: '#/', class: 'word' }, 'Cloud Pin'), this.link),
            h('div', { class: 'stand' }, this.face.element),
            h('div', { class: 'below' }, this.hint, find),
        );
        app.store.watch(new Scope(), ['card', 'draft', 'designs', 'strip', 'tried', 'link'], () => this.#draw());
        app.store.watch(new Scope(), ['link', 'battery'], () => this.#words());
        app.store.watch(new Scope(), ['met'], () => this.#celebrate());
    }

    #words() {
        const link = this.app.store.get('link'),
            battery = this.app.store.get('battery');
        const cell =
            link === 'on' && battery?.percent != null ? `${battery.percent} %${battery.charging ? ', charging' : ''}` : '';
        this.link.replaceChildren(
            h('span', { class: `dot ${link}` }),
            LINK_WORDS[link],
            cell ? h('span', { class: 'cell' }, cell) : '',
            link !== 'lost'
                ? ''
                : h(
                      'button',
                      {
                          class: 'again',
                          onclick: () =>
                              this.app.session.connect().catch((problem) => this.app.say(problem.message, 'trouble')),
                      },
                      'Connect',
                  ),
        );
    }

    /* A friend comes while somebody looks: the pin's own moment, then what it showed before. */
    #celebrate() {
        const met = this.app.store.get('met');
        if (!met) return;
        clearTimeout(this.moment);
        this.face.showMeeting(this.app.store.get('card')?.name ?? '', met.friend.name, met.number);
        this.moment = setTimeout(() => {
            this.moment = null;
            this.#draw();
        }, MOMENT_MS);
    }

    async #draw() {
        if (this.moment) return;
        const { store } = this.app;
        const [card, draft, designs, tried] = ['card', 'draft', 'designs', 'tried'].map((key) => store.get(key));
        const inside = known(store),
            bare = inside && !draft && !card?.name;
        const shown = draft ?? { ...card, strip: store.get('strip') };
        const number = inside ? (tried ?? designs?.chosen ?? -1) : -1;
        const preview = inside && (draft || (tried !== null && tried !== designs?.chosen));
        this.hint.replaceChildren(...(preview ? ['Preview', h('span', {}, ', not on the pin yet')] : []));
        this.element.classList.toggle('preview', Boolean(preview));
        if (bare && tried === null) {
            this.face.showWords('The pin has no card yet.', [
                ['No card yet', 116, COLOURS.paper, 36],
                ['Write yours here', 154, COLOURS.sky, 20],
            ]);
            return;
        }
        const look = await this.face
            .showCard(inside ? shown : DEMO, number, designs?.names ?? [], inside ? shown.strip : null)
            .catch(() => null);
        if (look) this.#colour(look, number);
    }

    #colour({ plate, ground }, number) {
        const style = document.documentElement.style;
        style.setProperty('--hero', number < 0 ? 'var(--night)' : plate.ground);
        style.setProperty('--hero-ground', ground);
    }
}
