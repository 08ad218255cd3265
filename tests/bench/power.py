"""`make bench-power`: what a pin draws in a day; reference_day_mah, always_on_day_mah, resting_day_mah in build/bench.json.

The whole firmware lives through 24 modelled hours in the simulator; the energy ledger adds up currents from data sheets and
reports (tests/simulator/energy.py) over the states that the chips' models stood in. The reference day: 14 h worn with a fidget
each 20 s, so that the sensor never rests, 9,000 steps in 30 walks, 150 glances with the screen set to 8 s, 60 taps with other
pins, six visits of a bound phone. The same day with the name always shown. And a day in a drawer.
"""
import argparse
import random
from concurrent.futures import ProcessPoolExecutor

from tests.bench import record
from tests.simulator.energy import CURRENTS
from tests.simulator.gait import Gait
from tests.simulator.traces import SECOND, UPRIGHT, Rest, Sequence, Source, noise
from tests.simulator.world import World

HOUR_S = 3600
DAY_H, PUT_ON_H, TAKEN_OFF_H = 24, 1, 15        # hours from the start
WALKS, STEPS, CADENCE = 30, 300, 105
GLANCES, GLANCE_S, TAPS, TAP_S, VISITS = 150, 8, 60, 10, 6
FACE_UP = (0.0, 0.0, 1000.0)
LIFTED_S = 1.5                                  # how long a pin is held flat before it hangs and can be read
REQUESTS = ({'do': 'profile', 'act': 'get'}, {'do': 'friends', 'act': 'page'}, {'do': 'steps', 'act': 'day'}, {'do': 'boards'})
LIMITS_MAH = {'reference_day_mah': 160, 'always_on_day_mah': 320, 'resting_day_mah': 30}


class Fidget(Source):
    """Hangs on a person who sits: each PERIOD_S it is jolted so much that the sensor does not take it for lying still."""
    PERIOD_S, LASTS_S, TILT_MG = 20, 0.12, 150.0

    def feel(self, t_ns):
        into_s = t_ns / SECOND % self.PERIOD_S
        tilt = self.TILT_MG * (1 - abs(2 * into_s / self.LASTS_S - 1)) if into_s < self.LASTS_S else 0.0
        x, y, z = UPRIGHT
        return x + 1.2 * noise(t_ns, 0), y + 1.2 * noise(t_ns, 1), z + tilt + 1.2 * noise(t_ns, 2)

    def calm_slope_until(self, t_ns, slope_mg):
        return t_ns


def evenly(count, rng, begin_s, end_s, room_s):
    """`count` moments, one in each equal part of the time, `room_s` from its end."""
    part_s = (end_s - begin_s) / count
    return [begin_s + part_s * number + rng.random() * (part_s - room_s) for number in range(count)]


class Day:
    """What happens in a reference day, in seconds from its start."""

    def __init__(self, seed):
        rng = random.Random(f'{seed}/power')
        worn = PUT_ON_H * HOUR_S, TAKEN_OFF_H * HOUR_S
        walk_s = STEPS * 60 / CADENCE
        self.walks = evenly(WALKS, rng, *worn, walk_s + 5)
        self.taps = evenly(TAPS, rng, *worn, TAP_S + 5)
        self.visits = evenly(VISITS, rng, *worn, 120)
        parts = [(0, Rest(FACE_UP)), (worn[0], Fidget()), (worn[1], Rest(FACE_UP))]
        for number, at_s in enumerate(self.walks):
            parts += [(at_s, Gait([(STEPS, CADENCE)], round(at_s * SECOND), number)), (at_s + walk_s + 1, Fidget())]
        for at_s in evenly(GLANCES, rng, *worn, LIFTED_S + GLANCE_S):
            at_s = next((begin_s + walk_s + 2 for begin_s in self.walks if begin_s - 2 <= at_s <= begin_s + walk_s + 1), at_s)
            parts += [(at_s, Rest(FACE_UP)), (at_s + LIFTED_S, Fidget())]
        self.source = Sequence([(round(at_s * SECOND), source) for at_s, source in sorted(parts, key=lambda part: part[0])])


def tap(world, pin, number):
    """Another pin comes, they become friends, and it goes."""
    other = world.add_pin(f'Friend {number}', on=False)
    other.boot()
    world.run(1.5)
    world.bump(pin, other)
    world.run(TAP_S)
    world.apart(pin, other)
    met = 'friends with' in other.console
    other.cut_power()
    other.close()
    world.pins.remove(other)
    return met


