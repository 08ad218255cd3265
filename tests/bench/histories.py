"""Random histories of a worn pin against a plain reference model: taps, walks, turned clocks, reboots, power cuts.

Owns `Model`, what the rules of the product say in the plainest words, and `play`, which has a pin (rigs.wearing: the real
stores, rewards and progress) live through a history and compares after each step. `run` is for `make bench-friends`;
tests/unit/test_histories.py plays those that hypothesis thinks of.
"""
import random

from firmware.motion.step_store import WRITE_STEPS
from firmware.social.card import Card
from firmware.social.rewards import ERRANDS
from tests.simulator.memory_storage import MemoryFiles, PowerCut
from tests.unit.rigs.wearing import Wearing, somebody

DAY_S = 86_400
BEGIN_S = 848_500_000                   # a day in November 2026
GOAL, GOAL_DAYS = 8_000, 10             # the step goal; so many days on which it was reached are remembered
WHOLE = Card('Ada', 'a', 'b', '1', 'a@b.c', 'b.c', [('x', 'y')])
NO_DAY = None


class Known:
    """A friend as the model knows them; days are None while they have none. `told`: the steps told last."""

    def __init__(self):
        self.day = self.last_day = NO_DAY
        self.times = 1
        self.told = None
        self.timed = False              # the latest tap's hour is known


