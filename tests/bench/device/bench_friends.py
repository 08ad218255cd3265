"""Runs on MicroPython: the friend book on the simulator's flash, as `tests/bench/friends.py` starts it.

Prints one line of JSON: the micro-benchmarks, and for a book that is on the flash already what opening it, adding friends,
looking up and upkeep take and leave. Times are this host's, without those of the block device; `flash_us` is the flash's.
"""
import asyncio
import gc
import json
import os
import time

import bench_flash
import micro
from micro import cpu_us

DAY = 9820
FRAME = 115_200                                 # bytes of the pin's frame buffer ...
PIN_LIVE = 340_000                              # ... and of all that a pin at rest holds
BATCH = 8                                       # taps between two pauses in which the lane is tended
COLLECT_AFTER = 8_192                           # bytes of garbage, as main.py has it, and firmware.pin with many friends
PER_HEAP = 64                                   # slices of upkeep between two looks at the heap


class Watch:
    """Stands for quiet.Quiet: always quiet. Keeps the longest slice between two waits and the highest heap."""

    def __init__(self, cells):
        self._cells = cells
        self.heap = 0
        self.begin()

    def begin(self):
        self.python_us = self.flash_us = self.slices = 0
        self._restart()

    def _restart(self):
        self._flash_us, self._host_us, self._started = self._cells.flash_us, self._cells.host_us, cpu_us()

    def now(self):
        return True

    async def wait(self):
        taken = cpu_us() - self._started - (self._cells.host_us - self._host_us)
        self.python_us = max(self.python_us, taken)
        self.flash_us = max(self.flash_us, self._cells.flash_us - self._flash_us)
        self.slices += 1
        if self.slices % PER_HEAP == 1:
            gc.collect()
            self.heap = max(self.heap, gc.mem_alloc())
        self._restart()


