"""Putting the pin together: builds the services on a board, in the order in which they need each other.

Owns the wiring between services, and nothing of what they do. Borrowed by `firmware.pin` at a start and dropped after it, so
no service may be given a function of this module: it would hold all that is imported here.
"""
import gc
from time import ticks_ms

from firmware.facts import Facts
from firmware.motion.motion import Motion
from firmware.motion.step_store import VERSION as STEPS_SCHEMA
from firmware.motion.step_store import StepStore
from firmware.motion.steps import StepDays
from firmware.social import card, friends, rewards, tag
from firmware.social.progress import Progress
from firmware.social.rendezvous import Rendezvous
from firmware.social.tap_stack import TapStack
from firmware.system import settings
from firmware.system.battery import Battery
from firmware.system.clock import Clock
from firmware.system.journal import Journal, forget
from firmware.system.overlay import borrow
from firmware.system.power import Power
from firmware.system.quiet import Quiet
from firmware.system.storage import Storage
from firmware.ui.assets import Assets
from firmware.ui.stage import Stage
from llcp.link import general_bytes

NEW_CARD = 'card.new'                           # a card that came over the cable
FACTORY_RESET = 'erase'                         # a file that is there while everything is to be forgotten


def build(pin):
    """Make the services of `pin` (firmware.pin.Pin). Raises StorageError where the flash can't be used."""
    board, log, events = pin.board, pin.log, pin.events
    storage = pin.storage = Storage('/data', lane=board.lane)
    if storage.size(FACTORY_RESET) is not None:
        borrow('firmware.system.factory_reset').finish(storage, board, FACTORY_RESET)
    pin.quiet = storage.quiet = Quiet(events)
    log.keep_on(storage)

    def journal(name, schema):
        pin.journals.append(Journal(storage, name, schema, log))
        return pin.journals[-1]
    chosen = settings.Settings(journal('settings', settings.SCHEMA), log)
    clock = Clock(board.rtc, ticks_ms, chosen.get('zone_minutes'), chosen.get('day_start_hour'))
    wearer = card.Wearer(journal('card', card.SCHEMA), log, board.random_bytes)
    if storage.size(NEW_CARD) is not None:
        borrow('firmware.social.card_file').take(storage, NEW_CARD, wearer, log)
    book = friends.FriendBook(journal('friends', friends.SCHEMA), log, storage)
    earned = rewards.Rewards(journal('rewards', rewards.SCHEMA), log)
    motion = _motion(pin, clock, journal('steps', STEPS_SCHEMA))
    battery = Battery(board.battery_mv, events, log)
    facts = pin.facts = Facts(wearer, book, earned, motion, battery, chosen, clock, pin.model.pin_name)
    pin.progress = Progress(book, motion.days, wearer, earned, chosen, clock, events, log)
    reads = journal('reads', tag.SCHEMA)
    stack = TapStack(wearer, book, facts.figures, clock, board.random_bytes, events, log)
    pin.rendezvous = Rendezvous(board.nfc, stack, tag.Tag(wearer, reads, log), general_bytes(),
                                board.random_bytes, events, log)
    for name, service in (('motion', motion), ('nfc', pin.rendezvous), ('tap', stack), ('battery', battery)):
        pin.supervisor.add(name, service.run)
    if board.touch:
        from firmware.ui.touch import Touch
        pin.supervisor.add('touch', Touch(board.touch, pin.model, events, log).run)
    add_stage(pin, facts.fill)
    pin.supervisor.add('power', Power(pin).run)
    gc.threshold(gc.threshold() + 3 * book.count // 2)          # each collection looks through the index
    for one in pin.journals:
        one.get_ready()                         # a log that is yet to be made is made now, not in the first tap
    forget()


def _motion(pin, clock, journal):
    days = StepDays()
    store = StepStore(journal, days, pin.log, pin.steps_memory)
    store.load()
    return Motion(pin.board.imu, pin.board.imu_interrupt, pin.events, pin.log, clock, days, store)


def add_stage(pin, refresh):
    """The display's service, which is all that safe mode has."""
    board = pin.board
    stage = Stage(board.display, pin.canvas, board.backlight, Assets(log=pin.log), pin.model, refresh, pin.events, pin.log,
                  rows=pin.rows)
    pin.supervisor.add('ui', stage.run, vital=True)
