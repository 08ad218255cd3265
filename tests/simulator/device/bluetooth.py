"""`bluetooth` of the simulated board: the ESP32-S3 port's BLE as a GATT server, thin, on the world's wires.

Owns the handler and nothing else; what a call does stands in tests/simulator/radio/binding.py. As small as can be, because
here it takes heap that it does not take on a board: calls that are seldom made go to the world as text, and so come answers
and exceptions. Loaded at the first use.
"""
import struct
import sys

import _wire
import machine

FLAG_READ, FLAG_WRITE, FLAG_NOTIFY, FLAG_INDICATE, FLAG_WRITE_NO_RESPONSE = 2, 8, 16, 32, 4
_CALL_US, _EVENT_US = 60, 120                   # guesses
_READ_REQUEST = 4
_LONGEST_EVENT = 176


def _answer(length):
    text = bytearray(length)
    _wire.call(_wire.BLE_ANSWER, 0, b'', 0, text, length)
    return eval(text)                           # noqa: S307  the world's own words


def _ask(operation, argument, out=b'', into=b''):
    """A number from the world; below 0 it is the length of an exception's text."""
    _wire.spend(_CALL_US, 0)
    status = _wire.call(operation, argument, out, len(out), into, len(into))
    if status < 0:
        raise _answer(-status)
    return status


def _call(name, arguments, named):
    length = _ask(_wire.BLE_CALL, 0, repr((name, arguments, named)))
    return _answer(length) if length else None


class UUID(bytes):
    """16, 32 or 128 bits. A subclass of bytes, since only that lets a Python object give a buffer."""

    def __init__(self, value):
        super().__init__(_call('UUID', (value,), {}))

    def __eq__(self, other):
        return isinstance(other, UUID) and bytes(self) == bytes(other)

    def __hash__(self):
        return hash(bytes(self))

    def __repr__(self):
        return _call('repr', (bytes(self),), {})


class _BLE:
    """What BLE() returns, always the same object."""

    def __init__(self):
        self._handler = None
        self._busy = False
        self._event = bytearray(_LONGEST_EVENT)
        machine._handlers[_wire.BLUETOOTH] = (self._pump, None)

    def __getattr__(self, name):
        def call(*arguments, **named):
            answer = _call(name, arguments, named)
            self._pump(None)                    # active(True) asks for secrets before it returns
            return answer
        return call

    def irq(self, handler):
        if handler is not None and not callable(handler):
            raise ValueError('invalid handler')
        self._handler = handler

    # ---- events: the answer to one asks for the next ----
    def _pump(self, _):
        if self._busy:
            return
        self._busy = True
        argument, answer = 0, b''
        while True:
            length = _wire.call(_wire.BLE_EVENT, argument, answer, len(answer), self._event, _LONGEST_EVENT)
            if not length:
                break
            argument, answer = 1, self._handle()
            if isinstance(answer, int):
                argument, answer = 2, struct.pack('<i', answer)
            elif answer is None:
                answer = b''
            else:
                argument = 3
        self._busy = False

    def _handle(self):
        """Unpack an event (each field: its length and it; 254: a number, 255: None) and call the handler."""
        event, fields, at = memoryview(self._event), [], 2
        for _ in range(event[1]):
            length = event[at]
            at += 1
            if length == 255:
                fields.append(None)
            elif length == 254:
                fields.append(struct.unpack_from('<i', event, at)[0])
                at += 4
            else:
                fields.append(event[at:at + length])
                at += length
        answer = self._call(event[0], tuple(fields))
        if isinstance(answer, bool):            # no int on MicroPython
            answer = int(answer)
        elif answer is not None and not isinstance(answer, int):
            answer = bytes(answer)
        for at in range(_LONGEST_EVENT):
            self._event[at] = 0xdd              # the views are of no use from here on
        return answer

    def _call(self, number, fields):
        _wire.spend(_EVENT_US, 0)
        if self._handler is None:
            return None
        try:
            return self._handler(number, fields)
        except Exception as exception:          # noqa: BLE001  as the port does: it prints, and drops the handler for good
            self._handler = None
            print('Unhandled exception in IRQ callback handler')
            sys.print_exception(exception)
            return None

    # ---- what is called often ----
    def gatts_read(self, value_handle):
        value = bytearray(_ask(_wire.BLE_READ, value_handle | 0x10000))
        if value:
            _ask(_wire.BLE_READ, value_handle, b'', value)
        return bytes(value)

    def gatts_write(self, value_handle, data, send_update=False):
        if isinstance(data, str):
            data = data.encode()
        return _ask(_wire.BLE_WRITE, value_handle | bool(send_update) << 16, data)

    def gatts_notify(self, conn_handle, value_handle, data=None, _indicate=0):
        where = value_handle | _indicate << 16 | conn_handle << 20
        if data is None:                        # the stack itself reads, and may be refused
            if not _ask(_wire.BLE_NOTIFY, where | 0x20000) and self._call(_READ_REQUEST, (0xffff, value_handle)):
                raise OSError(5)
            where, data = where | 0x40000, b''
        _ask(_wire.BLE_NOTIFY, where, data.encode() if isinstance(data, str) else data)

    def gatts_indicate(self, conn_handle, value_handle, data=None):
        self.gatts_notify(conn_handle, value_handle, data, 1)


_only = _BLE()


def BLE():
    """The singleton."""
    return _only
