"""What the wearer asks of the radio, and the start of it: to bind a phone, to forget them all.

Owns nothing. Borrowed by `ui.actions` and `firmware.pin` for the moment. `pin.companion` is None as long as no phone is bound
and none may be.
"""
import asyncio
from time import ticks_add, ticks_ms

from micropython import const

from firmware.system.overlay import borrow
from firmware.system.storage import StorageError

BINDING_MS = const(120_000)


def begin(pin):
    """At a start: count the phones that are bound and say what is wrong with their bonds; at the first one, begin to bind."""
    try:
        if pin.storage.size('bonds') is not None:
            _count(pin)
        elif not pin.facts.wearer.card and pin.board.radio():
            bind(pin)
    except (StorageError, OSError) as error:
        pin.log.error('radio', 'Phones: %s' % error)


def _count(pin):
    bonds = borrow('firmware.companion.bonds').Bonds()
    trouble = borrow('firmware.companion.bond_file').load(pin.storage, bonds)
    if trouble:
        pin.events.publish('notice', trouble)
    counted(pin, len(bonds.kept))
    if bonds.kept:
        _companion(pin)


def bind(pin):
    """Begin binding mode, or begin it anew. Raises ValueError where the board has no Bluetooth."""
    if pin.board.radio() is None:
        raise ValueError('This pin has no Bluetooth.')
    companion = _companion(pin)
    companion.binding_until_ms = ticks_add(ticks_ms(), BINDING_MS)
    show_binding(pin, True)
    if companion.session:
        companion.session.affair('start_binding')
    companion.flag.set()


def forget_all(pin):
    """No phone is bound from now on. Returns how many were. Raises StorageError: then nothing has changed."""
    before = pin.facts.phones
    pin.storage.remove('bonds')
    if pin.companion:
        if pin.companion.session:
            pin.companion.session.affair('forget_all')
        pin.companion.flag.set()
    counted(pin, 0)
    return before


def counted(pin, phones):
    """So many phones are bound now."""
    if phones != pin.facts.phones:
        pin.facts.phones = phones
        if not phones and pin.companion:
            pin.companion.until_ms = None       # nobody is left for whom the radio might be on
        pin.events.publish('passkey', '')       # home may be another screen now
        pin.events.publish('bound', phones)


def show_binding(pin, binding):
    """Binding mode has begun or ended."""
    pin.facts.binding = binding
    pin.events.publish('passkey', '')


def _companion(pin):
    if not pin.companion:
        pin.companion = borrow('firmware.companion.companion').Companion(pin)
        asyncio.create_task(pin.companion.run())
    return pin.companion
