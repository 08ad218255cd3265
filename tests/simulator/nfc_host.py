"""A plain host for a PN532 model: writes command frames on its bus and reads what comes, in virtual time.

Owns nothing of NFC; it is what tests put behind a chip where the firmware's own driver would be too much, or must not
be used (tests of the model itself, a tag for foreign readers). Speaks all three interfaces, driven by IRQ or by bytes.

    host = NFCHost(chip)
    host.begin()                                    # wake, SAMConfiguration, usual parameters
    host.command(0x02)                              # b'\\x32\\x01\\x06\\x07'; runs the clock until it is there
    host.play(script(host))                         # or as a generator beside others: data = yield 0x86, b''
"""
import contextlib

from tests.simulator.chips.pn532 import frames
from tests.simulator.wires import Nack

READ_BYTES = 290
SECOND_NS = 1_000_000_000
WAKE_WAIT_NS = 5_000_000
WAKE_PREAMBLE = b'\x55\x55' + bytes(14)


class NoAnswer(Exception):
    """The chip gave no ACK or no response in time."""


class ErrorFrame(Exception):
    """The chip answered with the error frame (syntax error)."""


class NFCHost:
    """`frames` keeps everything the chip said: b'' for an ACK, None for an error frame, else code and data."""

    def __init__(self, chip):
        self.chip = chip
        self.clock = chip.clock
        self.frames = []
        self._stream = bytearray()
        self._script = None
        self.result = None                          # return value of the script played last
        chip.irq.watch(self._irq)
        if chip.interface == 'hsu':
            chip.front.on_serial = self._heard

    # -- bytes --------------------------------------------------------------------------------------------------
    def write(self, data):
        """Raw bytes to the chip, as one bus transaction."""
        if self.chip.interface == 'spi':
            self.chip.select.set(0)
            self.chip.transfer(b'\x01' + data)
            self.chip.select.set(1)
        elif self.chip.interface == 'i2c':
            self.chip.i2c_write(data)
        else:
            self.chip.serial_write(data)

    def read(self):
        """Whatever the chip shows now (SPI, I2C); its frames go to `frames`."""
        if self.chip.interface == 'spi':
            self.chip.select.set(0)
            data = self.chip.transfer(b'\x03' + bytes(READ_BYTES))[1:]
            self.chip.select.set(1)
        else:
            data = self.chip.i2c_read(READ_BYTES)[1:]
        self._take(data)

    def wake(self):
        """An access that a sleeping chip loses, and time to come round."""
        if self.chip.interface == 'spi':
            self.chip.select.set(0)
            self.chip.select.set(1)
        elif self.chip.interface == 'hsu':
            self.chip.serial_write(WAKE_PREAMBLE)
        else:
            with contextlib.suppress(Nack):
                self.chip.i2c_read(1)
        self.clock.advance(WAKE_WAIT_NS)

    def _irq(self, level):
        if not level:
            self.clock.call_later(20_000, self._read_if_low)

    def _read_if_low(self):
        if self.chip.irq.level == 0 and self.chip.power.listening:
            self.read()

    def _heard(self, data):
        self._stream += data
        data, self._stream = bytes(self._stream), bytearray()
        self._take(data)

    def _take(self, data):
        frame = decode(data)
        if frame is not False:
            self.frames.append(frame)
            if frame != b'':
                self._advance(frame)

    # -- commands -----------------------------------------------------------------------------------------------
    def begin(self, parameters=0x34):
        """As a driver does after reset: wake, SAMConfiguration, SetParameters, one try for polls, RF off."""
        self.wake()
        self.command(0x14, b'\x01\x00\x01')
        self.command(0x12, bytes([parameters]))
        self.command(0x32, b'\x05\x02\x01\x00')
        self.command(0x32, b'\x01\x02')

    def send(self, code, data=b''):
        """Write a command frame and do not wait."""
        self.write(frames.encode(bytes([code]) + data, identifier=frames.HOST_TO_CHIP))

    def abort(self):
        """The host's ACK."""
        self.write(frames.ACK)

    def command(self, code, data=b'', timeout_ns=SECOND_NS):
        """Run a command to its response and return the data after the response code.

        Raises NoAnswer, or ErrorFrame for the chip's error frame.
        """
        start, end_ns = len(self.frames), self.clock.now_ns + timeout_ns
        self.send(code, data)
        while True:
            for frame in self.frames[start:]:
                if frame is None:
                    raise ErrorFrame(f'command {code:02x}')
                if frame and frame[0] == code + 1:
                    return frame[1:]
            due_ns = self.clock.next_due_ns()
            if due_ns is None or due_ns > end_ns:
                self.clock.advance_to(end_ns)
                raise NoAnswer(f'command {code:02x}: {len(self.frames) - start} frames came')
            self.clock.run_next()

    def play(self, script):
        """Run a generator that yields (code, data) and is sent what follows the response code, None for an error."""
        self._script = script
        self._next(None)
        return self

    def _advance(self, frame):
        if self._script:
            self._next(frame and frame[1:])

    def _next(self, value):
        try:
            code, data = self._script.send(value)
        except StopIteration as end:
            self._script, self.result = None, end.value
            return
        self.send(code, data)


def decode(data):
    """First chip frame in `data`: b'' for ACK, None for the error frame, code and data, False where there is none."""
    at = data.find(frames.START)
    if at < 0 or len(data) < at + 5:
        return False
    head = data[at + 2:at + 4]
    if head == b'\x00\xff':
        return b''
    if head == b'\xff\xff':
        length, at = data[at + 4] << 8 | data[at + 5], at + 7
    else:
        length, at = data[at + 2], at + 4
    body = data[at:at + length + 1]
    if len(body) != length + 1 or sum(body) & 0xFF:
        return False
    return None if body[0] == 0x7F else bytes(body[1:-1])
