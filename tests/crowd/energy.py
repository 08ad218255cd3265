"""What a worn pin draws, measured on the whole firmware: standing, walking, for a tap, with a phone bound, for its visit.

Owns the half hour in two worlds in which it measures; the currents are those of simulator.energy. `run` adds a wearer's day up
from it.
"""
from types import SimpleNamespace
from typing import NamedTuple

from firmware.system.setting_rows import SETTINGS
from tests.bench.power import Fidget
from tests.crowd import phones
from tests.simulator.gait import Gait
from tests.simulator.world import World

SETTLED_S = 100
SPAN_S, TAP_S = 40, 30                          # of each state; after a tap, until it is dark again
VISIT_S, DARK_S, HEARD_S = 90, 20, 30           # after a press: display and radio are off; the display is; the radio is on
CADENCE = 107
WALKS = 3                                       # the least counts: a false bump in one is too rare to be an hour's


class Rates(NamedTuple):
    """mAh an hour while the wearer stands and walks, and what a bound phone adds to it; mAh that a tap and a phone's visit
    cost beyond that; `parts` of a tap: {part: mAh}."""
    standing: float
    walking: float
    bound: float
    tap: float
    visit: float
    parts: dict

    def of_day(self, hours, walking_h, tries, phone=False, visits=0):
        """mAh of so many hours."""
        return ((hours - walking_h) * self.standing + walking_h * self.walking + tries * self.tap
                + phone * hours * self.bound + visits * self.visit)


def measured(seed):
    """The Rates of today's firmware."""
    with World(f'{seed}/energy') as world:
        ada, ben = world.add_pin('Ada Lovelace'), world.add_pin('Ben Okafor')
        _settle(world, ada)
        standing = _drawn(world, ada, SPAN_S)
        ada.wear(Gait([(WALKS * SPAN_S * CADENCE // 60 + 4, CADENCE)], world.clock.now_ns, seed))
        walking = min(sum(_drawn(world, ada, SPAN_S).values()) for _ in range(WALKS))
        ada.wear(Fidget())
        world.run(5)
        world.bump(ada, ben)
        tap = _drawn(world, ada, TAP_S)
        world.apart(ada, ben)
    hour = 3600 / SPAN_S
    parts = {part: max(0.0, mah - standing.get(part, 0) * TAP_S / SPAN_S) for part, mah in tap.items()}
    still = sum(standing.values()) * hour
    bound, visit = _with_a_phone(seed, still)
    return Rates(still, walking * hour, bound, sum(parts.values()), visit, parts)


def _with_a_phone(seed, standing):
    """(what a phone that is elsewhere adds an hour, by the settings' windows; what its visit costs), mAh."""
    wearer = SimpleNamespace(name='Ada Lovelace', card={'name': 'Ada Lovelace'})
    with World(f'{seed}/energy/phone') as world:
        pin = world.add_pin(wearer.name, False)
        world.run(2)
        phone = phones.join(world, wearer)
        held, _ = phone.do(phones.visit(phone, pin, wearer, None))
        _settle(world, pin)
        pin.press()
        visit = _drawn(world, pin, VISIT_S, lambda: phone.do(phones.visit(phone, pin, wearer, held)))
        pin.press()
        world.run(DARK_S)
        heard = sum(_drawn(world, pin, HEARD_S).values()) * 3600 / HEARD_S - standing
    usual = {row.key: row.default for row in SETTINGS}
    return heard * usual['radio_window_s'] / (60 * usual['radio_every_min']), sum(visit.values()) - standing * VISIT_S / 3600


def _settle(world, pin):
    """Hang a pin on a person, and let pass what it does after a start."""
    pin.wear(Fidget())
    world.run(SETTLED_S)


def _drawn(world, pin, seconds, act=lambda: None):
    """{part: mAh} that `pin` draws in the coming seconds, in which `act()` happens first."""
    before, end_s = dict(pin.energy.consumers()), world.now_ms / 1000 + seconds
    act()
    world.run(end_s - world.now_ms / 1000)
    return {part: mah - before.get(part, 0) for part, mah in pin.energy.consumers()}
