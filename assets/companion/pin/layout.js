/* Where text goes on the round: the rules of firmware/ui/layout.py in the browser. A test compares both, name by name.
 *
 * A line of text lies inside the content circle with its capitals and with what hangs below the base line. Lines are
 * [text, base line]; places are pixels of 240 from the top left corner.
 */
import { CONTENT_RADIUS, LONG_WORD, MIDDLE, NAME_STEP_PERCENT, NARROWING } from './theme.js';

const BREAK = '\u200b';
const UNJOINED = 0x530; // below it the letters of a word stand on their own: Latin, Greek, Cyrillic
const UNSPACED = [
    [0xe01, 0xedf],
    [0x2e80, 0x9fff],
    [0xac00, 0xd7a3],
    [0xf900, 0xfaff],
    [0xff01, 0xff9f],
];
const NOT_FIRST = '、。，．・：；！？ー々）」』】ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ';

const half = (number) => Math.floor(number / 2);

/* How wide the circle is where the rows `top` to `bottom` both lie inside; 0 outside. */
export function chord(top, bottom, radius = CONTENT_RADIUS) {
    const distance = Math.max(Math.abs(top - MIDDLE), Math.abs(bottom - MIDDLE));
    return distance < radius ? 2 * Math.floor(Math.sqrt(radius * radius - distance * distance)) : 0;
}

/* How wide a line on a base line may be. */
export function room(font, baseLine, radius = CONTENT_RADIUS, capHeight = 0) {
    return chord(baseLine - (capHeight || font.capHeight), baseLine + half(font.descent), radius);
}

const unspaced = (code) => UNSPACED.some(([first, last]) => code >= first && code <= last);

/* Whether Thai or Lao keeps these together. */
function holdsOn(left, right) {
    if (right > 0xedf) return false;
    const [a, b] = [left & 0x7f, right & 0x7f];
    return (a >= 0x40 && a <= 0x44) || (b >= 0x30 && b <= 0x3a) || (b >= 0x45 && b <= 0x4e);
}

/* `text` with BREAK where a line may end although there is no space, in scripts that write none. */
export function loosened(text) {
    let found = '',
        last = 0;
    for (const character of text) {
        const code = character.codePointAt(0);
        if (unspaced(last) && unspaced(code) && !holdsOn(last, code) && !NOT_FIRST.includes(character)) found += BREAK;
        found += character;
        last = code;
    }
    return found;
}

/* A text measured once, to be broken in many ways. */
export class Words {
    constructor(font, text, widest = 0) {
        this.font = font;
        this.capHeight = font.reach(text);
        this.parts = [];
        this.space = font.width(' ');
        for (const word of text.split(/\s+/).filter(Boolean)) {
            let space = this.parts.length ? ' ' : '';
            for (const piece of word
                .replaceAll('-', `-${BREAK}`)
                .replaceAll('・', `・${BREAK}`)
                .split(BREAK)
                .filter(Boolean)) {
                const part = space + (widest ? font.ellipsis(piece, widest) : piece);
                this.parts.push([part, font.width(part)]);
                space = '';
            }
        }
    }

    text(start, stop) {
        return this.parts
            .slice(start, stop)
            .map(([part]) => part)
            .join('')
            .trim();
    }

    /* As many parts into each line as its room holds; returns where each line ends. */
    fill(rooms) {
        const stops = [];
        let at = 0;
        for (const width of rooms) {
            let used = 0;
            for (; at < this.parts.length; at++) {
                const [part, wide] = this.parts[at];
                used += part[0] === ' ' && !used ? wide - this.space : wide;
                if (used > width) break;
            }
            stops.push(at);
        }
        return stops;
    }

    lines(stops, baseLines) {
        return stops
            .map((stop, at) => [at ? stops[at - 1] : 0, stop, baseLines[at]])
            .filter(([start, stop]) => start < stop)
            .map(([start, stop, baseLine]) => [this.text(start, stop), baseLine]);
    }

    rooms(baseLines, radius) {
        return baseLines.map((baseLine) => room(this.font, baseLine, radius, this.capHeight));
    }
}

/* Break `words` into just these lines, as even as can be; null where they do not fit. */
export function fit(words, baseLines, radius = CONTENT_RADIUS) {
    let best = null;
    for (; radius > 0; radius -= NARROWING) {
        const stops = words.fill(words.rooms(baseLines, radius));
        if (stops.at(-1) < words.parts.length) break;
        if (stops[0] && new Set(stops).size === stops.length) best = stops;
    }
    return best && words.lines(best, baseLines);
}

