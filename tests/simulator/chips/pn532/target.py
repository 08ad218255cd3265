"""Target mode of the PN532: TgInitAsTarget, the sessions it leads to, and the commands of the target's host.

Owns whether the chip is armed, what activated it and the session that is on. An armed chip sleeps until a field or its
host wakes it and schedules nothing meanwhile. Uses `autocoll`, `dep`, `isodep`; frames reach it through `radio`.
"""
from collections import deque

from tests.simulator.chips.pn532 import dep, isodep, registers, timings
from tests.simulator.chips.pn532.autocoll import (
    DEP_ONLY,
    GENERAL_MAX,
    PASSIVE_ONLY,
    PICC_ONLY,
    SEL_RES_DEP,
    SEL_RES_ISO_DEP,
    AutoColl,
    TargetParameters,
)
from tests.simulator.chips.pn532.radio import Link
from tests.simulator.chips.pn532.status import BAD_PARAMETER, CRC, INVALID_STATE, OK, RELEASED, StatusError, SyntaxFault
from tests.simulator.chips.pn532.system import PARAMETER_AUTO_ATR, PARAMETER_PICC

TG_INIT_AS_TARGET = 0x8C
MODE_DEP, MODE_ISO_DEP, MODE_ACTIVE, MODE_F = 0x04, 0x08, 0x01, 0x02
STATE_CODES = {'active': 1, 'deselected': 2}        # TgGetTargetStatus; all else is 0
DATA_MAX = 262


class RawSession:
    """Frames as they are, for TgGetInitiatorCommand and TgResponseToInitiator. Bit rates follow CIU_RxMode/TxMode."""

    def __init__(self, engine, link):
        self.engine = engine
        self.link = link
        self.atr_req = b''                          # an ATR_REQ that nobody has answered yet
        self._inbox = deque()
        self._reader = None

    def frame(self, frame):
        bitrate, technology, _ = self.engine.chip.registers.link(registers.CIU_RX_MODE)
        if not Link(bitrate, bitrate, technology).hears(frame):
            return
        self._inbox.append(bytes([OK]) + self.engine.without_sync(frame))
        self._serve()

    def damaged(self, frame):
        self._inbox.append(bytes([CRC]))
        self._serve()

    def get_command(self, answer):
        self._reader = answer
        self._serve()

    def _serve(self):
        if self._inbox and self._reader:
            answer, self._reader = self._reader, None
            answer(self._inbox.popleft())

    def respond(self, data, answer):
        bitrate, technology, active = self.engine.chip.registers.link(registers.CIU_TX_MODE)
        if bitrate == 106 and self.engine.chip.registers.detect_sync:
            data = bytes([dep.SYNC]) + data
        self.engine.radio.answer(data, Link(bitrate, bitrate, technology, active or self.link.active),
                                 timings.DEP_ANSWER_NS, lambda: answer(bytes([OK])))

    def forget(self):
        self._reader = None

    def over(self):
        if self._reader:
            self._reader(bytes([RELEASED]))
        self.forget()


