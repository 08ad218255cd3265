/* A person as a small enamel disc: the initial on one of the eleven grounds of the designs, always the same for a device, with
 * a rim of the medal's metal.
 */
import { h } from './dom.js';
import { initial, spread } from './words.js';

export const MEDALS = ['rookie', 'bronze', 'silver', 'gold'];
const GROUNDS = 11;

export function disc(friend, kind = '') {
    const medal = MEDALS[friend.told?.[3] ?? 0];
    return h(
        'span',
        { 'class': `disc ground-${spread(friend.id ?? friend.name, GROUNDS)} ${medal} ${kind}`, 'aria-hidden': 'true' },
        h('span', {}, initial(friend.name)),
    );
}
