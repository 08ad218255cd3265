"""A worn pin as far as its rules go: the real stores on files in memory, the real clock, rewards and progress; a test is the
world around it, which lets time pass, taps, walks, cuts the power and looks at the moments.

Owns no rules. Used by tests/unit/test_progress.py, test_day_logic.py and tests/bench/histories.py.
"""
import asyncio
import datetime
import hashlib

from firmware.motion.step_store import VERSION as STEPS_SCHEMA
from firmware.motion.step_store import StepStore
from firmware.motion.steps import StepDays
from firmware.social.card import Card, Wearer
from firmware.social.friend import Figures, Friend
from firmware.social.friends import FriendBook
from firmware.social.progress import CELEBRATED, Progress
from firmware.social.rewards import Rewards
from firmware.system.clock import UNKNOWN_DAY, Clock
from firmware.system.events import Events
from firmware.system.journal import Journal
from firmware.system.log import Log
from firmware.system.settings import Settings
from tests.simulator.memory_storage import MemoryFiles

EPOCH = datetime.datetime(2000, 1, 1)
CARDS = {}


def seconds(*date):
    """Seconds since 2000-01-01 of a date, as the clock counts them."""
    return int((datetime.datetime(*date) - EPOCH).total_seconds())


class RTC:
    """machine.RTC over a world's clock; after a loss of power it begins at 2000-01-01, as the ESP32's does."""

    def __init__(self, world):
        self._world = world
        self._began_s = world.true_s

    def lose_power(self):
        self._began_s = self._world.true_s

    def datetime(self, value=None):
        if value is None:
            now = EPOCH + datetime.timedelta(seconds=self._world.true_s - self._began_s)
            return (*now.timetuple()[:3], now.weekday(), *now.timetuple()[3:6], 0)
        year, month, day, _, hour, minute, second, _ = value
        self._began_s = self._world.true_s - seconds(year, month, day, hour, minute, second)
        return None


def somebody(number):
    """(device id, name, vCard) of the person with that number."""
    if number not in CARDS:
        card = Card(f'Friend {number}')
        CARDS[number] = hashlib.sha256(b'%d' % number).digest()[:16], card.name, card.to_vcard()
    return CARDS[number]


class Hello:
    """What of a peer's HELLO the book takes over."""

    def __init__(self, figures, vcard):
        self.figures, self.vcard, self.strip = figures, vcard, b''


