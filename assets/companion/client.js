/* Requests to the pin and their answers: ids, order, parts, time-outs, events. The lines are described in protocol.json.
 *
 * One request is under way at a time, since the pin serves one line after the other and has little memory; what a person
 * waits for goes before what is fetched in the background. An answer that comes after its time-out is dropped, as is any line
 * that is no JSON object.
 */

export class RequestError extends Error {
    /* `code` is the pin's word for what went wrong, or 'time_out', 'too_long', 'lost'. The message is a sentence. */
    constructor(sentence, code) {
        super(sentence);
        this.code = code;
    }
}

const SECONDS = (ms) => (ms % 1000 ? (ms / 1000).toFixed(1) : ms / 1000);

export class Client {
    #transport;
    #timeoutMs;
    #longest;
    #queue = [];
    #pending = null;
    #last = 0;
    #takers = new Map();

    /* `longest`: bytes of a line with its end. */
    constructor(transport, { timeoutMs = 30000, longest = 4096 } = {}) {
        this.#transport = transport;
        this.#timeoutMs = timeoutMs;
        this.#longest = longest;
        this.dropped = 0;
        transport.onLine((line) => this.#take(line));
    }

    /* What the pin answers to a request, such as ask('friends', 'page', {cursor: ''}): {ok, parts}. The time-out begins anew
     * with each part. Rejects with RequestError or TransportError. */
    ask(what, act, fields = {}, { background = false, timeoutMs = this.#timeoutMs } = {}) {
        const id = (this.#last = (this.#last % 1073741823) + 1);
        const line = JSON.stringify({ id, do: what, act, ...fields });
        if (new TextEncoder().encode(line).length + 1 > this.#longest)
            return Promise.reject(
                new RequestError('This is more than the pin takes at once. Shorten something.', 'too_long'),
            );
        return new Promise((resolve, reject) => {
            const request = { id, line, background, timeoutMs, resolve, reject, parts: [] };
            const before = background ? -1 : this.#queue.findIndex((other) => other.background);
            this.#queue.splice(before < 0 ? this.#queue.length : before, 0, request);
            this.#next();
        });
    }

    /* Have `take(line)` called with each event of that name; '*' for all. Returns what ends it. */
    on(event, take) {
        const takers = this.#takers.get(event) ?? this.#takers.set(event, new Set()).get(event);
        takers.add(take);
        return () => takers.delete(take);
    }

    /* The link is gone: whatever waits is told so. */
    end(sentence) {
        const waiting = [this.#pending, ...this.#queue].filter(Boolean);
        clearTimeout(this.#pending?.timer);
        this.#pending = null;
        this.#queue = [];
        for (const request of waiting) request.reject(new RequestError(sentence, 'lost'));
    }

    #next() {
        if (this.#pending || !this.#queue.length) return;
        const request = (this.#pending = this.#queue.shift());
        this.#wind(request);
        this.#transport.sendLine(request.line).then(
            () => this.#pending === request && this.#wind(request),
            (problem) => this.#settle(request, () => request.reject(problem)),
        );
    }

    #wind(request) {
        clearTimeout(request.timer);
        const sentence = `The pin did not answer within ${SECONDS(request.timeoutMs)} seconds. Hold it closer and try again.`;
        request.timer = setTimeout(
            () => this.#settle(request, () => request.reject(new RequestError(sentence, 'time_out'))),
            request.timeoutMs,
        );
    }

    #settle(request, tell) {
        if (this.#pending !== request) return;
        clearTimeout(request.timer);
        this.#pending = null;
        tell();
        this.#next();
    }

    #take(line) {
        let said;
        try {
            said = JSON.parse(line);
        } catch {
            said = null;
        }
        const request = this.#pending;
        if (typeof said?.event === 'string') {
            this.#tell(said);
        } else if (!request || said?.id !== request.id) {
            this.dropped += 1;
        } else if ('part' in said) {
            request.parts.push(said.part);
            this.#wind(request);
        } else {
            this.#settle(request, () =>
                'error' in said
                    ? request.reject(new RequestError(said.error, said.code))
                    : request.resolve({ ok: said.ok, parts: request.parts }),
            );
        }
    }

    #tell(said) {
        for (const name of [said.event, '*']) for (const take of this.#takers.get(name) ?? []) take(said);
    }
}
