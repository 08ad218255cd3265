"""`machine.UART` of the simulated board, as the ESP32-S3 port has it: writing queues, a receive interrupt tells of bytes.

Owns the time at which the transmitter will be idle; what was received lies in the world. `machine` loads it when asked for.
"""
import struct
import time

import _wire
import machine

_LONGEST_US = 1_000_000                         # more than a full buffer takes at the slowest
_CALL_US = 30                                   # a guess: between a pin's and an I2C call


class UART:
    """A UART with 8N1. Reads never wait, as with `timeout=0`, the default."""
    IRQ_RX, IRQ_BREAK, IRQ_RXIDLE = 1, 2, 4096

    def __init__(self, id, baudrate=115200, bits=8, parity=None, stop=1, *, tx, rx, txbuf=256, rxbuf=256, timeout=0,
                 timeout_char=0):
        self.id, self._pins, self._txbuf, self._rxbuf = id, (tx.id, rx.id), txbuf, rxbuf
        self._idle_us = time.ticks_us()
        self.init(baudrate)

    def init(self, baudrate):
        """Waits for what is being sent, changes the rate and drops what was received, as the port does."""
        self.flush()
        self._baudrate = baudrate
        _wire.tell(_wire.UART_CONFIG, self.id, struct.pack('<I2BH', baudrate, *self._pins, self._rxbuf))

    def _busy_us(self):
        left_us = time.ticks_diff(self._idle_us, time.ticks_us())       # after nine silent minutes that has wrapped
        return left_us if 0 < left_us < _LONGEST_US else 0

    def txdone(self):
        return not self._busy_us()

    def flush(self):
        _wire.spend(self._busy_us(), 0)

    def write(self, buffer):
        """Blocks for as long as the transmit buffer can't take all of it."""
        byte_us = 10_000_000 // self._baudrate
        waiting_us = self._busy_us()
        _wire.spend(_CALL_US + max(0, waiting_us - self._txbuf * byte_us), 0)
        _wire.post(_wire.UART_WRITE, self.id, buffer, len(buffer))
        self._idle_us = time.ticks_add(time.ticks_us(), waiting_us + len(buffer) * 10_000_000 // self._baudrate)
        return len(buffer)

    def any(self):
        _wire.spend(_CALL_US, 0)
        return _wire.call(_wire.UART_ANY, self.id, b'', 0, b'', 0)

    def readinto(self, buffer):
        _wire.spend(_CALL_US, 0)
        return _wire.call(_wire.UART_READ, self.id, struct.pack('<H', len(buffer)), 2, buffer, len(buffer)) or None

    def read(self, length=None):
        buffer = bytearray(self.any() if length is None else length)
        return bytes(buffer[:self.readinto(buffer) or 0]) or None

    def irq(self, handler=None, trigger=0, hard=False):
        if trigger & ~UART.IRQ_RX:
            raise NotImplementedError('simulated UARTs only have IRQ_RX')
        machine._handlers[_wire.UART_RECEIVED] = (handler, self)
        _wire.tell(_wire.UART_IRQ, self.id, bytes([trigger if handler else 0]))
