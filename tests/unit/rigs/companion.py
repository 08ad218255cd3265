"""A pin as far as its radio goes, on CPython: the companion's services on a scripted stack and files in memory.

Owns the virtual time (`run`) and what was published (`said`, `digits`). Used by test_companion*.py.
"""
import asyncio
import json
import types

from firmware.companion import wishes
from firmware.system.clock import Clock
from firmware.system.events import Events
from firmware.system.journal import Journal
from firmware.system.log import Log
from firmware.system.settings import SCHEMA, Settings
from tests.simulator.host import Host
from tests.simulator.memory_storage import MemoryFiles
from tests.unit.rigs.ble import BLE, UUID, Phone

SECOND = 1_000_000_000
BATTERY, TIME, ZONE, INFO, REQUEST, REPLY = 30, 32, 34, 36, 38, 40      # handles, as the scripted stack gives them


class RTC:
    def __init__(self):
        self.value = (2000, 1, 1, 5, 0, 0, 0, 0)

    def datetime(self, value=None):
        self.value = value or self.value
        return self.value


class Pin:
    """`bound`: phones that are bound already; `card`: whether its wearer has one."""

    def __init__(self, bound=0, card=True, esp=True, files=None, radio=True):
        self.host, self.ble = Host(), BLE(esp)
        self.files = files or MemoryFiles()
        self.storage = self.files.storage()
        self.log = Log(str, lambda: 0)
        self.events = Events(self.log)
        self.model = types.SimpleNamespace(pin_name='Pin 4F2A')
        self.board = types.SimpleNamespace(radio=lambda: self.ble if radio else None, uuid=UUID, name='devkit',
                                           random_bytes=self.host.random.randbytes)
        settings = Settings(Journal(self.storage, 'settings', SCHEMA, self.log), self.log)
        self.facts = types.SimpleNamespace(
            phones=0, binding=False, settings=settings, wearer=types.SimpleNamespace(card=card), clock=Clock(RTC(), lambda: 0),
            battery=types.SimpleNamespace(
                percent=74, charging=False, gauge=types.SimpleNamespace(percent=74, charging=False, millivolts=3900)))
        self.rendezvous = types.SimpleNamespace(busy=False)
        self.companion = None
        self.said, self.digits, self.phone = [], [], []
        for topic, heard in (('notice', self.said), ('passkey', self.digits), ('phone', self.phone)):
            self.events.subscribe(self, topic, heard.append)
        self.events.subscribe(self, 'settings', self._follow)

    def _follow(self, _):
        self.facts.clock.zone_minutes = self.facts.settings.get('zone_minutes')

    # ---- time

    def play(self, *steps):
        """Switch the pin on and let things happen: `steps` are functions, or numbers of seconds to let pass. At the end `on`,
        `links`, `advertising` and `binding` tell how it was then."""
        if self.companion:
            self.events.drop(self.companion)
        self.companion, self.facts.phones, self.facts.binding = None, 0, False
        for heard in (self.said, self.digits, self.phone):
            heard.clear()

        async def play():
            wishes.begin(self)
            for step in steps:
                if callable(step):
                    step()
                    self.ble.settle()
                    await asyncio.sleep(0.01)
                else:
                    await asyncio.sleep(step)
                self.ble.settle()
            self.on, self.advertising, self.links = self.ble.on, bool(self.ble.advertising), list(self.ble.links.values())
            self.binding, self.info = self.facts.binding, json.loads(self.ble.values.get(INFO) or b'null')
            tasks = asyncio.all_tasks() - {asyncio.current_task()}
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        self.host.run(play())
        assert self.ble.faults == []

    # ---- what happens to it

    def bind(self):
        wishes.bind(self)

    def press(self):
        self.events.publish('button', 'short')

    def come(self, phone):
        phone.conn = self.ble.connect(phone)

    def return_(self, phone):
        """A bound phone comes and encrypts; `phone.welcome` tells whether that went well."""
        self.come(phone)
        phone.welcome = self.ble.encrypt(phone.conn)

    def ask(self, phone, **request):
        self.ble.write(phone.conn, REQUEST, json.dumps(request).encode() + b'\n')

    def answers(self, phone):
        """The lines that a phone was sent."""
        data = b''.join(data for conn, handle, data in self.ble.notified if conn == phone.conn and handle == REPLY)
        return [json.loads(line) for line in data.split(b'\n')[:-1]]


def bound(*phones, **options):
    """A Pin that `phones` are bound to, started anew, with the radio off."""
    pin = Pin(**options)
    for phone in phones:
        pin.play(pin.bind, 2, lambda phone=phone: pin.come(phone), lambda phone=phone: pin.ble.pair(phone.conn), 1)
        assert pin.facts.phones
    return Pin(files=pin.files, **options)


def phones(count):
    return [Phone(number) for number in range(1, count + 1)]
