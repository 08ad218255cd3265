"""Who is bound, in memory: answers the stack's questions about keys at once, from its handler.

Owns the table of bonds and the pin's own identity key. Used by `keeper`; `bond_file` brings it to flash, which is the main
task's work. The values are structs of the stack's build and opaque here.

What a pairing offers is not in the table before its link was seen to be encrypted and authenticated (`settle`), and what the
stack deletes is only hidden until then: a stranger who borrows a bound phone's address and pairs cannot take its bond away.
ESP-IDF offers the records before that event, MicroPython's own NimBLE after it.
"""
from micropython import const

MOST = const(3)                                 # CONFIG_BT_NIMBLE_MAX_BONDS of the port
OURS, PEERS, OWN_KEY = const(1), const(2), const(10)        # kinds of records
IRK = b'irk'
ADDRESS_SIZE = const(7)
_ANY = bytes(ADDRESS_SIZE)


class Bonds:
    """`kept`: [address, our record, the peer's record] of each bound phone, oldest first, the address as in gatt.server.Link;
    `irk`: the key that the pin's own changing addresses are made with; `dirty`: flash does not have it yet."""

    def __init__(self):
        self.kept = []
        self.irk = None
        self.dirty = False
        self.begin()

    def begin(self):
        """A pairing begins, or a link has ended: what was offered without a verdict is dropped, what was hidden is back."""
        self._offered, self._hidden = [], []
        self._verdict = None                    # on what is offered from now on; None: not known yet

    def secret(self, kind, index, key):
        """The record of this kind and address, or the index-th where `key` is None or zero; None where there is none."""
        if kind == OWN_KEY:
            return self.irk if key == IRK else None
        if kind not in (OURS, PEERS):
            return None
        if key is None or key == _ANY:
            rows = [row for row in self.kept if (kind, row[0]) not in self._hidden]
            return rows[index][kind] if 0 <= index < len(rows) else None
        row = self._find(kind, key)
        return row and row[kind]

    def keep_secret(self, kind, key, value):
        """Take a record, or with None delete it; False where there is nothing to delete (the stack repeats it until then)."""
        if kind == OWN_KEY and key == IRK:
            known, self.irk, self.dirty = self.irk is not None, value, True
            return value is not None or known
        if kind not in (OURS, PEERS) or len(key) != ADDRESS_SIZE:
            return False
        return self._hide(kind, key) if value is None else self._offer(kind, key, value)

    def _find(self, kind, key):
        for row in self._offered:
            if row[0] == key and row[kind] is not None:
                return row
        for row in self.kept:
            if row[0] == key and (kind, key) not in self._hidden:
                return row
        return None

    def _hide(self, kind, key):
        row = self._find(kind, key)
        if row in self._offered:
            row[kind] = None
        elif row:
            self._hidden.append((kind, key))
        return row is not None

    def _offer(self, kind, key, value):
        """Always True: refused, the stack would try to make room itself, which it can't."""
        if self._verdict is False:
            return True
        for row in self._offered:
            if row[0] == key:
                break
        else:
            row = [key, None, None]
            self._offered = self._offered[1 - MOST:] + [row]
        row[kind] = value
        if self._verdict and row[OURS] and row[PEERS]:
            self._keep(row)
        return True

    def settle(self, good):
        """The pairing has come to its end: keep what it offers, or drop it; it may have offered it already or do so next."""
        whole = [row for row in self._offered if row[OURS] and row[PEERS]]
        if good and whole:
            self._keep(whole[-1])
        elif not whole:
            self._verdict = good
        if not good:
            self._offered = []

    def _keep(self, row):
        key, size = row[0], len(row[OURS])
        if len(row[PEERS]) != size:
            return
        # of another size it is another build's, and the stack would not take it
        self.kept = [other for other in self.kept if other[0] != key and len(other[OURS]) == size][1 - MOST:] + [row]
        self.dirty = True
        self.begin()

    def has(self, key):
        """Whether the phone of this address is bound."""
        return any(row[0] == key for row in self.kept)

    def forget(self, key):
        """The phone of this address is a stranger from now on. Returns whether it was bound."""
        known = self.has(key)
        self.kept = [row for row in self.kept if row[0] != key]
        self.dirty = self.dirty or known
        return known

    def newest(self):
        """The address of the phone that was bound last, or None."""
        return self.kept[-1][0] if self.kept else None
