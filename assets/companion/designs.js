/* The designs as files of the page: their names, plates and colours, read from the drawings themselves. */

const PLAIN = { number: -1, name: 'Plain', address: 'designs/plain.svg' };
const known = new Map();

/* Design `number` of the list `sports` (the pin's names, such as 'baseball/softball'); -1 is the plain one. */
export function designAt(number, sports) {
    const sport = sports[number];
    return number < 0 || !sport
        ? PLAIN
        : { number, name: sport[0].toUpperCase() + sport.slice(1), address: `designs/${sport.replace(/[/ ]/g, '_')}.svg` };
}

/* {plate: {top, bottom, ground, ink}, ground} of a design: where the name goes, in which colours, and the ground's colour. */
export function lookOf(design) {
    if (!known.has(design.address))
        known.set(
            design.address,
            read(design.address).catch((problem) => {
                known.delete(design.address);
                throw problem;
            }),
        );
    return known.get(design.address);
}

async function read(address) {
    const answer = await fetch(address);
    if (!answer.ok) throw new Error(`The drawing ${address} is not there.`);
    const drawing = await answer.text(),
        said = (name) => drawing.match(new RegExp(`${name}="([^"]+)"`))[1];
    const [top, bottom] = said('data-plate').split(' ').map(Number);
    return { plate: { top, bottom, ground: said('data-plate-colour'), ink: said('data-ink') }, ground: said('fill') };
}
