"""Both friends or neither, whatever happens in a tap: the real firmware, parted or without power at every single instant.

Owns `Trial`, two pins that are disturbed in their taps and watched all the time, and the two series: the field gone at
every RF frame of a tap, the power gone at every flash operation of either pin, torn or whole. Each trial ends with an
undisturbed tap, which must settle it. `run` is for `make bench-tap`; tests/scenarios/test_consistency.py takes samples and
random histories. `python -m tests.bench.consistency` runs it alone.
"""
import os
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from typing import NamedTuple

from firmware.social import rewards
from firmware.social.friends import FRIEND, NONE, PENDING
from tests.bench.record import merge
from tests.simulator.data import book_of, rewards_of, storage_of, wearer_of
from tests.simulator.roomy import roomy
from tests.simulator.world import World

BEFORE = 4                              # friends that each pin has: the next one opens a design
TAP_S = 6                               # until all that a tap leads to has been shown and is on flash
PAUSE_S = 3                             # between two taps
SEEDS = (1, 2)                          # in one Ada's pin is the target, in the other Ben's
TORN = (0.0, 0.5, 1.0)
SHOWN = ('showing moment_friend', 'friends with', 'showing moment_unlock')
STATES = {NONE: 'nothing', PENDING: 'in doubt', FRIEND: 'friend'}


class Disturbance(NamedTuple):
    """What goes wrong in one tap: RF frames lost with a probability, the pins parted as a frame begins (from 1, counted
    from its beginning), the power of Ada's or Ben's pin gone at a flash operation (from 0, counted likewise), of which the
    share `torn` still reaches the cells."""

    loss: float = 0.0
    cut_frame: int | None = None
    cut_ada: int | None = None
    cut_ben: int | None = None
    torn: float = 0.0


def on_flash(pin):
    """(friend book, what is earned) of a pin as its flash has them now."""
    storage = storage_of(pin)
    return book_of(pin, storage), rewards_of(pin, storage).earned


