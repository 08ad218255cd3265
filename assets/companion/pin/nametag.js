/* What the pin's home screen shows, as figures: which line stands where, in which font and colour. The rules are those of
 * firmware/ui/screens/name_tag.py; face.js draws what comes out.
 */
import { chord, cutName, name, picture, room } from './layout.js';
import { GAP, PLATE_BOTTOM, PLATE_TOP, SECOND_VOICE, WIDE_GAP } from './theme.js';

/* {lines: [{font, text, baseLine, quiet}], strip: row or -1} of a card {name, title, organisation} on a design's plate
 * {top, bottom}; `strip` is {width, height} where the name comes as a picture. */
export function nameTag(fonts, card, plate, strip = null) {
    const below = [card.title, card.organisation].filter(Boolean);
    const heights = [WIDE_GAP + fonts.title.capHeight, GAP + fonts.caption.capHeight];
    const wishes = Array.from({ length: below.length + 1 }, (_, gone) =>
        heights.slice(0, below.length - gone).reduce((sum, height) => sum + height, 0),
    );
    const top = plate.top + PLATE_TOP,
        bottom = Math.min(plate.bottom, PLATE_BOTTOM);
    const placed = (strip && asPicture(strip, top, bottom, wishes)) || asText(fonts, card.name, top, bottom, wishes);
    let { baseLine } = placed,
        gap = WIDE_GAP;
    const lines = [...placed.lines];
    for (const [at, text] of below.slice(0, below.length - placed.number).entries()) {
        let font = at ? fonts.caption : fonts.title;
        baseLine += gap + font.capHeight;
        if (!at && font.width(text) > room(font, baseLine)) font = fonts.caption;
        lines.push({ font, text: font.ellipsis(text, room(font, baseLine)), baseLine, quiet: true });
        gap = GAP;
    }
    return { lines, strip: placed.row ?? -1 };
}

function asPicture({ width, height }, top, bottom, wishes) {
    for (const [number, below] of wishes.entries()) {
        const row = picture(width, height, top, bottom - below);
        if (row >= 0) return { row, baseLine: row + height, number, lines: [] };
    }
    return null;
}

function asText(fonts, text, top, bottom, wishes) {
    let number = wishes.findIndex((below) => name(fonts.names, text, top, bottom, below));
    const found = number < 0 ? null : name(fonts.names, text, top, bottom, wishes[number]);
    number = number < 0 ? wishes.length - 1 : number;
    const { font, lines } = found ?? cutName(fonts.names, text, top, bottom - wishes[number], fonts.title);
    if (!lines.length) return { baseLine: top, number, lines: [] };
    const [first, firstLine] = lines[0];
    const low = Math.max(0, top - PLATE_TOP - (firstLine - font.top(first))); // an accent may not leave the plate
    return {
        number,
        baseLine: lines.at(-1)[1] + low,
        lines: lines.map(([line, baseLine]) => ({ font, text: line, baseLine: baseLine + low, quiet: false })),
    };
}

/* Whether a strip of this size stands on any design's plate, as those of assets/fonts/strip.py do. */
export function standsOnAnyPlate(width, height) {
    return height <= 56 && chord(144, 144 + height - 1) >= width;
}

/* '#RRGGBB' of the quieter colour on a plate. */
export function secondVoice(ground, ink) {
    const parts = (colour) => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
    const [from, to] = [parts(ground), parts(ink)];
    return `#${from
        .map((value, at) =>
            Math.round(value + ((to[at] - value) * SECOND_VOICE) / 15)
                .toString(16)
                .padStart(2, '0'),
        )
        .join('')}`;
}
