"""The simulator's page: what it is told of panels and frames, what it may ask and keep, who reaches it, and that its sources
keep the house's rules."""
import collections
import io
import random
import re
import socket
import types
import zlib

import numpy
import pytest
from PIL import Image

from tests.simulator.air import Frame
from tests.simulator.chips.gc9a01 import GC9A01
from tests.simulator.chips.noise import Noise
from tests.simulator.clock import Clock
from tests.simulator.gateway.realtime import RealTime
from tests.simulator.gateway.server import Server
from tests.simulator.sim import film, frames, picture, scene, wearing
from tests.simulator.sim.play import PAGE, files
from tests.simulator.sim.screen import HEADER, PICTURE, Screen, to_565
from tests.simulator.sim.table import Table
from tests.simulator.sim.wearing import TURN_NS
from tests.simulator.traces import FACE_UP, UPRIGHT, Rest
from tests.simulator.wires import I2CBus, Nack, SPIBus

IMPORT = re.compile(r"^import \{([^}]*)\} from '([^']+)';", re.MULTILINE)
NAMED = re.compile(r'(?:href|src)="([\w./-]+)"')
FORBIDDEN = (r'\b(?:inner|outer)HTML\b', r'\binsertAdjacentHTML\b', r'\beval\(', r'\bnew Function\b', r'\bstyle=',
             r'''['"`]https?://''')
ATR_REQ = 'f022d4009a16c835b04e18956c640000003246666d010111020200780302001304011e'
SEVERAL = '13d40601008000091320001002000000000002' + '8184'


# ---- panels

def command(panel, code, data=b''):
    panel.dc.set(0)
    panel.transfer(bytes([code]))
    panel.dc.set(1)
    panel.transfer(data)


@pytest.fixture
def panel():
    clock = Clock()
    panel = GC9A01(clock, random.Random(1))
    panel.select.set(0)
    panel.gram[:] = 0
    panel.asleep, panel.displaying, panel.inverted, panel.scan, panel.madctl, panel.colmod = False, True, True, 0x20, 8, 5
    panel.backlight = 1
    return panel


def told(message):
    """(kind, number, x, y, array of RGB565 words)."""
    kind, number, x, y, width, height = HEADER.unpack_from(message)
    pixels = zlib.decompress(message[HEADER.size:], -15)
    return kind, number, x, y, numpy.frombuffer(pixels, '>u2').reshape(height, width)


def test_a_page_is_told_of_what_has_changed_and_of_nothing_else(panel):
    screen = Screen(panel, 3)
    assert screen.look() is None                        # black, as the page has it
    command(panel, 0x2A, bytes((0, 10, 0, 12)))
    command(panel, 0x2B, bytes((0, 20, 0, 21)))
    command(panel, 0x2C, bytes.fromhex('f800 07e0 001f ffff 0000 1234'))
    kind, number, x, y, pixels = told(screen.look())
    assert (kind, number, x, y) == (PICTURE, 3, 10, 20)
    assert pixels.tolist() == [[0xF800, 0x07E0, 0x001F], [0xFFFF, 0, 0x1234]]
    assert screen.look() is None
    panel.backlight = 0.5
    assert screen.look() is None and 0.7 < screen.light < 0.75
    panel.backlight = 0
    assert screen.look() is None and screen.light == 0
    assert (told(screen.whole())[4] == to_565(panel.shown())).all()


# ---- noise on the buses

class Memory:
    """A chip on either bus, which keeps what it hears and says nought."""

    lsb_first = False

    def __init__(self):
        self.heard = b''

    def transfer(self, data):
        self.heard += data
        return bytes(len(data))

    i2c_write = transfer

    def i2c_read(self, length):
        return bytes(length)


