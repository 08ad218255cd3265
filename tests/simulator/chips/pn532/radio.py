"""The contactless front of the PN532 model: its field, its frames on the air, and the wait for an answer.

Owns RF collision avoidance, guard times and reception by bit rate; what frames mean is the engines' business. Sits
between `chip` and `tests.simulator.air`. The initiator engine uses `field_up` and `exchange` in its procedures, the
target engine `answer`; frames nobody waits for go to `on_frame`.
"""
from tests.simulator.chips.pn532 import timings
from tests.simulator.chips.pn532.procedure import pause
from tests.simulator.chips.pn532.status import OVERHEATED, RFCorrupt, RFTimeout, StatusError

BROKEN = object()


class Link:
    """How two chips talk: bit rates in kbit/s as this chip sends and receives, and the communication mode."""

    def __init__(self, send=106, receive=106, technology=None, active=False):
        self.send = send
        self.receive = receive
        self.technology = technology or ('A' if send == 106 else 'F')
        self.active = active
        self.running = False                        # the first frame has been exchanged

    def hears(self, frame):
        """Is this a frame that a receiver set to this link makes out?"""
        technology = 'B' if self.technology == 'B' else 'A' if self.receive == 106 else 'F'
        return frame.bitrate == self.receive and frame.technology == technology


class Radio:
    """See the module's text. `rfca` is RFConfiguration's automatic RF collision avoidance."""

    def __init__(self, chip):
        self.chip = chip
        self.clock = chip.clock
        self.air = chip.air
        self.field_on = False
        self.rfca = True
        self._field_since_ns = 0
        self.on_frame = None                        # callable(Frame, intact): what no exchange waits for
        self._waiting = None                        # the exchange that listens
        self._answers = []

    def reset(self):
        self.stop_answering()
        self._waiting = None
        self.set_field(False)
        self.rfca = True

    @property
    def external_field(self):
        return self.air.field_at(self.chip)

    def field_changed(self):
        """A foreign field has come or gone."""
        self._field_since_ns = self.clock.now_ns

    def set_field(self, on):
        """Switch the own field at once, without collision avoidance."""
        if on != self.field_on:
            self.field_on = on
            self.chip.registers.show_rf(on)
            self.chip.power.set_rf(on)
            self.air.set_field(self.chip, on)

    # -- initiator ----------------------------------------------------------------------------------------------
    def field_up(self, guard_ns=timings.GUARD_NS):
        """Procedure: have the field on. Raises RFTimeout where collision avoidance finds another one."""
        if self.field_on:
            return
        if self.rfca:
            yield from self._avoid_collision()
        self.set_field(True)
        yield pause(self.clock, guard_ns)

    def _avoid_collision(self):
        """Initial RFCA of ISO 18092: the air must stay free of fields for TIDT and a random time."""
        steps = 1 + self.chip.rng.randrange(4)
        for wait_ns in (timings.RFCA_WAIT_NS,) + (timings.RFCA_STEP_NS,) * (steps - 1):
            self._check_free()
            yield pause(self.clock, wait_ns)
        self._check_free()

    def _check_free(self):
        if self.external_field and self.clock.now_ns - self._field_since_ns >= timings.RFCA_DETECT_NS:
            raise RFTimeout

    def exchange(self, data, link, timeout_ns):
        """Procedure: send `data` and return the answering Frame.

        `timeout_ns` runs from the end of our frame to the beginning of the answer; None waits for ever. Raises
        RFTimeout or RFCorrupt.
        """
        if self.chip.faults.overheated:
            raise StatusError(OVERHEATED)
        in_session = link.active and link.running
        yield from self.field_up(timings.ACTIVE_GUARD_NS if in_session else timings.GUARD_NS)
        frame = self._transmit(data, link)
        yield pause(self.clock, frame.end_ns - self.clock.now_ns)
        if link.active:
            self.set_field(False)
        heard = yield self._listen(link, timeout_ns)
        if heard is None:
            raise RFTimeout
        link.running = True
        frames, intact = heard
        if not intact:
            raise RFCorrupt([frame.data for frame in frames])
        yield pause(self.clock, timings.TURNAROUND_NS)
        return frames[0]

    def send(self, data, link):
        """Procedure: send `data` and expect no answer."""
        frame = self._transmit(data, link)
        yield pause(self.clock, frame.end_ns - self.clock.now_ns + timings.TURNAROUND_NS)

    def _transmit(self, data, link):
        self.chip.counters['rf_sent'] += 1
        return self.air.transmit(self.chip, data, link.send, link.technology, link.active)

    def _listen(self, link, timeout_ns):
        def start(resume):
            self._waiting = wait = _Wait(self, link, timeout_ns, resume)
            return wait.stop
        return start

    def heard(self, frames, intact):
        """From the air: `frames` (one, or several on top of each other) have ended."""
        self.chip.counters['rf_heard'] += intact
        if self._waiting:
            self._waiting.heard(frames, intact)
        elif self.on_frame:
            self.on_frame(frames[0], intact)

    def stop_waiting(self):
        self._waiting = None

    # -- target -------------------------------------------------------------------------------------------------
    def answer(self, data, link, delay_ns, then=None):
        """Send `data` after `delay_ns`; `then()` is called when its last bit has left."""
        self._answers = [timer for timer in self._answers if timer.active]
        self._answers.append(self.clock.call_later(delay_ns, self._answer, data, link, then))

    def _answer(self, data, link, then):
        if link.active:
            self.set_field(True)
            self._later(timings.ACTIVE_GUARD_NS, self._answer_now, data, link, then)
        else:
            self._answer_now(data, link, then)

    def _answer_now(self, data, link, then):
        frame = self._transmit(data, link)
        self._later(frame.end_ns - self.clock.now_ns, self._answered, link, then)

    def _answered(self, link, then):
        if link.active:
            self.set_field(False)
        if then:
            then()

    def _later(self, delay_ns, function, *arguments):
        self._answers.append(self.clock.call_later(delay_ns, function, *arguments))

    def stop_answering(self):
        """Call off what `answer` has not sent yet."""
        for timer in self._answers:
            timer.cancel()
        self._answers = []


class _Wait:
    """The wait for an answer at one bit rate. A frame that has begun before the time-out is heard to its end."""

    def __init__(self, radio, link, timeout_ns, resume):
        self.radio = radio
        self.link = link
        self.resume = resume
        self.late = False
        self.timer = None if timeout_ns is None else radio.clock.call_later(timeout_ns, self._timeout)

    def _timeout(self):
        if self.radio.air.receiving(self.radio.chip):
            self.late = True
        else:
            self._end(None)

    def heard(self, frames, intact):
        if self.link.hears(frames[0]):
            self._end((frames, intact))
        elif self.late:
            self._end(None)

    def stop(self):
        if self.timer:
            self.timer.cancel()
        self.radio.stop_waiting()

    def _end(self, result):
        self.stop()
        self.resume(result)
