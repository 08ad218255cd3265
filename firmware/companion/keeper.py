"""Who may pair and who may stay: what the stack asks in the middle of things, answered in its handler.

Owns the state of binding mode: whether it is on, the digits of the tries to come, the link that is at it. Used by `session`,
which shows, saves and says what comes of it; the interface is described in `gatt.server`.

NimBLE can't be told to refuse a phone without keyboard, nor to refuse pairing at all. So outside binding mode a pairing is
answered by disconnecting, and one that ends without authentication too.
"""
from micropython import const

TRIES = const(3)
DIGITS = const(1_000_000)
_DISPLAY = const(3)                             # PASSKEY_ACTION: the phone types what the pin shows
_WHOLE_KEY = const(16)                          # bytes; shorter ones can be negotiated, and broken
_EVEN = const(16_000_000)                       # the most of three bytes that DIGITS divides


class Keeper:
    """`bonds`: bonds.Bonds. `pairing`: the Link that is asked for digits; `paired`: the one that has given the right ones,
    until `session` has seen to it; `wrong`: tries that failed; `insecure`: whether a phone paired without giving any."""

    def __init__(self, bonds):
        self._bonds = bonds
        self.secret = bonds.secret
        self.end()

    def begin(self, random_bytes):
        """Binding mode, with digits for each try, drawn from `random_bytes(n)` now because a handler should not."""
        self.end()
        while len(self._digits) < TRIES:
            number = int.from_bytes(random_bytes(3), 'little')
            if number < _EVEN:
                self._digits.append(number % DIGITS)

    def end(self):
        """No binding mode: nobody may pair."""
        self._digits = []
        self.pairing = self.paired = None
        self.wrong = 0
        self.insecure = False

    # ---- from the handler

    def keep_secret(self, kind, key, value):
        kept = self._bonds.keep_secret(kind, key, value)
        self._name()
        return kept

    def known(self, link):
        return self._bonds.has(link.identity)

    def passkey(self, link, action):
        if action != _DISPLAY or self.pairing or self.paired or not self._digits:
            return None
        self.pairing = link
        self._bonds.begin()
        return self._digits.pop()

    def encrypted(self, link):
        if link is not self.pairing:
            if link.encrypted and not link.authenticated:
                self._bonds.settle(False)
                self.insecure = bool(self._digits)
            return not link.encrypted or link.authenticated
        self.pairing = None
        good = bool(link.authenticated and link.bonded and link.key_size == _WHOLE_KEY)
        self._bonds.settle(good)
        if good:
            self.paired, self._digits = link, []
            self._name()
        elif link.encrypted:
            self.insecure = True
        else:
            self.wrong += 1
        return good or not link.encrypted and self.wrong < TRIES

    def _name(self):
        """The phone's own address is known with its bond; until then it may have used another."""
        if self.paired and self._bonds.dirty:
            self.paired.identity = self._bonds.newest()

    def gone(self, link):
        if link is self.pairing:                # who leaves in the middle has used up a try
            self.pairing = None
            self.wrong += 1
        self._bonds.begin()
