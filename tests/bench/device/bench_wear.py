"""Runs on MicroPython: some busy days of a pin's stores on the simulator's flash, as `tests/bench/wear.py` starts it.

Friends, rewards and steps write what they write in the firmware, through file system and lane; upkeep runs whenever the
firmware would have time for it. Prints one line of JSON: how often each block was erased.
"""
import asyncio
import gc
import json
import time

import bench_flash
from bench_friends import Watch

DAY = 9820
FIRST_TAP_S, LAST_TAP_S = 8 * 3600, 22 * 3600   # of a day, as its steps
STEPS_AT_ONCE = 20                              # about 11 s of walking


class Pin:
    """The stores of a pin whose flash is in file `path`."""

    def __init__(self, path, blocks, lane_blocks, erase_us, page_us):
        from firmware.motion.step_store import VERSION, StepStore
        from firmware.motion.steps import StepDays
        from firmware.social import friends, rewards
        from firmware.system.journal import Journal
        from firmware.system.log import Log
        from firmware.system.storage import Storage
        self.cells = bench_flash.Cells(path, blocks + lane_blocks, erase_us, page_us)
        bench_flash.mount(bench_flash.Partition(self.cells, 0, blocks))
        storage = Storage('/flash/data', lane=bench_flash.Partition(self.cells, blocks, lane_blocks))
        storage.quiet = Watch(self.cells)
        log = Log(lambda line: None, time.ticks_ms)

        def journal(name, schema):
            self.journals.append(Journal(storage, name, schema, log))
            return self.journals[-1]
        self.journals = []
        self.book = friends.FriendBook(journal('friends', friends.SCHEMA), log, storage)
        self.rewards = rewards.Rewards(journal('rewards', rewards.SCHEMA), log)
        self.days, self._kept = StepDays(), b''
        self._steps = StepStore(journal('steps', VERSION), self.days, log, self._memory)
        self._steps.load()

    def _memory(self, data=None):
        """The RTC's, which outlives resets."""
        if data is not None:
            self._kept = bytes(data)
        return self._kept

    def tap(self, friend):
        """With a stranger, or with somebody who is a friend already."""
        known = self.book.get(friend.id)
        if known:
            known.figures, known.last_day, known.session = friend.figures, friend.day_met, friend.session
            self.book.refresh(known, whole=False)
        else:
            self.book.put_pending(friend)
            known = self.book.commit(friend.id, friend.session, b'share of sixteen')
        self.rewards.counts.tap(known)
        tally = self.book.tally
        self.rewards.update(self.book.count, {'friends_best_day': tally.best, 'friend_days': tally.days,
                                              'steps_best_day': self.days.best})
        self.rewards.mark_shown()

    def walk(self, day, second, steps):
        self.days.add(day, second // 3600, steps)
        self._steps.note(day, second // 3600, steps, (day * 86_400 + second) * 1000 & 0x3FFFFFFF)

    def rest(self):
        """What firmware.pin does while it is quiet."""
        asyncio.run(self.book.keep())
        for journal in self.journals:
            asyncio.run(journal.tend())


def busy_day(pin, day, taps, steps, vcard):
    """Half of the taps are with strangers."""
    from firmware.social.friend import Figures, Friend
    times = [(FIRST_TAP_S + (LAST_TAP_S - FIRST_TAP_S) * number // taps, number) for number in range(taps)]
    walks = steps // STEPS_AT_ONCE
    times += [(FIRST_TAP_S + (LAST_TAP_S - FIRST_TAP_S) * number // walks, -1) for number in range(walks)]
    for second, number in sorted(times):
        if number < 0:
            pin.walk(day, second, STEPS_AT_ONCE)
            continue
        whom = day * taps + number if number % 2 else number // 2
        pin.tap(Friend(b'person %09d' % whom, 'Maria Schneider', vcard, Figures(second, 3, 40, 0), b'%08d' % second, day))
        pin.rest()


def run(path, blocks, lane_blocks, erase_us, page_us, vcard, days, taps, steps):
    gc.threshold(1 << 16)
    pin = Pin(path, blocks, lane_blocks, erase_us, page_us)
    pin.rest()
    before = list(pin.cells.erases)
    for day in range(DAY, DAY + days):
        busy_day(pin, day, taps, steps, vcard)
    assert pin.days.total == days * steps
    print(json.dumps({'erases': [now - then for now, then in zip(pin.cells.erases, before)], 'friends': pin.book.count}))
