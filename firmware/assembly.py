"""Putting the pin together: builds the services on a board, in the order in which they need each other.

Owns the wiring between services, and nothing of what they do. Borrowed by `firmware.pin` at a start and dropped after it, so
no service may be given a function of this module: it would hold all that is imported here.
"""
import gc

from firmware.facts import Facts
from firmware.motion.motion import Motion
from firmware.motion.step_store import VERSION as STEPS_SCHEMA
from firmware.motion.step_store import StepStore
from firmware.motion.steps import StepDays
from firmware.social import friends, rewards, tag
from firmware.social.progress import Progress
from firmware.social.rendezvous import Rendezvous
from firmware.social.tap_stack import TapStack
from firmware.system.battery import Battery
from firmware.system.journal import Journal, forget
from firmware.system.power import Power
from firmware.system.quiet import Quiet
from llcp.link import general_bytes


def build(pin, stage):
    """Make the services of `pin` (firmware.pin.Pin), which has its `basics` and its Stage. Raises StorageError where the flash
    can't be used."""
    board, log, events = pin.board, pin.log, pin.events
    storage, basics = pin.storage, pin.facts
    wearer, chosen, clock = basics.wearer, basics.settings, basics.clock
    pin.quiet = storage.quiet = Quiet(events)

    def journal(name, schema):
        pin.journals.append(Journal(storage, name, schema, log))
        return pin.journals[-1]
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
    for one in pin.journals:
        one.get_ready()                         # a log that is yet to be made is made now, not in the first tap
    for name, service in (('motion', motion), ('nfc', pin.rendezvous), ('tap', stack), ('battery', battery)):
        pin.supervisor.add(name, service.run)
    if board.touch:
        from firmware.ui.touch import Touch
        pin.supervisor.add('touch', Touch(board.touch, pin.model, events, log).run)
    pin.supervisor.add('ui', stage.run, vital=True)
    pin.supervisor.add('power', Power(pin).run)
    if gc.threshold() > 0:
        gc.threshold(gc.threshold() + 3 * book.count // 2)      # each collection looks through the index
    forget()


def _motion(pin, clock, journal):
    days = StepDays()
    store = StepStore(journal, days, pin.log, pin.steps_memory)
    store.load()
    return Motion(pin.board.imu, pin.board.imu_interrupt, pin.events, pin.log, clock, days, store,
                  pin.board.random_bytes)

