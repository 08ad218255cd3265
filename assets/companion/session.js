/* One phone and one pin: the link, what is asked of the pin, and what the store knows of it.
 *
 * Everything that views do goes through here. What the pin tells by itself (a new friend, steps, a design) comes in here too
 * and changes the store, so a view that is open shows it at once.
 */
import { Client } from './client.js';
import { unpacked, fromBase64 } from './pin/strip.js';

const PAIRING_MS = 90000; // somebody types six digits meanwhile
const RECONNECT_MS = [500, 2000, 5000, 10000, 20000];

/* Whether a pin is known, be it in reach or not. */
export const known = (store) => ['on', 'lost', 'returning'].includes(store.get('link'));

/* What the store holds. `link`: 'off', 'connecting', 'on', 'lost', and from there 'returning'; `friends`: a Map by device id,
 * in the order in which they were met. */
export const NOTHING = {
    link: 'off',
    trouble: '',
    info: null,
    card: null,
    strip: null,
    draft: null,
    designs: null,
    tried: null,
    met: null,
    friends: new Map(),
    counted: 0,
    blocked: [],
    synced: false,
    steps: null,
    history: null,
    boards: null,
    errands: null,
    settings: {},
    battery: null,
    today: 0,
    zone: 0,
};

export class Session {
    #makeTransport;
    #transport = null;
    #client = null;
    #cursor = '';
    #friends = new Map();
    #tries = 0;

    /* `tell(sentence, kind)` shows the wearer a sentence that comes and goes. */
    constructor(store, makeTransport, protocol, tell) {
        this.store = store;
        this.protocol = protocol;
        this.tell = tell;
        this.#makeTransport = makeTransport;
    }

