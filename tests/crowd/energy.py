"""What a worn pin draws, measured on the whole firmware in a world of two: standing, walking, and for a tap.

Owns the few minutes in which it measures; the currents are those of simulator.energy. `run` adds a wearer's day up from it.
"""
from typing import NamedTuple

from tests.bench.power import Fidget
from tests.simulator.gait import Gait
from tests.simulator.world import World

SETTLED_S, SPAN_S, TAP_S = 60, 40, 30           # until the display is dark; of each state; until the display is dark again
CADENCE = 107


class Rates(NamedTuple):
    """mAh an hour while the wearer stands and walks, and mAh that a tap costs beyond that; `parts` of a tap: {part: mAh}."""
    standing: float
    walking: float
    tap: float
    parts: dict

    def of_day(self, hours, walking_h, tries):
        return (hours - walking_h) * self.standing + walking_h * self.walking + tries * self.tap


def measured(seed):
    """The Rates of today's firmware."""
    with World(f'{seed}/energy') as world:
        ada, ben = world.add_pin('Ada Lovelace'), world.add_pin('Ben Okafor')
        ada.wear(Fidget())
        world.run(SETTLED_S)
        standing = _drawn(world, ada, SPAN_S)
        ada.wear(Gait([(SPAN_S * CADENCE // 60 + 4, CADENCE)], world.clock.now_ns, seed))
        walking = _drawn(world, ada, SPAN_S)
        ada.wear(Fidget())
        world.run(5)
        world.bump(ada, ben)
        tap = _drawn(world, ada, TAP_S)
        world.apart(ada, ben)
    hour = 3600 / SPAN_S
    parts = {part: max(0.0, mah - standing.get(part, 0) * TAP_S / SPAN_S) for part, mah in tap.items()}
    return Rates(sum(standing.values()) * hour, sum(walking.values()) * hour, sum(parts.values()), parts)


def _drawn(world, pin, seconds):
    """{part: mAh} that `pin` draws in the coming seconds."""
    before = dict(pin.energy.consumers())
    world.run(seconds)
    return {part: mah - before.get(part, 0) for part, mah in pin.energy.consumers()}
