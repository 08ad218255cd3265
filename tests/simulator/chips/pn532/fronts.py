"""The three host interfaces of the PN532: SPI, I2C and HSU (UART). One of them is strapped at reset.

Each owns its bus rules and a frame parser and talks to `dialogue`; each asks `power` first, because a sleeping chip
loses (SPI, HSU) or does not acknowledge (I2C) the access that wakes it. Source: PN532 manual and field practice.
"""
from tests.simulator.chips.pn532.frames import Parser
from tests.simulator.chips.pn532.power import WAKE_HSU, WAKE_I2C, WAKE_SPI
from tests.simulator.wires import BusStuck, Nack

DATA_WRITE, STATUS_READ, DATA_READ = 1, 2, 3        # first byte after NSS falls
READY = 0x01
IMAGE_BYTES = 300


class Front:
    """What all three share: a parser for the host's frames and the image of the chip's transmit buffer."""

    uses_irq = True
    busy = False                                    # the host is in the midst of an operation

    def __init__(self, chip):
        self.chip = chip
        self.power = chip.power
        self.dialogue = chip.dialogue
        self.parser = Parser()
        self.image = bytearray(IMAGE_BYTES)         # reading past a frame's end shows what lay there before

    def reset(self):
        self.parser.reset()

    def offered(self):
        """A frame waits for the host."""

    def transfer(self, data):
        return b'\xff' * len(data)

    def i2c_write(self, data):
        raise Nack('this PN532 is not strapped for I2C')

    def i2c_read(self, length):
        raise Nack('this PN532 is not strapped for I2C')

    def serial_write(self, data, baudrate=None):
        """Bytes for an interface that is not there go nowhere."""

    def change_baudrate(self, code):
        """SetSerialBaudRate has no effect here."""

    def serial_read(self):
        return b''

    def _feed(self, data):
        for kind, payload in self.parser.feed(self.chip.faults.inbound.apply(data)):
            self.dialogue.received(kind, payload)

    def _load(self):
        """The next waiting frame into the image; its length."""
        frame = self.dialogue.take()
        self.image[:len(frame)] = frame
        return len(frame)


class SPIFront(Front):
    """Opcodes, least significant bit first. A frame may be read in pieces if each begins with the opcode again; the
    byte clocked out under that opcode belongs to the frame then."""

    def __init__(self, chip):
        super().__init__(chip)
        self._opcode = None
        self._left = self._at = 0                   # of the frame that is being read
        chip.select.watch(self._selected)

    def reset(self):
        super().reset()
        self._opcode, self._left = None, 0

    def _selected(self, level):
        self.busy = not level
        if level:
            self.parser.reset()
            self.chip.host_is_done()
        else:
            self.power.host_access(WAKE_SPI, self.power.wake_bus_ns)
        self._opcode = None

    def offered(self):
        self._left = 0                              # a new frame takes the place of what was left of the old one

    def transfer(self, data):
        if not self.power.host_access(WAKE_SPI, self.power.wake_bus_ns):
            self.chip.counters['lost_accesses'] += 1
            return b'\xff' * len(data)
        if self._opcode is None:
            return self._begin(data[0]) + self._continue(data[1:]) if data else b''
        return self._continue(data)

    def _begin(self, opcode):
        self._opcode = opcode
        if opcode == DATA_READ:
            if self._left:
                return self._read(1)
            self._left, self._at = self._load(), 0
        elif opcode not in (DATA_WRITE, STATUS_READ):
            self.chip.complain(f'SPI opcode {opcode:02x} is unknown (bits in the wrong order?)')
        return b'\x00'

    def _continue(self, data):
        if self._opcode == DATA_READ:
            return self._read(len(data))
        if self._opcode == STATUS_READ:
            return bytes([READY if self.dialogue.waiting else 0]) * len(data)
        if self._opcode == DATA_WRITE:
            self._feed(data)
        return b'\x00' * len(data)

    def _read(self, length):
        data = bytes(self.image[self._at:self._at + length])
        self._at += length
        self._left = max(0, self._left - length)
        return data + b'\x00' * (length - len(data))


