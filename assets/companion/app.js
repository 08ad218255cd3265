/* The page: what is where, which view shows, and the parts that all views share. Starts everything. */
import { lookOf, designAt } from './designs.js';
import { freshId, h, icon } from './dom.js';
import { Fonts } from './pin/font.js';
import { SubstituteFonts } from './pin/substitute.js';
import { Hero } from './hero.js';
import { NOTHING, Session, known } from './session.js';
import { Scope, Store } from './store.js';
import { choose } from './transport.js';
import boards from './views/boards.js';
import card from './views/card.js';
import connect from './views/connect.js';
import designs from './views/designs.js';
import friend from './views/friend.js';
import friends from './views/friends.js';
import log from './views/log.js';
import medals from './views/medals.js';
import more from './views/more.js';
import settings from './views/settings.js';
import steps from './views/steps.js';
import today from './views/today.js';

/* place: [view, title, icon, class in the bar of places; '' shows there always] */
const PLACES = {
    '': [today, 'Today', 'today', ''],
    'card': [card, 'Card', 'card', ''],
    'friends': [friends, 'Friends', 'friends', ''],
    'steps': [steps, 'Steps', 'steps', ''],
    'boards': [boards, 'Boards', 'boards', 'wide'],
    'designs': [designs, 'Designs', 'designs', 'wide'],
    'medals': [medals, 'Medals and errands', 'medal', 'wide'],
    'settings': [settings, 'Settings', 'tools', 'wide'],
    'more': [more, 'More', 'more', 'narrow'],
    'log': [log, 'Log', 'log', 'hidden'],
};
const BELOW = { boards: 'more', designs: 'more', medals: 'more', settings: 'more', log: 'more' };
const BESIDE = ['card', 'designs']; // where the pin stays in sight on a phone too
const SAID_MS = 6000,
    MOST_SAID = 2; // sentences at a time

class App {
    #scope = new Scope();
    #shown = null;

    constructor(protocol, fonts) {
        this.protocol = protocol;
        this.fonts = fonts;
        this.store = new Store({ ...NOTHING });
        this.session = new Session(
            this.store,
            () => choose(new URL(location.href), protocol, connect.askDigits),
            protocol,
            (sentence, kind) => this.say(sentence, kind),
        );
        this.main = document.getElementById('main');
        this.hero = new Hero(this, document.getElementById('hero'));
        addEventListener('hashchange', () => this.show());
        this.#drawPlaces();
        this.store.watch(new Scope(), ['link'], () => this.#linkChanged());
        this.store.watch(new Scope(), ['designs'], () => this.#keepDesigns());
        this.show(false);
    }

    get places() {
        return Object.entries(PLACES).map(([place, [, title, sign, kind]]) => ({ place, title, sign, kind }));
    }

    #drawPlaces() {
        document.getElementById('places').append(
            h(
                'ul',
                {},
                this.places
                    .filter(({ kind }) => kind !== 'hidden')
                    .map(({ place, title, sign, kind }) =>
                        h(
                            'li',
                            { class: kind },
                            h('a', { 'href': `#/${place}`, 'data-place': place }, icon(sign), h('span', {}, title)),
                        ),
                    ),
            ),
        );
    }

    #linkChanged() {
        document.body.dataset.link = this.store.get('link');
        if (known(this.store) !== this.#shown?.inside) this.show();
    }

    /* With the drawings at hand the page also opens without a network. */
    #keepDesigns() {
        if (navigator.serviceWorker?.controller)
            for (const number of (this.store.get('designs')?.names ?? []).keys()) this.look(number).catch(() => {});
    }

    go(place) {
        location.hash = `#/${place}`;
    }

    /* Show the view that the address names, or the way in where no pin is known. */
    show(focus = true) {
        const inside = known(this.store);
        const [place, ...rest] = location.hash.replace(/^#\/?/, '').split('/');
        const here = PLACES[place] ? place : '';
        const view = !inside ? connect : here === 'friends' && rest[0] ? friend : PLACES[here][0];
        this.#scope.end();
        this.#scope = new Scope();
        this.#shown = { inside };
        document.body.dataset.place = inside ? here || 'today' : 'connect';
        document.body.dataset.pin = !inside || !here ? 'large' : BESIDE.includes(here) ? 'beside' : 'away';
        const element = view.draw(this, this.#scope, rest.map(decodeURIComponent));
        this.main.replaceChildren(element);
        const title = element.querySelector('h1');
        document.title = title && inside ? `${title.textContent} – Cloud Pin` : 'Cloud Pin';
        for (const link of document.querySelectorAll('.places a')) {
            const shown = link.dataset.place === here || (link.dataset.place === BELOW[here] && innerWidth < 900);
            link.toggleAttribute('data-here', shown);
            shown ? link.setAttribute('aria-current', 'page') : link.removeAttribute('aria-current');
        }
        scrollTo(0, 0);
        if (focus && title) {
            title.tabIndex = -1;
            title.focus({ preventScroll: true });
        }
    }

    /* A sentence that comes and goes: 'trouble', 'joy' or ''. Read aloud too. */
    say(sentence, kind = '') {
        const toast = h(
            'p',
            { class: `toast ${kind}` },
            icon(kind === 'trouble' ? 'alert' : kind === 'joy' ? 'friends' : 'check'),
            h('span', {}, sentence),
            h('button', { 'class': 'close', 'aria-label': 'Dismiss', 'onclick': () => toast.remove() }, '×'),
        );
        document.getElementById(kind === 'trouble' ? 'warned' : 'said').append(toast);
        for (const old of [...document.querySelectorAll('.toast')]
            .filter((other) => other !== toast)
            .slice(0, 1 - MOST_SAID))
            old.remove();
        setTimeout(() => toast.remove(), kind === 'trouble' ? 2 * SAID_MS : SAID_MS);
    }

    /* Run `work` for a button that cannot be pressed meanwhile; its failure becomes a sentence. True if all went well. */
    async act(button, work) {
        button?.setAttribute('aria-busy', 'true');
        if (button) button.disabled = true;
        try {
            await work();
            return true;
        } catch (problem) {
            this.say(problem.message, 'trouble');
            return false;
        } finally {
            button?.removeAttribute('aria-busy');
            if (button) button.disabled = false;
        }
    }

    design(number) {
        return designAt(number, this.store.get('designs')?.names ?? []);
    }

    look(number) {
        return lookOf(this.design(number));
    }
}

/* From the second visit on the page opens without a network; the simulator's needs none. */
async function keep() {
    if (!navigator.serviceWorker || new URL(location.href).searchParams.has('pin')) return;
    const script =
        globalThis.trustedTypes?.createPolicy('worker', { createScriptURL: () => 'sw.js' }).createScriptURL('') ?? 'sw.js';
    await navigator.serviceWorker.register(script);
    const used = performance
        .getEntriesByType('resource')
        .map(({ name }) => name)
        .filter((name) => name.startsWith(location.origin));
    await (await caches.open('cloud-pin-1')).addAll([...new Set([location.pathname, ...used])]);
}

async function start() {
    const answer = await fetch('protocol.json');
    const fonts = await new Fonts('fonts').load().catch(() => new SubstituteFonts());
    globalThis.cloudPin = new App(await answer.json(), fonts);
    setTimeout(() => keep().catch(() => {}), 3000);
}

start().catch((problem) =>
    document
        .getElementById('main')
        .replaceChildren(
            h('h1', { id: freshId('trouble') }, 'Cloud Pin'),
            h('p', {}, `The page could not start: ${problem.message} Load it again.`),
        ),
);
