"""A pin's GATT table: values, flags and handles, as MicroPython's binding keeps them.

Owns values and their rules (20 bytes at first, cut without an error, append). Handles are counted as NimBLE does: service,
then for each characteristic its declaration, value, client configuration where it notifies, and other descriptors.
"""
READ, WRITE_NO_RESPONSE, WRITE, NOTIFY, INDICATE = 0x02, 0x04, 0x08, 0x10, 0x20
READ_ENCRYPTED, READ_AUTHENTICATED, WRITE_ENCRYPTED, WRITE_AUTHENTICATED = 0x200, 0x400, 0x1000, 0x2000
FIRST_SERVICE = 19                              # behind GAP and GATT; where the recorded build had it
DEFAULT_ROOM = 20
LONGEST = 512                                   # of an attribute, Core Vol 3 Part F 3.2.9


class Value:
    """The value of a characteristic or descriptor."""

    def __init__(self, uuid, flags, handle):
        self.uuid, self.flags, self.handle = uuid, flags, handle
        self.data, self.room, self.append = b'', DEFAULT_ROOM, False

    def written_by_peer(self, data):
        self.data = ((self.data if self.append else b'') + data)[:self.room]

    def write(self, data):
        self.data, self.room = data, max(self.room, len(data))

    def read(self):
        data = self.data
        if self.append:
            self.data = b''
        return data

    def set_room(self, room, append):
        self.data, self.room, self.append = b'', room, append


class Table:
    """Made from what gatts_register_services is given. `services`: [(UUID bytes, [(Value, [Value of a descriptor])])];
    `values`: {handle: Value}, in order; `handles`: a tuple of those for each service."""

    def __init__(self, description=()):
        self.services, self.values, handles = [], {}, []
        handle = FIRST_SERVICE
        for uuid, parts in description:
            known, characteristics = len(self.values), []
            handle += 1
            for part in parts:
                handle = self._characteristic(handle, characteristics, *part)
            self.services.append((uuid, characteristics))
            handles.append(tuple(self.values)[known:])
        self.handles = tuple(handles)

    def _characteristic(self, handle, characteristics, uuid, flags, descriptors=()):
        value = self._add(Value(uuid, flags, handle + 1))
        handle += 3 if flags & (NOTIFY | INDICATE) else 2
        own = []
        for descriptor, access in descriptors:
            own.append(self._add(Value(descriptor, access, handle)))
            handle += 1
        characteristics.append((value, own))
        return handle

    def _add(self, value):
        self.values[value.handle] = value
        return value
