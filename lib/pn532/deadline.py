"""A moment after which waiting ends. Used by everything in this package that waits in more than one step."""
import time


class Deadline:
    """`timeout_ms` from now; None never comes."""

    def __init__(self, timeout_ms):
        self._at = None if timeout_ms is None else time.ticks_add(time.ticks_ms(), timeout_ms)

    def left(self):
        """Milliseconds left, 0 once it is over, None where there is no limit."""
        if self._at is None:
            return None
        return max(0, time.ticks_diff(self._at, time.ticks_ms()))

    def over(self):
        return self.left() == 0
