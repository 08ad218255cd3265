"""Bonds in memory as the stack asks for them, and on flash: never lost by a power cut, never taken by a stranger."""
import pytest

from firmware.companion import bond_file
from firmware.companion.bonds import IRK, OURS, OWN_KEY, PEERS, Bonds
from firmware.companion.legacy import old_fashioned
from firmware.system.storage import StorageError
from tests.simulator.memory_storage import MemoryFiles, PowerCut

A, B, C, D = (bytes([1, number, 0, 0, 0, 0, 0xC0]) for number in range(4))


def record(number, size=80):
    return bytes(24) + bytes([number]) * (size - 24)


def offer(bonds, key, number, size=80):
    return [bonds.keep_secret(kind, key, record(number, size)) for kind in (OURS, PEERS)]


def bond(bonds, key, number=1, size=80, esp=True):
    """A whole pairing, in the order of either port."""
    bonds.begin()
    if not esp:
        bonds.settle(True)
    assert offer(bonds, key, number, size) == [True, True]
    if esp:
        bonds.settle(True)


def bonded(*keys):
    bonds = Bonds()
    for number, key in enumerate(keys, 1):
        bond(bonds, key, number)
    return bonds


def keys(bonds):
    return [row[0] for row in bonds.kept]


# ---- in memory

@pytest.mark.parametrize('esp', [True, False])
def test_a_bond_counts_once_its_link_is_authenticated_and_not_before(esp):
    bonds = Bonds()
    bonds.begin()
    if esp:
        offer(bonds, A, 1)
        assert keys(bonds) == [] and bonds.secret(PEERS, 0, A) == record(1)     # the stack finds it, the pin does not
    bonds.settle(True)
    if not esp:
        offer(bonds, A, 1)
    assert keys(bonds) == [A] and bonds.dirty
    assert [bonds.secret(kind, 0, A) for kind in (OURS, PEERS)] == [record(1)] * 2


@pytest.mark.parametrize('esp', [True, False])
def test_what_an_unauthenticated_pairing_offers_is_taken_from_the_stack_and_dropped(esp):
    bonds = bonded(B)
    bonds.begin()
    if esp:
        assert offer(bonds, A, 1) == [True, True]
    bonds.settle(False)
    if not esp:
        assert offer(bonds, A, 1) == [True, True]
    assert keys(bonds) == [B] and bonds.secret(OURS, 0, A) is None


def test_the_index_th_record_is_asked_for_in_two_ways():
    bonds = bonded(A, B)
    for key in (None, bytes(7)):
        assert [bonds.secret(PEERS, index, key) for index in range(3)] == [record(1), record(2), None]
    assert bonds.secret(99, 0, A) is bonds.secret(OURS, -1, None) is None


def test_the_oldest_of_three_makes_room_and_pairing_again_makes_young():
    assert keys(bonded(A, B, C, D)) == [B, C, D]
    assert keys(bonded(A, B, C, A)) == [B, C, A]


def test_deleting_says_true_once_so_that_the_stack_comes_to_an_end():
    bonds = bonded(A)
    assert [bonds.keep_secret(kind, A, None) for kind in (OURS, OURS, PEERS, PEERS)] == [True, False, True, False]
    assert bonds.secret(PEERS, 0, A) is None and bonds.secret(PEERS, 0, None) is None
    assert not Bonds().keep_secret(OURS, A, None) and not Bonds().keep_secret(OWN_KEY, IRK, None)


def test_a_stranger_with_a_bound_phone_s_address_cannot_take_its_bond_away():
    bonds = bonded(A, B)
    for kind in (OURS, PEERS):
        bonds.keep_secret(kind, A, None)        # the stack does so when that address pairs anew
    bonds.begin()                               # and then the link ends
    assert keys(bonds) == [A, B] and bonds.secret(OURS, 0, A) == record(1)


def test_a_phone_that_lost_its_bond_gets_another():
    bonds = bonded(A, B)
    for kind in (OURS, PEERS):
        bonds.keep_secret(kind, A, None)
    bonds.settle(False)                         # wrong digits at first
    bond(bonds, A, 7)
    assert keys(bonds) == [B, A] and bonds.secret(OURS, 0, A) == record(7)


def test_records_of_another_size_are_another_build_s():
    bonds = bonded(A, B)
    bond(bonds, C, 3, size=96)
    assert keys(bonds) == [C]