class Bench:
    """A flash of `blocks` blocks of file system and `lane_blocks` of lane in file `path`."""

    def __init__(self, path, blocks, lane_blocks, erase_us, page_us):
        self.cells = bench_flash.Cells(path, blocks + lane_blocks, erase_us, page_us)
        self._vfs = bench_flash.Partition(self.cells, 0, blocks)
        self._lane = bench_flash.Partition(self.cells, blocks, lane_blocks)
        self.watch = Watch(self.cells)
        self.collect_us = 0                     # what a collection takes with the book in the heap
        bench_flash.mount(self._vfs)
        gc.threshold(-1)                        # collections are reckoned, see `timed`
        self._rest = [bytearray(FRAME)]         # the rest of the pin, so that a collection takes as long as there
        while gc.mem_alloc() < PIN_LIVE:
            self._rest.append((len(self._rest), bytearray(48)))

    def boot(self):
        """Open the book anew; returns what that took, with the bytes of heap that it leaves and the records replayed."""
        from firmware.social.friends import SCHEMA, FriendBook
        from firmware.system.journal import Journal
        from firmware.system.log import Log
        from firmware.system.storage import Storage
        self.book = self.journal = None
        gc.collect()
        self.heap = gc.mem_alloc()

        def log():
            return Log(lambda line: None, time.ticks_ms)

        bench_flash.mount(self._vfs)

        def opened():
            storage = Storage('/flash/data', lane=self._lane)
            storage.quiet = self.watch
            self.journal = Journal(storage, 'friends', SCHEMA, log())
            self.book = FriendBook(self.journal, log(), storage)
        cost = self.timed(opened)
        gc.collect()
        cost['heap'] = gc.mem_alloc() - self.heap
        cost['garbage'] -= cost['heap']
        cost['collections'] = cost['garbage'] / (8 * COLLECT_AFTER + 13 * self.book.count)     # as FriendBook sets it
        cost['records'] = self.book._unsaved
        return cost

    def timed(self, function, *arguments):
        """{'python_us', 'flash_us', 'erases', 'garbage'} of `function()`, and how many 'collections' that means."""
        gc.collect()
        self.cells.clear()
        before, started = gc.mem_alloc(), cpu_us()
        function(*arguments)
        taken = cpu_us() - started - self.cells.host_us
        garbage = gc.mem_alloc() - before
        collect_after = COLLECT_AFTER + (3 * self.book.count // 2 if self.book else 0)
        return {'python_us': taken, 'flash_us': self.cells.flash_us, 'erases': self.cells.erased, 'garbage': garbage,
                'collections': garbage / collect_after, 'collect_us': self.collect_us}

    def upkeep(self):
        """What `keep` took, its longest slice and the highest heap during it."""
        self.watch.heap = 0
        self.cells.clear()
        self.watch.begin()
        asyncio.run(self.book.keep())
        return {'slice_flash_us': self.watch.flash_us, 'slices': self.watch.slices,
                'erases': self.cells.erased, 'heap': self.watch.heap - self.heap}

    def flash_bytes(self):
        """Bytes of the book on flash: the records, wherever they lie, and the files beside the log."""
        beside = [name for name in os.listdir('/flash/data') if name.startswith('friends.') and name != 'friends.log']
        return self.journal.size + sum(os.stat('/flash/data/' + name)[6] for name in beside)

    def strangers(self, first, count, vcard):
        from firmware.social.friend import Figures, Friend
        return [Friend(b'stranger %07d' % number, 'Maria Schneider', vcard, Figures(9000, 3, 40, 0), b'%08d' % number, DAY)
                for number in range(first, first + count)]

    def add(self, friends):
        """As a tap does it."""
        for friend in friends:
            assert self.book.get(friend.id) is None
            self.book.put_pending(friend)
            self.book.commit(friend.id, friend.session, b'share of sixteen')

    def additions(self, vcard, count):
        """What each took: {'python_us' (of the quickest batch), 'flash_us', 'erases'}, and those of tending in between."""
        costs, tending = [], []
        for first in range(0, count, BATCH):
            costs.append(self.timed(self.add, self.strangers(first, BATCH, vcard)))
            tending.append(self.timed(asyncio.run, self.journal.tend()))
        times = sorted(cost['python_us'] for cost in costs)
        found = {'python_us': times[0] / BATCH, 'collect_us': self.collect_us,
                 'collections': sum(cost['collections'] for cost in costs) / count}
        for name, batches in (('', costs), ('tending_', tending)):
            for key in ('flash_us', 'erases'):
                found[name + key] = sum(cost[key] for cost in batches) / count
        return found

    def hurry(self):
        """From here on it is sizes that count, not times."""
        self._rest = None
        gc.threshold(1 << 17)

    def outdate(self):
        """Meet everybody again and again until a compaction is worthwhile."""
        start = 0
        while not self.book.wants_keeping > 1:
            for friend in self.book.page(start, BATCH):
                friend.last_day += 1
                self.book.refresh(friend, whole=False)
            start = (start + BATCH) % self.book.count
            asyncio.run(self.journal.tend())


def quickest(function, *arguments):
    """Of five costs that `function(*arguments)` gives."""
    costs = [function(*arguments) for _ in range(5)]
    return min(costs, key=lambda cost: cost['python_us'])


def run(path, blocks, lane_blocks, erase_us, page_us, vcard, adds):
    bench = Bench(path, blocks, lane_blocks, erase_us, page_us)
    bench.boot()
    bench.collect_us = micro.quickest_us(lambda n: gc.collect(), 1)
    result = {'replay_all': bench.boot()}       # once: it is long enough
    result['before'] = bench.book.count
    result['save'] = bench.upkeep()
    result['add'] = bench.additions(vcard, adds)
    bench.upkeep()
    bench.add(bench.strangers(adds, 32, vcard))
    result['count'] = bench.book.count
    result['open'] = quickest(bench.boot)
    known = bench.strangers(0, 1, vcard)[0].id
    result['get'] = quickest(bench.timed, bench.book.get, known)
    result['page'] = quickest(bench.timed, bench.book.page, bench.book.count - 8, 6)
    result['micro'] = micro.measure()
    bench.hurry()
    bench.boot()                                # what it says of heap begins anew
    bench.outdate()
    result['bytes_steady'] = bench.flash_bytes() / bench.book.count
    result['compact'] = bench.upkeep()
    result['bytes_tidy'] = bench.flash_bytes() / bench.book.count
    result['open_tidy'] = bench.boot()
    assert bench.book.count == result['count'] == result['before'] + adds + 32
    print(json.dumps(result))
