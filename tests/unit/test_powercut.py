"""The power-cut campaign of `make bench-friends`, a short one: every stride-th flash operation of a mixed run."""
from firmware.system.lane import Lane
from tests.bench import powercut


def test_cuts_of_a_short_mixed_run_lose_nothing_that_was_confirmed():
    cuts, violations = powercut.check_range(0, 1000, count=26, stride=6)
    assert violations == []
    assert cuts > 50


def test_a_store_that_confirms_too_early_is_found_out(monkeypatch):
    """The campaign itself: records that reach the flash one step late are lost in some cut."""
    put, late = Lane.put, {}

    def put_late(self, sequence, data):
        if self in late:
            put(self, *late.pop(self))
        late[self] = sequence, data

    monkeypatch.setattr(Lane, 'put', put_late)
    violations = powercut.check_range(0, 40, count=6, stride=4)[1]
    assert any('friends are not as confirmed' in sentence for sentence in violations), violations
