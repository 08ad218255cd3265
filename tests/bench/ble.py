"""The companion's link in figures: `make bench-ble`. Prints what is modelled, and merges its figures into build/bench.json.

    bind_s                      from the digits typed on the phone to "Your phone is bound." on the pin; the slowest of several
    sync_1000_friends_s         a bound phone fetches the whole friend book of 1,000 people
    sync_computing_s            what the pin computes meanwhile, S3-modelled; on top where the link does not wait anyway
    request_ms                  from a request's first byte to its answer's last, while a phone is at it; the slowest of
                                requests at all phases of the connection interval
    request_median_ms           the one in the middle
    first_request_ms            the one before them, after ten seconds of silence: what serves it has to be loaded first
    request_computing_ms        what the pin computes for one on average, S3-modelled
    connected_heap_bytes        live on the heap of a pin with 1,000 friends while a phone is connected and was just served

The whole firmware runs on the real MicroPython; the phone is Bumble. Time is the world's: a connection event each INTERVAL_MS,
in it a few packets each way, one after the other at 1 Mbit/s, as tests/simulator/radio/ether.py has it; buses, flash and wakes
of the pin as in every scenario; the key agreement as peripheral.SHARED_SECRET_S. None of it was measured on a board.

What the interpreter computes between two waits is world.WAKE_US there, whatever it is. How much more it may be is said apart:
a twin of the pin that never collects tells processor time and garbage, and s3_model what both take on an S3: all of the time
as bytecode, and a collection of the live heap for each 8 kB of garbage.
"""
import argparse
import asyncio
import json
import statistics
import sys
from typing import NamedTuple

from tests.bench import s3_model
from tests.bench.record import merge
from tests.simulator import runtime
from tests.simulator.radio import digits
from tests.simulator.radio.client import RequestError
from tests.simulator.runtime import ROOT
from tests.simulator.world import World

INTERVAL_MS = 30
FRIENDS = 1_000
BINDS, REQUESTS = 5, 60
COMPUTED = 400                                  # requests whose processor time is told in ticks of 10 ms
TARGETS = {'bind_s': 5, 'sync_1000_friends_s': 20, 'request_ms': 2 * INTERVAL_MS + 10}
BOUND = 'Your phone is bound.'
COLLECT_AFTER = 8_192                           # main.py
GC_LIVE = 123_000                               # bytes live in s3_model.C_US['gc']
LAVISH = '''
import gc as real
import sys


class Lavish:
    mem_alloc, mem_free = real.mem_alloc, real.mem_free
    kept = [8192]

    @staticmethod
    def threshold(amount=None):
        if amount is None:
            return Lavish.kept[0]
        Lavish.kept[0] = amount

    @staticmethod
    def collect():
        pass


sys.modules['gc'] = Lavish
'''                                             # before main.py: nothing is ever collected
LONG_S, MOST_REFUSED, TYPING_S = 120, 20, 3


def say(line):
    sys.stdout.write(line + '\n')


class Synced(NamedTuple):
    """Of fetching the friend book: seconds in the world, bytes of answers, requests answered, and refused for want of
    memory."""
    seconds: float
    size: int
    requests: int
    refused: int


def check(world):
    if world.complaints:
        raise RuntimeError(f'the simulator complains: {world.complaints}')


def bound_phone(world, pin, typing_s=0):
    """(Client of a new phone, seconds from the digits typed to bound) of a pin that may be bound now."""
    phone = world.add_phone('Phone', interval_ms=INTERVAL_MS)
    typed_ms = []

    async def look():
        seen = digits.shown(pin)
        if seen:
            await asyncio.sleep(typing_s)
            typed_ms.append(world.now_ms)
        return seen

    client = phone.do(phone.open(pin, look), timeout_s=LONG_S)
    if not world.run_until(lambda: BOUND in pin.console, 10, 1):
        raise RuntimeError(f'the pin does not say that it is bound; its console ends with {pin.console.text[-400:]!r}')
    return client, (world.now_ms - typed_ms[0]) / 1000


def binds(count):
    """Seconds of each of so many first bindings, each begun at another moment of the interval."""
    found = []
    for seed in range(count):
        with World(seed) as world:
            pin = world.add_pin('Ada', False)   # which may be bound from its first start on
            found.append(bound_phone(world, pin, TYPING_S + INTERVAL_MS / 1000 * seed / count)[1])
            check(world)
    return found


def choose(world, pin, row):
    """A row of the settings, as a finger does it: from home."""
    from firmware.ui import choices  # after tests.simulator, which has MicroPython's names on CPython
    before = pin.console.text.count('showing settings')
    while pin.console.text.count('showing settings') == before:
        pin.press()
        world.run(0.6)
    pin.press(700)
    world.run(1)
    for _ in range([one[0] for one in choices.ROWS].index(row)):
        pin.press()
        world.run(0.15)
    pin.press(700)


def connected(world, **options):
    """(Pin with 1,000 friends, Client) bound from the settings, and at rest again."""
    pin = world.add_pin('Ada', friends=FRIENDS, **options)
    world.run(8)
    choose(world, pin, 'Bind a phone')
    client, _ = bound_phone(world, pin)
    world.run(10)
    return pin, client


