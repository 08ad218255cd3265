"""How often a pin may light its RF field to look for others: a burst costs as much charge as minutes of sleep.

Owns a token bucket and a back-off; plain rules with the time as an argument. Used by `rendezvous`.
"""
from time import ticks_add, ticks_diff

from micropython import const

CAPACITY = const(6)                             # bursts that may follow each other at once
REFILL_MS = const(180_000)                      # one more each three minutes: 20 an hour sustained
FRUITLESS_BEFORE_BACKOFF = const(3)
FIRST_BACKOFF_MS = const(30_000)
LONGEST_BACKOFF_MS = const(600_000)


class BurstBudget:
    """Asked before each burst, told after it. Times are `time.ticks_ms()` values."""

    def __init__(self, now_ms):
        self._tokens = CAPACITY
        self._refilled_ms = now_ms
        self._fruitless = 0
        self._resume_ms = now_ms

    def _refill(self, now_ms):
        gained = ticks_diff(now_ms, self._refilled_ms) // REFILL_MS
        if gained > 0:
            self._tokens = min(CAPACITY, self._tokens + gained)
            self._refilled_ms = ticks_add(self._refilled_ms, gained * REFILL_MS)

    def take(self, now_ms, deliberate=False):
        """Take a token and return True, or False. A deliberate wish (button, double tap) is not held up by the back-off."""
        self._refill(now_ms)
        if self._tokens == 0 or (not deliberate and ticks_diff(self._resume_ms, now_ms) > 0):
            return False
        if self._tokens == CAPACITY:
            self._refilled_ms = now_ms
        self._tokens -= 1
        return True

    def ended(self, now_ms, met, by_phone=False):
        """A burst ended; `met` tells whether another pin was there. Where a phone came instead (`by_phone`) it was the phone
        that knocked, and the burst does not count."""
        if by_phone and not met:
            self._tokens = min(CAPACITY, self._tokens + 1)
            return
        if met:
            self._fruitless = 0
            self._resume_ms = now_ms
            return
        self._fruitless += 1
        excess = self._fruitless - FRUITLESS_BEFORE_BACKOFF
        if excess >= 0:
            self._resume_ms = ticks_add(now_ms, min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS << min(excess, 10)))