class Wearing:
    """`true_s` is the world's time, `loop` runs what the firmware starts. `moments` lists every design and medal that was on
    the screen, `lines` what an error said. A method that does something ends when the firmware has nothing more to do."""

    def __init__(self, true_s=None, known=True, files=None):
        self.true_s = seconds(2026, 11, 20, 12) if true_s is None else true_s
        self.files = files or MemoryFiles()
        self.loop = None
        self.moments = []
        self.taps = 0
        self._rtc = RTC(self)
        self.boot()
        if known:
            self.set_time()

    def close(self):
        """What the firmware had begun ends here."""
        for task in asyncio.all_tasks(self.loop):
            task.cancel()
        self.loop.run_until_complete(asyncio.sleep(0))
        self.loop.close()

    # -- power

    def boot(self):
        """As firmware.pin builds and starts it."""
        if self.loop:
            self.close()
        self.loop = asyncio.new_event_loop()
        self._booted_s = self.true_s
        self.log = Log(str)
        storage = self.files.storage()

        def journal(name):
            return Journal(storage, name, 1, self.log)
        self.settings = Settings(journal('settings'), self.log)
        self.clock = Clock(self._rtc, self._ticks_ms, self.settings.get('zone_minutes'), self.settings.get('day_start_hour'))
        self.wearer = Wearer(journal('card'), self.log, bytes)
        self.book = FriendBook(journal('friends'), self.log, storage)
        self.rewards = Rewards(journal('rewards'), self.log)
        self.days = StepDays()
        self.store = StepStore(Journal(storage, 'steps', STEPS_SCHEMA, self.log), self.days, self.log)
        self.store.load()
        self.events = Events(self.log)
        self._waiting = []
        for topic in CELEBRATED.values():
            self.events.subscribe(self, topic, lambda value, topic=topic: self._waiting.append((topic, value)))
        self.progress = Progress(self.book, self.days, self.wearer, self.rewards, self.settings, self.clock, self.events,
                                 self.log)
        self._do(self.progress.start)

    def reboot(self, power_lost=False, off_s=0):
        """A restart; with `power_lost` the clock forgets the time, and steps that were not on flash are gone."""
        if not power_lost:
            self.store.write()
        self.true_s += off_s
        if power_lost:
            self._rtc.lose_power()
        self.files.power_on()
        self.boot()

    def reboot_after_cut(self, power_lost):
        """The power went within something that is not on flash; it is back."""
        if power_lost:
            self._rtc.lose_power()
        self.files.power_on()
        self.boot()

    def _ticks_ms(self):
        return (self.true_s - self._booted_s) * 1000 & 0x3FFFFFFF

    def _do(self, work):
        """Run `work()` and every task that it starts."""
        async def run():
            work()
            for task in asyncio.all_tasks() - {asyncio.current_task()}:
                await task              # a power cut within it is one here
        self.loop.run_until_complete(run())

    # -- what happens to it

    def wait(self, s=0, hours=0, days=0):
        """Let time pass; the pin looks at the day as the motion service does."""
        self.true_s += s + 3600 * hours + 86_400 * days
        self._do(lambda: self.events.publish('steps', self.days.on(self.clock.day())))

    def wait_until(self, *date):
        self.wait(seconds(*date) - self.true_s)

    def set_time(self, error_s=0):
        """The phone sets the clock, wrong by so much."""
        def work():
            moved_s = self.clock.set(self.true_s + error_s)
            dated = self.clock.dated()
            if moved_s is None and self.days.move(UNKNOWN_DAY, *dated):     # what the motion service does
                self.store.note_all()
            self.events.publish('time', moved_s)
        self._do(work)

    def set(self, key, value):
        def work():
            self.settings.set(key, value)
            self.clock.zone_minutes = self.settings.get('zone_minutes')
            self.clock.day_start_hour = self.settings.get('day_start_hour')
            self.events.publish('settings', key)
        self._do(work)

    def walk(self, steps):
        """As the motion service credits steps."""
        if self.settings.get('count_steps'):
            day, hour = self.clock.day(), self.clock.hour() or 0
            today = self.days.add(day, hour, steps)
            self.store.note(day, hour, steps, (self.true_s - self._booted_s) * 1000)
            self._do(lambda: self.events.publish('steps', today))

    def save_card(self, card):
        def work():
            self.wearer.save(card)
            self.events.publish('card')
        self._do(work)

    def tap(self, number, steps=None, rank=0, heard=True):
        """A whole tap with that person, as handshake and tap do it; not `heard`: the power goes before anybody is told."""
        id, name, vcard = somebody(number)
        self.taps += 1
        session, figures = b'%08d' % self.taps, Figures(steps, 0, 0, rank)
        day, hour = self.clock.day(), self.clock.hour()
        friend = self.book.get(id)
        new = friend is None
        if new:
            self.book.put_pending(Friend(id, name, vcard, figures, session, day, hour=hour))
            friend = self.book.commit(id, session, bytes(16))
        else:
            self.book.refresh(friend, friend.meet(Hello(figures, vcard), name, session, day, bytes(16), hour))
        if heard:
            self._do(lambda: self.events.publish('friend' if new else 'met_again', friend))

    def keep_book(self):
        """What the pin does for the book while nothing happens: save its index, or compact it."""
        self.loop.run_until_complete(self.book.keep())

    def forget(self, number):
        self.book.forget(somebody(number)[0])

    # -- what the wearer sees

    def watch(self):
        """See all moments that are due; returns them."""
        seen = []
        while self._waiting:
            seen.append(self._waiting.pop(0))
            self.moments.append(seen[-1])
            screen = next(name for name, kind in CELEBRATED.items() if kind == seen[-1][0])
            self._do(lambda screen=screen: self.events.publish('shown', screen))
        return seen

    @property
    def done(self):
        """The errands that are done."""
        return set(self.rewards.earned.errands)

    @property
    def complaints(self):
        return [line for line in self.log.lines() if line[9] in 'EW']
