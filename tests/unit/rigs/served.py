"""A pin as its requests see it: the real services on files in memory, without display, radio and sensors.

Owns no tests. `Served.ask` is a phone's whole exchange. Used by the tests of the requests and of the command line.
"""
import asyncio
import json
import types

from firmware.companion import requests
from firmware.facts import Facts
from firmware.motion.steps import StepDays
from firmware.social.card import SCHEMA as CARD_SCHEMA
from firmware.social.card import Wearer
from firmware.social.progress import Progress
from firmware.social.rewards import SCHEMA as REWARDS_SCHEMA
from firmware.social.rewards import Rewards
from firmware.system.battery import Gauge
from firmware.system.clock import Clock
from firmware.system.events import TOPICS, Events
from firmware.system.journal import Journal
from firmware.system.log import Log
from firmware.system.settings import SCHEMA as SETTINGS_SCHEMA
from firmware.system.settings import Settings
from tests.simulator.host import Host
from tests.simulator.memory_storage import MemoryFiles
from tests.unit.rigs.friends import friend, opened

TODAY = 9820                                    # Friday, 20 November 2026


class Rtc:
    """machine.RTC as far as a Clock uses it."""

    def __init__(self, *now):
        self.now = now

    def datetime(self, now=None):
        if now:
            self.now = now
        return self.now


class Served:
    """A pin that was switched on with `friends` in its book. `heard`: what was published, `sent`: the lines of the latest
    answer, `forgotten`: how often the asker's bond was ended."""

    def __init__(self, friends=0, files=None):
        self.host = Host(seed=1)
        self.files = files or MemoryFiles()
        self.log = Log(str)
        self.storage = self.files.storage()
        self.log.keep_on(self.storage)
        self.events, self.heard = Events(self.log), []
        for topic in TOPICS:
            self.events.subscribe(self, topic, lambda value, topic=topic: self.heard.append((topic, value)))
        self._build()
        for number in range(friends):
            self.facts.book.befriend(friend(number, day=TODAY))
        self.sent, self.forgotten = [], 0
        self.requests = requests.Requests(self)

    def _build(self):
        storage, log = self.storage, self.log
        book, days = opened(self.files, log), StepDays()
        days.add(TODAY, 12, 4321)
        wearer = Wearer(Journal(storage, 'card', CARD_SCHEMA, log), log, lambda length: bytes(range(length)))
        rewards = Rewards(Journal(storage, 'rewards', REWARDS_SCHEMA, log), log)
        settings = Settings(Journal(storage, 'settings', SETTINGS_SCHEMA, log), log)
        self.rtc = Rtc(2026, 11, 20, 4, 12, 0, 0, 0)
        clock = Clock(self.rtc, lambda: 0)
        motion = types.SimpleNamespace(days=days, steps_today=4321)
        battery = types.SimpleNamespace(gauge=Gauge(), percent=None, charging=False)
        self.facts = Facts(wearer, book, rewards, motion, battery, settings, clock, 'Pin 4F2A')
        self.progress = Progress(book, days, wearer, rewards, settings, clock, self.events, log)

    async def forget(self):
        """What a request wants of its link."""
        self.forgotten += 1

    async def _send(self, line):
        data = json.dumps(line, separators=(',', ':'), ensure_ascii=False).encode() + b'\n'
        assert len(data) <= 4096
        self.sent.append(json.loads(data))

    async def answer(self, line):
        """Have bytes served; `sent` has the lines of the answer then."""
        self.sent = []
        await self.requests.answer(line, self._send, self)

    def serve(self, line):
        """The same from outside; returns the lines of the answer, as dicts."""
        self.host.run(self.answer(line))
        return self.sent

    def ask(self, do, act=None, **fields):
        """(parts, 'ok') of a request, or what was refused: (code, sentence)."""
        request = {'id': 7, 'do': do, **({'act': act} if act else {}), **fields}
        *parts, last = self.serve(json.dumps(request, ensure_ascii=False).encode())
        assert last['id'] == 7 and all(part['id'] == 7 for part in parts)
        if 'error' in last:
            return last['code'], last['error']
        return [part['part'] for part in parts], last['ok']

    def event(self, topic, value):
        """The line of an event, as a dict."""
        return json.loads(json.dumps(asyncio.run(requests.event(self, topic, value))))
