"""The simulator's page: what it is told of panels and frames, what it may ask, and that its sources keep the house's rules."""
import random
import re
import zlib

import numpy
import pytest

from tests.simulator.air import Frame
from tests.simulator.chips.gc9a01 import GC9A01
from tests.simulator.clock import Clock
from tests.simulator.sim import frames, scene, wearing
from tests.simulator.sim.play import PAGE, files
from tests.simulator.sim.screen import HEADER, PICTURE, Screen, to_565
from tests.simulator.sim.table import Table
from tests.simulator.sim.wearing import TURN_NS
from tests.simulator.traces import FACE_UP, UPRIGHT, Rest

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
    ({'do': 'add', 'name': 'Eve', 'friends': 1e9}, '0 to 200'),
    ({'do': 'air', 'lose': 2}, 'A share of 0 to 1'), ({'do': 'air', 'lose': True}, 'A share of 0 to 1')])
def test_a_wish_that_makes_no_sense_gets_a_sentence(wish, sentence):
    table = Table(NoWorld())
    with pytest.raises(ValueError, match=sentence):
        table.wish(wish)
    assert table.seats == {}


def pin_of_a_scene(**changed):
    pin = {'name': 'A', 'board': 'devkit', 'nfc': 'spi', 'absent': [], 'place': None, 'files': {}, 'lane': scene.pack(b'')}
    return {**pin, **changed}


@pytest.mark.parametrize('kept', [None, {}, {'kind': scene.KIND}, *[{'kind': scene.KIND, 'pins': [pin]} for pin in (
    {}, pin_of_a_scene(files={'/boot.py': scene.pack(b'')}), pin_of_a_scene(board='toaster'), pin_of_a_scene(name=''),
    pin_of_a_scene(lane='!'), pin_of_a_scene(lane=scene.pack(bytes(scene.MOST_BYTES + 1))), pin_of_a_scene(absent=['brain']),
    pin_of_a_scene(nfc=None))]])
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
