"""Safe mode: the name tag, phones and the cable, and nothing of what may have crashed.

Owns what is built then, and what stands in for all other services. Borrowed by `firmware.pin` after a crash loop, with the
button held at power-on, or where the whole pin can't be built. Nothing here may take the pin down: what fails while it is
built is raised before any service is added, and the pin shows its sentence alone; so it does once its display has crashed.
"""
import asyncio

from firmware import basics
from firmware.system import crash_loop
from firmware.system.journal import forget
from firmware.system.overlay import borrow

REFUSED = 'The pin is in safe mode and can\'t do that. Hold its button to start it again.'


class NotNow(Exception):
    """Safe mode has no such thing; `code` is for a phone that asks."""
    code = 'safe_mode'


class Absent:
    """In place of a service: it is at rest, knows nothing and does nothing."""
    busy = charging = False
    percent = None

    def __getattr__(self, name):
        raise NotNow(REFUSED)


class SafeFacts(basics.Basics):
    """The Basics, and in place of what firmware.facts.Facts has more, nothing."""
    book = rewards = motion = battery = Absent()

    def __getattr__(self, name):
        raise NotNow(REFUSED)


def build(pin):
    """Make the services of `pin` (firmware.pin.Pin), whose model has its trouble. What is raised has changed nothing."""
    storage, journals, known = basics.opened(pin, False)
    forget()
    facts = SafeFacts(*known)
    facts.fill(pin.model)
    stage = pin.stage()
    pin.storage, pin.journals, pin.facts = storage, journals, facts
    pin.rendezvous, pin.progress = Absent(), Absent()

    def follow_settings(_):
        facts.clock.zone_minutes = facts.settings.get('zone_minutes')
        facts.clock.day_start_hour = facts.settings.get('day_start_hour')

    def on_button(kind):
        if kind == 'short':
            _reach(pin, True)
    pin.events.subscribe(facts, 'settings', follow_settings)
    pin.events.subscribe(facts, 'button', on_button)

    async def show():
        try:
            await stage.run()
        except Exception:
            pin.model.safe = False              # the sentence alone, since it may be the tag that crashed
            raise

    async def begin():
        pin.events.publish('power', 'safe_mode')
        _reach(pin, False)
        await asyncio.sleep(crash_loop.HEALTHY_AFTER_S)
        pin.board.crash_memory(crash_loop.steady(pin.board.crash_memory()))
    pin.model.safe = True
    pin.supervisor.add('ui', show, vital=True)
    pin.supervisor.add('safe mode', begin)


def _reach(pin, pressed):
    """Switch the radio on for a while: for the phones that are bound, and for one that may be where none is or somebody has
    pressed the button."""
    try:
        wishes = borrow('firmware.companion.wishes')
        if not pin.companion:
            wishes.begin(pin)
        if pin.facts.phones:
            pin.companion.open_for('radio_wake_s')
        if pressed or not pin.facts.phones:
            wishes.bind(pin)
    except Exception as error:                  # noqa: BLE001  whatever it was, there still are the tag and the cable
        pin.log.warning('radio', 'No phone can be bound in safe mode: %s' % error)
