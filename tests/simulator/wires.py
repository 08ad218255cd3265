"""Wires between a pin's processor and its chips: single lines, SPI and I2C buses, a serial line.

Own the levels and the routing, nothing else. A chip model is attached to a bus and reads or drives lines; the
processor's side (the `machine` shims on MicroPython, `host` on CPython) calls `transfer`, `write`, `read` and `set`.
Wire time is computed here and charged by the caller, because only the caller knows whose clock it is.
"""

REVERSED = bytes(int(f'{value:08b}'[::-1], 2) for value in range(256))


class Nack(Exception):
    """No chip acknowledged the I2C address (MicroPython: OSError ENODEV)."""


class BusStuck(Exception):
    """SCL or SDA is held low (MicroPython: OSError ETIMEDOUT)."""


class Line:
    """A digital wire. `set(level)` tells the watchers of a change; watchers get the new level (0 or 1)."""

    def __init__(self, name='', level=0):
        self.name = name
        self.level = level
        self.edges = 0
        self._watchers = []

    def set(self, level):
        level = 1 if level else 0
        if level != self.level:
            self.level = level
            self.edges += 1
            for watcher in list(self._watchers):
                watcher(level)

    def watch(self, watcher):
        self._watchers.append(watcher)


class SPIBus:
    """Chips on one SPI bus, each behind its own chip-select Line (active low).

    A chip has `lsb_first` (bool) and `transfer(data: bytes) -> bytes` (same length). It watches its chip select by
    itself. Bytes that no selected chip hears are counted in `unheard` and answered FF, as an open MISO reads.
    """

    def __init__(self):
        self._chips = []
        self.calls = 0
        self.bytes = 0
        self.unheard = 0
        self.fault = None                       # callable(bytes sent, bytes answered) -> bytes answered
        self.noise = None                       # callable(bytes) -> bytes as they arrive, both ways; see chips.noise

    def attach(self, chip, select):
        self._chips.append((chip, select))

    def transfer(self, data, lsb_first=False):
        """Clock `data` out and return what came in."""
        self.calls += 1
        self.bytes += len(data)
        if self.noise:
            data = self.noise(data)
        answer = None
        for chip, select in self._chips:
            if select.level == 0:
                flip = chip.lsb_first != lsb_first
                heard = chip.transfer(data.translate(REVERSED) if flip else data)
                answer = heard.translate(REVERSED) if flip else heard
        if answer is None:
            self.unheard += len(data)
            answer = b'\xff' * len(data)
        if self.noise:
            answer = self.noise(answer)
        return self.fault(data, answer) if self.fault else answer

    @staticmethod
    def wire_ns(length, baudrate):
        return length * 8 * 1_000_000_000 // baudrate


class I2CBus:
    """Chips on one I2C bus by 7-bit address. A chip has `i2c_write(data)` and `i2c_read(length) -> bytes`; both may
    raise Nack (address not acknowledged) or BusStuck."""

    def __init__(self):
        self._chips = {}
        self.calls = 0
        self.bytes = 0
        self.stuck = False
        self.fault = None                       # callable(address, bytes answered) -> bytes answered
        self.noise = None                       # callable(bytes) -> bytes as they arrive, both ways; see chips.noise

    def attach(self, chip, address):
        self._chips[address] = chip

    def addresses(self):
        return sorted(self._chips)

    def _chip(self, address, length):
        self.calls += 1
        self.bytes += length + 1
        if self.stuck:
            raise BusStuck(hex(address))
        if self.noise:
            address, = self.noise(bytes([address]))
        if address not in self._chips:
            raise Nack(hex(address))
        return self._chips[address]

    def write(self, address, data):
        chip, data = self._chip(address, len(data)), bytes(data)
        chip.i2c_write(self.noise(data) if self.noise else data)

    def read(self, address, length):
        data = self._chip(address, length).i2c_read(length)
        if self.noise:
            data = self.noise(data)
        return self.fault(address, data) if self.fault else data

    @staticmethod
    def wire_ns(length, frequency):
        """Address byte and `length` data bytes of nine clocks each, start and stop."""
        return ((length + 1) * 9 + 2) * 1_000_000_000 // frequency


class SerialWire:
    """The two wires between a UART of the processor's and a chip, with the UART's receive buffer at their end.

    A chip has `serial_write(data, baudrate)`; its `front` has `baudrate` and calls `on_serial(data)` when the last bit of
    something is out. `on_receive()` is called for each such piece, as the ESP32's driver tells of a line that has fallen
    silent. Bytes that the buffer can't hold are lost and counted, those at a wrong rate arrive as noise.
    """

    NOISE = b'\xf8'

    def __init__(self):
        self._chip = self._front = None
        self._buffer = bytearray()
        self._size = 256
        self.baudrate = 115_200
        self.calls = 0
        self.bytes = 0
        self.overruns = 0
        self.deaf = False                       # the processor sleeps: its UART has no clock
        self.missed = 0
        self.on_receive = None

    def attach(self, chip, front):
        self._chip, self._front = chip, front
        front.on_serial = self._arrived

    def configure(self, baudrate, size):
        self.baudrate, self._size = baudrate, size
        self._buffer.clear()

    def write(self, data):
        """The processor sends; a chip at the far end knows by itself how long that takes."""
        self.calls += 1
        self.bytes += len(data)
        if self._chip:
            self._chip.serial_write(bytes(data), self.baudrate)

    def _arrived(self, data):
        if self._front.baudrate != self.baudrate:
            data = self.NOISE * len(data)
        if self.deaf:
            self.missed += len(data)
            return
        room = self._size - len(self._buffer)
        self.overruns += max(0, len(data) - room)
        self._buffer += data[:room]
        if self.on_receive:
            self.on_receive()

    @property
    def complaints(self):
        found = [f'the UART had no room for {self.overruns} bytes'] if self.overruns else []
        return found + ([f'the processor slept through {self.missed} bytes on its UART'] if self.missed else [])

    @property
    def waiting(self):
        """How many bytes can be read."""
        return len(self._buffer)

    def read(self, length):
        """Up to `length` bytes of what has arrived."""
        self.calls += 1
        data = bytes(self._buffer[:length])
        del self._buffer[:length]
        return data
