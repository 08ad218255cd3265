"""One simulated pin: a board with its chips, its flash and the MicroPython process that runs the firmware.

Owns everything that belongs to one pin; the `World` owns what lies between pins. This is what a test holds in its hand:
boot it, wear it, press it, look at it, take its power away.
"""
import functools
import json
import random

from tests.simulator.board import PROMPT, RAW, STOPPING, Board
from tests.simulator.child import Child
from tests.simulator.chips.cst816s import CST816S
from tests.simulator.chips.gc9a01 import GC9A01
from tests.simulator.chips.lsm6dso import LSM6DSO
from tests.simulator.chips.pn532 import PN532
from tests.simulator.chips.qmi8658 import QMI8658
from tests.simulator.console import Console
from tests.simulator.energy import Ledger
from tests.simulator.flash import BLOCK, Flash
from tests.simulator.image import flash_image, opened
from tests.simulator.operations import MEASURE_HEAP
from tests.simulator.traces import Rest
from tests.simulator.wires import Line
from tests.simulator.wiring import BOARDS

POWER_ON, HARD_RESET, DEEP_SLEEP = 1, 2, 4
RESET_NS = 1_000_000
WAKE_UP_NS = 400_000_000                        # out of deep sleep until boot.py: 0.4 to 1 s, a guess
NFC_ADDRESS, TOUCH_ADDRESS = 0x24, 0x15
SWIPES = {'left': (-80, 0), 'right': (80, 0), 'up': (0, -80), 'down': (0, 80)}
IMUS = {'qmi8658': (QMI8658, 0x6B), 'lsm6dso': (LSM6DSO, 0x6A)}
LANE_BLOCKS = 16                                # of the partition beside the file system; see firmware/boards/assembly.py
MICROSECOND = 1_000
CTRL_C = 3


def _imu_of(files):
    """Which motion sensor is fitted: what the pin's board file says, and the QMI8658 where it says nothing of use."""
    try:
        choice = json.loads(files.get('/board.json', b'{}'))
    except ValueError:
        choice = {}
    name = choice.get('imu') if isinstance(choice, dict) else None
    return name if name in IMUS else 'qmi8658'


