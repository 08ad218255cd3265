"""The radio while it is on: lets phones come, sends strangers away, stays as long as one is there that is bound.

Owns the gatt.server and the bonds in memory from the moment the radio is switched on to the moment it is switched off.
Borrowed and run by `companion`, which says how long. What a stranger gets is the characteristic 'info', for two seconds; a
pairing outside binding mode ends in disconnection (see `keeper`). What is done seldom is in `affairs`, since this one shares
the heap with a tap.
"""
from time import ticks_diff, ticks_ms

from micropython import const

from firmware.system.overlay import borrow

server = borrow('gatt.server')

STRANGER_MS = const(2_000)                      # without encryption
PATIENCE_MS = const(30_000)                     # for a phone that is bound, and for all in binding mode
ANSWER_MS = const(300)                          # for the last answer to get out before a link is closed
ROUND_MS = const(1_000)                         # at the latest, everything is looked at


class Session:
    """`owner`: companion.Companion.

    For `affairs`: `bonds`, `keeper`, `server` and the `handles` that it gave; `leaving`: links that are closed once their last
    answer is out; `renew`: the radio must be switched off and on; `digits`: some are shown.
    """

    def __init__(self, pin, owner):
        self.pin, self.owner = pin, owner
        self.bonds = borrow('firmware.companion.bonds').Bonds()
        self.keeper = borrow('firmware.companion.keeper').Keeper(self.bonds)
        self.server = server.Server(pin.board.radio(), self.keeper, owner.flag)
        self.handles = None
        self.leaving = []
        self.renew = self.digits = False
        self._desk = None                       # desk.Desk, while a phone that is bound is there
        self._phone = False                     # whether one is there that may stay

    async def run(self):
        """Until the owner's time is over and nobody is there any more. Raises OSError where the radio fails."""
        try:
            self.affair('begin')
            while not self._over():
                event = await self.server.event(self._due_ms())
                if event:
                    kind, _, value = event
                    if kind in (server.PASSKEY, server.WRITTEN):
                        self.affair(kind, value)
                self._look()
        finally:
            self.server.end()
            if self._desk:
                self._desk.close()
            self.affair('end')

    def affair(self, name, value=None):
        """Have something done that is seldom done, see `affairs`."""
        return borrow('firmware.companion.affairs').do(self, name, value)

    def _over(self):
        links = self.server.links
        if self.server.broken or self.renew and not links:
            return True
        return self.owner.left_ms() <= 0 and not self._phone or not links and self.pin.rendezvous.busy

    def _due_ms(self):
        due_ms = ANSWER_MS if self.leaving or self.pin.rendezvous.busy else ROUND_MS
        return due_ms if self._phone else min(due_ms, self.owner.left_ms())

    # ---- what may be due

    def _look(self):
        keeper, binding = self.keeper, self.binding
        if self.digits and not keeper.pairing or keeper.paired or self.bonds.dirty or binding and (
                keeper.wrong or keeper.insecure or self.owner.binding_over()):
            self.affair('look')
        for link in tuple(self.server.links.values()):
            if self._too_long(link):
                self.drop(link)
        self._follow_phones()
        if self._desk:
            self._desk.look()

    def _too_long(self, link):
        here_ms = ticks_diff(ticks_ms(), link.since_ms)
        if link in self.leaving:
            return here_ms > ANSWER_MS
        if link.secure:
            return not self.bonds.has(link.identity) and link is not self.keeper.paired
        if link is self.keeper.pairing:         # the stack itself gives up after 30 s
            return False
        return here_ms > (PATIENCE_MS if self.binding or self.bonds.has(link.identity) else STRANGER_MS)

    def drop(self, link):
        """Close a link."""
        self.server.drop(link)
        link.since_ms = ticks_ms()              # so that the stack has its time
        if link in self.leaving:
            self.leaving.remove(link)

    def _follow_phones(self):
        """Serve as long as a phone is there that is bound, and stay as long as one may become it."""
        secure = any(link.secure for link in self.server.links.values())
        if secure and not self._desk:
            self._desk = borrow('firmware.companion.desk').Desk(self)
        elif self._desk and not secure:
            self._desk.close()
            self._desk = None
        there = secure or self.keeper.pairing is not None
        if self._phone and not there and self.bonds.kept:
            self.owner.open_for('radio_wake_s')             # it may have lost its way
        self._phone = there

    @property
    def binding(self):
        return self.owner.binding_until_ms is not None
