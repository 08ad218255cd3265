"""The world: one seed, one clock, the air, and the pins in it. Start here to write a scenario.

    with World(seed=7) as world:
        ada, ben = world.add_pin('Ada'), world.add_pin('Ben')
        world.run(2)                            # both boot
        world.bump(ada, ben)                    # back to back, knocked together in this very millisecond
        assert world.run_until(lambda: 'friend' in ada.console, 3)
        ada.look('ada.png')

Owns what lies between pins; a pin's own parts are in `pin`. Time is modelled: `run(60)` may take milliseconds.
"""
import functools
import random
from datetime import UTC, datetime

from tests.simulator.air import Air
from tests.simulator.clock import Clock
from tests.simulator.data import files_of_a_pin
from tests.simulator.pin import Pin

SECOND = 1_000_000_000
MILLISECOND = 1_000_000
START = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
# What the processor needs after each wait until it waits again, beyond its bus calls: about ten asyncio switches or a
# hundred calls at the figures of an ESP32-S3. Two or three waits a PN532 command make the measured 3 ms a round trip.
WAKE_US = 700


class World:
    """`start` is the true time at the world's beginning; pins whose clock is set know it."""

    def __init__(self, seed=0, start=START):
        self.seed = seed
        self.start = start
        self.clock = Clock()
        self.rng = random.Random(f'{seed}/world')
        self.air = Air(self.clock, random.Random(f'{seed}/air'))
        self.pins = []
        self.phones = []
        self.ether = None                       # of Bluetooth; there while a world has phones

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        for pin in self.pins:
            pin.close()

    # ---- pins ----
    def add_pin(self, name, card=None, *, board='waveshare_touch_lcd_128', nfc='spi', absent=(), heap='384k', blocks=1024,
                free_blocks=None, lane=True, files=None, friends=0, settings=None, on=True, clock_set=True, wake_us=WAKE_US,
                flash=None, compute=0):
        """A new pin of `name`'s, with a card (a dict of fields; False: none) and switched on unless `on` is False.

        board: a name of wiring.BOARDS; nfc: 'spi', 'i2c' or 'uart'; absent: chips that are not fitted, of 'panel', 'imu',
        'nfc' and 'touch'; heap: MicroPython's heap limit; blocks: flash size in 4 KB blocks, all but `free_blocks` of them
        full where that is given; lane: whether its flash has the journals' partition; files: {path: bytes} more for its file
        system; friends: how many friends it has already; settings: {key: value} that its wearer has chosen; clock_set:
        whether its clock runs already; wake_us: see WAKE_US; flash: a Flash that holds all this already, which is not written
        to; compute: how much longer than on this host computing takes (0: no time at all, so that runs repeat).
        """
        content = files_of_a_pin(name, card, board, nfc, friends, settings, self.seed)
        content.update(files or {})
        pin = Pin(self, name, content, board=board, nfc=nfc, absent=absent, heap=heap, blocks=blocks,
                  free_blocks=free_blocks, lane=lane, wake_us=wake_us, flash=flash, compute=compute)
        self.pins.append(pin)
        if clock_set:
            pin.board.set_rtc(int(self.now().timestamp()))
        if on:
            pin.boot()
        return pin

    def add_phone(self, name, **options):
        """A phone of `name`'s, which speaks to pins over Bluetooth; options: see radio.phone.Phone. Makes the ether."""
        from tests.simulator.radio.ether import Ether  # a world without phones does not pay for Bumble
        from tests.simulator.radio.phone import Phone
        if self.ether is None:
            self.ether = Ether(self.loop, self.clock, random.Random(f'{self.seed}/ether'))
        phone = self.loop.enter(Phone, self, name, random.Random(f'{self.seed}/{len(self.phones)}/phone'), options)
        self.phones.append(phone)
        for pin in self.pins:
            if 'radio' in vars(pin):
                self.loop.enter(pin.radio.plug)
        return phone

    @functools.cached_property
    def loop(self):
        """The asyncio loop of all that is Bluetooth; made at its first use."""
        from tests.simulator.radio.loop import WorldLoop
        return WorldLoop(self.clock, random.Random(f'{self.seed}/loop'))

    def together(self, one, other):
        """Hold two pins back to back: their antennas couple."""
        self.air.couple(one.nfc, other.nfc)

    def apart(self, one, other):
        self.air.uncouple(one.nfc, other.nfc)

    def bump(self, one, other, strength_mg=1500):
        """Knock two pins together, in the same millisecond, and hold them there."""
        self.together(one, other)
        for pin in (one, other):
            pin.source.add_bump(self.clock.now_ns, strength_mg)

    # ---- time ----
    def now(self):
        """The true time as a datetime."""
        return datetime.fromtimestamp(self.start.timestamp() + self.clock.now_ns / SECOND, UTC)

    @property
    def now_ms(self):
        return self.clock.now_ns / MILLISECOND

    def run(self, seconds):
        """Let modelled time pass."""
        self.clock.advance(seconds * SECOND)

    def run_until(self, condition, timeout_s, step_ms=5):
        """Let time pass until `condition()` is true; False after `timeout_s`."""
        end_ns = self.clock.now_ns + int(timeout_s * SECOND)
        while not condition():
            if self.clock.now_ns >= end_ns:
                return False
            self.clock.advance(step_ms * MILLISECOND)
        return True

    @property
    def complaints(self):
        radio = [repr(error) for error in self.loop.errors] if 'loop' in vars(self) else []
        return [text for pin in self.pins for text in pin.complaints] + radio
