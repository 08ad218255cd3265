"""Everything that was confirmed is there, nothing twice, and the pin boots: the power gone at every flash operation of a mixed
run, torn in three ways.

Owns the run (`History`: 200 friends, unlocking, settings, steps over midnight, the card, compaction with taps in the middle of
it) and what must hold after a cut. The run is played once by the firmware's own stores on littlefs and the lane, on the
host; then, for each operation that it made, the flash is put as the cut leaves it and every store is opened on it
(`check`). Of these flashes a sample is booted by the whole firmware on real MicroPython in the simulator (`boot`). Called by
`make bench-friends`; `python -m tests.bench.powercut` runs it alone. tests/unit/test_powercut.py plays a short one.
"""
import asyncio
import functools
import os
import random
from concurrent.futures import ProcessPoolExecutor
from typing import NamedTuple

from firmware.motion.step_store import VERSION as STEPS_SCHEMA
from firmware.motion.step_store import StepStore
from firmware.motion.steps import StepDays
from firmware.social import card, friends, rewards
from firmware.social.friend import Figures, Friend
from firmware.system import settings
from firmware.system.journal import Journal
from firmware.system.log import Log
from firmware.system.storage import StorageError
from tests.bench.record import merge
from tests.simulator.data import YESTERDAY, some_friend
from tests.simulator.littlefs_host import Cells, storage_on
from tests.simulator.world import World

FRIENDS = 200
TORN = (0.0, 0.5, 1.0)
BOOTS = 120                                     # flashes that the whole firmware boots
BOOT_S = 3
HOME = 'showing name_tag'
MOMENTS_S = 30                                  # for the moments that a power cut has put off
TODAY = YESTERDAY + 1
SESSION = b'session!'


def base_image():
    """(image, blocks of the file system) of a new pin's flash: the product, a card, and an empty lane."""
    with World(1) as world:
        pin = world.add_pin('Ada Lovelace', on=False)
        return pin.flash.image(), pin.flash.blocks - pin.lane_blocks


class State(NamedTuple):
    """What the stores hold. `friends`: {id: (name, steps, day)}, `steps`: {day: steps}, the rest as the stores name it."""
    friends: dict
    pending: frozenset
    blocked: frozenset
    settings: dict
    earned: tuple
    shown: tuple
    steps: dict
    title: str


EMPTY = State({}, frozenset(), frozenset(), {}, (0, 0), (0, 0), {}, '')


class Stores:
    """All stores on one flash, opened as `firmware.pin` does. `log` holds what they had to say."""

    def __init__(self, cells):
        self.said = []
        log = Log(self.said.append)
        self.storage = storage_on(cells)
        self.journals = {name: Journal(self.storage, name, schema, log) for name, schema in (
            ('settings', settings.SCHEMA), ('card', card.SCHEMA), ('friends', friends.SCHEMA), ('rewards', rewards.SCHEMA),
            ('steps', STEPS_SCHEMA))}
        self.settings = settings.Settings(self.journals['settings'], log)
        self.wearer = card.Wearer(self.journals['card'], log, None)
        self.book = friends.FriendBook(self.journals['friends'], log, self.storage)
        self.rewards = rewards.Rewards(self.journals['rewards'], log)
        self.days = StepDays()
        self.store = StepStore(self.journals['steps'], self.days, log)
        self.store.load()

    def state(self):
        """The State that they hold. Raises AssertionError where one is in there twice."""
        book, found = self.book, self.book.page(0, self.book.count + 1)
        people = {friend.id: (friend.name, friend.figures.steps, friend.day_met) for friend in found}
        counts = book.count, len(found), len(people)
        assert len(set(counts)) == 1, f'friends counted, listed, apart: {counts}'
        return State(people, frozenset(number for number, id in enumerate(all_ids()) if book.pending_session(id)),
                     frozenset(number for number, id in enumerate(all_ids()) if book.blocked(id)),
                     {row: self.settings.get(row) for row in ('brightness', 'step_goal')
                      if self.settings.get(row) != self.settings.row(row).default},
                     (self.rewards.earned.designs, self.rewards.earned.rank),
                     (self.rewards.shown.designs, self.rewards.shown.rank),
                     {day: self.days.on(day) for day in (YESTERDAY, TODAY) if self.days.on(day)}, self.wearer.card.title)


@functools.cache
def all_ids():
    return [person(number).id for number in range(FRIENDS)]


def person(number):
    """The Friend number `number`, met on the first or the second day; a card of average length."""
    friend = some_friend(number)
    friend.session, friend.day_met = SESSION, YESTERDAY if number < FRIENDS // 2 else TODAY
    friend.vcard = friend.vcard + b'NOTE:' + b'x' * (200 + number * 37 % 300) + b'\r\n'
    return friend