class Trial:
    """Ada's and Ben's pin, strangers; `files` as in World.add_pin. `violations` collects a sentence for each promise that was
    broken; `frames` and `operations` (of either pin) tell how much the latest tap has taken."""

    def __init__(self, seed=1, files=None):
        self.world = World(seed)
        room = roomy()                          # what is asked is the order of things, a hundred times
        room['files'].update(files or {})
        self.pins = [self.world.add_pin(name, friends=BEFORE, **room) for name in ('Ada Lovelace', 'Ben Okafor')]
        self.world.run(2)
        self.ids = [wearer_of(pin).device_id for pin in self.pins]
        self.violations = []
        self.frames, self.operations = 0, (0, 0)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.world.close()

    def tap(self, disturbance=Disturbance()):       # noqa: B008  a tuple
        """A tap that goes wrong as `disturbance` says; then the pins part, and who is without power gets it back."""
        world, pins = self.world, self.pins
        frames, operations = world.air.frames, [pin.flash.operations for pin in pins]
        if disturbance.loss:
            world.air.lose(probability=disturbance.loss)
        if disturbance.cut_frame is not None:
            world.air.cut_at(disturbance.cut_frame)
        for pin, cut in zip(pins, (disturbance.cut_ada, disturbance.cut_ben), strict=True):
            if cut is not None:
                pin.flash.cut_at, pin.flash.torn = pin.flash.operations + cut, disturbance.torn
        self._ask()
        self._watch(TAP_S)
        self.frames = world.air.frames - frames
        self.operations = tuple(pin.flash.operations - before for pin, before in zip(pins, operations, strict=True))
        world.air.clear_faults()
        world.apart(*pins)
        for pin in pins:
            pin.flash.cut_at = None
            if not pin.on:
                pin.boot()
        world.run(2)
        self._look()

    def settle(self):
        """An undisturbed tap: whatever was before, both are friends of each other then, counted once."""
        self.world.run(PAUSE_S)
        self.tap()
        for pin, peer in zip(self.pins, reversed(self.ids), strict=True):
            book, earned = on_flash(pin)
            if (book.state(peer), book.count, book.in_doubt) != (FRIEND, BEFORE + 1, 0):
                self._violated(f'{pin.name} has {book.count} friends and {book.in_doubt} in doubt after a whole tap')
            if earned.designs != 1:
                self._violated(f'{pin.name} has not earned the design')

    def _ask(self):
        """Hold the pins together and press both buttons: unlike a bump, never missed and not held up by taps in vain."""
        self.world.together(*self.pins)
        for pin in self.pins:
            pin.press(ms=700)

    def _violated(self, sentence):
        self.violations.append(sentence)

    def _watch(self, seconds):
        """Let time pass; what a pin newly tells must be on its flash at that moment."""
        world, told = self.world, [self._told(pin) for pin in self.pins]
        end_ns = world.clock.now_ns + seconds * 1_000_000_000
        while world.clock.now_ns < end_ns:
            world.run(0.01)
            for number, pin in enumerate(self.pins):
                now = self._told(pin)
                if now != told[number]:
                    told[number] = now
                    self._check_told(pin, self.ids[1 - number])

    def _told(self, pin):
        text = pin.console.text
        return [text.count(words) for words in SHOWN]

    def _check_told(self, pin, peer):
        book, earned = on_flash(pin)
        if book.state(peer) != FRIEND:
            self._violated(f'{pin.name} told of a friend that was not on flash')
        if 'showing moment_unlock' in pin.console and earned.designs != 1:
            self._violated(f'{pin.name} showed a design that was not on flash')

    def _look(self):
        """What both have on flash must agree, or one is in doubt; and nobody counts more than there is."""
        found = [on_flash(pin) for pin in self.pins]
        states = [book.state(peer) for (book, _), peer in zip(found, reversed(self.ids), strict=True)]
        if set(states) == {FRIEND, NONE}:
            self._violated('one-sided, and nobody is in doubt')
        for pin, (book, earned), state in zip(self.pins, found, states, strict=True):
            friends = {friend.id for friend in book.page(0, book.count + 1)}
            if book.count != len(friends) or book.count != BEFORE + (state == FRIEND):
                self._violated(f'{pin.name} counts {book.count} friends and has {len(friends)}')
            if earned.designs > rewards.designs_unlocked(len(friends), len(earned.errands)):
                self._violated(f'{pin.name} has {earned.designs} designs with {len(friends)} friends')
            if any(words in pin.console for words in SHOWN) and state != FRIEND:
                self._violated(f'{pin.name} told of a friend and now holds the other as {STATES[state]}')


def disturbed(disturbance, seed=1, files=None):
    """The sentences about what one such tap, and the undisturbed one after it, broke."""
    with Trial(seed, files) as trial:
        trial.tap(disturbance)
        trial.settle()
        return [f'{sentence} (seed {seed}, {disturbance})' for sentence in trial.violations]


def every_cut(seed):
    """([Disturbance of the field], [of the power]): one for every instant of an undisturbed tap."""
    with Trial(seed) as trial:
        trial.tap()
        frames, operations = trial.frames, trial.operations
        if frames < 10 or min(operations) < 4 or trial.violations:
            raise ValueError('The undisturbed tap is none.')
    power = []
    for field, count in zip(('cut_ada', 'cut_ben'), operations, strict=True):
        power += [Disturbance(torn=torn)._replace(**{field: cut}) for cut in range(count) for torn in TORN]
    return [Disturbance(cut_frame=frame) for frame in range(1, frames + 1)], power


def run(say):
    """Every cut with each of SEEDS; tells `say(line)` and returns the figures for build/bench.json."""
    field_cuts = power_cuts = 0
    violations = []
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for seed in SEEDS:
            field, power = every_cut(seed)
            field_cuts += len(field)
            power_cuts += len(power)
            for found in pool.map(partial(disturbed, seed=seed), field + power):
                violations += found
    say(f'consistency: field gone at every RF frame ({field_cuts}), power gone at every flash operation, torn in {len(TORN)} '
        f'ways ({power_cuts}): {len(violations)} promises broken')
    for sentence in violations:
        say('  ' + sentence)
    return {'consistency_rf_cuts': field_cuts, 'consistency_power_cuts': power_cuts,
            'consistency_violations': len(violations)}


if __name__ == '__main__':
    merge(run(print))
