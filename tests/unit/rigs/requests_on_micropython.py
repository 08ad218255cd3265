"""Runs on MicroPython, not under pytest: requests of a phone, served on the real parser, file system and heap.

Prints one line of JSON with what it found: the answers, the heap that lives while a request is served (above what lives
before it, the code of the request included). `test_requests_on_micropython` judges.
"""
import asyncio
import gc
import json
import os
import time

import vfs

from firmware.companion import requests
from firmware.facts import Facts
from firmware.motion.steps import StepDays
from firmware.social.card import Card, Wearer
from firmware.social.friend import Figures, Friend
from firmware.social.friends import FriendBook
from firmware.social.progress import Progress
from firmware.social.rewards import Rewards
from firmware.system.battery import Gauge
from firmware.system.clock import Clock
from firmware.system.events import Events
from firmware.system.journal import Journal, forget
from firmware.system.log import Log
from firmware.system.settings import Settings
from firmware.system.storage import Storage

BLOCK = 4096
FRIENDS = 100
CARD = Card('Maria Schneider', 'Photographer', 'Olympic Broadcasting Services', '+34 600 123 456',
            'maria.schneider@example.com', 'https://example.com/maria', [('mastodon', '@maria@example.com')])
PICTURE = 'Q1BOMQgCk37C8B8A'           # 8 x 2 pixels
HOSTILE = (b'{"id":1,"do":"battery"', b'{"id":1,"do":"battery"}}', b'[[[[[[', b'\xff', b'{"id":1,"do":"\\ud83d"}',
           b'{"id":1,"do":"friends","n":1e999}', b'{1:2,"id":3}', b'{"id":1,"do":"profile","act":"set","name":"\\ud83d"}',
           b'{"id":1,"do":"profile","act":"set","strip":"%%%%"}', b'[' * 500, b'{"id":1,"do":"friends","friend":"zz"}')


class Cells:
    """Flash in RAM with the board's geometry."""

    def __init__(self, blocks):
        self.blocks, self.data = blocks, bytearray(b'\xff' * blocks * BLOCK)

    def readblocks(self, block, buffer, offset=0):
        at = block * BLOCK + offset
        buffer[:] = memoryview(self.data)[at:at + len(buffer)]

    def writeblocks(self, block, buffer, offset=0):
        at = block * BLOCK + offset
        self.data[at:at + len(buffer)] = buffer

    def ioctl(self, operation, argument):
        if operation == 6:
            self.data[argument * BLOCK:(argument + 1) * BLOCK] = b'\xff' * BLOCK
        return {4: self.blocks, 5: BLOCK}.get(operation, 0)


class Rtc:
    def datetime(self, now=None):
        return 2026, 11, 20, 4, 12, 0, 0, 0


class Whatever:
    """Has what it is given."""

    def __init__(self, **facts):
        for key, value in facts.items():
            setattr(self, key, value)


class Pin:
    """As much of firmware.pin.Pin as requests see."""

    def __init__(self):
        cells = Cells(160)
        vfs.VfsLfs2.mkfs(cells, readsize=32, progsize=256, lookahead=32)
        vfs.mount(vfs.VfsLfs2(cells, readsize=32, progsize=256, lookahead=32), '/flash')
        storage = self.storage = Storage('/flash/data')
        log = self.log = Log(lambda line: None, time.ticks_ms)
        log.keep_on(storage)
        self.events = Events(log)
        wearer = Wearer(Journal(storage, 'card', 1, log), log, os.urandom)
        book, rewards = FriendBook(Journal(storage, 'friends', 1, log), log), Rewards(Journal(storage, 'rewards', 1, log), log)
        settings = Settings(Journal(storage, 'settings', 1, log), log)
        days, clock = StepDays(), Clock(Rtc(), time.ticks_ms)
        battery = Whatever(gauge=Gauge(), percent=None, charging=False)
        self.facts = Facts(wearer, book, rewards, Whatever(days=days, steps_today=0), battery, settings, clock, 'Pin')
        self.progress = Progress(book, days, wearer, rewards, settings, clock, self.events, log)
        for number in range(FRIENDS):
            figures = Figures(9000, 3, 40, 0)
            book.befriend(Friend(b'device %09d' % number, CARD.name, CARD.to_vcard(), figures, b'session1', 9000))
        forget()

    async def forget(self):
        pass


class Phone:
    """Serves lines and measures."""

    def __init__(self, pin):
        self.pin = pin
        self.heap, self.seen = {}, set()

    async def _send(self, message):
        line = json.dumps(message, separators=(',', ':')).encode()
        self._last = message
        if isinstance(message.get('part'), list):
            self.seen.update([row['id'] for row in message['part'] if isinstance(row, dict)])
        assert len(line) < 4096
        gc.collect()
        self._live = max(self._live, gc.mem_alloc() - self._before)

    def serve(self, line):
        """The last line of the answer."""
        gc.collect()
        self._before, self._live = gc.mem_alloc(), 0
        asyncio.run(requests.Requests(self.pin).answer(line, self._send, self.pin))
        return self._last

    def ask(self, do, act, **fields):
        request = {'id': 5, 'do': do, 'act': act}
        request.update(fields)
        last = self.serve(json.dumps(request).encode())
        self.heap[do + ' ' + act] = self._live
        return last


pin = Pin()
phone = Phone(pin)
result = {'refused': [phone.serve(line).get('code') for line in HOSTILE]}
result['name'] = phone.ask('profile', 'set', name='愛田 🚀', strip=PICTURE)
settings = phone.ask('settings', 'set', values={'brightness': 30, 'flip': True})['ok']
result['settings'] = settings['values'] == {'brightness': 30, 'flip': True} and pin.facts.settings.get('brightness') == 30
cursor, more = '', True
while more:
    last = phone.ask('friends', 'page', cursor=cursor)['ok']
    cursor, more = last['cursor'], last['more']
result['friends'] = len(phone.seen)
friend = '64657669636520303030303030303030'
for do, act, fields in (('friends', 'get', {'friend': friend}), ('friends', 'note', {'friend': friend, 'text': 'tall'}),
                        ('friends', 'export', {'format': 'csv'}), ('friends', 'export', {}), ('boards', 'get', {}),
                        ('designs', 'list', {}), ('steps', 'history', {}), ('receipts', 'page', {}), ('errands', 'get', {}),
                        ('settings', 'get', {}), ('time', 'get', {}), ('battery', 'get', {}), ('forget', 'phone', {}),
                        ('log', 'page', {}), ('log', 'page', {'of': 'flash'}), ('find', 'show', {})):
    last = phone.ask(do, act, **fields)
    if 'ok' not in last:
        result.setdefault('failed', []).append(last)
result['heap'] = phone.heap
print(json.dumps(result))