class Target:
    """`state`: 'off', 'armed', 'active', 'released' or 'deselected'. `commands()` is its share of the table."""

    def __init__(self, chip):
        self.chip = chip
        self.clock = chip.clock
        self.radio = chip.radio
        self.radio.on_frame = self._frame
        self.state = 'off'
        self.session = None
        self.link = Link()
        self._autocoll = None
        self._sleep_timer = None
        self._sleepy = False                        # would sleep, were it not for a field or the host

    def commands(self):
        return {TG_INIT_AS_TARGET: self.init_as_target, 0x92: self.set_general_bytes, 0x86: self.get_data,
                0x8E: self.set_data, 0x94: self.set_meta_data, 0x88: self.get_initiator_command,
                0x90: self.response_to_initiator, 0x8A: self.get_target_status}

    def reset(self):
        self._stop_sleeping()
        self.radio.stop_answering()
        self.session = None
        self.state = 'off'

    # -- arming -------------------------------------------------------------------------------------------------
    def init_as_target(self, data):
        self.chip.initiator.reset()
        self.radio.set_field(False)
        self.reset()
        self._autocoll = AutoColl(TargetParameters(data))
        self.state = 'armed'
        self._sleep_soon()

    def command_stopped(self, code):
        """The host has aborted its command: an armed chip stops listening, a session goes on."""
        if code == TG_INIT_AS_TARGET:
            self.reset()
        elif self.session:
            self.session.forget()

    def field_changed(self, present):
        """A foreign field has come or gone. A chip that its host woke stays awake until then."""
        self._stop_sleeping()
        self._sleepy = False
        if present or self.state == 'off':
            return
        if self.state == 'armed':
            self._autocoll.field_lost()
            self._sleep_soon()
        elif self.state == 'active' and not self.link.active:
            self.release()

    def _sleep_soon(self):
        self._stop_sleeping()
        self._sleepy = True
        if not self.radio.external_field and not self.chip.dialogue.waiting:
            self._sleep_timer = self.clock.call_later(timings.SLEEP_TARGET_NS, self._sleep)

    def host_is_done(self):
        """The host has read the ACK, or has ended an operation: if that was all that kept the chip awake, it sleeps."""
        if self.state == 'armed' and self._sleepy:
            self._sleep_soon()

    def _sleep(self):
        self._sleep_timer = None
        if not self.chip.dialogue.waiting and not self.chip.front.busy:
            self._sleepy = False
            self.chip.power.sleep()

    def _stop_sleeping(self):
        if self._sleep_timer:
            self._sleep_timer.cancel()
            self._sleep_timer = None

    # -- frames -------------------------------------------------------------------------------------------------
    def _frame(self, frame, intact):
        if self.radio.field_on:
            return
        if self.state == 'active':
            (self.session.frame if intact else self.session.damaged)(frame)
        elif self.state == 'armed' and intact:
            self._armed_frame(frame)

    def _armed_frame(self, frame):
        if frame.technology == 'F' and self.chip.registers.nfc_a_only:
            return
        if frame.active:
            answer = None if self._may_be_active(frame) else b''
        elif frame.technology == 'A':
            answer = self._autocoll.nfc_a(frame.data)
        elif frame.technology == 'F':
            answer = self._autocoll.nfc_f(frame.data, frame.bitrate)
        else:
            answer = b''
        if answer is None:
            self._first_command(frame)
        elif answer:
            self.radio.answer(answer, Link(frame.bitrate, frame.bitrate), self._poll_delay_ns(frame))

    def _may_be_active(self, frame):
        blocked = self._autocoll.parameters.mode & PASSIVE_ONLY or self.chip.registers.nfc_a_only
        return not blocked and dep.is_atr_request(dep.unwrap(frame.data, frame.bitrate))

    def _poll_delay_ns(self, frame):
        if frame.technology == 'A':
            return timings.NFC_A_ANSWER_NS
        slots = frame.data[5] + 1                               # TSN
        return timings.NFC_F_ANSWER_NS + self.chip.rng.randrange(slots) * timings.NFC_F_SLOT_NS

    def _first_command(self, frame):
        """A selected target's first command decides what the chip becomes."""
        parameters = self._autocoll.parameters
        command = dep.unwrap(frame.data, frame.bitrate)
        nfc_a = frame.technology == 'A' and not frame.active
        if dep.is_atr_request(command) and not parameters.mode & PICC_ONLY and (
                not nfc_a or parameters.sel_res & SEL_RES_DEP):
            self._become_dep(frame, command)
        elif nfc_a and frame.data[0] == isodep.RATS and len(frame.data) == 2 and not parameters.mode & DEP_ONLY and (
                parameters.sel_res & SEL_RES_ISO_DEP):
            self._become_card(frame)
        elif not parameters.mode & (DEP_ONLY | PICC_ONLY) and not frame.active:
            self._become_raw(frame, 0)
        else:
            self._autocoll.refuse()

    def _become_dep(self, frame, command):
        if not self.chip.settings.has(PARAMETER_AUTO_ATR):
            self._become_raw(frame, MODE_DEP)
            self.session.atr_req = command
            return
        link = self._activate(frame)
        self._start_dep(link, command, self._autocoll.parameters.general)
        self._report(frame, MODE_DEP, bytes([len(command) + 1]) + command)

    def _start_dep(self, link, atr_req, general):
        """Answer an ATR_REQ and go on with NFC-DEP."""
        self.session = dep.DEPTarget(self, link, atr_req, self._autocoll.parameters.nfcid3, general)

    def _become_card(self, frame):
        if not self.chip.settings.has(PARAMETER_PICC):
            self._become_raw(frame, 0)
            return
        link = self._activate(frame)
        self.session = isodep.ISODEPCard(self, link, frame.data)
        self.radio.answer(isodep.ats(self._autocoll.parameters.historical), link, timings.RATS_ANSWER_NS)
        self._report(frame, MODE_ISO_DEP, frame.data)

    def _become_raw(self, frame, mode):
        self.session = RawSession(self, self._activate(frame))
        self._report(frame, mode, self.without_sync(frame))

    def _activate(self, frame):
        self.state = 'active'
        self.chip.counters['activations'] += 1
        self.link = Link(frame.bitrate, frame.bitrate, active=frame.active)
        self.chip.registers.set_link(frame.bitrate, frame.bitrate, 'ACTIVE' if frame.active else frame.technology)
        return self.link

    def _report(self, frame, mode, command):
        """Response of TgInitAsTarget: how we were activated, and by what."""
        mode |= registers.RATES.index(frame.bitrate) << 4
        mode |= MODE_ACTIVE if frame.active else MODE_F if frame.technology == 'F' else 0
        self.chip.dialogue.respond_soon(bytes([mode]) + command)

    def without_sync(self, frame):
        """The frame as the host gets it: CIU_Mode's DetectSync takes F0 away at 106 kbit/s."""
        strip = frame.bitrate == 106 and self.chip.registers.detect_sync and frame.data[:1] == bytes([dep.SYNC])
        return frame.data[1:] if strip else frame.data

    # -- for the sessions ---------------------------------------------------------------------------------------
    def set_rates(self, send, receive):
        """After PSL, kbit/s."""
        self.link.send, self.link.receive = send, receive
        self.link.technology = 'A' if send == 106 else 'F'
        self.chip.registers.set_link(send, receive, 'ACTIVE' if self.link.active else self.link.technology)

    def release(self, deselected=False):
        """The field has gone, or the initiator has let us go: the host hears 29 from now on."""
        if self.session:
            self.state = 'deselected' if deselected else 'released'
            self.radio.stop_answering()
            session, self.session = self.session, None
            session.over()

    # -- commands of the host -----------------------------------------------------------------------------------
    def _current(self, kind):
        """The session, if it is one for this command. Raises StatusError."""
        if self.state in ('released', 'deselected'):
            raise StatusError(RELEASED)
        if not isinstance(self.session, kind):
            raise StatusError(INVALID_STATE)
        return self.session

    def get_data(self, data):
        if data:
            raise SyntaxFault
        self._current((dep.DEPTarget, isodep.ISODEPCard)).get_data(self.chip.dialogue.respond_soon)

    def set_data(self, data, more=False):
        if len(data) > DATA_MAX:
            raise SyntaxFault
        session = self._current((dep.DEPTarget, isodep.ISODEPCard))
        session.set_data(data, more, self.chip.dialogue.respond_soon)

    def set_meta_data(self, data):
        self.set_data(data, more=True)

    def get_initiator_command(self, data):
        if data:
            raise SyntaxFault
        self._current(RawSession).get_command(self.chip.dialogue.respond_soon)

    def response_to_initiator(self, data):
        self._current(RawSession).respond(data, self.chip.dialogue.respond_soon)

    def set_general_bytes(self, data):
        """Answers the ATR_REQ of a chip whose automatic ATR_RES is off."""
        session = self._current(RawSession)
        if len(data) > GENERAL_MAX:
            return bytes([BAD_PARAMETER])
        if not session.atr_req:
            raise StatusError(INVALID_STATE)
        self._start_dep(session.link, session.atr_req, data)
        return bytes([OK])

    def get_target_status(self, data):
        if data:
            raise SyntaxFault
        codes = registers.RATES.index(self.link.receive) << 4 | registers.RATES.index(self.link.send)
        return bytes([STATE_CODES.get(self.state, 0), codes if self.state == 'active' else 0])
