"""What a session of the radio seldom does: begin and end, follow binding mode, save bonds, forget phones.

Owns no state but works on that of a session.Session. Borrowed by it for each act, so that none of this is in memory while a
phone is merely there.
"""
from time import ticks_add, ticks_diff, ticks_ms

from micropython import const

from firmware.system.overlay import borrow
from firmware.system.storage import StorageError

wishes = borrow('firmware.companion.wishes')
keeping = borrow('firmware.companion.keeper')

INTERVAL_US = const(100_000)                    # between advertisements
KEPT_MS = const(1_000)                          # from the right digits to the bond, which comes at once or never
MTU = const(247)                                # with which a notification fills one packet of the link layer
DISPLAY = const(0)                              # io: the pin shows digits, and has no keys for them
CHANGING = const(2)                             # addr_mode: private resolvable addresses
TIME = const(2)                                 # place in the handles of `services`

BOUND = 'Your phone is bound.'
MANY = ' %d phones can talk to this pin.'
WRONG = 'Three wrong tries. No phone was bound.'
INSECURE = 'That phone did not ask for the digits. It was not bound.'
OLD = 'That phone pairs in an old way, which others can overhear. It was not bound.'
NOT_KEPT = 'The phone did not keep the bond. Bind it again.'
NOBODY = 'No phone was bound. The settings begin again.'


def do(session, name, value):
    """Carry out one of ACTS."""
    return ACTS[name](session, value)


# ---- beginning and end

def _begin(session, _):
    pin, bonds = session.pin, session.bonds
    trouble = borrow('firmware.companion.bond_file').load(pin.storage, bonds)
    if trouble:
        _say(pin, trouble)
    if session.binding:
        session.keeper.begin(pin.board.random_bytes)
    # by names in strings, since those of arguments are not the same on a pin
    config = {'gap_name': pin.model.pin_name, 'mtu': MTU, 'bond': True, 'mitm': True, 'le_secure': True, 'io': DISPLAY}
    if pin.facts.settings.get('private_address'):
        config['addr_mode'] = CHANGING
    services = borrow('firmware.companion.services')
    session.handles = services.register(session.server, pin.board.uuid, config)
    _tell(session, services)
    uuid = pin.board.uuid(services.CLOUD_PIN % 0)
    session.server.advertise(INTERVAL_US, borrow('gatt.advert').payload(uuid, pin.model.pin_name))
    pin.log.info('radio', 'on, %d bound' % len(bonds.kept))


def _tell(session, services):
    """Pin and phones know how many are bound."""
    pin, count = session.pin, len(session.bonds.kept)
    wishes.counted(pin, count)
    services.fill(session.server, session.handles, pin.board.name, pin.facts.battery.percent, count > 0)


def _end(session, _):
    _show(session, '')
    if session.server.broken:
        session.pin.log.warning('radio', 'It has failed and is switched off and on.')
    session.pin.log.info('radio', 'off')


# ---- binding

def _look(session, _):
    """The digits on the screen, the ends of binding mode, bonds that are not on flash."""
    keeper = session.keeper
    if not keeper.pairing:
        _show(session, '')
    if keeper.paired:
        _bound(session, keeper.paired)
    elif session.binding and keeper.insecure:
        _give_up(session, INSECURE)
    elif session.binding and keeper.wrong >= keeping.TRIES:
        _give_up(session, WRONG)
    elif session.owner.binding_over() and not keeper.pairing:
        _give_up(session, NOBODY)
    elif session.bonds.dirty:                   # such as the pin's own key
        try:
            _save(session)
        except StorageError as error:
            session.bonds.dirty = False         # until the next change
            session.pin.log.error('radio', str(error))


def _bound(session, link):
    """The digits were right. The bond must get to flash before anybody is told."""
    bonds = session.bonds
    if not bonds.dirty:
        if not link.open or ticks_diff(ticks_add(link.since_ms, KEPT_MS), ticks_ms()) < 0:
            _give_up(session, NOT_KEPT, link)
        return
    sentence = OLD if borrow('firmware.companion.legacy').old_fashioned(bonds.kept[-1]) else ''
    try:
        if not sentence:
            _save(session)
    except StorageError as error:
        sentence = str(error)
    if sentence:
        bonds.forget(link.identity)
        _give_up(session, sentence, link)
        return
    _leave_binding(session)
    _tell(session, borrow('firmware.companion.services'))
    count = len(bonds.kept)
    _say(session.pin, BOUND + (MANY % count if count > 1 else ''))


def _give_up(session, sentence, link=None):
    if link:
        session.drop(link)
    _leave_binding(session)
    _say(session.pin, sentence)


def _leave_binding(session):
    session.keeper.end()
    session.owner.binding_until_ms = None
    wishes.show_binding(session.pin, False)


def _show(session, digits):
    if digits or session.digits:
        session.digits = bool(digits)
        session.pin.events.publish('passkey', digits)


def _passkey(session, number):
    _show(session, '%06d' % number)


def _start_binding(session, _):
    """Binding mode begins while the radio is on already."""
    if not session.keeper.pairing:
        session.keeper.begin(session.pin.board.random_bytes)


# ---- bonds

def _save(session):
    borrow('firmware.companion.bond_file').save(session.pin.storage, session.bonds)


def _forget(session, link):
    """End the bond of the phone of `link`; it is gone from flash when this returns, and the link is closed a little later.
    Raises StorageError: then it is still bound."""
    bonds, before = session.bonds, session.bonds.kept
    bonds.forget(link.identity)
    try:
        _save(session)
    except StorageError:
        bonds.kept = before
        raise
    link.since_ms = ticks_ms()
    session.leaving.append(link)
    session.renew = True                        # else the controller goes on to resolve its address
    _tell(session, borrow('firmware.companion.services'))


def _forget_all(session, _):
    """The file has gone: no phone is bound, and the pin's own key is another from the next start on."""
    session.bonds.kept, session.bonds.irk, session.bonds.dirty = [], None, False
    session.renew = True
    for link in session.server.links.values():
        session.drop(link)


def _written(session, value):
    """A phone has written to the Current Time Service."""
    handle, data = value
    times = borrow('firmware.companion.current_time')
    try:
        (times.set_time if handle == session.handles[TIME] else times.set_zone)(session.pin, data)
    except (ValueError, StorageError) as error:
        session.pin.log.warning('radio', str(error))


def _say(pin, sentence):
    pin.log.info('radio', sentence)
    pin.events.publish('notice', sentence)


ACTS = {'begin': _begin, 'end': _end, 'look': _look, 'passkey': _passkey, 'start_binding': _start_binding,
        'forget': _forget, 'forget_all': _forget_all, 'written': _written}
