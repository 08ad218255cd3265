"""`make bench-power`: what a pin draws in a day; reference_day_mah, always_on_day_mah, resting_day_mah in build/bench.json.

The whole firmware lives in the simulator; the energy ledger adds up currents from data sheets and reports
(tests/simulator/energy.py) over the states that the chips' models stood in. The reference day: 14 h worn with a fidget each
20 s, so that the sensor never rests, 9,000 steps in 30 walks, 150 glances with the screen set to 8 s, 60 taps with other
pins, six visits of a bound phone; and a night. The same day with the name always shown. A day in a drawer, where the pin
goes from light into deep sleep after twelve hours, and a week of that deep sleep.

What takes time is a pin that hangs on somebody to whom nothing happens. So all that happens in a day is played in BUSY_H
hours, and hours in which nothing does, worn and lying, are measured once and counted as often as the day has them. `--whole`
lives through each second of the 24 hours instead.
"""
import argparse
import random
from concurrent.futures import ProcessPoolExecutor

from tests.bench import record
from tests.bench.power_report import Sum, lines
from tests.simulator.gait import Gait
from tests.simulator.traces import SECOND, UPRIGHT, Rest, Sequence, Source, noise
from tests.simulator.world import World

HOUR_S = 3600
DAY_H, PUT_ON_H, WORN_H, BUSY_H = 24, 1, 14, 5
WALKS, STEPS, CADENCE = 30, 300, 105
GLANCES, GLANCE_S, TAPS, TAP_S, VISITS = 150, 8, 60, 10, 6
FACE_UP = (0.0, 0.0, 1000.0)
LIFTED_S = 1.5                                  # how long a pin is held flat before it hangs and can be read
SETTLE_S = 700                                  # until a pin that was put down is in its night
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


def free_moments(moments, taken, room_s):
    """`moments` (s, ascending), each put off until it and `room_s` after it overlap neither the one before nor any of `taken`,
    (begin, end)."""
    found, free_s = [], 0.0
    for at_s in moments:
        at_s, taken_s = max(at_s, free_s), None
        while taken_s != at_s:
            taken_s, at_s = at_s, max([at_s] + [end for begin, end in taken if begin < at_s + room_s and at_s < end])
        found.append(at_s)
        free_s = at_s + room_s
    return found


class Day:
    """What happens in a day of which `worn_h` hours from `put_on_h` on are worn, in seconds from its start."""

    def __init__(self, seed, put_on_h, worn_h):
        rng = random.Random(f'{seed}/power')
        worn = put_on_h * HOUR_S, (put_on_h + worn_h) * HOUR_S
        walk_s = STEPS * 60 / CADENCE
        self.walks = evenly(WALKS, rng, *worn, walk_s + 5)
        self.taps = evenly(TAPS, rng, *worn, TAP_S + 5)
        self.visits = evenly(VISITS, rng, *worn, 120)
        parts = [(0, Rest(FACE_UP)), (worn[0], Fidget()), (worn[1], Rest(FACE_UP))]
        for number, at_s in enumerate(self.walks):
            parts += [(at_s, Gait([(STEPS, CADENCE)], round(at_s * SECOND), number)), (at_s + walk_s + 1, Fidget())]
        taken = [(at_s - 2, at_s + walk_s + 2) for at_s in self.walks] + [(at_s - 2, at_s + TAP_S + 5) for at_s in self.taps]
        self.glances = free_moments(evenly(GLANCES, rng, *worn, LIFTED_S + GLANCE_S), taken, LIFTED_S + GLANCE_S)
        for at_s in self.glances:
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


def worn_day(always_on, whole, seed=1):
    """(Sum, what happened, complaints) of a reference day."""
    day = Day(seed, PUT_ON_H, WORN_H) if whole else Day(seed, 0, BUSY_H)
    with World(seed) as world:
        pin = world.add_pin('Ada', False, settings={'screen_s': GLANCE_S, 'always_on': always_on})
        phone = activate(world, pin)
        happened = live(world, pin, phone, day, DAY_H if whole else BUSY_H)
        pin.energy.settle()
        total = Sum().add(pin.energy)
        if not whole:
            total.add(quiet_hour(world, pin, Fidget(), 60), WORN_H - BUSY_H)
            total.add(quiet_hour(world, pin, Rest(FACE_UP), SETTLE_S), DAY_H - WORN_H)
        return total, happened, world.complaints


