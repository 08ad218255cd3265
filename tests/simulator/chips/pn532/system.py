"""Commands of the PN532 that concern the chip itself: versions, registers, parameters, power, RF configuration.

Owns their state (SAM mode, parameter flags, RF time-outs and retries). Used by `chip`. Source: PN532 manual; field
defaults as libnfc and nfcpy rely on them.
"""
from tests.simulator.chips.pn532 import timings
from tests.simulator.chips.pn532.status import BAD_PARAMETER, OK, StatusError, SyntaxFault

PARAMETER_DID = 0x02
PARAMETER_AUTO_ATR = 0x04
PARAMETER_AUTO_RATS = 0x10
PARAMETER_PICC = 0x20
PARAMETER_BARE_FRAMES = 0x40
FOR_EVER = 0xFF
ECHO_MAX = 262


class Settings:
    """What RFConfiguration, SetParameters and SAMConfiguration set."""

    def __init__(self):
        self.parameters = PARAMETER_AUTO_ATR | PARAMETER_AUTO_RATS
        self.sam_mode = None                        # None until SAMConfiguration: LowVbat
        self.atr_timeout = 0x0B
        self.retry_timeout = 0x0A
        self.communication_retries = 0
        self.atr_retries = None                     # None: default, FF in active and 02 in passive mode
        self.psl_retries = 1
        self.activation_retries = FOR_EVER
        self.analog = {}

    def has(self, flag):
        return bool(self.parameters & flag)


class System:
    """`commands()` is its share of the command table."""

    def __init__(self, chip):
        self.chip = chip

    def commands(self):
        return {0x00: self.diagnose, 0x02: self.firmware_version, 0x04: self.general_status,
                0x06: self.read_register, 0x08: self.write_register, 0x10: self.serial_baudrate,
                0x12: self.set_parameters, 0x14: self.sam_configuration, 0x16: self.power_down,
                0x32: self.rf_configuration}

    def diagnose(self, data):
        if not data:
            raise SyntaxFault
        test = data[0]
        if test == 0:
            if len(data) > 1 + ECHO_MAX:
                raise SyntaxFault
            return data
        if test in (1, 2):                                      # ROM, RAM
            return bytes([OK])
        if test == 6:
            return self.chip.initiator.presence()
        return bytes([BAD_PARAMETER])

    def firmware_version(self, data):
        _expect(len(data) == 0)
        return self.chip.faults.firmware

    def general_status(self, data):
        _expect(len(data) == 0)
        chip = self.chip
        return bytes([chip.last_error, chip.radio.external_field]) + chip.initiator.status() + b'\x00'

    def read_register(self, data):
        _expect(data and len(data) % 2 == 0)
        values = (self.chip.registers.read(data[i] << 8 | data[i + 1]) for i in range(0, len(data), 2))
        return bytes(values)

    def write_register(self, data):
        _expect(data and len(data) % 3 == 0)
        for i in range(0, len(data), 3):
            self.chip.registers.write(data[i] << 8 | data[i + 1], data[i + 2])
        return b''

    def serial_baudrate(self, data):
        _expect(len(data) == 1 and data[0] <= 8)
        self.chip.dialogue.respond(b'', lambda: self.chip.front.change_baudrate(data[0]))

    def set_parameters(self, data):
        _expect(len(data) == 1)
        self.chip.settings.parameters = data[0]
        return b''

    def sam_configuration(self, data):
        """Mode, [time-out x 50 ms, [IRQ]]; the IRQ line is driven unless told otherwise."""
        _expect(1 <= len(data) <= 3 and 1 <= data[0] <= 4)
        self.chip.settings.sam_mode = data[0]
        self.chip.dialogue.irq_enabled = len(data) < 3 or bool(data[2])
        return b''

    def power_down(self, data):
        _expect(1 <= len(data) <= 2)
        generate_irq = len(data) > 1 and bool(data[1] & 1)
        self.chip.dialogue.respond(bytes([OK]), lambda: self.chip.clock.call_later(
            timings.POWER_DOWN_NS, self.chip.power_down, data[0], generate_irq))

    def rf_configuration(self, data):
        _expect(len(data) >= 2)
        item, values = data[0], data[1:]
        settings = self.chip.settings
        if item == 0x01:
            self.chip.radio.rfca = bool(values[0] & 2)
            return self._switch_field(values[0] & 1)
        if item == 0x02:
            _expect(len(values) == 3)
            settings.atr_timeout, settings.retry_timeout = values[1], values[2]
        elif item == 0x04:
            settings.communication_retries = values[0]
        elif item == 0x05:
            _expect(len(values) == 3)
            settings.atr_retries, settings.psl_retries, settings.activation_retries = values
        else:
            settings.analog[item] = values
        return b''

    def _switch_field(self, on):
        radio = self.chip.radio
        if not on:
            radio.set_field(False)
            return b''
        return self._field_up()

    def _field_up(self):
        """Procedure: the command has no status, so that collision avoidance fails in silence."""
        try:
            yield from self.chip.radio.field_up()
        except StatusError as error:
            self.chip.last_error = error.code
        return b''


def _expect(condition):
    """Wrong number or range of parameters: the error frame."""
    if not condition:
        raise SyntaxFault
