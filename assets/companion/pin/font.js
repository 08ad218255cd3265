/* The pin's fonts, measured as the pin measures them: the files that it carries (CPF3, see lib/font.py, and CPW1, see
 * lib/wide_font.py) are read here, so that every line breaks on the page where it breaks on the pin.
 *
 * Pen positions are in sixteenths of a pixel. What is drawn is the browser's matter; see nametag.js.
 */
import { CAPTION_FONT, NAME_FONTS, TITLE_FONT, WIDE_EIGHTHS, WIDE_FONTS } from './theme.js';

const ELLIPSIS = '…';
const HEADER = 30; // bytes
const codesOf = (text) => Array.from(text, (character) => character.codePointAt(0));

/* A compiled font. `spare` draws characters that it lacks; see Spare. */
export class Font {
    #data;
    #ranges = [];
    #glyphs;
    #kerning;
    #columns;
    #pieces;
    #missing;

    constructor(name, buffer, spare = null) {
        const data = (this.#data = new DataView(buffer));
        if (data.getUint32(0) !== 0x43504633) throw new Error(`${name} is not a font of this firmware.`);
        [this.capHeight, this.xHeight, this.ascent, this.descent] = [8, 9, 10, 11].map((at) => data.getUint8(at));
        this.line = data.getUint16(12, true);
        const [ranges, glyphs] = [data.getUint16(14, true), data.getUint16(16, true)];
        const rows = data.getUint8(20);
        this.#columns = data.getUint8(21);
        this.#missing = data.getUint16(22, true);
        const column = (number, at) => data.getUint16(HEADER + 2 * (number * ranges + at), true);
        for (let at = 0; at < ranges; at++) this.#ranges.push([column(0, at), column(1, at), column(2, at)]);
        this.#glyphs = HEADER + 6 * ranges;
        this.#kerning = this.#glyphs + 8 * glyphs;
        this.#pieces = this.#kerning + rows * this.#columns;
        this.spare = spare;
        this.name = name;
        this.size = Number(name.split('-')[1]);
    }

    #number(code) {
        for (const [first, end, number] of this.#ranges) if (code >= first && code < end) return number + code - first;
        return -1;
    }

    has(code) {
        return this.#number(code) >= 0;
    }

    /* {advance, row, column, first, count}: advance in sixteenths, kerning classes, bitmaps. */
    #record(code) {
        const number = this.#number(code);
        const at = this.#glyphs + 8 * (number < 0 ? this.#missing : number);
        const data = this.#data;
        return {
            advance: data.getUint16(at, true),
            row: data.getUint8(at + 2),
            column: data.getUint8(at + 3),
            first: data.getUint16(at + 4, true),
            count: data.getUint8(at + 6),
        };
    }