@pytest.mark.parametrize('share', [0.001, 0.1, 1])
def test_noise_turns_one_bit_of_its_share_of_the_bytes_the_same_each_time(share):
    clean = random.Random(3).randbytes(40_000)
    one, other = Noise(random.Random(1), share), Noise(random.Random(1), share)
    struck = one(clean)
    assert struck == b''.join(other(clean[at:at + 7]) for at in range(0, len(clean), 7))    # however it is cut
    turned = [(a ^ b).bit_count() for a, b in zip(clean, struck, strict=True)]
    assert set(turned) <= {0, 1} and sum(turned) == one.hits
    assert sum(turned) == pytest.approx(share * len(clean), rel=0.35)
    with pytest.raises(ValueError, match='share of 0 to 1'):
        Noise(random.Random(1), 0)


def test_a_bus_with_noise_garbles_both_ways_and_addresses_too():
    spi, i2c, chip = SPIBus(), I2CBus(), Memory()
    spi.attach(chip, types.SimpleNamespace(level=0))
    i2c.attach(chip, 0x6B)
    spi.noise = i2c.noise = Noise(random.Random(1), 1)
    assert all(byte.bit_count() == 1 for byte in spi.transfer(bytes(20))) and chip.heard.count(0) == 0
    with pytest.raises(Nack):
        i2c.write(0x6B, b'')
    i2c.noise = Noise(random.Random(1), 0.2)
    answers = set()
    for _ in range(40):
        try:
            answers.add(i2c.read(0x6B, 2) == bytes(2))
        except Nack:
            answers.add(None)
    assert answers == {True, False, None}


# ---- pictures and films

RED, BLUE = (numpy.full((240, 240), word, '>u2') for word in (0xF800, 0x001F))


def seat(number, x, pixels):
    return types.SimpleNamespace(number=number, place=[x, 0.5], degrees=0, side='worn',
                                 screen=types.SimpleNamespace(light=1.0, seen=pixels))


@pytest.fixture
def still():
    """A table on which nothing happens but what a test does to it."""
    air = types.SimpleNamespace(bytes=collections.Counter())
    return types.SimpleNamespace(seats={'Ada': seat(0, 0.3, RED), 'Ben': seat(1, 0.7, BLUE)},
                                 world=types.SimpleNamespace(air=air))


def test_a_picture_of_the_table_has_each_pin_where_it_lies_as_it_shines(still):
    still.seats['Ben'].side = 'face down'
    seen = picture.table(film.views(still, {}), 800, 600)
    assert seen.size == (800, 600) and seen.getpixel((2, 2)) == (0x26, 0x67, 0xCF)
    assert seen.getpixel((240, 300)) == (255, 0, 0) and seen.getpixel((560, 300)) == (0x26, 0x2A, 0x33)
    still.seats['Ada'].screen.light = 0.0
    assert picture.table(film.views(still, {}), 800, 600, 0.5).getpixel((240, 300)) == (5, 6, 8)


def test_a_film_holds_what_has_changed_for_as_long_as_it_stood(still):
    one, whole = film.Film(still, 'Ada', None, 10.0), film.Film(still, None, (800, 600, 1.0), 10.0)
    for step in range(1, 100):
        now = 10 + step * 0.04
        if step == 50:
            still.seats['Ada'].screen.seen = BLUE
        if step == 75:
            still.world.air.bytes['Ben'] += 20
        assert not one.look(now) and not whole.look(now)
    assert one.look(10 + film.LONGEST_S)
    gif = Image.open(io.BytesIO(one.gif()))
    assert (gif.format, gif.n_frames, gif.info['loop'], gif.size) == ('GIF', 2, 0, (304, 304))
    assert gif.info['duration'] == pytest.approx(2000, abs=90)
    for frame, colour in ((0, (255, 0, 0)), (1, (0, 0, 255))):
        gif.seek(frame)
        assert gif.convert('RGB').getpixel((152, 152)) == pytest.approx(colour, abs=6)
    assert Image.open(io.BytesIO(whole.gif())).n_frames == 4        # red, blue, with a wave, without


# ---- who reaches it

