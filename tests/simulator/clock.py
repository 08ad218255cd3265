"""The virtual clock: one heap of timed calls that everything simulated shares.

Owns "now". Chips ask it to call them later, the world and the host harness move it on. Time is an integer of
nanoseconds since the world began, so that runs repeat to the bit. Used by every chip model, by `world` and `host`.
"""
import heapq


class Timer:
    """A call that is due at `at_ns`; `cancel()` it as often as you like."""

    __slots__ = ('at_ns', 'function', 'arguments', 'active')

    def __init__(self, at_ns, function, arguments):
        self.at_ns = at_ns
        self.function = function
        self.arguments = arguments
        self.active = True

    def cancel(self):
        self.active = False


class Clock:
    """Virtual time in ns. Calls due at the same instant run in the order in which they were asked for."""

    def __init__(self, start_ns=0):
        self.now_ns = start_ns
        self._heap = []
        self._sequence = 0

    def call_at(self, at_ns, function, *arguments):
        """Run `function(*arguments)` at `at_ns` (not before now) and return the Timer."""
        at_ns = max(int(at_ns), self.now_ns)
        timer = Timer(at_ns, function, arguments)
        self._sequence += 1
        heapq.heappush(self._heap, (at_ns, self._sequence, timer))
        return timer

    def call_later(self, delay_ns, function, *arguments):
        """Run `function(*arguments)` `delay_ns` from now and return the Timer."""
        return self.call_at(self.now_ns + delay_ns, function, *arguments)

    def next_due_ns(self):
        """When the next call is due, or None."""
        while self._heap and not self._heap[0][2].active:
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def run_next(self):
        """Move to the next due call and run it. Returns False where none is left."""
        due = self.next_due_ns()
        if due is None:
            return False
        _, _, timer = heapq.heappop(self._heap)
        self.now_ns = max(self.now_ns, due)
        timer.active = False
        timer.function(*timer.arguments)
        return True

    def advance_to(self, at_ns):
        """Run everything due up to and including `at_ns`, then stand at `at_ns`."""
        heap, take = self._heap, heapq.heappop
        while heap and heap[0][0] <= at_ns:
            timer = take(heap)[2]
            if timer.active:
                self.now_ns = max(self.now_ns, timer.at_ns)
                timer.active = False
                timer.function(*timer.arguments)
        self.now_ns = max(self.now_ns, at_ns)

    def advance(self, delay_ns):
        """`advance_to` relative to now."""
        self.advance_to(self.now_ns + int(delay_ns))
