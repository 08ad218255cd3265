/* The round face of the pin as a drawing: name tags as the pin shows them, and plain words on night for what it says. It is
 * SVG in the pin's own 240 pixels, so it is sharp at any size and its text is text.
 */
import { designAt, lookOf } from '../designs.js';
import { freshId, h, s } from '../dom.js';
import { initial } from '../words.js';
import * as layout from './layout.js';
import { nameTag, secondVoice } from './nametag.js';
import { pictureOf } from './strip.js';
import {
    DISC_MIDDLE,
    DISC_RADIUS,
    INITIAL_DROP,
    MEETING_BOTTOM,
    MEETING_LINE,
    MEETING_TOP,
    MIDDLE,
    NAME_FONTS,
    SIDE,
} from './theme.js';

export const COLOURS = {
    night: '#14233F',
    track: '#2A4067',
    paper: '#F8F4EA',
    mist: '#A9BAD6',
    sun: '#FFC23D',
    leaf: '#35D6A4',
    sky: '#7FB2FF',
    coral: '#EE4E3F',
    blue: '#2667CF',
};

const CONFETTI = [
    [120, 22, 4, 'coral'],
    [97, 25, 3, 'paper'],
    [143, 25, 3, 'blue'],
    [61, 34, 3, 'blue'],
    [77, 27, 4, 'leaf'],
    [163, 27, 4, 'leaf'],
    [179, 34, 3, 'coral'],
    [44, 58, 4, 'paper'],
    [196, 58, 4, 'paper'],
    [33, 82, 5, 'coral'],
    [207, 82, 5, 'blue'],
];

/* One line of text, each glyph where the pin puts it. */
function textLine(font, text, baseLine, colour, middle = MIDDLE) {
    const width = font.width(text),
        left = middle - Math.floor(width / 2);
    const exact = font.covers(text);
    const places = exact
        ? {
              x: font
                  .pens(text)
                  .slice(0, -1)
                  .map((pen) => left + pen / 16)
                  .join(' '),
          }
        : { 'x': middle, 'text-anchor': 'middle', 'textLength': width, 'lengthAdjust': 'spacingAndGlyphs' };
    return s(
        'text',
        {
            ...places,
            'y': baseLine,
            'fill': colour,
            'font-size': font.size,
            'class': NAME_FONTS.includes(font.name) ? 'display' : 'plain',
            'xml:space': 'preserve',
        },
        text,
    );
}

export class Face {
    #fonts;
    #latest = 0;
    #drawing = s('svg', { viewBox: `0 0 ${SIDE} ${SIDE}`, role: 'img' });

    constructor(fonts, kind = '') {
        this.#fonts = fonts;
        this.element = h('div', { class: `face ${kind}` }, this.#drawing);
    }

    #put(label, ...parts) {
        const clip = freshId('round');
        this.#drawing.setAttribute('aria-label', label);
        this.#drawing.replaceChildren(
            s('clipPath', { id: clip }, s('circle', { cx: 120, cy: 120, r: 120 })),
            s('g', { 'clip-path': `url(#${clip})` }, parts),
        );
    }

    /* A card on design `number` of the list `sports`; `strip` as strip.js unpacks it. Resolves with the design's look once
     * it is drawn, with null where a later call has come between. */
    async showCard(card, number, sports, strip = null) {
        const turn = ++this.#latest,
            design = designAt(number, sports),
            texts = [card.name, card.title, card.organisation];
        const [look] = await Promise.all([lookOf(design), this.#fonts.prepare(texts.join(' ')).catch(() => {})]);
        if (turn !== this.#latest) return null;
        const { plate } = look,
            { lines, strip: row } = nameTag(this.#fonts, { name: '', title: '', organisation: '', ...card }, plate, strip);
        const quiet = secondVoice(plate.ground, plate.ink);
        this.#put(
            `The pin shows ${texts.filter(Boolean).join(', ')}, on the design ${design.name}.`,
            s('image', { href: design.address, width: SIDE, height: SIDE }),
            lines.map((line) => textLine(line.font, line.text, line.baseLine, line.quiet ? quiet : plate.ink)),
            row < 0
                ? null
                : s('image', {
                      href: pictureOf(strip, plate.ink),
                      x: MIDDLE - Math.floor(strip.width / 2),
                      y: row,
                      width: strip.width,
                      height: strip.height,
                  }),
        );
        return look;
    }

    /* Words as the pin's own screens set them: [text, base line, colour, size] each, on night or on the plain design. */
    showWords(label, words, plain = false) {
        this.#latest += 1;
        const ground = plain
            ? s('image', { href: designAt(-1, []).address, width: SIDE, height: SIDE })
            : s('rect', { width: SIDE, height: SIDE, fill: COLOURS.night });
        const lines = words.map(([text, y, fill, size]) => {
            const kind = size > 24 ? 'display figures' : 'plain';
            return s('text', { 'x': MIDDLE, y, fill, 'font-size': size, 'text-anchor': 'middle', 'class': kind }, text);
        });
        this.#put(label, ground, lines);
    }

    /* The pin's moment for a friend: both discs touch above the name, confetti flies. `number`: which friend, 0: met again. */
    async showMeeting(mine, name, number) {
        const turn = ++this.#latest;
        await this.#fonts.prepare(name).catch(() => {});
        if (turn !== this.#latest) return;
        const { lines, font } =
            layout.name(this.#fonts.names, name, MEETING_TOP, MEETING_BOTTOM, 0) ??
            layout.cutName(this.#fonts.names, name, MEETING_TOP, MEETING_BOTTOM, this.#fonts.title);
        const greeting = !number ? 'met again' : number === 1 ? 'your first friend' : `friend number ${number}`;
        const disc = (kind, x, text, fill) =>
            s(
                'g',
                { class: kind },
                s('circle', { cx: x, cy: DISC_MIDDLE, r: DISC_RADIUS, fill }),
                textLine(this.#fonts.names[1], initial(text), DISC_MIDDLE + INITIAL_DROP, COLOURS.paper, x),
            );
        this.#put(
            `You and ${name} have met.`,
            s('rect', { width: SIDE, height: SIDE, fill: COLOURS.sun }),
            CONFETTI.map(([cx, cy, r, colour]) => s('circle', { class: 'confetti', cx, cy, r, fill: COLOURS[colour] })),
            disc('from-left', MIDDLE - DISC_RADIUS, mine, COLOURS.blue),
            disc('from-right', MIDDLE + DISC_RADIUS, name, COLOURS.coral),
            lines.map(([text, baseLine]) => textLine(font, text, baseLine, COLOURS.night)),
            textLine(this.#fonts.title, greeting, MEETING_LINE, COLOURS.night),
        );
    }
}
