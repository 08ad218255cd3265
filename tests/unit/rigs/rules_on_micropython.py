"""Runs on MicroPython, not under pytest: the rules on real littlefs, in a heap like the board's.

Prints one line of JSON with what it found; `test_rules_on_micropython` starts it and judges. The flash is a RAM block
device with the board's geometry, file system and lane, that counts erases and writes and can lose power at any of them.
"""
import asyncio
import gc
import json
import os
import time

import vfs

import plain_text
import vcard
from firmware.social.card import Card, Wearer
from firmware.social.friend import Figures, Friend
from firmware.social.friends import FriendBook
from firmware.social.handshake import SUCCESS, Handshake, Own
from firmware.social.rewards import Rewards
from firmware.system.journal import Journal
from firmware.system.lane import BLOCKS
from firmware.system.log import Log
from firmware.system.settings import Settings
from firmware.system.storage import Storage, StorageError

BLOCK = 4096
NO_POWER = 5                                    # EIO


class Cells:
    """NOR flash in RAM, with counters that outlive a power cut."""

    def __init__(self, blocks, lane):
        self.lane = lane                        # whether there is one
        self.blocks = blocks                    # of the file system; the lane is behind it
        self.data = bytearray(b'\xff' * ((blocks + BLOCKS) * BLOCK))
        self.blank = b'\xff' * BLOCK
        self.erases = self.operations = 0
        self.device = None                      # the Device of the present boot


class Device:
    """The block device of one boot. At the erase or write number `left` from now the power fails: OSError once, and from
    then on nothing has an effect, not even what finalisers of open files may try."""

    def __init__(self, cells):
        self.cells = cells
        self.left = None
        self.dead = False

    def _count(self):
        if self.left is not None:
            if not self.left:
                self.dead = True
                raise OSError(NO_POWER)
            self.left -= 1
        self.cells.operations += 1

    def readblocks(self, block, buffer, offset=0):
        if not self.dead:
            at = block * BLOCK + offset
            buffer[:] = memoryview(self.cells.data)[at:at + len(buffer)]

    def writeblocks(self, block, buffer, offset=0):
        if not self.dead:
            self._count()
            at = block * BLOCK + offset
            self.cells.data[at:at + len(buffer)] = buffer

    def ioctl(self, operation, argument):
        if operation == 4:
            return self.cells.blocks
        if operation == 5:
            return BLOCK
        if operation == 6 and not self.dead:
            self._count()
            self.cells.data[argument * BLOCK:(argument + 1) * BLOCK] = self.cells.blank
            self.cells.erases += 1
        return 0


class LanePart:
    """The lane's blocks of a Device, as esp32.Partition."""

    def __init__(self, device):
        self._device, self._first = device, device.cells.blocks

    def readblocks(self, block, buffer, offset):
        self._device.readblocks(self._first + block, buffer, offset)

    def writeblocks(self, block, buffer, offset):
        self._device.writeblocks(self._first + block, buffer, offset)

    def ioctl(self, operation, argument):
        return self._device.ioctl(operation, self._first + argument)


def fresh(blocks, lane=True):
    cells = Cells(blocks, lane)
    vfs.VfsLfs2.mkfs(Device(cells), readsize=32, progsize=256, lookahead=32)
    return cells


def mounted(cells):
    """The Storage on a newly mounted flash, as after a reboot."""
    try:
        vfs.umount('/flash')
    except OSError:
        pass
    if cells.device:
        cells.device.dead = True
    cells.device = Device(cells)
    vfs.mount(vfs.VfsLfs2(cells.device, readsize=32, progsize=256, lookahead=32), '/flash')
    return Storage('/flash/data', lane=LanePart(cells.device) if cells.lane else None)


def quiet(line):
    pass


def journal(storage, name):
    return Journal(storage, name, 1, Log(quiet, time.ticks_ms))


def book(storage):
    return FriendBook(journal(storage, 'friends'), Log(quiet, time.ticks_ms))


CARD = Card('Maria Schneider', 'Photographer', 'Olympic Broadcasting Services', '+34 600 123 456',
            'maria.schneider@example.com', 'https://example.com/maria', [('mastodon', '@maria@example.com')])


def device(number):
    return b'device %09d' % number


def add(friends, number):
    friends.put_pending(Friend(device(number), CARD.name, CARD.to_vcard(), Figures(9000, 3, 40, 0), b'session1', 9000))
    friends.commit(device(number), b'session1', b'share of sixteen')


