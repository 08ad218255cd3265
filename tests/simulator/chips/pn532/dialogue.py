"""The dialogue of host and chip: ACK, then response; abort; NACK; what waits to be read, and the IRQ line for it.

Owns the running command and the frames that wait for the host. A front feeds it what the host wrote (`received`) and
takes what waits (`take`); commands come from the table that `chip` hands in. Source: PN532 manual, dialogue structure.
"""
from tests.simulator.chips.pn532 import frames, timings
from tests.simulator.chips.pn532.procedure import Procedure
from tests.simulator.chips.pn532.status import StatusError, SyntaxFault

HISTORY = 32


class Dialogue:
    """At most one command runs. `commands` maps a code to a function of the parameters that returns the response
    after the code (bytes), a generator that will (Procedure), or None where it calls `respond` itself later."""

    def __init__(self, chip, commands):
        self.chip = chip
        self.clock = chip.clock
        self.commands = commands
        self.front = None
        self.irq_enabled = True
        self.irq_wake = False                       # PowerDown's GenIRQ: low since the chip woke
        self.history = []                           # codes of the commands, latest last
        self._clear()

    def _clear(self):
        self.running = None                         # code of the command that runs
        self._cancel_running = None
        self._timers = []
        self._queue = []                            # (kind, frame, then) the host has not begun to read
        self._last = b''
        self._previous = b''

    def reset(self):
        self._stop()
        self._clear()
        self.irq_enabled, self.irq_wake = True, False
        self.update_irq()

    # -- from the host ------------------------------------------------------------------------------------------
    def received(self, kind, data):
        """A frame of the host's: kind 'ack', 'nack' or 'command'."""
        self.irq_wake = False
        if self.chip.faults.mute:
            return
        if kind == 'ack':
            self.abort()
        elif kind == 'nack':
            if self._last:
                self._offer('response', self._last)
        else:
            self._command(data)
        self.update_irq()

    def abort(self):
        """Stop the running command; it gives no response. A response that waits already goes on waiting."""
        if self.running is not None:
            self.chip.counters['aborts'] += 1
        self._stop()

    def _stop(self):
        for timer in self._timers:
            timer.cancel()
        self._timers = []
        if self._cancel_running:
            self._cancel_running()
        self._cancel_running = None
        code, self.running = self.running, None
        if code is not None:
            self.chip.command_stopped(code)

    def _command(self, data):
        self.abort()
        code = data[0] if data else None
        if not self.chip.accepts(code):
            return
        self.chip.counters['commands'] += 1
        self.history = self.history[1 - HISTORY:] + [code]
        self.running = code
        self._queue = [item for item in self._queue if item[0] != 'ack']
        self._after(timings.ACK_NS, self._acknowledge, data)

    def _acknowledge(self, data):
        self._offer('ack', frames.ACK)
        self._after(timings.COMMAND_NS, self._execute, data)

    def _execute(self, data):
        command = self.commands.get(data[0]) if data else None
        try:
            if command is None:
                raise SyntaxFault
            result = command(bytes(data[1:]))
        except SyntaxFault:
            self.chip.counters['syntax_errors'] += 1
            self._finish(frames.ERROR)
            return
        except StatusError as error:
            self.chip.last_error = error.code
            result = bytes([error.code])
        if isinstance(result, bytes):
            self.respond(result)
        elif result is not None:
            procedure = Procedure(self._with_status(result), self._procedure_done)
            if self.running is not None:
                self._cancel_running = procedure.cancel

    def _with_status(self, procedure):
        """A StatusError that a procedure lets out is its whole response."""
        try:
            return (yield from procedure)
        except StatusError as error:
            self.chip.last_error = error.code
            return bytes([error.code])

    def _procedure_done(self, result):
        self._cancel_running = None
        self.respond_soon(result)

    # -- to the host --------------------------------------------------------------------------------------------
    def respond(self, data, then=None):
        """End the running command with `data` (what follows the response code). `then()` runs when it was read."""
        code = self.running
        if code is None:
            return
        self._finish(frames.encode(bytes([code + 1]) + data, bare=self.chip.bare_frames), then)

    def respond_soon(self, data):
        """`respond` after the time that the chip takes to make up a response; an abort until then forgets it."""
        self._after(timings.COMMAND_NS, self.respond, data)

    def _finish(self, frame, then=None):
        self.running = self._cancel_running = None
        self._timers = []
        self._previous, self._last = self._last, frame
        if self.chip.faults.replay and self._previous:
            self.chip.faults.replay -= 1
            frame = self._previous
        self._offer('response', frame, then)

    def _offer(self, kind, frame, then=None):
        item = (kind, self.chip.faults.outbound.apply(frame), then)
        delay_ns = self.chip.faults.next_delay_ns()
        if delay_ns:
            self.clock.call_later(delay_ns, self._queued, item)
        else:
            self._queued(item)

    def _queued(self, item):
        self._queue.append(item)
        self.update_irq()
        self.front.offered()

    @property
    def waiting(self):
        """Does a frame wait that the host has not begun to read?"""
        return bool(self._queue)

    def take(self):
        """The host begins to read: the frame that waits longest, or b''. IRQ goes high."""
        if not self._queue:
            return b''
        _, frame, then = self._queue.pop(0)
        self.update_irq()
        if then:
            self.clock.call_later(0, then)
        if not self._queue:
            self.chip.host_is_done()
        return frame

    def wake_irq(self):
        self.irq_wake = True
        self.update_irq()

    def update_irq(self):
        pending = self.irq_enabled and self._queue and self.front.uses_irq
        self.chip.irq.set(0 if pending or self.irq_wake else 1)

    def _after(self, delay_ns, function, *arguments):
        self._timers.append(self.clock.call_later(delay_ns, function, *arguments))
