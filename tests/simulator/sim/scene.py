"""A table kept as a file, and set again from one: which pins, where, and what lies on their flashes.

Owns the form: JSON; of each pin the /data files and the written part of its lane, deflated and as base64, how it is worn, its
cell and its faults; the loss on the air; and what time it is. Pins of a scene start anew, as after a power cut, with all that
they had on flash; the time goes on from where it was. Used by `play`.
"""
import base64
import json
import re
import zlib
from datetime import UTC, datetime

from tests.simulator.flash import BLOCK
from tests.simulator.pin import LANE_BLOCKS
from tests.simulator.sim import wearing
from tests.simulator.sim.seat import BUSES, EMPTY_MV, FULL_MV, HANGING
from tests.simulator.sim.table import CHIPS, LONGEST_NAME, MOST_PINS, NFC, one_of, place_in, share, text, whole
from tests.simulator.wiring import BOARDS

KIND = 'Cloud Pin scene 1'
MOST_BYTES = 1 << 20                            # of one pin's files, unpacked
FOLDER, FILE = '/data', re.compile(r'/data/\w[\w.-]{0,40}', re.ASCII)
LATER = ('on', 'degrees', 'side', 'walk', 'battery_mv', 'charging', 'hung', 'garbled', 'full')


def packed(table):
    """(content type, bytes) of the table as it is."""
    text = json.dumps({'kind': KIND, 'time': table.world.now().timestamp(), 'lose': table.lost, 'corrupt': table.corrupted,
                       'pins': [kept(seat) for seat in table.seats.values()]})
    return 'application/json', text.encode()


def kept(seat):
    fs = seat.pin.files()
    files = {}
    for name in fs.listdir(FOLDER):
        with fs.open(f'{FOLDER}/{name}', 'rb') as file:
            files[f'{FOLDER}/{name}'] = pack(file.read())
    state = seat.state()
    return {**{field: state[field] for field in ('name', 'board', 'nfc', 'absent', 'place', *LATER)},
            'files': files, 'lane': pack(seat.pin.lane().rstrip(b'\xff'))}


def unpack(table, scene):
    """Put the pins of a scene in the place of those on the table. Raises ValueError, and then the table is as it was."""
    try:
        if scene['kind'] != KIND:
            raise ValueError('another kind')
        pins = [(checked(pin), checked_later(pin)) for pin in scene['pins']]
        if len({pin['name'] for pin, _ in pins}) != len(pins) or len(pins) > MOST_PINS:
            raise ValueError('names')
        time, air = datetime.fromtimestamp(scene['time'], UTC), (share(scene['lose']), share(scene['corrupt']))
    except (KeyError, TypeError, AttributeError, ValueError, OverflowError, OSError, zlib.error) as problem:
        raise ValueError('This is not a scene of the simulator. Choose a file that was saved here.') from problem
    for name in list(table.seats):
        table.remove(name)
    table.world.start += max(time, table.world.now()) - table.world.now()
    table.air(*air)
    for pin, later in pins:
        put(table.set(**pin), later)


def checked(pin):
    """The arguments of Table.set. Raises one of the errors that `unpack` expects."""
    files = {path: unpacked(data) for path, data in pin['files'].items()}
    lane, name = unpacked(pin['lane']), text(pin['name'], LONGEST_NAME)
    if sum(map(len, files.values())) > MOST_BYTES:
        raise ValueError('too much')
    if not name or len(lane) > LANE_BLOCKS * BLOCK or not all(FILE.fullmatch(path) for path in files):
        raise ValueError('no pin')
    return {'name': name, 'files': files, 'lane': lane, 'board': one_of(pin['board'], BOARDS), 'nfc': one_of(pin['nfc'], NFC),
            'absent': tuple(one_of(chip, CHIPS) for chip in pin['absent']), 'place': place_in(pin['place'])}


def checked_later(pin):
    """What is set once the pin lies there, as LATER names it. A walk that isn't known here is none."""
    later = {field: pin[field] for field in LATER}
    whole(later['degrees'], 0, 359)
    whole(later['battery_mv'], EMPTY_MV, FULL_MV)
    for bus in BUSES:
        share(later['garbled'][bus])
    for chip in later['hung']:
        one_of(chip, HANGING)
    one_of(later['side'], ('worn', *wearing.LYING))
    later['walk'] = later['walk'] if wearing.known(later['walk']) else ''
    return later


def put(seat, later):
    """Wear it as it was worn, and break what was broken."""
    seat.wear(walk=later['walk'], degrees=later['degrees'])
    if not later['walk']:
        seat.wear(side=later['side'])
    seat.battery(later['battery_mv'])
    seat.charge(later['charging'] is True)
    for bus in BUSES:
        seat.garble(bus, later['garbled'][bus])
    for chip in later['hung']:
        seat.answers(chip, False)
    seat.fill(later['full'] is True)
    if later['on'] is not True:
        seat.power(False)


def pack(data):
    return base64.b64encode(zlib.compress(data, 9)).decode()


def unpacked(text):
    unpacker = zlib.decompressobj()
    data = unpacker.decompress(base64.b64decode(text, validate=True), MOST_BYTES)
    if unpacker.unconsumed_tail:
        raise zlib.error('too large')
    return data
