/* Raw deflate (RFC 1951) for small pictures: matches reach back at most 511 bytes, since the pin unpacks with a window of 512,
 * and browsers' own compressor knows only 32 kB. One block, with codes made for it or the fixed ones, whichever is shorter.
 */

const REACH = 511,
    SHORTEST = 3,
    LONGEST = 258;
const END = 256;
const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/* [first value, extra bits] of each length and distance symbol. */
const LENGTHS = [],
    DISTANCES = [];
for (let symbol = 0, first = 3; symbol < 28; symbol++) {
    const extra = symbol < 8 ? 0 : (symbol >> 2) - 1;
    LENGTHS.push([first, extra]);
    first += 1 << extra;
}
LENGTHS.push([258, 0]);
for (let symbol = 0, first = 1; symbol < 30; symbol++) {
    const extra = symbol < 4 ? 0 : (symbol >> 1) - 1;
    DISTANCES.push([first, extra]);
    first += 1 << extra;
}

const symbolOf = (table, value) => table.findLastIndex(([first]) => first <= value);

class Bits {
    bytes = [];
    #held = 0;
    #count = 0;

    put(value, count) {
        for (let bit = 0; bit < count; bit++) {
            this.#held |= ((value >> bit) & 1) << this.#count;
            if (++this.#count === 8) {
                this.bytes.push(this.#held);
                this.#held = this.#count = 0;
            }
        }
    }

    /* A Huffman code goes with its first bit first. */
    code([value, count]) {
        for (let bit = count - 1; bit >= 0; bit--) this.put((value >> bit) & 1, 1);
    }

    end() {
        this.put(0, (8 - this.#count) % 8);
    }
}

/* The longest earlier place that `data` repeats at `at`: [length, distance]. */
function match(data, at) {
    let best = 0,
        where = 0;
    const most = Math.min(LONGEST, data.length - at);
    for (let from = at - 1; from >= Math.max(0, at - REACH) && best < most; from--) {
        let length = 0;
        while (length < most && data[from + length] === data[at + length]) length++;
        if (length > best) [best, where] = [length, at - from];
    }
    return [best, where];
}

/* Literals as [byte], matches as [length, distance]; a match waits where the next byte has a better one. */
function tokens(data) {
    const found = [];
    for (let at = 0; at < data.length;) {
        const [length, distance] = match(data, at);
        if (length < SHORTEST || (at + 1 < data.length && length < 32 && match(data, at + 1)[0] > length)) {
            found.push([data[at]]);
            at += 1;
        } else {
            found.push([length, distance]);
            at += length;
        }
    }
    return found;
}

/* Code lengths of a Huffman code for `counts`, none above `most`. */
function codeLengths(counts, most) {
    const lengths = counts.map(() => 0);
    let weights = counts.map((count, symbol) => ({ weight: count, symbols: [symbol] })).filter(({ weight }) => weight);
    while (weights.length < 2) {
        // some decoders refuse a code of one word
        const spare = counts.findIndex((_, symbol) => !weights.some(({ symbols }) => symbols[0] === symbol));
        weights.push({ weight: 1, symbols: [spare] });
    }
    for (;;) {
        lengths.fill(0);
        let nodes = weights.map((node) => ({ ...node }));
        while (nodes.length > 1) {
            nodes.sort((one, other) => one.weight - other.weight);
            const [one, other, ...rest] = nodes;
            const symbols = [...one.symbols, ...other.symbols];
            for (const symbol of symbols) lengths[symbol] += 1;
            nodes = [...rest, { weight: one.weight + other.weight, symbols }];
        }
        if (Math.max(...lengths) <= most) return lengths;
        weights = weights.map((node) => ({ ...node, weight: (node.weight >> 1) + 1 })); // flatter, until it fits
    }
}

/* [value, bits] of each symbol, RFC 1951 section 3.2.2. */
function codes(lengths) {
    const found = lengths.map((length) => [0, length]);
    let value = 0;
    for (let length = 1; length <= 15; length++, value <<= 1)
        for (const code of found.filter(([, bits]) => bits === length)) code[0] = value++;
    return found;
}

function writeTokens(bits, found, literals, distances) {
    for (const [value, distance] of found) {
        if (distance === undefined) {
            bits.code(literals[value]);
            continue;
        }
        const [length, back] = [symbolOf(LENGTHS, value), symbolOf(DISTANCES, distance)];
        bits.code(literals[257 + length]);
        bits.put(value - LENGTHS[length][0], LENGTHS[length][1]);
        bits.code(distances[back]);
        bits.put(distance - DISTANCES[back][0], DISTANCES[back][1]);
    }
    bits.code(literals[END]);
}

function fixed(found) {
    const bits = new Bits();
    bits.put(0b011, 3);
    const lengths = Array.from({ length: 288 }, (_, symbol) => (symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8));
    writeTokens(bits, found, codes(lengths), codes(Array(30).fill(5)));
    bits.end();
    return bits.bytes;
}

function dynamic(found) {
    const literals = Array(286).fill(0),
        distances = Array(30).fill(0);
    literals[END] = 1;
    for (const [value, distance] of found) {
        literals[distance === undefined ? value : 257 + symbolOf(LENGTHS, value)] += 1;
        if (distance !== undefined) distances[symbolOf(DISTANCES, distance)] += 1;
    }
    const trimmed = (lengths, least) => lengths.slice(0, Math.max(least, 1 + lengths.findLastIndex(Boolean)));
    const first = trimmed(codeLengths(literals, 15), 257),
        second = trimmed(codeLengths(distances, 15), 1);
    const packed = runs([...first, ...second]);
    const counts = Array(19).fill(0);
    for (const [symbol] of packed) counts[symbol] += 1;
    const small = codeLengths(counts, 7),
        smallCodes = codes(small);
    const shown = 1 + ORDER.findLastIndex((symbol) => small[symbol]);
    const bits = new Bits();
    bits.put(0b101, 3);
    bits.put(first.length - 257, 5);
    bits.put(second.length - 1, 5);
    bits.put(shown - 4, 4);
    for (const symbol of ORDER.slice(0, shown)) bits.put(small[symbol], 3);
    for (const [symbol, extra, count] of packed) {
        bits.code(smallCodes[symbol]);
        bits.put(extra, count);
    }
    writeTokens(bits, found, codes(first), codes(second));
    bits.end();
    return bits.bytes;
}

/* Code lengths as [symbol, extra value, extra bits], RFC 1951 section 3.2.7. */
function runs(lengths) {
    const found = [];
    for (let at = 0; at < lengths.length;) {
        const value = lengths[at];
        let count = 1;
        while (lengths[at + count] === value) count++;
        at += count;
        if (value) {
            found.push([value, 0, 0]);
            count--;
        }
        while (count >= 3) {
            const most = Math.min(count, value ? 6 : 138);
            found.push(value ? [16, most - 3, 2] : most < 11 ? [17, most - 3, 3] : [18, most - 11, 7]);
            count -= most;
        }
        for (; count; count--) found.push([value, 0, 0]);
    }
    return found;
}

/* `data` (Uint8Array) as raw deflate. */
export function deflate(data) {
    const found = tokens(data);
    const [one, other] = [fixed(found), dynamic(found)];
    return Uint8Array.from(one.length <= other.length ? one : other);
}
