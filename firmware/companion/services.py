"""What a phone finds on the pin: the table of services, and what can be read from it without asking.

Owns nothing. Borrowed by `affairs` when the radio is switched on, and when a value changes. UUIDs as in the companion's
protocol description, which a test compares. Nothing here tells one pin from another: no serial number, no wearer.
"""
import json

from micropython import const

from firmware import VERSION
from gatt.flags import NOTIFY, READ, READ_AUTHENTICATED, WRITE_AUTHENTICATED, WRITE_WITHOUT_RESPONSE

PROTOCOL = const(1)
MAKER = 'Cloud Pin contributors'
MODEL = 'Cloud Pin'
CLOUD_PIN = 'c10d%04x-5e1f-4b7a-9a52-6d1e0f3a7c42'
REQUEST = (3, 1)                                # service and characteristic of the table
STREAM_BYTES = const(512)                       # the longest attribute
TABLE = (                                       # (service, ((characteristic, flags), ...))
    (0x180A, ((0x2A29, READ_AUTHENTICATED), (0x2A24, READ_AUTHENTICATED),
              (0x2A26, READ_AUTHENTICATED), (0x2A27, READ_AUTHENTICATED))),
    (0x180F, ((0x2A19, READ_AUTHENTICATED | NOTIFY),)),
    (0x1805, ((0x2A2B, WRITE_AUTHENTICATED), (0x2A0F, WRITE_AUTHENTICATED))),
    (CLOUD_PIN % 0, ((CLOUD_PIN % 1, READ),
                     (CLOUD_PIN % 2, WRITE_AUTHENTICATED | WRITE_WITHOUT_RESPONSE),
                     (CLOUD_PIN % 3, NOTIFY))),
)


def register(gatt, uuid, config):
    """Switch on `gatt` (gatt.server.Server) with the table; `uuid` makes a bluetooth.UUID, `config` is for its `begin`.

    Returns handles: a tuple of those of the device's information, then battery level, current time, local time information,
    info and reply.
    """
    table = tuple([(uuid(service), tuple([(uuid(one), flags) for one, flags in characteristics]))
                   for service, characteristics in TABLE])
    device, (battery,), (time, zone), (info, _, reply) = gatt.begin(table, config, REQUEST + (STREAM_BYTES,))
    return device, battery, time, zone, info, reply


def fill(gatt, handles, board, percent, bound):
    """Set everything that can be read: `board` is the board's name, `percent` the cell's charge or None, `bound` whether any
    phone is."""
    device, battery, _, _, info, _ = handles
    for handle, value in zip(device, (MAKER, MODEL, VERSION, board)):
        gatt.set(handle, value)
    gatt.set(battery, bytes([percent or 0]))
    gatt.set(info, json.dumps({'protocol': PROTOCOL, 'firmware': VERSION, 'board': board, 'bound': bound}))
