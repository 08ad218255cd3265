/* What can be kept of the table: a picture, a film, the scene itself; and a scene opened again. */
import { h, save } from '../companion/dom.js';

const UNDER_PX = 6;

export class Keep {
    #film = null;

    constructor(sim) {
        this.sim = sim;
        const item = (words, id, does) => h('button', { id, 'role': 'menuitem', 'onclick': () => this.#choose(does) }, words);
        this.menu = h('div', { 'popover': 'auto', 'class': 'menu', 'id': 'keep-menu', 'role': 'menu' },
            item('Picture of the table', 'shoot', () => sim.wish('shoot', this.#size())),
            item('Film of the table', 'film', () => this.film(null)),
            item('Save the scene', 'save-scene', () => this.#saveScene()),
            item('Open a scene', 'open-scene', () => this.#openScene()));
        this.button = h('button', { 'id': 'keep', 'popovertarget': 'keep-menu', 'aria-haspopup': 'menu' }, 'Keep');
        this.stop = h('button', { id: 'stop', class: 'stop', hidden: true, onclick: () => this.end() });
        this.menu.addEventListener('beforetoggle', () => {
            const box = this.button.getBoundingClientRect();
            this.menu.style.left = `${box.left}px`;
            this.menu.style.top = `${box.bottom + UNDER_PX}px`;
        });
        document.querySelector('#speed').before(this.stop);     // right of what changes its width nothing moves
        document.querySelector('#add').before(this.button);
        document.body.append(this.menu);
    }

    #choose(does) {
        this.menu.hidePopover();
        does();
    }

    #size() {
        const { width, height, scale } = this.sim.sky;
        return { width, height, scale };
    }

    /* ---- pictures and films, which the simulator paints */
    show(bytes) {
        save('Cloud Pins.png', 'image/png', [bytes]);
    }

    /* Of a pin, or (null) of the table, until `end`. */
    film(pin) {
        this.#film = { name: pin ?? 'Cloud Pins', begun: performance.now() };
        this.sim.wish('record', { on: true, pin, ...this.#size() });
        this.stop.hidden = false;
        this.tick();
    }

    tick() {
        if (!this.#film || this.stop.disabled) return;
        const seconds = Math.floor((performance.now() - this.#film.begun) / 1000);
        this.stop.textContent = `Stop, ${seconds} s`;
    }

    end() {
        this.sim.wish('record', { on: false });
        this.stop.disabled = true;
        this.stop.textContent = 'Developing';
    }

    developed(bytes) {
        save(`${this.#film?.name ?? 'Cloud Pins'}.gif`, 'image/gif', [bytes]);
        this.#film = null;
        this.stop.hidden = true;
        this.stop.disabled = false;
    }

    /* ---- scenes */
    #saveScene() {
        h('a', { href: '/scene.json', download: 'Cloud Pins.json' }).click();
    }

    #openScene() {
        const file = h('input', {
            type: 'file', accept: '.json,application/json', id: 'scene-file', hidden: true,
            onchange: async () => {
                file.remove();
                try {
                    this.sim.wish('load', { scene: JSON.parse(await file.files[0].text()) });
                } catch {
                    this.sim.say('This is not a scene of the simulator. Choose a file that was saved here.');
                }
            },
        });
        document.querySelector('#scene-file')?.remove();
        document.body.append(file);
        file.click();
    }
}