class I2CFront(Front):
    """Address 24. A read begins with the status byte; a frame is gone with the transaction that began to read it."""

    def i2c_write(self, data):
        self._address()
        self.parser.reset()
        self._feed(data)

    def i2c_read(self, length):
        self._address()
        ready = self.dialogue.waiting
        if ready:
            self._load()
        data = bytes([READY if ready else 0]) + bytes(self.image)
        return data[:length] + b'\x00' * (length - len(data))

    def _address(self):
        if self.chip.faults.stuck_scl:
            raise BusStuck('SCL is held low by the PN532')
        if not self.power.host_access(WAKE_I2C, self.power.wake_bus_ns):
            self.chip.counters['lost_accesses'] += 1
            raise Nack('the PN532 sleeps')


class HSUFront(Front):
    """UART, 8N1, at the chip's baud rate both ways. What the host sends arrives when its last bit has; frames leave as
    soon as they are there, and `on_serial(data)` is called when the last bit is out (without it the bytes wait for
    `serial_read`)."""

    uses_irq = False
    BAUDRATES = (9600, 19200, 38400, 57600, 115200, 230400, 460800, 921600, 1288000)
    DEFAULT = 115200

    def __init__(self, chip):
        super().__init__(chip)
        self.baudrate = self.DEFAULT
        self.noise = 0                              # bytes at a wrong baud rate
        self.on_serial = None
        self._next_baudrate = None
        self._heard_at_ns = self._sent_at_ns = 0    # end of the last byte in either direction
        self._received = bytearray()

    def reset(self):
        super().reset()
        self.baudrate, self._next_baudrate = self.DEFAULT, None
        self._received.clear()

    def change_baudrate(self, code):
        """SetSerialBaudRate was answered: the host's ACK, or whatever it sends next, makes it so."""
        self._next_baudrate = self.BAUDRATES[code]

    def serial_write(self, data, baudrate=None):
        """The host has sent `data`. A `baudrate` other than the chip's makes noise of it; None means it fits."""
        if baudrate not in (None, self.baudrate):
            if baudrate != self._next_baudrate:
                self.noise += len(data)
                return
        clock, byte_ns = self.chip.clock, self._byte_ns()
        start_ns = max(self._heard_at_ns, clock.now_ns)
        self._heard_at_ns = start_ns + len(data) * byte_ns
        clock.call_at(start_ns + byte_ns, self.power.host_access, WAKE_HSU, self.power.wake_serial_ns)
        clock.call_at(self._heard_at_ns, self._arrived, data, start_ns, byte_ns)

    def _arrived(self, data, start_ns, byte_ns):
        """The last byte is there; those that came while the chip slept or woke are lost."""
        missing = len(data)
        if self.power.listening:
            missing = min(missing, max(0, -(-(self.power.awake_since_ns - start_ns) // byte_ns)))
        self.chip.counters['lost_bytes'] += missing
        self._feed(data[missing:])

    def _byte_ns(self):
        return 10 * 1_000_000_000 // self.baudrate

    def _feed(self, data):
        if self._next_baudrate:
            self.baudrate, self._next_baudrate = self._next_baudrate, None
        super()._feed(data)

    def offered(self):
        while self.dialogue.waiting:
            frame = self.dialogue.take()
            self._sent_at_ns = max(self._sent_at_ns, self.chip.clock.now_ns) + len(frame) * self._byte_ns()
            self.chip.clock.call_at(self._sent_at_ns, self._sent, frame)

    def _sent(self, frame):
        if self.on_serial:
            self.on_serial(frame)
        else:
            self._received += frame

    def serial_read(self):
        """All bytes that have arrived at the host since the last call."""
        data = bytes(self._received)
        self._received.clear()
        return data


FRONTS = {'spi': SPIFront, 'i2c': I2CFront, 'hsu': HSUFront}
