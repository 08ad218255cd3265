"""What a wearer and a phone do with a pin, each in a scene that tells whether it went well: for `make bench-crashes`.

Owns the scenes. A Life is a pin, Ada's, with a few friends, another pin and, where a scene wants one, a phone; each scene is
a method that returns whether all of it worked.
"""
from firmware.motion.step_store import VERSION as STEPS_SCHEMA
from firmware.motion.step_store import StepStore
from firmware.motion.steps import StepDays
from firmware.system import crash_loop
from firmware.system.journal import Journal
from firmware.system.log import Log
from firmware.ui import choices
from firmware.ui.screens import RING
from tests.bench.ble import BOUND
from tests.scenarios.test_phone import Phone as Reader
from tests.simulator.data import names_of_friends, storage_of
from tests.simulator.gait import Gait
from tests.simulator.nfc_host import NoAnswer
from tests.simulator.radio import digits
from tests.simulator.radio.client import RequestError
from tests.simulator.radio.phone import LinkLost, Refused
from tests.simulator.traces import Rest

SLOT_S = 120                                    # for each scene where it is told what it comes by
CARD = {'name': 'Ada Lovelace', 'title': 'Analyst', 'email': 'ada@example.com', 'web': 'https://example.com',
        'public': ('web',)}
FRIENDS = 4                                     # the next one unlocks a design
STEPS = 20
WALK_S = STEPS * 60 / 110 + 5
LEAST_STEPS = 12                                # the first few of a bout come late
REQUESTS = ('profile', 'friends', 'boards', 'designs', 'steps', 'receipts', 'errands', 'settings', 'time', 'battery', 'log',
            'find')
# modelled seconds in which a scene is played twice; the cheap ones first
SCENES = {'read': 40, 'walk': 56, 'ask': 60, 'tap': 60, 'look': 160, 'cell': 230, 'bind': 120, 'rest': 230}
HOME = ('name_tag', 'no_card', 'not_bound')
BEGIN_S = 3
PAIRING_S = 60


def steps_of(pin):
    """Steps that a pin has credited so far: on flash, or in the memory that outlives resets."""
    log, days = Log(str), StepDays()
    memory = crash_loop.kept(pin.board._rtc_memory)
    StepStore(Journal(storage_of(pin), 'steps', STEPS_SCHEMA, log), days, log, lambda *_: memory).load()
    return days.total