def one_tap():
    """Two pins on one flash each, every message through the real codec; returns both counts after a reboot."""
    flashes, ids = (fresh(16), fresh(16)), []
    shakes = []
    for flash in flashes:
        storage = mounted(flash)
        wearer = Wearer(journal(storage, 'card'), Log(quiet, time.ticks_ms), os.urandom)
        ids.append(wearer.device_id)
        shakes.append((flash, Own(wearer.device_id, wearer.secret, CARD.to_vcard(), Figures())))

    def with_book(index, shake=None):
        flash, own = shakes[index]
        friends = book(mounted(flash))
        if shake is None:
            return Handshake(own, friends, os.urandom, 9000)
        shake._book = friends
        return shake

    one, two = with_book(0), with_book(1)
    hello = one.hello()
    assert with_book(1, two).received(hello).code == SUCCESS
    one.hello_delivered()
    hello = with_book(1, two).hello()
    assert with_book(0, one).received(hello).code == SUCCESS
    two.hello_delivered()
    ready = with_book(0, one).ready()
    assert with_book(1, two).received(ready).new
    one.ready_delivered()
    ready = two.ready()
    assert with_book(0, one).received(ready).new
    two.ready_delivered()
    assert one.done and two.done
    return [book(mounted(flash)).count for flash in flashes]


def thousand_friends(count):
    """Bytes of heap and flash a friend, erases an addition, and how long opening takes."""
    flash = fresh(160)
    friends = book(mounted(flash))
    gc.collect()
    before, erases = gc.mem_alloc(), flash.erases
    for number in range(count):
        add(friends, number)
        if number % 10 == 9:
            asyncio.run(friends._journal.tend())
    gc.collect()
    heap = (gc.mem_alloc() - before) / count
    size = friends._journal.size / count
    started = time.ticks_us()
    friends = book(mounted(flash))
    opened_us = time.ticks_diff(time.ticks_us(), started)
    started = time.ticks_us()
    found = friends.get(device(7)).name == CARD.name
    return {'heap': heap, 'flash': size, 'erases': (flash.erases - erases) / count, 'count': friends.count,
            'open_us': opened_us, 'get_us': time.ticks_diff(time.ticks_us(), started), 'found': found}


def busy_day(storage):
    """Yields the confirmed state (friends, brightness, designs shown or earned) after each step."""
    log = Log(quiet, time.ticks_ms)
    friends, settings = book(storage), Settings(journal(storage, 'settings'), log)
    rewards = Rewards(journal(storage, 'rewards'), log)
    for number in range(12):
        add(friends, number)
        yield
        settings.set('brightness', 20 + number)
        rewards.update(friends.count, {})
        rewards.mark_shown()
        yield
    friends._journal.rewrite((kind, payload) for kind, payload, _ in friends._journal.replay())
    asyncio.run(friends._journal.tend())
    yield


def state(storage):
    log = Log(quiet, time.ticks_ms)
    return (book(storage).count, Settings(journal(storage, 'settings'), log).get('brightness'),
            Rewards(journal(storage, 'rewards'), log).earned.designs)


def power_cuts(lane):
    """Cut the power at every flash operation of a busy day: (cut points, states that are wrong)."""
    flash = fresh(32, lane)
    storage = mounted(flash)
    empty = bytes(flash.data)
    begin = flash.operations
    for _ in busy_day(storage):
        pass
    cuts = range(flash.operations - begin)
    wrong = []
    for cut in cuts:
        flash.data[:] = empty
        storage = mounted(flash)
        flash.device.left = cut
        steps = 0
        try:
            for _ in busy_day(storage):
                steps += 1
        except (StorageError, OSError):
            pass
        count, brightness, designs = state(mounted(flash))
        number = min(steps // 2, 12)            # rounds that were confirmed
        if not (number <= count <= min(number + 1, 12) and designs >= number // 5 and designs <= count // 5
                and (number == 0 or brightness in (19 + number, 20 + number))):
            wrong.append((cut, steps, count, brightness, designs))
    return len(cuts), wrong


def strict_utf8():
    """How many of these malformed texts pass; MicroPython's own decoder takes the first five."""
    passed = 0
    for data in (b'\xe0\x80\x80', b'\xc0\xaf', b'\xed\xa0\x80', b'\xf4\x90\x80\x80', b'\xf5\x80\x80\x80', b'\xc3', b'\x80'):
        try:
            plain_text.utf8(data)
            passed += 1
        except plain_text.TextError:
            pass
    assert plain_text.utf8('Zoë 🚀 \ud7ff\ue000'.encode()) == 'Zoë 🚀 \ud7ff\ue000'
    return passed


friends_result = thousand_friends(1000)
gc.collect()
cuts, wrong = power_cuts(True)
more_cuts, more_wrong = power_cuts(False)
print(json.dumps({'tap': one_tap(), 'friends': friends_result, 'utf8': strict_utf8(),
                  'cuts': cuts + more_cuts, 'wrong': wrong + more_wrong,
                  'card': CARD.to_vcard() == vcard.encode(dict(vcard.decode(CARD.to_vcard())))}))
