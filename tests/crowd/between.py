"""The pins of a large event: flash images between their meetings, and the whole firmware around each.

Owns `Kept`, what is left of a pin while it does not run, and `play`, a meeting from power-on to power-off. A meeting
depends on nothing but the plan and the two images, so meetings of different pins can be played in any order and process.
Used by `run`; call `prepare` first, in the process from which the workers are forked.
"""
import functools
import hashlib
import io
import resource
from datetime import timedelta
from typing import NamedTuple

from firmware.motion.step_store import VERSION as STEPS_SCHEMA
from firmware.motion.step_store import StepStore
from firmware.motion.steps import StepDays
from firmware.system import crash_loop
from firmware.system.clock import DAY_S
from firmware.system.journal import Journal
from firmware.system.log import Log
from tests.crowd.cells import Blocks, Cells, differing
from tests.crowd.meeting import Played
from tests.simulator.data import book_of, files_of_a_pin, rewards_of, storage_of, wearer_of
from tests.simulator.flash import BLOCK
from tests.simulator.image import add_files, compiled_shims, flash_image
from tests.simulator.memory_storage import MemoryFiles
from tests.simulator.operations import Op
from tests.simulator.pin import LANE_BLOCKS
from tests.simulator.runtime import ROOT, micropython
from tests.simulator.world import START, World

BOARD, BLOCKS = 'waveshare_touch_lcd_128', 1024
BOARD_HEAP_EVERY = 20                           # so seldom a meeting has the heap of a board
BOOT_S, READY_LIMIT_S, LAST_WORDS = 1.2, 5, 400
AFTER_S = 0.7                                   # from the end of a tap: the target lingers, then earns what it earns
STEP_MS = 20
QUIET_S, MOST_PRESSES = 8, 9                     # of a portrait
ROOMY = "import gc\nif gc.mem_free() > 600_000:\n    import roomy\n"     # before main.py
ROOMY_PY = """import gc
import sys

class Roomy:
    collect, mem_alloc, mem_free, usual = gc.collect, gc.mem_alloc, gc.mem_free, 8192

    def threshold(amount=None):
        if amount is None:
            return Roomy.usual
        Roomy.usual = amount

sys.modules['gc'] = Roomy
"""                                             # in place of module gc: it is collected when it is full, whatever is asked for
FIRST_DAY_S = (START.timestamp() - 946_684_800)         # of the event's begin, since 2000-01-01
DAY_START_H = 4
BOOTED = ('PN532', 'motion sensor samples', 'showing')  # what a pin has said once it can tap


class Kept(NamedTuple):
    """A pin that is off: the blocks of its flash in which it differs from a new one, {number: bytes}."""
    blocks: dict
    lane_blocks = LANE_BLOCKS

    # as far as simulator.data asks a pin
    def files(self):
        return Blocks(new_image(), dict(self.blocks)).mounted(BLOCKS)

    def lane(self):
        flash = Blocks(new_image(), self.blocks)
        return b''.join(map(flash.block, range(BLOCKS, BLOCKS + LANE_BLOCKS)))


class Side(NamedTuple):
    """What a meeting brought one pin: `log` is what its tap, nfc and rewards said, (ms after contact, level, source, text)."""
    kept: Kept
    log: tuple
    moments: tuple                              # (kind, value) of designs, medals and errands that it told


class Result(NamedTuple):
    """What a meeting came to. `frames`: on the air; `cpu_s`: of this host, of world and pins."""
    number: int
    tries: int
    known: bool
    in_doubt: bool
    sides: tuple
    frames: int
    complaints: tuple
    board_heap: bool
    cpu_s: float


class Audit(NamedTuple):
    """What a pin's flash holds at the end; `friends` are device ids."""
    device_id: bytes
    friends: tuple
    in_doubt: int
    designs: int
    rank: int
    errands: tuple
    steps: int


@functools.cache
def new_image():
    """The flash of a pin without anybody's data. With more heap than a board has it collects when it is full."""
    files = {'/main.py': ROOMY.encode() + (ROOT / 'main.py').read_bytes(), '/lib/roomy.py': ROOMY_PY.encode()}
    return flash_image(files, BLOCKS) + b'\xff' * LANE_BLOCKS * BLOCK


def prepare():
    """Make what all processes share, so that all run the same firmware even if somebody edits it meanwhile."""
    new_image()
    compiled_shims(micropython().arch)


def fresh(seed, wearer):
    """The Kept of a pin on which its wearer has just made the card; without one where a phone will."""
    card = False if wearer.phone else wearer.card
    flash = Blocks(new_image(), {})
    add_files(flash.mounted(BLOCKS), files_of_a_pin(wearer.name, card, BOARD, 'spi', seed=seed))
    return Kept(differing(new_image(), flash.changed))


@functools.cache
def chips():
    """The flash chips of the two pins of a meeting, made once a process."""
    return Cells(new_image()), Cells(new_image())


# ---- steps

def day_and_hour(at_s):
    """(day, hour) of the wearer at a second of the event; zone and start of the day as a new pin has them."""
    utc_s = int(FIRST_DAY_S + at_s)
    return (utc_s - DAY_START_H * 3600) // DAY_S, utc_s // 3600 % 24


