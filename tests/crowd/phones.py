"""The phones of an event: each is bound to a new pin and gives it its card, and fetches what is new in a break.

Owns `Held`, what a phone has of its pin between two visits, and `play`, a visit around which the pin's firmware runs. The
phone is a real stack (tests/simulator/radio): pairing with the digits read off the panel, encryption with the bond later, the
requests of the companion. What it then knows is held against the pin's flash. Used by `run`; `whole` uses the coroutines.
"""
import hashlib
from datetime import timedelta
from typing import NamedTuple

from tests.crowd import between
from tests.simulator.data import book_of
from tests.simulator.world import START, World

TRIES = 3
VISIT_LIMIT_S = 60
AFTER_S = 0.3                                   # until the pin has put away what it was told


class Held(NamedTuple):
    """What a phone has: the bond's `keys`, the `cursor` in the friend book, `friends` ({id: name}), `steps` of the day."""
    keys: dict
    cursor: str
    friends: dict
    steps: int


class Visited(NamedTuple):
    """What a visit came to. `troubles`: a sentence of each try that failed, TRIES where all did; `agrees`: the phone knows
    whom the pin's flash has, and nobody else; `lasted_s`, modelled; `size`: bytes that the pin said."""
    number: int
    kept: between.Kept
    held: Held
    troubles: tuple
    agrees: bool
    lasted_s: float
    size: int
    complaints: tuple
    board_heap: bool
    cpu_s: float


def name_of(wearer):
    return f'{wearer.name}\'s phone'


def join(world, wearer):
    """The phone of `wearer` in `world`: the same one in each."""
    identity = bytearray(hashlib.sha256(name_of(wearer).encode()).digest()[:6])
    identity[0] |= 0xC0                         # a random static address
    return world.add_phone(name_of(wearer), identity=identity.hex())


async def bind(phone, pin, wearer):
    """Pair with a pin that shows its digits, and give it the card of `wearer`; returns the Client."""
    from tests.simulator.radio import digits
    client = await phone.open(pin, lambda: digits.shown(pin))
    await client.ask({'do': 'profile', 'act': 'set', **wearer.card})
    return client


async def fetch(client, held):
    """The Held of a phone that asks a pin for all that is new."""
    cursor, friends, more = held.cursor, dict(held.friends), True
    while more:
        answer = await client.ask({'do': 'friends', 'cursor': cursor})
        friends = {} if answer['fresh'] else friends
        friends.update((friend['id'], friend['name']) for part in client.parts for friend in part)
        cursor, more = answer['cursor'], answer['more']
    steps = (await client.ask({'do': 'steps'}))['steps']
    return Held(client.phone.bond(client.link.pin), cursor, friends, steps)


async def visit(phone, pin, wearer, held):
    """One visit: (Held, bytes that the pin said). `held`: None where the phone is to be bound."""
    client = await (phone.open(pin) if held else bind(phone, pin, wearer))
    held = await fetch(client, held or Held({}, '', {}, 0))
    await client.link.disconnect()
    return held, sum(map(len, client.lines))


def play(event_seed, plan, wearer, state, held):
    """The Visited of `plan` (model.Visit) of a `wearer` whose pin is `state` and whose phone is `held` (None each: new).
    Raises ValueError where a phone cannot be bound: then there is no card."""
    began = between.cpu_s()
    state = state or between.fresh(event_seed, wearer)
    board_heap = plan.number % between.BOARD_HEAP_EVERY == 0
    with World(f'{event_seed}/{plan.number}', START + timedelta(seconds=plan.at_s - between.BOOT_S)) as world:
        pin, = between.revived(world, [wearer], [state], board_heap)
        phone = join(world, wearer)
        if held:
            phone.remember(pin, held.keys)
        from_ms = world.now_ms
        now_held, size, troubles = _tried(phone, pin, wearer, held)
        lasted_s = round((world.now_ms - from_ms) / 1000, 3)
        world.run(AFTER_S)
        pin.cut_power()
        state = between.Kept(pin.flash.differing())
        complaints = tuple(world.complaints)
    book = book_of(state)
    same = {friend.id.hex() for friend in book.page(0, book.count)} == now_held.friends.keys()
    return Visited(plan.number, state, now_held, tuple(troubles), same or len(troubles) == TRIES, lasted_s, size, complaints,
                   board_heap, between.cpu_s() - began)


def _tried(phone, pin, wearer, held):
    """(Held, bytes that the pin said, sentences of the tries that failed): the old Held where all did."""
    from bumble.core import BaseBumbleError  # Bumble is loaded where phones are

    from tests.simulator.radio.client import RequestError
    from tests.simulator.radio.phone import LinkLost, Refused
    troubles = []
    while len(troubles) < TRIES:
        if held:
            pin.press()
        try:
            return *phone.do(visit(phone, pin, wearer, held), VISIT_LIMIT_S), troubles
        except (TimeoutError, RequestError, LinkLost, Refused, BaseBumbleError) as error:
            troubles.append(f'{type(error).__name__}: {error}')
    if not held:
        raise ValueError(f'The phone of {wearer.name} and the new pin do not get on: {troubles[-1]}')
    return held, 0, troubles
