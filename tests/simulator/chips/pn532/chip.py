"""The PN532 as seen from its pins: lines, buses, and the parts of the package wired together.

Owns the composition, the table of commands, counters and complaints. Used by `pin` and the tests.
"""
from collections import Counter

from tests.simulator.air import Air
from tests.simulator.chips.pn532.dialogue import Dialogue
from tests.simulator.chips.pn532.faults import Faults
from tests.simulator.chips.pn532.fronts import FRONTS
from tests.simulator.chips.pn532.initiator import Initiator
from tests.simulator.chips.pn532.power import Power
from tests.simulator.chips.pn532.radio import Radio
from tests.simulator.chips.pn532.registers import Registers
from tests.simulator.chips.pn532.system import PARAMETER_BARE_FRAMES, Settings, System
from tests.simulator.chips.pn532.target import Target
from tests.simulator.wires import Line

BEFORE_SAM = frozenset((0x00, 0x02, 0x04, 0x06, 0x08, 0x10, 0x12, 0x14, 0x16, None))     # None: a frame without one


class PN532:
    """One chip. `interface` is 'spi', 'i2c' or 'hsu'; `air` may be left out for a chip that stays alone.

    Lines: `irq` (idle 1, low while an ACK or response waits; not on HSU), `reset` (RSTPD_N, idle 1), `select` (NSS,
    idle 1). Buses: `transfer` (SPI, `lsb_first`), `i2c_write`/`i2c_read` (address 24), `serial_write`/`serial_read`
    and `front.on_serial` (HSU). It begins as a chip does that was powered long ago: booted, in LowVbat, so that the first
    access of the host only wakes it.

    To look at: `power.ledger` (energy states and times), `counters`, `complaints`, `dialogue.history`,
    `target.state`, `initiator.targets`, `radio.field_on`. To break: `faults`, and the air's.
    To vary: `dep_retries`, `auto_extension`, `power.wake_bus_ns`, `power.wake_serial_ns`.
    """

    lsb_first = True

    def __init__(self, clock, rng, air=None, interface='spi', name=''):
        self.clock = clock
        self.rng = rng
        self.air = air or Air(clock, rng)
        self.name = name or f'pn532-{interface}'
        self.interface = interface
        self.irq = Line('irq', 1)
        self.reset = Line('reset', 1)
        self.select = Line('select', 1)
        self.complaints = []
        self.counters = Counter()
        self.last_error = 0
        # An initiator's tries to recover one lost or damaged NFC-DEP or ISO-DEP frame. NFC Forum allows 2..5; guess.
        self.dep_retries = 5
        self.auto_extension = True                  # RTOX and WTX while the target's host thinks; not seen on silicon
        self.faults = Faults(rng)
        self.settings = Settings()
        self._build()

    def _build(self):
        self.power = Power(self.clock, self.complain, self._woken, self._reset)
        self.registers = Registers()
        self.radio = Radio(self)
        self.registers.set_rf = self.radio.set_field
        self.initiator = Initiator(self)
        self.target = Target(self)
        self.commands = {}
        for part in (System(self), self.initiator, self.target):
            self.commands.update(part.commands())
        self.dialogue = Dialogue(self, self.commands)
        self.front = self.dialogue.front = FRONTS[self.interface](self)
        self._irq_on_wake = False
        self.reset.watch(self.power.set_reset)

    # -- supply -------------------------------------------------------------------------------------------------
    def power_off(self):
        """Take the supply away: everything volatile is lost."""
        self.power.set_supply(False)

    def power_on(self):
        """Give the supply back; the chip boots as after a reset."""
        self.power.set_supply(True)

    def power_down(self, sources, generate_irq):
        """Soft power-down by command."""
        self.radio.set_field(False)
        self._irq_on_wake = generate_irq
        self.power.sleep(sources)
        if self.radio.external_field:
            self.power.field_access()

    def _woken(self):
        if self._irq_on_wake:
            self._irq_on_wake = False
            self.dialogue.wake_irq()

    def _reset(self):
        self.settings = Settings()
        self.last_error = 0
        self._irq_on_wake = False
        self.dialogue.reset()
        self.front.reset()
        self.initiator.reset()
        self.target.reset()
        self.radio.reset()
        self.registers.reset()
        self.faults.power_cycled()

    # -- buses --------------------------------------------------------------------------------------------------
    def transfer(self, data):
        """SPI, while `select` is low: as many bytes back as came in, bits as the chip orders them."""
        return self.front.transfer(bytes(data))

    def i2c_write(self, data):
        """I2C write; raises Nack while asleep (and wakes), BusStuck."""
        self.front.i2c_write(bytes(data))

    def i2c_read(self, length):
        """I2C read: status byte, then the frame that waits; raises Nack while asleep (and wakes), BusStuck."""
        return self.front.i2c_read(length)

    def serial_write(self, data, baudrate=None):
        """HSU bytes from the host; `baudrate` is the host's, None where it surely fits."""
        self.front.serial_write(bytes(data), baudrate)

    def serial_read(self):
        """HSU bytes for the host since the last call."""
        return self.front.serial_read()

    # -- air ----------------------------------------------------------------------------------------------------
    def air_field(self, present):
        """The air's call: a foreign field has come or gone."""
        self.radio.field_changed()
        if present:
            self.power.field_access()
        self.target.field_changed(present)

    def air_receive(self, frames, intact):
        """The air's call: something was heard."""
        if self.power.listening:
            self.radio.heard(frames, intact)

    # -- for the parts ------------------------------------------------------------------------------------------
    @property
    def bare_frames(self):
        return self.settings.has(PARAMETER_BARE_FRAMES)

    def complain(self, sentence):
        """Note a rule that the host broke."""
        self.complaints.append(f'{self.name}: {sentence}')

    def accepts(self, code):
        """Before SAMConfiguration the chip has no ear for RF commands."""
        if self.settings.sam_mode is None and code not in BEFORE_SAM:
            self.complain(f'command {code:02x} before SAMConfiguration')
            return False
        return True

    def host_is_done(self):
        """The host has read what waited, or has ended a bus operation."""
        self.target.host_is_done()

    def command_stopped(self, code):
        """The dialogue has aborted a command."""
        self.target.command_stopped(code)