class Life:
    """`files`: {path: bytes} of Ada's pin that differ; more options are World.add_pin's."""

    def __init__(self, world, files, phone=False, **options):
        self.world, self.client = world, None
        self.ada = world.add_pin('Ada Lovelace', CARD, friends=FRIENDS, files=files, **options)
        self.others = []
        world.run(BEGIN_S)
        if phone:
            world.run(5)
            self.bind()
            world.run(15)

    # ---- what there is to see
    def shown(self, since=0):
        """Names of the screens since that length of the console's text."""
        return [line.split()[-1] for line in self.ada.console.text[since:].splitlines() if 'ui: showing' in line]

    def faults(self, since=0):
        """Warnings and errors since then."""
        return [line.split(None, 1)[1] for line in self.ada.console.text[since:].splitlines() if line[8:11] in (' E ', ' W ')]

    def mark(self):
        return len(self.ada.console.text)

    def well(self):
        """What does not work of: the screens up to the name tag, steps, a tap with somebody new. Within 20 s."""
        since = self.mark()
        for _ in range(len(RING) + 4):          # the first may wake it, or leave what was entered
            self.ada.swipe('left')
            self.world.run(0.8)
            if self.shown(since)[-1:] == ['steps']:
                break
        self.ada.swipe('right')
        self.world.run(0.8)
        told, before, begun_ms = self.shown(since), steps_of(self.ada), self.world.now_ms
        self.ada.wear(Gait([(STEPS, 110)], start_ns=self.world.clock.now_ns))
        self.world.run(WALK_S - BEGIN_S)
        since = self.mark()
        self._somebody_new()
        self.world.run(WALK_S - (self.world.now_ms - begun_ms) / 1000)
        walked = steps_of(self.ada) - before
        self.ada.wear(Rest())
        met = self._meet(since)
        screens = self.ada.on and 'steps' in told and told[-1] in HOME
        return ['screens'] * (not screens) + ['steps'] * (walked < LEAST_STEPS) + ['a tap'] * (not met)

    # ---- scenes
    def rest(self):
        self.world.run(100)
        return self.ada.on

    def look(self):
        """Round the ring, and into each screen."""
        since = self.mark()
        self.ada.press()
        self.world.run(1)
        for name in RING:
            for _ in range(len(RING)):
                self.ada.swipe('left')
                self.world.run(0.7)
                if self.shown()[-1] == name:
                    break
            for act in ('touch', 'up', 'touch', 'right', 'right'):
                self.ada.touch() if act == 'touch' else self.ada.swipe(act)
                self.world.run(0.7)
        for _ in range(4):
            self.ada.press()
            self.world.run(0.7)
        self.world.run(12)
        return len(set(self.shown(since))) >= len(RING) - 1

    def walk(self):
        before = steps_of(self.ada)
        self.ada.wear(Gait([(STEPS, 110)], start_ns=self.world.clock.now_ns))
        self.world.run(WALK_S)
        self.ada.wear(Rest())
        return steps_of(self.ada) >= before + LEAST_STEPS

    def tap(self):
        """Meets somebody new."""
        self._somebody_new()
        self.world.run(2)
        return self._meet(self.mark())

    def _somebody_new(self):
        self.others.append(self.world.add_pin(f'Ben {len(self.others)}'))

    def _meet(self, since):
        other = self.others[-1]
        self.world.bump(self.ada, other)
        done = self.world.run_until(lambda: f'friends with {other.name}' in self.ada.console.text[since:], 4, step_ms=100)
        self.world.run(4)
        self.world.apart(self.ada, other)
        other.cut_power()
        return done and other.name in names_of_friends(self.ada)

    def cell(self):
        """It runs low and is charged."""
        for millivolts in (3450, 4100, 3950):
            self.ada.battery_mv = millivolts
            self.world.run(32)
        return self.ada.on

    def read(self):
        """A phone reads the pin over NFC."""
        reader = Reader(self.world, self.ada)
        try:
            reader.hold()
            return 'text/vcard' in [record.type for record in reader.message()]
        except (AssertionError, NoAnswer, ValueError):
            return False
        finally:
            self.world.air.uncouple(reader.chip)
            self.world.run(0.3)

    def bind(self):
        """A phone is bound from the settings."""
        since, phone = self.mark(), self.world.add_phone(f'Phone {len(self.world.phones)}')
        try:
            self._choose('Bind a phone')
            self.client = phone.do(phone.open(self.ada, lambda: digits.shown(self.ada)), PAIRING_S)
        except (LinkLost, Refused, RequestError, TimeoutError):
            return False
        done = self.world.run_until(lambda: BOUND in self.ada.console.text[since:], 5, 100)
        self.world.run(12)
        return done

    def _choose(self, row):
        for _ in range(2 * len(RING)):
            self.ada.press()
            self.world.run(0.7)
            if self.shown()[-1] == 'settings':
                break
        self.ada.press(700)
        self.world.run(1)
        for _ in range([one[0] for one in choices.ROWS].index(row)):
            self.ada.press()
            self.world.run(0.15)
        self.ada.press(700)
        self.world.run(1)

    def ask(self):
        """The bound phone comes and asks for everything."""
        if not self.client:
            return False
        try:
            self.ada.press()
            self.world.run(2)
            if not self.client.link.open:
                self.client = self.client.phone.do(self.client.phone.open(self.ada), PAIRING_S)
            for name in REQUESTS:
                self.client.phone.do(self.client.ask({'do': name}), PAIRING_S)
            self.client.phone.do(self.client.ask({'do': 'profile', 'act': 'set', 'title': 'Pilot'}), PAIRING_S)
            return True
        except (LinkLost, Refused, RequestError, TimeoutError):
            return False
