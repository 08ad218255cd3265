/* The name as a picture (CPN1, see firmware/social/name_strip.py): shaped by the browser, in whatever fonts this phone has,
 * for scripts that the pin cannot shape.
 */
import { deflate } from './deflate.js';
import { inflate } from './font.js';
import { standsOnAnyPlate } from './nametag.js';

export const MAX_BYTES = 2048;
const SIZES = [48, 44, 40, 36, 32, 28, 24, 20]; // pixels per em, the largest that fits
const LEAST_TITLED = 28,
    HIGHEST_TITLED = 32; // pixels per em, and of the picture, that leave room for a title
const MAGIC = [0x43, 0x50, 0x4e, 0x31];
const FAMILIES = '"Inter Display", "Noto Sans", system-ui, sans-serif';

export class StripError extends Error {}

/* Scripts whose letters change their shape or order beside others; what the pin's fonts show of them is wrong or ugly. */
const SCRIPTS = (
    'Arabic Hebrew Syriac Thaana Nko Devanagari Bengali Gurmukhi Gujarati Oriya Tamil Telugu Kannada Malayalam ' +
    'Sinhala Thai Lao Tibetan Myanmar Khmer Mongolian Ethiopic Georgian Armenian'
).split(' ');
const SHAPED = new RegExp(`[${SCRIPTS.map((script) => `\\p{Script=${script}}`).join('')}\\p{Extended_Pictographic}]`, 'u');

/* Whether a name looks better as a picture than as the pin's own text. */
export const wantsStrip = (name) => SHAPED.test(name.replace(/[0-9#*]/g, ''));

/* Coverage of the shaped name, cropped: {width, height, levels: Uint8Array of 0..255}, or null where nothing is seen. */
export function drawn(name, size, families) {
    const canvas = document.createElement('canvas');
    const font = `600 ${size}px ${families}`;
    let context = canvas.getContext('2d', { willReadFrequently: true });
    context.font = font;
    canvas.width = Math.ceil(context.measureText(name).width) + 2 * size;
    canvas.height = 3 * size;
    context = canvas.getContext('2d', { willReadFrequently: true });
    context.font = font;
    context.textAlign = 'center';
    context.direction = 'inherit';
    context.fillText(name, canvas.width / 2, 2 * size);
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
    return cropped((x, y) => data[4 * (y * canvas.width + x) + 3], canvas.width, canvas.height);
}

function cropped(at, width, height) {
    let left = width,
        right = -1,
        top = height,
        bottom = -1;
    for (let y = 0; y < height; y++)
        for (let x = 0; x < width; x++)
            if (at(x, y) > 42) {
                // what becomes a visible level
                [left, right] = [Math.min(left, x), Math.max(right, x)];
                [top, bottom] = [Math.min(top, y), Math.max(bottom, y)];
            }
    if (right < 0) return null;
    const found = { width: right - left + 1, height: bottom - top + 1 };
    found.levels = Uint8Array.from({ length: found.width * found.height }, (_, number) =>
        at(left + (number % found.width), top + Math.floor(number / found.width)),
    );
    return found;
}

/* The strip of a picture of coverage 0..255. */
export function packed({ width, height, levels }) {
    const stride = Math.ceil(width / 4),
        rows = new Uint8Array(stride * height);
    levels.forEach((level, number) => {
        const x = number % width,
            y = Math.floor(number / width);
        rows[y * stride + (x >> 2)] |= Math.floor((level * 3 + 127) / 255) << (2 * (x & 3));
    });
    return Uint8Array.from([...MAGIC, width, height, ...deflate(rows)]);
}

/* The strip of a name, in the largest type that the limits allow; with `titled` preferably so low that a title fits below it
 * on any plate. Throws StripError. */
export function makeStrip(name, titled = false, families = FAMILIES) {
    const pictures = SIZES.map((size) => drawn(name, size, families));
    if (!pictures[0]) throw new StripError('There is nothing to see in this name.');
    const low = titled
        ? pictures.filter((picture, at) => SIZES[at] >= LEAST_TITLED && picture.height <= HIGHEST_TITLED)
        : [];
    for (const picture of [...low, ...pictures].filter(({ width, height }) => standsOnAnyPlate(width, height))) {
        const strip = packed(picture);
        if (strip.length <= MAX_BYTES) return strip;
    }
    throw new StripError('This name is too long for a picture, so the pin sets it in its own type.');
}

/* {width, height, levels: Uint8Array of 0..3} of a strip. Throws StripError. */
export async function unpacked(strip) {
    if (MAGIC.some((byte, at) => strip[at] !== byte))
        throw new StripError('The picture of the name is not in a format that this page knows.');
    const [width, height] = [strip[4], strip[5]],
        stride = Math.ceil(width / 4);
    const rows = await inflate(strip.slice(6)).catch(() => []);
    if (rows.length !== stride * height) throw new StripError('The picture of the name is damaged.');
    return {
        width,
        height,
        levels: Uint8Array.from({ length: width * height }, (_, number) => {
            const x = number % width;
            return (rows[Math.floor(number / width) * stride + (x >> 2)] >> (2 * (x & 3))) & 3;
        }),
    };
}

/* A strip's picture as an address for an <image>, in the ink '#RRGGBB'. */
export function pictureOf({ width, height, levels }, ink) {
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [width, height];
    const context = canvas.getContext('2d'),
        image = context.createImageData(width, height);
    const colour = [1, 3, 5].map((at) => parseInt(ink.slice(at, at + 2), 16));
    levels.forEach((level, number) => image.data.set([...colour, level * 85], 4 * number));
    context.putImageData(image, 0, 0);
    return canvas.toDataURL();
}

export const toBase64 = (bytes) => btoa(String.fromCharCode(...bytes));
export const fromBase64 = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