def live(world, pin, phone, day, hours):
    """Have the wearer of `pin` live through `day` from now on, for so many hours; returns what happened as text."""
    began_ns = world.clock.now_ns
    pin.wear(Shifted(day.source, began_ns))
    pin.energy                                                  # noqa: B018  begins to count
    taps, glances = 0, pin.console.text.count('upright')
    for at_s, what in sorted([(at_s, 'tap') for at_s in day.taps] + [(at_s, 'visit') for at_s in day.visits]):
        world.run(max(0, at_s - (world.clock.now_ns - began_ns) / SECOND))
        if what == 'tap':
            taps += tap(world, pin, at_s)
        else:
            visit(world, pin, phone)
    world.run(hours * HOUR_S - (world.clock.now_ns - began_ns) / SECOND)
    glances = pin.console.text.count('upright') - glances
    return f'{taps} taps, {len(day.visits)} visits, {glances} glances, {len(day.walks)} walks of {STEPS} steps'


def quiet_hour(world, pin, source, settle_s):
    """The Sum of an hour in which nothing happens, `settle_s` after it began."""
    pin.wear(source)
    world.run(settle_s)
    pin.energy.settle()
    before = Sum().add(pin.energy)
    world.run(HOUR_S)
    pin.energy.settle()
    return Sum().add(pin.energy, without=before)


def resting_day(seed=1):
    """(Sum of a day in a drawer, of a day of light sleep, of a week of deep sleep, complaints)."""
    with World(seed) as world:
        pin = world.add_pin('Ada')
        pin.wear(Rest(FACE_UP))
        world.run(60)
        pin.energy                                              # noqa: B018  begins to count
        world.run(11 * HOUR_S)
        light = quiet_hour(world, pin, pin.source, 0)
        world.run(DAY_H * HOUR_S - 12 * HOUR_S)
        pin.energy.settle()
        day = Sum().add(pin.energy)
        return day, Sum().add(light, DAY_H), Sum().add(quiet_hour(world, pin, pin.source, 0), 7 * DAY_H), world.complaints


def resting_hour(nfc, seed=1):
    """The Sum of a night's hour with the NFC chip on that bus, and complaints."""
    with World(seed) as world:
        pin = world.add_pin('Ada', nfc=nfc)
        return quiet_hour(world, pin, Rest(FACE_UP), SETTLE_S), world.complaints


def show_worn(key, job):
    total, happened, complaints = job.result()
    tell(key, total, complaints, happened)
    print('  with the NFC chip on a UART and its line not wired, where light sleep would lose what it says: '
          f'{total.without_light_sleep():.1f}')
    record.merge({key: round(total.mah, 1)})


def show_resting(key, job, hours):
    day, light, week, complaints = job.result()
    tell(key, day, complaints)
    tell('a day of light sleep alone, as where only the button wakes the pin', light, [])
    tell('a week of deep sleep', week, [])
    for nfc, hour in hours.items():
        total, complaints = hour.result()
        print(f'an hour of a night with the NFC chip on {nfc}: {total.mah:.3f} mAh, '
              f'{total.without_light_sleep():.1f} without light sleep')
        for text in complaints[:5]:
            print('  complaint: ' + text)
    record.merge({key: round(day.mah, 1), 'resting_light_day_mah': round(light.mah, 1), 'drawer_week_mah': round(week.mah, 1)})


def tell(key, total, complaints, happened=''):
    for line in lines(key, total, LIMITS_MAH.get(key), happened):
        print(line)
    for text in complaints[:5]:
        print('  complaint: ' + text)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--only', choices=sorted(LIMITS_MAH))
    parser.add_argument('--whole', action='store_true', help='each second of the worn days')
    options = parser.parse_args()
    with ProcessPoolExecutor(2) as pool:
        worn = {key: pool.submit(worn_day, always_on, options.whole) for key, always_on in
                (('reference_day_mah', False), ('always_on_day_mah', True)) if options.only in (None, key)}
        if options.only in (None, 'resting_day_mah'):
            hours = {nfc: pool.submit(resting_hour, nfc) for nfc in ('spi', 'i2c', 'uart')}
            show_resting('resting_day_mah', pool.submit(resting_day), hours)
        for key, job in worn.items():
            show_worn(key, job)


if __name__ == '__main__':
    main()
