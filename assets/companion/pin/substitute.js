/* Fonts for the preview where the pin's own are not served beside the page: the same interface as font.js, measured by the
 * browser. Lines may then break one word earlier or later than on the pin.
 */
import { NAME_FONTS } from './theme.js';

const CAP_HEIGHT = 1490 / 2048,
    DESCENT = 0.24,
    RISE = 0.98; // of Inter, of an em

class Substitute {
    #context = document.createElement('canvas').getContext('2d');

    constructor(name) {
        this.name = name;
        this.size = Number(name.split('-')[1]);
        this.family = NAME_FONTS.includes(name) ? '600 {}px "Inter Display", system-ui' : '500 {}px "Inter", system-ui';
        this.capHeight = Math.round(this.size * CAP_HEIGHT);
        this.descent = Math.round(this.size * DESCENT);
    }

    pens(text) {
        this.#context.font = this.family.replace('{}', this.size);
        const characters = Array.from(text);
        return [...characters, ''].map((_, at) =>
            Math.round(16 * this.#context.measureText(characters.slice(0, at).join('')).width),
        );
    }

    width(text) {
        return (this.pens(text).at(-1) + 8) >> 4;
    }

    ellipsis(text, width) {
        const characters = Array.from(text);
        for (let count = characters.length; count > 0; count--) {
            const shorter = count === characters.length ? text : `${characters.slice(0, count).join('').trimEnd()}…`;
            if (this.width(shorter) <= width) return shorter;
        }
        return '…';
    }

    reach() {
        return this.capHeight;
    }

    top(text) {
        return /\p{Lu}\p{Mn}/u.test(text.normalize('NFD')) ? Math.round(this.size * RISE) : this.capHeight;
    }

    covers() {
        return true;
    }
}

export class SubstituteFonts {
    names = NAME_FONTS.map((name) => new Substitute(name));
    title = new Substitute('title-20');
    caption = new Substitute('caption-16');

    async prepare() {}
}
