"""The burst budget: six at once, twenty an hour, back-off after three fruitless ones."""
from firmware.social.burst_budget import CAPACITY, FIRST_BACKOFF_MS, LONGEST_BACKOFF_MS, REFILL_MS, BurstBudget

HOUR_MS = 3_600_000


def test_six_at_once_and_no_seventh():
    budget = BurstBudget(0)
    taken = [budget.take(0) for _ in range(CAPACITY + 1)]
    assert taken == [True] * CAPACITY + [False]


def test_twenty_an_hour_are_sustained():
    budget = BurstBudget(0)
    for _ in range(CAPACITY):
        budget.take(0)
    count = 0
    for now_ms in range(0, 5 * HOUR_MS, 10_000):
        if budget.take(now_ms):
            count += 1
            budget.ended(now_ms, met=True)
    assert count == 5 * HOUR_MS // REFILL_MS - 1


def test_three_fruitless_bursts_hold_up_a_bump_but_not_the_button():
    budget = BurstBudget(0)
    for _ in range(3):
        assert budget.take(1000)
        budget.ended(1000, met=False)
    assert not budget.take(1000 + FIRST_BACKOFF_MS - 1)
    assert budget.take(1000 + FIRST_BACKOFF_MS - 1, deliberate=True)
    assert budget.take(1000 + FIRST_BACKOFF_MS)


def test_the_back_off_doubles_up_to_its_limit_and_a_meeting_ends_it():
    budget, now_ms, waits = BurstBudget(0), 0, []
    for _ in range(12):
        now_ms += HOUR_MS
        assert budget.take(now_ms)
        budget.ended(now_ms, met=False)
        wait = next(w for w in range(0, LONGEST_BACKOFF_MS + 1, 30_000) if budget.take(now_ms + w))
        waits.append(wait)
    assert waits[:2] == [0, 0] and waits[2:6] == [30_000, 60_000, 120_000, 240_000]
    assert max(waits) == LONGEST_BACKOFF_MS
    budget.ended(now_ms, met=True)
    assert budget.take(now_ms + HOUR_MS)


def test_it_lives_through_the_wrap_of_the_tick_counter():
    late = (1 << 30) - 5
    budget = BurstBudget(late)
    for _ in range(CAPACITY):
        assert budget.take(late)
    assert not budget.take(late)
    assert budget.take((late + REFILL_MS) % (1 << 30))
