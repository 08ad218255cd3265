"""What the models of both motion sensors share: supply, the faults of bus and supply, and what the host is blamed for.

Owns `complaints` and whether the chip answers. A model derives from it, gives `NAME` and `_reset()`, and calls
`_acknowledge` at the begin of each transfer.
"""
from tests.simulator.wires import Line, Nack


class Sensor:
    """`int1`, `int2` are its lines; `complaints` is what the host did wrong, each sentence once."""

    def __init__(self, clock, rng):
        self.clock, self.rng = clock, rng
        self.int1, self.int2 = Line('INT1'), Line('INT2')
        self.complaints = []
        self._powered = True
        self._silent_until_ns = 0

    def power_off(self):
        self._powered = False
        self._reset()

    def power_on(self):
        if not self._powered:
            self._powered = True
            self._reset()

    def brown_out(self):
        """The supply dipped: registers are back to their reset values and nothing says so."""
        self._reset()

    def no_answer(self, duration_ns):
        """Do not acknowledge the address for a time."""
        self._silent_until_ns = self.clock.now_ns + duration_ns

    def _acknowledge(self):
        if not self._powered or self.clock.now_ns < self._silent_until_ns:
            raise Nack(self.NAME)

    def _complain(self, sentence):
        if sentence not in self.complaints:
            self.complaints.append(sentence)