class Pin:
    """Made by `World.add_pin`. `console` is what the serial port said since the pin was made."""

    def __init__(self, world, name, files, *, board, nfc, absent, heap, blocks, free_blocks, lane, wake_us, flash=None,
                 compute=0):
        self.world, self.name, self.heap_limit, self._wake_ns = world, name, heap, wake_us * MICROSECOND
        seed = f'{world.seed}/{len(world.pins)}'
        rng = random.Random(seed)
        self.wiring = BOARDS[board]
        self._blocks, self._compute = blocks, int(compute * 256)
        self.lane_blocks = LANE_BLOCKS if lane else 0
        self.flash = flash or Flash(flash_image(files, blocks, free_blocks), self.lane_blocks)
        mac = bytes([0x34, 0x85, 0x18]) + rng.randbytes(3)      # an Espressif prefix
        self.board = Board(world.clock, random.Random(seed + 'r'), self.wiring, self.flash, mac, self)
        self.button = Line('button', 1)
        self.panel = GC9A01(world.clock, random.Random(seed + 'p'))
        chip, self._imu_address = IMUS[_imu_of(files)]
        self.imu = chip(world.clock, random.Random(seed + 'i'))
        self.glass = CST816S(world.clock)
        interface = 'hsu' if nfc == 'uart' else nfc
        self.nfc = PN532(world.clock, random.Random(seed + 'n'), air=world.air, interface=interface, name=name)
        self._solder(nfc, absent)
        self.battery_mv = 3950
        self.wear(Rest())
        self.heap_live = self.heap_free = self.heap_peak = 0
        self.boots = 0
        self.missing = set()                    # chips that get no supply: for the firmware the same as one that is not there
        self.main_ended = False
        self.console = Console()
        self._child = self._starting = None
        self.asleep = ''                        # 'deep sleep', or 'starting' out of it
        self._power_chips(False)

    def _solder(self, nfc, absent):
        board, w = self.board, self.wiring
        board.connect(w.button, self.button)
        if 'panel' not in absent:
            board.spi[w.lcd_sck].attach(self.panel, self.panel.select)
            for gpio, line in ((w.lcd_cs, self.panel.select), (w.lcd_dc, self.panel.dc), (w.lcd_reset, self.panel.reset)):
                board.connect(gpio, line)
        board.on_pwm = self._backlight
        if 'imu' not in absent:
            board.i2c.attach(self.imu, self._imu_address)
        board.connect(w.imu_int1, self.imu.int1)
        board.connect(w.imu_int2, self.imu.int2)
        if w.touch_irq is not None and 'touch' not in absent:
            board.i2c.attach(self.glass, TOUCH_ADDRESS)
            board.connect(w.touch_irq, self.glass.irq)
            board.connect(w.touch_reset, self.glass.reset)
        if 'nfc' not in absent:
            board.connect(w.nfc_irq, self.nfc.irq)
            board.connect(w.nfc_reset, self.nfc.reset)
            if nfc == 'spi':
                board.spi[w.nfc_sck].attach(self.nfc, self.nfc.select)
                board.connect(w.nfc_cs, self.nfc.select)
            elif nfc == 'uart':
                board.uart.attach(self.nfc, self.nfc.front)
            else:
                board.i2c.attach(self.nfc, NFC_ADDRESS)
        else:
            board.line(w.nfc_irq, 1)

    def _backlight(self, gpio, level):
        if gpio == self.wiring.backlight:
            self.panel.backlight = level

    def _power_chips(self, on):
        for name, chip in (('panel', self.panel), ('imu', self.imu), ('nfc', self.nfc), ('touch', self.glass)):
            (chip.power_on if on and name not in self.missing else chip.power_off)()

    # ---- power ----
    @property
    def on(self):
        return self._child is not None and self._child.alive

    def boot(self, after_deep_sleep=False):
        """Switch the supply on; returns once the firmware first waits. `after_deep_sleep`: it had one, and just woke up."""
        if self.on or self.asleep:
            raise RuntimeError(f'{self.name} is on already')
        self._power_chips(True)
        self._start(DEEP_SLEEP if after_deep_sleep else POWER_ON)

    def cut_power(self):
        """The cell is gone in this instant; flash keeps what has reached it."""
        if self._child:
            self._child.stop()
        self._cancel_start()
        self.board.power_off()
        self._power_chips(False)
        self._reset_radio()

    cut = cut_power                             # how the board calls it when the flash says so

    def restart(self, cause):
        """A reset: the processor starts again, the chips keep their supply."""
        self._child.stop()
        self._reset_radio()
        self._start_later(RESET_NS, cause)

    def deep_sleep(self):
        """How the board says that the program has ended in deep sleep; the chips keep their supply."""
        if 'energy' in vars(self):
            self.energy.settle()
        self._child.stop()
        self._reset_radio()
        self.asleep = 'deep sleep'

    def wake_up(self):
        """Something ends the deep sleep: the processor starts again."""
        if 'energy' in vars(self):
            self.energy.settle()
        self.asleep = 'starting'
        self._start_later(WAKE_UP_NS, DEEP_SLEEP)

    def _start_later(self, ns, cause):
        self._cancel_start()
        self._starting = self.world.clock.call_later(ns, self._start, cause)

    def _cancel_start(self):
        self.asleep = ''
        if self._starting:
            self._starting.cancel()
            self._starting = None

    def _reset_radio(self):
        if 'radio' in vars(self):
            self.radio.reset()

    def _start(self, cause):
        self.boots += 1
        self.main_ended = False
        board = self.board
        self.console.booted(self.world.clock.now_ns)
        board.processor_starts(self.interrupt, cause)
        self._child = Child(self.world.clock, self.flash.fd, (self._blocks, self.lane_blocks), self.heap_limit, self._wake_ns,
                            board.serve, board.accept, self.console.fd, self._compute)
        if 'energy' in vars(self):
            self.energy.follow(self._child)
        self._starting, self.asleep = None, ''

    def interrupt(self, number):
        self._child.interrupt(number)

    @functools.cached_property
    def radio(self):
        """What answers `bluetooth`; made at its first use."""
        from tests.simulator.radio.stack import Stack  # most pins never switch it on
        mac = self.board.mac[:5] + bytes([self.board.mac[5] + 2 & 255])     # ESP-IDF: Bluetooth's is the base address plus 2
        return Stack(self, self.world.loop, random.Random(f'{self.world.seed}/{self.name}/radio'), mac)

    @functools.cached_property
    def energy(self):
        """What its parts draw, a Ledger that counts from its first use on."""
        ledger = Ledger(self)
        if self.on:
            ledger.follow(self._child)
        return ledger

    @property
    def radio_on(self):
        return 'radio' in vars(self) and self.radio.active

    @property
    def radio_log(self):
        """The events that `bluetooth` gave to the firmware, a line each."""
        return self.radio.log

    def ended(self):
        self.main_ended = True

    @property
    def processor(self):
        """The Child that runs the firmware since the last start."""
        return self._child

    @property
    def wakes(self):
        """How often the processor has come out of a wait since it started."""
        return self._child.wakes

    # ---- what a wearer does ----
    def wear(self, source):
        """Feed the IMU from `source` (see traces)."""
        self.source = source
        self.imu.source = source

    def press(self, ms=80):
        """Press the button now and let go after `ms`."""
        self.button.set(0)
        self.world.clock.call_later(ms * 1_000_000, self.button.set, 1)

    def touch(self, x=120, y=120, ms=120):
        """Touch the glass at a pixel of the unturned picture."""
        self.glass.touch((x, y), ms=ms)

    def swipe(self, direction, ms=160):
        """Swipe over the middle of the glass: 'left', 'right', 'up' or 'down'."""
        x, y = SWIPES[direction]
        self.glass.touch((120 - x // 2, 120 - y // 2), (120 + x // 2, 120 + y // 2), ms)

    def look(self, path=None, **options):
        """What a person sees: a PIL image of the round display, saved to `path` where given."""
        picture = self.panel.picture(**options)
        if path:
            picture.save(path)
        return picture

    @property
    def battery_mv(self):
        return self._battery_mv

    @battery_mv.setter
    def battery_mv(self, value):
        self._battery_mv = value
        self.board.adc_mv[self.wiring.battery] = value / self.wiring.battery_divider

    def type(self, data):
        """Bytes on the console, from the cable. Ctrl-C stops a program; where a prompt reads it is a character."""
        for byte in data:
            if byte != CTRL_C or self.board.prompt in (PROMPT, RAW):
                self.board.typed.append(byte)
            elif not self.board.prompt and self.on:
                self.board.typed.clear()
                self.board.prompt = STOPPING            # the port dies of a second one before the first is seen
                self._child.interrupt_program()

    # ---- what a test asks ----
    def files(self):
        """The flash's file system as a mounted LittleFS (a copy)."""
        return opened(self.flash.image(self._blocks))

    def lane(self):
        """The bytes of the lane (a copy)."""
        return self.flash.image()[self._blocks * BLOCK:]

    @property
    def complaints(self):
        """What chips, board and flash found wrong with the firmware's ways."""
        parts = [self.panel, self.imu, self.nfc, self.glass, self.board, self.board.uart, self.flash]
        parts += [self.radio] if 'radio' in vars(self) else []
        return [f'{self.name}: {text}' for part in parts for text in part.complaints]

    def measure_heap(self):
        """Ask the firmware for its heap after a collection. At its next step `heap_live` and `heap_free` (bytes) are known;
        `heap_peak` is the highest `heap_live` of all measurements."""
        self._child.interrupt(MEASURE_HEAP)

    def heap(self, live, free):
        self.heap_live, self.heap_free = live, free
        self.heap_peak = max(self.heap_peak, live)

    def close(self):
        if self._child:
            self._child.stop()
        self.flash.close()
        self.console.close()
