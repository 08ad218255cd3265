"""A scripted `bluetooth.BLE` for CPython: does at once what a phone is told to do, with the ways of MicroPython's NimBLE host
that code must stand (measured there; tests/simulator/radio has the whole model).

Owns the table, the links and the phones' side of pairing; no air, no time. Event data is wiped after the handler's return, and
an exception there removes the handler.
"""
import itertools
import struct

READ_SECURE, WRITE_SECURE = 0x600, 0x3000
NOT_PERMITTED, UNSAFE, UNENCRYPTED = 0x03, 0x05, 0x0F
SEC_SIZE = 80


class Refused(Exception):
    """An ATT error; `args[0]` is its code."""


class UUID:
    def __init__(self, value):
        self.value = value

    def __bytes__(self):
        if isinstance(self.value, int):
            return struct.pack('<H', self.value)
        return bytes.fromhex(self.value.replace('-', ''))[::-1]


class Phone:
    """`address`: as the air shows it, most significant byte first; `identity`: the one that its bond is filed under."""

    def __init__(self, number, kind=1, identity=None):
        self.kind, self.address = kind, bytes([0xC0, 0, 0, 0, 0, number])
        self.identity = bytes([kind]) + (identity or self.address)[::-1]
        self.key = None                         # what it has of the bond


class BLE:
    """`esp`: whether records are offered before ENCRYPTION_UPDATE, as ESP-IDF does, or after it. `free`: notifications that
    the buffers take; `faults`: exceptions that left the handler."""

    _ltk = itertools.count(1)                   # no key comes twice

    def __init__(self, esp=True):
        self.esp, self.free = esp, 1 << 30
        self.handler, self.faults = None, []
        self.on, self.advertising, self.settings = False, None, {}
        self.links = {}                         # conn: Phone
        self.secure = {}                        # conn: (encrypted, authenticated)
        self.values, self.flags, self.appending = {}, {}, {}
        self.notified = []                      # (conn, handle, bytes)
        self.passkeys = {}                      # conn: number, of those that were asked
        self.dropped = []
        self._numbers = itertools.count(1)

    # ---- what the firmware calls

    def irq(self, handler):
        self.handler = handler

    def active(self, on=None):
        if on is not None:
            self.on = bool(on)
            self.links.clear()
            self.values.clear()
            self.advertising = None
        if on:
            index = 0
            while self.tell(29, 2, index, None) is not None:
                index += 1
            if self.tell(29, 10, 0, b'irk') is None:
                self.tell(30, 10, b'irk', next(self._ltk).to_bytes(2, 'big') * 8)
        return self.on

    def config(self, **values):
        self.settings.update(values)

    def gatts_register_services(self, services):
        handles, number = [], 20
        for _, characteristics in services:
            row = []
            for _, flags in characteristics:
                number += 2
                row.append(number)
                self.flags[number], self.values[number] = flags, b''
            handles.append(tuple(row))
        return tuple(handles)

    def gatts_set_buffer(self, handle, size, append=False):
        self.appending[handle] = size

    def gatts_write(self, handle, value):
        self.values[handle] = value.encode() if isinstance(value, str) else bytes(value)

    def gatts_read(self, handle):
        value = self.values.get(handle, b'')
        if handle in self.appending:
            self.values[handle] = b''
        return value

    def gatts_notify(self, conn, handle, data):
        if conn not in self.links:
            raise OSError(-128)
        if not self.free:
            raise OSError(12)
        self.free -= 1
        self.notified.append((conn, handle, bytes(data)))

    def gap_advertise(self, interval_us, data=None):
        if interval_us is not None and len(self.links) >= 4:
            raise OSError(12)
        self.advertising = interval_us

    def gap_disconnect(self, conn):
        if conn not in self.links:
            raise OSError(-128)
        self.dropped.append(conn)

    def gap_passkey(self, conn, action, number):
        self.passkeys[conn] = number

    # ---- the stack

    def tell(self, event, *data):
        """Call the handler as the stack does."""
        if not self.handler:
            return None
        views = [memoryview(bytearray(one)) if isinstance(one, bytes) else one for one in data]
        try:
            answer = self.handler(event, tuple(views))
            return bytes(answer) if isinstance(answer, (bytes, bytearray)) else answer
        except BaseException as fault:          # noqa: BLE001  as the port: whatever it was, that was the last event
            self.faults.append(fault)
            self.handler = None
            return None
        finally:
            for view in views:
                if isinstance(view, memoryview):
                    view[:] = b'\xdd' * len(view)

    def settle(self):
        """Carry out the disconnections that were asked for."""
        while self.dropped:
            self.disconnect(self.dropped.pop(0))

    # ---- what phones do

    def connect(self, phone):
        conn = next(self._numbers)
        self.links[conn], self.secure[conn], self.advertising = phone, (0, 0), None
        known = self.tell(29, 2, 0, phone.identity)
        self.tell(1, conn, phone.kind, phone.identity[:0:-1] if known else phone.address)
        return conn

    def disconnect(self, conn):
        phone = self.links.pop(conn, None)
        if phone:
            self.tell(2, conn, phone.kind, phone.address)

    def mtu(self, conn, mtu):
        self.tell(21, conn, mtu)

    def write(self, conn, handle, data):
        flags, (encrypted, authenticated) = self.flags[handle], self.secure[conn]
        if not flags & 0x0C:
            raise Refused(NOT_PERMITTED)
        if flags & WRITE_SECURE and not (encrypted and authenticated):
            raise Refused(UNSAFE)
        before = self.values[handle] if handle in self.appending else b''
        self.values[handle] = (before + data)[:self.appending.get(handle, 20)]
        self.tell(3, conn, handle)

    def read(self, conn, handle):
        if not self.flags[handle] & 2:
            raise Refused(2)
        if self.flags[handle] & READ_SECURE and not all(self.secure[conn]):
            raise Refused(UNSAFE)
        return self.values[handle]

    def _update(self, conn, encrypted, authenticated, bonded):
        self.secure[conn] = encrypted, authenticated
        self.tell(28, conn, encrypted, authenticated, bonded, 16 if encrypted else 0)

    def pair(self, conn, digits='right', bonding=True, legacy=False):
        """Pair: `digits` is what is typed, 'right' or another number; None for a phone without keyboard. False where that
        failed."""
        phone = self.links[conn]
        for kind in (1, 2):
            while self.tell(29, 2, 0, phone.identity) is not None and self.tell(30, kind, phone.identity, None):
                pass
        if digits is not None:
            self.passkeys.pop(conn, None)
            self.tell(31, conn, 3, 0)
            if conn not in self.passkeys:
                return False
            if digits not in ('right', self.passkeys[conn]):
                self._update(conn, 0, 0, 0)
                return False
        key = next(self._ltk).to_bytes(2, 'big') * 8
        random = key[:8] if legacy else bytes(8)
        value = struct.pack('<7sB8s8s16s', phone.identity, 16, bytes(8), random, key).ljust(SEC_SIZE, b'\0')
        records = [(30, kind, phone.identity, value) for kind in (1, 2)] if bonding else []
        update = conn, 1, int(digits is not None), int(bonding)
        if not self.esp:
            self._update(*update)
        for record in records:
            assert self.tell(*record) is True, 'the stack would try to make room'
        if self.esp:
            self._update(*update)
        phone.key = key if bonding else None
        return True

    def encrypt(self, conn):
        """With the keys of a bond. False where the pin has none: PIN or key missing."""
        phone = self.links[conn]
        record = self.tell(29, 1, 0, phone.identity)
        if record is None or record[24:40] != phone.key:
            return False
        self._update(conn, 1, 1, 1)
        return True
