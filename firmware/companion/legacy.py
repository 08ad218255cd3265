"""Whether a phone has paired in the old way, LE Legacy Pairing: no event tells, but the record of its bond does.

Owns what is believed of that record. Borrowed by `affairs` once for each bond.
"""
from micropython import const

from firmware.companion.bonds import ADDRESS_SIZE, OURS

# struct ble_store_value_sec of esp-nimble: peer_addr (7), [bond_count u16], key_size, ediv u16, rand_num u64, which is aligned
# to 8 bytes, ltk ... A guess until seen on a board, so it is believed only where address and key size stand where they should.
_SEC_SIZE, _WHOLE_KEY = const(80), const(16)
_KEY_SIZE_AT = (7, 10)
_RAND_AT, _RAND_END = const(16), const(24)


def old_fashioned(row):
    """Whether a bond comes from legacy pairing, whose keys whoever listened has: there rand_num is random, with LE Secure
    Connections it is zero (Core Specification, volume 3, part H, 2.4.2.5). False where the record's layout is not known."""
    for value in row[OURS:]:
        known = len(value) == _SEC_SIZE and value[:ADDRESS_SIZE] == row[0] and _WHOLE_KEY in [value[at] for at in _KEY_SIZE_AT]
        if known and any(value[_RAND_AT:_RAND_END]):
            return True
    return False
