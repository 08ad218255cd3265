/* Numbers, days and names as people read them. A day is the pin's number of it: days since 2000-01-01. */

const DAY_MS = 86400000;
const EPOCH = Date.UTC(2000, 0, 1);

const DAY = new Intl.DateTimeFormat('en-GB', { weekday: 'short', day: 'numeric', month: 'short', timeZone: 'UTC' });
const FULL_DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' });
const LETTER = new Intl.DateTimeFormat('en-GB', { weekday: 'narrow', timeZone: 'UTC' });
const NUMBER = new Intl.NumberFormat('en-GB');

export const dateOf = (day) => new Date(EPOCH + day * DAY_MS);
export const number = (value) => NUMBER.format(value);
export const count = (value, one, many = `${one}s`) => `${number(value)} ${value === 1 ? one : many}`;
export const shortDay = (day) => DAY.format(dateOf(day));
export const fullDay = (day) => (day ? FULL_DAY.format(dateOf(day)) : 'on some day');
export const letterOf = (day) => LETTER.format(dateOf(day));
export const capital = (text) => text.slice(0, 1).toUpperCase() + text.slice(1);
export const hour = (at) => `${String(at % 24).padStart(2, '0')}:00`;

/* 'today', 'yesterday', '3 days ago' */
export function ago(day, today) {
    if (!day || !today) return 'on some day';
    const days = today - day;
    return days < 0
        ? 'dated ahead'
        : days === 0
          ? 'today'
          : days === 1
            ? 'yesterday'
            : days < 30
              ? `${days} days ago`
              : fullDay(day);
}

/* The letter that stands for a name on a disc. */
export const initial = (name) => (Array.from(name.trim())[0] ?? '?').toUpperCase();

/* Text without accents and case, for searching. */
export const plain = (text) =>
    text
        .normalize('NFKD')
        .replace(/\p{Mark}/gu, '')
        .toLowerCase();

/* 0..most - 1, always the same for the same text. */
export function spread(text, most) {
    let sum = 7;
    for (const character of text) sum = (sum * 31 + character.codePointAt(0)) % 1000003;
    return sum % most;
}