def test_it_listens_on_this_machine_s_own_address_alone():
    with Server(RealTime(types.SimpleNamespace(run=lambda seconds: None))) as server:
        with socket.create_connection(('127.0.0.1', server.port)):
            pass
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(('127.0.0.2', server.port))


def test_the_page_may_fetch_from_nowhere_else():
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', SOURCES['index.html'])[1]
    rules = {name: set(sources) for name, *sources in (rule.split() for rule in policy.split(';'))}
    assert rules['default-src'] == rules['base-uri'] == rules['form-action'] == {"'none'"}
    assert rules['script-src'] == rules['style-src'] == {"'self'"}
    allowed = {"'self'", "'none'", "'script'", 'data:', 'blob:', 'ws://127.0.0.1:*', 'ws://localhost:*'}
    assert set().union(*rules.values()) <= allowed


# ---- frames

@pytest.mark.parametrize('data, bitrate, technology, name', [
    ('26', 106, 'A', 'SENS_REQ'), ('0400', 106, 'A', 'SENS_RES'), ('937008e9d90830', 106, 'A', 'SEL_REQ 08e9d908'),
    ('08e9d90830', 106, 'A', 'SDD_RES 08e9d908'), (ATR_REQ, 106, 'A', 'ATR_REQ'), ('f006d404001203', 106, 'A', 'PSL_REQ'),
    ('0ad40600112002020078', 424, 'F', 'DEP_REQ 0 · CONNECT 32→4'), ('04d40680', 424, 'F', 'DEP_REQ ATN'),
    (SEVERAL, 424, 'F', 'DEP_REQ 1 · AGF [I 32→4 SNEP PUT 0 B, CC 4→32]'), ('03d50b', 424, 'F', 'RLS_RES'),
    ('', 106, 'A', '0 bytes'), ('f0', 106, 'A', '0 bytes'), ('04d406', 424, 'F', 'DEP_REQ'),
    ('05d4060180', 424, 'F', 'DEP_REQ 1 · 1 bytes')])
def test_frames_have_the_names_of_their_standards(data, bitrate, technology, name):
    assert frames.name_of(Frame(0, None, bitrate, bytes.fromhex(data), technology)) == name


def test_any_frame_has_a_name():
    rng = random.Random(5)
    for _ in range(2000):
        data = bytes(rng.choices((0, 0x10, 0x80, 0xD4, 0xD5, 6, 7, 0xF0, rng.randrange(256)), k=rng.randrange(12)))
        for bitrate, head, technology in ((106, b'\xf0', 'A'), (424, b'\x09\xd4\x06', 'F')):
            assert frames.name_of(Frame(0, None, bitrate, head + data, technology))


# ---- wishes

class NoWorld:
    """A wish that is refused never gets here."""


@pytest.mark.parametrize('wish, sentence', [
    ({}, 'The page asks for something'), ({'do': 'press', 'pin': 'Eve', 'ms': 80}, 'There is no pin of that name'),
    ({'do': 'add', 'name': ' '}, 'A pin needs a name'), ({'do': 'add', 'name': 'x' * 41}, 'up to 40 characters'),
    ({'do': 'add', 'name': 'Eve', 'board': 'toaster'}, 'is none of'),
    ({'do': 'add', 'name': 'Eve', 'friends': 1e9}, '0 to 200'), ({'do': 'add', 'name': 'Eve', 'card': 'me'}, 'A card is'),
    ({'do': 'add', 'name': 'Eve', 'place': [1, 2]}, 'A share of 0 to 1'),
    ({'do': 'add', 'name': 'Eve', 'place': 'x'}, 'A place is'),
    ({'do': 'air', 'lose': 2}, 'A share of 0 to 1'), ({'do': 'air', 'lose': True}, 'A share of 0 to 1')])
def test_a_wish_that_makes_no_sense_gets_a_sentence(wish, sentence):
    table = Table(NoWorld())
    with pytest.raises(ValueError, match=sentence):
        table.wish(wish)
    assert table.seats == {}


