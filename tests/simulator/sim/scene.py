"""A table kept as a file, and set again from one: which pins, where, and what lies on their flashes.

Owns the form: JSON, each pin's /data files and the written part of its lane deflated and as base64. Pins of a scene start
anew, as after a power cut, with everything that they had on flash. Used by `play`.
"""
import base64
import json
import zlib

from tests.simulator.flash import BLOCK
from tests.simulator.pin import LANE_BLOCKS
from tests.simulator.sim.table import CHIPS, LONGEST_NAME, MOST_PINS, NFC, one_of, text
from tests.simulator.wiring import BOARDS

KIND = 'Cloud Pin scene 1'
MOST_BYTES = 1 << 20                            # of one pin, unpacked
FOLDERS = ('/data',)


def packed(table):
    """(content type, bytes) of the table as it is."""
    text = json.dumps({'kind': KIND, 'pins': [kept(seat) for seat in table.seats.values()]})
    return 'application/json', text.encode()


def kept(seat):
    fs = seat.pin.files()
    files = {}
    for folder in FOLDERS:
        for name in fs.listdir(folder):
            with fs.open(f'{folder}/{name}', 'rb') as file:
                files[f'{folder}/{name}'] = pack(file.read())
    return {'name': seat.pin.name, **seat.options, 'absent': list(seat.options['absent']), 'place': seat.place,
            'files': files, 'lane': pack(seat.pin.lane().rstrip(b'\xff'))}


def unpack(table, scene):
    """Put the pins of a scene in the place of those on the table. Raises ValueError, and then the table is as it was."""
    try:
        if scene['kind'] != KIND:
            raise ValueError('another kind')
        pins = [checked(pin) for pin in scene['pins']]
        if len({pin['name'] for pin in pins}) != len(pins) or len(pins) > MOST_PINS:
            raise ValueError('names')
    except (KeyError, TypeError, AttributeError, ValueError, zlib.error) as problem:
        raise ValueError('This is not a scene of the simulator. Choose a file that was saved here.') from problem
    for name in list(table.seats):
        table.remove(name)
    for pin in pins:
        table.set(**pin)


def checked(pin):
    """The arguments of Table.set. Raises one of the errors that `unpack` expects."""
    files = {path: unpacked(data) for path, data in pin['files'].items()}
    lane, name = unpacked(pin['lane']), text(pin['name'], LONGEST_NAME)
    if not name or len(lane) > LANE_BLOCKS * BLOCK or not all(path.startswith('/data/') for path in files):
        raise ValueError('no pin')
    return {'name': name, 'files': files, 'lane': lane, 'board': one_of(pin['board'], BOARDS), 'nfc': one_of(pin['nfc'], NFC),
            'absent': tuple(one_of(chip, CHIPS) for chip in pin['absent']), 'place': pin['place']}


def pack(data):
    return base64.b64encode(zlib.compress(data, 9)).decode()


def unpacked(text):
    unpacker = zlib.decompressobj()
    data = unpacker.decompress(base64.b64decode(text, validate=True), MOST_BYTES)
    if unpacker.unconsumed_tail:
        raise zlib.error('too large')
    return data
