"""Procedures: what the chip's firmware does over time, written as generators on the virtual clock.

A procedure yields operations. An operation is a function that takes `resume`, arranges that `resume(value)` is called
later (never at once), and returns a function that calls the whole thing off. Used by the initiator engine.
"""


class Procedure:
    """Runs `generator` to its end and hands its return value to `done`. A StatusError is the generator's to catch."""

    def __init__(self, generator, done):
        self._generator = generator
        self._done = done
        self._call_off = None
        self._resume()

    def cancel(self):
        """Stop where it stands: `done` is never called."""
        if self._call_off:
            self._call_off()
        self._call_off = None
        self._generator.close()

    def _resume(self, value=None):
        self._call_off = None
        try:
            operation = self._generator.send(value)
        except StopIteration as end:
            self._done(end.value)
            return
        self._call_off = operation(self._resume)


def pause(clock, delay_ns):
    """Operation: come back after `delay_ns` of virtual time."""
    def start(resume):
        return clock.call_later(delay_ns, resume).cancel
    return start