    async connect() {
        const before = this.store.get('card') ? 'lost' : 'off';
        this.store.set({ link: before === 'lost' ? 'returning' : 'connecting', trouble: '' });
        try {
            this.#transport ??= this.#made();
            this.#client = new Client(this.#transport, {
                timeoutMs: 1000 * this.protocol.limits.answer_s,
                longest: this.protocol.limits.line_bytes,
            });
            this.#listen();
            const info = await this.#transport.connect();
            await this.#begin();
            this.#tries = 0;
            this.store.set({ link: 'on', info });
        } catch (problem) {
            this.#client?.end(problem.message);
            this.#transport?.disconnect();
            this.store.set({ link: before, trouble: problem.message, ...(before === 'off' && { card: null }) });
            throw problem;
        }
        this.#fetchRest().catch((problem) => this.store.get('link') === 'on' && this.tell(problem.message, 'trouble'));
    }

    #made() {
        const transport = this.#makeTransport();
        transport.onDisconnect((sentence) => this.#ended(sentence));
        return transport;
    }

    /* The first request: it makes phone and pin pair if they have not. The pin's clock is set by it. */
    async #begin() {
        await this.setTime(PAIRING_MS);
        await Promise.all([this.loadCard(), this.loadDesigns(), this.loadSettings()]);
    }

    async #fetchRest() {
        await Promise.all([this.loadBattery(), this.loadSteps(), this.loadErrands()]);
        await this.syncFriends();
    }

    #ended(sentence) {
        this.#client?.end(sentence);
        this.store.set({ link: 'lost', trouble: sentence });
        this.tell(sentence, 'trouble');
        this.#comeBack();
    }

    /* Try again by itself for a while, ever more seldom. */
    #comeBack() {
        const wait = RECONNECT_MS[this.#tries++];
        if (wait !== undefined)
            setTimeout(() => this.store.get('link') === 'lost' && this.connect().catch(() => this.#comeBack()), wait);
    }

    leave() {
        this.store.set({ ...NOTHING, friends: new Map() });
        this.#cursor = '';
        this.#friends = new Map();
        this.#client?.end('The pin was let go.');
        this.#transport?.disconnect();
    }

    // ---- asking

    async ask(what, act, fields, options) {
        if (!this.#client) throw new Error('Connect the pin first.');
        return this.#client.ask(what, act, fields, options);
    }

    async setTime(timeoutMs) {
        const now = new Date(),
            zone = -now.getTimezoneOffset();
        const { ok } = await this.ask('time', 'set', { utc: Math.floor(now / 1000), zone }, { timeoutMs });
        this.store.set({ today: ok.day, zone: ok.zone });
    }

    async loadCard() {
        await this.#takeCard((await this.ask('profile', 'get')).ok);
    }

    async #takeCard({ card, strip }) {
        this.store.set({ card: card ?? {}, strip: strip ? await this.#stripOf('profile', {}) : null });
    }

    async #stripOf(what, fields) {
        const { ok } = await this.ask(what, 'strip', fields);
        return unpacked(fromBase64(ok.strip)).then(
            (picture) => ({ ...picture, text: ok.strip }),
            () => null,
        );
    }

    /* A friend's name as a picture, {width, height, levels, text: as it came}, or null. */
    friendStrip(id) {
        return this.#stripOf('friends', { friend: id });
    }

    /* `change`: the fields of the card that are another than before, `strip` as base64 among them. */
    async saveCard(change) {
        await this.#takeCard((await this.ask('profile', 'set', change)).ok);
        this.store.set({ draft: null });
    }

    async loadDesigns() {
        this.store.set({ designs: (await this.ask('designs', 'list')).ok });
    }

    async chooseDesign(design) {
        const { ok } = await this.ask('designs', 'choose', { design });
        this.store.set({ designs: { ...this.store.get('designs'), ...ok } });
    }

    async loadSettings() {
        this.store.set({ settings: (await this.ask('settings', 'get')).ok.values });
    }

    async saveSetting(key, value) {
        const { ok } = await this.ask('settings', 'set', { values: { [key]: value } });
        this.store.set({ settings: { ...this.store.get('settings'), ...ok.values } });
    }

    async loadBattery() {
        this.store.set({ battery: (await this.ask('battery', 'get')).ok });
    }

    async loadSteps() {
        const day = (await this.ask('steps', 'day')).ok;
        const history = (await this.ask('steps', 'history')).ok;
        this.store.set({ steps: day, history, today: history.day || this.store.get('today') });
    }

    async stepsOf(day) {
        return (await this.ask('steps', 'day', { day })).ok;
    }

    async loadErrands() {
        this.store.set({ errands: (await this.ask('errands', 'get')).ok });
    }

    async loadBoards() {
        this.store.set({ boards: (await this.ask('boards', 'get')).parts });
    }

    async log(of) {
        return (await this.ask('log', 'page', { of })).parts.flat();
    }

    async find() {
        await this.ask('find', 'show');
    }

    async forget() {
        await this.ask('forget', 'phone');
        this.leave();
        this.#transport?.forget();
        this.#transport = null;
    }

    // ---- friends

    /* Whoever has changed since the last time; views see them page by page. */
    async syncFriends() {
        for (let more = true; more;) {
            const { ok, parts } = await this.ask('friends', 'page', { cursor: this.#cursor }, { background: true });
            if (ok.fresh) this.#friends = new Map();
            for (const friend of parts.flat()) this.#friends.set(friend.id, friend);
            this.#cursor = ok.cursor;
            more = ok.more;
            this.store.set({
                friends: new Map(this.#friends),
                counted: ok.count,
                ...(ok.blocked && { blocked: ok.blocked }),
            });
        }
        if (this.#friends.size > this.store.get('counted') && this.#cursor) {
            this.#cursor = ''; // somebody was forgotten on the pin
            await this.syncFriends();
        }
        this.store.set({ synced: true });
    }

    #putFriend(friend) {
        this.#friends.set(friend.id, friend);
        this.store.set({
            friends: new Map(this.#friends),
            counted: Math.max(this.store.get('counted'), this.#friends.size),
        });
    }

    async note(friend, text) {
        await this.ask('friends', 'note', { friend: friend.id, text });
        this.#putFriend({ ...friend, note: text });
    }

    async block(friend, blocked) {
        await this.ask('friends', 'block', { friend: friend.id, blocked });
        const others = this.store.get('blocked').filter((id) => id !== friend.id);
        this.store.set({ blocked: blocked ? [...others, friend.id] : others });
    }

    async deleteFriend(friend) {
        const { ok } = await this.ask('friends', 'delete', { friend: friend.id });
        this.#friends.delete(friend.id);
        this.store.set({ friends: new Map(this.#friends), counted: ok.count });
    }

    /* The parts of a file of all friends, 'vcard' or 'csv', as the pin writes them. `onCount(done, all)`: how far it is. */
    async exportFriends(format, onCount) {
        let texts = [];
        for (let cursor = '', more = true; more;) {
            const { ok, parts } = await this.ask('friends', 'export', { format, cursor });
            texts = ok.fresh ? parts : [...texts, ...parts];
            ({ cursor, more } = ok);
            onCount?.(Math.min(texts.length, ok.count), ok.count);
        }
        return texts;
    }

    // ---- what the pin tells by itself

    #listen() {
        const on = (event, take) => this.#client.on(event, take);
        on('friend', ({ friend, count }) => {
            this.#putFriend(friend);
            this.store.set({ counted: count });
            this.store.set({ met: { friend, number: count } });
            this.tell(`You and ${friend.name} are friends now.`, 'joy');
            this.#refresh(
                () => this.loadErrands(),
                () => this.loadDesigns(),
            );
        });
        on('met_again', ({ friend }) => {
            this.#putFriend(friend);
            this.store.set({ met: { friend, number: 0 } });
            this.tell(`You met ${friend.name} again.`, 'joy');
        });
        on('steps', ({ today }) => this.#steps(today));
        on('battery', ({ percent, charging }) =>
            this.store.set({ battery: { ...this.store.get('battery'), percent, charging } }),
        );
        on('unlock', ({ name }) => {
            this.tell(`A new design is yours: ${name}.`, 'joy');
            this.#refresh(
                () => this.loadDesigns(),
                () => this.loadErrands(),
            );
        });
        on('medal', ({ medal }) => {
            this.tell(`You have earned the ${medal} medal.`, 'joy');
            this.#refresh(() => this.loadErrands());
        });
        on('card', () => this.#refresh(() => this.loadCard()));
        on('settings', ({ key, value }) => this.#setting(key, value));
        on('time', () => this.#refresh(() => this.loadSteps()));
    }

    #setting(key, value) {
        if (key === 'design') this.store.set({ designs: { ...this.store.get('designs'), chosen: value } });
        else this.store.set({ settings: { ...this.store.get('settings'), [key]: value } });
    }

    #steps(today) {
        const { steps, history } = { steps: this.store.get('steps'), history: this.store.get('history') };
        if (steps && history)
            this.store.set({
                steps: { ...steps, steps: today },
                history: { ...history, steps: history.steps.with(-1, today) },
            });
    }

    #refresh(...loads) {
        for (const load of loads)
            load().catch((problem) => this.store.get('link') === 'on' && this.tell(problem.message, 'trouble'));
    }
}