class Model:
    """What must be true of a pin by the rules. `error_s`: by how much its clock is wrong, None without one."""

    def __init__(self):
        self.true_s, self.error_s = BEGIN_S, 0
        self.zone, self.start, self.counting = 0, 4, True
        self.friends = {}
        self.latest = None              # number of the friend whose record was written last
        self.made = {}                  # day: friends made on it
        self.steps = {}                 # day: steps
        self.undated = []               # (number, true_s) of taps of this run without a date
        self.goal_days = []
        self.board = (NO_DAY, {})       # the day of the latest tap with a date, {number: most steps told}
        self.reached = {}               # measure: the most it has been
        self.done = set()
        self.by_friends = self.rank = 0

    def day(self, true_s=None):
        if self.error_s is None:
            return NO_DAY
        local_s = (self.true_s if true_s is None else true_s) + self.error_s + self.zone * 60
        return (local_s - self.start * 3600) // DAY_S

    def _reach(self, measure, value=1):
        self.reached[measure] = max(value, self.reached.get(measure, 0))

    # -- what happens

    def tap(self, number, told, rank, told_to_nobody=False):
        friend = self.friends.setdefault(number, Known())
        friend.told, self.latest, friend.timed = told, number, self.error_s is not None
        if rank == 3:
            self._reach('gold_friends')
        if self.error_s is None:
            self.undated = [*self.undated, (number, self.true_s)][-32:]
        else:
            self._meet_on(friend, self.day())
            self._tap_at(self.true_s)
        if not told_to_nobody:
            self._compare(number, friend, self.day())

    def _meet_on(self, friend, day):
        if friend.day is NO_DAY:
            friend.day = friend.last_day = day
            self.made[day] = self.made.get(day, 0) + 1
        friend.times += friend.last_day != day
        friend.last_day = day
        self._reach('meetings_best', friend.times)

    def _tap_at(self, true_s):
        hour = (true_s + self.error_s + self.zone * 60) // 3600 % 24
        if 4 <= hour < 8:
            self._reach('early_taps')
        elif hour < 4 or hour >= 22:
            self._reach('late_taps')

    def _compare(self, number, friend, day):
        """What `friend` told is of `day`."""
        if self.counting and friend.told is not None:
            if friend.told > self.steps.get(day, 0):
                self._reach('friends_ahead')
            if day is not NO_DAY:
                if self.board[0] != day:
                    self.board = day, {}
                self.board[1][number] = max(friend.told, self.board[1].get(number, 0))
                self._lead(day)

    def _lead(self, day):
        if self.board[0] == day and len(self.board[1]) >= 4 and self.steps.get(day, 0) > max(self.board[1].values()):
            self._reach('boards_led')

    def recount(self):
        """At a start and when the time arrives the latest tap is compared again, should it not have been before."""
        friend = self.friends.get(self.latest)
        if friend and friend.timed and self.error_s is not None and 0 <= self.day() - friend.last_day < 30:
            self._compare(self.latest, friend, friend.last_day)

    def walk(self, steps):
        if self.counting:
            self.steps[self.day()] = self.steps.get(self.day(), 0) + steps

    def set_time(self, error_s):
        unknown, self.error_s = self.error_s is None, error_s
        if not unknown:
            return
        self.steps[self.day()] = self.steps.get(self.day(), 0) + self.steps.pop(NO_DAY, 0)
        self.recount()
        taps_s = dict(self.undated)
        for number, friend in self.friends.items():
            if friend.day is NO_DAY:
                self._meet_on(friend, self.day(taps_s.get(number)))
                self.latest = number
        for number, true_s in self.undated:
            friend = self.friends.get(number)
            if friend:
                if friend.last_day < self.day(true_s):
                    self._meet_on(friend, self.day(true_s))
                    self.latest = number
                self._tap_at(true_s)
                if friend.last_day == self.day():
                    self._compare(number, friend, self.day())
        self.undated = []

    def forget(self, number):
        self.friends.pop(number)
        self.latest = None

    def reboot(self, power_lost):
        self.undated = []
        if power_lost:
            self.error_s = None
        self.recount()

    # -- what it comes to

    def reckon(self):
        """Look at everything, as a pin does after each event."""
        day = self.day()
        mine = self.steps.get(day, 0)
        if self.counting and day is not NO_DAY:
            if mine >= GOAL and day not in self.goal_days:
                self.goal_days = [*self.goal_days, day][-GOAL_DAYS:]
            self._lead(day)
        self._reach('goal_days_in_a_row', max((longest_run_from(day, self.goal_days) for day in self.goal_days), default=0))
        self._reach('steps_best_day', max(self.steps.values(), default=0))
        self._reach('steps_total', sum(self.steps.values()))
        self._reach('friends_best_day', max(self.made.values(), default=0))
        self._reach('friend_days', len(self.made))
        self.done |= {key for key, measure, target, _ in ERRANDS if self.reached.get(measure, 0) >= target}
        count = len(self.friends)
        self.by_friends = max(self.by_friends, count // 5)
        self.rank = max(self.rank, 0 + (count >= 50) + (count >= 100) + (count >= 151))

    @property
    def designs(self):
        return min(33, self.by_friends + len(self.done))


def longest_run_from(day, days):
    return next(length for length in range(1, len(days) + 1) if day + length not in days)


class Life:
    """A pin and its model, living through a history. Operations are (name, arguments...), the methods below."""

    def __init__(self, torn=False):
        self.pin = Wearing(BEGIN_S, files=MemoryFiles(torn))
        self.model = Model()
        self.cuts = 0
        self._shown = 0                 # moments that may have been shown twice, their mark not being on flash

    def close(self):
        self.pin.close()

    def play(self, operations):
        """Raises AssertionError with the operation after which pin and model differ."""
        for place, (name, *arguments) in enumerate(operations):
            getattr(self, name)(*arguments)
            self.check(f'{place}: {name}{tuple(arguments)}')
        self.pin.watch()
        self.check_moments()

    def check(self, where):
        pin, model = self.pin, self.model
        model.reckon()
        complaints = [line for line in pin.complaints if 'torn bytes' not in line]
        found = {'friends': pin.book.count, 'steps': pin.days.total, 'today': pin.days.on(pin.clock.day()), 'done': pin.done,
                 'designs': pin.rewards.earned.designs, 'rank': pin.rewards.earned.rank, 'complaints': complaints}
        due = {'friends': len(model.friends), 'steps': sum(model.steps.values()), 'today': model.steps.get(model.day(), 0),
               'done': model.done, 'designs': model.designs, 'rank': model.rank, 'complaints': []}
        assert found == due, f'after {where}: {[(key, found[key], due[key]) for key in due if found[key] != due[key]]}'

    def check_moments(self):
        earned = self.pin.rewards.earned
        due = [('unlock', index) for index in range(earned.designs)]
        due += [('medal', name) for name in ('bronze', 'silver', 'gold')[:earned.rank]]
        assert sorted(set(self.pin.moments)) == sorted(due)
        assert len(self.pin.moments) - len(due) <= self._shown
        assert self.pin.rewards.unseen() == []

    # -- operations

    def tap(self, number, told, rank):
        self.pin.tap(number, told, rank)
        self.model.tap(number, told, rank)

    def crowd(self, first, count):
        for number in range(first, first + count):
            self.tap(number, None, 0)
            self.model.reckon()

    def walk(self, steps):
        self.pin.walk(steps)
        self.model.walk(steps)

    def streak(self, days):
        for _ in range(days):
            self.walk(GOAL)
            self.model.reckon()
            self.wait(DAY_S)
            self.model.reckon()

    def wait(self, s):
        self.model.true_s += s
        self.pin.wait(s)

    def set_time(self, error_s):
        self.model.set_time(error_s)
        self.pin.set_time(error_s)

    def zone(self, minutes):
        self.model.zone = minutes
        self.pin.set('zone_minutes', minutes)

    def day_start(self, hour):
        self.model.start = hour
        self.pin.set('day_start_hour', hour)

    def count_steps(self, counting):
        self.model.counting = counting
        self.pin.set('count_steps', counting)

    def card(self):
        self.pin.save_card(WHOLE)
        self.model._reach('card_complete')

    def forget(self, number):
        if number in self.model.friends:
            self.pin.forget(number)
            self.model.forget(number)

    def block(self, number):
        self.pin.book.block(somebody(number)[0])

    def keep_book(self):
        self.pin.keep_book()

    def watch(self):
        self.pin.watch()

    def reboot(self, power_lost, off_s):
        self.pin.store.write()          # what a cut takes of the steps is `cut`'s affair
        self.model.true_s += off_s
        self.model.reboot(power_lost)
        self.pin.reboot(power_lost, off_s)

    def cut(self, steps, power_lost, name, *arguments):
        """The power goes `steps` steps of the flash into an operation: it has happened or it has not, nothing in between.
        `power_lost`: the clock forgets the time as well."""
        pin, model = self.pin, self.model
        if name == 'forget' and arguments[0] not in model.friends:
            return
        compared = self._compared()
        pin.files.cut_after(steps)
        try:
            getattr(pin, name)(*arguments)
        except PowerCut:
            self.cuts += 1
            self._shown += name == 'watch'
            self._after_the_cut(power_lost, name, arguments, compared)
        else:
            pin.files.power_on()
            if hasattr(model, name):
                getattr(model, name)(*arguments)

    def _compared(self):
        """What a comparison of figures has left in the counts."""
        measures, counts = self.pin.rewards.counts.measures(), self.pin.rewards.counts
        return measures['friends_ahead'], measures['boards_led'], counts._board_day, counts._best, list(counts._board)

    def _after_the_cut(self, power_lost, name, arguments, compared):
        pin, model = self.pin, self.model
        walked, session = pin.days.total, b'%08d' % pin.taps
        pin.reboot_after_cut(power_lost)
        lost = walked - pin.days.total
        assert 0 <= lost <= WRITE_STEPS + (arguments[0] if name == 'walk' else 0)
        model.steps = {day or NO_DAY: steps for day, steps in pin.days._days.items()}
        friend = pin.book.get(somebody(arguments[0])[0]) if name in ('tap', 'forget') else None
        if name == 'tap' and friend and friend.session == session:
            model.tap(*arguments, told_to_nobody=power_lost and self._compared() == compared)
        elif name == 'forget' and not friend:
            model.forget(*arguments)
        model.reboot(power_lost)


def some_history(chance, length):
    """A history of so many operations, drawn from `chance` (random.Random)."""
    return [some_operation(chance) for _ in range(length)]


def some_operation(chance):
    def tap():
        return 'tap', chance.randrange(12), chance.choice([None, 0, 2_000, 9_000]), chance.choice([0, 0, 1, 3])

    def forget():
        return 'forget', chance.randrange(14)

    def walk():
        return 'walk', chance.choice([1, 100, 2_500, 7_999, 8_000, 12_000, 50_000])

    def cut():
        return ('cut', chance.randrange(12), chance.random() < 0.5, *chance.choice([tap, tap, walk, forget, watch])())

    def watch():
        return ('watch',)

    def wait():
        return 'wait', chance.choice([60, 3_600, 5 * 3_600, 11 * 3_600, DAY_S])

    def reboot():
        return 'reboot', chance.random() < 0.4, chance.choice([0, 60, 3 * DAY_S])

    def set_time():
        return 'set_time', chance.choice([0, 0, 0, 3_600, -3_600, DAY_S, -DAY_S, 40 * DAY_S])

    def rare():
        return chance.choice([('zone', chance.choice([-60, 0, 60, 540])), ('day_start', chance.choice([0, 4, 9])),
                              ('count_steps', chance.random() < 0.7), ('card',), ('block', chance.randrange(12)),
                              ('keep_book',), ('streak', chance.randrange(2, 6)),
                              ('crowd', chance.choice([20, 60, 120, 180]), chance.choice([5, 31, 60]))])
    return chance.choice([tap, tap, tap, walk, walk, wait, wait, reboot, set_time, watch, forget, cut, rare, rare])()


def run(histories=200, length=150, seed=1):
    """Play so many histories; returns {name: figure} for the bench. Raises AssertionError where pin and model differ."""
    cuts = operations = rank = 0
    errands = set()
    for number in range(histories):
        life = Life(torn=number % 3 == 0)
        life.play(some_history(random.Random(f'{seed}/{number}'), length))
        life.close()
        cuts += life.cuts
        operations += length
        errands |= life.model.done
        rank = max(rank, life.model.rank)
    return {'history_operations': operations, 'history_power_cuts': cuts, 'history_errands': len(errands),
            'history_rank': rank}