def visit(world, pin, phone):
    """The wearer wakes the pin, and the phone asks what it wants to know."""
    pin.press()
    client = phone.do(phone.open(pin), timeout_s=30)
    for request in REQUESTS:
        phone.do(client.ask(request), timeout_s=30)
    phone.do(client.link.disconnect(), timeout_s=10)


def worn_day(always_on, seed=1):
    """(Ledger, {what: how many}) of a reference day."""
    day = Day(seed)
    with World(seed) as world:
        pin = world.add_pin('Ada', False, settings={'screen_s': GLANCE_S, 'always_on': always_on})
        phone = activate(world, pin)
        began_ns = world.clock.now_ns
        pin.wear(Shifted(day.source, began_ns))
        pin.energy                                              # noqa: B018  begins to count
        happened = {'taps': 0, 'visits': 0, 'glances': pin.console.text.count('upright')}
        for at_s, what in sorted([(at_s, 'tap') for at_s in day.taps] + [(at_s, 'visit') for at_s in day.visits]):
            world.run(max(0, at_s - (world.clock.now_ns - began_ns) / SECOND))
            if what == 'tap':
                happened['taps'] += tap(world, pin, at_s)
            else:
                visit(world, pin, phone)
                happened['visits'] += 1
        world.run(DAY_H * HOUR_S - (world.clock.now_ns - began_ns) / SECOND)
        happened['glances'] = pin.console.text.count('upright') - happened['glances']
        happened['wakes'] = pin.wakes
        return summary(pin.energy, happened, world.complaints)


def activate(world, pin):
    """A phone that is bound to the pin and has given it its card."""
    from tests.bench.ble import bound_phone  # Bumble is loaded where it is wanted
    world.run(2)
    client, _ = bound_phone(world, pin)
    phone = client.phone
    phone.do(client.ask({'do': 'profile', 'act': 'set', 'name': 'Ada Lovelace'}))
    phone.do(client.link.disconnect())
    world.run(120)                                              # until the radio is off
    return phone


class Shifted(Source):
    """`source` from world time `start_ns` on."""

    def __init__(self, source, start_ns):
        super().__init__()
        self._source, self._start_ns = source, start_ns

    def feel(self, t_ns):
        return self._source.sample(t_ns - self._start_ns)

    def calm_slope_until(self, t_ns, slope_mg):
        return self._source.calm_until(t_ns - self._start_ns, slope_mg) + self._start_ns


def resting_day(seed=1):
    with World(seed) as world:
        pin = world.add_pin('Ada')
        pin.wear(Rest(FACE_UP))
        world.run(60)
        pin.energy                                              # noqa: B018  begins to count
        world.run(DAY_H * HOUR_S)
        return summary(pin.energy, {'wakes': pin.wakes}, world.complaints)


def summary(ledger, happened, complaints):
    return {'mah': ledger.total_mah, 'consumers': ledger.consumers(), 'happened': happened, 'complaints': complaints,
            'uncertain': ledger.uncertain_mah(),
            'states': {f'{part} {state}': (time_ns / SECOND / HOUR_S, ledger.charge[part, state] / 3600e9)
                       for (part, state), time_ns in ledger.time_ns.items()}}


def show(key, found):
    limit = LIMITS_MAH[key]
    print(f'{key}: {found["mah"]:.1f} mAh modelled (limit {limit}), {found["uncertain"]:.0f} of them on one report or a guess')
    print('  happened: ' + ', '.join(f'{count} {what}' for what, count in found['happened'].items()))
    print('  consumers: ' + ', '.join(f'{part} {mah:.1f}' for part, mah in found['consumers']))
    for state, (hours, mah) in sorted(found['states'].items(), key=lambda item: -item[1][1]):
        part, _, rest = state.partition(' ')
        source = next(value for (name, kind), value in CURRENTS.items() if f'{name} {kind}' == state)
        print(f'    {state:24} {hours:7.3f} h  {mah:7.2f} mAh   at {source[0]} mA ({source[1]})')
    for text in found['complaints'][:5]:
        print('  complaint: ' + text)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--only', choices=sorted(LIMITS_MAH))
    chosen = parser.parse_args().only
    days = {'reference_day_mah': (worn_day, False), 'always_on_day_mah': (worn_day, True), 'resting_day_mah': (resting_day,)}
    with ProcessPoolExecutor(2) as pool:
        running = {key: pool.submit(*job) for key, job in days.items() if chosen in (None, key)}
        for key, job in running.items():
            found = job.result()
            show(key, found)
            record.merge({key: round(found['mah'], 1)})


if __name__ == '__main__':
    main()