def test_what_is_neither_bond_nor_key_is_refused():
    bonds = Bonds()
    assert not bonds.keep_secret(3, A, b'cccd') and not bonds.keep_secret(OURS, b'short', record(1))
    assert bonds.keep_secret(OWN_KEY, IRK, bytes(16)) and bonds.secret(OWN_KEY, 0, IRK) == bytes(16)
    assert bonds.secret(OWN_KEY, 0, b'other') is None


def test_a_forgotten_phone_is_a_stranger():
    bonds = bonded(A, B)
    assert bonds.forget(A) and not bonds.forget(A) and not bonds.has(A)
    assert bonds.secret(OURS, 0, A) is None and bonds.newest() == B


def test_legacy_pairing_is_seen_where_the_record_s_layout_is_known():
    def value(key, head, rand):
        return (key + head).ljust(16, b'\0') + rand + bytes(56)
    for head in (b'\x10\x34\x12', b'\0\x01\0\x10'):        # key size and ediv; or a count before the key size
        rows = [[A, value(A, head, rand), value(A, head, rand)] for rand in (bytes(8), b'\x05' * 8)]
        assert [old_fashioned(row) for row in rows] == [False, True]
    assert not old_fashioned([A, value(B, head, b'\x05' * 8)] * 1 + [record(1)])
    assert not old_fashioned([A, bytes([1]) * 64, bytes([1]) * 64])


# ---- on flash

def loaded(files):
    bonds = Bonds()
    trouble = bond_file.load(files.storage(), bonds)
    return keys(bonds), bonds.irk, trouble


def test_what_is_saved_comes_back_whole():
    files, bonds = MemoryFiles(), bonded(A, B, C)
    bonds.irk = bytes(range(16))
    assert loaded(files) == ([], None, '')
    bond_file.save(files.storage(), bonds)
    assert not bonds.dirty and loaded(files) == ([A, B, C], bytes(range(16)), '')
    again = Bonds()
    bond_file.load(files.storage(), again)
    assert again.kept == bonds.kept
    bond_file.save(files.storage(), Bonds())
    assert loaded(files) == ([], None, '')


@pytest.mark.parametrize('torn', [False, True])
def test_a_power_cut_at_any_write_leaves_the_old_bonds_or_the_new_ones(torn):
    outcomes, cut, whole = [], 0, False
    while not whole:
        files, bonds = MemoryFiles(torn), bonded(A, B)
        bond_file.save(files.storage(), bonds)
        bond(bonds, C)
        files.cut_after(cut)
        try:
            bond_file.save(files.storage(), bonds)
            whole = True
        except PowerCut:
            pass
        files.power_on()
        found, _, trouble = loaded(files)
        assert not trouble
        outcomes.append(found)
        cut += 1
    assert {tuple(found) for found in outcomes} == {(A, B), (A, B, C)} and outcomes[-1] == [A, B, C]
    assert len(outcomes) > (500 if torn else 2)


def test_a_full_flash_keeps_the_old_bonds_and_says_so():
    files, bonds = MemoryFiles(), bonded(A)
    bond_file.save(files.storage(), bonds)
    bond(bonds, B)
    files.fail_with = 28
    with pytest.raises(StorageError, match='not saved'):
        bond_file.save(files.storage(), bonds)
    files.fail_with = None
    assert bonds.dirty and loaded(files)[0] == [A]


def test_bonds_of_another_build_are_dropped_and_the_wearer_is_told(monkeypatch):
    files = MemoryFiles()
    bond_file.save(files.storage(), bonded(A))
    monkeypatch.setattr(bond_file.sys, 'version', 'another')
    assert loaded(files) == ([], None, bond_file.OTHER_BUILD)
    assert loaded(files) == ([], None, '')


def test_a_damaged_file_is_never_half_believed():
    files = MemoryFiles()
    bond_file.save(files.storage(), bonded(A, B))
    good = files.files['/data/bonds']
    for at in range(0, len(good), 7):
        files.files['/data/bonds'] = good[:at] + bytes([good[at] ^ 4]) + good[at + 1:]
        assert loaded(files) == ([], None, bond_file.DAMAGED)
        files.files['/data/bonds'] = good[:at]
        assert loaded(files) == ([], None, bond_file.DAMAGED)
