"""The events of MicroPython's `bluetooth`: their numbers, names and the bytes in which they travel to a pin's processor.

Owns the layout, which tests/simulator/device/bluetooth.py unpacks: number, count of fields, then each field as its length and
its bytes, 254 and an i32 for a number, or 255 for None.
"""
import struct
from enum import IntEnum

NUMBER, NONE = 254, 255
NO_CONNECTION = 0xffff                          # who reads when the stack itself does, to notify


class Event(IntEnum):
    CENTRAL_CONNECT = 1
    CENTRAL_DISCONNECT = 2
    GATTS_WRITE = 3
    GATTS_READ_REQUEST = 4
    GATTS_INDICATE_DONE = 20
    MTU_EXCHANGED = 21
    CONNECTION_UPDATE = 27
    ENCRYPTION_UPDATE = 28
    GET_SECRET = 29
    SET_SECRET = 30
    PASSKEY_ACTION = 31


class Action(IntEnum):
    """Of PASSKEY_ACTION: what the wearer is to do."""
    INPUT = 2
    DISPLAY = 3
    COMPARE = 4


def packed(event, fields):
    out = bytearray((event, len(fields)))
    for field in fields:
        if field is None:
            out.append(NONE)
        elif isinstance(field, int):
            out += struct.pack('<Bi', NUMBER, field)
        else:
            out.append(len(field))
            out += field
    return bytes(out)


def logged(event, fields, answer):
    """A line of a pin's `radio_log`: as the recorded log has it, with the handles as they are; of a secret only its length."""
    shown = list(fields)
    if event == Event.GET_SECRET:
        shown.append(None if answer is None else len(answer))
    elif event == Event.SET_SECRET and shown[2] is not None:
        shown[2] = len(shown[2])
    return ' '.join([Event(event).name, *(str(int(field)) if isinstance(field, int) else repr(field) for field in shown)])
