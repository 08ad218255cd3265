"""A tap with 1,000 friends while a phone is served: what `make bench-heap` measures of it, and a scenario asserts.

A heap of 384 kB has no room for both, so that the radio goes off for the tap and the phone comes again (`social.tap_stack`,
`companion.companion`). Here the phone is in the middle of a request when the pins are knocked together; what it gets in the
end is noted, as a companion would go on: it connects again where the link is gone, and asks again.
"""
from typing import NamedTuple

from tests.bench.ble import MOST_REFUSED, connected
from tests.bench.one_tap import card
from tests.simulator.data import names_of_friends
from tests.simulator.radio.client import RequestError
from tests.simulator.radio.phone import LinkLost
from tests.simulator.world import World

# as many as the burst budget allows taps
REQUESTS = {name: {} for name in ('friends', 'boards', 'receipts', 'errands', 'profile')}
SEED = 2
IN_FLIGHT_S = 0.05                              # from a request to the knock
TAP_S = 1.5                                     # the tap, and most of the moment of a new friend
AFTER_S, APART_S = 8, 4
SAMPLE_S = 0.02
LOST, SHORT = ('was lost', 'Traceback'), 'ran out of memory'       # after which a service starts again, and goes on


class Beside(NamedTuple):
    """How many times the two pins `met`; new `friends` in the book; requests `answered` in the end; times that the phone's
    `link` gave way; lines of the console that tell of something `lost`; how often a service ran `short` of memory and was
    started again; `most` live bytes while it was measured."""
    met: int
    friends: int
    answered: list
    gone: int
    lost: list
    short: int
    most: int

    @property
    def missing(self):
        """How much went wrong: taps, requests, and what the pin complained of."""
        return 2 * len(REQUESTS) - self.met - len(self.answered) + len(self.lost) + self.short


def tap_beside_a_phone(world, pin, client, requests, measured=None):
    """(Beside, Client) of one tap in each of `requests`, {name: fields}; `measured`: those in whose tap the heap is looked at,
    which collects it each time; all without. `pin` is at rest, and `client` a phone's that is bound to it."""
    ben = world.add_pin('Ben Okafor', card('Ben Okafor'))
    world.run(AFTER_S)
    before, most, gone, answered = len(names_of_friends(pin)), 0, 0, []
    for name, fields in requests.items():
        line = {'do': name, **fields}
        world.loop.spawn(_attempt(client, line))
        world.run(IN_FLIGHT_S)
        world.bump(pin, ben)
        if measured is None or name in measured:
            most = max(most, _most(world, pin))
        world.run(AFTER_S)
        gone += not client.link.open
        client = _asked_again(world, pin, client, line, answered)
        world.apart(pin, ben)
        world.run(APART_S)
    text = pin.console.text
    met = text.count('tap: friends with Ben Okafor') + text.count('tap: met again: Ben Okafor')
    lost = [entry for entry in text.split('\n') if any(sign in entry for sign in LOST)]
    return Beside(met, len(names_of_friends(pin)) - before, answered, gone, lost, text.count(SHORT), most), client


def _most(world, pin):
    """The most live bytes in a tap."""
    found = 0
    for _ in range(int(TAP_S / SAMPLE_S)):
        pin.measure_heap()
        world.run(SAMPLE_S)
        found = max(found, pin.heap_live)
    return found


async def _attempt(client, line):
    try:
        await client.ask(line)
    except (LinkLost, RequestError, TimeoutError):
        pass                                    # it is asked again


def _asked_again(world, pin, client, line, answered):
    """The Client that got an answer to `line`, which is noted in `answered`: a new one where the link had gone."""
    for _ in range(1 + MOST_REFUSED):
        try:
            if not client.link.open:
                client = client.phone.do(client.phone.open(pin))
            client.phone.do(client.ask(line))
            answered.append(line['do'])
            break
        except (LinkLost, RequestError, TimeoutError):
            world.run(1)
    return client


def measured():
    """The Beside of a tap in each of REQUESTS."""
    with World(SEED) as world:
        pin, client = connected(world)
        return tap_beside_a_phone(world, pin, client, REQUESTS)[0]