/* Break `words` into these lines, the last one with an ellipsis where not all of it fits. */
export function cut(words, baseLines, radius = CONTENT_RADIUS) {
    const wide = words.rooms(baseLines, radius),
        stops = words.fill(wide),
        lines = words.lines(stops, baseLines);
    if (!words.parts.length || stops.at(-1) === words.parts.length) return lines;
    let at = stops.indexOf(stops.at(-1));
    if (!lines.length) {
        at = wide.indexOf(Math.max(...wide));
    } else if (at + 1 < wide.length) {
        const more = words.font.ellipsis(words.text(stops[at], words.parts.length), wide[at + 1]);
        if (Array.from(more).length > 3) return [...lines, [more, baseLines[at + 1]]];
    }
    const rest = words.text(lines.length && at ? stops[at - 1] : 0, words.parts.length);
    return [...lines.slice(0, -1), [words.font.ellipsis(rest, wide[at]), baseLines[at]]];
}

/* The base lines of `count` lines, `step` apart, around the row `middle`. */
export function block(capHeight, count, step, middle) {
    const first = middle + half(capHeight - (count - 1) * step);
    return Array.from({ length: count }, (_, number) => first + number * step);
}

const lineStep = (capHeight) => Math.floor((capHeight * NAME_STEP_PERCENT) / 100);

/* The largest way to set a name between two rows with `below` rows kept free underneath: {font, lines}, or null. */
export function name(fonts, text, top, bottom, below) {
    const middle = half(top + bottom - below);
    for (const written of new Set([text, loosened(text)])) {
        const measured = fonts.map((font) => new Words(font, written));
        const ways = [1, 2].flatMap((count) => measured.map((words) => [words, count]));
        for (const [words, count] of [...ways, [measured.at(-1), 3]]) {
            const step = lineStep(words.capHeight),
                height = words.capHeight + (count - 1) * step;
            for (const row of height + below <= bottom - top ? [middle, top + half(height)] : []) {
                const lines = fit(words, block(words.capHeight, count, step, row));
                if (lines?.length) return { font: words.font, lines };
            }
        }
    }
    return null;
}

/* The first row of a picture of a name; -1 where it does not fit. */
export function picture(width, height, top, bottom) {
    const rows = height <= bottom - top ? [half(top + bottom - height), top] : [];
    return rows.find((row) => chord(row, row + height - 1) >= width) ?? -1;
}

/* A name of one word that no line holds, on two lines or three, all but equally long: {font, lines}, or null. */
function apart(font, text, top, bottom) {
    const letters = Array.from(text),
        capHeight = font.reach(text),
        step = lineStep(capHeight);
    for (const count of [2, 3]) {
        const size = Math.ceil(letters.length / count),
            height = capHeight + (count - 1) * step;
        const parts = Array.from({ length: Math.ceil(letters.length / size) }, (_, at) =>
            letters.slice(at * size, (at + 1) * size).join(''),
        );
        for (const row of height <= bottom - top ? [half(top + bottom), top + half(height)] : []) {
            const lines = block(capHeight, count, step, row)
                .slice(0, parts.length)
                .map((baseLine, at) => [parts[at], baseLine]);
            const fits = ([part, baseLine]) => font.width(part) <= room(font, baseLine, CONTENT_RADIUS, capHeight);
            if (lines.every(fits)) return { font, lines };
        }
    }
    return null;
}

const isLong = (text) =>
    Array.from(text).length > LONG_WORD &&
    !text.includes(' ') &&
    Array.from(text).every((letter) => letter.codePointAt(0) < UNJOINED);

/* A name that nothing holds whole: in the font `last`, if that does, else cut short. */
export function cutName(fonts, text, top, bottom, last) {
    const found = last && name([last], text, top, bottom, 0);
    if (found) return found;
    const whole = isLong(text) && (apart(fonts.at(-1), text, top, bottom) ?? (last && apart(last, text, top, bottom)));
    if (whole) return whole;
    const words = new Words(fonts.at(-1), loosened(text)),
        step = lineStep(words.capHeight);
    const count = Math.max(1, Math.min(3, 1 + Math.floor((bottom - top - words.capHeight) / step)));
    const middle = top + half(words.capHeight + (count - 1) * step);
    return { font: words.font, lines: cut(words, block(words.capHeight, count, step, middle)) };
}