class History:
    """The run on `cells`. `marks`: (operations done before, State before, State after) of each step, in their order."""

    def __init__(self, cells, count=FRIENDS):
        self._cells, self._count = cells, count
        self._stores = Stores(cells)
        self._rng = random.Random(count)
        self._state = self._stores.state()
        self._to_come = iter(range(count))
        self.marks = []
        self._stores.storage.quiet = self       # so that taps come in the middle of the upkeep
        self.slices = 0

    # ---- as quiet.Quiet
    def now(self):
        return True

    async def wait(self):
        self.slices += 1
        if self.slices % 9 == 0:
            self._meet(next(self._to_come, None))

    # ---- the run
    def run(self):
        for number in self._to_come:
            self._meet(number)
            if number % 10 == 3:
                self._choose('brightness', 5 + number % 90)
            if number % 6 == 0:
                self._walk(YESTERDAY if number < self._count // 2 else TODAY, 100 + number)
            if number % 40 == 39:
                self._change_card(f'Title {number}')
            if number % 25 == 24:
                self._unsettle(number)
                asyncio.run(self._keep())
        asyncio.run(self._keep())
        return self

    def _step(self, act, **changes):
        after = self._state._replace(**changes)
        self.marks.append((len(self._cells.operations), self._state, after))
        act()
        self._state = after
        self.marks.append((len(self._cells.operations), after, after))

    def _meet(self, number):
        """A tap with a stranger, and what it earns."""
        if number is None:
            return
        book, earned, friend = self._stores.book, self._stores.rewards, person(number)
        self._step(lambda: book.put_pending(friend), pending=self._state.pending | {number})
        people = self._state.friends | {friend.id: (friend.name, friend.figures.steps, friend.day_met)}
        self._step(lambda: book.commit(friend.id, SESSION), friends=people, pending=self._state.pending - {number})
        standing = (max(rewards.designs_unlocked(len(people), 0), self._state.earned[0]),
                    max(rewards.rank(len(people)), self._state.earned[1]))
        self._step(lambda: earned.update(book.count, {}), earned=standing)
        self._step(earned.mark_shown, shown=standing)

    def _choose(self, key, value):
        self._step(lambda: self._stores.settings.set(key, value), settings=self._state.settings | {key: value})

    def _walk(self, day, steps):
        days, store = self._stores.days, self._stores.store
        days.add(day, 10, steps)

        def write():
            store.note(day, 10, steps, 0)
            assert store.write()
        self._step(write, steps=self._state.steps | {day: days.on(day)})

    def _change_card(self, title):
        new = card.Card('Ada Lovelace', title=title, organisation='O' * 80, handles=[('web', 'h' * 100)] * 4)
        self._step(lambda: self._stores.wearer.save(new), title=title)

    def _unsettle(self, number):
        """What else happens to a book: newer figures, a newer card, one forgotten, one blocked, one left in doubt."""
        book, state = self._stores.book, self._state
        for other in range(1, number, 7):
            friend = book.get(person(other).id)
            if friend is None:
                continue
            friend.figures = Figures(number * 100 + other, 1, 1, 0)
            whole = other % 2 == 0
            state = self._state
            self._step(lambda friend=friend, whole=whole: book.refresh(friend, whole),
                       friends=state.friends | {friend.id: (friend.name, friend.figures.steps, friend.day_met)})
        gone = person(self._rng.randrange(number)).id
        if gone in self._state.friends:
            kept = {id: entry for id, entry in self._state.friends.items() if id != gone}
            self._step(lambda: book.forget(gone), friends=kept)
        self._step(lambda: book.block(person(number).id), blocked=self._state.blocked | {number})
        stranger = number - 1
        if person(stranger).id not in self._state.friends:
            self._step(lambda: book.put_pending(person(stranger)), pending=self._state.pending | {stranger})

    async def _keep(self):
        """What the pin does while nothing happens."""
        self.marks.append((len(self._cells.operations), self._state, self._state))
        await self._stores.book.keep()
        for journal in self._stores.journals.values():
            await journal.tend()


class Cut(NamedTuple):
    """The power gone at an operation, of which the share `torn` still reached the cells."""
    operation: int
    torn: float


def flash_after(image, operations, cut):
    """The cells after a cut. `image` has all operations before it."""
    cells = bytearray(image)
    operations[cut.operation].apply(cells, cut.torn)
    return cells


def allowed(marks, operation):
    """(State before, State after) the step that was under way at an operation."""
    found = (EMPTY, EMPTY)
    for began, before, after in marks:
        if began > operation:
            break
        found = before, after
    return found


def differences(state, before, after):
    """A sentence for each part of `state` that is neither as before nor as after."""
    return [f'{name} are not as confirmed: {str(value)[:200]}'
            for name, value, *may_be in zip(State._fields, state, before, after, strict=True) if value not in may_be]


def check(cells, blocks, before, after):
    """Open everything on a flash twice, the second time after it was used; sentences about what does not hold."""
    try:
        stores = Stores(Cells(cells, blocks))
        found = differences(stores.state(), before, after)
        state = stores.state()
        stores.book.befriend(Friend(b'one more friend!', 'One More', b'', Figures(), SESSION, TODAY))
        again = Stores(Cells(stores.storage.lane.buffer, blocks)).state()
        if set(again.friends) != {*state.friends, b'one more friend!'} or again[1:] != state[1:]:
            found.append('what was added after the boot is not all there is more')
        if any('damaged' in line for line in stores.said):
            found.append('took a cut for damage: ' + '; '.join(stores.said))
    except (AssertionError, StorageError, OSError) as error:
        return [f'{type(error).__name__}: {error}']
    return found


def played(count=FRIENDS):
    """(image before, blocks, operations, marks) of the run."""
    image, blocks = base_image()
    cells = Cells(image, blocks)
    history = History(cells, count).run()
    return image, blocks, cells.operations, history.marks


def check_range(begin, end, count=FRIENDS, stride=1):
    """(cuts checked, sentences) for every `stride`-th operation from `begin` to `end`, each torn in each way. Plays the run
    itself, since that takes less than handing it over."""
    image, blocks, operations, marks = played(count)
    cells, cuts, found = bytearray(image), 0, []
    for number, operation in enumerate(operations[:end]):
        if number >= begin and number % stride == 0:
            before, after = allowed(marks, number)
            for torn in TORN:
                cut = Cut(number, torn)
                sentences = check(flash_after(cells, operations, cut), blocks, before, after)
                found += [f'{sentence} ({cut})' for sentence in sentences]
                cuts += 1
        operation.apply(cells)
    return cuts, found


def boot(cuts, count=FRIENDS):
    """Boot the whole firmware on the flash that each of `cuts` leaves; the sentences."""
    image, blocks, operations, marks = played(count)
    cells, done, found = bytearray(image), 0, []
    for cut in cuts:
        for operation in operations[done:cut.operation]:
            operation.apply(cells)
        done = cut.operation
        flash = flash_after(cells, operations, cut)
        with World(1) as world:
            pin = world.add_pin('Ada Lovelace', on=False)
            os.pwrite(pin.flash.fd, flash, 0)
            pin.boot()
            world.run(BOOT_S)
            world.run_until(lambda pin=pin: HOME in pin.console, MOMENTS_S)      # what the cut left unsaid comes first
            said = [entry.text for entry in pin.console.entries() if entry.level == 'E']
            if said or pin.complaints or HOME not in pin.console:
                found.append(f'{said or pin.complaints or "no name tag"} ({cut})')
            state = Stores(Cells(pin.flash.image(), blocks)).state()
        before, after = allowed(marks, cut.operation)
        if state.earned < before.earned:
            found.append(f'after a boot {state.earned} is earned ({cut})')
        state = state._replace(earned=after.earned, shown=after.shown)      # a running pin earns by errands too, and shows it
        found += [f'after a boot {sentence} ({cut})' for sentence in differences(state, before, after)]
    return found


def run(say):
    """The whole campaign; tells `say(line)` and returns the figures for build/bench.json."""
    operations = len(played()[2])
    step, workers = -(-operations // (4 * (os.cpu_count() or 1))), os.cpu_count()
    places = [operations * number // BOOTS for number in range(BOOTS)]
    cuts = [Cut(place, TORN[number % len(TORN)]) for number, place in enumerate(places)]
    with ProcessPoolExecutor(workers) as pool:
        parts = [pool.submit(check_range, begin, begin + step) for begin in range(0, operations, step)]
        boots = list(pool.map(boot, [cuts[number::2 * workers] for number in range(2 * workers)]))
        results = [part.result() for part in parts]
    points, violations = sum(count for count, _ in results), [text for _, found in results for text in found]
    violations += [text for found in boots for text in found]
    say(f'powercut: {operations} flash operations, {points} cuts checked on littlefs, {BOOTS} of them booted by the firmware: '
        f'{len(violations)} promises broken')
    for sentence in violations[:40]:
        say('  ' + sentence)
    return {'powercut_points': points, 'powercut_boots': BOOTS, 'powercut_violations': len(violations)}


if __name__ == '__main__':
    merge(run(functools.partial(print, flush=True)))
