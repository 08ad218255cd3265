/* What the page knows, in one place; views look at it and are told when a part of it changes. */

export class Store {
    #state;
    #watchers = new Set();

    constructor(state) {
        this.#state = state;
    }

    get(key) {
        return this.#state[key];
    }

    /* Take over the keys of `change`, then tell who watches one that is another than before. */
    set(change) {
        const changed = Object.keys(change).filter((key) => !Object.is(change[key], this.#state[key]));
        Object.assign(this.#state, change);
        for (const { keys, tell } of [...this.#watchers]) if (keys.some((key) => changed.includes(key))) tell();
    }

    /* Call `tell` now and whenever one of `keys` changes, until `scope` ends (see Scope). */
    watch(scope, keys, tell) {
        const watcher = { keys, tell };
        this.#watchers.add(watcher);
        scope.atEnd(() => this.#watchers.delete(watcher));
        tell();
    }
}

/* The life of a view: what is to be undone when it is left. */
export class Scope {
    #ends = [];

    atEnd(undo) {
        this.#ends.push(undo);
    }

    end() {
        for (const undo of this.#ends.splice(0)) undo();
    }
}
