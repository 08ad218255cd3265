"""What `make bench-power` prints of a ledger: the largest consumers, each state with the confidence of its current, and how
far the result moves with the currents that are least sure.

Owns the sums of several stretches of time (`Sum`). Used by `power`.
"""
from collections import Counter

from tests.simulator.energy import CURRENTS, MA_H, UNSURE

HOUR_NS = 3_600_000_000_000
OFF_BY = 0.3                                    # how wrong an unsure current may be
LEAST_MAH = 0.05
SHOWN = 4                                       # of the currents that move the result most


class Sum:
    """Times and charges by (part, state), of one stretch or of several."""

    def __init__(self):
        self.charge, self.time_ns = Counter(), Counter()

    def add(self, ledger, times=1, without=None):
        """Add a Ledger's or a Sum's figures so often; returns itself. `without`: an earlier copy of them to leave out."""
        for mine, theirs, before in ((self.charge, ledger.charge, without and without.charge),
                                     (self.time_ns, ledger.time_ns, without and without.time_ns)):
            for key, value in theirs.items():
                mine[key] += times * (value - (before[key] if before else 0))
        return self

    @property
    def mah(self):
        return sum(self.charge.values()) / MA_H

    def part(self, name):
        """mAh of one part."""
        return sum(charge for (part, _), charge in self.charge.items() if part == name) / MA_H

    def consumers(self):
        """[(part, mAh)], the largest first."""
        return sorted(((part, self.part(part)) for part in {part for part, _ in self.charge}), key=lambda pair: -pair[1])

    def unsure(self):
        """[((part, state), mAh)] of what rests on one report or on none, the largest first."""
        return [(key, charge / MA_H) for key, charge in self.charge.most_common() if CURRENTS[key][1] in UNSURE]

    def without_light_sleep(self):
        """mAh where the processor idled instead, at its slowest."""
        idle, asleep = CURRENTS['processor', 'idle 80'][0], CURRENTS['processor', 'light sleep'][0]
        return self.mah + self.time_ns['processor', 'light sleep'] / HOUR_NS * (idle - asleep)


def lines(key, total, limit, happened=''):
    """The report on `total`, a Sum, as lines of text."""
    yield f'{key}: {total.mah:.1f} mAh modelled (limit {limit})' if limit else f'{key}: {total.mah:.1f} mAh modelled'
    if happened:
        yield '  happened: ' + happened
    yield '  largest: ' + ', '.join(f'{part} {mah:.1f}' for part, mah in total.consumers()[:3])
    confidences = Counter()
    for (part, state), charge in total.charge.items():
        confidences[CURRENTS[part, state][1]] += charge / MA_H
    yield '  by confidence: ' + ', '.join(f'{name} {mah:.1f}' for name, mah in confidences.most_common())
    for (part, state), charge in total.charge.most_common():
        current, confidence, source = CURRENTS[part, state]
        if charge:
            yield (f'    {part + " " + state:24} {total.time_ns[part, state] / HOUR_NS:8.3f} h {charge / MA_H:7.2f} mAh'
                   f'  at {current} mA ({confidence}: {source})')
    yield from _swings(total, limit)


def _swings(total, limit):
    unsure = [(key, mah) for key, mah in total.unsure() if mah >= LEAST_MAH]
    for (part, state), mah in unsure[:SHOWN]:
        yield (f'  if {part} {state} ({CURRENTS[part, state][0]} mA) is off by {OFF_BY:.0%}: '
               f'{total.mah - OFF_BY * mah:.1f} to {total.mah + OFF_BY * mah:.1f}')
    all_mah = sum(mah for _, mah in unsure)
    most = total.mah + OFF_BY * all_mah
    verdict = '' if not limit else ', within the limit' if most <= limit else ', beyond the limit'
    yield f'  if all {len(unsure)} unsure ones are at once: {total.mah - OFF_BY * all_mah:.1f} to {most:.1f}{verdict}'
