"""MicroPython's `bluetooth.BLE` as the world does it: a method for each call that a program makes, with the port's arguments.

Owns the text in which calls and answers travel, and the rules that the binding itself adds to NimBLE's; state is the
`stack`'s. Methods return what the program gets, and raise what it gets, OSError by the number in `Errno`. `irq` never leaves
the processor; reading, writing and notifying, which are called often, have requests of their own.
"""
import ast
import struct

from tests.simulator.radio.table import Table

ENOENT, E2BIG, ENOMEM, EBUSY, ENODEV, EINVAL = 2, 7, 12, 16, 19, 22
TOO_LONG = -18                                  # of advertising data: what NimBLE's own code becomes
NOT_CONNECTED = {'esp32': -128, 'unix': 107}    # the ESP32 port's table of errors has 8 bits
MOST_CONNECTIONS, MOST_SERVICES = 4, 8
CALLS = ('UUID', 'repr', 'active', 'config', 'gap_advertise', 'gap_disconnect', 'gap_pair', 'gap_passkey',
         'gatts_register_services', 'gatts_set_buffer')
KEYWORDS = ('interval_us', 'adv_data', 'resp_data', 'connectable', 'send_update', 'append', 'gap_name', 'mtu', 'addr_mode',
            'bond', 'mitm', 'io', 'le_secure')          # which a program may pass by name
LONGEST_NAME = LONGEST_ADVERTISEMENT = 31


class Errno(Exception):
    """A call ends with OSError of this number."""

    def __init__(self, number):
        super().__init__(number)
        self.number = number


class UUID(bytes):
    """Least significant byte first."""

    @classmethod
    def of(cls, value):
        """From what the program gave. Raises ValueError as the port does."""
        if isinstance(value, int):
            if not 0 <= value <= 0xffff:
                raise ValueError('invalid UUID')
            return cls(struct.pack('<H', value))
        value = octets(value)
        if len(value) in (2, 4, 16):
            return cls(value)
        digits = value.replace(b'-', b'').decode()
        if len(digits) != 32:
            raise ValueError('UUID too ' + ('long' if len(digits) > 32 else 'short'))
        return cls(bytes.fromhex(digits)[::-1])

    def __repr__(self):
        digits = self[::-1].hex()
        if len(digits) < 32:
            return f'UUID(0x{digits})'
        return f"UUID('{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}')"


def octets(value):
    return value.encode() if isinstance(value, str) else bytes(value)


def _value(node):
    """What a literal means; UUID(...) and bytearray(...) are some."""
    if isinstance(node, ast.Call):
        return {'UUID': UUID.of, 'bytearray': bytes}[node.func.id](_value(node.args[0]))
    if isinstance(node, (ast.Tuple, ast.List)):
        return tuple(map(_value, node.elts))
    if isinstance(node, ast.Dict):
        return {_value(key): _value(value) for key, value in zip(node.keys, node.values)}
    return ast.literal_eval(node)


class Binding:
    """`stack`: a Stack."""

    def __init__(self, stack):
        self._stack = stack

    def perform(self, text):
        """Carry out a call that came as text, and return its answer as text, '' for None."""
        name, arguments, named = _value(ast.parse(text.decode(), mode='eval').body)
        if name not in CALLS:
            raise TypeError(f"the simulated radio has no '{name}'")
        answer = getattr(self, name)(*arguments, **named)
        return '' if answer is None else repr(answer)

    def _need(self):
        if not self._stack.active:
            raise Errno(ENODEV)

    def _not_busy(self):
        if self._stack.faults.take('busy'):
            raise Errno(EBUSY)

    def peer(self, handle):
        """The Peer of a handle. Raises Errno where there is none."""
        self._need()
        if handle not in self._stack.peers:
            raise Errno(NOT_CONNECTED[self._stack.port])
        return self._stack.peers[handle]

    # ---- UUIDs ----
    def UUID(self, value):
        return bytes(UUID.of(value))

    def repr(self, value):
        return repr(UUID(value))

    # ---- the stack ----
    def active(self, *on):
        if on:
            self._stack.switch(bool(on[0]))
        return self._stack.active

    def config(self, *names, **values):
        if values and names:
            raise TypeError("can't specify pos and kw args")
        for name, value in values.items():
            self._configure(name, value)
        if values:
            return None
        if len(names) != 1:
            raise TypeError('must query one param')
        return self._configured(names[0])

    def _configure(self, name, value):
        settings = self._stack.settings
        if name not in settings:
            raise ValueError('unknown config param')
        if name == 'gap_name':
            value = octets(value)
        if name in ('mtu', 'addr_mode'):
            self._need()
        if name == 'gap_name' and len(value) > LONGEST_NAME or name == 'mtu' and not 23 <= value <= 527 \
                or name == 'addr_mode' and not 0 <= value <= 3:
            raise Errno(EINVAL)
        settings[name] = value
        if self._stack.peripheral and name in ('mtu', 'addr_mode'):
            self._stack.peripheral.configured(name)

    def _configured(self, name):
        stack = self._stack
        if name == 'gap_name':
            return stack.settings[name]
        if name not in ('mtu', 'mac'):
            raise ValueError('unknown config param')
        self._need()
        if name == 'mtu':
            return stack.settings[name]
        if stack.settings['addr_mode'] == 2:
            raise Errno(EINVAL)
        return (1, stack.peripheral.own_address()) if stack.peripheral and stack.settings['addr_mode'] else (0, stack.mac)

    # ---- GAP ----
    def gap_advertise(self, interval_us=500_000, adv_data=None, *, resp_data=None, connectable=True):
        stack = self._stack
        if interval_us is None:
            stack.advertising = None
        else:
            self._need()
            for index, data in enumerate((adv_data, resp_data)):
                if data is not None:
                    if len(octets(data)) > LONGEST_ADVERTISEMENT:
                        raise Errno(TOO_LONG)
                    stack.payloads[index] = octets(data)
            self._not_busy()
            if connectable and len(stack.peers) >= MOST_CONNECTIONS:
                raise Errno(ENOMEM)
            stack.advertising = (interval_us // 625 * 625, bool(connectable))
        if stack.peripheral:
            stack.peripheral.advertise()

    def gap_disconnect(self, conn_handle):
        self._need()
        if conn_handle not in self._stack.peers and self._stack.port != 'esp32':
            return False
        peer = self.peer(conn_handle)
        self._not_busy()
        self._stack.peripheral.disconnect(peer)
        return True

    def gap_pair(self, conn_handle):
        peer = self.peer(conn_handle)
        self._stack.peripheral.request_security(peer)

    def gap_passkey(self, conn_handle, action, passkey):
        peer = self._stack.peers.get(conn_handle)
        if peer is None or peer.passkey is None or peer.passkey[0] != action or peer.passkey[1].done():
            raise Errno(ENOENT)
        peer.passkey[1].set_result(passkey)

    # ---- the GATT server ----
    def gatts_register_services(self, services):
        self._need()
        stack = self._stack
        if stack.peers or stack.advertising:
            raise Errno(EBUSY)
        if len(services) > MOST_SERVICES:
            raise Errno(E2BIG)
        stack.table = Table(services)
        if stack.peripheral:
            stack.peripheral.registered()
        return stack.table.handles

    def gatts_set_buffer(self, value_handle, length, append=False):
        self.value(value_handle).set_room(length, bool(append))

    def value(self, handle):
        """The Value of a handle. Raises Errno where there is none."""
        self._need()
        if handle not in self._stack.table.values:
            raise Errno(EINVAL)
        return self._stack.table.values[handle]