def pin_of_a_scene(**changed):
    pin = {'name': 'A', 'board': 'devkit', 'nfc': 'spi', 'absent': [], 'place': None, 'files': {}, 'lane': scene.pack(b''),
           'on': True, 'degrees': 0, 'side': 'worn', 'walk': '', 'battery_mv': 3900, 'charging': False, 'hung': [],
           'garbled': dict.fromkeys(('nfc', 'i2c', 'display'), 0), 'full': False}
    return {**pin, **changed}


def scene_of(*pins, **changed):
    return {'kind': scene.KIND, 'time': 1.7e9, 'lose': 0, 'corrupt': 0, 'pins': list(pins), **changed}


def test_the_scene_that_the_next_test_spoils_is_one():
    good = pin_of_a_scene()
    assert scene.checked(good)['name'] == 'A' and scene.checked_later(good)['walk'] == ''


@pytest.mark.parametrize('kept', [None, {}, {'kind': scene.KIND}, scene_of(time='now'), scene_of(time=1e300), scene_of(lose=2),
                                  scene_of(*[pin_of_a_scene()] * 2), *[scene_of(pin) for pin in (
    {}, pin_of_a_scene(files={'/boot.py': scene.pack(b'')}), pin_of_a_scene(board='toaster'), pin_of_a_scene(name=''),
    pin_of_a_scene(lane='!'), pin_of_a_scene(lane=scene.pack(bytes(scene.MOST_BYTES + 1))), pin_of_a_scene(absent=['brain']),
    pin_of_a_scene(nfc=None), pin_of_a_scene(side='up'), pin_of_a_scene(hung=['panel']), pin_of_a_scene(garbled={}),
    pin_of_a_scene(degrees=400), pin_of_a_scene(walk=[]), pin_of_a_scene(place=[0, 7]),
    pin_of_a_scene(files={'/data/../boot.py': scene.pack(b'')}),
    pin_of_a_scene(files={f'/data/{n}': scene.pack(bytes(scene.MOST_BYTES // 2)) for n in range(3)}))]])
def test_a_file_that_is_no_scene_changes_nothing(kept):
    table = Table(NoWorld())
    table.seats['Ada'] = None
    with pytest.raises(ValueError, match='not a scene'):
        scene.unpack(table, kept)
    assert list(table.seats) == ['Ada']


def test_a_pin_is_turned_as_hands_do_it():
    turning = wearing.Turning(Rest(UPRIGHT, 0), Rest(FACE_UP, 0), TURN_NS)
    felt = [turning.sample(TURN_NS + step * 4_000_000) for step in range(-2, 130)]
    kinks = [abs(a[axis] - 2 * b[axis] + c[axis]) for a, b, c in zip(felt, felt[1:], felt[2:]) for axis in range(3)]
    assert felt[0] == UPRIGHT and felt[-1] == FACE_UP and max(kinks) < 2
    with pytest.raises(ValueError, match='There is no walk'):
        wearing.source(0, '../../etc/passwd', 'worn', 0)


# ---- the sources of the page

SOURCES = {path.relative_to(PAGE).as_posix(): path.read_text() for path in sorted(PAGE.rglob('*.*'))}


@pytest.mark.parametrize('name', SOURCES)
def test_a_source_keeps_the_house_rules(name):
    text, served = SOURCES[name], files()
    assert len(text.splitlines()) <= 450 and max(map(len, text.splitlines())) <= 127
    assert [pattern for pattern in FORBIDDEN if re.search(pattern, text)] == []
    assert name.endswith('.html') or text.startswith('/* '), 'has no words on what it is'
    for several, path in IMPORT.findall(text):
        address = (PAGE / name).parent.joinpath(path).resolve().relative_to(PAGE).as_posix()
        assert address in served, address
        for imported in re.findall(r'\w+', several):
            assert len(re.findall(rf'\b{imported}\b', text)) > 1, f'{imported} is imported and not used'
    assert set(NAMED.findall(text)) <= set(served)
