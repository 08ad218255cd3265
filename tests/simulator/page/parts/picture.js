/* What a panel shows, off the wire: a rectangle of RGB565 pixels, deflated (tests/simulator/sim/screen.py), and as a file. */
import { save } from '../companion/dom.js';

export const SIDE = 240;
const HEAD = 7;
const BEZEL = 12;

/* {number, x, y, width, height, pixels}, where pixels is the promise of an ImageData. */
export function decoded(buffer) {
    const view = new DataView(buffer);
    const [x, y, width, height] = [3, 4, 5, 6].map((at) => view.getUint8(at));
    return { number: view.getUint16(1), x, y, width, height, pixels: unpacked(buffer.slice(HEAD), width, height) };
}

async function unpacked(packed, width, height) {
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
    const words = new DataView(await new Response(stream).arrayBuffer());
    const image = new ImageData(width, height);
    const colours = new Uint32Array(image.data.buffer);
    for (let at = 0; at < colours.length; at++) {
        const word = words.getUint16(2 * at);
        const [r, g, b] = [word >> 11, (word >> 5) & 63, word & 31];
        colours[at] = ((255 << 24) | (((b << 3) | (b >> 2)) << 16) | (((g << 2) | (g >> 4)) << 8) | (r << 3) | (r >> 2)) >>> 0;
    }
    return image;
}

/* The pin as a PNG: the glass as lit as it is, in its bezel, upright as it hangs. */
export async function savePicture(name, canvas, light, degrees) {
    const size = SIDE + 2 * BEZEL;
    const sheet = new OffscreenCanvas(size, size);
    const brush = sheet.getContext('2d');
    const disc = (radius, colour) => {
        brush.fillStyle = colour;
        brush.beginPath();
        brush.arc(size / 2, size / 2, radius, 0, 2 * Math.PI);
        brush.fill();
    };
    disc(size / 2, '#16181D');
    disc(SIDE / 2, '#050608');
    brush.clip();
    brush.translate(size / 2, size / 2);
    brush.rotate((degrees * Math.PI) / 180);
    brush.globalAlpha = light;
    brush.drawImage(canvas, -SIDE / 2, -SIDE / 2);
    save(`${name}.png`, 'image/png', [await sheet.convertToBlob()]);
}