    #measure(code) {
        const advance = this.has(code) || !this.spare ? -1 : this.spare.advance(code);
        return advance < 0 ? this.#record(code) : { advance, row: 0, column: 0 };
    }

    /* Where the pen stands before each character, and at the end. */
    pens(text) {
        const pens = [];
        let pen = 0,
            row = 0;
        for (const code of codesOf(text)) {
            const glyph = this.#measure(code);
            if (row && glyph.column) pen += this.#data.getInt8(this.#kerning + row * this.#columns + glyph.column);
            pens.push(pen);
            pen += glyph.advance;
            row = glyph.row;
        }
        return [...pens, pen];
    }

    /* Width on one line, in whole pixels. */
    width(text) {
        return (this.pens(text).at(-1) + 8) >> 4;
    }

    /* How many characters from the start fit into `width` pixels. */
    fit(text, width) {
        const most = (width << 4) + 7;
        const over = this.pens(text).findIndex((pen) => pen > most);
        return over < 0 ? Array.from(text).length : Math.max(0, over - 1);
    }

    /* `text` if it fits, else as much of it as does with an ellipsis at its end. */
    ellipsis(text, width) {
        const characters = Array.from(text);
        for (let count = this.fit(text, width); count < characters.length; count--) {
            const shorter =
                characters
                    .slice(0, count)
                    .join('')
                    .replace(/[ ,.-]+$/, '') + ELLIPSIS;
            if (count <= 0 || this.width(shorter) <= width) return shorter;
        }
        return text;
    }

    /* Rows above the base line that the capitals of `text` take. */
    reach(text) {
        return Math.max(
            this.capHeight,
            ...codesOf(text)
                .filter((code) => code > 0x7e && !this.has(code) && this.spare)
                .map((code) => this.spare.reach(code)),
        );
    }

    /* Rows above the base line on which `text` has ink. */
    top(text) {
        return Math.max(0, ...codesOf(text).map((code) => this.#top(code)));
    }

    #top(code) {
        if (!this.has(code) && this.spare) {
            const top = this.spare.top(code);
            if (top !== null) return top;
        }
        const { first, count } = this.#record(code);
        let top = 0;
        for (let number = first; number < first + count; number++)
            top = Math.max(top, -this.#data.getInt8(this.#pieces + 8 * number + 1));
        return top;
    }

    /* Whether the pin has every character of `text` here. */
    covers(text) {
        return codesOf(text).every((code) => this.has(code));
    }
}

/* Whether a character only changes how its neighbours look. */
export function unseen(code) {
    return (
        code >= 0xe0000 ||
        [
            [0x1f3fb, 0x1f3ff],
            [0xfe00, 0xfe0f],
            [0x200b, 0x200f],
            [0x202a, 0x202e],
            [0x2060, 0x206f],
        ].some(([first, last]) => code >= first && code <= last) ||
        [0xad, 0x34f, 0x61c, 0x180e, 0xfeff].includes(code)
    );
}

/* A font of tens of thousands of characters. Its blocks are unpacked by `prepare`; what was not prepared is not there. */
export class Wide {
    #data;
    #blocks = new Map();

    constructor(buffer) {
        const data = (this.#data = new DataView(buffer));
        [this.rows, this.above, this.bits, this.many] = [8, 9, 10, 11].map((at) => data.getUint8(at));
        this.first = data.getUint16(12, true);
        this.count = data.getUint16(14, true);
    }

    async prepare(code) {
        const number = Math.floor(code / this.many),
            at = 16 + 4 * (number - this.first);
        if (this.#blocks.has(number) || number < this.first || number >= this.first + this.count) return;
        const [begin, end] = [this.#data.getUint32(at, true), this.#data.getUint32(at + 4, true)];
        this.#blocks.set(number, begin < end ? await inflate(new Uint8Array(this.#data.buffer, begin, end - begin)) : null);
    }

    /* {advance, reach} in pixels of the cell, or null. */
    glyph(code) {
        const block = this.#blocks.get(Math.floor(code / this.many)),
            number = code % this.many;
        if (!block?.[3 * number]) return null;
        return { advance: block[3 * number + 2], reach: this.#reach(block, number) };
    }

    #reach(block, number) {
        const stride = (width) => Math.ceil(width / (8 / this.bits));
        let place = 3 * this.many;
        for (let before = 0; before < number; before++) place += stride(block[3 * before]) * this.rows;
        const wide = stride(block[3 * number]);
        for (let row = 0; row < this.above; row++)
            if (block.subarray(place + row * wide, place + (row + 1) * wide).some(Boolean)) return this.above - row;
        return 0;
    }
}

/* Several Wides at sizes that go with a Font, of which the first that has a character counts. */
export class Spare {
    constructor(wides, eighths) {
        this.fonts = wides.map((wide, at) => [wide, eighths[at]]);
    }

    #find(code) {
        for (const [wide, eighths] of this.fonts) {
            const glyph = wide.glyph(code);
            if (glyph) return { wide, eighths, ...glyph };
        }
        return null;
    }

    advance(code) {
        const found = unseen(code) ? { advance: 0, eighths: 0 } : this.#find(code);
        return found ? Math.floor((found.advance * 16 * found.eighths) / 8) : -1;
    }

    reach(code) {
        const found = unseen(code) ? null : this.#find(code);
        return found ? Math.floor((found.reach * found.eighths) / 8) : 0;
    }

    /* null where nothing here has the character. */
    top(code) {
        if (unseen(code)) return 0;
        const found = this.#find(code);
        return found && -Math.floor((-found.wide.above * found.eighths) / 8);
    }
}

/* What raw deflate packed. */
export async function inflate(bytes) {
    const plain = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
    return new Uint8Array(await new Response(plain).arrayBuffer());
}

async function fetched(path) {
    const answer = await fetch(path);
    if (!answer.ok) throw new Error(`${path} is not there.`);
    return answer.arrayBuffer();
}

/* The pin's text fonts from `folder`: names (largest first), title, caption. The large files for rare scripts are fetched when
 * `prepare(text)` meets one. */
export class Fonts {
    #folder;
    #wides = null;

    constructor(folder) {
        this.#folder = folder;
    }

    async load() {
        const names = [...NAME_FONTS, TITLE_FONT, CAPTION_FONT];
        this.all = await Promise.all(
            names.map(async (name) => new Font(name, await fetched(`${this.#folder}/${name}.font`))),
        );
        [this.title, this.caption] = this.all.slice(-2);
        this.names = this.all.slice(0, -2);
        return this;
    }

    /* Have all characters of `text` at hand, before anything is measured. */
    async prepare(text) {
        const codes = codesOf(text).filter((code) => !this.title.has(code) && !unseen(code));
        if (!codes.length) return;
        this.#wides ??= Promise.all(WIDE_FONTS.map(async (name) => new Wide(await fetched(`${this.#folder}/${name}.wide`))));
        const wides = await this.#wides;
        await Promise.all(wides.flatMap((wide) => codes.map((code) => wide.prepare(code))));
        this.all.forEach((font, at) => {
            font.spare ??= new Spare(wides, WIDE_EIGHTHS[at]);
        });
    }
}
