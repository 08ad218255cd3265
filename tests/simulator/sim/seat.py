"""One pin at the table: the pin itself, how its wearer wears it, and what has been told of it.

Owns what a person does with a single pin. What is done to two of them, or to the air between them, is `table`'s. Everything
runs in the world's thread. Bad wishes raise ValueError with a sentence, and nothing has happened.
"""
import os
import random

from tests.simulator.chips.noise import Noise
from tests.simulator.console import BOOT, LINE
from tests.simulator.flash import BLOCK
from tests.simulator.image import add_files
from tests.simulator.sim import wearing
from tests.simulator.sim.screen import Screen

DOUBLE_TAP_NS = 220_000_000
SHORTEST_PRESS_NS = 60_000_000
FOR_EVER_NS = 1 << 60
CHARGING_MV = 180                       # so much more does the cell's voltage read while it is charged
EMPTY_MV, FULL_MV = 3300, 4200
FILLER = '/filler'
BLOCK_BYTES = 4088                      # of a file in a littlefs block
BUSES = ('nfc', 'i2c', 'display')
HANGING = ('imu', 'nfc', 'touch')      # chips that can be silent
TOUCH_BOARD = 'waveshare_touch_lcd_128'


class Seat:
    """`number` names the seat on the wire; `place` is where the page has put the pin, any JSON value."""

    def __init__(self, pin, number, options, place=None):
        self.pin, self.number, self.options, self.place = pin, number, options, place
        self.screen = Screen(pin.panel, number)
        self.degrees, self.side, self.walk = 0, 'worn', ''
        self.cell_mv, self.charging = pin.battery_mv, False
        self.garbled = dict.fromkeys(BUSES, 0.0)
        self.hung = set()
        self.full = False
        self._pressed_ns = 0
        self._read = 0                  # bytes of the console
        self._rest = b''
        self._origin_ms = 0
        self._felt = pin.source
        pin.energy                      # noqa: B018  counts from here on

    # ---- what the wearer does ----
    def button(self, down):
        """Press it or let go; nobody is quicker than SHORTEST_PRESS_NS."""
        clock = self.pin.world.clock
        if down:
            self._pressed_ns = clock.now_ns
            self.pin.button.set(0)
        else:
            clock.call_at(self._pressed_ns + SHORTEST_PRESS_NS, self.pin.button.set, 1)

    def press(self, ms):
        self.pin.press(ms)

    def touch(self, x, y, to_x, to_y, ms):
        """A finger on the glass, in pixels of the unturned picture."""
        if self.options['board'] != TOUCH_BOARD:
            raise ValueError(f"{self.pin.name}'s board has no touch. Use its button.")
        if self.pin.on:
            try:
                self.pin.glass.touch((x, y), (to_x, to_y), ms)
            except RuntimeError:
                return                  # a second finger, which this glass doesn't see

    def double_tap(self):
        now_ns = self.pin.world.clock.now_ns
        for at_ns in (now_ns, now_ns + DOUBLE_TAP_NS):
            self.pin.source.add_bump(at_ns)

    def wear(self, *, walk=None, side=None, degrees=None):
        """Change some of how it is worn; a pin that lies somewhere doesn't walk, one that walks is worn."""
        walk = walk if walk is not None else '' if side else self.walk
        side = side or ('worn' if walk else self.side)
        degrees = self.degrees if degrees is None else degrees % 360
        now_ns = self.pin.world.clock.now_ns
        source = wearing.source(now_ns, walk, side, degrees)
        self.walk, self.side, self.degrees = walk, side, degrees
        self.pin.wear(wearing.Turning(self._felt, source, now_ns))
        self._felt = source

    # ---- power ----
    def battery(self, millivolts):
        self.cell_mv = millivolts
        self._set_voltage()

    def charge(self, plugged):
        self.charging = plugged
        self._set_voltage()

    def _set_voltage(self):
        self.pin.battery_mv = min(FULL_MV, self.cell_mv + CHARGING_MV) if self.charging else self.cell_mv

    def power(self, on):
        if on and not self.on:
            self.pin.boot()
        elif not on:
            self.pin.cut_power()

    @property
    def on(self):
        """Whether it has its supply; in deep sleep no program runs."""
        return self.pin.on or bool(self.pin.asleep)

    # ---- faults ----
    def answers(self, chip, answers):
        """Have a chip answer or hang."""
        if chip == 'nfc':
            self.pin.nfc.faults.mute = not answers
        elif chip == 'touch':
            self.pin.glass.no_answer = not answers
        elif chip == 'imu':
            self.pin.imu.no_answer(0 if answers else FOR_EVER_NS)
        else:
            raise ValueError(f'There is no chip {chip}.')
        (self.hung.discard if answers else self.hung.add)(chip)

    def garble(self, bus, share):
        """Flip a bit in so many of the bytes of a bus of BUSES: between processor and NFC chip, whatever it speaks, on the I2C
        bus of the motion sensor and the touch controller, and on the way to the panel."""
        if bus not in BUSES:
            raise ValueError(f'There is no bus {bus}.')
        self.garbled[bus] = share
        if bus == 'nfc':
            for side in (self.pin.nfc.faults.inbound, self.pin.nfc.faults.outbound):
                side.clear()
                if share:
                    side.corrupt(probability=share)
            return
        rng = random.Random(f'{self.pin.world.seed}/{self.pin.name}/{bus}')
        wires = self.pin.board.i2c if bus == 'i2c' else self.pin.board.spi[self.pin.wiring.lcd_sck]
        wires.noise = Noise(rng, share) if share else None

    def fit(self, chip, there):
        """Switch off, put a chip in or take it out, switch on."""
        if chip == 'touch' and self.options['board'] != TOUCH_BOARD:
            raise ValueError(f"{self.pin.name}'s board has no place for touch.")
        self.pin.cut_power()
        (self.pin.missing.discard if there else self.pin.missing.add)(chip)
        self.pin.boot()

    def cut_at_next_write(self):
        """The power fails in the middle of what is written next."""
        self.pin.flash.cut_at, self.pin.flash.torn = self.pin.flash.operations, 0.5

    def fill(self, full):
        """Switch off, fill the flash up (or clear that away), switch on. What is erased of the journals' lane is used up too,
        so that the very next thing to be kept finds no room; the firmware erases that by itself once it may."""
        if full == self.full:
            return
        self.pin.cut_power()
        fs, lane = self.pin.files(), self.pin.lane()
        if full:
            add_files(fs, {FILLER: bytes((fs.block_count - fs.used_block_count) * BLOCK_BYTES)})
            lane = b''.join(used_up(lane[at:at + BLOCK]) for at in range(0, len(lane), BLOCK))
        else:
            fs.remove(FILLER)
        os.pwrite(self.pin.flash.fd, bytes(fs.context.buffer) + lane, 0)
        self.full = full
        self.pin.boot()

    # ---- what the page is told ----
    def state(self):
        """What the page draws of the seat beside its screen; JSON."""
        pin = self.pin
        return {'name': pin.name, 'number': self.number, 'on': self.on, 'light': self.screen.light, 'degrees': self.degrees,
                'side': self.side, 'walk': self.walk, 'battery_mv': self.cell_mv, 'charging': self.charging,
                'board': self.options['board'], 'nfc': self.options['nfc'], 'absent': sorted(pin.missing),
                'hung': sorted(self.hung), 'garbled': dict(self.garbled), 'full': self.full, 'place': self.place}

    def news(self):
        """The console's lines since it was asked last: [[world ms, level, source, text]]; other output has no level."""
        size = os.fstat(self.pin.console.fd).st_size
        if size == self._read:
            return []
        data = self._rest + os.pread(self.pin.console.fd, size - self._read, self._read)
        self._read = size
        *lines, self._rest = data.split(b'\n')
        return [self._entry(line.decode('utf-8', 'replace').rstrip()) for line in lines if line.strip()]

    def _entry(self, line):
        if boot := BOOT.match(line):
            self._origin_ms = int(boot[2]) / 1e6
            return [self._origin_ms, 'I', 'power', f'boot {boot[1]}']
        if parts := LINE.match(line):
            return [self._origin_ms + int(parts[1]), parts[2], parts[3], parts[4]]
        return [self.pin.world.now_ms, '', '', line]


def used_up(block):
    """A flash block with zeros where it was erased."""
    kept = block.rstrip(b'\xff')
    return kept + bytes(len(block) - len(kept))