def requests(world, client, count):
    """Milliseconds of each of so many requests, begun at all phases of the connection interval."""
    found = []
    for index in range(count):
        world.run(0.2 + INTERVAL_MS / 1000 * index / count)
        before_ms = world.now_ms
        client.phone.do(client.ask({'do': 'battery'}))
        found.append(world.now_ms - before_ms)
    return found


def sync(world, client):
    """Fetch the whole book; a page that is refused for want of memory is asked for again, as a companion does."""
    before_ms, cursor, friends, size, asked, refused = world.now_ms, '', [], 0, 0, 0
    while cursor is not None:
        client.lines.clear()
        try:
            answer = client.phone.do(client.ask({'do': 'friends', 'cursor': cursor}, LONG_S), LONG_S)
        except RequestError as error:
            refused += 1
            if error.code != 'no_memory' or refused > MOST_REFUSED:
                raise
            continue
        friends += [friend for part in client.parts for friend in part]
        size, asked = size + sum(map(len, client.lines)), asked + 1
        cursor = answer['cursor'] if answer['more'] else None
    if len(friends) != FRIENDS:
        raise RuntimeError(f'{len(friends)} friends came instead of {FRIENDS}')
    return Synced((world.now_ms - before_ms) / 1000, size, asked, refused)


class Twin:
    """A pin that never collects. `cost(function)`: (seconds of processor here, bytes of garbage) of what it does."""

    def __init__(self, world):
        files = {'/main.py': LAVISH.encode() + (ROOT / 'main.py').read_bytes()}
        self.world = world
        self.pin, self.client = connected(world, files=files, heap='64m')

    def _spent(self):
        return self.pin.processor.computed_s(), self.pin.processor.resident_bytes()

    def cost(self, function, *arguments):
        """Without what it does at rest in the same time."""
        rest_s = 20
        before = self._spent()
        self.world.run(rest_s)
        at_rest, since_ms = self._spent(), self.world.now_ms
        function(self.world, self.client, *arguments)
        share = (self.world.now_ms - since_ms) / 1000 / rest_s
        return [max(0, now - then - share * (then - first)) for first, then, now in zip(before, at_rest, self._spent())]


def s3_seconds(scale, here_s, garbage, live):
    """What an S3 takes for so much computing here and its garbage, with `live` bytes of heap to look through."""
    collection_us = s3_model.MARGIN * s3_model.C_US['gc'] * live / GC_LIVE
    return scale.ms(here_s * 1e6, 0, garbage / COLLECT_AFTER * collection_us) / 1000


def the_scale():
    """How much longer an S3 computes than this host, now."""
    script = 'import json, micro; print(json.dumps(micro.measure()))'
    return s3_model.scale(json.loads(runtime.run_script(script, mpypath=[s3_model.DEVICE])))


def on_the_link(count):
    """(milliseconds of each request, the first after a silence; Synced; bytes live) of an ordinary pin."""
    with World(seed=1) as world:
        pin, client = connected(world)
        request_ms = requests(world, client, 1) + requests(world, client, count)
        pin.measure_heap()
        world.run(0.1)
        synced = sync(world, client)
        check(world)
    return request_ms, synced, pin.heap_live


def measured(arguments):
    """{key: figure}, said as it comes."""
    scale = the_scale()
    bind_s = binds(arguments.binds)
    say(f'bound {min(bind_s):.2f} to {max(bind_s):.2f} s after the digits were typed, in {len(bind_s)} worlds')
    (first_ms, *request_ms), synced, live = on_the_link(arguments.requests)
    with World(seed=1) as world:
        twin = Twin(world)
        requests(world, twin.client, 1)         # which loads what serves the others
        request_s = s3_seconds(scale, *twin.cost(requests, COMPUTED), live) / COMPUTED
        here_s, garbage = twin.cost(sync)
    sync_s = s3_seconds(scale, here_s, garbage, live)
    say(f'a request takes {statistics.median(request_ms):.0f} ms, {max(request_ms):.0f} at most of {len(request_ms)}, the '
        f'first after a silence {first_ms:.0f}; the pin computes {request_s * 1000:.0f} ms')
    say(f'{FRIENDS:,} friends take {synced.seconds:.1f} s: {synced.size:,} bytes in {synced.requests} requests, and '
        f'{synced.refused} refused for want of memory')
    say(f'the pin computes {sync_s:.0f} s for them and leaves {garbage / FRIENDS:,.0f} bytes of garbage a friend')
    say(f'{scale}; connection interval {INTERVAL_MS} ms')
    return {'bind_s': round(max(bind_s), 2), 'sync_1000_friends_s': round(synced.seconds, 1),
            'sync_computing_s': round(sync_s, 1), 'request_ms': round(max(request_ms), 1),
            'request_median_ms': round(statistics.median(request_ms), 1), 'first_request_ms': round(first_ms, 1),
            'request_computing_ms': round(request_s * 1000, 1), 'connected_heap_bytes': live}


def main(arguments):
    """Returns the exit code: 1 where a figure misses its target."""
    options = argparse.ArgumentParser(prog='make bench-ble')
    options.add_argument('--binds', type=int, default=BINDS)
    options.add_argument('--requests', type=int, default=REQUESTS)
    figures = measured(options.parse_args(arguments))
    merge(figures)
    for key, most in TARGETS.items():
        say(f'{key:<24}{figures[key]:>8}   at most {most}' + ('' if figures[key] <= most else '   MISSED'))
    return int(any(figures[key] > most for key, most in TARGETS.items()))


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
