"""What a test can make go wrong between a PN532 model and its host. RF faults are the air's (`Air.lose` and friends).

Owns the switches and counts; `dialogue` and the fronts obey them. All off at first.

    chip.faults.mute = True                         # deaf: no ACK, no answer, as a chip that hangs
    chip.faults.firmware = bytes((0x33, 2, 7, 7))   # another chip, or a clone
    chip.faults.stuck_scl = True                    # I2C hangs until reset
    chip.faults.overheated = True                   # RF commands end with status 0D
    chip.faults.replay = 1                          # the next response is that of the command before, once
    chip.faults.inbound.lose(nth=7)                 # 7th byte from now, host to chip
    chip.faults.outbound.corrupt(probability=0.01)  # bytes of ACKs and responses
    chip.faults.delay(2, 30_000_000)                # the 2nd frame from now, chip to host, 30 ms late
"""
GENUINE = bytes((0x32, 1, 6, 7))                    # IC, version, revision, support of a PN532 v1.6


class ByteFaults:
    """Strikes single bytes of one direction: the `nth` from now (from 1), or each with `probability`."""

    def __init__(self, rng):
        self.rng = rng
        self.count = 0
        self.hits = 0
        self._rules = []

    def lose(self, nth=None, probability=0.0):
        self._add(nth, probability, lambda value: b'')

    def corrupt(self, nth=None, probability=0.0):
        self._add(nth, probability, lambda value: bytes([value ^ 1 << self.rng.randrange(8)]))

    def clear(self):
        self._rules.clear()

    def _add(self, nth, probability, change):
        self._rules.append((self.count + nth if nth else None, probability, change))

    def apply(self, data):
        if not self._rules:
            self.count += len(data)
            return data
        return b''.join(self._strike(value) for value in data)

    def _strike(self, value):
        self.count += 1
        for nth, probability, change in self._rules:
            if self.count == nth or (probability and self.rng.random() < probability):
                self.hits += 1
                return change(value)
        return bytes([value])


class Faults:
    """See the module's text."""

    def __init__(self, rng):
        self.mute = False
        self.firmware = GENUINE
        self.stuck_scl = False
        self.overheated = False
        self.replay = 0
        self.inbound = ByteFaults(rng)
        self.outbound = ByteFaults(rng)
        self._frames = 0
        self._delays = {}

    def delay(self, nth, delay_ns):
        """Hold the `nth` frame (ACK or response) from now back for `delay_ns`."""
        self._delays[self._frames + nth] = delay_ns

    def next_delay_ns(self):
        """Counts a frame to the host and says how late it is."""
        self._frames += 1
        return self._delays.pop(self._frames, 0)

    def power_cycled(self):
        """Reset frees a stuck bus."""
        self.stuck_scl = False