def steps_memory(wearer, until_s):
    """What the RTC's memory holds of the steps of `wearer` before `until_s`, by the firmware's own rules; b'' for none."""
    memory = bytearray()
    days, log = StepDays(), Log(lambda line: None)

    def access(data=None):
        if data is not None:
            memory[:] = data
        return bytes(memory)
    store = StepStore(Journal(MemoryFiles().storage(), 'steps', STEPS_SCHEMA, log), days, log, access)
    walked = wearer.steps(until_s)
    for at_s, steps in walked:
        day, hour = day_and_hour(at_s)
        days.add(day, hour, steps)
    if walked:
        store.note(day, hour, 0, 0)             # of the last hour; it holds the day's steps as well
    return bytes(memory)


# ---- a meeting

def revived(world, wearers, states, board_heap):
    """The pins of `wearers` in `world`, booted from `states` (Kept) and ready; BOOT_S later than the world's beginning.
    Raises ValueError where one does not start."""
    pins = [_boot(world, *one, board_heap) for one in zip(wearers, states, chips(), strict=False)]
    if not world.run_until(lambda: all(map(_is_up, pins)), READY_LIMIT_S, 50):
        late = next(pin for pin in pins if not _is_up(pin))
        raise ValueError(f'The pin of {late.name} does not come up; it says {late.console.text[-LAST_WORDS:]!r}')
    world.run(max(0, BOOT_S - world.now_ms / 1000))
    return pins


def _boot(world, wearer, state, chip, board_heap):
    pin = world.add_pin(wearer.name, False, board=BOARD, blocks=BLOCKS, heap='384k' if board_heap else '1m', on=False,
                        flash=chip.lend(state.blocks))
    pin.board.mac = b'\x34\x85\x18' + hashlib.sha256(wearer.name.encode()).digest()[:3]
    steps = steps_memory(wearer, (world.start - START).total_seconds())
    if steps:
        pin.board.accept(Op.RTC_MEMORY_SET, 0, crash_loop.keeping(b'', steps))
    pin.boot()
    return pin


def _is_up(pin):
    return all(words in pin.console.text for words in BOOTED)


def play(event_seed, meeting, wearers, states):
    """The Result of `meeting` (model.Meeting) of two `wearers` (model.Wearer), whose pins are `states` (Kept; None: new).
    Raises ValueError where a pin does not start."""
    began = cpu_s()
    states = [state or fresh(event_seed, wearer) for wearer, state in zip(wearers, states, strict=True)]
    board_heap = meeting.number % BOARD_HEAP_EVERY == 0
    with World(f'{event_seed}/{meeting.number}', START + timedelta(seconds=meeting.at_s - BOOT_S)) as world:
        pins = revived(world, wearers, states, board_heap)
        played = Played(world, pins, meeting)
        while not (played.over or played.known):
            world.run(STEP_MS / 1000)
        world.run(AFTER_S)
        sides = tuple(_side(played, place) for place in (0, 1))
        result = Result(meeting.number, played.tries, played.known, played.in_doubt, sides, world.air.frames,
                        tuple(world.complaints), board_heap, 0.0)
    return result._replace(cpu_s=cpu_s() - began)


def _side(played, place):
    pin = played.pins[place]
    entries = pin.console.entries()
    log = tuple((round(entry.at_ms - played.at_ms, 1), entry.level, entry.source, entry.text) for entry in entries
                if entry.source in ('tap', 'nfc') and entry.at_ms >= played.at_ms or entry.level != 'I')
    moments = tuple(tuple(entry.text.split()) for entry in entries if entry.source == 'rewards' and entry.level == 'I')
    pin.cut_power()
    return Side(Kept(pin.flash.differing()), log, moments)


def portraits(event_seed, wearer, state, at_s):
    """PNGs of what a pin shows at a second of the event: its name tag, and its friends, to which the button is pressed."""
    with World(f'{event_seed}/portrait', START + timedelta(seconds=at_s - BOOT_S)) as world:
        pin, = revived(world, [wearer], [state], False)
        world.run(QUIET_S)                      # what it has to tell is told, and it is not dark again
        found = [_png(pin)]
        for _ in range(MOST_PRESSES):
            pin.press()
            world.run(1)
            if pin.console.entries('ui')[-1].text == 'showing friends':
                return [*found, _png(pin)]
        return found


def _png(pin):
    file = io.BytesIO()
    pin.look().save(file, 'png')
    return file.getvalue()


def audit(state):
    """The Audit of a Kept: read by the host from its flash, by the firmware's own rules."""
    storage = storage_of(state)
    book, earned, log = book_of(state, storage), rewards_of(state, storage).earned, Log(lambda line: None)
    days = StepDays()
    StepStore(Journal(storage, 'steps', STEPS_SCHEMA, log), days, log).load()
    return Audit(wearer_of(state).device_id, tuple(friend.id for friend in book.page(0, book.count)), book.in_doubt,
                 earned.designs, earned.rank, tuple(earned.errands), days.total)


def one_sided(audits):
    """[(owner, friend)] of device ids: the first has the second for a friend and not the other way round."""
    books = {found.device_id: set(found.friends) for found in audits}
    return [(owner, friend) for owner, friends in books.items() for friend in friends if owner not in books.get(friend, ())]


def cpu_s():
    """Of this process and all that it has waited for."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)
