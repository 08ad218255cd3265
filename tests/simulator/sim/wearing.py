"""How a pin is worn at the table: hung at an angle, lying on its face, on somebody who walks.

Owns the paces that can be chosen and the list of recorded walks, where those lie beside the project. Used by `seat`.
"""
import csv

from tests.simulator.gait import Gait
from tests.simulator.runtime import ROOT
from tests.simulator.traces import FACE_UP, SECOND, UPRIGHT, Recorded, Rest, Rotated, Source

PACES_SPM = {'stroll': 85, 'walk': 110, 'brisk': 125, 'run': 165}      # steps a minute
WALK_MINUTES = 30
LYING = {'face up': FACE_UP, 'face down': (0.0, 0.0, -1000.0)}
RECORDINGS = ROOT.parent / 'shared/data/steps/normalised'
WORN = ('chest_torso', 'neck_lanyard', 'coat_pocket', 'front_pocket', 'bag')
MOST_RECORDINGS = 8
TURN_NS = SECOND // 2


def recordings():
    """{file: title} of some recorded walks, the shortest first; empty where there are none."""
    try:
        with open(RECORDINGS / 'index.csv') as file:
            rows = [row for row in csv.DictReader(file) if row['kind'] == 'pos' and row['position'] in WORN
                    and row['activity'].startswith('walk') and row['true_steps'].isdigit()]
    except FileNotFoundError:
        return {}
    rows.sort(key=lambda row: float(row['duration_s']))
    return {row['file']: f'{row["true_steps"]} recorded steps, {row["position"].replace("_", " ")}'
            for row in rows[:MOST_RECORDINGS]}


class Turning(Source):
    """From `before` to `after` within TURN_NS, as hands do it: a leap would feel like a knock."""

    def __init__(self, before, after, start_ns):
        super().__init__()
        self._before, self._after, self._start_ns = before, after, start_ns

    def feel(self, t_ns):
        share = min(1.0, max(0.0, (t_ns - self._start_ns) / TURN_NS))
        if share == 1:
            return self._after.sample(t_ns)
        share *= share * (3 - 2 * share)
        pairs = zip(self._before.sample(t_ns), self._after.sample(t_ns), strict=True)
        return tuple(old + share * (new - old) for old, new in pairs)

    def calm_slope_until(self, t_ns, slope_mg):
        return t_ns if t_ns < self._start_ns + TURN_NS else self._after.calm_until(t_ns, slope_mg)


def known(walk):
    """Whether there is such a walk here."""
    return walk in PACES_SPM or walk in recordings()


def source(now_ns, walk, side, degrees):
    """What the motion sensor feels from now on. walk: '' (stands), a name of PACES_SPM or a file of `recordings`; side: 'worn'
    or a key of LYING; degrees: how far it hangs turned, clockwise as one sees it. Raises ValueError at what is neither."""
    if walk in PACES_SPM:
        felt = Gait([(PACES_SPM[walk] * WALK_MINUTES, PACES_SPM[walk])], now_ns + SECOND // 5, seed=now_ns)
    elif walk:
        if walk not in recordings():
            raise ValueError(f'There is no walk {walk}.')
        felt = Recorded.load(RECORDINGS / walk, now_ns)
    elif side == 'worn':
        felt = Rest(UPRIGHT)
    elif side in LYING:
        felt = Rest(LYING[side])
    else:
        raise ValueError(f'A pin does not lie {side}.')
    return Rotated(felt, degrees) if degrees else felt
